"""What a person states about a stubborn handbook: a small TOML, checked when it is read."""

from __future__ import annotations

import difflib
import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from pathlib import Path
from types import MappingProxyType
from typing import Any

from kb import InputError
from kb.words import Vocabulary, label_key

_LARGEST_FILE = 64 * 2**10
LONGEST_TEXT = 300
_LONGEST_LABEL = 200  # what the vocabulary looks at
_DEEPEST = 30
_LAST_PAGE = 99_999
_RANGE = re.compile(r"\s*([0-9]{1,9})\s*(?:[-–]\s*([0-9]{1,9})\s*)?")
_LANGUAGE = re.compile(r"[a-z]{2}")  # ISO 639-1
_OCR_LANGUAGE = re.compile(r"[a-z]{2}|[a-z]{3}(?:_[a-z]+)*")  # that, or Tesseract's own name

PageRange = tuple[int, int]
"""First and last PDF page, both counted from 1 and both meant."""


@dataclass(frozen=True, slots=True)
class Profile:
    """What is stated instead of detected; every default means "detect it".

    `practice_level` is the level of the headings that are practices, the outermost being 0. `practice_titles`
    and `practice_under` are regular expressions, found anywhere and in any case: for a practice's heading,
    and for one of the headings above it. `annex_tools` is the label or title of the annex that holds tools,
    `labels` maps printed labels to field names. The ranges of `skip_pages` rise and do not touch.
    `ocr_languages` are ISO 639-1 codes or Tesseract's names. `text` is the TOML that it was read from.
    """

    title: str = ""
    practice_level: int | None = None
    practice_titles: str = ""
    practice_under: str = ""
    annex_tools: str = ""
    labels: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    skip_pages: tuple[PageRange, ...] = ()
    language: str = ""
    ocr_languages: tuple[str, ...] = ()
    text: str = field(default="", compare=False, repr=False)

    @property
    def is_neutral(self) -> bool:
        """It states nothing."""
        return self == NEUTRAL

    @property
    def names_practices(self) -> bool:
        """It says which headings are practices."""
        return self.practice_level is not None or bool(self.practice_titles)

    def is_practice(self, title: str, level: int, above: Sequence[str]) -> bool:
        """A heading of this title and level below those headings is a practice's."""
        return (
            self.practice_level in (None, level)
            and _is_found(self.practice_titles, title)
            and (not self.practice_under or any(_is_found(self.practice_under, text) for text in above))
        )

    def skips(self, page: int) -> bool:
        """The PDF page (from 1) is to be left out."""
        return any(first <= page <= last for first, last in self.skip_pages)

    def as_data(self) -> dict[str, Any]:
        """What it states as plain data, under the keys of its TOML; `of_data` reads it back."""
        data: dict[str, Any] = {
            f.name: getattr(self, f.name)
            for f in fields(self)
            if f.compare and getattr(self, f.name) != getattr(NEUTRAL, f.name)
        }
        for name, plain in (("labels", dict), ("ocr_languages", list), ("skip_pages", _as_texts)):
            if name in data:
                data[name] = plain(data[name])
        return data


KEYS = {
    "title": "The handbook's title, that of every next edition too.",
    "practice_level": f"The level of the headings that are practices, from 0 (the outermost) to {_DEEPEST}.",
    "practice_titles": "What the practices' headings look like: a regular expression, found anywhere in the heading,"
    " in any case. Instead of the level, or besides it.",
    "practice_under": "What a heading above them, at whatever distance, looks like; narrows one of the two before.",
    "annex_tools": "The annex that holds tools, by its label or title.",
    "skip_pages": 'PDF pages to leave out, counted from 1: `[1, "3-5"]`.',
    "language": "The language of all its texts, as ISO 639-1 code; else each record has its own.",
    "ocr_languages": "The languages in which pages without text are read, the most likely first: ISO 639-1 codes or"
    " Tesseract's names.",
    "labels": "A table of labels of the handbook's own, as printed, and the field that each of them means.",
}
"""What each key of a profile states, for docs/reference/profile.md."""
NEUTRAL = Profile()
"""States nothing: everything is detected."""


def load(path: Path) -> Profile:
    """Read and check a profile's file.

    Raises:
        InputError: it cannot be read, is no TOML, or states what cannot be; the message names the key.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise InputError(
            f"{path}: {error.strerror}; write a profile with: kb profile init HANDBOOK.pdf > {path.name}"
        ) from error
    if len(data) > _LARGEST_FILE:
        raise InputError(f"{path}: larger than {_LARGEST_FILE // 2**10} KiB; give a profile, not a handbook")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InputError(f"{path}: not UTF-8 text; save it as UTF-8") from error
    return parse(text, str(path))


def parse(text: str, place: str) -> Profile:
    """Read and check a profile; `place` names it in messages.

    Raises:
        InputError: it is no TOML, or states what cannot be.
    """
    try:
        data = tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        raise InputError(f"{place}: not readable as TOML: {error}; mend that line") from error
    return of_data(data, place, text)


def of_data(data: Mapping[str, Any], place: str, text: str = "") -> Profile:
    """Check plain data under the keys of the TOML.

    Raises:
        InputError: an unknown key, or a value that cannot be; the message says what to write.
    """
    known = [f.name for f in fields(Profile) if f.compare]
    for key in data:
        if key not in known:
            near = difflib.get_close_matches(key, known, 1)
            meant = f"did you mean {near[0]}? " if near else ""
            raise InputError(f"{place}: {key}: no such key; {meant}the keys are {', '.join(known)}")
    if data.get("practice_under") and not {"practice_level", "practice_titles"} & set(data):
        raise InputError(
            f"{place}: practice_under: only narrows practice_level or practice_titles; give one too"
        )
    return Profile(
        title=_text(place, data, "title"),
        practice_level=_level(place, data.get("practice_level")),
        practice_titles=_pattern(place, data, "practice_titles"),
        practice_under=_pattern(place, data, "practice_under"),
        annex_tools=_text(place, data, "annex_tools"),
        labels=_labels(f"{place}: labels", data.get("labels", {})),
        skip_pages=_ranges(f"{place}: skip_pages", data.get("skip_pages", [])),
        language=_language(f"{place}: language", data.get("language", "")),
        ocr_languages=_ocr_languages(f"{place}: ocr_languages", data.get("ocr_languages", [])),
        text=text,
    )


def _is_found(pattern: str, text: str) -> bool:
    return bool(re.search(pattern, text, re.IGNORECASE))


def _text(place: str, data: Mapping[str, Any], key: str) -> str:
    value = data.get(key, "")
    if not isinstance(value, str) or len(value) > LONGEST_TEXT or not all(c.isprintable() for c in value):
        raise InputError(
            f"{place}: {key}: not a text of one line; write it in quotes, {LONGEST_TEXT} characters at most"
        )
    return " ".join(value.split())


def _level(place: str, value: Any) -> int | None:
    if value is None:
        return None
    if not _is_number(value) or not 0 <= value <= _DEEPEST:
        raise InputError(
            f"{place}: practice_level: {value!r} is no heading level; write a number from 0 to {_DEEPEST}"
            " (kb profile init FILE lists its levels)"
        )
    return int(value)


def _pattern(place: str, data: Mapping[str, Any], key: str) -> str:
    value = data.get(key, "")
    remedy = "write a regular expression between single quotes, such as '^Case study [0-9]+'"
    if not isinstance(value, str) or len(value) > LONGEST_TEXT:
        raise InputError(f"{place}: {key}: not a text of at most {LONGEST_TEXT} characters; {remedy}")
    try:
        re.compile(value, re.IGNORECASE)
    except (re.error, OverflowError, RecursionError) as error:
        raise InputError(f"{place}: {key}: no regular expression ({error}); {remedy}") from error
    return value


def _labels(place: str, value: Any) -> Mapping[str, str]:
    if not isinstance(value, dict):
        raise InputError(
            f'{place}: not a table; write [labels] and below it lines such as "Our aim" = "objectives"'
        )
    names = Vocabulary.load().field_names
    leads: dict[str, str] = {}
    for label, name in value.items():
        if name not in names:
            near = difflib.get_close_matches(str(name), names, 1)
            meant = f"did you mean {near[0]}? " if near else ""
            raise InputError(
                f"{place}: {label!r}: {name!r} is no field; {meant}the fields are {', '.join(names)}"
            )
        key = label_key(label)
        if not key or len(label) > _LONGEST_LABEL:
            raise InputError(
                f"{place}: {label!r}: no label; write it as printed, {_LONGEST_LABEL} characters at most"
            )
        if leads.setdefault(key, name) != name:
            raise InputError(f"{place}: {label!r}: listed for {leads[key]} and for {name}; keep one of them")
    return MappingProxyType(dict(value))


def _ranges(place: str, value: Any) -> tuple[PageRange, ...]:
    """Numbers and "a-b" ranges as ranges that rise and neither overlap nor touch."""
    remedy = 'write PDF pages counted from 1, such as [1, "3-5"]'
    if not isinstance(value, list):
        raise InputError(f"{place}: not a list; {remedy}")
    found: list[PageRange] = []
    for item in value:
        match = _RANGE.fullmatch(item) if isinstance(item, str) else None
        if match:
            first, last = int(match[1]), int(match[2] or match[1])
        elif _is_number(item):
            first = last = item
        else:
            raise InputError(f"{place}: {item!r} is neither a page nor a range; {remedy}")
        if not 1 <= first <= last <= _LAST_PAGE:
            raise InputError(f"{place}: {item!r} is no range of pages; {remedy}")
        found.append((first, last))
    merged: list[PageRange] = []
    for first, last in sorted(found):
        if merged and first <= merged[-1][1] + 1:
            merged[-1] = merged[-1][0], max(merged[-1][1], last)
        else:
            merged.append((first, last))
    return tuple(merged)


def _as_texts(ranges: Sequence[PageRange]) -> list[str]:
    return [str(first) if first == last else f"{first}-{last}" for first, last in ranges]


def _language(place: str, value: Any) -> str:
    if not isinstance(value, str) or (value and not _LANGUAGE.fullmatch(value)):
        raise InputError(f"{place}: {value!r} is no language; write its ISO 639-1 code, such as el or sv")
    return value


def _ocr_languages(place: str, value: Any) -> tuple[str, ...]:
    if not isinstance(value, list):
        raise InputError(f'{place}: not a list; write ISO 639-1 codes, such as ["el", "en"]')
    for item in value:
        if not isinstance(item, str) or not _OCR_LANGUAGE.fullmatch(item):
            raise InputError(
                f"{place}: {item!r} is no language; write ISO 639-1 codes or Tesseract's names,"
                ' such as ["el", "eng"]'
            )
    return tuple(dict.fromkeys(value))


def _is_number(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)
