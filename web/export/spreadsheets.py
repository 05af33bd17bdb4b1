"""Records as tables: CSV and XLSX, safe to open in a spreadsheet."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from kb import FieldTable, Origin
from kb.words import vocabulary
from web.export.exported import Exported, FieldExported, ValueExported
from web.export.sheets import LONGEST_CELL, Cells, csv_of, xlsx_of

CELLS_APART = " | "
FIRST = (
    *("id", "url", "kind", "title", "institution", "country", "summary", "language", "handbook"),
    *("handbook_title", "handbook_url", "edition", "annex", "pdf_page_first", "pdf_page_last"),
    *("printed_page_first", "printed_page_last", "confidence", "corrected", "tools"),
)
"""The columns every table starts with; a column for each facet and each named field there follows."""
SHORT_COLUMNS = ("rank", "title", "university", "need", "evidence", "page", "address")
"""Of the sheet that people read: what else is known stands in the others."""
FACET_COLUMNS = ("record", "name", "value", "label", "origin", "pdf_page", "printed_page", "mapped_from")
FIELD_COLUMNS = (
    *("record", "number", "label", "name", "origin", "pdf_page", "printed_page", "part", "text"),
)

TABLE_COLUMNS = (
    *("record", "field", "table", "row", "column", "rows taken", "columns taken", "is head", "head", "text"),
)


def records(items: Sequence[Exported]) -> list[Cells]:
    """A row a record, under a row of column names.

    A facet's values are apart by "; ", and one that is not stated is marked "(inferred)", "(corrected)" or "(mapped
    from “…”)". Fields with the same canonical name share a column; those without a name stand in the last, with their
    labels. A row of a table is a line, its cells apart by " | ".
    """
    facets = tuple(dict.fromkeys(f.name for item in items for f in item.facets if f.name not in FIRST))
    known = {f.name for item in items for f in item.fields if f.name}
    named = tuple(name for name in vocabulary.load().field_names if name in known)
    heading = (*FIRST, *facets, *(f"field: {name}" for name in named), "other fields")
    return [heading, *(_row(item, facets, named) for item in items)]


def short(items: Iterable[Exported]) -> list[Cells]:
    """A row a record, with what somebody wants to know first, under a row of column names.

    The page is that of the evidence, else that on which the record starts: as printed, "PDF 12" where no number is.
    Where no words answer, as in a list, the evidence is the record's summary.
    """
    rows: list[Cells] = [SHORT_COLUMNS]
    for item in items:
        university = (
            f"{item.institution} ({Origin.INFERRED})" if "institution" in item.inferred else item.institution
        )
        if item.evidence:
            page = item.evidence_printed_page or f"PDF {item.evidence_pdf_page}"
        else:
            page = item.printed_page_first or f"PDF {item.pdf_page_first}"
        rows.append(
            (item.rank, item.title, university, item.need, item.evidence or item.summary, page, item.url)
        )
    return rows


def _row(item: Exported, facets: tuple[str, ...], named: tuple[str, ...]) -> Cells:
    marked = {
        name: f"{getattr(item, name)} ({Origin.INFERRED})" if name in item.inferred else getattr(item, name)
        for name in ("institution", "country")
    }
    lists = {"tools": "; ".join(item.tools), "corrected": "; ".join(item.corrected)}
    plain = {name: getattr(item, name) for name in FIRST} | marked | lists
    others = [f for f in item.fields if f.name not in named]
    return (
        *(str(value) if name == "kind" else value for name, value in plain.items()),
        *(_values(item, name) for name in facets),
        *("\n\n".join(_readable(f) for f in item.fields if f.name == name) for name in named),
        "\n\n".join(_labelled(field) for field in others),
    )


def _values(item: Exported, name: str) -> str:
    return "; ".join(_marked(f) for f in item.facets if f.name == name)


def _marked(value: ValueExported) -> str:
    if value.origin is Origin.STATED:
        return value.label
    words = f"{value.origin} from “{value.mapped_from}”" if value.mapped_from else str(value.origin)
    return f"{value.label} ({words})"


def _labelled(field: FieldExported) -> str:
    return f"{field.label}\n{_readable(field)}" if field.label else _readable(field)


def _readable(field: FieldExported) -> str:
    """Its text with each row of a table on a line, cells apart by " | ", heads first as they are printed.

    A cell that goes on from the row above, or from the column before, is empty.
    """
    text, at = "", 0
    for table in field.tables:
        text += field.text[at : table.start] + "\n".join(_piped(table))
        at = table.end
    return re.sub(r"\t+", CELLS_APART, text + field.text[at:])


def _piped(table: FieldTable) -> Iterator[str]:
    width = max((column + cell.columns for row in table.placed() for column, cell in row), default=0)
    for row in table.placed():
        texts = {column: " ".join(cell.text.split()) for column, cell in row}
        yield CELLS_APART.join(texts.get(column, "") for column in range(width)).strip(" ")


def facets(items: Iterable[Exported]) -> list[Cells]:
    """A row for each value of each facet, under a row of column names."""
    rows: list[Cells] = [FACET_COLUMNS]
    for item in items:
        for one in item.facets:
            page = one.pdf_page or ""
            about = (item.id, one.name, one.value, one.label, str(one.origin))
            rows.append((*about, page, one.printed_page, one.mapped_from))
    return rows


def fields(items: Iterable[Exported]) -> list[Cells]:
    """A row for each field, verbatim but for tables, under column names; one too long for a cell takes several."""
    rows: list[Cells] = [FIELD_COLUMNS]
    for item in items:
        for number, one in enumerate(item.fields, 1):
            about = (one.label, one.name, str(one.origin), one.pdf_page, one.printed_page)
            parts = enumerate(_parts(_readable(one)), 1)
            rows += [(item.id, number, *about, part, text) for part, text in parts]
    return rows


def tables(items: Iterable[Exported]) -> list[Cells]:
    """A row for each cell of each table of each field, under a row of column names; all count from 1."""
    rows: list[Cells] = [TABLE_COLUMNS]
    for item in items:
        for number, one in enumerate(item.fields, 1):
            for nth, table in enumerate(one.tables, 1):
                heads = table.heads()
                for y, row in enumerate(table.placed(), 1):
                    for x, cell in row:
                        about = (item.id, number, nth, y, x + 1, cell.rows, cell.columns)
                        rows.append((*about, "yes" if cell.is_head else "", heads.get(x, ""), cell.text))
    return rows


def _parts(text: str) -> Iterator[str]:
    yield text[:LONGEST_CELL]
    for at in range(LONGEST_CELL, len(text), LONGEST_CELL):
        yield text[at : at + LONGEST_CELL]


def as_csv(items: Sequence[Exported]) -> bytes:
    """The records whole, as RFC 4180 has it, in UTF-8 with a byte order mark, by which Excel knows it for UTF-8."""
    return csv_of(records(items))


def as_short_csv(items: Sequence[Exported]) -> bytes:
    """The records with what somebody wants to know first, written like the whole ones."""
    return csv_of(short(items))


def as_xlsx(items: Sequence[Exported]) -> bytes:
    """A workbook of sheets: what to read first, then a row a record, a field, a facet's value, a table's cell."""
    return xlsx_of(
        {
            "Overview": short(items),
            "Records": records(items),
            "Fields": fields(items),
            "Facets": facets(items),
            "Tables": tables(items),
        }
    )
