"""Type-ahead: titles, tools, institutions and themes of a catalogue that a text is the start of."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from kb import Kind
from kb.search.catalogue import Catalog
from kb.words import fold, word_key

_WORD = re.compile(r"[^\W\d_]+")
SHORTEST = 2  # characters: one letter starts a word of nearly everything


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A text to search for; `kind` is practice, tool, institution or theme."""

    text: str
    kind: str


@dataclass(frozen=True, slots=True)
class KnownNames:
    """All that can be suggested, each beside its words as they are compared: " the open garden".

    `names` are the single words of them all as they are written, by their folded form.
    """

    entries: tuple[tuple[str, Suggestion], ...]
    names: Mapping[str, str]

    @classmethod
    def of(cls, catalog: Catalog) -> KnownNames:
        """Collect them, each text once, by kind and then by text."""
        found = tuple(_once(_all(catalog)))
        names = {fold(word): word for one in reversed(found) for word in _WORD.findall(one.text)}
        return cls(tuple((f" {word_key(one.text)}", one) for one in found), names)

    def starting(self, text: str, limit: int = 10) -> tuple[Suggestion, ...]:
        """What begins with a text first, then what has a word that does; case and accents do not count."""
        wanted = f" {word_key(text)}"
        if len(wanted.strip()) < SHORTEST:
            return ()
        found = [
            (not said.startswith(wanted), n) for n, (said, _) in enumerate(self.entries) if wanted in said
        ]
        return tuple(self.entries[number][1] for _, number in sorted(found)[:limit])


def _all(catalog: Catalog) -> Iterator[Suggestion]:
    for facet in ("theme", "institution"):
        yield from sorted(
            (Suggestion(label, facet) for _, label in catalog.known(facet)), key=lambda one: fold(one.text)
        )
    titles: dict[Kind, set[str]] = {Kind.TOOL: set(), Kind.PRACTICE: set()}
    for record in catalog.records:
        if record.kind in titles:
            titles[record.kind].add(record.title)
    for kind, held in titles.items():
        yield from (Suggestion(title, kind.value) for title in sorted(held, key=lambda t: (fold(t), t)))


def _once(found: Iterable[Suggestion]) -> Iterable[Suggestion]:
    seen: dict[str, Suggestion] = {}
    for one in found:
        seen.setdefault(fold(one.text), one)
    return seen.values()
