"""Words of a page -> rows of segments: what stands on one baseline, parted at wide gaps. Pure."""

from __future__ import annotations

import re
import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from ingest.page.gutters import narrow_gutters
from ingest.page.lines import Run, union
from ingest.page.raw import Word
from ingest.page.text import BULLET, clean
from kb import Box, Link

_BULLETS = frozenset(
    "•●○◦▪■□▫‣⁃∙·▶►➢➤✓✔☐☑❑❒❏◆◇★\uf0b7\uf0a7\uf0d8\uf0fc\uf06f\uf0a8\uf071\uf0e0\uf076\uf0be\u2022\u25cf\u2713"
)
_NUMBERING = re.compile(
    r"^(\(?[0-9]{1,2}[.)]?|\(?[A-Za-z][.)]|[IVX]{1,4}[.)]|[0-9]{1,2}(\.[0-9]{1,2}){1,3}\.?)$"
)
_LARGER, _OVER = (
    1.5,
    0.3,
)  # times the size, and share of the width, from which a word stands over another; by eye
_SPLIT_GAP_EM = 1.3  # wider gaps than this part two columns or two cells; justified text stays below it


@dataclass(slots=True)
class Segment:
    """Words of one baseline that stand close enough to be read together."""

    words: list[Word]
    box: Box

    @property
    def size(self) -> float:
        """Size in points of its largest word."""
        return max(w.style.size for w in self.words)

    @property
    def middle(self) -> float:
        """The x of its middle."""
        return (self.box[0] + self.box[2]) / 2


def rows_of(words: Sequence[Word]) -> list[list[Segment]]:
    """Words on one baseline, left to right, split where a gap parts columns or cells."""
    rows: list[list[Word]] = []
    for word in sorted(words, key=lambda w: (w.baseline, w.box[0])):
        row = next((r for r in reversed(rows[-4:]) if _is_on_row(word, r)), None)
        if row is None:
            rows.append([word])
        else:
            row.append(word)
    _join_raised(rows)
    rows.sort(key=lambda r: statistics.median(w.baseline for w in r))
    ordered = [sorted(row, key=lambda w: w.box[0]) for row in rows]
    gutters = narrow_gutters(ordered)
    return [
        segments_of(row, [g.edge for g in gutters if g.first <= number <= g.last])
        for number, row in enumerate(ordered)
    ]


def _is_on_row(word: Word, row: Sequence[Word]) -> bool:
    size, baseline = word.style.size, word.baseline
    is_level = False
    for other in row[-8:]:
        its = other.style.size
        if (size >= _LARGER * its or its >= _LARGER * size) and _collides(word, other):
            return False
        is_level = is_level or abs(baseline - other.baseline) <= 0.25 * min(size, its)
    if is_level:
        return True
    near = min(row, key=lambda o: min(abs(word.box[0] - o.box[2]), abs(o.box[0] - word.box[2])))
    gap = max(word.box[0] - near.box[2], near.box[0] - word.box[2])
    if gap > 0.5 * near.style.size:
        return False
    small, large = sorted((size, near.style.size))
    if small >= 0.85 * large:
        return False
    overlap = min(word.box[3], near.box[3]) - max(word.box[1], near.box[1])
    return overlap > 0.55 * min(word.box[3] - word.box[1], near.box[3] - near.box[1])


def _collides(word: Word, other: Word) -> bool:
    """Two words of different sizes are printed one over the other: a large title that runs into the text, or a mark."""
    overlap = min(word.box[2], other.box[2]) - max(word.box[0], other.box[0])
    return overlap > _OVER * min(word.box[2] - word.box[0], other.box[2] - other.box[0])


def _join_raised(rows: list[list[Word]]) -> None:
    """Put footnote marks and ordinals that stand higher into the row they belong to."""
    for index in range(len(rows) - 1, -1, -1):
        row = rows[index]
        size = max(w.style.size for w in row)
        for other in rows[max(index - 2, 0) : index] + rows[index + 1 : index + 3]:
            if size < 0.85 * max(w.style.size for w in other) and all(_is_on_row(w, other) for w in row):
                other.extend(row)
                del rows[index]
                break


def segments_of(row: Sequence[Word], edges: Sequence[float] = ()) -> list[Segment]:
    """One baseline's words, left to right, parted at gaps that no stretched line has, and where columns begin."""
    groups: list[list[Word]] = []
    for word in row:
        begins = any(groups and groups[-1][-1].box[0] < edge <= word.box[0] + 1 for edge in edges)
        if groups and not begins and not _parts(groups[-1], word):
            groups[-1].append(word)
        else:
            groups.append([word])
    return [Segment(g, union(w.box for w in g)) for g in groups]


def _parts(before: Sequence[Word], word: Word) -> bool:
    last = before[-1]
    gap = word.box[0] - last.box[2]
    if last.text.strip(".…·_") == "" and len(before) > 1:  # dot leaders run up to the page number
        return gap > 5 * word.style.size
    if len(before) == 1 and (_is_bullet(last) or _NUMBERING.match(last.text)):
        return gap > 5 * word.style.size
    return gap > _SPLIT_GAP_EM * max(min(last.style.size, word.style.size), 6.0)


def _is_bullet(word: Word) -> bool:
    text = word.text.strip()
    return len(text) == 1 and (
        text in _BULLETS or text in "—–-*" or (text == "o" and "courier" in word.style.font.lower())
    )


def marks_of(words: Sequence[Word]) -> tuple[int, ...]:
    """The stretches of tagged text that words belong to, each once."""
    return tuple(dict.fromkeys(w.mark for w in words))


def _is_raised(word: Word, after: Word) -> bool:
    """A small sign above the line marks a note, no item of a list."""
    return word.style.size < after.style.size and after.baseline - word.baseline > 0.1 * after.style.size


def runs_of(words: Sequence[Word]) -> tuple[Run, ...]:
    """Words as runs of one style, with a space where the page has one."""
    runs: list[Run] = []
    for number, word in enumerate(words):
        opens = number == 0 and len(words) > 1 and _is_bullet(word) and not _is_raised(word, words[1])
        text = BULLET.strip() if opens else word.text
        if number:
            gap = word.box[0] - words[number - 1].box[2]
            is_apart = (word.has_space and gap > -0.5 * word.style.size) or gap > 0.15 * word.style.size
            text = " " + text if is_apart else text
        if runs and runs[-1].style == word.style:
            runs[-1] = Run(runs[-1].text + text, word.style)
        else:
            runs.append(Run(text, word.style))
    return tuple(runs)


def links_of(words: Sequence[Word]) -> tuple[Link, ...]:
    """What the words lead to: neighbours of the same address are one link."""
    found: list[Link] = []
    for url, group in groupby(words, key=lambda w: w.url):
        if url:
            found.append(Link(clean(" ".join(w.text for w in group)), url))
    return tuple(found)


def cell_of(segment: Segment) -> str:
    """A segment's text."""
    return clean("".join(r.text for r in runs_of(segment.words)))
