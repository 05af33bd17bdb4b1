"""What a child that a PDF may have taken over answers, read as JSON once it is known what that will cost."""

from __future__ import annotations

import json
import re
from typing import Any

from kb import InputError, KbError, NotFoundError, ParseError

REFUSALS: dict[str, type[KbError]] = {one.__name__: one for one in (InputError, ParseError, NotFoundError)}
"""What a reader may say of a file, by class; an error of the library's or the server's is not its to raise."""
LONGEST_MESSAGE = 2000  # characters
MOST_TOLD = 2**20
"""Bytes of progress that a reader may tell: 500 pages take 10 kB, and each is shown somewhere."""
_STAGE = re.compile("[a-z-]{1,20}")
_MOST_COUNTED = 10**6
_COUNTED = (b",", b":", b"[", b"{")
"""What stands before each value; inside a string it counts too, so that nothing has to be parsed to count."""
_OF_A_VALUE = 100
"""Bytes that CPython takes at most for a value or a key, without its characters: a dictionary of one pair takes 200."""
_OF_FOUR, _OF_TWO = re.compile(rb"[\xf0-\xff]"), re.compile(rb"[\xc4-\xef]")
"""What UTF-8 has where a string takes four bytes a character, or two (PEP 393)."""


def plain(name: str, payload: bytes, limit: int) -> Any:
    """What the JSON reads back as; `name` is the file's, `limit` what it may take of memory, in bytes.

    Raises:
        ParseError: it would take more, or it is no JSON.
    """
    if cost(payload) > limit:
        raise ParseError(
            f"{name}: the reader's answer would take more than {limit / 2**20:.0f} MiB of memory and was not read; "
            "split the file and ingest its parts"
        )
    try:
        return json.loads(payload.decode("utf-8", "surrogatepass"))
    except (ValueError, RecursionError) as error:
        raise ParseError(
            f"{name}: the reader gave an answer that cannot be read ({error}); the file may be an attack"
        ) from error


def cost(payload: bytes) -> int:
    """Bytes that reading this JSON takes at most: its text, and the values that are made of it.

    An answer about 500 pages (6 MB) is taken for 50 MB and takes 26.
    """
    narrow = 2 if _OF_TWO.search(payload) else 1
    width = 4 if b"\\u" in payload or _OF_FOUR.search(payload) else narrow
    return _OF_A_VALUE * sum(payload.count(one) for one in _COUNTED) + 2 * width * len(payload)


def told(name: str, payload: bytes) -> tuple[str, int, int]:
    """The progress that a child tells: stage, done, total.

    Raises:
        ParseError: it is none.
    """
    found = plain(name, payload, MOST_TOLD)
    match found:
        case [str() as stage, int() as done, int() as total] if (
            _STAGE.fullmatch(stage) and 0 <= done <= _MOST_COUNTED and 0 <= total <= _MOST_COUNTED
        ):
            return stage, done, total
    raise nonsense(name)


def refusal(name: str, payload: bytes) -> KbError:
    """The error that a child answers with; one that is not its to raise becomes a ParseError."""
    found = plain(name, payload, MOST_TOLD)
    match found:
        case [str() as kind, str() as message]:
            shown = "".join(one if one.isprintable() else " " for one in message[:LONGEST_MESSAGE])
            return REFUSALS.get(kind, ParseError)(shown)
    return nonsense(name)


def nonsense(name: str) -> ParseError:
    """What is said where a child breaks the rules that it talks by."""
    return ParseError(
        f"{name}: the reader gave an answer that is none; the file may be an attack: do not open it"
    )
