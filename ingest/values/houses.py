"""Names of institutions in a text: those of the vocabulary, and what has the form of one in any language. Pure.

A university, an institute or the like is a name wherever it stands. An office, a council or a foundation is one only
where the name goes on: "Office of Evaluation Sciences", "Geological Survey", but not "the office".
"""

from __future__ import annotations

import re
from functools import cache
from typing import NamedTuple

from kb.words import Pattern, Vocabulary, cues

_LEAST_WORDS = 2  # "University" alone names none
_ACRONYM = r"\([A-Z][\w&-]{1,9}\)"
_CAPITAL = "[A-ZÀ-ÖØ-ÞĀĂČĎĐĘĚĞĮŁŃŇŐŒŘŚŞŠŢŤŪŮŰŹŻŽȘȚΆ-Ϋ]"
# Not from their middle, where what begins with the first of them fits as well.
_INITIALS = rf"(?<![^\w-]{_CAPITAL}\.)(?<!^{_CAPITAL}\.)(?:{_CAPITAL}\.){{2,}}+"
_WORD = rf"(?:{_INITIALS}|{_CAPITAL}[\w’'&-]{{1,80}}+|&)"
_TITLED = rf"{_WORD}(?:\s?{_ACRONYM})?"
_LINK = r"(?:\s<<name.linking>>)+(?:\b|(?<=['’]))\s?"
_SOME = rf"{_LINK}{_WORD}(?:\s{_WORD}){{0,3}}"
_OF = rf"(?!\s<<name.and>>\b)(?:\s<<name.adjective>>\b)*{_SOME}(?:{_SOME})?"
_NAMES = Pattern(
    r"(?<![\w-])(?:"
    # What follows a university needs no word that links it: "University College London".
    rf"(?:{_TITLED}\s){{0,4}}<<name.house>>\b(?:(?:\s<<name.adjective>>\b)*(?:{_LINK}|\s){_WORD}){{0,5}}"
    rf"|(?:{_WORD}\s){{1,3}}<<name.lower>>\b"
    rf"|<<name.body>>\b(?:(?:\s<<name.adjective>>\b)*(?:{_LINK}|\s){_WORD}){{1,5}}"
    rf"|(?:{_TITLED}\s){{0,3}}<<name.office>>\b{_OF}"
    rf"|<<name.realm>>{_OF}"
    rf"|(?:{_TITLED}(?:\s<<name.and>>)?\s){{1,4}}{_TITLED}\s<<name.office>>\b"
    rf"|{_WORD}\s<<name.office>>\b(?!\s{_CAPITAL})"
    rf")(?:\s?{_ACRONYM})?",
    re.NOFLAG,
)
_AND = Pattern(r",?\s<<name.and>>\s(?:<<article>>\s)?")
_PARTS = Pattern(r"^<<name.part>>\s(?!<<name.whole>>\b)", re.NOFLAG)  # "University Senate"
_UNIT = Pattern(r"<<name.unit>>\b", re.NOFLAG)
_BESIDE = re.compile(r"\s?,\s(?:the\s)?")
_COMPOUND = Pattern(rf"{_CAPITAL}[\w’'-]{{2,}}<<name.compound>>", re.NOFLAG)
_COVERS = 0.9  # share of a text that a name alone makes up


class Name(NamedTuple):
    """An institution in a text: where, its name here, and as it is printed there."""

    start: int
    name: str
    printed: str


def named(text: str, vocabulary: Vocabulary) -> list[str]:
    """Institutions in a text: those of the vocabulary under their names, others as printed."""
    return list(dict.fromkeys(one.name for one in found(text, vocabulary)))


def found(text: str, vocabulary: Vocabulary) -> list[Name]:
    """Every institution that a text names, in its order."""
    names: list[Name] = []
    taken: list[tuple[int, int]] = []
    for hit in vocabulary.find_institutions(text):
        names.append(Name(hit.start, hit.name, text[hit.start : hit.end]))
        taken.append((hit.start, hit.end))
    for start, name in _formed(text):
        if not any(a < start + len(name) and start < b for a, b in taken):
            names.append(Name(start, name, name))
    return _without_units(sorted(names), text)


def _without_units(names: list[Name], text: str) -> list[Name]:
    """Leave out the department that stands beside its institution: "School of Law, University of Leeds"."""
    units = [bool(_UNIT.match(one.printed)) for one in names]
    left = set()
    for number in range(len(names) - 1):
        one, other = names[number], names[number + 1]
        if units[number] != units[number + 1] and _BESIDE.fullmatch(
            text[one.start + len(one.printed) : other.start]
        ):
            left.add(number if units[number] else number + 1)
    return [one for number, one in enumerate(names) if number not in left]


def is_name_only(text: str) -> bool:
    """The text is the name of an institution and nothing else."""
    return any(len(name) >= _COVERS * len(text.strip()) for _, name in _formed(text))


def _formed(text: str) -> list[tuple[int, str]]:
    """What has the form of a name, with its place; two that "and" joins are two."""
    if _COMPOUND.fullmatch(text.strip()):
        return [(text.index(text.strip()), text.strip())]
    out = []
    for match in _NAMES.finditer(text):
        start = match.start()
        for part in _parted(match[0]):
            name = _trim(part)
            start = text.index(name, start) if name else start
            if len(name.split()) >= _LEAST_WORDS and not _PARTS.match(name):
                out.append((start, name))
    return out


def _parted(text: str) -> list[str]:
    """The names that a conjunction joins, as long as each half is one."""
    for joint in _AND.finditer(text):
        halves = text[: joint.start()], text[joint.end() :]
        if all((whole := _NAMES.match(half)) and whole.end() == len(half) for half in halves):
            return [halves[0], *_parted(halves[1])]
    return [text]


@cache
def _before_names() -> frozenset[str]:
    return frozenset(cues.load().words("name.before"))


def _trim(name: str) -> str:
    owner, of, _ = name.partition("’s ") if "’s " in name else name.partition("'s ")
    if of and (whole := _NAMES.search(owner)) and whole.end() == len(owner):
        name = owner  # "University of Bristol’s Framework", but King's College
    words = name.split(" ")
    while words and words[0].casefold() in _before_names():
        words = words[1:]
    return " ".join(words).removesuffix("’s").removesuffix("'s").strip(" &")
