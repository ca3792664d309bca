"""Files that people send: what they are told by, besides what they are called."""

import unicodedata
from typing import Protocol

import filetype
from flask import current_app, send_file
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.core.errors import Invalid, NotFound, Problem
from app.core.storage import LocalStorage

LARGEST = 20 << 20  # bytes
TYPES = {  # by what the bytes say, not by what the name says
    "pdf": "application/pdf",
    "jpg": "image/jpeg",
    "png": "image/png",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "doc": "application/msword",
    "xls": "application/vnd.ms-excel",
}
ACCEPT = ",".join(f".{ending}" for ending in (*TYPES, "jpeg"))


class Stored(Protocol):
    """A row that owns a file in the storage."""

    file_name: str
    media_type: str
    sha256: str


def storage() -> LocalStorage:
    return LocalStorage(current_app.config["UPLOAD_FOLDER"])


def send_stored(row: Stored) -> Response:
    """The file of *row* to take away, never to be shown: it may be anything inside."""
    response = send_file(
        storage().path(row.sha256),
        row.media_type,
        as_attachment=True,
        download_name=row.file_name,
        conditional=True,
        etag=row.sha256,
    )
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Content-Security-Policy"] = "sandbox"
    return response


SHOWN = {TYPES["pdf"], TYPES["jpg"], TYPES["png"]}  # what browsers show themselves, as it is


def show_stored(sha256: str, media_type: str, file_name: str) -> Response:
    """What is stored under *sha256*, for a frame of ours: only what runs nothing on our origin.

    `NotFound` for every type but those in `SHOWN`; those are taken away (`send_stored`).
    """
    if media_type not in SHOWN:
        raise NotFound(_("This file cannot be shown here; fetch it."))
    response = send_file(
        storage().path(sha256),
        media_type,
        download_name=file_name,
        conditional=True,
        etag=sha256,
    )
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["X-Frame-Options"] = "SAMEORIGIN"
    response.headers["Content-Security-Policy"] = (
        "default-src 'none'; object-src 'self'; style-src 'unsafe-inline'; frame-ancestors 'self'"
    )
    return response


def plain_name(file_name: str) -> str:
    """The last part of a path, without characters that no database or header can carry."""
    shown = "".join(c for c in file_name if unicodedata.category(c) not in ("Cc", "Cs"))
    return shown.replace("\\", "/").rsplit("/", 1)[-1].strip()[-255:]


def media_type(storage: LocalStorage, sha256: str, name: str) -> str:
    """The type that both the bytes and the name tell; `Invalid` if it is none we take."""
    _stem, dot, ending = name.lower().rpartition(".")
    ending = ending.replace("jpeg", "jpg") if dot else ""
    guess = filetype.guess(str(storage.path(sha256)))
    found = guess.extension if guess else ""
    if ending not in TYPES or found != ending:
        text = _("Only pdf, jpg, png, docx, xlsx, doc and xls files, unaltered, can be attached.")
        raise Invalid(text, [Problem("file", text)])
    return TYPES[ending]
