"""A file of judged needs, read and checked; every error names the file, the place in it and what belongs there."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from kb import InputError

HELP = "kb eval --help shows the form"


def read(path: Path) -> dict[str, Any]:
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
    if not isinstance(held, dict):
        raise _wrong(path, "the whole", 'an object with "queries"')
    _texts(path, "pool", held.get("pool", []))
    for number, need in enumerate(_list(path, "queries", held.get("queries"))):
        _check_need(path, f"queries[{number}]", need)
    for number, one in enumerate(_list(path, "similar", held.get("similar", []))):
        place = f"similar[{number}]"
        _check_named(path, place, one, ("file", "title"))
        for at, judged in enumerate(_list(path, f"{place}.similar", one.get("similar"))):
            _check_judged(path, f"{place}.similar[{at}]", judged)
    return held


def _check_need(path: Path, place: str, need: Any) -> None:
    _check_named(path, place, need, ("id", "text", "style"))
    for number, judged in enumerate(_list(path, f"{place}.relevant", need.get("relevant"))):
        _check_judged(path, f"{place}.relevant[{number}]", judged)
    optional = _list(path, f"{place}.optional_relevant", need.get("optional_relevant", []))
    for number, judged in enumerate(optional):
        _check_named(path, f"{place}.optional_relevant[{number}]", judged, ("file", "title"))


def _check_judged(path: Path, place: str, judged: Any) -> None:
    _check_named(path, place, judged, ("file", "title"))
    grade = judged.get("grade")
    if not isinstance(grade, int | float) or isinstance(grade, bool) or grade < 0:
        raise _wrong(path, f"{place}.grade", "a number from 0 up")


def _check_named(path: Path, place: str, held: Any, names: Sequence[str]) -> None:
    if not isinstance(held, dict):
        raise _wrong(path, place, "an object")
    for name in names:
        if not isinstance(held.get(name), str) or not held[name].strip():
            raise _wrong(path, f"{place}.{name}", "a text")


def _texts(path: Path, place: str, held: Any) -> None:
    if not all(isinstance(one, str) for one in _list(path, place, held)):
        raise _wrong(path, place, "a list of texts")


def _list(path: Path, place: str, held: Any) -> list[Any]:
    if not isinstance(held, list):
        raise _wrong(path, place, "a list")
    return held


def _wrong(path: Path, place: str, wanted: str) -> InputError:
    return InputError(f"{path}: not a needs file: {place} is not {wanted}; {HELP}")
