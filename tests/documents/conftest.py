"""What tests of opened documents share."""

from tests.documents.soffice import soffice

__all__ = ["soffice"]
