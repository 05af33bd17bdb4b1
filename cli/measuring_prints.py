"""What `kb eval` and `kb doctor` print."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from typing import Any

from rich.table import Table
from rich.text import Text

from cli import english, terminal
from kb import Said
from kb.care import Against, Finding
from kb.measure import AskedIn, Comparison, Evaluation, Shift


def print_evaluation(found: Evaluation, recall: str) -> None:
    """One row a style and mode; then each language, what nothing answers, and similar records."""
    console = terminal.out()
    table = _table("style", "mode", right=("needs", "nDCG@10", "95 %", "hit@1", recall, "MRR"))
    style = ""
    for row in found.rows:
        figures = (row.hit_at_1, row.recall, row.mrr)
        shown = terminal.plain("" if row.style == style else row.style)
        cells = (str(row.count), f"{row.ndcg:.3f}", _bounds(row.interval), *(f"{one:.3f}" for one in figures))
        table.add_row(shown, row.mode, *cells)
        style = row.style
    console.print(table)
    if found.languages:
        _print_languages(found.languages)
    if (more := found.reranking) is not None:
        cost = f"{more.wall_ms:.0f} ms more a query ({more.processor_ms:.0f} ms of processor time)"
        console.print(f"\nreranker: nDCG@10 {more.ndcg_gain:+.3f} over hybrid, for {cost}")
    if found.over_better_leg is not None:
        console.print(f"\nhybrid over the better of words and dense: {found.over_better_leg:.2f}")
    if said := _nothing_said(found):
        console.print(f'"nothing fits": {said}')
    if found.similar_ndcg is not None:
        console.print(f"similar: nDCG@5 {found.similar_ndcg:.3f} over {found.similar_count} records")
    for name in found.unknown:
        terminal.err().print(terminal.plain(f"judged, but not in this library: {name}"))


def print_collections(found: Sequence[tuple[str, Evaluation]], means: Mapping[str, float]) -> None:
    """One row a collection, nDCG@10 by mode, and what hybrid search adds to the better leg; then their means."""
    modes = [mode for mode in means if mode != "over_better_leg"]
    right = ("queries", *modes, "95 %", "over better leg", "recall@100")
    table = _table("collection", right=right)
    for name, one in found:
        last = next(row for row in one.rows if row.mode == modes[-1])
        cells = (*(f"{one.ndcg(mode):.3f}" for mode in modes), _bounds(last.interval))
        table.add_row(
            terminal.plain(name), str(last.count), *cells, _ratio(one.over_better_leg), f"{last.recall:.3f}"
        )
    cells = (*(f"{means[mode]:.3f}" for mode in modes), "", _ratio(means.get("over_better_leg")), "")
    table.add_row("mean", "", *cells)
    terminal.out().print(table)


def print_comparison(found: Comparison) -> None:
    """One row a measure and group, and in one sentence whether the difference may be chance."""
    console = terminal.out()
    right = ("needs", "old", "new", "gain", "95 %", "p", "better", "worse")
    table = _table("needs of", "measure", right=right)
    group = ""
    for one in found.changes:
        shown = terminal.plain("" if one.group == group else one.group)
        figures = (f"{one.before:.3f}", f"{one.after:.3f}", f"{one.difference:+.3f}")
        bounds = f"{one.low:+.2f}…{one.high:+.2f}"
        counts = map(str, (one.better, one.worse))
        measure = terminal.plain(one.measure)
        table.add_row(shown, measure, str(one.count), *figures, bounds, f"{one.p:.3f}", *counts)
        group = one.group
    console.print(table)
    console.print(f"\n{verdict(found.changes[0])}")
    for count, which in ((found.only_before, "old"), (found.only_after, "new")):
        if count:
            terminal.err().print(f"{count} needs are answered in the {which} run only, and left out")


def verdict(one: Shift) -> str:
    """Whether a difference may be chance, in a sentence."""
    if not (one.better or one.worse):
        return f"{one.measure} is the same for each of {one.count} needs."
    way = "higher" if one.difference > 0 else "lower"
    said = f"{one.measure} is {abs(one.difference):.3f} {way} in the new run, over {one.count} needs"
    often = f"a difference this large comes by chance alone {_in_hundred(one.p)}"
    if one.may_be_chance:
        return f"{said}: {often}, so it may be chance."
    return f"{said}: {often}, so it is more than chance."


def comparison_data(found: Comparison) -> dict[str, Any]:
    """A comparison for `kb eval --compare --json`."""
    changes = [{**asdict(one), "may_be_chance": one.may_be_chance} for one in found.changes]
    return {**asdict(found), "changes": changes, "verdict": verdict(found.changes[0])}


def _nothing_said(found: Evaluation) -> str:
    """How often "nothing fits" was said rightly and wrongly, of as many needs as there are of each kind."""
    (rightly, of_none), (wrongly, of_some) = found.none_rightly, found.none_wrongly
    said = [f"said rightly {rightly} of {of_none}"] if of_none else []
    if of_some:
        same, of_same = found.none_wrongly_same_language
        detail = f" ({same} of {of_same} in the same language)" if 0 < of_same < of_some else ""
        said.append(f"{'' if said else 'said '}wrongly {wrongly} of {of_some}{detail}")
    return ", ".join(said)


def _print_languages(languages: Iterable[AskedIn]) -> None:
    """Each language with its share of what the same needs have in English, where that is known."""
    right = ("needs", "nDCG@10", "in English", "share", "95 %", '"nothing fits" wrongly')
    table = _table("language", right=right)
    for one in languages:
        english = "–" if one.english is None else f"{one.english:.3f}"
        bounds = "–" if one.interval is None else _bounds(one.interval)
        cells = (f"{one.ndcg:.3f}", english, _ratio(one.share), bounds, str(one.none_wrongly))
        table.add_row(terminal.plain(one.language), str(one.count), *cells)
    terminal.out().print()
    terminal.out().print(table)


def _table(*left: str, right: Iterable[str]) -> Table:
    table = Table(*left, box=None, pad_edge=False)
    for name in right:
        table.add_column(name, justify="right")
    return table


def _bounds(interval: tuple[float, float]) -> str:
    return "–".join(f"{bound:.2f}" for bound in interval)


def _ratio(value: float | None) -> str:
    return "–" if value is None else f"{value:.2f}"


def _in_hundred(p: float) -> str:
    return "less than once in 100 runs" if p < 0.01 else f"in {p * 100:.0f} of 100 runs"


def print_findings(findings: Iterable[Finding]) -> None:
    """What `kb doctor` found: one line each, and the next step below it."""
    console = terminal.out()
    colours = {"ok": "green", "warn": "yellow", "fail": "red"}
    for finding in findings:
        state = Text(f"{finding.state.value:<5}", style=colours[finding.state.value])
        console.print(Text.assemble(state, f"{finding.name:<9} ", terminal.plain(_what(finding))))
        if finding.next_step is not None:
            # one line however long: it is to be copied
            step = terminal.plain(f"do: {english.said(finding.next_step)}")
            console.print(Text(" " * 15) + step, soft_wrap=True)


def print_against(compared: Against) -> None:
    """What `kb doctor --against` found: the figures, then each sentence on which the two models part."""
    console, found = terminal.out(), compared.found
    state = Text("ok   ", "green") if compared.is_good else Text("fail ", "red")
    console.print(
        Text.assemble(state, terminal.plain(f"{compared.model} against {compared.folder}")), soft_wrap=True
    )
    alike = found.sentences - len(found.cut_otherwise)
    others = len(found.other_neighbours)
    for line in (
        f"tokens      {alike} of {found.sentences} sentences are cut alike",
        f"vectors     cosines are {found.least:.4f} at least, {found.mean:.4f} in the mean",
        f"neighbours  {others} of {found.neighbours} are others",
        *(f"cut otherwise: {text}" for text in found.cut_otherwise),
        *(f"nearest to {one.sentence}: here {one.here}, there {one.there}" for one in found.other_neighbours),
    ):
        console.print(terminal.plain(" " * 5 + line), soft_wrap=True)
    if not compared.is_good:
        step = "get the published model again; if that is the same, install the requirements again"
        console.print(terminal.plain(" " * 5 + f"do: {step}"), soft_wrap=True)


def as_data(finding: Finding) -> dict[str, str]:
    """A finding for `kb doctor --json`."""
    step = "" if finding.next_step is None else english.said(finding.next_step)
    return {**english.worded(finding), "what": _what(finding), "next_step": step}


def _what(finding: Finding) -> str:
    facts = (finding.what,) if isinstance(finding.what, Said) else finding.what
    return "; ".join(map(english.said, facts))
