"""The matrix: how many practices each university, country or handbook has for each theme, format, level, ..."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Annotated, ClassVar

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from kb import InputError, Kind, Origin, Record
from kb.words import label
from web.export import sheets
from web.frame import (
    FAILURES,
    AnyPage,
    Refs,
    Responses,
    Shown,
    TallyShown,
    language,
    links,
    refs_of,
    respond,
    serve,
)
from web.pages.portrayed import PARTNER, address

ROWS = ("institution", "country", "handbook")
COLUMNS = ("theme", "format", "level", "discipline", "target_group", "language")
"""What practices are about: their values are few, so that a table holds them."""
MATRICES = frozenset((*ROWS, *COLUMNS))
"""The facets that a matrix can compare."""
SHADES = 4
"""How many shades tell small counts from large ones."""
SILENT = ""
"""The value of what the handbook does not state."""

router = APIRouter(responses=FAILURES)


@dataclass(frozen=True, slots=True)
class MatrixCell(Shown):
    """How many practices have the value of a row and that of a column."""

    count: int
    inferred: int
    """Those of them that have one of the two by a rule, with no page that prints so."""
    url: str
    """Address of these practices; empty of none, and where a value is not stated."""
    shade: int
    """0 for none to 4 for as many as any cell has."""


@dataclass(frozen=True, slots=True)
class AxisValue(Shown):
    """A value that heads a row or a column."""

    label: str
    """Empty for practices whose handbook states none."""
    language: str
    """Language of a label that is a title; else empty."""
    url: str
    """Address of its own page; empty where it has none."""
    total: int
    """Practices that have it."""


@dataclass(frozen=True, slots=True)
class MatrixRow(Shown):
    """A row of the matrix."""

    heading: AxisValue
    cells: tuple[MatrixCell, ...]
    """In the columns' order."""


@dataclass(frozen=True, slots=True)
class MatrixPage(AnyPage):
    """Practices counted by two of their values at once."""

    template: ClassVar[str] = "matrix.html"
    paths: ClassVar[Mapping[str, str]] = {"/matrix": "Practices by university and theme"}

    rows_by: str
    """institution, country or handbook."""
    columns_by: str
    """theme, format, level, discipline, target_group or language."""
    columns: tuple[AxisValue, ...]
    rows: tuple[MatrixRow, ...]
    """By their labels; what is not stated comes last, as in the columns."""
    total: int
    """Practices in all; one may count in several rows and columns."""
    inferred: int
    """Counts of cells that rest on a rule."""
    row_choices: tuple[TallyShown, ...]
    """What can head rows, with the number of values."""
    column_choices: tuple[TallyShown, ...]
    """What can head columns, with the number of values."""


@dataclass(frozen=True, slots=True)
class Counted:
    """Every pair of values that some practice has, counted."""

    rows: Mapping[str, int]
    columns: Mapping[str, int]
    cells: Mapping[tuple[str, str], int]
    inferred: Mapping[tuple[str, str], int]
    total: int

    @classmethod
    def of(cls, practices: Iterable[Record], rows_by: str, columns_by: str) -> Counted:
        """Go through the practices, once."""
        rows: dict[str, int] = {}
        columns: dict[str, int] = {}
        cells: dict[tuple[str, str], int] = {}
        inferred: dict[tuple[str, str], int] = {}
        total = 0
        for practice in practices:
            total += 1
            here, there = _values(practice, rows_by), _values(practice, columns_by)
            for value in here:
                rows[value] = rows.get(value, 0) + 1
            for value in there:
                columns[value] = columns.get(value, 0) + 1
            for row, is_rule in here.items():
                for column, is_other_rule in there.items():
                    cells[row, column] = cells.get((row, column), 0) + 1
                    inferred[row, column] = inferred.get((row, column), 0) + (is_rule or is_other_rule)
        return cls(rows, columns, cells, inferred, total)


def _values(record: Record, facet: str) -> dict[str, bool]:
    """What a record has of a facet, each with whether only a rule says so; an institution leads it or takes part."""
    if facet == "handbook":
        return {record.handbook: False}
    found: dict[str, bool] = {}
    for one in record.facets:
        if one.name in (facet, PARTNER.get(facet)):
            found[one.value] = found.get(one.value, True) and one.origin is Origin.INFERRED
    if facet == "institution" and record.institution:
        found.setdefault(record.institution, False)
    return found or {SILENT: False}


def counted(refs: Refs, rows_by: str, columns_by: str) -> Counted:
    """The counts of all practices, put together once a generation."""
    return refs.library.once(
        f"matrix of {rows_by} by {columns_by}",
        lambda: Counted.of(refs.everything(Kind.PRACTICE), rows_by, columns_by),
    )


def matrix_page(refs: Refs, rows_by: str, columns_by: str) -> MatrixPage:
    """Practices by these two facets.

    Raises:
        InputError: there are no such rows or columns.
    """
    for name, given, known in (("rows", rows_by, ROWS), ("columns", columns_by, COLUMNS)):
        if given not in known:
            raise InputError(f"{name}={given[:40]}: choose one of {', '.join(known)}")
    found = counted(refs, rows_by, columns_by)
    most = max((n for pair, n in found.cells.items() if SILENT not in pair), default=0)
    rows, columns = _ordered(refs, rows_by, found.rows), _ordered(refs, columns_by, found.columns)
    return MatrixPage(
        url=links.matrix(rows_by, columns_by),
        notice=refs.library.notices,
        rows_by=rows_by,
        columns_by=columns_by,
        columns=tuple(_heading(refs, columns_by, value, found.columns[value]) for value in columns),
        rows=tuple(
            MatrixRow(
                _heading(refs, rows_by, row, found.rows[row]),
                tuple(_cell(found, (rows_by, row), (columns_by, column), most) for column in columns),
            )
            for row in rows
        ),
        total=found.total,
        inferred=sum(found.inferred.values()),
        row_choices=tuple(_choice(refs, one, columns_by, is_row=True) for one in ROWS),
        column_choices=tuple(_choice(refs, rows_by, one, is_row=False) for one in COLUMNS),
    )


def _ordered(refs: Refs, facet: str, values: Iterable[str]) -> list[str]:
    return sorted(values, key=lambda value: (value == SILENT, _label(refs, facet, value).casefold(), value))


def _label(refs: Refs, facet: str, value: str) -> str:
    if facet == "handbook":
        return refs.handbook(value).title
    return language.term(label(facet, value), facet) if value != SILENT else ""


def _heading(refs: Refs, facet: str, value: str, total: int) -> AxisValue:
    if facet == "handbook":
        book = refs.handbook(value)
        return AxisValue(book.title, book.language, book.url, total)
    own = address(refs, facet, value) if value != SILENT else ""
    url = own or (links.having(((facet, value),)) if value != SILENT else "")
    return AxisValue(_label(refs, facet, value), "", url, total)


def _cell(found: Counted, row: tuple[str, str], column: tuple[str, str], most: int) -> MatrixCell:
    pair = row[1], column[1]
    count, is_stated = found.cells.get(pair, 0), SILENT not in pair
    shade = -(-SHADES * count // most) if most and is_stated else 0
    url = links.having((row, column)) if count and is_stated else ""
    return MatrixCell(count, found.inferred.get(pair, 0), url, shade)


def _choice(refs: Refs, rows_by: str, columns_by: str, *, is_row: bool) -> TallyShown:
    found = counted(refs, rows_by, columns_by)
    values = found.rows if is_row else found.columns
    named = sum(1 for value in values if value != SILENT)
    return TallyShown(rows_by if is_row else columns_by, named, links.matrix(rows_by, columns_by))


def matrix_url(facet: str) -> str:
    """The address of the matrix in which a value of a facet is compared with others."""
    return links.matrix(facet, COLUMNS[0]) if facet in ROWS else links.matrix(ROWS[0], facet)


def sheet(page: MatrixPage) -> list[sheets.Cells]:
    """The matrix as rows of a sheet, under a row of headings, with the number of practices of each row and column."""
    unstated = language.gettext("Not stated in the handbook")
    first = f"{page.rows_by} / {page.columns_by}"
    heading = (first, *(one.label or unstated for one in page.columns), language.gettext("Practices"))
    body: list[sheets.Cells] = [
        (row.heading.label or unstated, *(cell.count for cell in row.cells), row.heading.total)
        for row in page.rows
    ]
    return [heading, *body, (language.gettext("Practices"), *(one.total for one in page.columns), page.total)]


RowsBy = Annotated[
    str, Query(description=f"What heads the rows: {', '.join(ROWS)}.", json_schema_extra={"enum": [*ROWS]})
]
ColumnsBy = Annotated[
    str,
    Query(
        description=f"What heads the columns: {', '.join(COLUMNS)}.", json_schema_extra={"enum": [*COLUMNS]}
    ),
]


def _file(media_type: str) -> Responses:
    content = {media_type: {"schema": {"type": "string", "format": "binary"}}}
    return {200: {"description": "The file.", "content": content}}


@serve(router, MatrixPage, lambda given: matrix_page(given.refs, ROWS[0], COLUMNS[0]))
def get_matrix(request: Request, rows: RowsBy = ROWS[0], columns: ColumnsBy = COLUMNS[0]) -> Response:
    """How many practices have each pair of values; each count leads to these practices."""
    return respond(request, matrix_page(refs_of(request), rows, columns))


@router.get("/matrix.csv", summary="The matrix as CSV", responses=_file("text/csv"), response_class=Response)
def get_csv(request: Request, rows: RowsBy = ROWS[0], columns: ColumnsBy = COLUMNS[0]) -> Response:
    """The counts as one sheet."""
    made = sheet(matrix_page(refs_of(request), rows, columns))
    return _kept(sheets.csv_of(made), "text/csv", f"matrix-{rows}-{columns}.csv")


@router.get(
    "/matrix.xlsx", summary="The matrix as XLSX", responses=_file(sheets.XLSX), response_class=Response
)
def get_xlsx(request: Request, rows: RowsBy = ROWS[0], columns: ColumnsBy = COLUMNS[0]) -> Response:
    """The counts as a workbook with one sheet."""
    made = sheet(matrix_page(refs_of(request), rows, columns))
    return _kept(sheets.xlsx_of({"Matrix": made}), sheets.XLSX, f"matrix-{rows}-{columns}.xlsx")


def _kept(content: bytes, media_type: str, name: str) -> Response:
    kept = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(content, media_type=media_type, headers=kept)
