"""Whether LibreOffice is on this machine, and may be shut in; tests that need it say so."""

from functools import cache

import pytest

from app.documents import confined
from tests.documents.samples import docx

SOFFICE = confined.program("")


@cache
def can_be_shut_in(folder):
    """The system's answer, asked once."""
    source, result = folder / "asked.docx", folder / "asked.pdf"
    source.write_bytes(docx())
    try:
        confined.as_pdf(SOFFICE, source, "docx", result)
    except confined.NotConfined:
        return False
    return True


@pytest.fixture(scope="session")
def soffice(tmp_path_factory):
    """Where LibreOffice is; without it, or without namespaces, the test is skipped."""
    if SOFFICE is None:
        pytest.skip("no LibreOffice on this machine")
    if not can_be_shut_in(tmp_path_factory.mktemp("asked")):
        pytest.skip("this machine lets no program be shut in")
    return SOFFICE
