"""Labels that stand together in several sections: the template that records of one kind follow. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

from ingest.parts.fields import printed_labels
from ingest.tree import Section, bare
from kb.words import Vocabulary

LEAST_LABELS = 2  # that sections share from which they follow a template
_STEM_WORDS = 3  # words by which long labels are compared; by eye
_MOST_LABELS = 80  # of a section that are looked at: the first; by eye
_CORE = 0.5  # share of a template's sections that have a label of its core
_FOLLOWS = 0.4  # share of the core's labels that a section of the template has at the least
_ONCE = 1.5  # times that a label stands in a section, on average; above it is a note's head ("Tip"); by eye
# Fields that chapters of any report have, too; a template needs others to be known by.
GENERAL = frozenset(
    {"summary", "context", "description", "resources", "links", "questions", "recommendations", "checklist"}
)
APPARATUS = frozenset({"summary", "checklist", "links", "questions"})
"""Those of them that close the chapters of a guide: two, and none that tells of a practice, make no template of one."""


@dataclass(frozen=True, slots=True)
class LabelSet:
    """Sections in printed order, the keys of the labels that most of them share, and the fields that these are."""

    sections: tuple[Section, ...]
    core: frozenset[str]
    fields: frozenset[str]

    @property
    def is_apparatus(self) -> bool:
        """What it shares are the ends of chapters: a summary, a checklist, a reading list."""
        return not self.telling and len(self.fields & APPARATUS) >= LEAST_LABELS

    @property
    def telling(self) -> frozenset[str]:
        """Its fields that chapters of a report do not have."""
        return self.fields - GENERAL


@dataclass(frozen=True, slots=True)
class Labelled:
    """The labels of some sections: key -> how often, by the section's id; and the field of each key."""

    by_section: Mapping[int, Counter[str]]
    fields: Mapping[str, str]

    def of(self, section: Section) -> Counter[str]:
        """The keys of a section's labels."""
        return self.by_section[id(section)]

    def closeness(self, template: LabelSet) -> float:
        """The share of the labels of a template's sections that are of its core, 0 to 1."""
        own = [set(self.of(s)) for s in template.sections]
        return sum(len(labels & template.core) for labels in own) / sum(len(labels) for labels in own)

    def share(self, section: Section, template: LabelSet) -> float:
        """The share of a template's core that a section has."""
        return len(template.core & set(self.of(section))) / len(template.core)


def labelled(sections: Sequence[Section], vocabulary: Vocabulary) -> Labelled:
    """Collect the labels of sections, those of one field under one key; heads of notes ("Tip") are none."""
    fields: dict[str, str] = {}
    by_section: dict[int, Counter[str]] = {}
    for section in sections:
        counts: Counter[str] = Counter()
        for label in printed_labels(section):
            name = vocabulary.canonical(label)
            key = f"={name}" if name else _stem(bare(label))
            fields[key] = name
            counts[key] += 1
        counts.pop("", None)
        by_section[id(section)] = Counter(dict(counts.most_common()[:_MOST_LABELS]))
    total: Counter[str] = Counter()
    having: Counter[str] = Counter()
    for counts in by_section.values():
        total.update(counts)
        having.update(counts.keys())
    notes = {key for key, n in having.items() if total[key] > _ONCE * n and not fields[key]}
    kept = {
        s: Counter({k: n for k, n in counts.items() if k not in notes}) for s, counts in by_section.items()
    }
    return Labelled(kept, fields)


def find(sections: Sequence[Section], labels: Labelled) -> Iterator[LabelSet]:
    """The templates that sections follow, that of most sections and labels first; a section follows one at the most."""
    left = list(sections)
    while (template := _strongest(left, labels)) is not None:
        yield template
        taken = {id(s) for s in template.sections}
        left = [s for s in left if id(s) not in taken]


def _strongest(sections: Sequence[Section], labels: Labelled) -> LabelSet | None:
    """Grow a template from the pair of labels that stand together most often."""
    having = Counter(key for s in sections for key in labels.of(s))
    pairs: Counter[tuple[str, str]] = Counter()
    for section in sections:
        shared = sorted(key for key in labels.of(section) if having[key] > 1)
        pairs.update(combinations(shared, 2))
    if not pairs:
        return None
    best = max(pairs, key=lambda pair: (pairs[pair], sum(bool(labels.fields[k]) for k in pair), pair))
    if pairs[best] < LEAST_LABELS:
        return None
    members = [s for s in sections if set(best) <= set(labels.of(s))]
    core = _core(members, labels)
    for _ in range(len(sections)):
        grown = [s for s in sections if _follows(labels.of(s), core)]
        wider = _core(grown, labels)
        if len(grown) < len(members) or (grown == members and wider == core):
            break
        members, core = grown, wider
    return LabelSet(tuple(members), core, frozenset(labels.fields[k] for k in core if labels.fields[k]))


def _core(members: Sequence[Section], labels: Labelled) -> frozenset[str]:
    counts = Counter(key for s in members for key in labels.of(s))
    return frozenset(key for key, n in counts.items() if n > 1 and n >= _CORE * len(members))


def _follows(own: Counter[str], core: frozenset[str]) -> bool:
    shared = len(core & set(own))
    return shared >= LEAST_LABELS and shared >= _FOLLOWS * len(core)


def _stem(label: str) -> str:
    """The first words of a label: "Dans quels cas ..." repeats, whatever follows."""
    words = label.split()
    return " ".join(words[:_STEM_WORDS]) if len(words) > _STEM_WORDS else label
