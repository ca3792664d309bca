"""Answers that are more than a page: a status, a file, the way back."""

from typing import Any

from flask import after_this_request, send_file
from werkzeug.wrappers import Response

from app.core.addresses import is_local

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def answer_with(status: int) -> None:
    @after_this_request
    def set_status(response: Response) -> Response:
        response.status_code = status
        return response


def back_to(address: str | None) -> str:
    """*address*, if it is a page of ours; else the start page."""
    return address if address and is_local(address) else "/"


def send_file_as(content: Any, name: str, mimetype: str = XLSX) -> Response:
    """A file to take away, under its Chinese name."""
    return send_file(content, mimetype, as_attachment=True, download_name=name)
