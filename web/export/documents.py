"""Documents to keep, print and go on writing: a paper as DOCX or as PDF."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from enum import StrEnum

from web.export import docx, typeset
from web.export.paper import Paper


class PaperKind(StrEnum):
    """A kind of document, as the end of its address."""

    DOCX = "docx"
    PDF = "pdf"

    @property
    def media_type(self) -> str:
        """How HTTP names it."""
        word = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
        return word if self is PaperKind.DOCX else "application/pdf"


DOCUMENTS: Mapping[PaperKind, Callable[[Paper], bytes]] = {
    PaperKind.DOCX: docx.as_docx,
    PaperKind.PDF: typeset.as_pdf,
}
"""What writes each of them."""
