"""Institutions, partners and countries that a record's own text names, with their page. Pure.

A field for it states them. From anywhere else they are inferred, and only where the words leave no doubt: the
title, a label ("About the University of ..."), a line that holds nothing else, or "organised by". A university
that text merely mentions, or that somebody quoted comes from, is neither host nor partner.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import cache
from typing import NamedTuple

from kb import Facet, Field, Origin
from kb.words import Pattern, Vocabulary, cues

_LEAST_WORDS = 2  # "University" alone names none
_WORD = r"[A-ZÀ-ÖØ-ÞŠŽČŘĐŁΑ-Ω][\w’'&-]+"
_NAMES = Pattern(
    rf"\b(?:(?:(?:{_WORD})\s){{0,4}}<<name.house>>\b(?:(?:\s<<name.linking>>\b)*\s{_WORD}){{0,5}}"
    r"(?:\s\([A-Z][\w-]{1,9}\))?)",
    re.NOFLAG,
)
_PARTS = Pattern(r"^<<name.part>>\s(?!<<name.whole>>\b)", re.NOFLAG)  # "University Senate"
_ORGANISED_BY = Pattern(r"\b<<organised.by>>\s(?:<<article>>\s?)?$")
_PERSON = Pattern(r"\b<<name.person>>\b\.?|@|https?:|www\.", re.NOFLAG)
_LONGEST_NAME = 90
_BYLINE = 0.7  # share of a first line that institutions make up
_ABOUT = ("", "summary", "context", "description", "place")
"""Fields that say what a practice is, where a country is that of the practice."""


class _Name(NamedTuple):
    """An institution in a text: where, its name here, and as it is printed there."""

    start: int
    name: str
    printed: str


def institutions(
    title: str, fields: Sequence[Field], vocabulary: Vocabulary, publisher: str = ""
) -> tuple[str, list[Facet]]:
    """The institution a practice belongs to ("" where nothing says so), and all that are its hosts or partners.

    `publisher` is the document's author, taken where nothing else is named and the practice mentions it.
    """
    facets = list(_stated("institution", fields, vocabulary))
    if not facets:
        facets.extend(_headed(title, fields, vocabulary) or _organised(fields, vocabulary))
    if not facets and publisher:
        said = next((f for f in fields if publisher in f.text), None)
        if said:
            facets.append(Facet("institution", publisher, Origin.INFERRED, said.page))
    facets.extend(_stated("partners", fields, vocabulary))
    lead = next((f.value for f in facets if f.name == "institution"), "")
    return lead, once(facets)


def _stated(kind: str, fields: Sequence[Field], vocabulary: Vocabulary) -> Iterable[Facet]:
    """What the fields for it name; a host that is none of the known names, as printed."""
    name = "partner" if kind == "partners" else kind
    for field in fields:
        if field.name != kind:
            continue
        found = _found(field.text, vocabulary)
        if not found and kind == "institution" and (line := _as_printed(field.text)):
            found = [_Name(0, line, line)]
        for one in found:
            yield Facet(name, one.name, field.origin, field.page, one.printed)


def _as_printed(text: str) -> str:
    """The first line of a field, if it may be a name: not a sentence, a person or an address."""
    line = text.split("\n", maxsplit=1)[0].strip(" .•\t")
    is_name = 0 < len(line) <= _LONGEST_NAME and not _PERSON.search(line) and "\t" not in line
    return line if is_name else ""


def _headed(title: str, fields: Sequence[Field], vocabulary: Vocabulary) -> list[Facet]:
    """Institutions in the title, in labels, or alone on the first line."""
    first_page = fields[0].page if fields else None
    places = [(title, first_page), *((f.label, f.page) for f in fields if f.label)]
    found = [(one, page) for text, page in places for one in _found(text, vocabulary)]
    if not found and fields and not fields[0].label:
        byline = fields[0].text.split("\n")[0]
        names = _found(byline, vocabulary)
        if sum(len(one.printed) for one in names) >= _BYLINE * len(byline):
            found = [(one, first_page) for one in names]
    return [Facet("institution", one.name, Origin.INFERRED, page, one.printed) for one, page in found]


def _organised(fields: Sequence[Field], vocabulary: Vocabulary) -> list[Facet]:
    """The one institution that the text says organises it."""
    found: dict[str, Facet] = {}
    for field in fields:
        if field.name not in _ABOUT:
            continue
        for start, name, printed in _found(field.text, vocabulary):
            if said := _ORGANISED_BY.search(field.text[:start]):
                words = f"{said[0].lstrip()}{printed}"
                found.setdefault(name, Facet("institution", name, Origin.INFERRED, field.page, words))
    return list(found.values()) if len(found) == 1 else []


def named(text: str, vocabulary: Vocabulary) -> list[str]:
    """Institutions in a text: those of the vocabulary under their names, others as printed."""
    return list(dict.fromkeys(one.name for one in _found(text, vocabulary)))


def _found(text: str, vocabulary: Vocabulary) -> list[_Name]:
    found: list[_Name] = []
    taken: list[tuple[int, int]] = []
    for hit in vocabulary.find_institutions(text):
        found.append(_Name(hit.start, hit.name, text[hit.start : hit.end]))
        taken.append((hit.start, hit.end))
    for match in _NAMES.finditer(text):
        name = _trim(match[0])
        start = match.start() + match[0].find(name)
        is_taken = any(a < start + len(name) and start < b for a, b in taken)
        if len(name.split()) >= _LEAST_WORDS and not is_taken and not _PARTS.match(name):
            found.append(_Name(start, name, name))
    return sorted(found)


@cache
def _before_names() -> frozenset[str]:
    return frozenset(cues.load().words("name.before"))


def _trim(name: str) -> str:
    words = re.split(r"[’']s\s", name)[0].split()
    while words and words[0].casefold() in _before_names():
        words = words[1:]
    return " ".join(words).removesuffix("’s").removesuffix("'s")


def countries(
    title: str, fields: Sequence[Field], hosts: Sequence[Facet], vocabulary: Vocabulary, language: str
) -> list[Facet]:
    """Countries that a field for it states; else, inferred, those of the hosts, of the partners, or the only one named.

    `hosts` are the facets that `institutions` found.
    """
    stated = [
        Facet("country", hit.name, field.origin, field.page, field.text[hit.start : hit.end])
        for field in fields
        if field.name == "country"
        for hit in vocabulary.find_countries(field.text, language)
    ]
    if stated:
        return once(stated)
    home = {i.name: i.country for i in vocabulary.institutions}
    for role in ("institution", "partner"):
        lands = [
            Facet("country", home[f.value], Origin.INFERRED)
            for f in hosts
            if f.name == role and f.value in home
        ]
        if lands:
            return once(lands)
    named_here: dict[str, Facet] = {}
    texts = [(title, fields[0].page if fields else None)]
    texts += [
        (f.text, f.page)
        for f in fields
        if f.name in _ABOUT and (f.name or not f.label or named(f.label, vocabulary))
    ]
    for text, page in texts:
        for hit in vocabulary.find_countries(text, language):
            found = Facet("country", hit.name, Origin.INFERRED, page, text[hit.start : hit.end])
            named_here.setdefault(hit.name, found)
    return list(named_here.values()) if len(named_here) == 1 else []


def once(facets: Iterable[Facet]) -> list[Facet]:
    """Each value of a facet once, as it was found first; `printed` only where that is not the value itself."""
    kept: dict[tuple[str, str], Facet] = {}
    for facet in facets:
        shown = replace(facet, printed="") if facet.printed == facet.value else facet
        kept.setdefault((facet.name, facet.value), shown)
    return list(kept.values())
