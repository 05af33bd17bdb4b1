"""How well it works: `kb eval`, and what is wrong here, `kb doctor`."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from cli import measuring_prints as press
from cli import terminal
from cli.options import AsJson
from cli.output import print_json
from ingest.safe import sandbox
from kb import Said, Settings
from kb.care import Finding, Mend, Seen, Verdict, examine
from kb.care import rebuild as build_anew
from kb.measure import evaluate_collection, evaluate_needs
from kb.model import load_encoder
from kb.search import Library

app = typer.Typer()


@app.command(name="eval", epilog="Example: kb eval needs.json --run run.jsonl")
def evaluate(
    needs: Annotated[Path | None, typer.Argument(metavar="NEEDS.json", help="Judged needs.")] = None,
    run: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write every answer here (JSON lines).")
    ] = None,
    beir: Annotated[
        Path | None, typer.Option(metavar="FOLDER", help="A collection in BEIR's layout instead of needs.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Measure search on judged needs, by words, by meaning and both.

    NEEDS.json holds {"pool": [file names], "queries": [{"id", "text", "style", "relevant": [{"file", "kind",
    "title", "grade"}]}], "similar": [{"file", "title", "similar": [...]}]}. A BEIR folder holds corpus.jsonl,
    queries.jsonl and qrels/test.tsv, and is measured in a library of its own.
    """
    if (needs is None) == (beir is None):
        raise typer.BadParameter("give either NEEDS.json or --beir FOLDER")
    if beir is not None and run is not None:
        raise typer.BadParameter("--run goes with NEEDS.json")
    settings = Settings.from_environment()
    if beir is not None:
        with terminal.progress() as tell:
            found = evaluate_collection(beir, settings, load_encoder(settings), tell)
    else:
        assert needs is not None
        with Library.open(settings) as library:
            found = evaluate_needs(library, needs, run)
    if as_json:
        print_json(asdict(found))
    else:
        press.print_evaluation(found, "recall@100" if beir is not None else "recall@5")


@app.command(epilog="Example: kb doctor")
def doctor(
    rebuild: Annotated[
        bool, typer.Option("--rebuild", help="First build the index anew from the store.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Check model, library, index, OCR and disk; say what to do about each finding."""
    settings = Settings.from_environment()
    if rebuild:
        with terminal.progress() as tell:
            build_anew(settings, tell)
    confinement = Finding("reader", Verdict.OK, Said(Seen.CONFINED))
    if sandbox.network() != sandbox.NO_NETWORK:
        confinement = Finding(
            "reader",
            Verdict.WARN,
            Said(Seen.NOT_CONFINED),
            Said(Mend.ALLOW_NAMESPACES),
        )
    findings = (*examine(settings), confinement)
    if as_json:
        print_json([press.as_data(finding) for finding in findings])
    else:
        press.print_findings(findings)
    if any(finding.state is Verdict.FAIL for finding in findings):
        raise typer.Exit(1)
