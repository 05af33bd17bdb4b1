"""Annexes by their headings, in the alliance's languages and their neighbours'. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import takewhile

from ingest.tree import Section, annex_label
from kb.words import Vocabulary

_LONGEST_TITLE = 100  # characters of a plain line below "Annex 1" that may be its title; by eye
_LEAST_CHAPTERS = 2  # numbered chapters after which "A. Title" is an annex
_NUMBERED = re.compile(r"^\s*(?:\d{1,2}|[IVX]{1,5})[.)]?\s+\S")
_LETTERED = re.compile(r"^\s*(?P<label>[A-Z])(?P<sign>[.):]\s*|\s++[–—-]?\s*+)(?P<title>[^\W\d_].*)$")


@dataclass(frozen=True, slots=True)
class Annex:
    """An annex: its label as printed ("Appendix A"), its title, and its section."""

    label: str
    title: str
    section: Section


def title_of(heading: str, vocabulary: Vocabulary) -> str:
    """A heading without an annex's label, where it bears one."""
    parsed = annex_label(heading, vocabulary)
    return parsed[1] if parsed and parsed[1] else heading


def find(root: Section, vocabulary: Vocabulary) -> list[Annex]:
    """The annexes in printed order; one that bears only its number takes the heading after it as its title.

    A heading that only opens the annexes ("Appendices") is none where others stand below or after it, nor is one
    with nothing below it that no witness names.
    """
    found: list[Annex] = []
    seen: dict[str, int] = {}
    unnumbered: set[int] = set()
    worded = list(_labelled(root, vocabulary))
    own = {id(section) for section, _, _ in worded}  # "A. függelék" has a letter, and the word for it
    for section, label, title in [*worded, *(one for one in _lettered(root) if id(one[0]) not in own)]:
        if not section.length and not section.children and not section.is_witnessed:
            continue
        name = title or _title_below(section)
        if not title and not _has_number(label):
            unnumbered.add(id(section))
        key = label.casefold()
        if key in seen and _has_number(label):
            held = found[seen[key]]
            if section.length > 2 * held.section.length and section.level <= held.section.level:
                found[seen[key]] = Annex(label, name or held.title, section)
            continue
        seen[key] = len(found)
        found.append(Annex(label, name, section))
    if any(_has_number(a.label) for a in found):
        found = [a for a in found if id(a.section) not in unnumbered]
    order = {id(s): n for n, s in enumerate(root.walk())}
    return sorted(found, key=lambda a: order[id(a.section)])


def _labelled(root: Section, vocabulary: Vocabulary) -> Iterator[tuple[Section, str, str]]:
    """Sections that bear a word for an annex, with label and title."""
    for section in root.walk():
        if section.level < 0 or section.is_aside:
            continue
        parsed = annex_label(section.kicker, vocabulary) if section.kicker else None
        if parsed is not None:
            label, title = parsed
            yield section, label, " ".join(part for part in (title, section.title) if part)
        elif (parsed := annex_label(section.title, vocabulary)) is not None:
            yield section, *parsed


def _lettered(root: Section) -> Iterator[tuple[Section, str, str]]:
    """Chapters with the letters A, B, C ... after the last numbered one: annexes without a word."""
    for parent in root.walk():
        kin = [s for s in parent.children if not s.is_aside]
        numbered = [n for n, s in enumerate(kin) if _NUMBERED.match(s.title)]
        if len(numbered) < _LEAST_CHAPTERS:
            continue
        yield from _in_sequence(kin[numbered[-1] + 1 :])


def _in_sequence(sections: Sequence[Section]) -> Iterator[tuple[Section, str, str]]:
    """Those that count from A; a single one without a sign after its letter may open with an article ("A day ...")."""
    matched = [(s, m) for s in sections if (m := _LETTERED.match(s.title))]
    letters = (chr(ord("A") + n) for n in range(len(matched)))
    run = [
        pair for pair, _ in takewhile(lambda p: p[0][1]["label"] == p[1], zip(matched, letters, strict=True))
    ]
    if len(run) == 1 and run[0][1]["sign"].isspace():
        return
    for section, match in run:
        yield section, match["label"], match["title"].strip()


def _has_number(label: str) -> bool:
    return len(label.split()) > 1 or len(label) == 1


def _title_below(section: Section) -> str:
    """The title set under "Annex 1": the first sub-heading if nothing stands between them."""
    if section.children and not section.lines and section.children[0].page == section.page:
        child = section.children[0]
        if any(s.look == child.look for s in section.children[1:]):
            return ""
        section.lines = [*child.lines]
        section.children = [*child.children, *section.children[1:]]
        section.heading = (*section.heading, *child.heading)
        return child.title
    first = section.lines[0] if section.lines else None
    if (
        first is not None
        and first.page == section.page
        and len(first.text) < _LONGEST_TITLE
        and not first.text.endswith(".")
    ):
        section.lines = section.lines[1:]
        section.heading = (*section.heading, first)
        return first.text
    return ""
