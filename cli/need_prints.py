"""What the `kb needs` commands print."""

from __future__ import annotations

from collections.abc import Sequence

from cli import terminal
from kb.measure import Tally
from kb.office import Vote
from kb.store import Grade, Need

SHOWN_DAYS = 30
SAID = {Grade.WELL: "answers well", Grade.PARTLY: "answers partly", Grade.NOT: "does not answer"}


def print_needs(found: Sequence[Need]) -> None:
    """Each need with its judgements."""
    console = terminal.out()
    for need in found:
        console.print(terminal.plain(f"{need.id} ({need.language}) {need.text}", "bold"), soft_wrap=True)
        for one in need.judgements:
            said = f"  {int(one.grade)} {SAID[one.grade]}: {one.record} ({one.who}, {one.when[:10]})"
            console.print(terminal.plain(said), soft_wrap=True)
        if not any(one.grade for one in need.judgements):
            console.print(terminal.plain("  nothing answers it"), soft_wrap=True)
    console.print("1 need" if len(found) == 1 else f"{len(found)} needs", style="dim")


def print_missed(found: Tally, said: Sequence[Vote], keeps_texts: bool) -> None:
    """The days, the texts where these are kept, and what readers say did not help."""
    console = terminal.out()
    if not found.days:
        console.print("Nothing was counted yet: kb serve counts the searches of its pages")
    for day in found.days[:SHOWN_DAYS]:
        console.print(
            f"{day.day}  {day.asked} asked, {day.nothing} without an answer, {day.weak} weakly answered"
        )
    for missed in found.texts:
        line = f"{missed.count} × {missed.outcome.value}, last {missed.last}: {missed.text}"
        console.print(terminal.plain(line), soft_wrap=True)
    for vote in said:
        of = f", of {vote.record}" if vote.record else ""
        line = f"readers: helped {vote.helped}, did not {vote.unhelped}, last {vote.last}: {vote.text}{of}"
        console.print(terminal.plain(line), soft_wrap=True)
    if found.days and not keeps_texts:
        terminal.err().print("What was asked is not kept; start kb serve with KB_KEEP_QUERIES=1 to keep it")
