"""Another edition of a set of records, and which of its records is which: the truth that matching is held to."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

from kb.editions.differences import compare
from kb.editions.matching import identify
from kb.records import Field, Kind, Record, Span

ENOUGH_WORDS = 25
"""A record with fewer has too little text to be known by it: its title is changed in part only."""
OTHER = (  # noqa: SIM905 - a list of words to read
    "glacier lantern orchard velvet saffron compass harpsichord meridian tapestry bellows quarry falcon juniper "
    "marble anvil thimble lagoon cobalt trellis ember fjord gazelle hinge ivory jetty kelp loom mortar nectar"
).split()

OTHER_KIND = {Kind.SECTION: Kind.PRACTICE, Kind.PRACTICE: Kind.SECTION, Kind.TOOL: Kind.PRACTICE}


@dataclass(frozen=True, slots=True)
class Mutated:
    """A new edition as drafts; `origins` is the id of the old record that each is, "" for a new one.

    `split` holds (kept id, draft id of the part that left), `merged` (kept id, id of the one that went into it).
    """

    drafts: tuple[Record, ...]
    origins: tuple[str, ...]
    split: frozenset[tuple[str, str]]
    merged: frozenset[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Found:
    """Pairs found rightly, found, and to be found; then the same of splits and merges."""

    right: int
    found: int
    wanted: int
    parted_right: int = 0
    parted_found: int = 0
    parted_wanted: int = 0
    missed: tuple[str, ...] = field(default=(), compare=False)

    def __add__(self, other: Found) -> Found:
        return Found(
            self.right + other.right,
            self.found + other.found,
            self.wanted + other.wanted,
            self.parted_right + other.parted_right,
            self.parted_found + other.parted_found,
            self.parted_wanted + other.parted_wanted,
            self.missed + other.missed,
        )

    @property
    def precision(self) -> float:
        """Share of the pairs found that are right."""
        return self.right / self.found if self.found else 1.0

    @property
    def recall(self) -> float:
        """Share of the pairs to be found that were."""
        return self.right / self.wanted if self.wanted else 1.0

    @property
    def parted_precision(self) -> float:
        """The same of splits and merges."""
        return self.parted_right / self.parted_found if self.parted_found else 1.0

    @property
    def parted_recall(self) -> float:
        """The same of splits and merges."""
        return self.parted_right / self.parted_wanted if self.parted_wanted else 1.0


def mutate(
    old: Sequence[Record],
    chance: random.Random,
    rewritten: float,
    touched: float = 0.5,
    *,
    is_restyled: bool = False,
) -> Mutated:
    """Make the next edition; `touched` is the share of records rewritten, each in `rewritten` of its words.

    A restyled one is set anew as well: headings numbered otherwise, annexes lettered otherwise, years brought up
    to date, other quotes and dashes, other labels, pages further on, some records of another kind.
    """
    printer = _Printer(old, chance)
    if is_restyled:
        printer.restyle()
    return printer.edition(rewritten, touched)


def score(old: Sequence[Record], new: Mutated) -> Found:
    """Let the software find again which record is which, and compare with the truth."""
    known = {r.id for r in old}
    result = identify("hb", 2, old, new.drafts)
    pairs = [(got.id if got.id in known else "", true) for got, true in zip(result, new.origins, strict=True)]
    right = sum(1 for got, true in pairs if got == true and true)
    missed = tuple(
        f"{d.kind} {d.title[:50]!r} is {true or 'new'}, taken for {got or 'new'}"
        for d, (got, true) in zip(new.drafts, pairs, strict=True)
        if got != true
    )
    changes = compare(old, result)
    final = {d.id: r.id for d, r in zip(new.drafts, result, strict=True)}
    told = {("s", p.id, other) for p in changes.split for other, _ in p.others}
    told |= {("m", p.id, other) for p in changes.merged for other, _ in p.others}
    wanted = {("s", kept, final[part]) for kept, part in new.split} | {("m", *pair) for pair in new.merged}
    return Found(
        right,
        sum(1 for got, _ in pairs if got),
        sum(1 for _, true in pairs if true),
        len(told & wanted),
        len(told),
        len(wanted),
        missed,
    )


class _Printer:
    def __init__(self, old: Sequence[Record], chance: random.Random) -> None:
        self.chance = chance
        self.old = tuple(old)
        self.items: list[tuple[Record, str]] = [(r, r.id) for r in old]
        self.words = [w for r in old for w in r.text.split()] or OTHER
        self.split: set[tuple[str, str]] = set()
        self.merged: set[tuple[str, str]] = set()
        self.made = 0
        self.spoken_for: set[str] = set()

    def edition(self, rewritten: float, touched: float) -> Mutated:
        count = max(1, len(self.old) // 20)
        for change in (self.remove, self.split_one, self.merge_two, self.duplicate, self.move, self.retitle):
            for _ in range(count):
                change()
        self.items = [
            (self.rewritten(r, rewritten) if self.chance.random() < touched else r, origin)
            for r, origin in self.items
        ]
        for _ in range(count):
            self.add()
        for _ in range(count):
            self.reorder()
        drafts, names = [], {}
        for place, (record, _) in enumerate(self.items):
            names[record.id] = f"draft-{place}"
            drafts.append(replace(record, id=f"draft-{place}", handbook="", edition=0, position=place))
        drafts = [
            replace(d, annex=names.get(d.annex, ""), tools=tuple(names[t] for t in d.tools if t in names))
            for d in drafts
        ]
        return Mutated(
            tuple(drafts),
            tuple(origin for _, origin in self.items),
            frozenset((kept, names[part]) for kept, part in self.split),
            frozenset(self.merged),
        )

    # what a new layout and a new editor do to a whole edition

    def restyle(self) -> None:
        is_numbered = self.chance.random() < 0.7
        shift = self.chance.randint(-3, 12)
        labels = list(dict.fromkeys(r.annex_label for r, _ in self.items if r.annex_label))
        letters = {
            label: f"Annex {letter}"
            for label, letter in zip(
                self.chance.sample(labels, len(labels)), "ABCDEFGHIJKLMNOPQRSTUVWXYZ", strict=False
            )
        }
        own = list(dict.fromkeys(f.label for r, _ in self.items for f in r.fields if f.label))
        relabelled = {label: f"{label} in brief" for label in self.chance.sample(own, len(own) // 4)}
        for number, (record, origin) in enumerate(self.items):
            title = (
                _typed(re.sub(r"^(?:Annex\s+)?[A-Z]?\d+(?:\.\d+)*[.:]?\s+", "", record.title)) or record.title
            )
            title = re.sub(r"\b20\d\d\b", lambda year: str(int(year[0]) + 1), title)
            if self.chance.random() < 0.1:
                title = f"{title} (2026)"
            if is_numbered and record.kind is not Kind.TOOL:
                title = f"{number // 7 + 2}.{number % 7 + 1} {title}"
            fields = tuple(
                replace(
                    f,
                    label=relabelled.get(f.label, f.label),
                    text=_typed(f.text),
                    spans=tuple(Span(max(s.page + shift, 1)) for s in f.spans),
                )
                for f in record.fields
            )
            label = letters.get(record.annex_label, record.annex_label)
            first = max(record.page_start + shift, 1)
            changed = replace(
                record,
                title=title,
                fields=fields,
                annex_label=label,
                path=tuple(_typed(part) for part in record.path),
                page_start=first,
                page_end=first + record.page_end - record.page_start,
            )
            self.items[number] = (changed, origin)
        for _ in range(max(1, len(self.items) // 30)):
            place = self.pick(lambda r: r.kind in OTHER_KIND and _length(r) >= 2 * ENOUGH_WORDS)
            if place is not None:
                record, origin = self.items[place]
                self.items[place] = (replace(record, kind=OTHER_KIND[record.kind]), origin)

    # the changes, each of records that no other change of this kind needs as they are

    def pick(self, wanted: Callable[[Record], bool]) -> int | None:
        free = [n for n, (r, o) in enumerate(self.items) if o and o not in self.spoken_for and wanted(r)]
        if not free:
            return None
        place = self.chance.choice(free)
        self.spoken_for.add(self.items[place][1])
        return place

    def remove(self) -> None:
        if (place := self.pick(lambda r: r.kind is not Kind.ANNEX)) is not None:
            del self.items[place]

    def split_one(self) -> None:
        place = self.pick(lambda r: _parts(r) is not None)
        if place is None:
            return
        record, origin = self.items[place]
        parts = _parts(record)
        assert parts is not None
        first, second = parts
        left = self.new(replace(record, title=self.title(), fields=second))
        self.items[place] = (replace(record, fields=first), origin)
        self.items.insert(place + 1, (left, ""))
        self.split.add((origin, left.id))

    def merge_two(self) -> None:
        one = self.pick(lambda r: r.kind in (Kind.PRACTICE, Kind.SECTION) and _length(r) >= ENOUGH_WORDS)
        if one is None:
            return
        kind = self.items[one][0].kind
        other = self.pick(lambda r: r.kind is kind and _length(r) >= ENOUGH_WORDS)
        if other is None:
            return
        (kept, origin), (gone, lost) = self.items[one], self.items[other]
        self.items[one] = (replace(kept, fields=(*kept.fields, *gone.fields)), origin)
        del self.items[other]
        self.merged.add((origin, lost))

    def duplicate(self) -> None:
        place = self.pick(lambda r: _length(r) >= 8 and r.kind is not Kind.ANNEX)
        if place is None:
            return
        record, _ = self.items[place]
        title = record.title if self.chance.random() < 0.3 else self.title()
        copy = self.new(
            replace(record, title=title, annex="", annex_label="Annex of copies", path=("Annex of copies",))
        )
        self.items.append((copy, ""))

    def move(self) -> None:
        place = self.pick(lambda r: r.kind is Kind.PRACTICE or r.kind is Kind.TOOL)
        if place is not None:
            record, origin = self.items.pop(place)
            to = self.chance.randint(0, len(self.items))
            self.items.insert(to, (replace(record, annex_label="Annex of the moved", annex=""), origin))

    def retitle(self) -> None:
        if (place := self.pick(lambda _: True)) is not None:
            record, origin = self.items[place]
            words = record.title.split()
            if _length(record) >= ENOUGH_WORDS and self.chance.random() < 0.5:
                title = self.title()
            else:
                kept = self.chance.sample(range(len(words)), max(1, round(len(words) * 0.7)))
                title = " ".join([*(words[n] for n in sorted(kept)), self.chance.choice(OTHER)])
            self.items[place] = (replace(record, title=title), origin)

    def add(self) -> None:
        like = self.chance.choice(self.old)
        length = max(_length(like), 12)
        text = " ".join(self.chance.choice(self.words) for _ in range(length))
        made = replace(
            like, title=self.title(), fields=(Field("", text, (Span(1),)),), annex="", tools=(), page_start=1
        )
        if made.kind is Kind.ANNEX:
            made = replace(made, annex_label="Annex Z")
        self.items.insert(self.chance.randint(0, len(self.items)), (self.new(made), ""))

    def reorder(self) -> None:
        if len(self.items) > 1:
            item = self.items.pop(self.chance.randrange(len(self.items)))
            self.items.insert(self.chance.randint(0, len(self.items)), item)

    def rewritten(self, record: Record, share: float) -> Record:
        """Other words for a share of the words, here and there or in one stretch of each field."""
        is_scattered = self.chance.random() < 0.5
        fields = []
        for part in record.fields:
            words = re.split(r"(\s+)", part.text)
            places = range(0, len(words), 2)
            count = round(len(places) * share)
            if is_scattered:
                chosen = set(self.chance.sample(places, count))
            else:
                start = self.chance.randint(0, len(places) - count)
                chosen = set(places[start : start + count])
            text = "".join(
                self.chance.choice(self.words if self.chance.random() < 0.7 else OTHER)
                if n in chosen
                else word
                for n, word in enumerate(words)
            )
            fields.append(replace(part, text=text))
        return replace(record, fields=tuple(fields))

    def new(self, record: Record) -> Record:
        self.made += 1
        return replace(record, id=f"made-{self.made}")

    def title(self) -> str:
        own = [self.chance.choice(self.words) for _ in range(2)]
        return " ".join([*self.chance.sample(OTHER, 3), *own])


def _typed(text: str) -> str:
    """The same words with other quotes, dashes and spaces."""
    for old, new in (("’", "'"), ("“", '"'), ("”", '"'), (" – ", " — "), ("‑", "-"), ("fi", "\ufb01")):
        text = text.replace(old, new)
    return text


def _length(record: Record) -> int:
    return len(record.text.split())


def _parts(record: Record) -> tuple[tuple[Field, ...], tuple[Field, ...]] | None:
    """The two halves of a record that has enough text for two; the first is the longer."""
    if record.kind not in (Kind.PRACTICE, Kind.SECTION) or _length(record) < 3 * ENOUGH_WORDS:
        return None
    if len(record.fields) > 1:
        total, taken = _length(record), 0
        for n, part in enumerate(record.fields, 1):
            taken += len(part.text.split())
            if taken >= total / 2:
                rest = sum(len(f.text.split()) for f in record.fields[n:])
                return (record.fields[:n], record.fields[n:]) if rest >= ENOUGH_WORDS else None
    (only,) = record.fields[:1]
    words = only.text.split()
    middle = len(words) * 3 // 5
    if len(words) - middle < ENOUGH_WORDS:
        return None
    halves = (" ".join(words[:middle]), " ".join(words[middle:]))
    return (replace(only, text=halves[0]),), (replace(only, text=halves[1]),)
