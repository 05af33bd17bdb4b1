"""How good search is: judged needs, answered over the library -> scores by style, and a run file."""

from __future__ import annotations

import json
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from difflib import SequenceMatcher
from pathlib import Path
from typing import Any

from kb import InputError, Kind, ModelError, Record
from kb.measure import needs_file
from kb.measure.metrics import hit_at_1, mean, ndcg, recall_of_best, reciprocal_rank
from kb.measure.needs_file import Judged, JudgedNeed, JudgedNeeds, Named
from kb.search import Filters, Hit, Library, Mode, Notice, Query, Results, Similar, Snapshot
from kb.words import print_key

ALIKE = 0.85  # titles at least so alike are the same
CROSS_LINGUAL = "cross-lingual"
SAME_LANGUAGE = "same language"
ALL = "all"
SHOWN = 10  # answers of one need in a run file
DEEP = 100  # neighbours looked at, to have some of the pool

RERANKED = "reranked"
_HYBRID = Mode.HYBRID.value
_MODES = (Mode.WORDS.value, Mode.DENSE.value, _HYBRID, RERANKED)

Measured = dict[tuple[str, str], list[tuple[float, ...]]]
"""(style, mode) -> the measures of each need."""
Costs = dict[str, list[tuple[float, float]]]
"""mode -> the milliseconds of each search: of the clock, and of all processors together."""


@dataclass(frozen=True, slots=True)
class Row:
    """The means over the needs of one style, in one mode; "reranked" is hybrid with the settings' reranker.

    `recall` is recall@5 of the best-graded answers; for a collection, recall@100 of all.
    """

    style: str
    mode: str
    count: int
    ndcg: float
    hit_at_1: float
    recall: float
    mrr: float


@dataclass(frozen=True, slots=True)
class Reranking:
    """What the settings' reranker changes over hybrid search: nDCG@10 over all needs, milliseconds a query."""

    ndcg_gain: float
    wall_ms: float
    processor_ms: float


@dataclass(frozen=True, slots=True)
class Evaluation:
    """The rows by style and mode; how often "nothing fits" was said, rightly and wrongly, each (said, of).

    `similar_ndcg` is nDCG@5 of the similar lists, None where none is judged; `unknown` names judged records
    that this library does not hold; `reranking` is None without a reranker.
    """

    rows: tuple[Row, ...]
    none_rightly: tuple[int, int] = (0, 0)
    none_wrongly: tuple[int, int] = (0, 0)
    none_wrongly_same_language: tuple[int, int] = (0, 0)
    similar_ndcg: float | None = None
    similar_count: int = 0
    unknown: tuple[str, ...] = ()
    reranking: Reranking | None = None


def evaluate_needs(library: Library, needs: Path, run: Path | None = None) -> Evaluation:
    """Answer judged needs by words, by meaning and both; write the hybrid answers to `run` as JSON lines.

    With a reranker, hybrid search is measured without and with it, and the latter is written. Only the handbooks
    of the needs' pool are searched.

    Raises:
        InputError: the file cannot be read, or the library holds none of the pool's handbooks.
        ModelError: the reranker fails at work.
    """
    judged = needs_file.read(needs)
    files = {h.id: h.file_name for h in library.snapshot().handbooks}
    pool = judged.pool or sorted(set(files.values()))
    books = tuple(sorted(book for book, file in files.items() if file in pool))
    if not books:
        raise InputError(f"{needs}: the library holds none of its handbooks; ingest {', '.join(pool)} first")
    found: Measured = {}
    lines: list[dict[str, Any]] = []
    said: dict[str, list[bool]] = {}
    costs: Costs = {}
    modes = measured_modes(library)
    served = library.snapshot(to_search=True)
    for need in judged.queries:
        for mode in modes:
            results = ask(served, query_of(need.text, mode, {"handbook": books}, SHOWN), costs)
            answers = [_answer(hit, files) for hit in results.hits]
            if mode == modes[-1]:
                shown = [asdict(answer) for answer in answers]
                lines.append({"id": need.id, "results": shown, "no_match": results.no_match})
                for group in _groups(need) if need.relevant else ["none"]:
                    said.setdefault(group, []).append(results.no_match)
            if need.relevant:
                got = grades(answers, need.relevant, need.optional_relevant)
                for group in _groups(need):
                    found.setdefault((group, mode), []).append(_measures(got, need.relevant))
    near = [(one, _like(served, one, files, books)) for one in judged.similar]
    similar = [ndcg(grades(answers, one.similar), [j.grade for j in one.similar], 5) for one, answers in near]
    if run is not None:
        _write_lines(run, [*lines, *(_similar_line(*line) for line in near)])
    return Evaluation(
        rows=tuple(rows(found)),
        none_rightly=_said(said, "none"),
        none_wrongly=_said(said, ALL),
        none_wrongly_same_language=_said(said, SAME_LANGUAGE),
        similar_ndcg=mean(similar) if similar else None,
        similar_count=len(similar),
        unknown=tuple(_unknown(served, judged, files, books)),
        reranking=reranking(found, costs),
    )


def measured_modes(library: Library) -> tuple[str, ...]:
    """Words, dense and hybrid, and reranked where the settings' reranker could be loaded; all are loaded now.

    What is loaded by the first search is so no part of what any mode costs.
    """
    library.warm()
    return _MODES if library.is_reranking else _MODES[:3]


def query_of(text: str, mode: str, filters: Filters, limit: int) -> Query:
    """The query that asks for a text in a mode, "reranked" among them."""
    asked = Mode.HYBRID if mode == RERANKED else Mode(mode)
    return Query(text, filters=filters, limit=limit, mode=asked, is_reranked=mode == RERANKED)


def ask(library: Snapshot, query: Query, costs: Costs) -> Results:
    """Answer a query, and note what that cost.

    Raises:
        ModelError: the reranker was to order the answers and did not.
    """
    wall, processor = time.perf_counter(), time.process_time()
    results = library.search(query)
    spent = (time.perf_counter() - wall) * 1000, (time.process_time() - processor) * 1000
    amiss = next((said for said in results.notices if said.code is Notice.NOT_RERANKED), None)
    if query.is_reranked and amiss is not None:
        raise ModelError(f"answers are not ranked a second time: {amiss.values['why']}")
    costs.setdefault(RERANKED if query.is_reranked else query.mode.value, []).append(spent)
    return results


def reranking(found: Mapping[tuple[str, str], Sequence[tuple[float, ...]]], costs: Costs) -> Reranking | None:
    """What the reranker gains over all needs, and what it adds to the cost of a hybrid search."""
    if (ALL, RERANKED) not in found:
        return None
    gained, before = (mean([m[0] for m in found[ALL, mode]]) for mode in (RERANKED, _HYBRID))
    more = (_mean_cost(costs[RERANKED], at) - _mean_cost(costs[_HYBRID], at) for at in (0, 1))
    return Reranking(gained - before, *more)


def grades(answers: Iterable[Named], judged: Sequence[Judged], optional: Sequence[Named] = ()) -> list[float]:
    """The grade of each answer, 0 where it is not judged; optional ones are left out, others count once."""
    left, got = list(judged), []
    for answer in answers:
        if any(is_same(answer, other) for other in optional):
            continue
        match = next((j for j in left if is_same(answer, j)), None)
        if match is not None:
            left.remove(match)
        got.append(match.grade if match is not None else 0.0)
    return got


def is_same(answer: Named, judged: Named) -> bool:
    """Whether two name one record: same file, both tools or neither, and titles (nearly) alike."""
    if answer.file != judged.file:
        return False
    kinds = answer.kind, judged.kind
    if all(kinds) and (kinds[0] == Kind.TOOL) != (kinds[1] == Kind.TOOL):
        return False
    one, two = print_key(answer.title), print_key(judged.title)
    if one == two:
        return True
    return min(len(one), len(two)) > 5 and SequenceMatcher(None, one, two, autojunk=False).ratio() >= ALIKE


def rows(found: Mapping[tuple[str, str], Sequence[tuple[float, ...]]]) -> Iterator[Row]:
    """Styles by name, then same language, then all; in each words, dense, hybrid, reranked."""
    last = (SAME_LANGUAGE, ALL)
    for style, mode in sorted(found, key=lambda k: (k[0] in last, k[0] == ALL, k[0], _MODES.index(k[1]))):
        measures = found[style, mode]
        yield Row(style, mode, len(measures), *(mean(column) for column in zip(*measures, strict=True)))


def _mean_cost(spent: Sequence[tuple[float, float]], at: int) -> float:
    return mean([one[at] for one in spent])


def _measures(got: Sequence[float], relevant: Sequence[Judged]) -> tuple[float, ...]:
    judged = [j.grade for j in relevant]
    return ndcg(got, judged), hit_at_1(got, judged), recall_of_best(got, judged), reciprocal_rank(got)


def _groups(need: JudgedNeed) -> list[str]:
    style = need.style
    return [style, ALL] if style == CROSS_LINGUAL else [style, SAME_LANGUAGE, ALL]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Answer(Named):
    score: float


def _answer(hit: Hit | Similar, files: Mapping[str, str]) -> _Answer:
    record = hit.record
    score = round(hit.score, 6)
    return _Answer(file=files[record.handbook], kind=record.kind.value, title=record.title, score=score)


def _like(library: Snapshot, one: Named, files: Mapping[str, str], books: Sequence[str]) -> list[_Answer]:
    """What the library finds like a record."""
    record = _find(library, one, files, books)
    near = library.similar(record.id, DEEP) if record else ()
    return [_answer(found, files) for found in near if found.record.handbook in books][:SHOWN]


def _similar_line(one: Named, answers: Sequence[_Answer]) -> dict[str, Any]:
    found = [asdict(answer) for answer in answers]
    return {"similar_to": {"file": one.file, "title": one.title}, "results": found}


def _find(library: Snapshot, wanted: Named, files: Mapping[str, str], books: Sequence[str]) -> Record | None:
    """The record that a judgement names, a practice before others."""
    order = list(Kind)
    named = [
        record
        for book in books
        for record in library.records(book)
        if is_same(Named(file=files[book], kind=record.kind.value, title=record.title), wanted)
    ]
    return min(named, key=lambda r: (order.index(r.kind), r.id), default=None)


def _unknown(
    library: Snapshot, needs: JudgedNeeds, files: Mapping[str, str], books: Sequence[str]
) -> Iterator[str]:
    wanted = [Named(file=j.file, kind=j.kind, title=j.title) for need in needs.queries for j in need.relevant]
    wanted += [Named(file=one.file, title=one.title) for one in needs.similar]
    for judged in dict.fromkeys(wanted):
        if _find(library, judged, files, books) is None:
            yield f"{judged.file}: {judged.title}"


def _said(said: Mapping[str, Sequence[bool]], group: str) -> tuple[int, int]:
    return sum(said.get(group, ())), len(said.get(group, ()))


def _write_lines(path: Path, lines: Iterable[Mapping[str, Any]]) -> None:
    text = "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines)
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise InputError(f"{path}: cannot be written ({error.strerror or error})") from error
