"""Words of a page -> lines in reading order, with running heads, page numbers and contents pages told apart. Pure."""

from __future__ import annotations

import re
import statistics
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from ingest.pdf import RawPage, Shape, Style, Word
from kb.records import Box

BULLET = "• "
_BULLETS = frozenset(
    "•●○◦▪■□▫‣⁃∙·▶►➢➤✓✔☐☑❑❒❏◆◇★\uf0b7\uf0a7\uf0d8\uf0fc\uf06f\uf0a8\uf071\uf0e0\uf076\uf0be\u2022\u25cf\u2713"
)
_ZERO_WIDTH = dict.fromkeys(map(ord, "\u200b\u200c\u200d\u2060\ufeff"), None)
_NUMBERING = re.compile(
    r"^(\(?[0-9]{1,2}[.)]?|\(?[A-Za-z][.)]|[IVX]{1,4}[.)]|[0-9]{1,2}(\.[0-9]{1,2}){1,3}\.?)$"
)
_LEADER = re.compile(
    r"^(?P<title>.*?\S)\s*(?:[.…·_]\s?){3,}\s*(?P<page>[0-9]{1,4}|[ivxlc]{1,7})$", re.IGNORECASE
)
_TRAILING_PAGE = re.compile(r"^(?P<title>.*?[^\W\d].*?)\s*(?:\t|\s)\s*(?P<page>[0-9]{1,4})$")
_SPLIT_GAP_EM = 1.3  # wider gaps than this part two columns or two cells; justified text stays below it
_CELL_GAP_EM = 2.0  # outside tables, only wider gaps than this part cells
_MARGIN = 0.13  # share of the page's height in which running heads stand
_GUTTER_POINTS = 7.0


class Role(StrEnum):
    """Where a line belongs before any meaning is read."""

    BODY = "body"
    RUNNING_HEAD = "running head"
    PAGE_NUMBER = "page number"
    CONTENTS = "contents page"


@dataclass(frozen=True, slots=True)
class Run:
    """A stretch of one style inside a line."""

    text: str
    style: Style


@dataclass(frozen=True, slots=True)
class Line:
    """A line of one column, or one row of a table (then `cells` holds its cells).

    `box` in points from the top left, `left` and `right` the edges of its column, `gap` the white space above it
    in points (large at the top of a column).
    """

    page: int
    text: str
    box: Box
    runs: tuple[Run, ...]
    left: float
    right: float
    gap: float = 99.0
    cells: tuple[str, ...] = ()
    role: Role = Role.BODY
    is_boxed: bool = False

    @property
    def size(self) -> float:
        """Size in points of most of its characters."""
        return _main(self.runs).size

    @property
    def style(self) -> Style:
        """Style of most of its characters."""
        return _main(self.runs)

    @property
    def is_bold(self) -> bool:
        """Every word of it is bold, bullets aside."""
        return all(r.style.bold for r in self.runs if any(c.isalnum() for c in r.text))

    @property
    def is_list_item(self) -> bool:
        """It opens with a bullet."""
        return self.text.startswith(BULLET)

    @property
    def fill(self) -> float:
        """Share of its column that it covers, 0 to 1."""
        return (self.box[2] - self.left) / max(self.right - self.left, 1.0)


@dataclass(frozen=True, slots=True)
class ContentsEntry:
    """A line of a contents page: title, printed page, indentation in points, and the page it stands on."""

    title: str
    printed: str
    indent: float
    page: int


@dataclass(frozen=True, slots=True)
class LaidOut:
    """The document as lines in reading order, and what its contents pages say."""

    lines: tuple[Line, ...]
    contents: tuple[ContentsEntry, ...]
    body_size: float
    words: frozenset[str] = frozenset()

    def body(self) -> tuple[Line, ...]:
        """The lines that are neither furniture nor contents."""
        return tuple(line for line in self.lines if line.role == Role.BODY)


def _main(runs: Sequence[Run]) -> Style:
    weights: Counter[Style] = Counter()
    for run in runs:
        weights[run.style] += sum(c.isalnum() for c in run.text)
    return weights.most_common(1)[0][0]


def clean(text: str) -> str:
    """NFC, no zero-width characters, plain spaces; soft hyphens inside a word dropped."""
    text = unicodedata.normalize("NFC", text).translate(_ZERO_WIDTH)
    text = re.sub(r"[\u00a0\u2000-\u200a\u202f\u3000 ]+", " ", text)
    text = re.sub(r"\u00ad(?=\S)", "", text)
    return "".join(c for c in text if c in "\t\n" or unicodedata.category(c) != "Cc").strip()


def lay_out(pages: Iterable[RawPage]) -> LaidOut:
    """Order every page's lines, then mark what repeats over pages and what lists the contents."""
    lines: list[Line] = []
    heights: dict[int, float] = {}
    frames: dict[int, list[Box]] = {}
    for page in pages:
        heights[page.number] = page.height
        frames[page.number] = _frames(page)
        lines.extend(read_page(page))
    body_size = _body_size(lines)
    lines = _mark_framed(lines, frames, body_size)
    lines = _mark_furniture(lines, heights, body_size)
    lines, contents = _mark_contents(lines)
    return LaidOut(tuple(lines), tuple(contents), body_size, words_of(lines))


def body_style(lines: Sequence[Line]) -> Style | None:
    """The style of most characters, None without any."""
    weights: Counter[Style] = Counter()
    for line in lines:
        for run in line.runs:
            weights[run.style] += len(run.text)
    return weights.most_common(1)[0][0] if weights else None


def _frames(page: RawPage) -> list[Box]:
    """Drawn boxes that may hold a note: neither a rule nor the page's background."""
    return [
        s.box
        for s in page.shapes
        if not s.is_image
        and s.box[3] - s.box[1] >= 24
        and s.box[2] - s.box[0] >= 80
        and (s.box[3] - s.box[1]) * (s.box[2] - s.box[0]) < 0.55 * page.width * page.height
    ]


def _mark_framed(lines: Sequence[Line], frames: Mapping[int, list[Box]], body_size: float) -> list[Line]:
    """Mark the lines of notes set in a box: some of the page's lines, none of them large, no table."""
    out = list(lines)
    by_page: dict[int, list[int]] = defaultdict(list)
    for index, line in enumerate(lines):
        by_page[line.page].append(index)
    for page, indexes in by_page.items():
        for box in frames.get(page, ()):
            inside = [i for i in indexes if _is_inside(lines[i].box, box)]
            if 2 <= len(inside) < 0.8 * len(indexes) and all(
                lines[i].size < body_size + 1 and not lines[i].cells for i in inside
            ):
                for i in inside:
                    out[i] = replace(out[i], is_boxed=True)
    return out


def _is_inside(inner: Box, outer: Box) -> bool:
    return (
        inner[0] >= outer[0] - 4 and inner[1] >= outer[1] - 4 and inner[2] <= outer[2] + 4 and inner[3] <= outer[3] + 4
    )


def _body_size(lines: Sequence[Line]) -> float:
    sizes: Counter[float] = Counter()
    for line in lines:
        for run in line.runs:
            sizes[run.style.size] += len(run.text)
    return sizes.most_common(1)[0][0] if sizes else 10.0


# --- words to rows -----------------------------------------------------------------------------------------------


@dataclass(slots=True)
class _Segment:
    words: list[Word]
    box: Box

    @property
    def size(self) -> float:
        return max(w.style.size for w in self.words)

    @property
    def middle(self) -> float:
        return (self.box[0] + self.box[2]) / 2


def _union(boxes: Iterable[Box]) -> Box:
    xs0, ys0, xs1, ys1 = zip(*boxes, strict=True)
    return min(xs0), min(ys0), max(xs1), max(ys1)


def _is_bullet(word: Word) -> bool:
    text = word.text.strip()
    return len(text) == 1 and (
        text in _BULLETS or text in "—–-*" or (text == "o" and "courier" in word.style.font.lower())
    )


def _rows(words: Sequence[Word]) -> list[list[_Segment]]:
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
    return [_segments(sorted(row, key=lambda w: w.box[0])) for row in rows]


def _is_on_row(word: Word, row: Sequence[Word]) -> bool:
    for other in row[-8:]:
        if abs(word.baseline - other.baseline) <= 0.25 * min(word.style.size, other.style.size):
            return True
    near = min(row, key=lambda o: min(abs(word.box[0] - o.box[2]), abs(o.box[0] - word.box[2])))
    gap = max(word.box[0] - near.box[2], near.box[0] - word.box[2])
    if gap > 0.5 * near.style.size:
        return False
    overlap = min(word.box[3], near.box[3]) - max(word.box[1], near.box[1])
    small, large = sorted((word.style.size, near.style.size))
    return small < 0.85 * large and overlap > 0.55 * min(word.box[3] - word.box[1], near.box[3] - near.box[1])


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


def _segments(row: Sequence[Word]) -> list[_Segment]:
    groups: list[list[Word]] = []
    for word in row:
        if groups and not _parts(groups[-1], word):
            groups[-1].append(word)
        else:
            groups.append([word])
    return [_Segment(g, _union(w.box for w in g)) for g in groups]


def _parts(before: Sequence[Word], word: Word) -> bool:
    last = before[-1]
    gap = word.box[0] - last.box[2]
    if last.text.strip(".…·_") == "" and len(before) > 1:  # dot leaders run up to the page number
        return gap > 5 * word.style.size
    if len(before) == 1 and (_is_bullet(last) or _NUMBERING.match(last.text)):
        return gap > 5 * word.style.size
    return gap > _SPLIT_GAP_EM * max(min(last.style.size, word.style.size), 6.0)


def _runs(words: Sequence[Word]) -> tuple[Run, ...]:
    runs: list[Run] = []
    for number, word in enumerate(words):
        text = BULLET.strip() if number == 0 and len(words) > 1 and _is_bullet(word) else word.text
        if number:
            gap = word.box[0] - words[number - 1].box[2]
            is_apart = (word.has_space and gap > -0.5 * word.style.size) or gap > 0.15 * word.style.size
            text = " " + text if is_apart else text
        if runs and runs[-1].style == word.style:
            runs[-1] = Run(runs[-1].text + text, word.style)
        else:
            runs.append(Run(text, word.style))
    return tuple(runs)


# --- rows to reading order ---------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Band:
    first: int
    last: int  # inclusive
    gutter: float


def read_page(page: RawPage) -> list[Line]:
    """The page's lines in reading order: columns left to right, table rows whole."""
    rows = _rows([w for w in page.words if clean(w.text)])
    rules = [s for s in page.shapes if s.box[3] - s.box[1] < 3 and s.box[2] - s.box[0] > 20]
    boxes = [
        s for s in page.shapes if not s.is_image and s.box[3] - s.box[1] >= 24 and s.box[2] - s.box[0] >= 40
    ]
    return _with_gaps(_read_region(rows, rules, boxes, page.number, 0))


def _with_gaps(lines: Sequence[Line]) -> list[Line]:
    """White space above each line, measured to the line before it where that stands above it."""
    out: list[Line] = []
    for line in lines:
        gap = 99.0
        if out and out[-1].box[1] < line.box[1] and out[-1].is_boxed == line.is_boxed:
            gap = line.box[1] - out[-1].box[3]
        out.append(replace(line, gap=gap))
    return out


def _read_region(
    rows: list[list[_Segment]], rules: Sequence[Shape], boxes: Sequence[Shape], page: int, depth: int
) -> list[Line]:
    out: list[Line] = []
    at = 0
    while at < len(rows):
        band = _band(rows, at) if depth < 4 else None
        if band is None:
            out.extend(_plain(rows[at:], page))
            break
        if band.first > at:
            out.extend(_plain(rows[at : band.first], page))
        band = _cut_table(rows, band, rules, boxes)
        inside = rows[band.first : band.last + 1]
        if _is_columns(inside, band.gutter, rules, boxes):
            left, right = _split(inside, band.gutter)
            is_box = _has_side_box(inside, band.gutter, boxes)
            aside = "right" if is_box else _narrow_side(left, right)
            left, late = _trim(left, right) if aside else (left, [])
            while (
                is_box
                and not late
                and band.last + 1 < len(rows)
                and not _is_late([left[-1], rows[band.last + 1]], 1)
            ):  # the text beside a box runs on below it
                left.append(rows.pop(band.last + 1))
            columns = [_read_region(side, rules, boxes, page, depth + 1) for side in (left, right)]
            if aside == "left":
                columns.reverse()
            out.extend(_beside(*columns) if aside else [*columns[0], *columns[1]])
            if late:
                rows = [*rows[: band.last + 1], *late, *rows[band.last + 1 :]]
        else:
            out.extend(_table(inside, rules, page))
        at = band.last + 1
    return out


def _cut_table(
    rows: Sequence[list[_Segment]], band: _Band, rules: Sequence[Shape], boxes: Sequence[Shape]
) -> _Band:
    """End a band where white space over its whole width parts a table from columns of text."""
    for index in range(band.first + 2, band.last + 1):
        upper = rows[band.first : index]
        if _tear(rows, index) <= 1.2 * max(s.size for s in rows[index]) or not _has_both(upper, band.gutter):
            continue
        lower = rows[index : band.last + 1]
        is_text = _is_columns(upper, band.gutter, rules, boxes)
        if not is_text or (_has_both(lower, band.gutter) and not _is_columns(lower, band.gutter, rules, boxes)):
            return replace(band, last=index - 1)
    return band


def _has_both(rows: Sequence[list[_Segment]], gutter: float) -> bool:
    left, right = _split(rows, gutter)
    return bool(left and right)


def _plain(rows: Sequence[list[_Segment]], page: int) -> list[Line]:
    if not rows:
        return []
    area = _union(s.box for row in rows for s in row)
    lines: list[Line] = []
    for row in rows:
        box = _union(s.box for s in row)
        gap = box[1] - lines[-1].box[3] if lines else 99.0
        runs = _runs([w for s in row for w in s.words])
        row = _without_narrow_gaps(row)
        cells = tuple(_cell(s) for s in row) if len(row) > 1 else ()
        text = "\t".join(cells) if cells else clean("".join(r.text for r in runs))
        if text:
            lines.append(Line(page, text, box, runs, area[0], area[2], gap, cells))
    return lines


def _without_narrow_gaps(row: Sequence[_Segment]) -> list[_Segment]:
    """Segments joined where the gap is no wider than a stretched line may have it."""
    joined = [row[0]]
    for segment in row[1:]:
        last = joined[-1]
        if segment.box[0] - last.box[2] <= _CELL_GAP_EM * min(last.size, segment.size):
            joined[-1] = _Segment([*last.words, *segment.words], _union([last.box, segment.box]))
        else:
            joined.append(segment)
    return joined


def _cell(segment: _Segment) -> str:
    return clean("".join(r.text for r in _runs(segment.words)))


def _band(rows: Sequence[list[_Segment]], start: int) -> _Band | None:
    """The next run of rows that one vertical gutter parts, and where that gutter is."""
    for first in range(start, len(rows)):
        best: _Band | None = None
        for low, high in _gaps(rows, first):
            band = _grow(rows, first, low, high)
            if band and (best is None or band.last > best.last):
                best = band
        if best:
            return _from_above(rows, best, start)
    return None


def _from_above(rows: Sequence[list[_Segment]], band: _Band, start: int) -> _Band:
    """The band with the lines above it that run on into its left column."""
    first = band.first
    below = next(row for row in (_left(r, band.gutter) for r in rows[first:]) if row)
    while first > start:
        above = rows[first - 1]
        if len(above) != 1 or above[0].box[2] > band.gutter or _is_late([above, below], 1):
            break
        below = above
        first -= 1
    return replace(band, first=first)


def _left(row: list[_Segment], gutter: float) -> list[_Segment]:
    return [s for s in row if s.middle < gutter]


def _gaps(rows: Sequence[list[_Segment]], first: int) -> list[tuple[float, float]]:
    """Gaps between segments of a row, or of the next row where the two overlap in height."""
    row = rows[first]
    found = [(a.box[2], b.box[0]) for a, b in zip(row, row[1:], strict=False)]
    if len(row) == 1 and first + 1 < len(rows) and len(rows[first + 1]) == 1:
        a, b = row[0], rows[first + 1][0]
        overlap = min(a.box[3], b.box[3]) - max(a.box[1], b.box[1])
        if overlap > 0.3 * min(a.box[3] - a.box[1], b.box[3] - b.box[1]):
            left, right = sorted((a, b), key=lambda s: s.box[0])
            found.append((left.box[2], right.box[0]))
    return [(low, high) for low, high in found if high - low >= _GUTTER_POINTS]


def _grow(rows: Sequence[list[_Segment]], first: int, low: float, high: float) -> _Band | None:
    both, last = 0, first
    sides = [0, 0]
    for index in range(first, len(rows)):
        if index > first and (_tear(rows, index) > 60 or _opens_table(rows, index)):
            break
        middle = (low + high) / 2
        new_low, new_high = low, high
        left = [s for s in rows[index] if s.middle < middle]
        right = [s for s in rows[index] if s.middle >= middle]
        if left:
            new_low = max(low, max(s.box[2] for s in left))
        if right:
            new_high = min(high, min(s.box[0] for s in right))
        if new_high - new_low < _GUTTER_POINTS - 1:
            break
        low, high = new_low, new_high
        sides[0] += bool(left)
        sides[1] += bool(right)
        both += bool(left and right)
        last = index
    while last > first and not any(s.middle >= (low + high) / 2 for s in rows[last]) and _is_late(rows, last):
        last -= 1
    if min(sides) < 2 or last == first:
        return None
    return _Band(first, last, (low + high) / 2)


def _opens_table(rows: Sequence[list[_Segment]], index: int) -> bool:
    """A lone bold line below white space, with a row of cells right under it: another table's heading."""
    row = rows[index]
    if len(row) != 1 or _tear(rows, index) < 1.5 * row[0].size or index + 1 >= len(rows):
        return False
    return all(w.style.bold for w in row[0].words) and len(rows[index + 1]) > 1


def _is_late(rows: Sequence[list[_Segment]], index: int) -> bool:
    """A left-hand row at the end of a band that does not run on from the row above it."""
    above, row = rows[index - 1], rows[index]
    gap = row[0].box[1] - max(s.box[3] for s in above)
    return gap > 0.6 * row[0].size or row[0].words[0].style != above[0].words[0].style


def _tear(rows: Sequence[list[_Segment]], index: int) -> float:
    return min(s.box[1] for s in rows[index]) - max(s.box[3] for s in rows[index - 1])


def _split(
    rows: Sequence[list[_Segment]], gutter: float
) -> tuple[list[list[_Segment]], list[list[_Segment]]]:
    left = [[s for s in row if s.middle < gutter] for row in rows]
    right = [[s for s in row if s.middle >= gutter] for row in rows]
    return [r for r in left if r], [r for r in right if r]


def _trim(
    left: list[list[_Segment]], right: list[list[_Segment]]
) -> tuple[list[list[_Segment]], list[list[_Segment]]]:
    """Left rows below the end of the right column that open something new are read after it."""
    end = max(s.box[3] for row in right for s in row)
    for index in range(1, len(left)):
        if left[index][0].box[1] > end and _is_late(left, index):
            return left[:index], left[index:]
    return left, []


def _has_side_box(rows: Sequence[list[_Segment]], gutter: float, boxes: Sequence[Shape]) -> bool:
    """What stands right of the gutter stands in drawn boxes of its own, each of several lines."""
    right = [s for row in rows for s in row if s.middle >= gutter]
    edge = max((s.box[2] for row in rows for s in row if s.middle < gutter), default=gutter)
    beside = [b.box for b in boxes if b.box[0] > edge - 4 and b.box[3] - b.box[1] >= 36]
    inside = sum(any(_is_inside(s.box, box) for box in beside) for s in right)
    return bool(right) and inside >= 0.8 * len(right)


def _beside(main: Sequence[Line], side: Sequence[Line]) -> list[Line]:
    """Side notes put where they begin: each group of lines before the first main line that stands lower."""
    groups: list[list[Line]] = []
    for line in side:
        if groups and line.box[1] - groups[-1][-1].box[3] < 2.2 * line.size:
            groups[-1].append(line)
        else:
            groups.append([line])
    out: list[Line] = []
    for line in main:
        while groups and groups[0][0].box[1] < line.box[1] - 2 and not _runs_on(out, line):
            out.extend(replace(note, is_boxed=True) for note in groups.pop(0))
        out.append(line)
    out.extend(replace(note, is_boxed=True) for group in groups for note in group)
    return out


def _runs_on(out: Sequence[Line], line: Line) -> bool:
    """The line goes on with the paragraph above it."""
    if not out or out[-1].is_boxed:
        return False
    last = out[-1]
    return line.gap < 0.45 * line.size and line.style == last.style and (last.fill > 0.75 or last.is_bold)


def _narrow_side(left: list[list[_Segment]], right: list[list[_Segment]]) -> str:
    """Which column is a side column of the other ("" where both are alike)."""
    widths = []
    for side in (left, right):
        area = _union(s.box for row in side for s in row)
        widths.append(area[2] - area[0])
    if widths[1] < 0.65 * widths[0] and len(left) >= 6:
        return "right"
    if widths[0] < 0.65 * widths[1] and len(right) >= 6:
        return "left"
    return ""


def _is_columns(
    rows: Sequence[list[_Segment]], gutter: float, rules: Sequence[Shape], boxes: Sequence[Shape]
) -> bool:
    """Two columns of running text rather than the cells of a table.

    Text columns fill their width line after line; the cells of a table stand on common baselines, are short, or have
    rules drawn across the gutter.
    """
    left, right = _split(rows, gutter)
    if _has_side_box(rows, gutter, boxes):
        return True
    area = _union(s.box for row in rows for s in row)
    edge = max(s.box[2] for row in left for s in row) - 5
    crossing = {
        round(r.box[1])
        for r in rules
        if r.box[0] < edge and gutter < r.box[2] and area[1] - 6 <= r.box[1] <= area[3] + 6
    }
    is_ruled = any(area[1] + 2 < y < area[3] - 2 for y in crossing)
    if is_ruled or sum(len(row) > 2 for row in rows) > len(rows) / 3:
        return False
    if min(len(left), len(right)) < 3 or _is_numbers(right) or _is_numbers(left):
        return False
    aligned = sum(1 for row in rows if len(row) > 1) / min(len(left), len(right))
    if max(len(left), len(right)) >= 8:
        prose = max((_filled(side), len(side)) for side in (left, right))
        if prose[0] >= 0.55 and prose[1] >= 8:
            return True
    return (_filled(left) >= 0.45 and _filled(right) >= 0.35) or aligned < 0.4


def _is_numbers(rows: Sequence[list[_Segment]]) -> bool:
    """A column of page numbers, amounts or marks, not of text."""
    texts = [_cell(s) for row in rows for s in row]
    return sum(not any(c.isalpha() for c in t) or _is_page_number(t) for t in texts) >= 0.7 * len(texts)


def _filled(rows: Sequence[list[_Segment]]) -> float:
    area = _union(s.box for row in rows for s in row)
    edge = area[0] + 0.82 * (area[2] - area[0])
    return sum(max(s.box[2] for s in row) >= edge for row in rows) / len(rows)


def _table(rows: Sequence[list[_Segment]], rules: Sequence[Shape], page: int) -> list[Line]:
    """Visual rows gathered into table rows: by drawn rules where there are some, else by the first column."""
    area = _union(s.box for row in rows for s in row)
    edges = _column_edges(rows)
    cuts = sorted(
        {round(r.box[1]) for r in rules if area[1] < r.box[1] < area[3] and r.box[2] - r.box[0] > 40}
    )
    starts = sum(_column(row[0], edges) == 0 for row in rows)
    if len(cuts) + 1 < 0.4 * starts and len(cuts) < 4:
        cuts = []  # rules above and below the table only
    groups: list[list[list[_Segment]]] = []
    for row in rows:
        top = min(s.box[1] for s in row)
        if groups and not _opens_row(groups[-1], row, top, cuts, edges):
            groups[-1].append(row)
        else:
            groups.append([row])
    lines: list[Line] = []
    for group in groups:
        lines.append(_table_line(group, edges, area, lines[-1].box[3] if lines else -99.0, page))
    return lines


def _opens_row(
    group: Sequence[list[_Segment]],
    row: list[_Segment],
    top: float,
    cuts: Sequence[int],
    edges: Sequence[float],
) -> bool:
    bottom = max(s.box[3] for s in group[-1])
    if len(cuts) >= 2:
        start = min(s.box[1] for s in group[0])
        return any(start < cut <= (top + bottom) / 2 + 3 for cut in cuts)
    if _column(row[0], edges) != 0:
        return False
    wraps = len(row) == 1 and top - bottom < 0.4 * row[0].size and len(edges) > 1
    return not (
        wraps
        and _column(group[-1][0], edges) == 0
        and len(group[-1]) == 1
        and row[0].size == group[-1][0].size
        and row[0].words[0].text[:1].islower()
    )


def _column_edges(rows: Sequence[list[_Segment]]) -> list[float]:
    """Left edges of the columns that the segments' projection leaves apart."""
    merged: list[list[float]] = []
    for low, high in sorted((s.box[0], s.box[2]) for row in rows if len(row) > 1 for s in row):
        if merged and low < merged[-1][1] + 2:
            merged[-1][1] = max(merged[-1][1], high)
        else:
            merged.append([low, high])
    return [low for low, _ in merged]


def _column(segment: _Segment, edges: Sequence[float]) -> int:
    return max(sum(1 for e in edges if segment.box[0] >= e - 3) - 1, 0)


def _table_line(
    group: Sequence[list[_Segment]], edges: Sequence[float], area: Box, above: float, page: int
) -> Line:
    cells: list[list[str]] = [[] for _ in range(max(len(edges), 1))]
    for row in group:
        for segment in row:
            cells[_column(segment, edges)].append(_cell(segment))
    texts = tuple(join_lines(c) for c in cells)
    box = _union(s.box for row in group for s in row)
    runs = _runs([w for row in group for s in row for w in s.words])
    filled = tuple(t for t in texts)
    shown = "\t".join(filled).strip("\t") if sum(map(bool, filled)) > 1 else "".join(filled)
    kept = filled if sum(map(bool, filled)) > 1 else ()
    return Line(page, shown, box, runs, area[0], area[2], box[1] - above, kept)


# --- joining -----------------------------------------------------------------------------------------------------


def join_lines(texts: Sequence[str], known: frozenset[str] = frozenset()) -> str:
    """Lines of one paragraph as one text.

    A hyphen at a line's end stays where the compound is printed elsewhere, or where its two halves are words of the
    document and their joint is none; `known` holds the document's words and compounds, folded.
    """
    out = ""
    for text in texts:
        if not out:
            out = text
        elif _is_cut_address(out):
            out = out.replace("\u00ad", "-") + text
        elif out.endswith(("\u00ad", "-", "\u2010", "\u2011")) and len(out) > 1 and out[-2].isalnum():
            head, tail = re.split(r"[^\w\u00ad-]", out[:-1])[-1], re.split(r"[^\w-]", text)[0]
            out = (out[:-1] if _is_broken(head, tail, known) else out[:-1] + "-") + text
        elif out.endswith("–") and out[-2:-1].isdigit() and text[:1].isdigit():
            out += text
        else:
            out = f"{out} {text}"
    return out[:-1] + "-" if out.endswith("\u00ad") else out


def _is_cut_address(text: str) -> bool:
    """The text ends inside a web address, at a sign at which lines are broken."""
    last = text.rsplit(maxsplit=1)[-1] if text.strip() else ""
    return ("://" in last or last.startswith("www.")) and last.endswith(("/", "-", "_", "=", "&", "?", "%", "\u00ad"))


def _is_broken(head: str, tail: str, known: frozenset[str]) -> bool:
    """The hyphen only marks where a word was broken."""
    if not head or not tail or not tail[0].islower() or not head[-1].isalpha():
        return False
    head, tail = head.casefold(), tail.casefold()
    if f"{head}-{tail}" in known:
        return False
    return f"{head}{tail}" in known or not (head in known and tail in known and len(tail) > 2)


def words_of(lines: Iterable[Line]) -> frozenset[str]:
    """The words and hyphenated compounds printed inside lines, folded; the halves at line ends are no words."""
    found: set[str] = set()
    is_broken = False
    for line in lines:
        words = re.findall(r"\b\w+(?:-\w+)*\b", line.text.casefold())
        if is_broken:
            words = words[1:]
        is_broken = line.text.endswith(("\u00ad", "-", "\u2010", "\u2011"))
        found.update(words[:-1] if is_broken else words)
    return frozenset(found)


# --- furniture and contents --------------------------------------------------------------------------------------


def _keys(line: Line) -> list[str]:
    """What a running head repeats: its text, or its text but for a number that counts with the pages."""
    text = line.text.casefold()
    found = [text]
    masked = re.sub(r"\d+", "#", text)
    for place, match in enumerate(re.finditer(r"\d{1,4}", text)):
        found.append(f"{masked}|{place}|{int(match[0]) - line.page}")
    if roman := re.search(r"\b[ivxlc]{1,7}$", text):
        found.append(text[: roman.start()] + "#")
    return found


def _mark_furniture(lines: Sequence[Line], heights: dict[int, float], body_size: float) -> list[Line]:
    """Mark what repeats at the same height in the margins on neighbouring pages, and lone page numbers there.

    Only the outermost lines count: a heading that recurs below or above body text stays text.
    """
    body = body_style(lines)
    places: dict[tuple[str, int], set[int]] = defaultdict(set)
    by_page: dict[int, list[int]] = defaultdict(list)
    for index, line in enumerate(lines):
        by_page[line.page].append(index)
        if _in_margin(line, heights):
            for key in _keys(line):
                for slot in _slots(line):
                    places[key, slot].add(line.page)
    out = list(lines)
    heads: Counter[tuple[int, Style]] = Counter()
    for is_second in (False, True):  # what stands where running heads stand, in their type, is one
        for indexes in by_page.values():
            for sign in (1, -1):
                for index in sorted(indexes, key=lambda i: sign * lines[i].box[1]):
                    role = out[index].role
                    if role == Role.BODY and _in_margin(lines[index], heights):
                        role = _furniture_role(lines[index], places, len(heights), body_size)
                        if is_second and role == Role.BODY and _is_headlike(lines[index], heads, body):
                            role = Role.RUNNING_HEAD
                        out[index] = replace(lines[index], role=role)
                    if role == Role.BODY:
                        break
                    if role == Role.RUNNING_HEAD and not is_second:
                        heads.update((slot, lines[index].style) for slot in _slots(lines[index]))
    return out


def _is_headlike(line: Line, heads: Counter[tuple[int, Style]], body: Style | None) -> bool:
    return line.style != body and any(heads[slot, line.style] >= 4 for slot in _slots(line))


def _furniture_role(
    line: Line, places: dict[tuple[str, int], set[int]], pages: int, body_size: float
) -> Role:
    if _is_page_number(line.text):
        return Role.PAGE_NUMBER
    for seen in (sorted(places[key, slot]) for key in _keys(line) for slot in _slots(line)):
        near = sum(1 for a, b in zip(seen, seen[1:], strict=False) if b - a <= 2)
        is_large = line.size > 1.1 * body_size and len(seen) < 0.5 * pages
        usual = 0.45 if len(seen) >= 8 else 0.6  # heads of left-hand pages skip those that open a chapter
        if near >= max(1 if pages <= 6 else 2, usual * (len(seen) - 1)) and not is_large:
            return Role.RUNNING_HEAD
    return Role.BODY


def _slots(line: Line) -> tuple[int, int]:
    """Two overlapping height bins of 6 points, so that a rounding edge parts nothing."""
    return int(line.box[1] // 6), -int((line.box[1] + 3) // 6) - 1


def _in_margin(line: Line, heights: dict[int, float]) -> bool:
    height = heights[line.page]
    return line.box[3] < _MARGIN * height or line.box[1] > (1 - _MARGIN) * height


_PAGE_NUMBER = re.compile(
    r"(?:(?:page|seite|p\.|s\.|sida|pagina|página|pág\.|σελίδα|σελ\.|strana|str\.)\s?)?"
    r"[\[(–—|-]?\s*(?:\d{1,4}|[ivxlc]{1,7})\s*[\])–—|-]?(?:\s*(?:/|of|de|von|av|di|din|από|z)\s*\d{1,4})?",
    re.IGNORECASE,
)


def _is_page_number(text: str) -> bool:
    return bool(_PAGE_NUMBER.fullmatch(text.strip()))


_CONTENTS_WORDS = frozenset((
    "contents", "table of contents", "inhalt", "inhaltsverzeichnis", "sommaire", "table des matieres", "indice", "indice general",
    "sommario", "cuprins", "innehall", "innehallsforteckning", "περιεχομενα", "πινακασ περιεχομενων", "obsah", "spis tresci",
    "contenido", "contenidos", "tabla de contenidos", "inhoud", "inhoudsopgave", "sumario", "indice dei contenuti", "index",
))  # fmt: skip


def fold(text: str) -> str:
    """Case, accents and everything but letters, digits and single spaces taken away."""
    text = unicodedata.normalize("NFKD", text.translate(_ZERO_WIDTH)).casefold()
    text = "".join(c if c.isalnum() else " " for c in text if not unicodedata.combining(c))
    return " ".join(text.split()).replace("ς", "σ")


def is_contents_title(text: str) -> bool:
    """The text is what a contents page is headed with, in any of the languages."""
    return fold(text) in _CONTENTS_WORDS


def _entry(text: str) -> tuple[str, str] | None:
    if match := _LEADER.match(text.replace("\t", " ")):
        return match["title"], match["page"]
    return None


def _loose_entry(text: str) -> tuple[str, str] | None:
    if match := _TRAILING_PAGE.match(text):
        return match["title"].replace("\t", " ").strip(), match["page"]
    return None


def _celled_entry(line: Line) -> bool:
    return len(line.cells) == 2 and line.cells[1].isdigit() and any(c.isalpha() for c in line.cells[0])


def _mark_contents(lines: Sequence[Line]) -> tuple[list[Line], list[ContentsEntry]]:
    """Find contents pages: dot leaders, or a contents heading above lines that end in rising page numbers."""
    out = list(lines)
    entries: list[ContentsEntry] = []
    by_page: dict[int, list[int]] = defaultdict(list)
    for index, line in enumerate(lines):
        if line.role == Role.BODY:
            by_page[line.page].append(index)
    is_open = False
    for page in sorted(by_page):
        indexes = by_page[page]
        start = next((n for n, i in enumerate(indexes) if is_contents_title(lines[i].text)), None)
        strict = [i for i in indexes if _entry(lines[i].text)]
        read = _entry if len(strict) >= 3 else _loose_entry
        found = [n for n, i in enumerate(indexes) if read(lines[i].text)]
        from_here = start if start is not None else 0
        found = [n for n in found if n >= from_here]
        is_list = len(found) >= 3 and len(found) >= 0.5 * (found[-1] - found[0] + 1)
        celled = [i for i in indexes if _celled_entry(lines[i])]
        strict_list = is_list and (
            len(strict) >= 4
            or (
                len(celled) >= 6
                and len(celled) >= 0.4 * len(indexes)
                and _rising(lines, celled, range(len(celled)))
            )
        )
        if not (
            strict_list
            or (start is not None and is_list)
            or (is_open and is_list and _rising(lines, indexes, found))
        ):
            is_open = False
            continue
        first = start if start is not None else found[0]
        for n in range(first, found[-1] + 1):
            out[indexes[n]] = replace(out[indexes[n]], role=Role.CONTENTS)
        entries.extend(_contents_entries([lines[indexes[n]] for n in range(first, found[-1] + 1)], page))
        is_open = found[-1] >= len(indexes) - 4
    return out, entries


def _rising(lines: Sequence[Line], indexes: Sequence[int], found: Sequence[int]) -> bool:
    numbers = [int(e[1]) for n in found if (e := _loose_entry(lines[indexes[n]].text)) and e[1].isdigit()]
    return len(numbers) >= 3 and all(a <= b for a, b in zip(numbers, numbers[1:], strict=False))


def _contents_entries(lines: Sequence[Line], page: int) -> list[ContentsEntry]:
    entries: list[ContentsEntry] = []
    held: list[Line] = []
    for line in lines:
        if is_contents_title(line.text):
            continue
        celled = (line.cells[0], line.cells[1]) if _celled_entry(line) else None
        parts = _entry(line.text) or celled or _loose_entry(line.text)
        if not parts:
            held.append(line)
            continue
        wraps = [h for h in held[-1:] if abs(h.box[0] - line.box[0]) < 40 and line.box[1] - h.box[3] < 6]
        title = join_lines([h.text for h in wraps] + [parts[0]])
        entries.append(ContentsEntry(clean(title), parts[1], (wraps or [line])[0].box[0], page))
        held = []
    return entries
