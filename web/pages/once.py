"""Each value once: which fields the facts of a record say whole, and which facts a field says already. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from kb import Facet, Field, Kind, Origin, Record
from kb.words import facets, fold, is_stop_word

KEY_FACTS = {
    Kind.PRACTICE: ("institution", "country", "theme", "format", "level"),
    Kind.TOOL: (),
    Kind.ANNEX: (),
    Kind.SECTION: (),
}
"""What a reader looks for first; said to be absent where the handbook is silent."""
MOST_OF_A_VALUE = 160
"""Characters of a field that can be a list of values; a longer one is prose."""


@dataclass(frozen=True, slots=True)
class Once:
    """Where a record's values are shown: `places` has the field (from 1) that states each, None where none is known.

    `whole` are the fields of which the values leave no word out: these are shown as facts alone.
    """

    record: Record
    places: Mapping[Facet, int | None]
    whole: frozenset[int]

    @classmethod
    def of(cls, record: Record) -> Once:
        """Go through the values of a record."""
        places = {facet: _stating(record, facet) for facet in record.facets}
        whole = set()
        for number, field in enumerate(record.fields, 1):
            own = [facet for facet, place in places.items() if place == number]
            words = [part for facet in own for part in (facet.printed, facet.value) if part]
            if own and not field.notes and not field.tables and _leave_nothing(words, field, record.language):
                whole.add(number)
        return cls(record, places, frozenset(whole))

    def is_in_text(self, facet: Facet) -> bool:
        """Whether a value need not be shown as a fact, as words that are shown hold it; key facts always are.

        So it is with one of a field that is shown, and with the year in a duration that is a fact.
        """
        place = self.places.get(facet)
        if place is None or facet.name in KEY_FACTS[self.record.kind]:
            return False
        if place not in self.whole:
            return True
        own = _words(facet)
        others = (
            _words(other) for other, at in self.places.items() if at == place and other.name != facet.name
        )
        return any(own != other and own in other for other in others)


def _words(facet: Facet) -> str:
    return fold(facet.printed or facet.value)


def _stating(record: Record, facet: Facet) -> int | None:
    """The labelled field that a value was read from: of its facet and with its words, else of its facet."""
    names = facets.BY_NAME[facet.name].fields if facet.name in facets.BY_NAME else ()
    if facet.origin is Origin.INFERRED:
        return None
    own = [
        number
        for number, field in enumerate(record.fields, 1)
        if field.label and field.name in names and facet.page in (None, *(span.page for span in field.spans))
    ]
    worded = [number for number in own if _words(facet) in fold(record.fields[number - 1].text)]
    return next(iter((*worded, *own)), None)


def _leave_nothing(words: Iterable[str], field: Field, language: str) -> bool:
    if len(field.text) > MOST_OF_A_VALUE:
        return False
    left = f" {fold(field.text)} "
    for part in sorted({fold(one) for one in words}, key=len, reverse=True):
        left = re.sub(rf"(?<!\w){re.escape(part)}(?!\w)", " ", left)
    return all(len(word) == 1 or is_stop_word(word, language) for word in re.findall(r"\w+", left))
