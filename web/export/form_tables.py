"""Tables that are forms: those with boxes to tick, with answers to choose, and grids of criteria with marks. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from kb import Field, FieldTable, Record, TableCell
from kb.words import Pattern

_BOXES = "☐☑☒□▢❏❑❒⬜◻◽⃞\uf0a8\uf06f\uf071\uf0a3"
_BOX = re.compile(f"[{_BOXES}]")
_ONLY_BOXES = re.compile(f"(?:[{_BOXES}] ?){{1,6}}")
_NAMED = Pattern(r"(?<!\w)(?:<<form.checklist>>|<<form.self>>)(?!\w)")
_GRID = Pattern(r"(?<!\w)(?:<<form.grid>>|<<form.self>>)(?!\w)")
_JUDGED = Pattern(r"(?<!\w)(?:<<form.grid>>|<<form.self>>|<<form.marks>>)(?!\w)")
_CRITERION = Pattern(r"(?:\w{1,20} )?<<form.criterion>>")
_WEIGHT = Pattern(r"<<form.weight>>(?!\w).{0,12}")
_MARKS = Pattern(r"(?:\w{2,8}[. ] ?){0,2}<<form.marks>>(?!\w).{0,16}")
_STEP = Pattern(
    r"(?:\w{3,9} )?(?P<points>\d{1,2})(?: ?[:=–—)-] ?\S.{0,40}| ?\(.{1,40})?|.{0,12}<<form.level>>.{0,12}"
)
_WORDED = Pattern(r"(?:\d{1,2} ?[:=.–-] ?)?<<form.level>>(?: ?[(\d–-].{0,12})?")
_ANSWER = Pattern(r"<<form.answer>>")
_DONE = Pattern(r"<<form.done>>")
_TOTAL = Pattern(r"<<form.total>>(?!\w).{0,20}")
_NUMBER = re.compile(r"\D{0,8}?(?:\d{1,2} ?[–-] ?)?(?P<number>\d{1,4}(?:[.,]\d{1,2})?) ?(?:%|\w{0,8}\.?)")
_TWO_HEADS = re.compile(r"(?<=[\w)]) (?=\d{1,2} ?[:=–] ?\w)")
_LONGEST_HEAD = 60  # characters
_LEAST_ROWS = 2
_LEAST_SHARE = 0.6  # of the rows have what makes them lines of a form


@dataclass(frozen=True, slots=True)
class Level:
    """A step of a scale, as its column is headed; `points` is the number printed there, None without one."""

    label: str
    points: float | None = None


@dataclass(frozen=True, slots=True)
class Scale:
    """What lines are marked on: steps to choose from, lowest or highest first as printed; none for a box to tick."""

    levels: tuple[Level, ...] = ()


NO_SCALE = Scale()


@dataclass(frozen=True, slots=True)
class FoundLine:
    """A line of a form as it is printed; `levels` describe the steps of the scale, `detail` is what it says besides."""

    text: str
    group: str = ""
    levels: tuple[str, ...] = ()
    detail: str = ""
    weight: float | None = None
    most: float | None = None


@dataclass(frozen=True, slots=True)
class FoundForm:
    """A form in a field."""

    title: str
    lines: tuple[FoundLine, ...]
    scale: Scale = NO_SCALE
    is_grid: bool = False


@dataclass(frozen=True, slots=True)
class _Sheet:
    """A table as rows of texts by column, below its heads; `about` are the headings that it stands under.

    As a form it has the `title`, its lines stand under `group`, and a scale alone is one of the `subject`.
    """

    title: str
    group: str
    subject: str

    heads: Mapping[int, str]
    rows: tuple[Mapping[int, str], ...]
    width: int
    about: tuple[str, ...]

    def column(self, number: int) -> list[str]:
        return [row.get(number, "") for row in self.rows]

    def share(self, number: int, is_so: Pattern | re.Pattern[str] | None) -> float:
        """The share of a column's cells that fit a pattern; that are empty, with None."""
        fits = (
            not text if is_so is None else is_so.fullmatch(text) is not None for text in self.column(number)
        )
        return sum(fits) / max(1, len(self.rows))

    def headed(self, pattern: Pattern) -> list[int]:
        return [n for n in range(self.width) if pattern.fullmatch(_bare(self.heads.get(n, "")))]

    def is_about(self, pattern: Pattern) -> bool:
        return any(pattern.search(heading) for heading in self.about)


def found(record: Record, field: Field) -> Iterator[FoundForm]:
    """The forms among the tables of a field; parts of a table that a page break cut count as one."""
    for sheet in _sheets(record, field):
        for reader in (_boxed, _answered, _marked, _single):
            if lines := reader(sheet):
                yield lines
                break


def _sheets(record: Record, field: Field) -> Iterator[_Sheet]:
    title, group = (field.label or record.title).strip(" :"), record.title if field.label else ""
    subject = record.title if group or not record.path else record.path[-1]
    about = tuple(filter(None, (field.label, record.title, *record.path[-1:])))
    bare = _Sheet(title, group, subject, {}, (), 0, about)
    parts: list[_Sheet] = []
    at = 0
    for table in field.tables:
        before = field.text[at : table.start]
        at = table.end
        sheet = _sheet(table, before, bare)
        goes_on = bool(parts) and not before.strip() and (not sheet.heads or sheet.heads == parts[-1].heads)
        if goes_on:
            last = parts[-1]
            rows = (*last.rows, *_aligned(sheet, last.width))
            parts[-1] = replace(last, rows=rows, width=max(last.width, sheet.width))
        else:
            parts.append(sheet)
    yield from parts


def _aligned(sheet: _Sheet, width: int) -> Iterator[Mapping[int, str]]:
    """Its rows with their last column where that of the part before is."""
    for row in sheet.rows:
        if sheet.width > width and not any(row.get(n) for n in range(width - 1, sheet.width - 1)):
            yield {n: text for n, text in row.items() if n < width - 1} | {
                width - 1: row.get(sheet.width - 1, "")
            }
        else:
            yield row


def _sheet(table: FieldTable, before: str, bare: _Sheet) -> _Sheet:
    rows = [{at: _one_line(cell) for at, cell in row} for row in table.placed()]
    width = max((at + cell.columns for row in table.placed() for at, cell in row), default=0)
    heads = {at: " ".join(text.split()) for at, text in table.heads().items()}
    body = rows[table.head_rows :]
    if not heads and len(body) > 1 and _is_head(body[0].values()):
        heads, body = body[0], body[1:]
    elif not heads:
        heads = _heads_above(before, width)
    caption = [
        line
        for line in before.strip().splitlines()[-2:]
        if len(line) <= 2 * _LONGEST_HEAD and "\t" not in line
    ]
    return replace(bare, heads=heads, rows=tuple(body), width=width, about=(*bare.about, *caption))


def _one_line(cell: TableCell) -> str:
    return " ".join(cell.text.split())


def _is_head(cells: Iterable[str]) -> bool:
    texts = [text for text in cells if text]
    return (
        len(texts) > 1
        and all(len(text) <= _LONGEST_HEAD for text in texts)
        and any(p.fullmatch(_bare(text)) for p in (_CRITERION, _WEIGHT) for text in texts)
    )


def _heads_above(before: str, width: int) -> dict[int, str]:
    """The heads that a line right above a table prints, its last over the last column; none that do not fit."""
    lines = before.rstrip("\n").splitlines()
    if not lines or "\t" not in lines[-1]:
        return {}
    cells = [" ".join(cell.split()) for cell in lines[-1].split("\t")]
    if len(cells) < width:
        cells = [part for cell in cells for part in _TWO_HEADS.split(cell)]
    if len(cells) > width or any(len(cell) > _LONGEST_HEAD for cell in cells):
        return {}
    return dict(enumerate(cells, width - len(cells)))


def _boxed(sheet: _Sheet) -> FoundForm | None:
    """A checklist whose rows have boxes; with a box for each of several answers, these are its scale."""
    boxed = [n for n in range(sheet.width) if sheet.share(n, _ONLY_BOXES) >= _LEAST_SHARE]
    if not boxed or len(sheet.rows) < _LEAST_ROWS:
        return None
    answers = tuple(Level(sheet.heads[n]) for n in boxed if sheet.heads.get(n))
    scale = Scale(answers) if len(answers) == len(boxed) > 1 else NO_SCALE
    lines = tuple(FoundLine(text, sheet.group) for row in sheet.rows if (text := _longest(row, boxed)))
    return FoundForm(sheet.title, lines, scale) if lines else None


def _answered(sheet: _Sheet) -> FoundForm | None:
    """A checklist with columns to answer in: yes and no, or one that is to be marked when it is done."""
    answers = [n for n in sheet.headed(_ANSWER) if sheet.share(n, None) >= _LEAST_SHARE]
    done = [n for n in sheet.headed(_DONE) if sheet.share(n, None) >= _LEAST_SHARE]
    empty = [n for n in range(1, sheet.width) if sheet.share(n, None) == 1]
    is_named = sheet.is_about(_NAMED)
    if len(sheet.rows) < _LEAST_ROWS or not (len(answers) > 1 or done or (empty and is_named)):
        return None
    scale = Scale(tuple(Level(sheet.heads[n]) for n in answers)) if len(answers) > 1 else NO_SCALE
    left = [*answers, *done, *empty]
    lines = tuple(FoundLine(text, sheet.group) for row in sheet.rows if (text := _longest(row, left)))
    return FoundForm(sheet.title, lines, scale) if lines else None


def _marked(sheet: _Sheet) -> FoundForm | None:
    """A grid: a row a criterion, with a weight, a highest mark, or a column for each step of a scale."""
    criteria = sheet.headed(_CRITERION)
    weights = [n for n in sheet.headed(_WEIGHT) if sheet.share(n, _NUMBER) >= _LEAST_SHARE]
    marks = [n for n in sheet.headed(_MARKS) if n and n not in weights]
    stated = [n for n in marks if sheet.share(n, _NUMBER) >= _LEAST_SHARE]
    blank = [n for n in marks if sheet.share(n, None) >= _LEAST_SHARE]
    steps = [n for n in sheet.headed(_STEP) if n and n not in (*weights, *marks, *criteria[:1])]
    if not _is_scale(sheet, steps, bool(criteria), bool(weights)):
        steps = []
    is_judged = bool(criteria) or sheet.is_about(_GRID)
    if len(sheet.rows) < _LEAST_ROWS or not is_judged:
        return None
    if not (steps or weights or stated or blank or (criteria and sheet.is_about(_JUDGED))):
        return None
    at = criteria[0] if criteria else _first_text(sheet, (*weights, *marks, *steps))
    lines = []
    for row in sheet.rows:
        text = row.get(at, "")
        if not any(c.isalpha() for c in text) or _TOTAL.fullmatch(_bare(text)):
            continue
        most = _number(row.get(stated[0], "")) if stated else None
        weight = _number(row.get(weights[0], "")) if weights else None
        told = [words for n, words in row.items() if n not in (at, *weights, *marks, *steps) and words]
        lines.append(
            FoundLine(text, sheet.group, tuple(row.get(n, "") for n in steps), " ".join(told), weight, most)
        )
    scale = Scale(tuple(Level(sheet.heads[n], _points(sheet.heads[n])) for n in steps))
    return FoundForm(sheet.title, tuple(lines), scale, is_grid=True) if len(lines) >= _LEAST_ROWS else None


def _is_scale(sheet: _Sheet, steps: Sequence[int], has_criteria: bool, has_weights: bool) -> bool:
    """Columns side by side whose heads are steps; bare numbers only where the table is a grid by its other heads."""
    if len(steps) < 2 or list(steps) != list(range(steps[0], steps[0] + len(steps))):
        return False
    worded = sum(_WORDED.fullmatch(_bare(sheet.heads[n])) is not None for n in steps)
    points = [_points(sheet.heads[n]) for n in steps]
    rising = all(p is not None for p in points) and len({*points}) == len(points)
    return (worded * 2 > len(steps) or rising) and (has_criteria or has_weights or sheet.is_about(_GRID))


def _single(sheet: _Sheet) -> FoundForm | None:
    """A scale alone, its one row the steps of what the record is about: that is the criterion."""
    heads = [sheet.heads.get(n, "") for n in range(sheet.width)]
    if len(sheet.rows) != 1 or sheet.width < 3 or not all(heads):
        return None
    worded = sum(_WORDED.fullmatch(_bare(head)) is not None for head in heads)
    row = tuple(sheet.rows[0].get(n, "") for n in range(sheet.width))
    if worded * 2 <= len(heads) or not all(row) or not sheet.is_about(_GRID):
        return None
    scale = Scale(tuple(Level(head, _points(head)) for head in heads))
    return FoundForm(sheet.title, (FoundLine(sheet.subject, levels=row),), scale, is_grid=True)


def _first_text(sheet: _Sheet, taken: Sequence[int]) -> int:
    return next(
        (
            n
            for n in range(sheet.width)
            if n not in taken and any(c.isalpha() for c in "".join(sheet.column(n)))
        ),
        0,
    )


def _longest(row: Mapping[int, str], left_out: Sequence[int]) -> str:
    """What a row asks: the longest of its other cells."""
    texts = [_BOX.sub("", text).strip() for n, text in row.items() if n not in left_out]
    text = max(texts, key=len, default="")
    return text if any(c.isalpha() for c in text) else ""


def _bare(head: str) -> str:
    """A head without the signs around it; none where it is longer than heads are."""
    found = re.sub(r"^[^\w(]{1,9}|[^\w)%]{1,9}$", "", head) if len(head) <= _LONGEST_HEAD else ""
    return found.replace("\u00a0", " ").replace("\u202f", " ")


def _points(head: str) -> float | None:
    """The number that a step is worth, as its head prints it."""
    number = re.search(r"\d{1,2}", head)
    return float(number[0]) if number and len(re.findall(r"\d+", head)) == 1 else None


def _number(text: str) -> float | None:
    number = _NUMBER.fullmatch(text)
    return float(number["number"].replace(",", ".")) if number else None
