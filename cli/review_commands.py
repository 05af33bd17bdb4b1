"""What is doubtful, and its corrections: `kb review ...`."""

from __future__ import annotations

import sys
from dataclasses import asdict, replace
from typing import Annotated

import typer

from cli import bars, english, terminal
from cli import review_prints as paper
from cli.opening import account, encoder_of, log, writing
from cli.options import AsJson, By, FieldNumber, Note, RecordId, ReviewedBook
from cli.output import print_json
from kb import Kind, Settings
from kb.care import review
from kb.editions import Action, Edit
from kb.office import Deed
from kb.store import Store

app = typer.Typer(
    name="review",
    invoke_without_command=True,
    epilog="Example: kb review --handbook HANDBOOK",
    help="List what is doubtful, and correct what was read wrongly.",
)


@app.callback()
def _review(context: typer.Context, handbook: ReviewedBook = "", as_json: AsJson = False) -> None:
    if context.invoked_subcommand is None:
        _list_review(handbook, as_json)


@app.command(name="list", epilog="Example: kb review list --json")
def review_list(handbook: ReviewedBook = "", as_json: AsJson = False) -> None:
    """List what is doubtful, with its page and what to do; `kb review` alone does the same."""
    _list_review(handbook, as_json)


@app.command(name="show", epilog="Example: kb review show ID")
def review_show(record: RecordId, as_json: AsJson = False) -> None:
    """Print a record as it is served, with numbered fields, and its edits."""
    with Store.open(Settings.from_environment().data, readonly=True) as store:
        found = store.record(record)
        made = [e for e in store.edits(found.handbook) if found.id in (e.record, e.made, e.value)]
    if as_json:
        print_json({"record": asdict(found), "edits": [asdict(e) for e in made]})
        return
    paper.print_record(found)
    paper.print_edits(made)


@app.command(name="edits", epilog="Example: kb review edits --handbook HANDBOOK")
def review_edits(handbook: ReviewedBook = "", as_json: AsJson = False) -> None:
    """List every edit, oldest first: who, when, what and why; those that were undone as well."""
    with Store.open(Settings.from_environment().data, readonly=True) as store:
        made = store.edits(handbook or None)
    if as_json:
        print_json({"edits": [asdict(edit) for edit in made]})
    else:
        paper.print_edits(made)


@app.command(name="confirm", epilog="Example: kb review confirm ID")
def review_confirm(
    item: Annotated[str, typer.Argument(metavar="ID", help="The id of any item of the list.")],
    note: Note = "",
    by: By = "",
) -> None:
    """Take an item off the list: the record is right, the text may be left out, the edit is to stay."""
    _correct((Action.CONFIRM, ""), record=item, by=by, note=note)


@app.command(name="retitle", epilog='Example: kb review retitle ID "A better title"')
def review_retitle(
    record: RecordId,
    title: Annotated[str, typer.Argument(metavar="TITLE", help="The title it should have.")],
    note: Note = "",
    by: By = "",
) -> None:
    """Give a record another title; its address stays."""
    _correct((Action.RETITLE, title), record=record, by=by, note=note)


@app.command(name="retype", epilog="Example: kb review retype ID tool")
def review_retype(
    record: RecordId,
    kind: Annotated[Kind, typer.Argument(metavar="KIND", help="practice, tool, annex or section.")],
    note: Note = "",
    by: By = "",
) -> None:
    """Say that a record is of another kind."""
    _correct((Action.RETYPE, kind.value), record=record, by=by, note=note)


@app.command(name="set-institution", epilog='Example: kb review set-institution ID "University of Bucharest"')
def review_set_institution(
    record: RecordId,
    name: Annotated[str, typer.Argument(metavar="NAME", help='The institution; "" for none.')],
    note: Note = "",
    by: By = "",
) -> None:
    """Say whose practice it is."""
    _correct((Action.SET_INSTITUTION, name), record=record, by=by, note=note)


@app.command(name="set-field", epilog='Example: kb review set-field ID 2 --text "As the page has it."')
def review_set_field(
    record: RecordId,
    field: FieldNumber,
    text: Annotated[
        str | None, typer.Option(metavar="TEXT", help='Its text; "-" reads stdin, "" leaves the field out.')
    ] = None,
    label: Annotated[str | None, typer.Option(metavar="LABEL", help='Its label; "" for none.')] = None,
    note: Note = "",
    by: By = "",
) -> None:
    """Correct the text or the label of a field."""
    if text is None and label is None:
        raise typer.BadParameter("give --text, --label or both")
    wishes = []  # the label first: a field whose text is emptied has no number any more
    if label is not None:
        wishes.append((Action.SET_LABEL, label))
    if text is not None:
        wishes.append((Action.SET_TEXT, sys.stdin.read() if text == "-" else text))
    _correct(*wishes, record=record, field=field, by=by, note=note)


@app.command(name="discard", epilog='Example: kb review discard ID --note "a heading only"')
def review_discard(record: RecordId, note: Note = "", by: By = "") -> None:
    """Take a record out of search and lists; its address says so."""
    _correct((Action.DISCARD, ""), record=record, by=by, note=note)


@app.command(name="merge", epilog="Example: kb review merge ID INTO")
def review_merge(
    record: RecordId,
    into: Annotated[str, typer.Argument(metavar="INTO", help="The id of the record that it is a part of.")],
    note: Note = "",
    by: By = "",
) -> None:
    """Make a record a part of another one, to which its address then leads."""
    _correct((Action.MERGE, into), record=record, by=by, note=note)


@app.command(name="split", epilog='Example: kb review split ID 3 "The second practice"')
def review_split(
    record: RecordId,
    field: FieldNumber,
    title: Annotated[str, typer.Argument(metavar="TITLE", help="The title of the new record.")],
    note: Note = "",
    by: By = "",
) -> None:
    """Make a record of its own from a field on."""
    _correct((Action.SPLIT, title), record=record, field=field, by=by, note=note)


@app.command(name="undo", epilog="Example: kb review undo 12")
def review_undo(
    number: Annotated[
        int, typer.Argument(metavar="EDIT", help="An edit's number, as kb review edits prints it.")
    ],
    by: By = "",
) -> None:
    """Take an edit back; what was extracted is served again."""
    settings = Settings.from_environment()
    with writing(settings) as store, bars.progress() as tell:
        review.find(store, number)  # before the model is loaded
        edit = review.undo(store, number, by or account(), encoder_of(settings), tell)
    _log(settings, edit)
    terminal.err().print(terminal.plain(f"Undone: {paper.said(edit)}"))


def _log(settings: Settings, edit: Edit) -> None:
    """Write an edit into the log, as the web does; what it says is kept with it."""
    deed = Deed.UNDO if edit.is_undone else Deed.CORRECT
    log(settings.data, deed, edit.handbook, f"edit {edit.number}: {edit.action.value} {edit.record}")


def _correct(
    *wanted: tuple[Action, str], record: str, field: int | None = None, by: str = "", note: str = ""
) -> None:
    """Carry out corrections of one record, each an action with its value, in one publication."""
    settings = Settings.from_environment()
    with writing(settings) as store, bars.progress() as tell:
        handbook = review.handbook_of(store, record)
        who = by or account()
        wishes = [review.Wish(action, record, value, field, who, note) for action, value in wanted]
        review.check(store, handbook, wishes)  # before the model is loaded
        made = review.correct(store, handbook, wishes, encoder_of(settings), tell)
    typer.echo(made[-1].made or made[-1].record)
    for edit in made:
        _log(settings, edit)
        said = f"Edit {edit.number}: {paper.said(edit)}; kb review undo {edit.number}"
        terminal.err().print(terminal.plain(said))


def _list_review(handbook: str, as_json: bool) -> None:
    with Store.open(Settings.from_environment().data, readonly=True) as store:
        found = review.items(store, handbook)
    if as_json:
        titled = [replace(item, title=paper.title_of(item)) for item in found]
        print_json({"items": [english.worded(item) for item in titled]})
        return
    paper.print_items(found)
