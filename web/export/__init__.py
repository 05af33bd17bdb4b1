"""Records as files to take away: tables, references, JSON, feeds, and forms to be filled in, as documents."""

from __future__ import annotations

from web.export import catalogued, dcat, exports, feed, filled, harvest_xml, printed_forms, schema_org, sheets
from web.export.catalogued import Catalogued, CataloguedBook
from web.export.documents import DOCUMENTS, PaperKind
from web.export.exported import PRINTED, ExportPage, hand_out, origin_of
from web.export.exports import Chosen, Format
from web.export.filled import LONGEST_ADDRESS, LONGEST_NOTE, LONGEST_NOTES, LONGEST_TITLE, Filled
from web.export.harvest_xml import HARVEST_FORMATS
from web.export.paper import Paper, PaperBlock, PaperCell, PaperHeading, PaperParagraph, PaperRun, PaperTable
from web.export.printed_forms import FormKind, FormLine, PrintedForm

__all__ = [
    "DOCUMENTS",
    "HARVEST_FORMATS",
    "LONGEST_ADDRESS",
    "LONGEST_NOTE",
    "LONGEST_NOTES",
    "LONGEST_TITLE",
    "PRINTED",
    "Catalogued",
    "CataloguedBook",
    "Chosen",
    "ExportPage",
    "Filled",
    "FormKind",
    "FormLine",
    "Format",
    "Paper",
    "PaperBlock",
    "PaperCell",
    "PaperHeading",
    "PaperKind",
    "PaperParagraph",
    "PaperRun",
    "PaperTable",
    "PrintedForm",
    "catalogued",
    "dcat",
    "exports",
    "feed",
    "filled",
    "hand_out",
    "harvest_xml",
    "origin_of",
    "printed_forms",
    "schema_org",
    "sheets",
]
