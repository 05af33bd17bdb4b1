"""How good search is on a collection in BEIR's layout, answered over a temporary library of its documents."""

from __future__ import annotations

import hashlib
import json
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from kb import Edition, Field, InputError, Kind, Page, Progress, Record, Settings, Span, index, silent
from kb.measure.evaluation import (
    ALL,
    Costs,
    Evaluation,
    Measured,
    ask,
    measured_modes,
    query_of,
    reranking,
    rows,
)
from kb.measure.metrics import hit_at_1, ndcg, recall, reciprocal_rank
from kb.model import Encoder, cut
from kb.search import MOST_CHARACTERS, Library, Mode
from kb.store import Store
from kb.words import STEMMERS, matching_ranges

DEEP = 100  # answers of one query
SAMPLE = 200  # documents that tell a collection's language


def evaluate_collection(
    folder: Path, settings: Settings, encoder: Encoder | None, progress: Progress = silent
) -> Evaluation:
    """Answer the queries of a BEIR folder over a temporary library of its documents.

    A document becomes a practice; passages, indexes, fusion and grouping are those of every library. `recall`
    is recall@100 here. A graded judgement's grade is its gain. The settings' reranker is measured beside them.

    Raises:
        ModelError: the reranker fails at work.
        InputError: corpus.jsonl, queries.jsonl or qrels/test.tsv is missing or cannot be read.
    """
    records = _read_corpus(folder)
    qrels = _read_qrels(folder / "qrels" / "test.tsv")
    queries = [(q["_id"], q["text"]) for q in _json_lines(folder / "queries.jsonl") if q["_id"] in qrels]
    found: Measured = {}
    costs: Costs = {}
    with tempfile.TemporaryDirectory(prefix="kb-eval-") as scratch:
        data = Path(scratch)
        _fill(data, folder.name, records, encoder, progress)
        temporary = Settings(data=data, model=settings.model, reranker=settings.reranker)
        with Library.open(temporary, encoder) as library:
            modes = measured_modes(library) if encoder is not None else (Mode.WORDS.value,)
            served = library.snapshot(to_search=encoder is not None)
            for number, (name, text) in enumerate(queries):
                progress("queries", number, len(queries), "asking")
                for mode in modes:
                    hits = ask(served, query_of(text[:MOST_CHARACTERS], mode, {}, DEEP), costs).hits
                    got = [qrels[name].get(hit.record.id, 0.0) for hit in hits]
                    judged = list(qrels[name].values())
                    measures = ndcg(got, judged), hit_at_1(got, judged), recall(got, judged, DEEP)
                    found.setdefault((ALL, mode), []).append((*measures, reciprocal_rank(got)))
    return Evaluation(tuple(rows(found)), reranking=reranking(found, costs))


def language_of(texts: Iterable[str]) -> str:
    """The language whose function words a collection uses most; English for one without any."""
    counts = dict.fromkeys(STEMMERS, 0)
    for text in texts:
        for language in STEMMERS:
            counts[language] -= len(matching_ranges(text, text, language))  # those that are no function words
    return max(counts, key=lambda language: (counts[language], language == "en"))


def _read_corpus(folder: Path) -> list[Record]:
    documents = [d for d in _json_lines(folder / "corpus.jsonl") if (d.get("title") or d["text"]).strip()]
    language = language_of(d["text"] for d in documents[:: max(1, len(documents) // SAMPLE)])
    return [_document(number, d, language) for number, d in enumerate(documents)]


def _document(number: int, document: Mapping[str, Any], language: str) -> Record:
    text = str(document["text"]).strip()
    title = str(document.get("title") or "").strip() or " ".join(text.split()[:8])
    return Record(
        id=str(document["_id"]),
        kind=Kind.PRACTICE,
        title=title,
        handbook="collection",
        edition=1,
        position=number,
        page_start=1,
        page_end=1,
        fields=(Field("", text, (Span(1),)),) if text else (),
        language=language,
    )


def _read_qrels(path: Path) -> dict[str, dict[str, float]]:
    found: dict[str, dict[str, float]] = {}
    for number, line in enumerate(_lines(path)):
        try:
            query, document, grade = line.rstrip("\n").split("\t")
            if number and float(grade) > 0:  # the first line names the columns
                found.setdefault(query, {})[document] = float(grade)
        except ValueError as error:
            raise InputError(f"{path}: line {number + 1}: not query, document, grade with tabs") from error
    return found


def _json_lines(path: Path) -> Iterator[dict[str, Any]]:
    for number, line in enumerate(_lines(path), 1):
        try:
            found = json.loads(line)
            _ = found["_id"], found["text"]
        except (ValueError, KeyError, TypeError) as error:
            raise InputError(f"{path}: line {number}: not a JSON object with _id and text") from error
        yield found


def _lines(path: Path) -> list[str]:
    try:
        return [line for line in path.read_text(encoding="utf-8").split("\n") if line.strip()]
    except (OSError, ValueError) as error:
        parts = "corpus.jsonl, queries.jsonl and qrels/test.tsv"
        raise InputError(f"{path}: cannot be read ({error}); a BEIR folder has {parts}") from error


def _fill(
    data: Path, name: str, records: Sequence[Record], encoder: Encoder | None, progress: Progress
) -> None:
    """Make a library of one handbook out of the records."""
    pdf = b"no PDF: a collection's documents"
    sha256 = hashlib.sha256(pdf).hexdigest()
    page = Page(1, "1", 595.0, 842.0, "")
    language = records[0].language if records else "en"
    edition = Edition("collection", 1, name or "collection", language, (page,), sha256, name)
    with Store.open(data) as store:
        store.stage(edition, records, [p for record in records for p in cut(record, encoder)], pdf)
        store.publish({"collection": 1}, index.build(store, {"collection": 1}, encoder, progress))
