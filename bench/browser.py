"""A person's browser, as much of it as it takes: one kept connection, cookies, a login."""

import re
import time
from dataclasses import dataclass
from http.client import HTTPConnection
from http.cookies import SimpleCookie
from urllib.parse import urlencode

from bench.servers import Broken


@dataclass(frozen=True, slots=True)
class Answer:
    """A page, and how long it took from asking to its last byte."""

    status: int
    html: str
    size: int
    milliseconds: float


class Browser:
    def __init__(self, port: int) -> None:
        self.connection = HTTPConnection("127.0.0.1", port, timeout=120)
        self.cookies: dict[str, str] = {}

    def get(self, path: str) -> Answer:
        return self._ask("GET", path, None)

    def log_in(self, path: str, token: str, username: str, password: str) -> None:
        """Fill the login form at *path*; *token* is what its guard against forgery is called."""
        form = self.get(path)
        found = re.search(rf'name="{token}"[^>]*value="([^"]+)"', form.html)
        if found is None:
            raise Broken(f"{path} is not a login form (status {form.status})")
        fields = {token: found[1], "username": username, "password": password}
        answer = self._ask("POST", path, urlencode(fields))
        if answer.status != 302:  # both send on who has come in, and show the form again otherwise
            raise Broken(f"cannot log in at {path} (status {answer.status})")

    def _ask(self, method: str, path: str, body: str | None) -> Answer:
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
        if body is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        began = time.perf_counter()
        self.connection.request(method, path, body, headers)
        response = self.connection.getresponse()
        content = response.read()
        took = time.perf_counter() - began
        for line in response.headers.get_all("Set-Cookie", ()):
            self.cookies.update({m.key: m.value for m in SimpleCookie(line).values()})
        return Answer(response.status, content.decode(), len(content), took * 1000)
