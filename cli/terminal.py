"""What the commands print: results on stdout, talk and progress on stderr.

Text from a PDF is printed as text: neither its brackets nor its control characters mean anything here.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeElapsedColumn
from rich.table import Table
from rich.text import Text

from kb import Edition, Handbook, Origin, Record, Unassigned

if TYPE_CHECKING:  # they bring the index libraries, which `kb --help` does without
    from kb.care import Finding
    from kb.measure import Evaluation
    from kb.search import Earlier, Hit, Results, Similar

Tell = Callable[[str, int, int, str], None]
"""stage, done, total, text: how a long piece of work says where it is."""

PIPE_WIDTH = 100
_KEPT = "\n\t"
_WINDOW = 360
_MOST_LEFT_OVER = 5


def out() -> Console:
    """Where results go."""
    return _console(is_error=False)


def err() -> Console:
    """Where talk goes."""
    return _console(is_error=True)


def _console(is_error: bool) -> Console:
    stream = sys.stderr if is_error else sys.stdout
    width = None if stream.isatty() else PIPE_WIDTH
    return Console(file=stream, highlight=False, markup=False, emoji=False, width=width)


def clean(text: str) -> str:
    """Take out what a terminal would obey: escapes and other control characters."""
    return "".join(c for c in text if c in _KEPT or (c.isprintable() or c == "\u00ad"))


def plain(text: str, style: str = "") -> Text:
    """Text from a handbook, ready to print."""
    return Text(clean(text), style=style)


@contextmanager
def progress() -> Iterator[Tell]:
    """Show stages with bars where stderr is a terminal, else a line for each stage."""
    console = err()
    if not console.is_terminal:
        yield _Lines(console)
        return
    columns = (TextColumn("{task.description:<10}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, TextColumn("{task.fields[text]}"), console=console) as bars:
        yield _Bars(bars)


@contextmanager
def quiet(tell: Tell) -> Iterator[None]:
    """Take the bars off the screen for a block, so that a question stands still."""
    if not isinstance(tell, _Bars):
        yield
        return
    tell.bars.stop()
    try:
        yield
    finally:
        tell.bars.start()


class _Bars:
    def __init__(self, bars: Progress) -> None:
        self.bars = self._bars = bars
        self._tasks: dict[str, TaskID] = {}

    def __call__(self, stage: str, done: int, total: int, text: str = "") -> None:
        if stage not in self._tasks:
            self._tasks[stage] = self._bars.add_task(clean(stage), total=total or None, text="")
        self._bars.update(self._tasks[stage], completed=done, total=total or None, text=clean(text))


class _Lines:
    def __init__(self, console: Console) -> None:
        self._console = console
        self._stage = ""

    def __call__(self, stage: str, done: int, total: int, text: str = "") -> None:  # noqa: ARG002
        if stage != self._stage:
            self._stage = stage
            count = f" ({total})" if total > 1 else ""
            said = f": {text}" if text else ""
            self._console.print(plain(f"{stage}{count}{said}"))


def is_asking() -> bool:
    """Whether somebody sits at a terminal who can be asked."""
    return sys.stdin.isatty() and sys.stderr.isatty()


def asked(question: str) -> bool:
    """Ask, where somebody can answer; anything but a yes is a no."""
    if not is_asking():
        return False
    err().print(plain(f"{question} [y/N] "), end="")
    return sys.stdin.readline().strip().casefold() in ("y", "yes")


def print_results(results: Results) -> None:
    """The answers, best first, each with its evidence and where it stands."""
    console = out()
    if results.notice:
        err().print(plain(results.notice, "yellow"))
    if results.meant:
        err().print(plain(f"Did you mean: {results.meant}", "yellow"))
    if results.language_note:
        err().print(plain(results.language_note, "yellow"))
    if not results.hits:
        console.print("Nothing in the library answers this. Try other words, or fewer filters.")
    elif results.no_match:
        console.print("Nothing fits well; the nearest are:", style="yellow")
    for rank, hit in enumerate(results.hits, results.query.offset + 1):
        _print_hit(console, rank, hit)
    if results.background:
        console.print("\nBackground in the handbooks", style="bold")
        for rank, hit in enumerate(results.background, 1):
            _print_hit(console, rank, hit)
    console.print(f"\n{len(results.hits)} of {results.total}", style="dim")


def print_earlier(earlier: Earlier) -> None:
    """What earlier editions say, each with its edition."""
    console = out()
    console.print("\nIn earlier editions", style="bold")
    if not earlier.hits:
        console.print("They say nothing else that answers this.")
    for rank, hit in enumerate(earlier.hits, 1):
        _print_hit(
            console, rank, replace(hit, handbook_title=f"{hit.handbook_title}, edition {hit.record.edition}")
        )
    console.print(f"\n{len(earlier.hits)} of {earlier.total}", style="dim")
    if earlier.unread:
        err().print(plain(f"{earlier.unread} of their passages are found by their words only", "yellow"))


def _print_hit(console: Console, rank: int, hit: Hit) -> None:
    record, evidence = hit.record, hit.evidence
    where = [
        record.kind.value,
        record.institution,
        hit.handbook_title,
        page_name(evidence.page, evidence.page_label),
    ]
    console.print(Text.assemble(f"{rank:>2}. ", plain(record.title, "bold"), (f"  {hit.score:.2f}", "dim")))
    _indented(console, plain(" · ".join(part for part in where if part), "cyan"), 4)
    _indented(console, _evidence(evidence.text, evidence.marks), 4)
    _indented(console, plain(f"kb show {record.id}", "dim"), 4)


def _evidence(text: str, marks: Sequence[tuple[int, int]]) -> Text:
    """Evidence on one line with its marks, cut to a window round the first of them where it is long."""
    # one character for one, so that the marks still fit; what a terminal obeys goes afterwards
    shown = Text("".join(" " if c.isspace() else c for c in text))
    for start, end in marks:
        shown.stylize("bold yellow", start, end)
    first = min((start for start, _ in marks), default=0)
    begin = max(0, min(first - _WINDOW // 3, len(text) - _WINDOW))
    window = shown[begin : begin + _WINDOW]
    before, after = "… " if begin else "", " …" if begin + _WINDOW < len(text) else ""
    return Text.assemble(before, _printable(window), after)


def _printable(text: Text) -> Text:
    """A marked text without control characters, its marks kept."""
    if clean(text.plain) == text.plain:
        return text
    return Text("").join(text[at] for at, c in enumerate(text.plain) if clean(c))


def _indented(console: Console, text: Text, by: int) -> None:
    """Print below the line before; wrapped, without the blanks that padding leaves at line ends."""
    for line in text.wrap(console, console.width - by):
        line.rstrip()
        console.print(Text(" " * by) + line, soft_wrap=True)


def page_name(page: int, label: str) -> str:
    """Name a page by its printed number and its place in the PDF."""
    return f"p. {label} (PDF page {page})" if label and label != str(page) else f"p. {page}"


def print_record(record: Record, edition: Edition) -> None:
    """A record, whole; `edition` is the one it stands in, or the handbook's newest."""
    console = out()
    labels = {page.number: page.label for page in edition.pages} if edition.number == record.edition else {}

    def named(page: int) -> str:
        return page_name(page, labels.get(page, ""))

    pages = named(record.page_start)
    if record.page_end > record.page_start:
        pages += f" to {named(record.page_end)}"
    console.print(plain(record.title, "bold"))
    above = (record.kind.value, f"{edition.title}, edition {record.edition}", record.annex_label, pages)
    console.print(plain(" · ".join(part for part in above if part), "cyan"))
    if record.corrected:
        console.print(plain(f"Corrected in review: {', '.join(record.corrected)}", "yellow"))
    for facet in record.facets:
        console.print(plain(f"{facet.name}: {facet.value} ({facet.origin.value})", "dim"))
    for field in record.fields:
        heading = field.label or "(introduction)"
        if field.origin is Origin.CORRECTED:
            heading += " (corrected)"
        console.print()
        console.print(Text.assemble(plain(heading, "bold"), (f"  {named(field.page)}", "dim")))
        console.print(plain(field.text))
    if record.tools:
        console.print(plain("\nTools: " + ", ".join(record.tools)))


def print_similar(found: Iterable[Similar]) -> None:
    """The neighbours of a record, nearest first, each with its reasons."""
    from cli import english

    console = out()
    for rank, near in enumerate(found, 1):
        record = near.record
        console.print(
            Text.assemble(f"{rank:>2}. ", plain(record.title, "bold"), (f"  {near.score:.2f}", "dim"))
        )
        where = (record.kind.value, record.institution, near.handbook_title, page_name(record.page_start, ""))
        _indented(console, plain(" · ".join(part for part in where if part), "cyan"), 4)
        if near.reasons:
            _indented(console, plain("; ".join(map(english.said, near.reasons))), 4)
        _indented(console, plain(f"kb show {record.id}", "dim"), 4)


def print_handbooks(handbooks: Iterable[Handbook]) -> None:
    """The shelf: one row a handbook."""
    table = Table(
        "id",
        "title",
        "language",
        "edition",
        "pages",
        "practices",
        "tools",
        "annexes",
        box=None,
        pad_edge=False,
    )
    for book in handbooks:
        counts = [str(book.counts.get(kind, 0)) for kind in ("practice", "tool", "annex")]
        edition = f"{book.edition} of {book.editions}"
        table.add_row(
            plain(book.id), plain(book.title), book.language, edition, str(book.page_count), *counts
        )
    out().print(table)


def print_editions(editions: Iterable[Edition]) -> None:
    """The editions of one handbook, newest first."""
    table = Table("edition", "title", "pages", "file", "ingested", "sha256", box=None, pad_edge=False)
    for edition in editions:
        table.add_row(
            str(edition.number),
            plain(edition.title),
            str(len(edition.pages)),
            plain(edition.file_name),
            edition.ingested_at,
            edition.sha256[:12],
        )
    out().print(table)


def print_evaluation(found: Evaluation, recall: str) -> None:
    """One row a style and mode; then what was said of needs that nothing answers, and of similar records."""
    console = out()
    table = Table("style", "mode", box=None, pad_edge=False)
    for name in ("needs", "nDCG@10", "hit@1", recall, "MRR"):
        table.add_column(name, justify="right")
    style = ""
    for row in found.rows:
        measures = (row.ndcg, row.hit_at_1, row.recall, row.mrr)
        shown = "" if row.style == style else row.style
        table.add_row(plain(shown), row.mode, str(row.count), *(f"{value:.3f}" for value in measures))
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
        err().print(plain(f"judged, but not in this library: {name}"))


def print_unassigned(console: Console, unassigned: Iterable[Unassigned]) -> None:
    """What went into no record: each reason with its count and its pages."""
    left = list(unassigned)
    if not left:
        console.print("Not assigned: nothing")
        return
    reasons = Counter(part.reason for part in left)
    console.print(f"Not assigned: {len(left)} pieces of text")
    for reason, count in reasons.most_common(_MOST_LEFT_OVER):
        pages = sorted({part.page for part in left if part.reason == reason})
        named = ", ".join(map(str, pages[:8])) + (", …" if len(pages) > 8 else "")
        console.print(plain(f"  {count} × {reason} (PDF page {named})"))
    if len(reasons) > _MOST_LEFT_OVER:
        console.print(f"  and {len(reasons) - _MOST_LEFT_OVER} other reasons")


def print_findings(findings: Iterable[Finding]) -> None:
    """What `kb doctor` found: one line each, and the next step below it."""
    console = out()
    colours = {"ok": "green", "warn": "yellow", "fail": "red"}
    for finding in findings:
        state = Text(f"{finding.state.value:<5}", style=colours[finding.state.value])
        console.print(Text.assemble(state, f"{finding.name:<9} ", plain(finding.what)))
        if finding.next_step:
            # one line however long: it is to be copied
            console.print(Text(" " * 15) + plain(f"do: {finding.next_step}"), soft_wrap=True)


def ledger_line(ledger: Sequence[tuple[str, int]]) -> str:
    """One line on where the characters of a document went."""
    total = sum(count for _, count in ledger)
    if not total:
        return "No text was read."
    assigned = total - dict(ledger).get("unassigned", 0)
    parts = ", ".join(f"{place} {100 * count / total:.0f} %" for place, count in ledger)
    return f"{100 * assigned / total:.1f} % of {total} characters assigned: {parts}"


def print_ledger(ledger: Mapping[str, Any]) -> None:
    """Each block of a document with the place it went to, then the characters a place."""
    console = out()
    for block in ledger["blocks"]:
        where = f"{block['place']}: {block['record']}" if block["record"] else block["place"]
        head = " ".join(block["text"].split())[:60]
        console.print(
            plain(f"p. {block['page']:>3}  {where:<60}  {block['characters']:>6}  {head}"), soft_wrap=True
        )
    total = sum(ledger["totals"].values()) or 1
    table = Table("place", "characters", "share", box=None)
    for place, count in ledger["totals"].items():
        table.add_row(place, str(count), f"{100 * count / total:.1f} %")
    console.print(table)
    for title in ledger["missing"]:
        console.print(plain(f"Listed in the contents but not found: {title}"))
