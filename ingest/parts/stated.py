"""The practices that a profile names by the level or the titles of their headings. Pure."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from ingest.parts.fields import possible_labels
from ingest.parts.practices import REPEATED, FoundPractices, Practice, clean_title, is_label
from ingest.reading import Profile
from ingest.tree import Section, alike, bare
from kb.words import Vocabulary


@dataclass(slots=True)
class StatedSection:
    """A section that the profile names, those above it, outermost first, and the fields that stand beside it.

    `beside` are headings of labels on the practice's own level, between it and the next one.
    """

    section: Section
    above: tuple[Section, ...]
    beside: list[Section] = field(default_factory=list)

    @property
    def parent(self) -> Section:
        """The section right above it."""
        return self.above[-1]

    @property
    def length(self) -> int:
        """Characters below its heading and those beside it."""
        return self.section.length + sum(s.length for s in self.beside)

    @property
    def labels(self) -> set[str]:
        """Every label that it might have, folded."""
        return {*possible_labels(self.section), *(bare(s.title) for s in self.beside)}


def find(root: Section, not_ones: frozenset[int], vocabulary: Vocabulary, profile: Profile) -> FoundPractices:
    """The practices that a profile names, each holding its fields; none where no heading is as it says.

    `not_ones` holds the ids of sections that are none, whatever the profile says: annexes that hold others.
    """
    choices = choose(root, not_ones, vocabulary, profile)
    for choice in choices:
        choice.section.children.extend(choice.beside)
        choice.parent.children = [c for c in choice.parent.children if not _is_in(c, choice.beside)]
    counts = Counter(label for c in choices for label in c.labels)
    practices = tuple(Practice(c.section, clean_title(c.section.title), 1.0) for c in choices)
    return FoundPractices(practices, frozenset(label for label, n in counts.items() if n >= REPEATED))


def choose(
    root: Section, not_ones: frozenset[int], vocabulary: Vocabulary, profile: Profile
) -> list[StatedSection]:
    """What `find` would take, in printed order; the tree stays as it is."""
    able = [
        (s, above) for s, above in _below(root) if s.level >= 0 and not s.is_aside and id(s) not in not_ones
    ]
    titles = Counter(bare(s.title) for s, _ in able)
    fields = {id(s) for s, _ in able if is_label(s, titles, vocabulary)}
    named = {
        id(s): StatedSection(s, above)
        for s, above in able
        if id(s) not in fields and profile.is_practice(s.title, s.level, [a.title for a in above])
    }
    for parent in root.walk():
        _gather(parent, named, fields)
    choices = _unnested([c for c in named.values() if c.length])
    if not profile.practice_titles and not profile.practice_under:
        choices = _comparable(choices, not_ones)
    return _without_echoes(choices)


def _below(
    section: Section, above: tuple[Section, ...] = ()
) -> Iterator[tuple[Section, tuple[Section, ...]]]:
    """Every section below this one in printed order, with those above it, outermost first."""
    above = (*above, section)
    for child in section.children:
        yield child, above
        yield from _below(child, above)


def _gather(parent: Section, named: Mapping[int, StatedSection], fields: set[int]) -> None:
    """Give the labels that follow a named section on its own level to it."""
    last: StatedSection | None = None
    for child in parent.children:
        if id(child) in named:
            last = named[id(child)]
        elif last is not None and id(child) in fields:
            last.beside.append(child)
        else:
            last = None


def _unnested(choices: Sequence[StatedSection]) -> list[StatedSection]:
    """Of sections inside one another keep those of the level that more of them have."""
    counts = Counter(c.section.level for c in choices)
    kept: set[int] = set()
    inside: set[int] = set()
    for choice in sorted(choices, key=lambda c: -counts[c.section.level]):
        below = {id(s) for s in choice.section.walk()}
        if id(choice.section) not in inside and not below & kept:
            kept.add(id(choice.section))
            inside |= below
    return [c for c in choices if id(c.section) in kept]


def _comparable(choices: Sequence[StatedSection], annexes: frozenset[int]) -> list[StatedSection]:
    """Of a level's sections keep those below sections of one kind: annexes, or chapters.

    That kind is the kind of the section whose sections share most labels. Where labels are shared at all, a
    section of that kind whose sections share none is left out.
    """
    groups: dict[int, list[StatedSection]] = defaultdict(list)
    for choice in choices:
        groups[id(choice.parent)].append(choice)
    counts = Counter(label for c in choices for label in c.labels)
    shared = {label for label, n in counts.items() if n >= REPEATED}
    strength = {p: sum(len(c.labels & shared) for c in group) for p, group in groups.items()}
    in_annex = {p: any(id(s) in annexes for s in group[0].above) for p, group in groups.items()}
    best = max(groups, key=lambda p: (strength[p], len(groups[p])), default=0)
    kept = {p for p in groups if in_annex[p] == in_annex[best] and (strength[p] or not strength[best])}
    return [c for c in choices if id(c.parent) in kept]


def _without_echoes(choices: Sequence[StatedSection]) -> list[StatedSection]:
    """Of sections with the same title keep the fullest: the others are summaries."""
    return [
        c
        for c in choices
        if not any(
            c.length < 0.6 * o.length and alike(bare(c.section.title), bare(o.section.title), 0.93)
            for o in choices
        )
    ]


def _is_in(section: Section, sections: Sequence[Section]) -> bool:
    return any(section is s for s in sections)
