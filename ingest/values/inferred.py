"""Names for labels that the vocabulary does not list: the field whose listed labels mean nearly the same.

The encoder compares; how near is near enough is measured on the vocabulary itself, for each encoder and language
anew: the figures of one model say nothing of another's. A name found so is marked as inferred, with all that
follows from it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from ingest.values.facet_values import stated_in
from ingest.values.places import once
from kb import Facet, Field, Kind, Origin, Record, Vectors
from kb.model import Encoder
from kb.words import LANGUAGES, Vocabulary, label_key

PRECISION = 0.96
"""Share of listed labels that must find their own field by the others of it. Chosen by reading what it lets
through: with 0.96 all names of labels of the handbooks at hand were right, with 0.95 the first wrong ones came."""
LEAST_AGREEING = 20  # listed labels on which that share must rest
_USUAL = 0.1  # share of listed labels that are less like any other of their field than what is taken for one
_MARGINS = np.arange(0.0, 0.5, 0.01)
_MOST_WORDS = 9  # longer ones are sentences, or questions of the handbook's own


@dataclass(frozen=True, slots=True)
class ListedLabels:
    """The labels that the vocabulary lists for a language and English: `rows` float32 (n, dim), a field each.

    A label is a field's if it is at least as near to one of these as `floor`, and nearer than to any of another
    field's by at least `margin`; a `margin` of 2 takes none.
    """

    rows: Vectors
    fields: NDArray[np.int64]
    names: tuple[str, ...]
    floor: float
    margin: float

    @classmethod
    def of(cls, vocabulary: Vocabulary, language: str, encoder: Encoder) -> ListedLabels:
        """Embed the listed labels and measure on those of the language how near a label must be."""
        names = vocabulary.field_names
        texts: dict[str, int] = {}
        own = set()
        for number, name in enumerate(names):
            for lang in dict.fromkeys((language, "en")):
                for text in vocabulary.field_labels(name, lang):
                    texts.setdefault(text, number)
                    own.update([text] if lang == language else [])
        rows = encoder.passages(list(texts))
        fields = np.array(list(texts.values()), dtype=np.int64)
        asked = np.array([text in own for text in texts])
        keys = np.array([label_key(text) for text in texts])
        likeness = rows[asked] @ rows.T
        likeness[keys[asked][:, None] == keys[None, :]] = -1.0  # no label speaks for itself
        floor, margin = _measure(_by_field(likeness, fields, len(names)), fields[asked])
        return cls(rows, fields, names, floor, margin)

    def name(self, rows: Vectors) -> list[str]:
        """The field that each label belongs to, "" where that is in doubt."""
        best, top, lead = _first(_by_field(rows @ self.rows.T, self.fields, len(self.names)))
        is_near = (top >= self.floor) & (lead >= self.margin)
        return [self.names[field] if near else "" for field, near in zip(best, is_near, strict=True)]


def infer(records: Sequence[Record], encoder: Encoder, vocabulary: Vocabulary) -> tuple[Record, ...]:
    """The same records, with a name for the labels of practices whose meaning is beyond doubt.

    Label and text stay as they are printed. The new field, and the facets that it gives a record that had none of
    their kind, are marked as inferred.
    """
    wanted: dict[str, dict[str, str]] = {}
    for record in records:
        for label in _unnamed(record):
            wanted.setdefault(_language(record), {})[label] = ""
    for language, labels in sorted(wanted.items()):
        listed = _listed(vocabulary, language, encoder)
        labels.update(zip(labels, listed.name(encoder.passages(list(labels))), strict=True))
    return tuple(_with_names(r, wanted.get(_language(r), {}), vocabulary) for r in records)


def _unnamed(record: Record) -> list[str]:
    if record.kind is not Kind.PRACTICE:
        return []
    return [f.label for f in record.fields if f.label and not f.name and len(f.label.split()) <= _MOST_WORDS]


def _language(record: Record) -> str:
    return record.language if record.language in LANGUAGES else "en"


_kept: dict[tuple[str, str], tuple[Vocabulary, ListedLabels]] = {}
"""By encoder and language: a server that reads many handbooks embeds the listed labels once."""


def _listed(vocabulary: Vocabulary, language: str, encoder: Encoder) -> ListedLabels:
    known, listed = _kept.get((encoder.id, language), (None, None))
    if listed is None or known is not vocabulary:
        listed = ListedLabels.of(vocabulary, language, encoder)
        _kept[encoder.id, language] = vocabulary, listed
    return listed


def _with_names(record: Record, names: dict[str, str], vocabulary: Vocabulary) -> Record:
    found = {
        n: replace(f, name=names[f.label], origin=Origin.INFERRED)
        for n, f in enumerate(record.fields)
        if f.label in _unnamed(record) and names.get(f.label)
    }
    if not found:
        return record
    fields = tuple(found.get(n, f) for n, f in enumerate(record.fields))
    return replace(record, fields=fields, facets=_with_facets(record, found.values(), vocabulary))


def _with_facets(record: Record, fields: Iterable[Field], vocabulary: Vocabulary) -> tuple[Facet, ...]:
    held = {f.name for f in record.facets}
    more = stated_in(fields, vocabulary, record.language)
    return (*record.facets, *once(f for f in more if f.name not in held))


# ---- how near is near enough


def _by_field(likeness: NDArray[np.float32], fields: NDArray[np.int64], count: int) -> NDArray[np.float32]:
    """The likeness of each row to the nearest label of each field: (n, labels) -> (n, fields)."""
    nearest = np.full((len(likeness), count), -1.0, dtype=np.float32)
    for field in range(count):
        nearest[:, field] = likeness[:, fields == field].max(axis=1, initial=-1.0)
    return nearest


def _first(
    nearest: NDArray[np.float32],
) -> tuple[NDArray[np.int64], NDArray[np.float32], NDArray[np.float32]]:
    """The nearest field of each row (equal ones: the first), how near it is, and its lead over the next."""
    order = np.argsort(-nearest, axis=1, kind="stable")
    rows = np.arange(len(nearest))
    top = nearest[rows, order[:, 0]]
    return order[:, 0], top, top - nearest[rows, order[:, 1]]


def _measure(nearest: NDArray[np.float32], fields: NDArray[np.int64]) -> tuple[float, float]:
    """The floor that most listed labels reach, and the least margin with which enough of them are told right."""
    best, top, lead = _first(nearest)
    is_right = best == fields
    if not is_right.any():
        return 1.0, 2.0
    floor = float(np.quantile(top[is_right], _USUAL))
    for margin in _MARGINS:
        taken = (top >= floor) & (lead >= margin)
        if taken.sum() >= LEAST_AGREEING and is_right[taken].mean() >= PRECISION:
            return floor, float(margin)
    return floor, 2.0
