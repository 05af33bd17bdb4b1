"""Institutions, partners and countries that a record's own text names, with their page. Pure.

A field for it states them. From anywhere else they are inferred, and only where the words leave no doubt: the
title, a label ("About the University of ..."), a line that holds nothing else, or "organised by". A university
that text merely mentions, or that somebody quoted comes from, is neither host nor partner.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace

from ingest.values.houses import Name, found, is_name_only, named
from ingest.values.wordings import as_worded
from kb import Facet, Field, Origin
from kb.words import Pattern, Vocabulary

_ORGANISED_BY = Pattern(r"\b<<organised.by>>\s(?:<<article>>\s?)?$")
_PERSON = Pattern(r"\b<<name.person>>\b\.?|@|https?:|www\.", re.NOFLAG)
_LONGEST_NAME = 90
_BYLINE = 0.7  # share of a first line that institutions make up
_WHOLE_LINE = (
    0.9  # share of a line below a title that names cover where it names hosts and nothing else; by eye
)
_LONGEST_BYLINE = 160  # characters of a line of names below a title; by eye
_ENDS_SENTENCE = (".", "!", "?", ":", ";", "…", "”", "’", "»")
_SEPARATE = re.compile(r"[;\n•]")
_OPENS = Pattern(r"(?:\s*(?:<<name.opening>>\s)?(?:<<article>>\s?)?)")
_GOES_ON = re.compile(r"[’']s?\s|,?\s*\(?[^\W\d_]")
_ACRONYM = re.compile(r"\b[A-Z]{3,8}\b")
_MORE_WORDS = re.compile(r"(?:\s[^\W\d_][\w’'-]*){1,5}")
_AND = Pattern(r"\s<<name.and>>\b")
_PEOPLE = ("contact", "roles")
_ABOUT = ("", "summary", "context", "description", "place")
"""Fields that say what a practice is, where a country is that of the practice."""


def institutions(
    title: str,
    fields: Sequence[Field],
    vocabulary: Vocabulary,
    publisher: str = "",
    above: Sequence[str] = (),
) -> tuple[str, list[Facet]]:
    """The institution a practice belongs to ("" where nothing says so), and all that are its hosts or partners.

    `publisher` is the document's author, taken where nothing else is named and the practice mentions it; `above` are
    the headings over the practice, outermost first.
    """
    facets = list(_stated("institution", fields, vocabulary))
    if not facets:
        by_text = _organised(fields, vocabulary)
        is_name = is_name_only(title)  # a title that is one may be that of the practice: "Census Academy"
        facets.extend((is_name and by_text) or _headed(title, fields, vocabulary) or by_text)
    facets = facets or _meant(title, fields, vocabulary, above)
    if not facets and publisher:
        said = next((f for f in fields if publisher in f.text), None)
        if said:
            facets.append(Facet("institution", publisher, Origin.INFERRED, said.page))
    facets.extend(_stated("partners", fields, vocabulary))
    lead = next((f.value for f in facets if f.name == "institution"), "")
    return lead, once(facets)


def _stated(kind: str, fields: Sequence[Field], vocabulary: Vocabulary) -> Iterable[Facet]:
    """What the fields for it name, part by part; a host that is none of the known names, as printed."""
    name = "partner" if kind == "partners" else kind
    for field in fields:
        if field.name != kind:
            continue
        for number, part in enumerate(p for p in _SEPARATE.split(field.text) if p.strip()):
            names = found(part, vocabulary)
            is_host = kind == "institution" and (number == 0 or ";" in field.text)
            line = _as_printed(part) if is_host else ""
            if line and (not names or _goes_on(line, names)):
                names = [Name(0, line, line)]
            for one in names:
                origin = as_worded(field.origin, name, one.name, one.printed, vocabulary)
                yield Facet(name, one.name, origin, field.page, one.printed)


def _goes_on(line: str, names: Sequence[Name]) -> bool:
    """The line is the one name that it opens with and some words more: "Université de Bretagne occidentale"."""
    one = names[0]
    rest = line[len(one.printed) :]
    is_own = one.name == one.printed and line.startswith(one.printed)  # none of the vocabulary's
    return len(names) == 1 and is_own and bool(_MORE_WORDS.fullmatch(rest)) and not _AND.match(rest)


def _as_printed(text: str) -> str:
    """A part of a field, if it may be a name: not a sentence, a person or an address."""
    line = text.strip(" .•\t")
    is_name = 0 < len(line) <= _LONGEST_NAME and not _PERSON.search(line) and "\t" not in line
    return line if is_name else ""


def _inferred(names: Iterable[Name], page: int | None) -> list[Facet]:
    return [Facet("institution", one.name, Origin.INFERRED, page, one.printed) for one in names]


def _headed(title: str, fields: Sequence[Field], vocabulary: Vocabulary) -> list[Facet]:
    """Institutions in a line below the title that is nothing else, in the title, in labels, or in that line."""
    first_page = fields[0].page if fields else None
    if fields and not fields[0].label:
        byline = fields[0].text.split("\n")[0].strip()
        names = found(byline, vocabulary)
        if names and sum(len(one.printed) for one in names) >= _WHOLE_LINE * len(byline):
            return _inferred(names, first_page)
    places = [(title, first_page), *((f.label, f.page) for f in fields if f.label)]
    headed = [facet for text, page in places for facet in _inferred(found(text, vocabulary), page)]
    if not headed and fields and not fields[0].label:
        byline = fields[0].text.split("\n")[0]
        names = found(byline, vocabulary)
        is_credit = len(byline) <= _LONGEST_BYLINE and not byline.rstrip().endswith(_ENDS_SENTENCE)
        if is_credit or sum(len(one.printed) for one in names) >= _BYLINE * len(byline):
            headed = _inferred(names, first_page)
    return headed


def _organised(fields: Sequence[Field], vocabulary: Vocabulary) -> list[Facet]:
    """The one institution that the text says organises it."""
    said: dict[str, Facet] = {}
    for field in fields:
        if field.name not in _ABOUT:
            continue
        for start, name, printed in found(field.text, vocabulary):
            if by := _ORGANISED_BY.search(field.text[:start]):
                words = f"{by[0].lstrip()}{printed}"
                said.setdefault(name, Facet("institution", name, Origin.INFERRED, field.page, words))
    longest = [name for name in said if not any(name in other and name != other for other in said)]
    return [said[longest[0]]] if len(longest) == 1 else []  # "the Census Bureau" is "the U.S. Census Bureau"


def _meant(title: str, fields: Sequence[Field], vocabulary: Vocabulary, above: Sequence[str]) -> list[Facet]:
    """The institution of a heading above, the one that a paragraph opens with, a contact's, or the title's acronym."""
    if above and is_name_only(above[-1]):
        return _inferred(found(above[-1], vocabulary)[:1], None)
    for field in fields:
        if field.name in _ABOUT:
            for paragraph in field.text.split("\n\n"):
                names = found(paragraph, vocabulary)
                if names and _OPENS.fullmatch(paragraph[: names[0].start]) and _does(paragraph, names[0]):
                    return _inferred(names[:1], field.page)
    contacts = {
        one.name: facet
        for f in fields
        if f.name in _PEOPLE
        for one in found(f.text, vocabulary)
        for facet in _inferred([one], f.page)
    }
    if len(contacts) == 1:
        return list(contacts.values())
    return _by_acronym(title, fields, vocabulary)


def _does(paragraph: str, name: Name) -> bool:
    """What follows the name goes on with the sentence that it opens."""
    rest = paragraph[name.start + len(name.printed) :]
    return bool(_GOES_ON.match(rest))


def _by_acronym(title: str, fields: Sequence[Field], vocabulary: Vocabulary) -> list[Facet]:
    """The institution that the practice names in full and its title by the first letters: "The HHS Data Lab"."""
    short = [w for w in _ACRONYM.findall(title) if title != title.upper()]
    for field in fields if short else ():
        for one in found(field.text, vocabulary):
            initials = "".join(word[0] for word in one.printed.split() if word[0].isupper())
            if any(initials.endswith(word) for word in short):
                return _inferred([one], field.page)
    return []


def countries(
    title: str, fields: Sequence[Field], hosts: Sequence[Facet], vocabulary: Vocabulary, language: str
) -> list[Facet]:
    """Countries that a field for it states; else, inferred, those of the hosts, of the partners, or the only one named.

    `hosts` are the facets that `institutions` found.
    """
    stated = [
        Facet(
            "country",
            hit.name,
            as_worded(field.origin, "country", hit.name, printed, vocabulary),
            field.page,
            printed,
        )
        for field in fields
        if field.name == "country"
        for hit in vocabulary.find_countries(field.text, language)
        for printed in (field.text[hit.start : hit.end],)
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
            one = Facet("country", hit.name, Origin.INFERRED, page, text[hit.start : hit.end])
            named_here.setdefault(hit.name, one)
    return list(named_here.values()) if len(named_here) == 1 else []


def once(facets: Iterable[Facet]) -> list[Facet]:
    """Each value of a facet once, as it was found first; `printed` only where that is not the value itself."""
    kept: dict[tuple[str, str], Facet] = {}
    for facet in facets:
        shown = replace(facet, printed="") if facet.printed == facet.value else facet
        kept.setdefault((facet.name, facet.value), shown)
    return list(kept.values())
