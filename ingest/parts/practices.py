"""Which sections are practices: those that follow one template and each name one initiative, or are called so. Pure."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from ingest.parts import certainty, templates
from ingest.parts.certainty import Evidence
from ingest.parts.fields import possible_labels
from ingest.parts.templates import GENERAL, Labelled, LabelSet
from ingest.tree import Section, alike, bare
from kb.words import Pattern, Vocabulary, word_key

REPEATED = 2  # sections that share a label from which it is a label of theirs, and records that make a kind
_OFTEN = 3  # sections of one title from which that is a label, though no vocabulary knows it; by eye
_LEAFLET_HEADINGS = 4  # headings of a leaflet from which one known label is enough; by eye
_LONG_TITLE = 12  # characters from which one title may stand within the other; by eye
_SHORTEST = 150  # characters below a practice's heading: less is a list entry or a cross-reference
_LONGEST_SINGLE = 10  # pages that a document of one practice runs over at the most
_SHORT_SINGLE = 3  # pages of a leaflet: one known label among several headings is enough there
_COMMON = 0.3  # share of a single practice's headings that are known labels, at the least; by eye
_KIN = 3  # sections that follow a template from which most of their siblings' doing so is enough; by eye
_COVER = 0.6  # share of the siblings, with text, that follow a template; by eye
_TELLING = 2  # fields of a template that chapters do not have, from which it is one of practices; by eye
# Shares of the labels of a template's sections that are of its core: with telling fields, and without; by eye.
_LOOSE, _CLOSE = 0.25, 0.67
_WHOLLY = 0.9  # share of their labels from which sections consist of their template, and do not only end in it; by eye
_ELSEWHERE = 0.6  # share of the template's labels that a section of another place has; by eye
_MOST = 0.6  # share of siblings of one look that are practices from which the others may be; by eye
_QUESTIONS = 0.6  # share of titles that ask something above which sections name no initiatives; by eye
_HEAD = r"^(?P<head>[^\W\d_][\w’' -]{2,40}?)(?:\s+(?:n[.º°o]\s?|#)?(?:\d{1,3}|[IVX]{1,4}|[A-Z]))?"
_PATTERN = re.compile(rf"{_HEAD}\s*[:–—.-]\s+\S")
_KICKER = re.compile(rf"{_HEAD}[\s:–—.-]*$")
_NAMED = Pattern(r"\b(?:<<practice.case>>|<<practice.good>>)\b")
_CASES = Pattern(r"\b<<practice.case>>\b")
_CHAPTERED = Pattern(r"^<<chapter>>\s+(?:\d{1,2}|[IVX]{1,4})\b")
_CHAPTER = Pattern(r"\b<<chapter>>\b")
_MATTER = Pattern(r"<<matter>>")


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
class _Family:
    """Sections that look like records of one kind, the share of their siblings that they are, and why.

    `name` is what their titles are headed with ("case study"), `template` the labels that they share, `closeness` the
    share of their labels that these are.
    """

    sections: tuple[Section, ...]
    template: LabelSet | None
    cover: float
    closeness: float = 1.0
    name: str = ""

    @property
    def worth(self) -> float:
        """How much speaks for it: sections times labels."""
        labels = len(self.template.core) if self.template else 1
        return len(self.sections) * (min(labels, 8) + 2 * bool(self.name))


class _Outlook:
    """The sections of a document that may be practices, with their labels and their place."""

    def __init__(self, root: Section, not_ones: frozenset[int], vocabulary: Vocabulary) -> None:
        self.parents = {id(c): s for s in root.walk() for c in s.children}
        self.not_ones = not_ones
        sections = [s for s in root.walk() if s.level >= 0 and id(s) not in not_ones and not s.is_aside]
        titles = Counter(bare(s.title) for s in sections)
        self.able = [
            s
            for s in sections
            if s.length >= _SHORTEST and not is_label(s, titles, vocabulary) and not self._is_matter(s)
        ]
        self._able = {id(s) for s in self.able}
        self.labels: Labelled = templates.labelled(self.able, vocabulary)

    def cover(self, sections: Sequence[Section]) -> float:
        """The share of the siblings with text, of these sections, that these sections are."""
        kin = {(id(self.parents[id(s)]), s.level) for s in sections}
        siblings = [s for s in self.able if (id(self.parents[id(s)]), s.level) in kin]
        return len(sections) / len(siblings)

    def is_able(self, section: Section) -> bool:
        """It is one of those that may be practices."""
        return id(section) in self._able

    def taken_by(self, practices: Iterable[Section]) -> set[int]:
        """The ids of all sections that hold these practices, stand in them, or are them: none is another practice."""
        taken: set[int] = set()
        for practice in practices:
            taken.update(id(s) for s in practice.walk())
            above = self.parents.get(id(practice))
            while above is not None:
                taken.add(id(above))
                above = self.parents.get(id(above))
        return taken

    def _is_matter(self, section: Section) -> bool:
        """It is front or back matter ("Preface", "Further reading"), or stands in it."""
        while section.level >= 0:
            if _MATTER.fullmatch(bare(section.title)):
                return True
            section = self.parents[id(section)]
        return False


def find(
    root: Section, pages: int, title: str, is_annex: frozenset[int], vocabulary: Vocabulary
) -> FoundPractices:
    """Find the practices of a document.

    `is_annex` holds the ids of the sections that are annexes (they hold practices, they are none), `title` is the
    document's: a short document that is itself one practice bears it.
    """
    outlook = _Outlook(root, is_annex, vocabulary)
    families = [f for f in _families(outlook) if _are_practices(f)]
    best: list[tuple[Section, _Family]] = []
    core: frozenset[str] = frozenset()
    for family in sorted(families, key=lambda f: -f.worth):
        taken = outlook.taken_by(s for s, _ in best)
        fresh = [s for s in family.sections if id(s) not in taken]
        if len(fresh) >= REPEATED and (not best or _is_akin(family, core)):
            best.extend((s, family) for s in fresh)
            core |= family.template.core if family.template else frozenset()
    best.extend(_elsewhere(outlook, best))
    best = _without_echoes([*best, *_between(outlook, best)])
    if not best:
        return FoundPractices((), frozenset()) if is_annex else _single(root, pages, title, vocabulary)
    _cut_back_matter(root, [s for s, _ in best])
    order = {id(s): n for n, s in enumerate(root.walk())}
    best.sort(key=lambda pair: order[id(pair[0])])
    practices = tuple(Practice(s, clean_title(s.title), _confidence(s, f, outlook)) for s, f in best)
    return FoundPractices(practices, _repeated([s for s, _ in best]))


def _families(outlook: _Outlook) -> list[_Family]:
    """Sections that share a template, and sections whose titles or whose parent call them practices."""
    by_name: dict[str, list[Section]] = {}
    for section in outlook.able:
        if name := _called(section):
            by_name.setdefault(name, []).append(section)
    found = []
    for found_one in templates.find(outlook.able, outlook.labels):
        template = replace(found_one, sections=tuple(_unnested(found_one.sections)))
        names = Counter(name for s in template.sections if (name := _called(s)))
        name, count = names.most_common(1)[0] if names else ("", 0)
        name = name if count >= REPEATED and not _CHAPTER.fullmatch(name) else ""
        cover, closeness = outlook.cover(template.sections), outlook.labels.closeness(template)
        found.append(_Family(template.sections, template, cover, closeness, name))
    for name, sections in by_name.items():
        if len(sections) >= REPEATED and _NAMED.search(name):
            found.append(_Family(tuple(sections), None, outlook.cover(sections), name=name))
    found.extend(_collected(outlook))
    return found


def _unnested(sections: Sequence[Section]) -> Iterator[Section]:
    """The sections without those that hold several of the others, and without a lone one that another holds."""
    ids = {id(s) for s in sections}
    held = {id(s): [id(c) for c in s.walk() if id(c) in ids and c is not s] for s in sections}
    parts = {own[0] for own in held.values() if len(own) == 1}
    return (s for s in sections if len(held[id(s)]) < REPEATED and id(s) not in parts)


def _collected(outlook: _Outlook) -> Iterable[_Family]:
    """What stands below a heading that means cases ("Case studies"), each with a heading of one look."""
    for parent in {id(p): p for p in outlook.parents.values()}.values():
        title = f"{parent.kicker} {parent.title}"
        if not (_CASES.search(title) or (id(parent) in outlook.not_ones and _NAMED.search(title))):
            continue
        looks = Counter(c.look for c in parent.children if not c.is_aside)
        ones = [s for s in parent.children if outlook.is_able(s) and looks[s.look] >= REPEATED]
        if len(ones) >= REPEATED:
            yield _Family(tuple(ones), None, outlook.cover(ones), name=word_key(title))


def _are_practices(family: _Family) -> bool:
    """Decide: called so, known by what its labels mean, or the way of most siblings."""
    asked = sum(s.title.rstrip().endswith(("?", ";")) for s in family.sections)
    if asked > _QUESTIONS * len(family.sections):  # questions and answers name no initiative
        return False
    if family.template is None:
        return True
    if family.name:
        return True
    if len(family.template.telling) >= _TELLING:
        return family.closeness >= _LOOSE
    if family.template.is_apparatus and family.closeness < _WHOLLY:
        return False
    return len(family.sections) >= _KIN and family.cover >= _COVER and family.closeness >= _CLOSE


def _is_akin(family: _Family, core: frozenset[str]) -> bool:
    """A further family is of the first one's kind: it shares labels with it, or is known by itself."""
    if family.template is None:
        return bool(_NAMED.search(family.name))
    return len(family.template.telling) >= _TELLING or len(family.template.core & core) >= REPEATED


def _elsewhere(outlook: _Outlook, best: Sequence[tuple[Section, _Family]]) -> list[tuple[Section, _Family]]:
    """Sections at any depth that have most labels of a family's template."""
    taken = outlook.taken_by(s for s, _ in best)
    found: list[tuple[Section, _Family]] = []
    for family in {id(f): f for _, f in best if f.template}.values():
        for section in outlook.able:
            if id(section) in taken or family.template is None:
                continue
            if outlook.labels.share(section, family.template) >= _ELSEWHERE:
                found.append((section, family))
                taken |= outlook.taken_by([section])
    return found


def _between(outlook: _Outlook, best: Sequence[tuple[Section, _Family]]) -> list[tuple[Section, _Family]]:
    """Siblings of practices, of their look, that have a label of theirs: their own words for the rest do not matter."""
    family_of = {id(s): f for s, f in best}
    found: list[tuple[Section, _Family]] = []
    for parent in {id(p): p for p in (outlook.parents[id(s)] for s, _ in best)}.values():
        ones = [s for s in parent.children if id(s) in family_of]
        looks = {s.look for s in ones}
        kin = [s for s in parent.children if outlook.is_able(s) and s.look in looks]
        if len(ones) < _MOST * len(kin):
            continue
        for section in kin:
            family = family_of[id(ones[0])]
            shares = family.template is not None and outlook.labels.share(section, family.template) > 0
            if id(section) not in family_of and shares:
                found.append((section, family))
    return found


def _cut_back_matter(root: Section, practices: Sequence[Section]) -> None:
    """Give the document what follows its last practice from the top of a new page under labels that no other has."""
    last = max(practices, key=lambda s: (s.page, s.last_page))
    common = {label for s in practices if s is not last for label in (bare(c.title) for c in s.children)}
    cut = len(last.children)
    while cut and bare(last.children[cut - 1].title) not in common:
        cut -= 1
    kept, rest = last.children[:cut], last.children[cut:]
    before = max((line.page for s in kept for line in s.all_lines()), default=last.page)
    rest = [s for s in rest if s.page > before]
    if len(rest) < REPEATED or not common:
        return
    last.children = [s for s in last.children if not any(s is r for r in rest)]
    root.children.extend(rest)


def _called(section: Section) -> str:
    """The fixed head of titles such as "Case study 3: ..." or of the label above them, folded."""
    if section.kicker and (match := _KICKER.match(section.kicker)):
        return word_key(re.sub(r"\d+", "", match["head"]))
    match = _PATTERN.match(clean_title(section.title))
    return word_key(re.sub(r"\d+", "", match["head"])) if match else ""


def _repeated(sections: Sequence[Section]) -> frozenset[str]:
    """The folded labels that several of the practices have."""
    counts = Counter(label for s in sections for label in possible_labels(s))
    return frozenset(label for label, n in counts.items() if n >= REPEATED)


def is_label(section: Section, titles: Mapping[str, int], vocabulary: Vocabulary) -> bool:
    """Its title is a field's name rather than an initiative's."""
    return bool(vocabulary.canonical(section.title)) or titles[bare(section.title)] >= _OFTEN


def _without_echoes(found: Sequence[tuple[Section, _Family]]) -> list[tuple[Section, _Family]]:
    """Of records with the same title keep the fullest: the others are summaries."""
    kept: list[tuple[Section, _Family]] = []
    for section, family in sorted(found, key=lambda pair: -pair[0].length):
        if not any(
            alike(bare(section.title), bare(k.title), 0.93) and section.length < 0.6 * k.length
            for k, _ in kept
        ):
            kept.append((section, family))
    return kept


def _single(root: Section, pages: int, title: str, vocabulary: Vocabulary) -> FoundPractices:
    """A short document whose headings are the labels of one record, and which has no chapters below them."""
    none = FoundPractices((), frozenset())
    if pages > _LONGEST_SINGLE or not title:
        return none
    headed = [s for s in root.walk() if s.level >= 0]
    named = {n for s in headed if (n := vocabulary.canonical(s.title))}
    named |= {
        n for s in headed for label in possible_labels(s).values() if (n := vocabulary.canonical(label))
    }
    is_leaflet = pages <= _SHORT_SINGLE and len(headed) >= _LEAFLET_HEADINGS
    if len(named) < (1 if is_leaflet else _TELLING) or (len(named - GENERAL) < _TELLING and not is_leaflet):
        return none
    whole = _flatten(root, title)
    below = len(headed) - len(whole.children)
    known = sum(bool(vocabulary.canonical(s.title)) for s in whole.children)
    if not is_leaflet and (known < _COMMON * len(whole.children) or any(_is_chapter(s) for s in headed)):
        return none
    has_chapters = not is_leaflet and below > max(len(whole.children), _LEAFLET_HEADINGS)
    if has_chapters or len(whole.children) > 12 + 2 * pages:
        return none
    return FoundPractices((Practice(whole, clean_title(title), certainty.of(Evidence.SINGLE)),), frozenset())


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


def _is_chapter(section: Section) -> bool:
    """Its heading is numbered as a part of a book: "Chapter 3"."""
    return bool(_CHAPTERED.match(section.kicker or section.title))


def _is_title(section: Section, wanted: str) -> bool:
    folded = bare(section.title)
    return alike(folded, wanted) or (len(folded) > _LONG_TITLE and (folded in wanted or wanted in folded))


def _confidence(section: Section, family: _Family, outlook: _Outlook) -> float:
    if family.template is None:
        return certainty.of(Evidence.NAMED)
    share = outlook.labels.share(section, family.template)
    if not any(section is s for s in family.sections):
        return certainty.of(Evidence.AMONG, share)
    if len(family.template.telling) >= _TELLING:
        return certainty.of(Evidence.KNOWN, share)
    return certainty.of(Evidence.CALLED if family.name else Evidence.KIN, share)


def clean_title(title: str) -> str:
    """A heading as a title: its numbering ("3", "2.1", "IV.") taken away, its words kept."""
    shorter = re.sub(
        r"^\s*(?:\d{1,3}(?:\.\d{1,3})*[.)]?\s+(?=\D)|\d{1,3}[.)]\s*(?=\D)|(?:[IVXLC]{1,5}|[a-zA-Z])[.)]\s+)(?:[-–—‑]\s*)?",
        "",
        title,
    )
    return (shorter if any(c.isalpha() for c in shorter) else title).strip(" :–-")
