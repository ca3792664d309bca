"""Lists that are large already with three rows."""

import pytest

from app.core import export, list_page
from app.exports import answering
from app.jobs import work


@pytest.fixture(autouse=True)
def large(monkeypatch):
    monkeypatch.setattr(work, "PAUSE", 0)
    monkeypatch.setattr(export, "AT_ONCE", 1)
    for where in (answering, list_page):
        monkeypatch.setattr(where, "MOST_WITHIN_REQUEST", 2)
