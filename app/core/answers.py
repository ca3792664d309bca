"""Answers that are more than a page: a status, a file, the way back."""

from typing import Any

from flask import after_this_request, send_file
from werkzeug.wrappers import Response

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def answer_with(status: int) -> None:
    @after_this_request
    def set_status(response: Response) -> Response:
        response.status_code = status
        return response


def back_to(address: str | None) -> str:
    """*address*, if it is a page of ours; else the start page."""
    if address and address.startswith("/") and address[1:2] not in ("/", "\\"):
        return address
    return "/"


def send_file_as(content: Any, name: str, mimetype: str = XLSX) -> Response:
    """A file to take away, under its Chinese name."""
    return send_file(content, mimetype, as_attachment=True, download_name=name)
