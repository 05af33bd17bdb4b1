"""How far a command has come, on stderr; apart from what all commands print by, as Rich's bars take their time."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from rich import progress as rich_progress
from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    ProgressColumn,
    Task,
    TaskID,
    TextColumn,
    TimeElapsedColumn,
)
from rich.text import Text

from cli.terminal import clean, err, plain
from kb import Progress


@contextmanager
def progress() -> Iterator[Progress]:
    """Show stages with bars where stderr is a terminal, else a line for each stage."""
    console = err()
    if not console.is_terminal:
        yield _Lines(console)
        return
    counted = (TextColumn("{task.description:<10}"), BarColumn(), MofNCompleteColumn())
    timed = (TimeElapsedColumn(), _TimeLeft(), TextColumn("{task.fields[text]}"))
    with rich_progress.Progress(*counted, *timed, console=console) as bars:
        yield _Bars(bars)


@contextmanager
def quiet(tell: Progress) -> Iterator[None]:
    """Take the bars off the screen for a block, so that a question stands still."""
    if not isinstance(tell, _Bars):
        yield
        return
    tell.bars.stop()
    try:
        yield
    finally:
        tell.bars.start()


class _TimeLeft(ProgressColumn):
    """How long a stage will still take at the speed of its last half a minute; empty until that is known."""

    max_refresh = 0.5

    def render(self, task: Task) -> Text:
        if task.finished or not task.time_remaining:
            return Text("")
        return Text(f"{timedelta(seconds=round(task.time_remaining))} left", style="progress.remaining")


class _Bars:
    def __init__(self, bars: rich_progress.Progress) -> None:
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
