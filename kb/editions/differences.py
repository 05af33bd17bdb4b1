"""What changed between two editions: records added, removed, renamed, moved, rewritten, split and merged. Pure."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from kb import Caveat, Kind, Record
from kb.editions.matching import LEAST_TEXT, LEAST_TITLE, shingles, text_likeness, title_likeness, words

_MOST_REMOVED = 0.3  # share of an edition's records; above it the file may be the wrong one
# Runs of three words tell a text: at 30 % of words replaced a third of them is left, and another text has none.
_RUN, _RARE = 3, 2
_LEAST_RUNS, _LEAST_TAKEN, _MOST_LEFT = 12, 0.25, 0.25
_REFERENCE = re.compile(r"\[\d+(?:\s*[,;–-]\s*\d+)*\]")  # "[18]": the same source has another number


@dataclass(frozen=True, slots=True)
class Change:
    """A record that has another title or place: what it was and what it is."""

    id: str
    title: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Rewrite:
    """A record some of whose fields read otherwise, by printed label."""

    id: str
    title: str
    fields: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Parting:
    """A record whose text stands in several (`others`) now, or in which several stand; (id, title) each."""

    id: str
    title: str
    others: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Changes:
    """What differs between two editions, in printed order; records are (id, title).

    `split` names kept records and the added ones that took a part of their text with them, `merged` kept
    records and the removed ones whose text went into them: `added`, `removed` and `rewritten` have those, too.
    """

    added: tuple[tuple[str, str], ...]
    removed: tuple[tuple[str, str], ...]
    renamed: tuple[Change, ...]
    moved: tuple[Change, ...]
    rewritten: tuple[Rewrite, ...]
    unchanged: int
    split: tuple[Parting, ...] = ()
    merged: tuple[Parting, ...] = ()


@dataclass(frozen=True, slots=True)
class Plan:
    """What publishing an edition would change, to be agreed to before it is; nothing is written yet.

    `before` is the number of the served edition, None for a handbook that is not served (`changes` is then
    None as well); `doubtful` are records taken for the same though they are not much alike;
    `caveats` say what was amiss when it was read, worst first.
    """

    file: str
    handbook: str
    title: str
    before: int | None
    edition: int
    old_records: int
    records: int
    changes: Changes | None
    doubtful: tuple[Change, ...]
    caveats: tuple[Caveat, ...] = ()

    @property
    def is_drastic(self) -> bool:
        """Whether so many records would go that it may be the wrong file."""
        return self.changes is not None and len(self.changes.removed) > _MOST_REMOVED * self.old_records


def compare(old: Sequence[Record], new: Sequence[Record]) -> Changes:
    """What changed between two editions whose records bear their final ids."""
    before = {r.id: r for r in old}
    after = {r.id: r for r in new}
    kept = [(before[r.id], r) for r in new if r.id in before]
    renamed = tuple(Change(n.id, n.title, o.title, n.title) for o, n in kept if o.title != n.title)
    moved = tuple(
        Change(n.id, n.title, o.annex_label, n.annex_label) for o, n in kept if o.annex_label != n.annex_label
    )
    rewritten = tuple(Rewrite(n.id, n.title, labels) for o, n in kept if (labels := _rewritten_fields(o, n)))
    touched = {c.id for c in (*renamed, *moved)} | {w.id for w in rewritten}
    return Changes(
        added=tuple((r.id, r.title) for r in new if r.id not in before),
        removed=tuple((r.id, r.title) for r in old if r.id not in after),
        renamed=renamed,
        moved=moved,
        rewritten=rewritten,
        unchanged=len(kept) - len(touched),
        split=_split(old, new),
        merged=_merged(old, new),
    )


def doubtful(old: Sequence[Record], new: Sequence[Record]) -> tuple[Change, ...]:
    """The records that were taken for the same though neither title nor text is much alike: to be looked at."""
    before = {r.id: r for r in old}
    kept = [r for r in new if r.id in before]
    if not kept:
        return ()
    known = [before[r.id] for r in kept]
    title = title_likeness(kept, known)
    text = text_likeness(kept, known, title)
    return tuple(
        Change(r.id, r.title, before[r.id].title, r.title)
        for n, r in enumerate(kept)
        if title[n, n] < LEAST_TITLE and text[n, n] < LEAST_TEXT
    )


def _split(old: Sequence[Record], new: Sequence[Record]) -> tuple[Parting, ...]:
    """Records that are kept, of whose text a part stands in an added one and no longer in themselves."""
    before, after = {r.id: r for r in old}, {r.id: r for r in new}
    runs, runs_after = _runs(old), _runs(new)
    parts: dict[str, list[tuple[str, str]]] = {}
    for added in (r for r in new if r.id not in before):
        source = _best_source(runs_after[added.id], {n: runs[n] for n in before if n in after}, runs_after)
        if source and before[source].kind == added.kind:
            parts.setdefault(source, []).append((added.id, added.title))
    return tuple(Parting(r.id, r.title, tuple(parts[r.id])) for r in new if r.id in parts)


def _merged(old: Sequence[Record], new: Sequence[Record]) -> tuple[Parting, ...]:
    """Records that are kept, in which the text of a removed one stands that did not before: the reverse."""
    titles = {r.id: r.title for r in new}
    return tuple(replace(parting, title=titles[parting.id]) for parting in _split(new, old))


def _best_source(
    part: frozenset[str], whole: Mapping[str, frozenset[str]], now: Mapping[str, frozenset[str]]
) -> str:
    """The record that most of a part's text was in, and is in no longer; "" for none."""
    if len(part) < _LEAST_RUNS:
        return ""
    shares = {name: len(part & runs) / len(part) for name, runs in whole.items() if runs}
    best = max(shares, key=lambda name: (shares[name], name), default="")
    if not best or shares[best] < _LEAST_TAKEN:
        return ""
    return best if len(part & now[best]) / len(part) <= _MOST_LEFT * shares[best] else ""


def _runs(records: Sequence[Record]) -> dict[str, frozenset[str]]:
    """The runs of words of each record that hardly any other has; of tools outside annexes none.

    Those have no text of their own: theirs is the sentences that name them.
    """
    found = {
        r.id: frozenset(shingles(words(r.text), _RUN)) if r.kind != Kind.TOOL or r.annex else frozenset()
        for r in records
    }
    counts = Counter(run for runs in found.values() for run in runs)
    return {name: frozenset(run for run in runs if counts[run] <= _RARE) for name, runs in found.items()}


def _rewritten_fields(old: Record, new: Record) -> tuple[str, ...]:
    """Labels whose text differs by more than white space, line-end hyphens and renumbered references."""
    if old.kind == Kind.TOOL and not old.annex and not new.annex:
        return ()  # its text is the sentences that name it, which change with the practices
    texts = {n: _by_label(r) for n, r in ((0, old), (1, new))}
    labels = list(dict.fromkeys([*texts[0], *texts[1]]))
    return tuple(label for label in labels if texts[0].get(label) != texts[1].get(label))


def is_reworded(old: Record, new: Record) -> bool:
    """Whether a record has another title or a field that reads otherwise."""
    return old.title != new.title or bool(_rewritten_fields(old, new))


def _by_label(record: Record) -> dict[str, str]:
    found: dict[str, str] = {}
    for value in record.fields:
        found[value.label] = found.get(value.label, "") + "".join(words(unreferenced(value.text)))
    return found


def unreferenced(text: str) -> str:
    """A text without the numbers of its references, which differ where another one was put in before."""
    return _REFERENCE.sub("", text)
