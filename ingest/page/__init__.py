"""A page of a PDF into lines of text in reading order, each with its place and type."""

from __future__ import annotations

from ingest.page import detection, hyphens, legible, ocr
from ingest.page.artifacts import with_artifacts
from ingest.page.columns import read_page
from ingest.page.continued import continue_tables
from ingest.page.footnotes import mark_notes, without_markers
from ingest.page.furniture import mark_furniture
from ingest.page.lines import (
    PARAGRAPH_GAP_EM,
    ContentsEntry,
    LaidOut,
    Line,
    PrintedCell,
    PrintedRow,
    Role,
    body_size_of,
    body_style,
    is_inside,
    words_of,
)
from ingest.page.ocr import remedy
from ingest.page.pdf import Glyphs
from ingest.page.raw import Bookmark, RawPage, Structure, Style
from ingest.page.repair import Defect
from ingest.page.structure import open_structure
from ingest.page.tags import ARTIFACT, UNTAGGED, Tag, Tagged, Tags
from ingest.page.text import BULLET, clean, join_lines
from ingest.page.textlayer import printed_lines
from ingest.page.turned import turned_blocks, with_turned, without_marks
from ingest.page.whole import PrintedTable, printed_tables, whole_rows

__all__ = [
    "ARTIFACT",
    "BULLET",
    "PARAGRAPH_GAP_EM",
    "UNTAGGED",
    "Bookmark",
    "ContentsEntry",
    "Defect",
    "Glyphs",
    "LaidOut",
    "Line",
    "PrintedCell",
    "PrintedRow",
    "PrintedTable",
    "RawPage",
    "Role",
    "Structure",
    "Style",
    "Tag",
    "Tagged",
    "Tags",
    "body_size_of",
    "body_style",
    "clean",
    "continue_tables",
    "detection",
    "hyphens",
    "is_inside",
    "join_lines",
    "legible",
    "mark_furniture",
    "mark_notes",
    "ocr",
    "open_structure",
    "printed_lines",
    "printed_tables",
    "read_page",
    "remedy",
    "turned_blocks",
    "whole_rows",
    "with_artifacts",
    "with_turned",
    "without_markers",
    "without_marks",
    "words_of",
]
