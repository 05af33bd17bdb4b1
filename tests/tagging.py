"""Tagged PDFs whose every text and every tag the test puts there."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from pypdf import PdfReader, PdfWriter
from pypdf.generic import (
    ArrayObject,
    DictionaryObject,
    IndirectObject,
    NameObject,
    NumberObject,
    PdfObject,
    TextStringObject,
)
from reportlab.pdfgen.canvas import Canvas

from tests.typesetting import HEIGHT, WIDTH, Text, put

ARTIFACT = "Artifact"


@dataclass(frozen=True, slots=True)
class Node:
    """An element: its role, lines of text on a page each, what is below it, and entries of its dictionary."""

    role: str
    lines: tuple[tuple[int, Text], ...] = ()
    below: tuple[Node, ...] = ()
    entries: Mapping[str, PdfObject] = field(default_factory=dict)


def spanning(rows: int = 1, columns: int = 1) -> dict[str, PdfObject]:
    """The entries of a cell that spans rows or columns."""
    attributes = DictionaryObject(
        {
            NameObject("/O"): NameObject("/Table"),
            NameObject("/RowSpan"): NumberObject(rows),
            NameObject("/ColSpan"): NumberObject(columns),
        }
    )
    return {"/A": attributes}


def said(**values: str) -> dict[str, PdfObject]:
    """Entries that are text: said(Alt="A map")."""
    return {f"/{key}": TextStringObject(value) for key, value in values.items()}


def tagged(
    nodes: Sequence[Node],
    *,
    roles: Mapping[str, str] | None = None,
    spoil: Callable[[PdfWriter, DictionaryObject], None] | None = None,
) -> bytes:
    """The nodes' text drawn page by page and the tree above it; `spoil` may break the tree's root.

    A node whose role is an artifact is drawn as one and has no element.
    """
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=(WIDTH, HEIGHT), invariant=True, pageCompression=0)
    marks = _draw(canvas, nodes)
    canvas.save()
    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(out.getvalue())))
    root = DictionaryObject({NameObject("/Type"): NameObject("/StructTreeRoot")})
    pointer = writer._add_object(root)
    kids = [_element(writer, node, pointer, marks) for node in nodes if node.role != ARTIFACT]
    root[NameObject("/K")] = ArrayObject(kids)
    if roles:
        root[NameObject("/RoleMap")] = DictionaryObject(
            {NameObject(f"/{a}"): NameObject(f"/{b}") for a, b in roles.items()}
        )
    writer.root_object[NameObject("/StructTreeRoot")] = pointer
    if spoil:
        spoil(writer, root)
    done = io.BytesIO()
    writer.write(done)
    return done.getvalue()


def _draw(canvas: Canvas, nodes: Sequence[Node]) -> dict[tuple[int, int], int]:
    """Draw every line; gives the mark of each by its node (by identity) and place there."""
    pages: dict[int, list[tuple[Node, int, Text]]] = {}
    waiting = list(reversed(nodes))
    while waiting:
        node = waiting.pop()
        for place, (page, text) in enumerate(node.lines):
            pages.setdefault(page, []).append((node, place, text))
        waiting.extend(reversed(node.below))
    marks: dict[tuple[int, int], int] = {}
    for page in range(1, max(pages) + 1):
        for mark, (node, place, text) in enumerate(pages.get(page, ())):
            marks[id(node), place] = mark
            if node.role == ARTIFACT:
                canvas._code.append("/Artifact BMC")
            else:
                canvas._code.append(f"/{node.role.replace(' ', '#20')} <</MCID {mark}>> BDC")
            put(canvas, [text])
            canvas._code.append("EMC")
        canvas.showPage()
    return marks


def _element(
    writer: PdfWriter, node: Node, parent: PdfObject, marks: Mapping[tuple[int, int], int]
) -> IndirectObject:
    element = DictionaryObject(
        {NameObject("/S"): NameObject(f"/{node.role}"), NameObject("/P"): parent}
        | {NameObject(key): value for key, value in node.entries.items()}
    )
    pointer = writer._add_object(element)
    kids = ArrayObject()
    for place, (page, _) in enumerate(node.lines):
        kids.append(
            DictionaryObject(
                {
                    NameObject("/Type"): NameObject("/MCR"),
                    NameObject("/Pg"): writer.pages[page - 1].indirect_reference or NumberObject(0),
                    NameObject("/MCID"): NumberObject(marks[id(node), place]),
                }
            )
        )
    kids.extend(_element(writer, below, pointer, marks) for below in node.below)
    element[NameObject("/K")] = kids
    return pointer
