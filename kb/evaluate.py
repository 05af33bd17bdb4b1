"""How good search is: judged needs over the library, or a collection in BEIR's layout -> scores and a run file."""

from __future__ import annotations

import hashlib
import json
import tempfile
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from pathlib import Path
from typing import Any

from kb import index
from kb.encoder import Encoder
from kb.errors import InputError
from kb.lexical import fold
from kb.passages import cut
from kb.query import MOST_CHARACTERS, Query
from kb.ranking import hit_at_1, mean, ndcg, recall, recall_of_best, reciprocal_rank
from kb.records import Edition, Field, Kind, Page, Record, Span
from kb.retrieval import Mode
from kb.search import Hit, Library
from kb.settings import Settings
from kb.similar import Similar
from kb.stopwords import STOP_WORDS
from kb.store import Store

ALIKE = 0.85  # titles at least so alike are the same
CROSS_LINGUAL = "cross-lingual"
SAME_LANGUAGE = "same language"
ALL = "all"
SHOWN = 10  # answers of one need in a run file
DEEP = 100  # answers of one query of a collection

Progress = Callable[[str, int, int, str], None]
Judged = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Row:
    """The means over the needs of one style, in one mode; `recall` is recall@5 of the best, @100 for a collection."""

    style: str
    mode: Mode
    count: int
    ndcg: float
    hit_at_1: float
    recall: float
    mrr: float


@dataclass(frozen=True, slots=True)
class Evaluation:
    """The rows by style and mode; how often "nothing fits" was said, rightly and wrongly, each (said, of).

    `similar_ndcg` is nDCG@5 of the similar lists, None where none is judged; `unknown` names judged records that
    this library does not hold.
    """

    rows: tuple[Row, ...]
    none_rightly: tuple[int, int] = (0, 0)
    none_wrongly: tuple[int, int] = (0, 0)
    none_wrongly_same_language: tuple[int, int] = (0, 0)
    similar_ndcg: float | None = None
    similar_count: int = 0
    unknown: tuple[str, ...] = ()


def evaluate_needs(library: Library, needs: Path, run: Path | None = None) -> Evaluation:
    """Answer judged needs by words, by meaning and both; write the hybrid answers to `run` as JSON lines.

    Only the handbooks of the needs' pool are searched.

    Raises:
        InputError: the file cannot be read, or the library holds none of the pool's handbooks.
    """
    judged = _read_needs(needs)
    files = {h.id: h.file_name for h in library.handbooks()}
    pool = judged.get("pool") or sorted(set(files.values()))
    books = tuple(sorted(book for book, file in files.items() if file in pool))
    if not books:
        raise InputError(f"{needs}: the library holds none of its handbooks; ingest {', '.join(pool)} first")
    found: dict[tuple[str, Mode], list[tuple[float, ...]]] = {}
    lines: list[dict[str, Any]] = []
    said: dict[str, list[bool]] = {}
    for need in judged["queries"]:
        for mode in Mode:
            results = library.search(Query(need["text"], handbooks=books, limit=SHOWN, mode=mode))
            answers = [_answer(hit, files) for hit in results.hits]
            if mode is Mode.HYBRID:
                lines.append({"id": need["id"], "results": answers, "no_match": results.no_match})
                for group in _groups(need) if need["relevant"] else ["none"]:
                    said.setdefault(group, []).append(results.no_match)
            if need["relevant"]:
                got = grades(answers, need["relevant"], need.get("optional_relevant", ()))
                for group in _groups(need):
                    found.setdefault((group, mode), []).append(_measures(got, need["relevant"]))
    near = list(_similar_lines(library, judged.get("similar", ()), files, books))
    lists = {_key(line["similar_to"]): line["results"] for line in near}
    similar = [
        ndcg(grades(lists.get(_key(one), ()), one["similar"]), [j["grade"] for j in one["similar"]], 5)
        for one in judged.get("similar", ())
    ]
    if run is not None:
        _write_lines(run, [*lines, *near])
    return Evaluation(
        rows=tuple(_rows(found)),
        none_rightly=_said(said, "none"),
        none_wrongly=_said(said, ALL),
        none_wrongly_same_language=_said(said, SAME_LANGUAGE),
        similar_ndcg=mean(similar) if similar else None,
        similar_count=len(similar),
        unknown=tuple(_unknown(library, judged, files, books)),
    )


def evaluate_collection(
    folder: Path, settings: Settings, encoder: Encoder | None, progress: Progress = index.silent
) -> Evaluation:
    """Answer the queries of a BEIR folder over a temporary library of its documents.

    A document becomes a practice; passages, indexes, fusion and grouping are those of every library. `recall` is
    recall@100 here. A graded judgement's grade is its gain.

    Raises:
        InputError: corpus.jsonl, queries.jsonl or qrels/test.tsv is missing or cannot be read.
    """
    records = _read_corpus(folder)
    qrels = _read_qrels(folder / "qrels" / "test.tsv")
    queries = [(q["_id"], q["text"]) for q in _json_lines(folder / "queries.jsonl") if q["_id"] in qrels]
    found: dict[tuple[str, Mode], list[tuple[float, ...]]] = {}
    with tempfile.TemporaryDirectory(prefix="kb-eval-") as scratch:
        data = Path(scratch)
        _fill(data, folder.name, records, encoder, progress)
        temporary = Settings(data=data, model=settings.model)
        with Library.open(temporary, encoder) as library:
            for number, (name, text) in enumerate(queries):
                progress("queries", number, len(queries), "asking")
                for mode in Mode if encoder is not None else (Mode.WORDS,):
                    query = Query(text[:MOST_CHARACTERS], limit=DEEP, mode=mode)
                    hits = library.search(query).hits
                    got = [qrels[name].get(hit.record.id, 0.0) for hit in hits]
                    judged = list(qrels[name].values())
                    measures = ndcg(got, judged), hit_at_1(got, judged), recall(got, judged, DEEP)
                    found.setdefault((ALL, mode), []).append((*measures, reciprocal_rank(got)))
    return Evaluation(tuple(_rows(found)))


def grades(answers: Iterable[Judged], judged: Sequence[Judged], optional: Sequence[Judged] = ()) -> list[float]:
    """The grade of each answer, 0 where it is not judged; an optional one is left out, a judged one counts once."""
    left, got = list(judged), []
    for answer in answers:
        if any(is_same(answer, other) for other in optional):
            continue
        match = next((j for j in left if is_same(answer, j)), None)
        if match is not None:
            left.remove(match)
        got.append(float(match["grade"]) if match is not None else 0.0)
    return got


def is_same(answer: Judged, judged: Judged) -> bool:
    """Whether two name one record: same file, both tools or neither, and titles (nearly) alike."""
    if answer.get("file") != judged.get("file"):
        return False
    kinds = answer.get("kind"), judged.get("kind")
    if all(kinds) and (kinds[0] == Kind.TOOL) != (kinds[1] == Kind.TOOL):
        return False
    one, two = _plain(answer["title"]), _plain(judged["title"])
    if one == two:
        return True
    return min(len(one), len(two)) > 5 and SequenceMatcher(None, one, two, autojunk=False).ratio() >= ALIKE


def language_of(texts: Iterable[str]) -> str:
    """The language whose function words a collection uses most; English for one without any."""
    counts = dict.fromkeys(STOP_WORDS, 0)
    known = {language: {fold(word) for word in words} for language, words in STOP_WORDS.items()}
    for text in texts:
        for word in fold(text).split():
            for language, words in known.items():
                counts[language] += word in words
    return max(counts, key=lambda language: (counts[language], language == "en"))


def _measures(got: Sequence[float], relevant: Sequence[Judged]) -> tuple[float, ...]:
    judged = [float(j["grade"]) for j in relevant]
    return ndcg(got, judged), hit_at_1(got, judged), recall_of_best(got, judged), reciprocal_rank(got)


def _groups(need: Judged) -> list[str]:
    style = str(need["style"])
    return [style, ALL] if style == CROSS_LINGUAL else [style, SAME_LANGUAGE, ALL]


def _rows(found: Mapping[tuple[str, Mode], Sequence[tuple[float, ...]]]) -> Iterator[Row]:
    """Styles by name, then same language, then all; in each words, dense, hybrid."""
    last, modes = (SAME_LANGUAGE, ALL), (Mode.WORDS, Mode.DENSE, Mode.HYBRID)
    for style, mode in sorted(found, key=lambda k: (k[0] in last, k[0] == ALL, k[0], modes.index(k[1]))):
        measures = found[style, mode]
        yield Row(style, mode, len(measures), *(mean(column) for column in zip(*measures, strict=True)))


def _answer(hit: Hit | Similar, files: Mapping[str, str]) -> dict[str, Any]:
    record = hit.record
    return {
        "file": files[record.handbook],
        "kind": record.kind.value,
        "title": record.title,
        "score": round(hit.score, 6),
    }


def _similar_lines(
    library: Library, judged: Iterable[Judged], files: Mapping[str, str], books: Sequence[str]
) -> Iterator[dict[str, Any]]:
    for one in judged:
        record = _find(library, one, files, books)
        near = library.similar(record.id, DEEP) if record else ()
        answers = [_answer(found, files) for found in near if found.record.handbook in books]
        yield {"similar_to": {"file": one["file"], "title": one["title"]}, "results": answers[:SHOWN]}


def _find(library: Library, wanted: Judged, files: Mapping[str, str], books: Sequence[str]) -> Record | None:
    """The record that a judgement names, a practice before others."""
    order = list(Kind)
    named = [
        record
        for book in books
        for record in library.records(book)
        if is_same({"file": files[book], "kind": record.kind.value, "title": record.title}, wanted)
    ]
    return min(named, key=lambda r: (order.index(r.kind), r.id), default=None)


def _unknown(
    library: Library, needs: Judged, files: Mapping[str, str], books: Sequence[str]
) -> Iterator[str]:
    wanted = [j for need in needs["queries"] for j in need["relevant"]]
    wanted += [{"file": s["file"], "title": s["title"]} for s in needs.get("similar", ())]
    for judged in {(j["file"], j["title"], j.get("kind", "")): j for j in wanted}.values():
        if _find(library, judged, files, books) is None:
            yield f"{judged['file']}: {judged['title']}"


def _said(said: Mapping[str, Sequence[bool]], group: str) -> tuple[int, int]:
    return sum(said.get(group, ())), len(said.get(group, ()))


def _key(named: Judged) -> tuple[str, str]:
    return str(named["file"]), _plain(str(named["title"]))


def _plain(text: str) -> str:
    return "".join(c for c in unicodedata.normalize("NFKC", text).casefold() if c.isalnum())


def _read_needs(path: Path) -> dict[str, Any]:
    try:
        needs = json.loads(path.read_text(encoding="utf-8"))
        for need in needs["queries"]:
            _ = need["id"], need["text"], need["style"]
            for judged in need["relevant"]:
                _ = judged["file"], judged["title"], float(judged["grade"])
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({error.strerror or error})") from error
    except (ValueError, KeyError, TypeError) as error:
        raise InputError(f"{path}: not a needs file ({error!r}); see kb eval --help for its form") from error
    return dict(needs)


def _write_lines(path: Path, lines: Iterable[Mapping[str, Any]]) -> None:
    text = "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines)
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise InputError(f"{path}: cannot be written ({error.strerror or error})") from error


def _read_corpus(folder: Path) -> list[Record]:
    documents = [d for d in _json_lines(folder / "corpus.jsonl") if (d.get("title") or d["text"]).strip()]
    language = language_of(d["text"] for d in documents[:: max(1, len(documents) // 200)])
    return [_document(number, d, language) for number, d in enumerate(documents)]


def _document(number: int, document: Judged, language: str) -> Record:
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


def _fill(data: Path, name: str, records: Sequence[Record], encoder: Encoder | None, progress: Progress) -> None:
    """Make a library of one handbook out of the records."""
    pdf = b"no PDF: a collection's documents"
    sha256 = hashlib.sha256(pdf).hexdigest()
    page = Page(1, "1", 595.0, 842.0, "")
    language = records[0].language if records else "en"
    edition = Edition("collection", 1, name or "collection", language, (page,), sha256, name)
    with Store.open(data) as store:
        store.stage(edition, records, [p for record in records for p in cut(record, encoder)], pdf)
        store.publish({"collection": 1}, index.build(store, {"collection": 1}, encoder, progress))
