"""The pieces a handbook is set from: plain data, which each setter turns into its own language.

A piece may carry marks: `start` names the place where it begins, `end` the place where it ends. A setter writes them so
that their pages can be asked for; the truth is read off them.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

Element = dict[str, Any]


def heading(level: int, text: str, role: str, mark: str = "", *, bookmark: bool = True) -> Element:
    """A heading; a line break in its text is printed. `role` is chapter, section, annex, record, label or tool."""
    return {"is": "heading", "level": level, "text": text, "role": role, "start": mark, "bookmark": bookmark}


def par(
    text: str, style: str = "", *, lead: str = "", start: str = "", end: str = "", note: str = ""
) -> Element:
    """A paragraph, with bold words run in before it and a footnote behind it."""
    return {"is": "par", "text": text, "style": style, "lead": lead, "start": start, "end": end, "note": note}


def bullets(items: Sequence[Sequence[str]], *, numbered: bool = False, end: str = "") -> Element:
    """A list whose items are (bold words, text, mark)."""
    return {"is": "bullets", "items": list(items), "numbered": numbered, "end": end}


def pairs(rows: Sequence[Sequence[str]], *, end: str = "", ruled: bool = True) -> Element:
    """A table of two columns, (label, value, mark) a row."""
    return {"is": "pairs", "rows": list(rows), "end": end, "ruled": ruled}


def grid(
    head: Sequence[str], rows: Sequence[Sequence[str]], marks: Sequence[str], widths: Sequence[int]
) -> Element:
    """A table with a head that repeats on each page, and a mark a row."""
    return {
        "is": "grid",
        "head": list(head),
        "rows": list(rows),
        "marks": list(marks),
        "widths": list(widths),
    }


def box(inner: Sequence[Element]) -> Element:
    """A tinted box over the whole width."""
    return {"is": "box", "inner": list(inner)}


def beside(aside: Sequence[Element], inner: Sequence[Element], *, left: bool) -> Element:
    """A tinted box at one side, and what stands beside it."""
    return {"is": "beside", "aside": list(aside), "inner": list(inner), "left": left}


def figure(caption: str, end: str = "") -> Element:
    """A drawing without words, and the line below it."""
    return {"is": "figure", "text": caption, "end": end}


def plate() -> Element:
    """A picture without words that fills the page."""
    return {"is": "plate"}


def on_its_side(inner: Sequence[Element]) -> Element:
    """Pieces on pages that are wider than high, where a setter can do that."""
    return {"is": "side", "inner": list(inner)}


def code(lines: Sequence[str]) -> Element:
    """A listing in a typewriter face."""
    return {"is": "code", "lines": list(lines)}


def fresh_page() -> Element:
    """What follows begins on a page of its own."""
    return {"is": "break"}
