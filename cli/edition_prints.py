"""What the commands about editions print."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from rich.table import Table

from cli import caveat_prints
from cli.bars import quiet
from cli.terminal import asked, err, is_asking, out, plain
from kb import Edition, Progress
from kb.care import Contents
from kb.editions import Change, Changes, Plan

_MOST_LINES = 30


def counted(found: Changes) -> str:
    """One line of counts."""
    groups = {
        "added": found.added,
        "removed": found.removed,
        "renamed": found.renamed,
        "moved": found.moved,
        "rewritten": found.rewritten,
        "split": found.split,
        "merged": found.merged,
    }
    said = [
        f"{len(group)} {what}" for what, group in groups.items() if group or what not in ("split", "merged")
    ]
    return f"{', '.join(said)}, {found.unchanged} unchanged"


def print_changes(handbook: str, before: int, after: int, found: Changes) -> None:
    """What changed between two editions, group by group."""
    console = out()
    console.print(plain(f"{handbook}: edition {before} to edition {after}", "bold"))
    for line in lines(found):
        console.print(plain(line), soft_wrap=True)
    console.print(counted(found))


def lines(found: Changes) -> list[str]:
    """Each change on a line of its own."""
    said = [f"+ {title}  ({record})" for record, title in found.added]
    said += [f"- {title}  ({record})" for record, title in found.removed]
    said += [f"renamed: {c.before} -> {c.after}  ({c.id})" for c in found.renamed]
    said += [
        f"moved: {c.title}: {c.before or 'no annex'} -> {c.after or 'no annex'}  ({c.id})"
        for c in found.moved
    ]
    said += [
        f"rewritten: {w.title}: {', '.join(label or 'introduction' for label in w.fields)}  ({w.id})"
        for w in found.rewritten
    ]
    said += [f"split: {s.title}: into {', '.join(t for _, t in s.others)}  ({s.id})" for s in found.split]
    said += [f"merged: {m.title}: from {', '.join(t for _, t in m.others)}  ({m.id})" for m in found.merged]
    return said


def agreed(plan: Plan, tell: Progress) -> bool | frozenset[str]:
    """Show what an ingest would change and ask, where somebody can answer; else agree to all but drastic plans.

    A new handbook changes nothing that is there, so nobody is asked. Each doubtful record is asked about; the
    answer is the ids of those that are not what they were taken for, or whether to go on.
    """
    if not is_asking():
        return not plan.is_drastic
    if plan.changes is None:
        return True
    with quiet(tell):
        console = err()
        console.print(plain(f"{plan.file}: edition {plan.edition} of {plan.title} ({plan.handbook})", "bold"))
        for line in lines(plan.changes)[:_MOST_LINES]:
            console.print(plain(line), soft_wrap=True)
        if (more := len(lines(plan.changes)) - _MOST_LINES) > 0:
            console.print(f"and {more} more; kb diff {plan.handbook} lists all when it is published")
        console.print(f"Since edition {plan.before}: {counted(plan.changes)}")
        apart = frozenset(change.id for change in plan.doubtful if not _is_the_same(change))
        if apart:
            said = f"{len(apart)} more removed and added: not what they were taken for"
            console.print(plain(said, "yellow"))
        for line in caveat_prints.lines(plan.caveats):
            console.print(plain(line, "yellow"), soft_wrap=True)
        if plan.is_drastic:
            said = f"{len(plan.changes.removed)} of {plan.old_records} records would be removed."
            console.print(said, style="bold red")
        return apart if asked("Publish this edition?") else False


def _is_the_same(change: Change) -> bool:
    """Ask about one doubtful record; anything but a no leaves it as it was matched."""
    console = err()
    console.print(
        plain(f"Doubtful: is {change.after!r} what was {change.before!r}?", "yellow"), soft_wrap=True
    )
    return not asked(f"Keep them apart? ({change.id})")


def print_contents(file: Path, found: Contents) -> None:
    """What a backup holds."""
    out().print(plain(f"{file}: {_held(found)}, of {found.created}"), soft_wrap=True)


def print_exchange(folder: Path, now: Contents, file: Path, then: Contents) -> None:
    """What a restore replaces, and what with."""
    until = f", as of {now.created}" if now.created else ""
    model = f"; its model is {then.model}, not {now.model}" if then.model not in (None, now.model) else ""
    err().print(plain(f"{folder} holds {_held(now)}{until}"), soft_wrap=True)
    err().print(plain(f"{file} holds {_held(then)}, of {then.created}{model}"), soft_wrap=True)


def _held(found: Contents) -> str:
    parts = [f"{found.handbooks} handbooks", f"{found.editions} editions"]
    if found.records >= 0:
        parts.append(f"{found.records} records served")
    if found.files:
        parts += [f"{found.files} files", f"{found.size / 1e6:.1f} MB"]
    return ", ".join(parts)


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
