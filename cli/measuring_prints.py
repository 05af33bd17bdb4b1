"""What `kb eval` and `kb doctor` print."""

from __future__ import annotations

from collections.abc import Iterable

from rich.table import Table
from rich.text import Text

from cli import english, terminal
from kb import Said
from kb.care import Finding
from kb.measure import Evaluation


def print_evaluation(found: Evaluation, recall: str) -> None:
    """One row a style and mode; then what was said of needs that nothing answers, and of similar records."""
    console = terminal.out()
    table = Table("style", "mode", box=None, pad_edge=False)
    for name in ("needs", "nDCG@10", "hit@1", recall, "MRR"):
        table.add_column(name, justify="right")
    style = ""
    for row in found.rows:
        measures = (row.ndcg, row.hit_at_1, row.recall, row.mrr)
        shown = "" if row.style == style else row.style
        table.add_row(
            terminal.plain(shown), row.mode, str(row.count), *(f"{value:.3f}" for value in measures)
        )
        style = row.style
    console.print(table)
    if (more := found.reranking) is not None:
        cost = f"{more.wall_ms:.0f} ms more a query ({more.processor_ms:.0f} ms of processor time)"
        console.print(f"\nreranker: nDCG@10 {more.ndcg_gain:+.3f} over hybrid, for {cost}")
    if found.none_rightly[1]:
        rightly, wrongly, same = (
            f"{said} of {count}"
            for said, count in (found.none_rightly, found.none_wrongly, found.none_wrongly_same_language)
        )
        console.print(
            f'\n"nothing fits": said rightly {rightly}, wrongly {wrongly} ({same} in the same language)'
        )
    if found.similar_ndcg is not None:
        console.print(f"similar: nDCG@5 {found.similar_ndcg:.3f} over {found.similar_count} records")
    for name in found.unknown:
        terminal.err().print(terminal.plain(f"judged, but not in this library: {name}"))


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


def as_data(finding: Finding) -> dict[str, str]:
    """A finding for `kb doctor --json`."""
    step = "" if finding.next_step is None else english.said(finding.next_step)
    return {**english.worded(finding), "what": _what(finding), "next_step": step}


def _what(finding: Finding) -> str:
    facts = (finding.what,) if isinstance(finding.what, Said) else finding.what
    return "; ".join(map(english.said, facts))
