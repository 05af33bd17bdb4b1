"""Sets a bound handbook: in passes, until the page numbers that it prints of itself are right; then the truth of it."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from corpus.press.binding import Volume
from corpus.press.gold import annotated
from corpus.press.latex_setter import set_by_latex
from corpus.press.paging import Paging, SetPages, numbered
from corpus.press.typst_setter import set_by_typst
from corpus.press.word_setter import set_by_word

PASSES = 5

SETS: dict[str, Callable[[Volume, Paging], SetPages]] = {
    "typst": set_by_typst,
    "word": set_by_word,
    "latex": set_by_latex,
}
PROGRAMS = {"word": ("soffice",), "latex": ("pdflatex", "xelatex")}


@dataclass(frozen=True, slots=True)
class Pressed:
    """One PDF and the truth about it, in the form of a gold file."""

    pdf: bytes
    truth: dict[str, Any]


def can_set(setter: str) -> bool:
    """Whether the programs that a setter needs are on this machine."""
    return all(shutil.which(program) for program in PROGRAMS.get(setter, ()))


def pressed(volume: Volume) -> Pressed:
    """The handbook as a PDF, and what is true of it.

    Raises:
        RuntimeError: its page numbers do not come to rest.
    """
    numbers = Paging()
    for _ in range(PASSES):
        made = SETS[volume.scheme.setter](volume, numbers)
        found = numbered(volume, made)
        if found == numbers:
            return Pressed(made.pdf, annotated(volume, made, numbers))
        numbers = found
    raise RuntimeError(f"seed {volume.scheme.seed}: page numbers do not come to rest")
