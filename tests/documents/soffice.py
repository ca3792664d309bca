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
    """Where LibreOffice is; without it the test is skipped.

    Where the kernel grants no namespaces nothing can be installed that would: the test is expected
    to fail there, and is reported as such even where everything is required.
    """
    if SOFFICE is None:
        pytest.skip("no LibreOffice on this machine")
    if not can_be_shut_in(tmp_path_factory.mktemp("asked")):
        pytest.xfail("the kernel of this machine lets no program be shut in")
    return SOFFICE
