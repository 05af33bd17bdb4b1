"""What `kb handbooks` prints."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from rich.table import Table

from cli import terminal
from cli.finding_prints import page_name
from kb import IMPRINT, Handbook, Origin

_WAYS = {
    Origin.STATED: "",
    Origin.MAPPED: "mapped from “{}”",
    Origin.INFERRED: "inferred",
    Origin.CORRECTED: "as the library's owner states",
}


def print_handbook(book: Handbook, labels: Mapping[int, str]) -> None:
    """Whose a handbook is, a line a value: where it is printed, or how else it is known."""
    terminal.out().print(terminal.plain(book.title, "bold"))
    for fact in book.facts:
        ways = [page_name(fact.page, labels.get(fact.page, ""))] if fact.page else []
        ways += [_WAYS[fact.origin].format(fact.printed)]
        told = ", ".join(way for way in ways if way)
        terminal.out().print(
            terminal.plain(f"{fact.name:<10} {fact.value}{f'  ({told})' if told else ''}"), soft_wrap=True
        )
    missing = [name for name in IMPRINT if not any(fact.name == name for fact in book.facts)]
    if missing:
        terminal.out().print(terminal.plain(f"not stated: {', '.join(missing)}", "dim"), soft_wrap=True)


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
            terminal.plain(book.id),
            terminal.plain(book.title),
            book.language,
            edition,
            str(book.page_count),
            *counts,
        )
    terminal.out().print(table)
