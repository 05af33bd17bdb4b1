"""What the commands that find records print."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from rich.console import Console
from rich.text import Text

from cli import english, terminal
from kb import Edition, Origin, Record
from kb.search import Earlier, Hit, Results, ShownAs, Similar
from kb.words import vocabulary

_WINDOW = 360


def print_results(results: Results) -> None:
    """The answers, best first, each with its evidence and where it stands."""
    console = terminal.out()
    if facts := (*results.notices, *results.remarks):
        terminal.err().print(terminal.plain(english.said(facts), "yellow"))
    if results.meant:
        terminal.err().print(terminal.plain(f"Did you mean: {results.meant}", "yellow"))
    for facet in dict.fromkeys(one.facet for one in results.constraints):
        _print_preferred(facet, [one.label for one in results.constraints if one.facet == facet])
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
    console = terminal.out()
    console.print("\nIn earlier editions", style="bold")
    if not earlier.hits:
        console.print("They say nothing else that answers this.")
    for rank, hit in enumerate(earlier.hits, 1):
        _print_hit(
            console, rank, replace(hit, handbook_title=f"{hit.handbook_title}, edition {hit.record.edition}")
        )
    console.print(f"\n{len(earlier.hits)} of {earlier.total}", style="dim")
    if earlier.unread:
        terminal.err().print(
            terminal.plain(f"{earlier.unread} of their passages are found by their words only", "yellow")
        )


def _print_preferred(facet: str, labels: Sequence[str]) -> None:
    name = facet.replace("_", " ")
    said = f"Preferred: {name} {' or '.join(labels)} (--drop {facet} ignores it)"
    terminal.err().print(terminal.plain(said, "dim"))


def _print_hit(console: Console, rank: int, hit: Hit) -> None:
    record, evidence = hit.record, hit.evidence
    where = [
        record.kind.value,
        record.institution,
        hit.handbook_title,
        page_name(evidence.page, evidence.page_label),
    ]
    is_title = evidence.form is ShownAs.TITLE
    title = _evidence(evidence.text, evidence.marks) if is_title else terminal.plain(record.title)
    title.style = "bold"
    console.print(Text.assemble(f"{rank:>2}. ", title, (f"  {hit.score:.2f}", "dim")))
    _indented(console, terminal.plain(" · ".join(part for part in where if part), "cyan"), 4)
    if not is_title:
        _indented(console, _evidence(evidence.text, evidence.marks), 4)
    _indented(console, terminal.plain(f"kb show {record.id}", "dim"), 4)


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
    if terminal.clean(text.plain) == text.plain:
        return text
    return Text("").join(text[at] for at, c in enumerate(text.plain) if terminal.clean(c))


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
    console = terminal.out()
    labels = {page.number: page.label for page in edition.pages} if edition.number == record.edition else {}

    def named(page: int) -> str:
        return page_name(page, labels.get(page, ""))

    pages = named(record.page_start)
    if record.page_end > record.page_start:
        pages += f" to {named(record.page_end)}"
    console.print(terminal.plain(record.title, "bold"))
    above = (record.kind.value, f"{edition.title}, edition {record.edition}", record.annex_label, pages)
    console.print(terminal.plain(" · ".join(part for part in above if part), "cyan"))
    if record.corrected:
        console.print(terminal.plain(f"Corrected in review: {', '.join(record.corrected)}", "yellow"))
    terms = vocabulary.load()
    for facet in record.facets:
        words = terms.mapped_from(facet.name, facet.value, facet.printed)
        known = f"{facet.origin.value}, mapped from “{words}”" if words else facet.origin.value
        if words and facet.origin in (Origin.STATED, Origin.MAPPED):  # stated: of an edition read before
            known = f"mapped from “{words}”"
        console.print(terminal.plain(f"{facet.name}: {facet.value} ({known})", "dim"))
    for field in record.fields:
        heading = field.label or "(introduction)"
        if field.origin is Origin.CORRECTED:
            heading += " (corrected)"
        console.print()
        console.print(Text.assemble(terminal.plain(heading, "bold"), (f"  {named(field.page)}", "dim")))
        console.print(terminal.plain(field.spoken))
    if record.tools:
        console.print(terminal.plain("\nTools: " + ", ".join(record.tools)))


def print_similar(found: Iterable[Similar]) -> None:
    """The neighbours of a record, nearest first, each with its reasons."""
    console = terminal.out()
    for rank, near in enumerate(found, 1):
        record = near.record
        console.print(
            Text.assemble(
                f"{rank:>2}. ", terminal.plain(record.title, "bold"), (f"  {near.score:.2f}", "dim")
            )
        )
        where = (record.kind.value, record.institution, near.handbook_title, page_name(record.page_start, ""))
        _indented(console, terminal.plain(" · ".join(part for part in where if part), "cyan"), 4)
        if near.reasons:
            _indented(console, terminal.plain("; ".join(map(english.said, near.reasons))), 4)
        if near.nearest:
            for quote in (near.nearest.own, near.nearest.near):
                _indented(console, terminal.plain(f"“{quote.text}” ({page_name(quote.page, '')})", "dim"), 4)
        for record in (near.record, *near.also):
            if record is not near.record:
                _indented(console, terminal.plain(f"nearly the same: {record.title}"), 4)
            _indented(console, terminal.plain(f"kb show {record.id}", "dim"), 4)
