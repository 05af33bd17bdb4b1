"""What a need says of where, at whom, for whom and in which language: read, and answers that have it put before others.

Nothing is left out for it: hits that have what is preferred are lifted among the hits, so that a much better one
without it still leads. Which words a name may stand behind is listed in corpus/vocabulary/cues.toml, below
[constraint]; a name counts where some record has it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache

import numpy as np

from kb import Numbers, Scores
from kb.search.catalogue import Catalog
from kb.search.query import READ, Query
from kb.words import (
    LANGUAGES,
    Form,
    Pattern,
    Phrases,
    cues,
    fold,
    is_one_stem,
    stems,
    tokens,
    vocabulary,
)

LIFT = 0.5
"""What a record with all that is preferred gains, as a share of its score: one without leads where its score is more
than one and a half times as high. Chosen on half of corpus/needs-constraints.json (docs/explanation/decisions.md)."""
FOR_WHOM = ("level", "target_group")
"""One wish, however many values of both are named: doctoral students are a level and a group."""
LONGEST = 160  # characters behind a preposition that are looked at: the longest name has about 100
SHORTEST_PART = 4  # letters of a word that stands for an institution

_END = r"(?:(?<=['’])|(?![^\W_]))\s*"
_START = r"(?<![^\W_])"
_BEHIND = {
    ("country", "institution"): Pattern(rf"{_START}<<constraint.at>>{_END}"),
    ("target_group", "level"): Pattern(rf"{_START}<<constraint.for>>{_END}"),
    ("level",): Pattern(rf"{_START}<<constraint.level>>{_END}"),
    ("language",): Pattern(rf"{_START}<<constraint.in>>{_END}"),
}
_ARTICLES = Pattern(rf"(?:<<constraint.article>>{_END})*")
_TONGUE = Pattern(rf"(?:<<constraint.tongue>>{_END})?")
_OR = Pattern(rf"\s*(?:[,/]\s*(?:<<constraint.or>>{_END})?|\s<<constraint.or>>{_END})")
_NOT = Pattern(rf"{_START}<<constraint.not>>\s+(?:<<constraint.article>>{_END})*$")
_HOUSE = Pattern(rf"(?:<<name.house>>|uni){_END}(?:<<name.linking>>{_END})*")
_WORD = re.compile(r"[^\W\d_]+(?:['’.-][^\W\d_]+)*")
_ELIDED = re.compile(r"['’]")


@dataclass(frozen=True, slots=True)
class Constraint:
    """A value of a facet that a need asks for, as the catalogue has it, and the words that say so."""

    facet: str
    value: str
    label: str
    typed: str


@dataclass(frozen=True, slots=True)
class KnownValues:
    """What the values of a catalogue are called, beyond what the vocabularies list.

    `labels` are the facets' values. `whole` finds institutions that only the catalogue knows. A word stands for
    institutions behind a preposition: one of `places`, such as Glasgow or Γλασκώβη, in any case, one of `parts` with
    its capital alone ("at Reading").
    """

    labels: Mapping[str, Mapping[str, str]]
    whole: Phrases
    places: Mapping[str, tuple[str, ...]]
    parts: Mapping[str, tuple[str, ...]]

    @classmethod
    def of(cls, catalog: Catalog) -> KnownValues:
        """Collect them."""
        labels = {facet: dict(catalog.known(facet)) for facet in READ}
        whole: list[Form] = []
        places: dict[str, list[str]] = {}
        parts: dict[str, list[str]] = {}
        for name in labels["institution"]:
            is_known = vocabulary.load().institution(name) == name
            if own := _places().get(name, ()):
                for word in own:
                    places.setdefault(word, []).append(name)
            else:
                for word in _with_parts(_telling(name)):
                    parts.setdefault(word, []).append(name)
            if not is_known and len(tokens(name)) > 1:
                whole.append(Form(name, name))
        return cls(
            labels,
            Phrases.of(whole),
            {word: tuple(names) for word, names in places.items()},
            {word: tuple(names) for word, names in parts.items()},
        )


@dataclass(frozen=True, slots=True)
class _Found:
    """The values of a facet that the characters text[start:end] name."""

    facet: str
    values: tuple[str, ...]
    start: int
    end: int


def read(query: Query, language: str, names: KnownValues) -> tuple[Constraint, ...]:
    """What a need in a language ("" for an unknown one) asks for, by facet and then as typed, each value once.

    What the query says as a filter or as facet:value is not read again.
    """
    said = {facet for facet, _ in query.named} | set(query.filters) | set(query.dropped)
    facets = [facet for facet in READ if facet not in said and names.labels[facet]]
    text = query.unquoted
    if not facets or not text:
        return ()
    reader = _Reader(text, language, names)
    found = [one for one in reader.found() if one.facet in facets and not _NOT.search(text[: one.start])]
    kept: dict[tuple[str, str], Constraint] = {}
    for one in sorted(found, key=lambda one: (READ.index(one.facet), one.start, -one.end)):
        known = names.labels[one.facet]
        for value in (value for value in one.values if value in known):
            made = Constraint(one.facet, value, known[value], text[one.start : one.end])
            kept.setdefault((one.facet, value), made)
    return tuple(kept.values())


def fits(catalog: Catalog, constraints: Iterable[Constraint]) -> Scores:
    """The share of what is asked for that each record has, from 0 to 1: float32 (records,).

    Any value of a facet will do, and any of a level or a target group. An institution's are those that it leads: who
    names one asks for its own (taking part counted as well costs 0.02 of nDCG@10 over the sample).
    """
    wishes: dict[str, np.typing.NDArray[np.bool_]] = {}
    for one in constraints:
        wish = FOR_WHOM[0] if one.facet in FOR_WHOM else one.facet
        has = catalog.having(one.facet, (one.value,))
        if one.facet == "institution":
            has = np.zeros_like(has)
            has[catalog.leads.get(one.value, np.zeros(0, dtype=np.int64))] = True
        wishes[wish] = wishes[wish] | has if wish in wishes else has
    if not wishes:
        return np.zeros(len(catalog.records), dtype=np.float32)
    return np.asarray(np.mean(list(wishes.values()), axis=0), dtype=np.float32)


def preferred(order: Numbers, scores: Scores, fit: Scores) -> Numbers:
    """Record numbers, best first, with those lifted that have what is asked for; equal ones as they were."""
    lifted = scores[order] * (1 + np.float32(LIFT) * fit[order])
    return order[np.argsort(-lifted, kind="stable")]


@dataclass(frozen=True, slots=True)
class _Reader:
    text: str
    language: str
    names: KnownValues

    def found(self) -> Iterator[_Found]:
        """Yield names that stand anywhere, and what stands behind the words that lead to it."""
        words = vocabulary.load()
        houses = [*words.find_institutions(self.text), *self.names.whole.find(self.text)]
        for name, start, end in houses:
            yield _Found("institution", (name,), start, end)
        for name, start, end in words.find_countries(self.text, self.language):
            is_in_house = any(house.start <= start < house.end for house in houses)
            if not is_in_house and not self._is_tongue(start):
                yield _Found("country", (name,), start, end)
        for facets, pattern in _BEHIND.items():
            if not any(self.names.labels[facet] for facet in facets):
                continue
            for lead in pattern.finditer(self.text):
                yield from self._listed(facets, lead.end())

    def _listed(self, facets: tuple[str, ...], at: int) -> Iterator[_Found]:
        """Yield what stands right at a place, and what is joined to it by "and" or "or"."""
        while True:
            start = _end(_ARTICLES, self.text, at)
            here = [found for facet in facets if (found := self._at(facet, start, has_article=start > at))]
            if not here:
                return
            yield from here
            joined = _OR.match(self.text, max(one.end for one in here))
            if joined is None:
                return
            at = joined.end()

    def _at(self, facet: str, start: int, *, has_article: bool) -> _Found | None:
        if facet == "country":
            return None if self._is_tongue(start) else self._country(start)
        if facet == "institution":
            return self._institution(start)
        if facet == "language":
            return self._tongue(start)
        found = self._first(facet, start)
        if found is None or self.text[found.end : found.end + 1] in {"'", "’"}:
            return None  # a genitive: it is said of something of theirs
        is_half = fold(self.text[found.start : found.end]) in _halves()
        return found if has_article or not is_half else None

    def _first(self, kind: str, start: int) -> _Found | None:
        """The term of a kind that stands right at a place."""
        for name, begin, end in vocabulary.load().find_terms(self._rest(start), kind, self.language)[:1]:
            if begin == 0:
                return _Found(kind, (name,), start, start + end)
        return None

    def _tongue(self, start: int) -> _Found | None:
        """The language at a place, where what follows is nothing that it describes."""
        begin = _end(_TONGUE, self.text, start)
        found = self._first("language", begin)
        if found is None or (self._country(begin) and not self._is_tongue(begin)):
            return None
        following = _WORD.match(self.text, _end(_TONGUE, self.text, _end(_SPACE, self.text, found.end)))
        is_alone = following is None or stems.are_stop_words(following[0])
        return found if is_alone else None

    def _is_tongue(self, start: int) -> bool:
        """Whether the name of a language stands at a place: "italien" is a country in German."""
        if (found := self._first("language", start)) is None:
            return False
        if not self.language:
            return self.text[start].islower()
        known = vocabulary.load().terms["language"]
        term = next(term for term in known if term.name in found.values)
        own = (term.label(self.language), *term.also.get(self.language, ()))
        return fold(self.text[start : found.end]) in map(fold, own)

    def _country(self, start: int) -> _Found | None:
        """The country at a place, in any case; a short form in small letters where it is no word of its own."""
        rest = self._rest(start)
        word = _WORD.match(rest)
        if word is None:
            return None
        ways = [rest, rest[:1].upper() + rest[1:]]
        if word[0].islower() and not stems.are_stop_words(word[0]):
            ways.append(word[0].upper() + rest[word.end() :])
        for way in ways:
            for name, begin, end in vocabulary.load().find_countries(way, self.language)[:1]:
                if begin == 0 and len(way) == len(rest):
                    return _Found("country", (name,), start, start + end)
        return None

    def _institution(self, start: int) -> _Found | None:
        """The institution at a place: its name, a short one, its town, or a telling word of the name."""
        rest, words = self._rest(start), vocabulary.load()
        for name, begin, end in (*words.find_institutions(rest)[:1], *self.names.whole.find(rest)[:1]):
            if begin == 0:
                return _Found("institution", (name,), start, start + end)
        if (word := _WORD.match(rest)) is None:
            return None
        if name := words.institution(word[0]):
            return _Found("institution", (name,), start, start + word.end())
        return self._part(rest, start)

    def _part(self, rest: str, start: int) -> _Found | None:
        """The institutions that a word stands for, or several in capitals that one name has all of.

        Beside a word for a house, as in "université de Liège", a part of a name counts without its capital.
        """
        before = _end(_HOUSE, rest, 0)
        if (word := _WORD.match(rest, before)) is None:
            return None
        if values := self._of_place(word[0]):
            others = self.names.parts.get(fold(word[0]), ()) if word[0][0].isupper() else ()
            return _Found("institution", (*values, *others), start, start + word.end())
        is_house = before > 0 or _HOUSE.match(rest, _end(_SPACE, rest, word.end())) is not None
        run = [] if _is_shouted(self.text) else _capitals(rest, before)
        if not run and is_house:
            run = [word]
        own = [fold(one[0]) for one in run if len(one[0]) >= SHORTEST_PART and fold(one[0]) not in _generic()]
        each = [self.names.parts.get(part, ()) for part in own] or [()]
        values = tuple(value for value in each[0] if all(value in more for more in each))
        return _Found("institution", values, start, start + run[-1].end()) if values else None

    def _of_place(self, word: str) -> tuple[str, ...]:
        """The institutions of a town; one with its capital may be declined."""
        places = self.names.places
        if (values := places.get(fold(word))) or not word[0].isupper():
            return values or ()
        spoken = (self.language,) if self.language else LANGUAGES
        near = (place for place in places if is_one_stem(fold(word), place, spoken))
        return places.get(next(near, ""), ())

    def _rest(self, start: int) -> str:
        return self.text[start : start + LONGEST]


_SPACE = Pattern(r"\s*")


def _end(pattern: Pattern, text: str, start: int) -> int:
    """Where what a pattern fits at a place ends."""
    found = pattern.match(text, start)
    return found.end() if found else start


def _capitals(text: str, start: int) -> list[re.Match[str]]:
    """The words from a place on that have a capital, with no more than a space between."""
    found: list[re.Match[str]] = []
    for word in _WORD.finditer(text, start):
        if word.start() > start + bool(found) or not word[0][0].isupper():
            break
        found.append(word)
        start = word.end()
    return found


def _is_shouted(text: str) -> bool:
    """Whether capitals say nothing: each word has one."""
    return not any(word[0].islower() for word in _WORD.findall(text))


@cache
def _halves() -> frozenset[str]:
    return frozenset(map(fold, cues.load().words("constraint.one")))


@cache
def _generic() -> frozenset[str]:
    """The words that names of institutions share: those for a house, what is taught there, and countries."""
    words, listed = vocabulary.load(), cues.load()
    others = (*words.terms["theme"], *words.terms["discipline"], *words.nations)
    texts = [*listed.words("name"), *listed.words("constraint.shared")]
    texts += [form.text for term in others for form in term.forms]
    return frozenset(word for text in texts for word in tokens(fold(text)))


def _telling(name: str) -> tuple[str, ...]:
    """The words of a name that no other house's has by its nature, folded and without an elided article."""
    words = (word for text in _WORD.findall(name) for word in _ELIDED.split(text))
    return tuple(dict.fromkeys(fold(word) for word in words if _is_telling(word)))


def _is_telling(word: str) -> bool:
    return len(word) >= SHORTEST_PART and fold(word) not in _generic() and not stems.are_stop_words(word)


def _with_parts(words: Iterable[str]) -> tuple[str, ...]:
    """Words, and what hyphens join in them: Aix-Marseille, Marseille."""
    every = (part for word in words for part in (word, *filter(_is_telling, word.split("-"))))
    return tuple(dict.fromkeys(every))


@cache
def _places() -> Mapping[str, tuple[str, ...]]:
    """The towns of the vocabulary's institutions: what is left of one of their names without the shared words."""
    found: dict[str, dict[str, None]] = {}
    for one in vocabulary.load().institutions:
        for form in one.forms:
            left = _telling(form.text) if form.name and not form.is_exact else ()
            if len(left) == 1:
                found.setdefault(one.name, {}).update(dict.fromkeys(_with_parts(left)))
    return {name: tuple(towns) for name, towns in found.items()}
