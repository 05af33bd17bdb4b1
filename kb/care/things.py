"""What is doubtful, each thing once with all that is doubtful about it. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from kb.care.doubts import Doubt, Item

_LAST = 10**9  # after every page


@dataclass(frozen=True, slots=True)
class Thing:
    """A record, an entry of the contents, a page or a text, with the reasons why it is doubtful, the worst first.

    A text that stands on several pages in the same words is one thing.
    """

    items: tuple[Item, ...]

    @property
    def first(self) -> Item:
        """The most pressing reason."""
        return self.items[0]

    @property
    def pages(self) -> tuple[int, ...]:
        """The PDF pages that it stands on, from 1; none where it stands on none."""
        return tuple(sorted({item.page for item in self.items if item.page is not None}))

    @property
    def reasons(self) -> tuple[Item, ...]:
        """Its items, of those that say the same only the first."""
        return tuple(
            {(item.doubt, str(item.why), item.edit): item for item in reversed(self.items)}.values()
        )[::-1]

    @property
    def ids(self) -> tuple[str, ...]:
        """What confirming it confirms."""
        return tuple(dict.fromkeys(item.id for item in self.items))


def things(items: Iterable[Item]) -> tuple[Thing, ...]:
    """Put items about the same together; by page, what stands on none last."""
    found: dict[tuple[str, ...], list[Item]] = {}
    for item in items:
        found.setdefault(_key(item), []).append(item)
    order = list(Doubt)
    made = [Thing(tuple(sorted(same, key=lambda item: order.index(item.doubt)))) for same in found.values()]
    return tuple(sorted(made, key=lambda one: next(iter(one.pages), _LAST)))


def _key(item: Item) -> tuple[str, ...]:
    if item.record:
        return item.handbook, item.record
    if item.doubt is Doubt.UNASSIGNED and item.title:
        return item.handbook, item.doubt, " ".join(item.title.split()), str(item.why)
    return item.handbook, item.id
