"""The words of one page where they are printed, so that they can be selected on its picture. Pure."""

from __future__ import annotations

from collections.abc import Iterable

from ingest.page.raw import RawPage, Word
from ingest.reading import PrintedWord

_NEXT_LINE_EM = 0.3  # baselines further apart than this part two lines
_GAP_EM = 1.5  # wider white space parts two columns, or two cells
_HYPHEN = {"\ufffe": "-", "\u00ad": "-"}  # how PDFium and others give a hyphen at a line's end


def printed_lines(page: RawPage) -> list[list[PrintedWord]]:
    """The page's words in content order, those that are printed next to each other on one line together."""
    lines: list[list[Word]] = []
    for word in page.words:
        if not word.text.strip():
            continue
        if lines and _runs_on(lines[-1][-1], word):
            lines[-1].append(word)
        else:
            lines.append([word])
    return [list(_whole(line)) for line in lines]


def _runs_on(before: Word, word: Word) -> bool:
    size = max(before.style.size, word.style.size, 1.0)
    is_level = abs(word.baseline - before.baseline) <= _NEXT_LINE_EM * size
    return is_level and -size <= word.box[0] - before.box[2] <= _GAP_EM * size


def _whole(line: Iterable[Word]) -> Iterable[PrintedWord]:
    """Pieces of one word, set in different styles, put together."""
    held: PrintedWord | None = None
    for piece in line:
        text = "".join(_HYPHEN.get(char, char) for char in piece.text)
        x0, y0, x1, y1 = piece.box
        if held is not None and not piece.has_space:
            held = (held[0] + text, held[1], min(held[2], y0), x1, max(held[4], y1))
            continue
        if held is not None:
            yield _rounded(held)
        held = (text, x0, y0, x1, y1)
    if held is not None:
        yield _rounded(held)


def _rounded(word: PrintedWord) -> PrintedWord:
    text, *box = word
    x0, y0, x1, y1 = (round(value, 1) for value in box)
    return text, x0, y0, x1, y1
