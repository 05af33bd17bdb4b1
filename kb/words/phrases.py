"""Find known phrases in a text: whole words, longest first, in one pass over the tokens."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from kb.words.folding import plain, shown_as

# Zero-width space, joiners, word joiner, byte order mark and soft hyphen: printed as nothing.
_INVISIBLE = "\u00ad\u200b\u200c\u200d\u2060\ufeff"
# A word (with the marks and invisible characters inside it), a break of paragraphs, a dash between spaces, or
# any one sign. Spaces, hyphens, apostrophes, slashes and ampersands separate words and are no tokens, so that
# "Aix-Marseille Université" is found however it is joined, while a full stop or a comma parts two phrases.
_TOKEN_RE = re.compile(
    rf"[^\W_](?:[\w\u0300-\u036f{_INVISIBLE}])*|\n[^\S\n]*\n\s*|(?<=\s)[-–—](?=\s)"
    rf"|[^\s\w\-\u2010-\u2015'\u2018\u2019\u02bc&/{_INVISIBLE}]"
)
# A word of three and more capitals right before or after, on the same line.
_CAPITALS_BEFORE_RE = re.compile(r"(?<![^\W_])([A-ZÀ-ÞΑ-Ω]{3,})[^\S\n]+$")
_CAPITALS_AFTER_RE = re.compile(r"[^\S\n]+([A-ZÀ-ÞΑ-Ω]{3,})(?![^\W_])")


class Find(NamedTuple):
    """One phrase in a text: the canonical name and the characters text[start:end] that say so."""

    name: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Form:
    """One way of writing a name.

    An `is_exact` form counts only in the capitals it is written in. An `is_weak` form counts only in company:
    beside another name of its kind or a voucher, or where the text holds nothing else. `languages` limits
    a form to texts known to be in one of these. An empty `name` marks a phrase to pass over ("New England").
    """

    text: str
    name: str
    is_exact: bool = False
    is_weak: bool = False
    languages: frozenset[str] = frozenset()


class _Token(NamedTuple):
    plain: str
    start: int
    end: int


class _Entry(NamedTuple):
    tokens: tuple[str, ...]
    written: tuple[str, ...]
    form: Form


@dataclass(frozen=True, slots=True)
class Phrases:
    """An index of forms by their first word.

    `is_proper` phrases are names: they count only with a capital first letter. `vouchers` are the
    plain words whose presence in a text makes its weak forms count.
    """

    by_first: Mapping[str, tuple[_Entry, ...]]
    is_proper: bool = False
    vouchers: frozenset[str] = field(default_factory=frozenset)

    @classmethod
    def of(cls, forms: Iterable[Form], is_proper: bool = False, vouchers: Iterable[str] = ()) -> Phrases:
        """Index forms, the longest of each first word first."""
        by_first: dict[str, list[_Entry]] = {}
        for form in forms:
            tokens = _tokens(form.text)
            if tokens:
                entry = _Entry(tuple(t.plain for t in tokens), _written(form.text, tokens), form)
                by_first.setdefault(tokens[0].plain, []).append(entry)
        for entries in by_first.values():
            # An exact form before an any-case one of the same words; then by name, for a stable order.
            entries.sort(key=lambda e: (-len(e.tokens), not e.form.is_exact, e.form.is_weak, e.form.name))
        vouching = frozenset(plain(v) for v in vouchers)
        return cls({first: tuple(entries) for first, entries in by_first.items()}, is_proper, vouching)

    def find(self, text: str, lang: str = "") -> tuple[Find, ...]:
        """Find every phrase, in the order of the text, none overlapping; the longest from the left wins."""
        tokens = _tokens(text)
        matches: list[tuple[_Entry, Find]] = []
        at = 0
        while at < len(tokens):
            entry = self._longest(text, tokens, at, lang)
            if entry is None:
                at += 1
                continue
            last = at + len(entry.tokens) - 1
            if entry.form.name:
                matches.append((entry, Find(entry.form.name, tokens[at].start, tokens[last].end)))
            at = last + 1
        return self._in_company(text, tokens, matches)

    def whole(self, text: str, lang: str = "") -> str:
        """Name the one phrase that a text consists of, signs around it aside; "" where there is none."""
        found = self.find(text, lang)
        if len(found) != 1:
            return ""
        around = text[: found[0].start] + text[found[0].end :]
        return "" if any(c.isalnum() for c in around) else found[0].name

    def _longest(self, text: str, tokens: list[_Token], at: int, lang: str) -> _Entry | None:
        for entry in self.by_first.get(tokens[at].plain, ()):
            here = tokens[at : at + len(entry.tokens)]
            if tuple(t.plain for t in here) != entry.tokens:
                continue
            if entry.form.languages and lang not in entry.form.languages:
                continue
            if entry.form.is_exact and _written(text, here) != entry.written:
                continue
            if self.is_proper and entry.form.name and text[here[0].start].islower():
                continue
            return entry
        return None

    def _in_company(
        self, text: str, tokens: list[_Token], matches: list[tuple[_Entry, Find]]
    ) -> tuple[Find, ...]:
        names = {found.name for _, found in matches}
        edges = {edge for _, found in matches for edge in (found.start, found.end)}
        words = sum(1 for t in tokens if t.plain[0].isalnum())
        is_alone = len(matches) == 1 and words == len(matches[0][0].tokens)
        is_vouched = len(names) > 1 or any(t.plain in self.vouchers for t in tokens)
        return tuple(
            found
            for entry, found in matches
            if is_alone or not entry.form.is_weak or (is_vouched and not _is_shouted(text, found, edges))
        )


def _tokens(text: str) -> list[_Token]:
    return [_Token(plain(m[0]) or m[0], m.start(), m.end()) for m in _TOKEN_RE.finditer(text)]


def _written(text: str, tokens: Iterable[_Token]) -> tuple[str, ...]:
    return tuple(shown_as(text[t.start : t.end]) for t in tokens)


def _is_shouted(text: str, found: Find, edges: Collection[int]) -> bool:
    """Say whether a short form stands among other words in capitals ("CONTACT US"), where it may be any word.

    A list of short forms ("AMU UB SU") is not shouting: `edges` are where the other finds begin and end.
    """
    before = _CAPITALS_BEFORE_RE.search(text, max(0, found.start - 60), found.start)
    after = _CAPITALS_AFTER_RE.match(text, found.end)
    return bool((before and before.end(1) not in edges) or (after and after.start(1) not in edges))
