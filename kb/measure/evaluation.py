"""How good search is: judged needs, answered over the library -> scores by style and language, and a run file."""

from __future__ import annotations

import json
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from types import MappingProxyType
from typing import Any

from kb import InputError, Kind, ModelError, Record
from kb.measure import needs_file
from kb.measure.chance import MAIN, Interval, interval, interval_of_share
from kb.measure.metrics import hit_at_1, mean, ndcg, recall, recall_of_best, reciprocal_rank
from kb.measure.needs_file import JudgedNeed, JudgedNeeds, Named, grades, is_named_so, is_same
from kb.search import Filters, Library, Mode, Notice, Query, Results, Snapshot

CROSS_LINGUAL = "cross-lingual"
SAME_LANGUAGE = "same language"
ALL = "all"
LANGUAGE = "language "  # and its code: the group of the needs that are asked in it
SHOWN = 10  # answers of one need in a run file
DEEP = 100  # neighbours looked at, to have some of the pool

RERANKED = "reranked"
_HYBRID = Mode.HYBRID.value
_MODES = (Mode.WORDS.value, Mode.DENSE.value, _HYBRID, RERANKED)

Measures = tuple[float, float, float, float]
"""nDCG@10, hit@1, recall and MRR of one need."""
Measured = dict[tuple[str, str], list[Measures]]
"""(style, mode) -> the measures of each need."""
Costs = dict[str, list[tuple[float, float]]]
"""mode -> the milliseconds of each search: of the clock, and of all processors together."""


@dataclass(frozen=True, slots=True)
class Row:
    """The means over the needs of one style or language, in one mode; "reranked" is hybrid with the settings' reranker.

    `recall` is recall@5 of the best-graded answers; for a collection, recall@100 of all. `interval` is where the mean
    nDCG lies with 95 %, were other needs of the kind asked.
    """

    style: str
    mode: str
    count: int
    ndcg: float
    hit_at_1: float
    recall: float
    mrr: float
    interval: Interval


@dataclass(frozen=True, slots=True)
class AskedIn:
    """The needs asked in one language, by the last mode: nDCG@10, and how often "nothing fits" was wrongly said.

    `english` is what the same needs have in English, `share` the one over the other with its 95 % interval; None where
    nobody said which needs in English they are.
    """

    language: str
    count: int
    ndcg: float
    none_wrongly: int
    english: float | None = None
    share: float | None = None
    interval: Interval | None = None


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
    that this library does not hold; `reranking` is None without a reranker; `languages` is empty where all needs are
    in one, or nobody said in which.
    """

    rows: tuple[Row, ...]
    none_rightly: tuple[int, int] = (0, 0)
    none_wrongly: tuple[int, int] = (0, 0)
    none_wrongly_same_language: tuple[int, int] = (0, 0)
    similar_ndcg: float | None = None
    similar_count: int = 0
    unknown: tuple[str, ...] = ()
    reranking: Reranking | None = None
    languages: tuple[AskedIn, ...] = ()

    def ndcg(self, mode: str, style: str = ALL) -> float:
        """The mean nDCG@10 of a style in a mode, 0 where it was not measured."""
        return next((row.ndcg for row in self.rows if (row.style, row.mode) == (style, mode)), 0.0)

    @property
    def over_better_leg(self) -> float | None:
        """Hybrid search's nDCG@10 over that of the better of its two legs; None where that is nothing."""
        better = max(self.ndcg(Mode.WORDS), self.ndcg(Mode.DENSE))
        return self.ndcg(Mode.HYBRID) / better if better else None


@dataclass(frozen=True, slots=True)
class _Answered:
    """One need with its answers in each mode, and whether the last said that nothing fits."""

    need: JudgedNeed
    answers: Mapping[str, Sequence[_Answer]]
    no_match: bool

    def measures(self, mode: str) -> Measures:
        judged = self.need.relevant
        return measures(
            grades(self.answers[mode], judged, self.need.optional_relevant), [j.grade for j in judged]
        )


@dataclass(frozen=True, slots=True)
class _Pool:
    """The handbooks that needs are judged over, as one library serves them."""

    served: Snapshot
    files: Mapping[str, str]
    books: tuple[str, ...]
    costs: Costs

    @classmethod
    def of(cls, library: Library, judged: JudgedNeeds, place: Path) -> _Pool:
        files = {h.id: h.file_name for h in library.snapshot().handbooks}
        pool = judged.pool or sorted(set(files.values()))
        books = tuple(sorted(book for book, file in files.items() if file in pool))
        if not books:
            raise InputError(
                f"{place}: the library holds none of its handbooks; ingest {', '.join(pool)} first"
            )
        return cls(library.snapshot(to_search=True), files, books, {})

    def answered(self, need: JudgedNeed, modes: Sequence[str]) -> _Answered:
        filters = {"handbook": self.books}
        results = {m: ask(self.served, query_of(need.text, m, filters, SHOWN), self.costs) for m in modes}
        answers = {
            m: [_answer(hit.record, hit.score, self.files) for hit in found.hits]
            for m, found in results.items()
        }
        return _Answered(need, answers, results[modes[-1]].no_match)


def evaluate_needs(
    library: Library,
    needs: Path,
    run: Path | None = None,
    english: Path | None = None,
    modes: Sequence[str] = (),
) -> Evaluation:
    """Answer judged needs by words, by meaning and both; write the hybrid answers to `run` as JSON lines.

    With a reranker, hybrid search is measured without and with it, and the latter is written. Only the handbooks
    of the needs' pool are searched. `english` has the needs that those in other languages say anew, unless `needs`
    itself has them. Of `modes`, where some are given, the last one's answers are written.

    Raises:
        InputError: a file cannot be read, or the library holds none of the pool's handbooks.
        ModelError: the reranker fails at work.
    """
    judged = needs_file.read(needs)
    pool = _Pool.of(library, judged, needs)
    modes = modes or measured_modes(library)
    last = modes[-1]
    answered = [pool.answered(need, modes) for need in judged.queries]
    found: Measured = {}
    for one in answered:
        for mode in modes if one.need.relevant else ():
            for group in _groups(one.need):
                found.setdefault((group, mode), []).append(one.measures(mode))
    near = [(one, _like(pool, one)) for one in judged.similar]
    alike = [ndcg(grades(answers, one.similar), [j.grade for j in one.similar], 5) for one, answers in near]
    if run is not None:
        lines = (_similar_line(*pair, figure) for pair, figure in zip(near, alike, strict=True))
        write_run(run, [*(_line(one, last) for one in answered), *lines])
    same = [one for one in answered if SAME_LANGUAGE in _groups(one.need)]
    return Evaluation(
        rows=tuple(_without_only_language(list(rows(found)))),
        none_rightly=_said([one for one in answered if not one.need.relevant]),
        none_wrongly=_said([one for one in answered if one.need.relevant]),
        none_wrongly_same_language=_said([one for one in same if one.need.relevant]),
        similar_ndcg=mean(alike) if alike else None,
        similar_count=len(alike),
        unknown=tuple(_unknown(pool, judged)),
        reranking=reranking(found, pool.costs),
        languages=tuple(_asked_in(answered, _originals(answered, pool, english, last), last)),
    )


def measured_modes(library: Library) -> tuple[str, ...]:
    """Words, dense and hybrid, and reranked where the settings' reranker could be loaded; all are loaded now.

    What is loaded by the first search is so no part of what any mode costs.
    """
    library.warm()
    return _MODES if library.is_reranking else _MODES[:3]


def measures(got: Sequence[float], judged: Sequence[float], deep: int = 0) -> Measures:
    """nDCG@10, hit@1, recall@5 of the best-graded answers or, where `deep` is given, recall@deep of all, and MRR."""
    found = recall(got, judged, deep) if deep else recall_of_best(got, judged)
    return ndcg(got, judged), hit_at_1(got, judged), found, reciprocal_rank(got)


def named(figures: Measures, deep: int = 0) -> dict[str, float]:
    """Measures by their names, for a line of a run."""
    names = (MAIN, "hit@1", f"recall@{deep or 5}", "MRR")
    return {name: round(figure, 6) for name, figure in zip(names, figures, strict=True)}


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


def rows(found: Mapping[tuple[str, str], Sequence[Measures]]) -> Iterator[Row]:
    """Styles by name, then same language, all, and each language; in each words, dense, hybrid, reranked."""
    for style, mode in sorted(
        found, key=lambda k: (_PLACES.get(k[0], _place(k[0])), k[0], _MODES.index(k[1]))
    ):
        figures = found[style, mode]
        gain, hit, found_of, rank = (mean(column) for column in zip(*figures, strict=True))
        bounds = interval([one[0] for one in figures])
        yield Row(style, mode, len(figures), gain, hit, found_of, rank, bounds)


def write_run(path: Path, lines: Iterable[Mapping[str, Any]]) -> None:
    """Write one JSON object a line; InputError where the file cannot be written."""
    text = "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines)
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise InputError(f"{path}: cannot be written ({error.strerror or error})") from error


_PLACES = MappingProxyType({SAME_LANGUAGE: 1, ALL: 2})


def _place(group: str) -> int:
    return 3 if group.startswith(LANGUAGE) else 0


def _mean_cost(spent: Sequence[tuple[float, float]], at: int) -> float:
    return mean([one[at] for one in spent])


def _groups(need: JudgedNeed) -> list[str]:
    style = need.style
    spoken = [LANGUAGE + need.spoken] if need.spoken else []
    return [style, ALL, *spoken] if style == CROSS_LINGUAL else [style, SAME_LANGUAGE, ALL, *spoken]


def _without_only_language(found: Sequence[Row]) -> Sequence[Row]:
    """Rows of languages only where there are two."""
    several = len({row.style for row in found if row.style.startswith(LANGUAGE)}) > 1
    return [row for row in found if several or not row.style.startswith(LANGUAGE)]


def _originals(
    answered: Sequence[_Answered], pool: _Pool, english: Path | None, mode: str
) -> Mapping[str, float]:
    """nDCG@10 in English of the needs that others say anew, by id."""
    wanted = {one.need.english for one in answered if one.need.english}
    here = [one for one in answered if one.need.id in wanted and one.need.relevant]
    if english is not None:
        known = {one.need.id for one in here}
        told = [need for need in needs_file.read(english).queries if need.relevant]
        here += [pool.answered(n, (mode,)) for n in told if n.id in wanted - known]
        if lost := sorted(wanted - {one.need.id for one in here}):
            raise InputError(
                f"{english}: has no answered need {', '.join(lost)}; give the file that has them"
            )
    return {one.need.id: one.measures(mode)[0] for one in here}


def _asked_in(answered: Sequence[_Answered], originals: Mapping[str, float], mode: str) -> Iterator[AskedIn]:
    """Each language in which needs with an answer are asked, where there are two."""
    by_language: dict[str, list[_Answered]] = {}
    for one in answered:
        if one.need.spoken and one.need.relevant:
            by_language.setdefault(one.need.spoken, []).append(one)
    for language, own in sorted(by_language.items()) if len(by_language) > 1 else ():
        figures = [one.measures(mode)[0] for one in own]
        asked = AskedIn(language, len(own), mean(figures), sum(one.no_match for one in own))
        pairs = [
            (figure, originals[one.need.english])
            for figure, one in zip(figures, own, strict=True)
            if one.need.english in originals
        ]
        if len(pairs) == len(own):
            whole = mean([there for _, there in pairs])
            bounds = interval_of_share(*zip(*pairs, strict=True))
            share = asked.ndcg / whole if whole else None
            asked = replace(asked, english=whole, share=share, interval=bounds)
        yield asked


def _line(one: _Answered, mode: str) -> dict[str, Any]:
    """A need in a run file: its answers, what is needed to compare it with another run, best answer first."""
    is_answered = bool(one.need.relevant)
    figures = named(one.measures(mode)) if is_answered else {}
    return {
        "id": one.need.id,
        "results": [asdict(answer) for answer in one.answers[mode]],
        "no_match": one.no_match,
        "groups": _groups(one.need) if is_answered else [],
        "measures": {**figures, "nothing fits": float(one.no_match != is_answered)},
    }


@dataclass(frozen=True, slots=True, kw_only=True)
class _Answer(Named):
    score: float


def _answer(record: Record, score: float, files: Mapping[str, str]) -> _Answer:
    score = round(score, 6)
    return _Answer(file=files[record.handbook], kind=record.kind.value, title=record.title, score=score)


def _like(pool: _Pool, one: Named) -> list[_Answer]:
    """What the library finds like a record."""
    record = _find(pool, one)
    near = pool.served.similar(record.id, DEEP) if record else ()
    here = [found for found in near if found.record.handbook in pool.books]
    shown = [(one, found.score) for found in here for one in (found.record, *found.also)]
    return [_answer(one, score, pool.files) for one, score in shown[:SHOWN]]


def _similar_line(one: Named, answers: Sequence[_Answer], figure: float) -> dict[str, Any]:
    return {
        "similar_to": {"file": one.file, "title": one.title},
        "results": [asdict(answer) for answer in answers],
        "measures": {"similar, nDCG@5": round(figure, 6)},
    }


def _find(pool: _Pool, wanted: Named) -> Record | None:
    """The record that a judgement names: one of this very title before others, a practice before others."""
    order = list(Kind)
    alike = [
        (not is_named_so(named, wanted), order.index(record.kind), record.id, record)
        for book in pool.books
        for record in pool.served.records(book)
        if is_same(named := Named(file=pool.files[book], kind=record.kind.value, title=record.title), wanted)
    ]
    return min(alike, key=lambda one: one[:3])[3] if alike else None


def _unknown(pool: _Pool, needs: JudgedNeeds) -> Iterator[str]:
    wanted = [Named(file=j.file, kind=j.kind, title=j.title) for need in needs.queries for j in need.relevant]
    wanted += [Named(file=one.file, title=one.title) for one in needs.similar]
    for judged in dict.fromkeys(wanted):
        if _find(pool, judged) is None:
            yield f"{judged.file}: {judged.title}"


def _said(answered: Sequence[_Answered]) -> tuple[int, int]:
    """How often "nothing fits" was said, and of how many."""
    return sum(one.no_match for one in answered), len(answered)
