"""A file of judged needs, read and checked; every error names the file, the place in it and what belongs there."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, Field, Strict, TypeAdapter, ValidationError

from kb import InputError

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
    """A need with what answers it; what is optional is neither right nor wrong."""

    id: Text
    text: Text
    style: Text
    relevant: tuple[Judged, ...]
    optional_relevant: tuple[Named, ...] = ()


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
    except ValueError as error:
        raise InputError(f"{path}: not a needs file: no JSON ({error}); {HELP}") from error
    try:
        return TypeAdapter(JudgedNeeds).validate_python(held)
    except ValidationError as error:
        wrong = _wrong(error.errors()[0]["loc"])
        raise InputError(f"{path}: not a needs file: {wrong}; {HELP}") from error


def _wrong(place: tuple[int | str, ...]) -> str:
    """What is wrong at a place of the file: what does not stand there."""
    if place[:1] == ("pool",):
        place = place[:1]
    named = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in place).removeprefix(".")
    last = place[-1] if place else ""
    wanted = "an object" if isinstance(last, int) else BELONGS.get(last, "a text")
    return f"{named or 'the whole'} is not {wanted}"
