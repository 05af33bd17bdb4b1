"""What `kb handbooks` prints."""

from __future__ import annotations

from collections.abc import Iterable

from rich.table import Table

from cli import terminal
from kb import Handbook


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
