"""Lines into the tree of headings, from all that the document says of itself."""

from __future__ import annotations

from ingest.tree import layout, sections
from ingest.tree.annex_labels import parse as annex_label
from ingest.tree.headings import alike, bare
from ingest.tree.printed_pages import printed_labels
from ingest.tree.sections import Section, Tree

__all__ = [
    "Section",
    "Tree",
    "alike",
    "annex_label",
    "bare",
    "layout",
    "printed_labels",
    "sections",
]
