"""What `kb ingest` and `kb extract` print."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, replace
from typing import Any

from rich.console import Console
from rich.table import Table

from cli import caveat_prints, english, terminal
from cli import edition_prints as press
from ingest.pipeline import Report
from kb import Caveat, Said, Unassigned

_MOST_LEFT_OVER = 5


def print_report(report: Report) -> None:
    """What an ingest did: the edition, what it holds, and what was left over."""
    console = terminal.out()
    named = f"{report.title} ({report.handbook}), edition {report.edition}"
    if report.status == "unchanged":
        console.print(terminal.plain(f"{named}: unchanged, nothing written"))
        print_notices(console, report.notices)
        return
    console.print(terminal.plain(named, "bold"))
    print_notices(console, report.notices)
    console.print(
        f"{report.pages} pages, {report.annexes} annexes, {report.practices} practices, "
        f"{report.tools} tools, {report.sections} sections in {report.seconds:.1f} s"
    )
    console.print(terminal.plain(ledger_line(report.ledger)))
    if report.changes is not None:
        console.print(f"Since the edition before: {press.counted(report.changes)}")
    for text in report.missing:
        console.print(terminal.plain(f"Listed in the contents but not found: {text}"))
    print_caveats(console, report.caveats)
    print_unassigned(console, report.unassigned)


def print_notices(console: Console, notices: Iterable[Said]) -> None:
    """What is unusual about an ingest, a line each."""
    for notice in notices:
        console.print(terminal.plain(english.said(notice), "yellow"), soft_wrap=True)


def print_caveats(console: Console, caveats: Iterable[Caveat]) -> None:
    """What is amiss in a document, worst first."""
    for line in caveat_prints.lines(caveats):
        console.print(terminal.plain(line, "yellow"), soft_wrap=True)


def report_json(report: Report) -> dict[str, Any]:
    """The report as plain data: what is unusual and what is amiss in English, each also by its code."""
    data = asdict(replace(report, notices=()))
    del data["notices"]
    data["notice"] = english.said(report.notices)
    data["caveats"] = [{**asdict(one), "says": english.said(one.said)} for one in report.caveats]
    return data


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
        console.print(terminal.plain(f"  {count} × {reason} (PDF page {named})"))
    if len(reasons) > _MOST_LEFT_OVER:
        console.print(f"  and {len(reasons) - _MOST_LEFT_OVER} other reasons")


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
    console = terminal.out()
    for block in ledger["blocks"]:
        where = f"{block['place']}: {block['record']}" if block["record"] else block["place"]
        head = " ".join(block["text"].split())[:60]
        console.print(
            terminal.plain(f"p. {block['page']:>3}  {where:<60}  {block['characters']:>6}  {head}"),
            soft_wrap=True,
        )
    total = sum(ledger["totals"].values()) or 1
    table = Table("place", "characters", "share", box=None)
    for place, count in ledger["totals"].items():
        table.add_row(place, str(count), f"{100 * count / total:.1f} %")
    console.print(table)
    for title in ledger["missing"]:
        console.print(terminal.plain(f"Listed in the contents but not found: {title}"))
