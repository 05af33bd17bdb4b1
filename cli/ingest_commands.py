"""Reading handbooks: `kb ingest`, and `kb extract` that stores nothing."""

from __future__ import annotations

import sys
from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from cli import bars, terminal
from cli import edition_prints as press
from cli import ingest_prints as paper
from cli.opening import log
from cli.options import AsJson, Password, Private, ProfileFile
from cli.output import print_json
from ingest import pipeline
from ingest.reading import NEUTRAL, load
from kb import KbError, Settings
from kb.office import Deed

app = typer.Typer()


@app.command(epilog="Example: kb ingest handbook.pdf https://example.org/other.pdf")
def ingest(
    sources: Annotated[list[str], typer.Argument(metavar="FILE-OR-URL...", help="PDF files or addresses.")],
    handbook: Annotated[
        str, typer.Option(help="The handbook that this is a newer edition of; found by title unless given.")
    ] = "",
    password: Password = "",
    allow_private: Private = False,
    profile: ProfileFile = None,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Answer every question with yes.")] = False,
    as_json: AsJson = False,
) -> None:
    """Read handbooks into the library; the same file again changes nothing."""
    if handbook and len(sources) > 1:
        raise typer.BadParameter("--handbook names one handbook, so give one file with it")
    if profile and len(sources) > 1:
        raise typer.BadParameter("--profile is made for one handbook, so give one file with it")
    settings = Settings.from_environment()
    stated = load(profile) if profile else None
    reports, failures = [], {}
    for source in sources:
        try:
            with bars.progress() as tell:
                report = pipeline.ingest(
                    settings,
                    source,
                    handbook=handbook,
                    password=password,
                    allow_private=allow_private,
                    profile=stated,
                    progress=tell,
                    confirm=pipeline.agree if yes else partial(press.agreed, tell=tell),
                )
        except KbError as error:
            failures[source] = str(error)
            sys.stderr.write(f"kb: {terminal.clean(str(error))}\n")
        else:
            reports.append(report)
            if report.status != "unchanged":
                log(settings.data, Deed.INGEST, report.handbook, f"edition {report.edition} from {source}")
            if not as_json:
                paper.print_report(report)
    if as_json:
        print_json({"ingested": [paper.report_json(report) for report in reports], "failed": failures})
    if failures:
        raise typer.Exit(1)


@app.command(epilog="Example: kb extract handbook.pdf --json > handbook.json")
def extract(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A PDF file.")],
    password: Password = "",
    profile: ProfileFile = None,
    ledger: Annotated[bool, typer.Option("--ledger", help="Show where every line went, and why.")] = False,
    as_json: AsJson = False,
) -> None:
    """Show what ingesting a file would store, and store nothing."""
    settings = Settings.from_environment()
    stated = load(profile) if profile else NEUTRAL
    with bars.progress() as tell:
        found = pipeline.extract(settings, file, password=password, profile=stated, progress=tell)
    paper.print_notices(terminal.err(), found.notices)
    paper.print_caveats(terminal.err(), found.caveats)
    if ledger:
        print_json(found.ledger_json()) if as_json else paper.print_ledger(found.ledger_json())
        return
    if as_json:
        print_json(found.as_json())
        return
    console = terminal.out()
    console.print(terminal.plain(f"{found.title}: {len(found.pages)} pages, {found.language}", "bold"))
    for record in found.records:
        pages = f"p. {record.page_start}-{record.page_end}"
        console.print(terminal.plain(f"{record.kind.value:<9} {pages:<12} {record.title}"), soft_wrap=True)
    paper.print_unassigned(console, found.unassigned)
