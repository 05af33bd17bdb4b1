"""Where every line of a document went: a record, furniture, or nowhere and why. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from ingest.page import Line, Role
from ingest.reading import HIDDEN, Block
from kb import Box, Kind, Unassigned

UNASSIGNED = "unassigned"
_PLACES = {
    Kind.PRACTICE: "practices",
    Kind.TOOL: "tools",
    Kind.ANNEX: "annexes",
    Kind.SECTION: "sections",
}
_FURNITURE = {
    Role.RUNNING_HEAD: "running heads",
    Role.PAGE_NUMBER: "page numbers",
    Role.CONTENTS: "contents pages",
    Role.TABLE_HEAD: "running heads",
    Role.NOTE: "footnotes",
}


class Ledger:
    """Notes which record took which line; a line is known by where it stands."""

    def __init__(self) -> None:
        self._claims: dict[tuple[int, Box], tuple[str, str]] = {}

    def claim(self, lines: Iterable[Line], kind: Kind, title: str) -> None:
        """Note that a record has these lines; a line that another one has stays with that."""
        for line in lines:
            self._claims.setdefault((line.page, line.box), (_PLACES[kind], title))

    def blocks(self, lines: Sequence[Line], hidden: Sequence[Unassigned]) -> tuple[Block, ...]:
        """Every line of the document, in reading order and each once, then what is hidden."""
        out: list[Block] = []
        for line in lines:
            place, record = self._place(line)
            if out and (out[-1].page, out[-1].place, out[-1].record) == (line.page, place, record):
                out[-1] = Block(line.page, place, record, f"{out[-1].text}\n{line.text}")
            else:
                out.append(Block(line.page, place, record, line.text))
        out.extend(Block(u.page, HIDDEN, "", u.text) for u in hidden)
        return tuple(out)

    def _place(self, line: Line) -> tuple[str, str]:
        if line.role in _FURNITURE:
            return _FURNITURE[line.role], self._claims.get(line.refers, ("", ""))[1] if line.refers else ""
        cells = line.row.cells if line.row else ()  # of a row that was taken cell by cell
        places = ((x.page, x.box) for x in (line, *(x for cell in cells for x in cell.lines)))
        return next((self._claims[p] for p in places if p in self._claims), (UNASSIGNED, ""))


def left_over(blocks: Iterable[Block]) -> tuple[Unassigned, ...]:
    """What went into no record, and why."""
    return tuple(
        Unassigned(
            b.page,
            b.text,
            "a heading with nothing below it" if "\n" not in b.text else "no heading leads to it",
        )
        for b in blocks
        if b.place == UNASSIGNED
    )
