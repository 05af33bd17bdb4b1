"""What the `kb review` commands print."""

from __future__ import annotations

from collections.abc import Sequence

from cli import english, terminal
from kb import Record
from kb.care import Item
from kb.editions import Edit


def print_items(found: Sequence[Item]) -> None:
    """The review list, the most pressing first."""
    for item in found:
        _print_item(item)
    terminal.out().print(f"{len(found)} to review", style="dim")


def title_of(item: Item) -> str:
    """What an item is called: a page that was not read has no title of its own."""
    return f"PDF page {item.page}" if item.doubt == "unread" else item.title


def _print_item(item: Item) -> None:
    console = terminal.out()
    page = f"PDF {item.page}" if item.page else "no page"
    title = title_of(item)
    title = title if len(title) <= 200 else f"{title[:200]}…"
    console.print(terminal.plain(f"{item.doubt.value}: {title} ({page})", "bold"), soft_wrap=True)
    console.print(terminal.plain(f"  {english.said(item.why)}; {english.said(item.todo)}"), soft_wrap=True)
    if item.theirs or item.mine:
        console.print(terminal.plain(f"  edited: {item.mine}\n  now printed: {item.theirs}"), soft_wrap=True)
    console.print(terminal.plain(f"  {item.id}", "dim"), soft_wrap=True)


def print_record(record: Record) -> None:
    """A record as it is served, its fields numbered."""
    console = terminal.out()
    console.print(terminal.plain(f"{record.kind.value}: {record.title}", "bold"), soft_wrap=True)
    pages = f"PDF {record.page_start}-{record.page_end}, {record.confidence:.0%} sure"
    done = f", corrected: {', '.join(record.corrected)}" if record.corrected else ""
    console.print(terminal.plain(f"{record.id}\n{record.institution or 'no institution'}, {pages}{done}"))
    for number, field in enumerate(record.fields, 1):
        console.print(
            terminal.plain(f"{number}. {field.label or '(no label)'} [{field.origin.value}]", "bold")
        )
        console.print(terminal.plain(field.text), soft_wrap=True)


def print_edits(made: Sequence[Edit]) -> None:
    """Who decided what, when and why."""
    for edit in made:
        undone = f" (undone by {edit.undone_by}, {edit.undone_at})" if edit.is_undone else ""
        note = f": {edit.note}" if edit.note else ""
        line = f"{edit.number}. {edit.when} {edit.who}: {said(edit)}{note}{undone}"
        terminal.out().print(terminal.plain(line), soft_wrap=True)


def said(edit: Edit) -> str:
    """What an edit does, in one line."""
    value = edit.value if len(edit.value) <= 100 else f"{edit.value[:100]}…"
    return f"{edit.action.value} {edit.record}" + (f" → {value}" if value else "")
