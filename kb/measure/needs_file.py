"""A file of judged needs, read and checked, and the grades that it gives to answers.

Every error names the file, the place in it and what belongs there.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, Field, Strict, TypeAdapter, ValidationError

from kb import InputError, Kind
from kb.words import print_key

ALIKE = 0.85  # titles at least so alike are the same
HELP = "kb eval --help shows the form"
BELONGS = {
    "": 'an object with "queries"',
    "grade": "a number from 0 up",
    "pool": "a list of texts",
    **dict.fromkeys(("queries", "relevant", "optional_relevant", "similar"), "a list"),
}
"""What belongs under a name; under any other a text."""


def _said(text: str) -> str:
    if not text.strip():
        raise ValueError("blank")
    return text


Text = Annotated[str, AfterValidator(_said)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """A record by its PDF's name, its title and, where that is said, its kind."""

    file: Text
    kind: str = ""
    title: Text


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged(Named):
    """A record that answers, and how well."""

    grade: Annotated[float, Strict(), Field(ge=0)]


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgedNeed:
    """A need with what answers it; what is optional is neither right nor wrong.

    `language` (or `lang`) is what it is asked in, `english` the id of the need in English that it says anew.
    """

    id: Text
    text: Text
    style: Text
    relevant: tuple[Judged, ...]
    optional_relevant: tuple[Named, ...] = ()
    language: str = ""
    lang: str = ""
    english: str = ""

    @property
    def spoken(self) -> str:
        """The language it is asked in, "" where nobody said."""
        return self.language or self.lang


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgedList(Named):
    """A record with those that are like it."""

    similar: tuple[Judged, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgedNeeds:
    """All of a file: `pool` names the PDFs that are searched, all of the library where there is none."""

    pool: tuple[str, ...] = ()
    queries: tuple[JudgedNeed, ...]
    similar: tuple[JudgedList, ...] = ()


def read(path: Path) -> JudgedNeeds:
    """The needs of a file that people wrote or `kb needs export` did.

    Raises:
        InputError: it cannot be read, is no JSON, or something in it is missing or of the wrong kind.
    """
    try:
        held = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({error.strerror or error})") from error
    except (ValueError, RecursionError) as error:
        raise InputError(f"{path}: not a needs file: no JSON ({error}); {HELP}") from error
    try:
        return TypeAdapter(JudgedNeeds).validate_python(held)
    except ValidationError as error:
        wrong = _wrong(error.errors()[0]["loc"])
        raise InputError(f"{path}: not a needs file: {wrong}; {HELP}") from error


def grades(answers: Iterable[Named], judged: Sequence[Judged], optional: Sequence[Named] = ()) -> list[float]:
    """The grade of each answer, 0 where it is not judged; optional ones are left out, others count once.

    An answer whose very title is judged is that one, however much it is like an optional title or another judged one:
    a course of 2023 is not taken for that of 2022.
    """
    shown = list(answers)
    exact: dict[int, Judged] = {}
    left = list(judged)
    for place, answer in enumerate(shown):
        if (match := next((j for j in left if is_named_so(answer, j)), None)) is not None:
            exact[place] = match
            left.remove(match)
    got = []
    for place, answer in enumerate(shown):
        match = exact.get(place)
        if match is None:
            if any(is_same(answer, other) for other in optional):
                continue
            match = next((j for j in left if is_same(answer, j)), None)
            if match is not None:
                left.remove(match)
        got.append(match.grade if match is not None else 0.0)
    return got


def found(judged: Named, records: Sequence[tuple[Named, str]]) -> str:
    """The id of the record that is named: by its very title, else by one nearly alike; "" where there is none."""
    exact = next((record for one, record in records if is_named_so(one, judged)), "")
    return exact or next((record for one, record in records if is_same(one, judged)), "")


def is_same(answer: Named, judged: Named) -> bool:
    """Whether two name one record: same file, both tools or neither, and titles (nearly) alike."""
    if not _may_be(answer, judged):
        return False
    one, two = print_key(answer.title), print_key(judged.title)
    if one == two:
        return True
    return min(len(one), len(two)) > 5 and SequenceMatcher(None, one, two, autojunk=False).ratio() >= ALIKE


def is_named_so(answer: Named, judged: Named) -> bool:
    """Whether two name one record by the very same title, case and marks aside."""
    return _may_be(answer, judged) and print_key(answer.title) == print_key(judged.title)


def _may_be(answer: Named, judged: Named) -> bool:
    kinds = answer.kind, judged.kind
    is_other_kind = all(kinds) and (kinds[0] == Kind.TOOL) != (kinds[1] == Kind.TOOL)
    return answer.file == judged.file and not is_other_kind


def _wrong(place: tuple[int | str, ...]) -> str:
    """What is wrong at a place of the file: what does not stand there."""
    if place[:1] == ("pool",):
        place = place[:1]
    named = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in place).removeprefix(".")
    last = place[-1] if place else ""
    wanted = "an object" if isinstance(last, int) else BELONGS.get(last, "a text")
    return f"{named or 'the whole'} is not {wanted}"
