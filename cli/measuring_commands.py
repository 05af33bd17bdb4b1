"""How well it works: `kb eval`, and what is wrong here, `kb doctor`."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from cli import bars
from cli import measuring_prints as press
from cli.options import AsJson
from cli.output import print_json
from ingest.safe import sandbox
from kb import Settings
from kb.care import Verdict, check_against, examine, of_reader
from kb.care import rebuild as build_anew
from kb.measure import Evaluation, evaluate_collection, evaluate_needs, means_over
from kb.measure import compare as compare_runs
from kb.model import load_encoder
from kb.search import Library

app = typer.Typer()


@app.command(name="eval", epilog="Example: kb eval needs.json --run run.jsonl")
def evaluate(
    needs: Annotated[Path | None, typer.Argument(metavar="NEEDS.json", help="Judged needs.")] = None,
    run: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write every answer here (JSON lines).")
    ] = None,
    english: Annotated[
        Path | None,
        typer.Option(metavar="NEEDS.json", help="The English needs that NEEDS.json says in other languages."),
    ] = None,
    beir: Annotated[
        list[Path] | None,
        typer.Option(metavar="FOLDER", help="A collection in BEIR's layout instead of needs; several times."),
    ] = None,
    queries: Annotated[
        Path | None, typer.Option(metavar="FOLDER", help="A collection that asks the same in other words.")
    ] = None,
    compare: Annotated[
        tuple[Path, Path] | None,
        typer.Option(metavar="OLD NEW", help="Two files of --run: is the difference more than chance?"),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Measure search on judged needs, by words, by meaning and both.

    NEEDS.json holds {"pool": [file names], "queries": [{"id", "text", "style", "relevant": [{"file", "kind",
    "title", "grade"}]}], "similar": [{"file", "title", "similar": [...]}]}. A query may have a "language", and in
    "english" the id of the need in English that it says anew. A BEIR folder holds corpus.jsonl, queries.jsonl and
    qrels/test.tsv, and is measured in a library of its own; --queries asks its documents what another folder
    asks by the same ids. --compare needs neither library nor model.
    """
    _check_one_way(needs, beir, compare)
    if english is not None and needs is None:
        raise typer.BadParameter("--english goes with NEEDS.json")
    if queries is not None and not beir:
        raise typer.BadParameter("--queries goes with --beir")
    if run is not None and (compare is not None or len(beir or ()) > 1):
        raise typer.BadParameter("--run goes with NEEDS.json or one --beir FOLDER")
    if compare is not None:
        changed = compare_runs(*compare)
        print_json(press.comparison_data(changed)) if as_json else press.print_comparison(changed)
    elif beir:
        _evaluate_collections(beir, queries, run, as_json)
    else:
        assert needs is not None
        with Library.open(Settings.from_environment()) as library:
            found = evaluate_needs(library, needs, run, english)
        print_json(asdict(found)) if as_json else press.print_evaluation(found, "recall@5")


def _check_one_way(needs: Path | None, beir: list[Path] | None, compare: tuple[Path, Path] | None) -> None:
    if sum((needs is not None, bool(beir), compare is not None)) != 1:
        raise typer.BadParameter("give one of NEEDS.json, --beir FOLDER and --compare OLD NEW")


def _evaluate_collections(folders: list[Path], queries: Path | None, run: Path | None, as_json: bool) -> None:
    """Measure each collection in a library of its own; several stand in one table."""
    settings = Settings.from_environment()
    found: list[tuple[str, Evaluation]] = []
    with bars.progress() as tell:
        encoder = load_encoder(settings)
        for folder in folders:
            name = folder.name if queries is None else f"{folder.name} by {queries.name}"
            one = evaluate_collection(folder, settings, encoder, tell, queries=queries, run=run)
            found.append((name, one))
    means = means_over(one for _, one in found)
    if as_json and len(found) == 1:
        print_json(asdict(found[0][1]))
    elif as_json:
        rows = [{"name": n, **asdict(one), "over_better_leg": one.over_better_leg} for n, one in found]
        print_json({"collections": rows, "means": means})
    elif len(found) == 1:
        press.print_evaluation(found[0][1], "recall@100")
    else:
        press.print_collections(found, means)


@app.command(epilog="Example: kb doctor")
def doctor(
    rebuild: Annotated[
        bool, typer.Option("--rebuild", help="First build the index anew from the store.")
    ] = False,
    against: Annotated[
        Path | None,
        typer.Option(
            metavar="FOLDER",
            help="Instead compare the embedded model with the published one of its name in this folder.",
        ),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Check model, library, index, OCR, disk and the PDF reader; say what to do.

    --against takes the folder of all-MiniLM-L6-v2 or multilingual-e5-small, downloaded elsewhere: sentence-transformers
    reads it, and 64 sentences in eight languages have to be cut alike and to have like vectors and neighbours.
    """
    settings = Settings.from_environment()
    if against is not None:
        if rebuild:
            raise typer.BadParameter("--against changes nothing, so it goes without --rebuild")
        compared = check_against(settings, against)
        print_json(asdict(compared)) if as_json else press.print_against(compared)
        raise typer.Exit(0 if compared.is_good else 1)
    if rebuild:
        with bars.progress() as tell:
            build_anew(settings, tell)
    findings = (*examine(settings), *of_reader(sandbox.held()))
    if as_json:
        print_json([press.as_data(finding) for finding in findings])
    else:
        press.print_findings(findings)
    if any(finding.state is Verdict.FAIL for finding in findings):
        raise typer.Exit(1)
