"""Which sections are practices: siblings that repeat labels and each name one initiative. Pure."""

from __future__ import annotations

import re
import statistics
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass

from ingest.parts.fields import possible_labels
from ingest.tree import Section, alike, bare
from kb.words import Vocabulary, word_key

REPEATED = 2  # sections that share a label from which it is a label of theirs, and records that make a kind
_KNOWN = 2  # labels of the vocabulary from which a section with one shared label is a record; by eye
_SURELY_KNOWN = 3  # from which it is one even if it shares few; by eye
_OFTEN = 3  # sections of one title from which that is a label, though no vocabulary knows it; by eye
_STEM_WORDS = 3  # words by which long labels are compared; by eye
_LEAFLET_HEADINGS = 4  # headings of a leaflet from which one known label is enough; by eye
_LONG_TITLE = 12  # characters from which one title may stand within the other; by eye
_SHORTEST = 150  # characters below a practice's heading: less is a list entry or a cross-reference
_LONGEST_SINGLE = 14  # pages that a document of one practice runs over at the most
_SHORT_SINGLE = 3  # pages of a leaflet: one known label among several headings is enough there
_PATTERN = re.compile(r"^(?P<head>[^\W\d_][\w’' -]{2,40}?)\s*(?:\d{1,3}|[IVX]{1,4}|[A-Z])?\s*[:–—.-]\s+\S")


@dataclass(frozen=True, slots=True)
class Practice:
    """A section that describes one initiative, its heading's title, and how sure that is (0 to 1)."""

    section: Section
    title: str
    confidence: float


@dataclass(frozen=True, slots=True)
class FoundPractices:
    """The practices in printed order and the folded labels that they repeat."""

    practices: tuple[Practice, ...]
    repeated: frozenset[str]


@dataclass(frozen=True, slots=True)
class _Sign:
    """What speaks for a section: labels it shares with others, labels the vocabulary knows."""

    shared: int
    own: int
    canonical: int
    has_pattern: bool

    @property
    def strength(self) -> float:
        return self.shared + 0.7 * self.canonical + (1.0 if self.has_pattern else 0.0)

    @property
    def is_practice(self) -> bool:
        if self.shared >= REPEATED and (self.shared >= 0.25 * self.own or self.canonical >= _KNOWN):
            return True
        if self.shared >= 1 and self.has_pattern:
            return True
        return self.shared >= 1 and self.canonical >= _KNOWN


def find(
    root: Section, pages: int, title: str, is_annex: frozenset[int], vocabulary: Vocabulary
) -> FoundPractices:
    """Find the practices of a document.

    `is_annex` holds the ids of the sections that are annexes (they hold practices, they are none), `title` is the
    document's: a short document that is itself one practice bears it.
    """
    by_level: dict[int, list[Section]] = defaultdict(list)
    for section in root.walk():
        if section.level >= 0 and id(section) not in is_annex and not section.is_aside:
            by_level[section.level].append(section)
    labels = {id(s): possible_labels(s) for level in by_level.values() for s in level}
    best: list[tuple[Section, _Sign]] = []
    repeated: set[str] = set()
    chosen: dict[int, list[tuple[Section, _Sign]]] = {}
    shared_at: dict[int, frozenset[str]] = {}
    for level, sections in by_level.items():
        found, shared = _siblings(sections, labels, vocabulary)
        if len(found) >= REPEATED:
            chosen[level], shared_at[level] = found, shared
    for level in sorted(chosen, key=lambda n: _worth(chosen[n]), reverse=True):
        taken = {id(x) for s, _ in best for x in s.walk()}
        above = {id(s) for s, _ in best}
        fresh = [
            (s, sign)
            for s, sign in chosen[level]
            if id(s) not in taken and not any(id(x) in above for x in s.walk())
        ]
        if len(fresh) >= REPEATED and (not best or _is_akin(fresh, shared_at[level], repeated)):
            best.extend(fresh)
            repeated |= shared_at[level]
    best = _without_echoes(best)
    if not best:
        return _single(root, pages, title, vocabulary)
    order = {id(s): n for n, s in enumerate(root.walk())}
    best.sort(key=lambda pair: order[id(pair[0])])
    practices = tuple(Practice(s, clean_title(s.title), _confidence(sign)) for s, sign in best)
    return FoundPractices(practices, frozenset(repeated))


def _worth(found: Sequence[tuple[Section, _Sign]]) -> float:
    return sum(min(sign.strength, 8.0) for _, sign in found)


def _is_akin(found: Sequence[tuple[Section, _Sign]], shared: frozenset[str], repeated: Set[str]) -> bool:
    """A further group of records is of the first one's kind: it repeats its labels, or has the vocabulary's."""
    is_known = sum(sign.canonical >= _KNOWN for _, sign in found) >= 0.5 * len(found)
    return is_known or len(shared & repeated) >= REPEATED


def _siblings(
    sections: Sequence[Section], labels: Mapping[int, Mapping[str, str]], vocabulary: Vocabulary
) -> tuple[list[tuple[Section, _Sign]], frozenset[str]]:
    """The sections of one level that look like records of one kind, and the labels they share."""
    titles = Counter(bare(s.title) for s in sections)
    able = [s for s in sections if s.length >= _SHORTEST and not is_label(s, titles, vocabulary)]
    counts = Counter(label for s in able for label in labels[id(s)])
    stems = Counter(stem for s in able for stem in {_stem(label) for label in labels[id(s)]})
    patterns = Counter(p for s in able if (p := _pattern(s.title)))
    found = []
    for section in able:
        own = labels[id(section)]
        shared = [label for label in own if counts[label] >= REPEATED or stems[_stem(label)] >= REPEATED]
        canonical = {name for label in own.values() if (name := vocabulary.canonical(label))}
        sign = _Sign(len(shared), len(own), len(canonical), patterns[_pattern(section.title)] >= REPEATED)
        if sign.is_practice:
            found.append((section, sign))
    usual = statistics.median([sign.shared for _, sign in found]) if found else 0.0
    found = [
        (s, sign)
        for s, sign in found
        if sign.shared >= 0.4 * usual or sign.canonical >= _SURELY_KNOWN or sign.has_pattern
    ]
    asked = sum(s.title.rstrip().endswith(("?", ";")) for s, _ in found)
    if asked > 0.6 * len(found):  # questions and answers name no initiative
        found = []
    shared_all = frozenset(k for k, n in counts.items() if n >= REPEATED)
    return found, shared_all


def is_label(section: Section, titles: Counter[str], vocabulary: Vocabulary) -> bool:
    """Its title is a field's name rather than an initiative's."""
    return titles[bare(section.title)] >= REPEATED and bool(
        vocabulary.canonical(section.title) or titles[bare(section.title)] >= _OFTEN
    )


def _stem(label: str) -> str:
    """The first words of a label: "Dans quels cas ..." repeats, whatever follows."""
    words = label.split()
    return " ".join(words[:_STEM_WORDS]) if len(words) > _STEM_WORDS else label


def _pattern(title: str) -> str:
    """The fixed head of titles such as "Case study 3: ..." or "Fiche pratique : ..."."""
    match = _PATTERN.match(title)
    return word_key(re.sub(r"\d+", "", match["head"])) if match else ""


def _without_echoes(found: Sequence[tuple[Section, _Sign]]) -> list[tuple[Section, _Sign]]:
    """Of records with the same title keep the fullest: the others are summaries."""
    kept: list[tuple[Section, _Sign]] = []
    for section, sign in sorted(found, key=lambda pair: -pair[0].length):
        if not any(
            alike(bare(section.title), bare(k.title), 0.93) and section.length < 0.6 * k.length
            for k, _ in kept
        ):
            kept.append((section, sign))
    return kept


def _single(root: Section, pages: int, title: str, vocabulary: Vocabulary) -> FoundPractices:
    """A short document whose headings are the labels of one record."""
    if pages > _LONGEST_SINGLE:
        return FoundPractices((), frozenset())
    headed = [s for s in root.walk() if s.level >= 0]
    named = {n for s in headed if (n := vocabulary.canonical(s.title))}
    named |= {
        n for s in headed for label in possible_labels(s).values() if (n := vocabulary.canonical(label))
    }
    least = 1 if pages <= _SHORT_SINGLE and len(headed) >= _LEAFLET_HEADINGS else 2
    if len(named) < least or not title:
        return FoundPractices((), frozenset())
    whole = _flatten(root, title)
    if len(whole.children) > 12 + 2 * pages:
        return FoundPractices((), frozenset())
    return FoundPractices(
        (Practice(whole, clean_title(title), min(0.5 + 0.1 * len(named), 0.95)),), frozenset()
    )


def _flatten(root: Section, title: str) -> Section:
    """The whole document as one section whose children are its headings below the title."""
    whole = Section(title, 0, root.page, lines=list(root.lines))
    wanted = bare(title)
    sections = [s for s in root.walk() if s.level >= 0]
    start = next((n for n, s in enumerate(sections) if _is_title(s, wanted)), -1)
    below = sections[start].children if start >= 0 else []
    levels = [s.level for s in below if not s.is_aside] or [
        s.level for s in sections[start + 1 :] if not s.is_aside
    ]
    field_level = min(levels, default=0)
    for number, section in enumerate(sections):
        if number == start:
            whole.page, whole.heading = section.page, section.heading
            whole.lines.extend(section.lines)
        elif number > start and (section.level <= field_level or (section.is_witnessed and section.is_aside)):
            whole.children.append(
                Section(section.title, 1, section.page, list(section.lines), [], section.heading)
            )
        else:
            (whole.children[-1] if whole.children else whole).lines.extend([*section.heading, *section.lines])
    whole.children = [c for c in whole.children if c.length]
    return whole


def _is_title(section: Section, wanted: str) -> bool:
    folded = bare(section.title)
    return alike(folded, wanted) or (len(folded) > _LONG_TITLE and (folded in wanted or wanted in folded))


def _confidence(sign: _Sign) -> float:
    return round(
        min(0.4 + 0.1 * sign.shared + 0.06 * sign.canonical + (0.1 if sign.has_pattern else 0), 1.0), 2
    )


def clean_title(title: str) -> str:
    """A heading as a title: its numbering ("3", "2.1", "IV.") taken away, its words kept."""
    shorter = re.sub(
        r"^\s*(?:\d{1,3}(?:\.\d{1,3})*[.)]?\s+(?=\D)|\d{1,3}[.)]\s*(?=\D)|(?:[IVXLC]{1,5}|[a-zA-Z])[.)]\s+)(?:[-–—‑]\s*)?",
        "",
        title,
    )
    return (shorter if any(c.isalpha() for c in shorter) else title).strip(" :–-")
