"""Kinds of jobs that exist for one test."""

import pytest

from app.jobs import work
from app.jobs.kinds import KINDS, Kind


@pytest.fixture
def kind(monkeypatch):
    """Makes a function the kind of job ``test``; every report is written at once."""
    monkeypatch.setattr(work, "PAUSE", 0)

    def make(function, key="test", **details):
        monkeypatch.setitem(KINDS, key, Kind(key, key, function, **details))
        return key

    return make
