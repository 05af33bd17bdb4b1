"""Large libraries to measure search in: records put together anew from the sentences of real handbooks.

Every record has the title, the labels, the institution and the values of a real one, and sentences of other
records under the same labels, in the same language. Everything goes the product's own way (cut into passages,
staged, indexed, published) but the embedding: each sentence is embedded once, and a passage's vector, put into
the store's cache, is the mean of its sentences'. So 10 000 passages cost a tenth of their embedding, while words,
vectors and facets are spread as in a real library. The same seed gives the same library.
"""

from __future__ import annotations

import hashlib
import random
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from benchmarks.setting import say
from ingest import pipeline
from kb import Edition, Facet, Field, Kind, Page, Passage, Record, Settings, Span, Vectors, index
from kb.index import sentences as of_sentences
from kb.model import Encoder, cut, load_encoder, sentences
from kb.store import Store, text_sha256

SEED = 4
A_HANDBOOK = 50  # records
PAGES = 60
LONGEST = 6  # sentences of a field
MOST_SENTENCES = 2500  # embedded, of each language's and label's an equal share
BATCH = 64


@dataclass(frozen=True, slots=True)
class Stock:
    """What records are put together from: real ones, and the sentences under each (language, label).

    `vectors` has a unit row a sentence.
    """

    records: tuple[Record, ...]
    sentences: Mapping[tuple[str, str], tuple[str, ...]]
    vectors: Mapping[str, Vectors]


@dataclass(frozen=True, slots=True)
class Large:
    """A library that was made, and how much is in it."""

    data: Path
    records: int
    passages: int


def libraries(made: Stock, encoder: Encoder, scratch: Path) -> tuple[Large, Large]:
    """Make one of 1 000 records, and one of 10 000 passages or a few more."""
    return (
        fill(scratch / "records", made, encoder, records=1_000),
        fill(scratch / "passages", made, encoder, passages=10_000),
    )


def stock(handbooks: Iterable[Path], scratch: Path) -> tuple[Stock, Encoder]:
    """Read the practices, tools and sections of some handbooks and embed their sentences."""
    settings = Settings(data=scratch)
    records = [r for path in handbooks for r in pipeline.extract(settings, path).records if r.text.strip()]
    found: dict[tuple[str, str], dict[str, None]] = defaultdict(dict)
    for record in records:
        for field in record.fields:
            for start, end in sentences(field.text):
                if end - start > 20:
                    found[record.language, field.name][field.text[start:end]] = None
    share = max(1, MOST_SENTENCES // max(1, len(found)))
    kept = {key: tuple(held)[: max(share, 40)] for key, held in sorted(found.items())}
    texts = sorted({text for held in kept.values() for text in held}, key=lambda text: (len(text), text))
    say(f"embedding {len(texts)} sentences ...")
    encoder = load_encoder(settings)
    rows = [encoder.passages(texts[at : at + BATCH]) for at in range(0, len(texts), BATCH)]
    usable = tuple(r for r in records if any((r.language, f.name) in kept for f in r.fields))
    return Stock(usable, kept, dict(zip(texts, np.concatenate(rows), strict=True))), encoder


def fill(data: Path, made: Stock, encoder: Encoder, records: int = 0, passages: int = 0) -> Large:
    """Write a library of so many records, or of as many handbooks as make so many passages."""
    count = [0, 0]
    with Store.open(data) as store:
        for number, book in enumerate(made_handbooks(made)):
            held = book[: records - count[0]] if records else book
            found = [passage for record in held for passage in cut(record, encoder)]
            _stage(store, number, held, found, made, encoder)
            count = [count[0] + len(held), count[1] + len(found)]
            if count[0] >= records > 0 or count[1] >= passages > 0:
                break
        editions = {f"handbook-{at}": 1 for at in range(number + 1)}
        store.publish(editions, index.build(store, editions, encoder))
    return Large(data, *count)


def made_handbooks(made: Stock) -> Iterator[list[Record]]:
    """Handbooks of mixed records, without an end."""
    chance = random.Random(SEED)
    number = 0
    while True:
        handbook = f"handbook-{number}"
        yield [_record(made, chance, handbook, at) for at in range(A_HANDBOOK)]
        number += 1


def _record(made: Stock, chance: random.Random, handbook: str, at: int) -> Record:
    model, other = chance.choice(made.records), chance.choice(made.records)
    page = 1 + at * (PAGES - 1) // A_HANDBOOK
    fields = tuple(_fields(made, chance, model, page))
    words, more = model.title.split(), other.title.split()
    return replace(
        model,
        id=f"{handbook}.record-{at}",
        title=" ".join((*words[: len(words) // 2 + 1], *more[len(more) // 2 :])),
        handbook=handbook,
        edition=1,
        position=at,
        page_start=page,
        page_end=page + 1,
        kind=model.kind if model.kind is not Kind.ANNEX else Kind.PRACTICE,
        fields=fields,
        institution=chance.choice((model, other)).institution,
        facets=tuple(_facets(model, page)),
        annex="",
        tools=(),
        mentions=(),
    )


def _fields(made: Stock, chance: random.Random, model: Record, page: int) -> Iterator[Field]:
    for field in model.fields:
        if held := made.sentences.get((model.language, field.name)):
            text = " ".join(chance.choices(held, k=chance.randint(1, LONGEST)))
            yield replace(field, text=text, spans=(Span(page), Span(page + 1)), links=())


def _facets(model: Record, page: int) -> Iterator[Facet]:
    return (replace(facet, page=page if facet.page else None) for facet in model.facets)


def _stage(
    store: Store, number: int, records: list[Record], found: list[Passage], made: Stock, encoder: Encoder
) -> None:
    pdf = f"%PDF-1.7\n% handbook {number} of a measurement\n%%EOF\n".encode()
    pages = tuple(Page(n, str(n), 595.0, 842.0, _printed(records, n)) for n in range(1, PAGES + 2))
    edition = Edition(
        handbook=f"handbook-{number}",
        number=1,
        title=f"Handbook {number}",
        language="en",
        pages=pages,
        sha256=hashlib.sha256(pdf).hexdigest(),
        file_name=f"handbook-{number}.pdf",
        ingested_at=datetime(2026, 1, 1, tzinfo=UTC).isoformat(),
    )
    store.stage(edition, records, found, pdf)
    vectors = {text_sha256(p.indexed): vector_of(p.text, made) for p in found}
    store.cache_vectors(encoder.id, vectors)
    parts = {text_sha256(p.indexed): _sentence_vectors(p, made) for p in found}
    store.cache_vectors(encoder.id + of_sentences.SAME_TEXT, parts)


def _printed(records: list[Record], page: int) -> str:
    """What stands on a page: titles, labels and texts of the records that start there."""
    held = [record for record in records if record.page_start == page]
    return "\n".join(
        line for r in held for line in (r.title, *(line for f in r.fields for line in (f.label, f.text)))
    )


def _sentence_vectors(passage: Passage, made: Stock) -> Vectors:
    """The vector of each of its sentences, one after the other, as the store keeps them; its own where one is cut."""
    whole, text = vector_of(passage.text, made), passage.text
    return np.concatenate(
        [made.vectors.get(text[a:b], whole) for a, b in sentences(text)] or [np.zeros(0, np.float32)]
    )


def vector_of(text: str, made: Stock) -> Vectors:
    """The mean of the vectors of the sentences that a passage is made of."""
    known = [made.vectors[text[a:b]] for a, b in sentences(text) if text[a:b] in made.vectors]
    mean = np.sum(known or list(made.vectors.values())[:1], axis=0)
    return np.asarray(mean / np.linalg.norm(mean), dtype=np.float32)
