"""How good search is on a collection in BEIR's layout, answered over a temporary library of its documents."""

from __future__ import annotations

import hashlib
import json
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Self

from kb import Edition, Field, InputError, Kind, Page, Progress, Record, Settings, Span, index, silent
from kb.measure.evaluation import (
    ALL,
    Costs,
    Evaluation,
    Measured,
    ask,
    measured_modes,
    measures,
    named,
    query_of,
    reranking,
    rows,
    write_run,
)
from kb.model import Encoder, cut
from kb.search import MOST_CHARACTERS, Library, Mode
from kb.store import Store
from kb.words import STEMMERS, matching_ranges

DEEP = 100  # answers of one query
SHOWN = 10  # of these in a run file
SAMPLE = 200  # documents that tell a collection's language
UNTITLED = (
    "–"  # calls a document without a title: it has no word, so none is counted that is not the document's
)


@dataclass(frozen=True, slots=True)
class Collection:
    """Documents, the queries that are judged, and their grades: query -> document -> grade."""

    name: str
    documents: tuple[Mapping[str, Any], ...]
    queries: tuple[tuple[str, str], ...]
    qrels: Mapping[str, Mapping[str, float]]

    @classmethod
    def read(cls, folder: Path, queries: Path | None = None) -> Self:
        """A BEIR folder; its queries as another folder asks them, in another language, where one is given.

        Raises:
            InputError: corpus.jsonl, queries.jsonl or qrels/test.tsv is missing or cannot be read, or none of the
                queries is judged.
        """
        qrels = _read_qrels(folder / "qrels" / "test.tsv")
        asked = (queries or folder) / "queries.jsonl"
        texts = [(q["_id"], q["text"]) for q in _json_lines(asked) if q["_id"] in qrels]
        if not texts:
            raise InputError(f"{asked}: none of its queries is judged in {folder / 'qrels' / 'test.tsv'}")
        name = folder.name if queries is None else f"{folder.name} by {queries.name}"
        return cls(name, tuple(_json_lines(folder / "corpus.jsonl")), tuple(texts), qrels)

    @property
    def records(self) -> list[Record]:
        """The documents that say anything, each as a practice in the language of them all."""
        telling = [d for d in self.documents if (d.get("title") or d["text"]).strip()]
        language = language_of(d["text"] for d in telling[:: max(1, len(telling) // SAMPLE)])
        return [_document(number, document, language) for number, document in enumerate(telling)]

    @contextmanager
    def opened(
        self, settings: Settings, encoder: Encoder | None, progress: Progress = silent
    ) -> Iterator[Settings]:
        """Fill a temporary library with the documents; its settings, to open it with."""
        with tempfile.TemporaryDirectory(prefix="kb-eval-") as scratch:
            self.fill(Path(scratch), encoder, progress)
            yield replace(settings, data=Path(scratch))

    def fill(self, data: Path, encoder: Encoder | None, progress: Progress = silent) -> None:
        """Make a library of one handbook out of the documents."""
        pdf = b"no PDF: a collection's documents"
        records = self.records
        language = records[0].language if records else "en"
        page, digest = Page(1, "1", 595.0, 842.0, ""), hashlib.sha256(pdf).hexdigest()
        edition = Edition("collection", 1, self.name, language, (page,), digest, self.name)
        with Store.open(data) as store:
            passages = [p for record in records for p in cut(record, encoder)]
            store.stage(edition, records, passages, pdf)
            store.publish({"collection": 1}, index.build(store, {"collection": 1}, encoder, progress))

    def evaluate(
        self,
        library: Library,
        modes: Sequence[str],
        progress: Progress = silent,
        run: Path | None = None,
    ) -> Evaluation:
        """Ask the library of the documents every query, in each mode; write the last mode's answers to `run`."""
        found: Measured = {}
        costs: Costs = {}
        lines: list[dict[str, Any]] = []
        served = library.snapshot(to_search=modes[-1] != Mode.WORDS)
        for number, (name, text) in enumerate(self.queries):
            progress("queries", number, len(self.queries), "asking")
            for mode in modes:
                hits = ask(served, query_of(text[:MOST_CHARACTERS], mode, {}, DEEP), costs).hits
                got = [self.qrels[name].get(hit.record.id, 0.0) for hit in hits]
                figures = measures(got, list(self.qrels[name].values()), DEEP)
                found.setdefault((ALL, mode), []).append(figures)
            shown = [{"id": hit.record.id, "score": round(hit.score, 6)} for hit in hits[:SHOWN]]
            lines.append({"id": name, "results": shown, "groups": [ALL], "measures": named(figures, DEEP)})
        if run is not None:
            write_run(run, lines)
        return Evaluation(tuple(rows(found)), reranking=reranking(found, costs))


def evaluate_collection(
    folder: Path,
    settings: Settings,
    encoder: Encoder | None,
    progress: Progress = silent,
    *,
    queries: Path | None = None,
    run: Path | None = None,
) -> Evaluation:
    """Answer the queries of a BEIR folder over a temporary library of its documents.

    A document becomes a practice; passages, indexes, fusion and grouping are those of every library. `recall`
    is recall@100 here. A graded judgement's grade is its gain. The settings' reranker is measured beside them.
    `queries` is a folder that asks the same in another language.

    Raises:
        ModelError: the reranker fails at work.
        InputError: corpus.jsonl, queries.jsonl or qrels/test.tsv is missing or cannot be read.
    """
    collection = Collection.read(folder, queries)
    with collection.opened(settings, encoder, progress) as filled, Library.open(filled, encoder) as library:
        modes = measured_modes(library) if encoder is not None else (Mode.WORDS.value,)
        return collection.evaluate(library, modes, progress, run)


def means_over(found: Iterable[Evaluation]) -> dict[str, float]:
    """The mean nDCG@10 over collections by mode, and of hybrid search over the better of its legs."""
    all_of = list(found)
    modes = dict.fromkeys(row.mode for one in all_of for row in one.rows)
    ratios = [one.over_better_leg for one in all_of if one.over_better_leg is not None]
    means = {mode: sum(one.ndcg(mode) for one in all_of) / len(all_of) for mode in modes}
    return {**means, "over_better_leg": sum(ratios) / len(ratios)} if ratios else means


def language_of(texts: Iterable[str]) -> str:
    """The language whose function words a collection uses most; English for one without any."""
    counts = dict.fromkeys(STEMMERS, 0)
    for text in texts:
        for language in STEMMERS:
            counts[language] -= len(matching_ranges(text, text, language))  # those that are no function words
    return max(counts, key=lambda language: (counts[language], language == "en"))


def _document(number: int, document: Mapping[str, Any], language: str) -> Record:
    text = str(document["text"]).strip()
    title = str(document.get("title") or "").strip() or UNTITLED
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
