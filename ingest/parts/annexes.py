"""Annexes by their headings, in the alliance's languages and their neighbours'. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from ingest.tree import Section
from kb.words import Pattern, Vocabulary

_LONGEST_TITLE = 100  # characters of a plain line below "Annex 1" that may be its title; by eye
_NUMBER = (
    r"(?:(?:<<annex.number>>|#)\s*)?"
    r"(?P<number>\d{1,2}(?:\.\d{1,2})?|[IVX]{1,5}|[A-Z]\d{0,2}|[a-z](?=[).:\s]|$)|[Α-Ω]|[α-ω])[΄´'’ʹ]?"
)


@dataclass(frozen=True, slots=True)
class Annex:
    """An annex: its label as printed ("Appendix A"), its title, and its section."""

    label: str
    title: str
    section: Section


@lru_cache(maxsize=4)
def _pattern(words: tuple[str, ...]) -> Pattern:
    choice = "|".join(re.escape(w) for w in sorted(words, key=len, reverse=True))
    return Pattern(rf"^\s*(?P<label>(?:{choice})\s+{_NUMBER})(?=[\s:.,)–—-]|$)\s*[:.,)–—-]*\s*(?P<title>.*)$")


def parse(heading: str, vocabulary: Vocabulary) -> tuple[str, str] | None:
    """A heading's label and title where it opens an annex: "Appendix A: Questions to ask"."""
    match = _pattern(vocabulary.annex_words).match(heading)
    if not match or (
        match["title"][:1].islower() and match["number"].isalpha() and len(match["number"]) == 1
    ):
        return None
    return " ".join(match["label"].split()), " ".join(match["title"].split())


def title_of(heading: str, vocabulary: Vocabulary) -> str:
    """A heading without an annex's label, where it bears one."""
    parsed = parse(heading, vocabulary)
    return parsed[1] if parsed and parsed[1] else heading


def find(root: Section, vocabulary: Vocabulary) -> list[Annex]:
    """The annexes in printed order; one that bears only its number takes the heading after it as its title."""
    found: list[Annex] = []
    seen: dict[str, int] = {}
    for section in root.walk():
        if section.level < 0 or section.is_aside:
            continue
        parsed = parse(section.title, vocabulary)
        if parsed is None:
            continue
        label, title = parsed
        if not title:
            title = _title_below(section)
        key = label.casefold()
        if key in seen:
            held = found[seen[key]]
            if section.length > 2 * held.section.length and section.level <= held.section.level:
                found[seen[key]] = Annex(label, title or held.title, section)
            continue
        seen[key] = len(found)
        found.append(Annex(label, title, section))
    found.sort(key=lambda a: a.section.page)
    return found


def _title_below(section: Section) -> str:
    """The title set under "Annex 1": the first sub-heading if nothing stands between them."""
    if section.children and not section.lines and section.children[0].page == section.page:
        child = section.children[0]
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
