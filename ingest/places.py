"""Institutions and countries that a record's own text names, with their page. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from kb.records import Facet, Field, Origin
from kb.vocabulary import Vocabulary

_WORD = r"[A-ZÀ-ÖØ-ÞŠŽČŘĐŁΑ-Ω][\w’'&-]+"
_LINK = r"(?:\s(?:of|the|and|for|de|des|du|la|le|les|di|del|della|degli|do|da|dos|der|für|und|zu|y|e|i|et|av|och|in|at)\b)*"
_UNIVERSITY = (
    r"Universit(?:y|é|ät|à|atea|ario|ario|et|eit|ete|ies)|Universidade?|Uniwersytet|Univerzita|Univerzitet|Université"
    r"|Πανεπιστήμιο|Hochschule|Fachhochschule|Høgskolen|Högskola|Högskolan|Politecnico|Polytechnic|École|Escuela|Scuola"
    r"|College|Institute|Institut|Instituto|Istituto|Institutul|Academy|Akademie|Ústav"
)
_NAMES = re.compile(
    rf"\b(?:(?:(?:{_WORD})\s){{0,4}}(?:{_UNIVERSITY})(?:{_LINK}\s{_WORD}){{0,5}}(?:\s\([A-Z][\w-]{{1,9}}\))?)"
)
_STARTERS = frozenset("the a an about at in our this that from for of by see and with as to is on".split())
_LABELS = ("institution", "partners", "country")


def institutions(title: str, fields: Sequence[Field], vocabulary: Vocabulary) -> tuple[str, list[Facet]]:
    """The institution a practice belongs to ("" where no text names one) and all those it names.

    A field for it comes first, then the title and labels ("About the University of ..."), then the text.
    """
    facets: list[Facet] = []
    lead = ""
    for field in fields:
        if field.name == "institution":
            names = _names(field.text, vocabulary) or [field.text.split("\n")[0].strip(" .")[:90]]
            lead = lead or names[0]
            facets.extend(Facet("institution", n, Origin.STATED, field.page) for n in names if n)
    first_page = fields[0].page if fields else 1
    head = [(title, first_page), *((f.label, f.page) for f in fields if f.label)]
    for text, page in head:
        for name in _names(text, vocabulary):
            lead = lead or name
            facets.append(Facet("institution", name, Origin.STATED, page))
    if fields and not fields[0].label:
        byline = fields[0].text.split("\n")[0]
        named = _names(byline, vocabulary)
        if named and sum(map(len, named)) >= 0.7 * len(byline):
            lead = lead or named[0]
    for field in fields:
        if field.name == "partners":
            facets.extend(
                Facet("partner", name, Origin.STATED, field.page) for name in _names(field.text, vocabulary)
            )
    if not lead:
        lead, page = _most_named(fields, vocabulary)
        if lead:
            facets.append(Facet("institution", lead, Origin.STATED, page))
    elif not any(f.name == "institution" and f.value == lead for f in facets):
        facets.insert(0, Facet("institution", lead, Origin.STATED, first_page))
    return lead, _unique(facets)


def _most_named(fields: Sequence[Field], vocabulary: Vocabulary) -> tuple[str, int]:
    """The one institution that the text names, or the first if it names that again and again."""
    mentions: dict[str, tuple[int, int]] = {}
    for field in fields:
        if field.name in ("links", "partners"):
            continue
        for name in _names(field.text, vocabulary):
            count, page = mentions.get(name, (0, field.page))
            mentions[name] = (count + 1, page)
    if not mentions:
        return "", 1
    first = next(iter(mentions))
    if len(mentions) == 1 or mentions[first][0] >= 2:
        return first, mentions[first][1]
    return "", 1


def _names(text: str, vocabulary: Vocabulary) -> list[str]:
    """Institutions in a text: those of the vocabulary under their names, others as printed."""
    found: list[tuple[int, str]] = []
    taken: list[tuple[int, int]] = []
    for hit in vocabulary.find_institutions(text):
        found.append((hit.start, hit.name))
        taken.append((hit.start, hit.end))
    for match in _NAMES.finditer(text):
        name = _trim(match[0])
        start = match.start() + match[0].find(name)
        if len(name.split()) < 2 or any(a < start + len(name) and start < b for a, b in taken):
            continue
        found.append((start, name))
    found.sort()
    return list(dict.fromkeys(name for _, name in found))


def _trim(name: str) -> str:
    words = re.split(r"[’']s\s", name)[0].split()
    while words and words[0].casefold() in _STARTERS:
        words = words[1:]
    return " ".join(words).removesuffix("’s").removesuffix("'s")


def countries(fields: Sequence[Field], lead: str, vocabulary: Vocabulary, language: str) -> list[Facet]:
    """Countries that a field for it states; else that of a known institution, inferred; else the only one named."""
    found: list[Facet] = []
    for field in fields:
        if field.name == "country":
            for hit in vocabulary.find_countries(field.text, language):
                found.append(Facet("country", hit.name, Origin.STATED, field.page))
    if not found and lead:
        place = next((i.country for i in vocabulary.institutions if i.name == lead), "")
        if place:
            found.append(Facet("country", place, Origin.INFERRED))
    if not found:
        named = {h.name: f.page for f in fields for h in vocabulary.find_countries(f.text, language)}
        if len(named) == 1:
            found.extend(Facet("country", name, Origin.STATED, page) for name, page in named.items())
    return _unique(found)


def terms(title: str, fields: Sequence[Field], vocabulary: Vocabulary, language: str) -> list[Facet]:
    """Theme, format, level and the like: from their own fields, and the format also from the title."""
    found: list[Facet] = []
    for field in fields:
        if field.name in ("theme", "format", "level", "discipline", "target_group"):
            for hit in vocabulary.find_terms(field.text, field.name, language):
                found.append(Facet(field.name, hit.name, Origin.STATED, field.page))
    if not any(f.name == "format" for f in found):
        text = " ".join([title, *(f.text for f in fields[:3])])
        for hit in vocabulary.find_terms(text, "format", language)[:1]:
            found.append(Facet("format", hit.name, Origin.INFERRED))
    return _unique(found)


def _unique(facets: Iterable[Facet]) -> list[Facet]:
    kept: dict[tuple[str, str], Facet] = {}
    for facet in facets:
        kept.setdefault((facet.name, facet.value), facet)
    return list(kept.values())
