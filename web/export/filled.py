"""What somebody filled in of a handbook's forms, as an address holds it: query string <-> Filled, and its marks."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from urllib.parse import urlencode

from kb import InputError
from web.export.printed_forms import FormKind, FormLine, PrintedForm

LONGEST_ADDRESS = 6000
"""Characters of an address that mail programs and servers still pass on whole: nginx takes 8 kB, line and headers."""
LONGEST_TITLE, LONGEST_NOTES, LONGEST_NOTE = 200, 5000, 1000
LONGEST = {"title": LONGEST_TITLE, "notes": LONGEST_NOTES}
MOST_IDS, MOST_HANDBOOKS, MOST_FORMS, MOST_LINES = 50, 10, 100, 1000

_KEY = re.compile(r"[0-9a-f]{8}")
_MARK = re.compile(r"(?P<key>[0-9a-f]{8})-(?P<mark>\d{1,4}(?:\.\d{1,2})?)")
_CONTROL = re.compile(r"[^\S\n]|[\x00-\x09\x0b-\x1f\x7f]")


@dataclass(frozen=True, slots=True)
class Filled:
    """A proposal as its author has it: the handbooks and forms chosen, the shortlist, and what was filled in.

    `forms` are the keys of the forms to be shown, none for all of the handbooks'. `checked` are keys of lines; `marks`
    a line's step (from 1) or its number of points; `line_notes` a note a line.
    """

    handbooks: tuple[str, ...] = ()
    forms: tuple[str, ...] = ()
    ids: tuple[str, ...] = ()
    title: str = ""
    notes: str = ""
    checked: tuple[str, ...] = ()
    marks: Mapping[str, float] = field(default_factory=dict, hash=False)
    line_notes: Mapping[str, str] = field(default_factory=dict, hash=False)

    @property
    def pairs(self) -> list[tuple[str, str]]:
        """Its parameters, as short as they can be."""
        chosen = (("handbook", self.handbooks), ("form", self.forms), ("id", self.ids))
        pairs = [(name, value) for name, values in chosen for value in values]
        pairs += [(name, text) for name, text in (("title", self.title), ("notes", self.notes)) if text]
        pairs += [("c", "_".join(self.checked))] if self.checked else []
        marks = "_".join(f"{key}-{mark:g}" for key, mark in self.marks.items())
        pairs += [("m", marks)] if marks else []
        return pairs + [(f"n.{key}", text) for key, text in self.line_notes.items()]

    @property
    def url(self) -> str:
        """The address that holds all of it."""
        query = urlencode(self.pairs)
        return f"/proposal?{query}" if query else "/proposal"

    @property
    def is_empty(self) -> bool:
        """Whether nothing was filled in yet, whatever is chosen."""
        return not (self.title or self.notes or self.checked or self.marks or self.line_notes)


def of_pairs(given: Iterable[tuple[str, str]]) -> Filled:
    """Read parameters: those of an address, and those of a form, where each line has its own.

    Unknown ones are ignored, as are keys that no line can have; empty values count as not given.

    Raises:
        InputError: a text is longer than may be kept, or there is more than a proposal holds.
    """
    lists: dict[str, list[str]] = {"handbook": [], "form": [], "id": [], "c": []}
    texts = {"title": "", "notes": ""}
    marks: dict[str, float] = {}
    notes: dict[str, str] = {}
    for name, value in given:
        if name in LONGEST:
            _check_length(f"the {name}", value, LONGEST[name])
        text = _clean(value)
        if not text:
            continue
        if name in ("c", "m"):
            for part in text.split("_"):
                _take(name, part, lists["c"], marks)
        elif name in lists:
            lists[name].append(text)
        elif name in texts:
            texts[name] = text
        elif name.startswith("m."):
            _take("m", f"{name[2:]}-{text.replace(',', '.')}", lists["c"], marks)
        elif name.startswith("n.") and _KEY.fullmatch(name[2:]):
            _check_length("a note", text, LONGEST_NOTE)
            notes[name[2:]] = text
    return Filled(
        handbooks=_few("handbooks", lists["handbook"], MOST_HANDBOOKS),
        forms=tuple(key for key in _few("forms", lists["form"], MOST_FORMS) if _KEY.fullmatch(key)),
        ids=_few("practices", lists["id"], MOST_IDS),
        title=" ".join(texts["title"].split()),
        notes=texts["notes"],
        checked=_few("lines", lists["c"], MOST_LINES),
        marks={key: marks[key] for key in _few("marks", marks, MOST_LINES)},
        line_notes={key: notes[key] for key in _few("notes", notes, MOST_LINES)},
    )


def _take(name: str, part: str, checked: list[str], marks: dict[str, float]) -> None:
    if name == "c" and _KEY.fullmatch(part):
        checked.append(part)
    elif name == "m" and (mark := _MARK.fullmatch(part)):
        marks[mark["key"]] = float(mark["mark"])


def _clean(text: str) -> str:
    return _CONTROL.sub(" ", text.replace("\r\n", "\n")).strip()


def _check_length(what: str, text: str, longest: int) -> None:
    if len(text) > longest:
        raise InputError(f"{what}: {len(text)} characters, at most {longest} are kept; shorten the text")


def _few(what: str, given: Collection[str], most: int) -> tuple[str, ...]:
    """Each once."""
    if len(given) > most:
        raise InputError(f"{len(given)} {what}: a proposal holds at most {most}; make two of it")
    return tuple(dict.fromkeys(given))


@dataclass(frozen=True, slots=True)
class Score:
    """What a grid's marks add up to, of the highest that is possible.

    `is_weighted` says that each mark counts times its weight. `marked` of `lines` have a mark.
    """

    reached: float
    highest: float
    marked: int
    lines: int
    is_weighted: bool


def score(form: PrintedForm, filled: Filled) -> Score | None:
    """Add up a grid's marks where the handbook states numbers for each of its lines; None where it does not."""
    if form.kind is not FormKind.GRID:
        return None
    highest = [_most(form, line) for line in form.lines]
    if not all(highest):
        return None
    weights = [line.weight for line in form.lines]
    is_weighted = all(weights) and bool(form.scale.levels)
    reached = most = 0.0
    for line, best in zip(form.lines, highest, strict=True):
        times = line.weight if is_weighted and line.weight else 1.0
        most += times * (best or 0.0)
        reached += times * (points(form, line, filled) or 0.0)
    marked = sum(line.key in filled.marks for line in form.lines)
    return Score(round(reached, 2), round(most, 2), marked, len(form.lines), is_weighted)


def points(form: PrintedForm, line: FormLine, filled: Filled) -> float | None:
    """What the mark of a line is worth; None without one."""
    mark = filled.marks.get(line.key)
    if mark is None:
        return None
    step = step_of(form, line, filled)
    if form.scale.levels:
        return form.scale.levels[step - 1].points if step else None
    return min(mark, line.most) if line.most is not None else mark


def step_of(form: PrintedForm, line: FormLine, filled: Filled) -> int:
    """The step of the scale that a line is marked with, from 1; 0 for none."""
    mark = filled.marks.get(line.key, 0)
    return int(mark) if mark == int(mark) and 1 <= mark <= len(form.scale.levels) else 0


def _most(form: PrintedForm, line: FormLine) -> float | None:
    if form.scale.levels:
        values = [level.points for level in form.scale.levels]
        return max(value for value in values if value is not None) if None not in values else None
    return line.most
