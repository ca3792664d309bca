"""Mail for the tests that want it."""

import pytest

from tests.notices.mailing import ON, Handler, smtp_server


@pytest.fixture
def mail(app, monkeypatch):
    """Mail is switched on, and goes to a server whose `Handler` is handed over."""
    handler = Handler()
    with smtp_server(handler) as port:
        settings = {**ON, "MAIL_HOST": "127.0.0.1", "MAIL_PORT": port, "JOBS_RETRY_AFTER": 0}
        for name, value in settings.items():
            monkeypatch.setitem(app.config, name, value)
        yield handler
