"""Needs with what answers them: `kb needs ...`."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from cli import need_prints as census
from cli import terminal
from cli.opening import account, writing
from cli.options import AsJson, By
from cli.output import print_json
from kb import InputError, Settings
from kb.measure import missed, needs_file
from kb.office import votes
from kb.search import asking
from kb.store import Grade, Store, export, plain

app = typer.Typer(
    name="needs",
    invoke_without_command=True,
    epilog='Example: kb needs add "award credit for online exchange" --answer ID=2',
    help="Collect needs with what answers them, to measure search on; see what search missed.",
)


@app.callback()
def _needs(context: typer.Context, as_json: AsJson = False) -> None:
    if context.invoked_subcommand is not None:
        return
    with Store.open(Settings.from_environment().data, readonly=True) as store:
        found = store.needs()
    if as_json:
        print_json({"needs": [{"id": need.id, **asdict(need)} for need in found]})
    else:
        census.print_needs(found)


@app.command(name="add", epilog='Example: kb needs add "award credit for online exchange" --answer ID=2')
def needs_add(
    text: Annotated[str, typer.Argument(metavar="NEED", help="What was needed, in somebody's own words.")],
    answer: Annotated[
        list[str],
        typer.Option(
            metavar="ID=GRADE", help="A record: 2 answers well, 1 partly, 0 not; may be given again."
        ),
    ] = [],  # noqa: B006
    nothing: Annotated[bool, typer.Option("--nothing", help="Nothing in the library answers it.")] = False,
    language: Annotated[
        str, typer.Option(metavar="CODE", help="Of the need: en, de, ...; guessed unless given.")
    ] = "",
    by: By = "",
) -> None:
    """Keep a need with what answers it; the same need again adds to it."""
    if bool(answer) == nothing:
        raise typer.BadParameter("give --answer ID=GRADE, once or more, or else --nothing")
    given = dict(_graded(one) for one in answer)
    text = plain(text)
    with writing(Settings.from_environment()) as store:
        grades = {store.record(record).id: Grade(grade) for record, grade in given.items()}
        need = store.judge(text, language or asking.language_of(text) or "en", grades, by or account())
    census.print_needs([need])


@app.command(name="remove", epilog="Example: kb needs remove n3")
def needs_remove(
    need: Annotated[str, typer.Argument(metavar="NEED", help="Its id, as kb needs prints it.")],
) -> None:
    """Forget a need with its judgements."""
    number = need.removeprefix("n")
    if not (number.isascii() and number.isdecimal()):
        raise typer.BadParameter(f"{need}: not the id of a need; kb needs lists them")
    with writing(Settings.from_environment()) as store:
        store.forget_need(int(number))


@app.command(name="export", epilog="Example: kb needs export needs.json && kb eval needs.json")
def needs_export(
    file: Annotated[Path, typer.Argument(metavar="FILE.json", help="The file to write, for kb eval.")],
    readers: Annotated[
        bool,
        typer.Option("--readers", help="Also what readers of the web page said to help, as a part answer."),
    ] = False,
) -> None:
    """Write the needs into a file that kb eval reads."""
    settings = Settings.from_environment()
    with Store.open(settings.data, readonly=True) as store:
        needs = store.needs()
        if readers:
            known = {need.text.casefold() for need in needs}
            said = [vote for vote in votes.counted(settings.data) if vote.text not in known]
            first = max((need.number for need in needs), default=0) + 1
            needs += votes.as_needs(said, lambda text: asking.language_of(text) or "en", first)
        held, lost = export(needs, store.handbooks(), store.record)
    try:
        file.write_text(json.dumps(held, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    except OSError as error:
        raise InputError(f"{file}: cannot be written ({error.strerror or error})") from error
    for record in lost:
        terminal.err().print(terminal.plain(f"Left out, as it is not served: {record}", "yellow"))
    typer.echo(f"{file}: {len(held['queries'])} needs")


@app.command(name="import", epilog="Example: kb needs import needs.json")
def needs_import(
    file: Annotated[Path, typer.Argument(metavar="FILE.json", help="Needs, as kb needs export writes them.")],
    by: By = "",
) -> None:
    """Keep the needs of a file, each with the records of this library that it names; again adds nothing new."""
    judged = needs_file.read(file)
    with writing(Settings.from_environment()) as store:
        files = {book.id: book.file_name for book in store.handbooks()}
        if not set(judged.pool or files.values()) & set(files.values()):
            raise InputError(f"{file}: the library holds none of its handbooks: {', '.join(judged.pool)}")
        editions = store.current_editions()
        records = [
            (needs_file.Named(file=name, kind=record.kind.value, title=record.title), record.id)
            for book, name in files.items()
            for record in store.records(book, editions[book])
        ]
        lost = 0
        for need in judged.queries:
            named = {one: needs_file.found(one, records) for one in need.relevant}
            lost += sum(not record for record in named.values())
            grades = {record: Grade(min(2, int(one.grade))) for one, record in named.items() if record}
            if grades or not need.relevant:
                language = need.spoken or asking.language_of(need.text) or "en"
                store.judge(plain(need.text), language, grades, by or account())
    typer.echo(f"{file}: {len(judged.queries)} needs")
    if lost:
        terminal.err().print(f"Left out, as no record has such a title: {lost} answers", style="yellow")


@app.command(name="missing", epilog="Example: kb needs missing")
def needs_missing(as_json: AsJson = False) -> None:
    """Show how often search found nothing, or little, by day; what was asked, where that is kept; what did not help."""
    settings = Settings.from_environment()
    found = missed.tally(settings.data)
    said = [vote for vote in votes.counted(settings.data) if vote.unhelped]
    if as_json:
        print_json(asdict(found) | {"unhelped": [asdict(vote) for vote in said]})
    else:
        census.print_missed(found, said, settings.keep_queries)


def _graded(given: str) -> tuple[str, int]:
    record, _, grade = given.rpartition("=")
    if not record or grade not in ("0", "1", "2"):
        raise typer.BadParameter(f"--answer {given}: give it as ID=GRADE, with a grade of 0, 1 or 2")
    return record, int(grade)
