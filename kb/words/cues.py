"""Words that texts are read by, as cues.toml lists them by language, and the regular expressions made of them.

Every error names the file, the section and what to do, because people edit the file.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from importlib import resources
from itertools import groupby
from types import MappingProxyType

from kb import InputError
from kb.words import read_once
from kb.words.terms import Table, strings, table

_CODE = re.compile(r"[a-z]{2}")  # ISO 639-1
_GROUP = re.compile(r"\((?P<may>[^()\[\]]*)\)|\[(?P<one>[^()\[\]]*)\]")
_SPECIAL = re.compile(r"[\[\](){}]")
_BEFORE = re.compile(r"\{(?P<before>[^{}]+)\}")
_SIGNS = {" ": r"\s", "'": "['’]", "’": "['’]", "*": r"\w*"}
_ONE_MORE_WORD = " … "


_PLACE = re.compile(r"<<([^<>]+)>>")


@dataclass(frozen=True, slots=True)
class Cues:
    """Lists of words, each under the name of its section ("unit.week"), written out and the longest first."""

    lists: Mapping[str, tuple[str, ...]]

    def words(self, name: str) -> tuple[str, ...]:
        """The words of a section, or of all sections of a group, in all languages, the longest first.

        Raises:
            InputError: there is no such section.
        """
        sections = [name] if name in self.lists else self.below(name)
        if not sections:
            raise InputError(f"cues.toml: [{name}]: missing; list its words by language, or restore the file")
        return _longest_first({word for section in sections for word in self.lists[section]})

    def below(self, name: str) -> tuple[str, ...]:
        """The names of the sections of a group ("unit"), in the order of the file."""
        return tuple(key for key in self.lists if key.startswith(f"{name}."))

    def choice(self, name: str) -> str:
        """The words of a section as a group of a regular expression, of which one must be there."""
        return f"(?:{'|'.join(_branches(self.words(name)))})"


@cache
def load() -> Cues:
    """Read the words that come with the software, once in a process."""
    return read_once.once(
        "cues", lambda: read("cues.toml", table(resources.files("corpus") / "vocabulary", "cues.toml"))
    )


def read(file: str, entries: Table) -> Cues:
    """Read and check the sections of a file.

    Raises:
        InputError: a section is no table of lists by language, or an entry has a bracket too many or too few.
    """
    return Cues(MappingProxyType(dict(_sections(file, entries, ""))))


class Pattern:
    """A regular expression in which `<<unit.week>>` stands for any word of that section of cues.toml.

    It is put together when it is first used, so that an error in the file is met where files are read.
    """

    def __init__(self, template: str, flags: re.RegexFlag = re.IGNORECASE) -> None:
        self._template = template
        self._flags = flags

    @cached_property
    def compiled(self) -> re.Pattern[str]:
        """The expression with its words.

        Raises:
            InputError: cues.toml lacks a section.
        """
        return re.compile(_PLACE.sub(lambda place: load().choice(place[1]), self._template), self._flags)

    def search(self, text: str) -> re.Match[str] | None:
        """The first place that fits."""
        return self.compiled.search(text)

    def match(self, text: str, start: int = 0) -> re.Match[str] | None:
        """What fits right at `start`."""
        return self.compiled.match(text, start)

    def fullmatch(self, text: str) -> re.Match[str] | None:
        """The whole text, if it fits."""
        return self.compiled.fullmatch(text)

    def finditer(self, text: str) -> Iterator[re.Match[str]]:
        """Every place that fits, in order."""
        return self.compiled.finditer(text)

    def split(self, text: str) -> list[str]:
        """What stands between the places that fit."""
        return self.compiled.split(text)

    def before(self, text: str) -> str:
        """A text up to the first place that fits."""
        return self.compiled.split(text, maxsplit=1)[0]

    def without(self, text: str) -> str:
        """A text with the first place that fits taken away."""
        return self.compiled.sub("", text, count=1)


def _sections(file: str, entries: Table, above: str) -> Iterator[tuple[str, tuple[str, ...]]]:
    for name, value in entries.items():
        path = f"{above}{name}"
        if not isinstance(value, dict) or not value:
            raise InputError(f"{file}: [{path}]: no list of words; write one a language below [{path}]")
        if all(isinstance(inner, dict) for inner in value.values()):
            yield from _sections(file, value, f"{path}.")
            continue
        found: dict[str, None] = {}
        for lang, texts in value.items():
            place = f"{file}: [{path}] {lang}"
            if not _CODE.fullmatch(lang):
                raise InputError(f"{place}: no language; write its ISO 639-1 code, such as el or sv")
            for text in strings(place, texts):
                found.update(dict.fromkeys(_written_out(place, text)))
        yield path, _longest_first(found)


def _longest_first(words: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted(words, key=lambda word: (-len(word), word)))


def _written_out(place: str, text: str) -> Iterator[str]:
    """Each way of writing an entry: "month(s)" is "month" and "months"."""
    if group := _GROUP.search(text):
        choices = [*(group["may"] or group["one"] or "").split("|"), *([""] if group["may"] else [])]
        for choice in choices:
            yield from _written_out(place, text[: group.start()] + choice + text[group.end() :])
        return
    if _SPECIAL.search(_BEFORE.sub("", text)):
        raise InputError(f"{place}: {text!r}: a bracket without its other half; close or remove it")
    if not any(c.isalnum() for c in text):
        raise InputError(f"{place}: {text!r}: no word; remove it")
    yield text


def _branches(words: Iterable[str]) -> Iterator[str]:
    """The words as branches, those with one first letter behind a look at this letter.

    Words with other first letters never fit at one place, so which of two is taken stays as it was.
    """
    for is_plain, run in groupby(words, key=lambda word: word[0].isalpha()):
        if not is_plain:
            yield from map(_expression, run)
            continue
        by_first: dict[str, list[str]] = defaultdict(list)
        for word in run:
            by_first[word[0].casefold()].append(word)
        for group in by_first.values():
            branches = "|".join(map(_expression, group))
            letters = "".join(dict.fromkeys(word[0] for word in group))
            yield f"(?=[{letters}])(?:{branches})" if len(group) > 1 else branches


def _expression(word: str) -> str:
    before = "".join(f"(?<={_escaped(m['before'])})" for m in _BEFORE.finditer(word))
    pieces = _BEFORE.sub("", word).split(_ONE_MORE_WORD)
    return before + r"\s(?:\w+\s)?".join(_escaped(piece) for piece in pieces)


def _escaped(text: str) -> str:
    return "".join(_SIGNS.get(c) or re.escape(c) for c in text)
