"""The door of the house: `kb WORD ...`. Each command parses, makes one call and prints.

It alone may import from above, and nothing imports it. Rooms are imported inside the commands: they bring the
index libraries and PyTorch, and `kb --help` is to answer at once.

Results go to stdout, talk and progress to stderr. The exit code is 0, 1 (failed) or 2 (wrong usage).
"""

from __future__ import annotations

import contextlib
import getpass
import json
import logging
import socket
import sys
import threading
from dataclasses import asdict
from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from kb import editions_terminal as press
from kb import needs_terminal as census
from kb import review_terminal as paper
from kb import terminal
from kb.edits import Action
from kb.errors import InputError, KbError, ModelError, NotFoundError
from kb.journal import Deed, Journal
from kb.records import Kind
from kb.settings import Settings

if TYPE_CHECKING:
    from ingest.pipeline import Report
    from kb.encoder import Encoder
    from kb.search import Library
    from kb.store import Store

app = typer.Typer(
    name="kb",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    epilog='Example: kb ingest handbook.pdf && kb search "award credit for online exchange"',
    help="A knowledge base of best practices, read from handbook PDFs and searched by need.",
)

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON, and nothing else, on stdout.")]
Password = Annotated[str, typer.Option(help="Opens an encrypted PDF.", metavar="TEXT")]
BookId = Annotated[str, typer.Argument(metavar="HANDBOOK", help="A handbook's id; kb handbooks lists them.")]
RecordId = Annotated[str, typer.Argument(metavar="ID", help="A record's id, as kb search prints it.")]
Private = Annotated[
    bool,
    typer.Option("--allow-private", help="Also fetch addresses of this machine and its private networks."),
]
ProfileFile = Annotated[
    Path | None,
    typer.Option(metavar="FILE.toml", help="How to read a stubborn handbook; kb profile init writes one."),
]
ReviewedBook = Annotated[str, typer.Option("--handbook", metavar="ID", help="Only this handbook.")]
FieldNumber = Annotated[
    int, typer.Argument(metavar="FIELD", help="A field's number; kb review show lists them.")
]
Note = Annotated[str, typer.Option(metavar="TEXT", help="Why; kept with the edit.")]
By = Annotated[
    str, typer.Option("--by", metavar="NAME", help="Who decides; your account's name if not given.")
]
PORT = 8000
KEEP_ALIVE_S = 75  # longer than a busy client or a proxy waits before it asks on the same connection again
SECONDS_TO_STOP = 3  # for answers under way; a page that watches an upload would hold the server much longer

profile_app = typer.Typer(
    no_args_is_help=True,
    epilog="Example: kb profile init handbook.pdf > handbook.toml",
    help="Say how to read a stubborn handbook: what are practices, tools and labels in it.",
)
app.add_typer(profile_app, name="profile")

model_app = typer.Typer(
    no_args_is_help=True,
    epilog="Example: kb model use multilingual",
    help="Say which model reads the library, or look which one does.",
)
app.add_typer(model_app, name="model")

handbooks_app = typer.Typer(
    invoke_without_command=True,
    epilog="Example: kb handbooks",
    help="List the handbooks of the library, or say whose one is.",
)
app.add_typer(handbooks_app, name="handbooks")

review_app = typer.Typer(
    invoke_without_command=True,
    epilog="Example: kb review --handbook HANDBOOK",
    help="List what is doubtful, and correct what was read wrongly.",
)
app.add_typer(review_app, name="review")

admin_app = typer.Typer(
    no_args_is_help=True,
    epilog="Example: kb admin password",
    help="Say who may sign in on the web, and see who did what.",
)
app.add_typer(admin_app, name="admin")


needs_app = typer.Typer(
    invoke_without_command=True,
    epilog='Example: kb needs add "award credit for online exchange" --answer ID=2',
    help="Collect needs with what answers them, to measure search on; see what search missed.",
)
app.add_typer(needs_app, name="needs")


def main() -> None:
    """Run a command; an error that is the user's to solve is one line on stderr and exit code 1."""
    logging.basicConfig(level=logging.WARNING, format="kb: %(message)s", stream=sys.stderr)
    try:
        app()
    except KbError as error:
        sys.stderr.write(f"kb: {terminal.clean(str(error))}\n")
        sys.exit(1)
    except KeyboardInterrupt:
        sys.stderr.write("kb: stopped\n")
        sys.exit(1)


@app.callback(invoke_without_command=True)
def _every_command(
    version_: Annotated[bool, typer.Option("--version", help="Print the version and stop.")] = False,
) -> None:
    if version_:
        typer.echo(version("practice-kb"))
        raise typer.Exit


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
    from ingest import pipeline
    from ingest.profile import load

    settings = Settings.from_environment()
    stated = load(profile) if profile else None
    reports, failures = [], {}
    for source in sources:
        try:
            with terminal.progress() as tell:
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
                _log(settings.data, Deed.INGEST, report.handbook, f"edition {report.edition} from {source}")
            if not as_json:
                _print_report(report)
    if as_json:
        _print_json({"ingested": [asdict(report) for report in reports], "failed": failures})
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
    from ingest import pipeline
    from ingest.profile import NEUTRAL, load

    settings = Settings.from_environment()
    stated = load(profile) if profile else NEUTRAL
    with terminal.progress() as tell:
        found = pipeline.extract(settings, file, password=password, profile=stated, progress=tell)
    for notice in found.notices:
        terminal.err().print(terminal.plain(notice, "yellow"))
    if ledger:
        _print_json(found.ledger_json()) if as_json else terminal.print_ledger(found.ledger_json())
        return
    if as_json:
        _print_json(found.as_json())
        return
    console = terminal.out()
    console.print(terminal.plain(f"{found.title}: {len(found.pages)} pages, {found.language}", "bold"))
    for record in found.records:
        pages = f"p. {record.page_start}-{record.page_end}"
        console.print(terminal.plain(f"{record.kind.value:<9} {pages:<12} {record.title}"), soft_wrap=True)
    terminal.print_unassigned(console, found.unassigned)


@app.command(epilog='Example: kb search "how do others award credit for online exchange?" --kind practice')
def search(
    need: Annotated[list[str], typer.Argument(metavar="NEED...", help="What you need, in your own words.")],
    kind: Annotated[list[Kind], typer.Option(help="Only this kind; may be given again.")] = [],  # noqa: B006
    handbook: Annotated[list[str], typer.Option(help="Only this handbook (its id).")] = [],  # noqa: B006
    institution: Annotated[list[str], typer.Option(help="Only this institution.")] = [],  # noqa: B006
    country: Annotated[list[str], typer.Option(help="Only this country (its English name).")] = [],  # noqa: B006
    facet: Annotated[
        list[str],
        typer.Option(metavar="NAME=VALUE", help="Only this value of a facet, such as theme=Health."),
    ] = [],  # noqa: B006
    limit: Annotated[int, typer.Option(min=1, max=50, help="How many answers.")] = 10,
    mode: Annotated[
        Literal["hybrid", "words", "dense"], typer.Option(help="By words, by meaning, or both.")
    ] = "hybrid",
    earlier: Annotated[
        bool, typer.Option("--earlier", help="Also say what earlier editions have otherwise or alone.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Find practices and tools by need, best first.

    A need may hold "exact words", -word for what must not be there, and facet:value, such as tool:Moodle. Values
    given for one facet are alternatives; facets are: kind, handbook, institution, country, theme, discipline,
    format, level, language, target_group, tool, year, origin.
    """
    from kb.search import Library, Mode
    from web.params import Asked

    given = {"handbook": handbook, "institution": institution, "country": country}
    filters = {name: tuple(values) for name, values in given.items() if values}
    asked = Asked(" ".join(need), tuple(kind), filters, limit=limit, mode=Mode(mode), with_earlier=earlier)
    asked.query()  # refused before anything is opened
    with Library.open(Settings.from_environment()) as library:
        for one in facet:
            name, values = _facet_values(library, one)
            for value in values:
                asked = asked if value in asked.chosen(name) else asked.toggled(name, value)
        if not as_json:
            terminal.print_results(library.search(asked.query()))
            if earlier:
                terminal.print_earlier(library.earlier(asked.query()))
            return
        from web import refs, render, results

        _print_bytes(render.as_json(results.search_page(refs.Refs(library), asked)))


@app.command(epilog="Example: kb similar ID --limit 3")
def similar(
    record: RecordId,
    limit: Annotated[int, typer.Option(min=1, max=50, help="How many.")] = 5,
    as_json: AsJson = False,
) -> None:
    """Show the records most like one, each with the reason."""
    from kb.search import Library

    with Library.open(Settings.from_environment()) as library:
        found = library.similar(record, limit)
        if not as_json:
            terminal.print_similar(found)
            return
        from web.refs import Refs

        refs = Refs(library)
        shown = [(refs.record(near.record), near.score, near.reasons) for near in found]
        _print_json(
            [{"record": asdict(ref), "score": round(score, 4), "reasons": why} for ref, score, why in shown]
        )


@app.command(epilog="Example: kb show ID --json")
def show(record: RecordId, as_json: AsJson = False) -> None:
    """Print one record whole."""
    from kb.search import Library

    with Library.open(Settings.from_environment()) as library:
        found = library.record(record)
        if not as_json:
            terminal.print_record(found, library.edition(found.handbook))
            return
        from web import reading, refs, render

        _print_bytes(render.as_json(reading.record_page(refs.Refs(library), found)))


@app.command(epilog='Example: kb export "award credit for online exchange" --format xlsx > credit.xlsx')
def export(
    need: Annotated[
        list[str] | None, typer.Argument(metavar="[NEED...]", help="What you need, in your own words.")
    ] = None,
    handbook: Annotated[list[str], typer.Option(metavar="ID", help="Whole, if no need is given.")] = [],  # noqa: B006
    record: Annotated[list[str], typer.Option(metavar="ID", help="This record; may be given again.")] = [],  # noqa: B006
    form: Annotated[
        Literal["csv", "xlsx", "json", "bibtex", "ris"], typer.Option("--format", help="What to write.")
    ] = "csv",
    site: Annotated[
        str, typer.Option(metavar="URL", help="Address of your site, for the records' permanent addresses.")
    ] = "",
) -> None:
    """Write records as a file on stdout: answers to a need, handbooks, single records, or the whole library.

    Of the answers to a need at most 1000 are written, best first.
    """
    from kb.query import Query
    from kb.search import Library
    from web import exports
    from web.refs import Refs

    if record and (need or handbook):
        raise typer.BadParameter("--record names records one by one: give it alone")
    if form == "xlsx" and sys.stdout.isatty():
        raise typer.BadParameter("a workbook is no text for a terminal: send it to a file, > records.xlsx")
    with Library.open(Settings.from_environment()) as library:
        refs = Refs(library)
        if need:
            filters = {"handbook": tuple(handbook)} if handbook else {}
            chosen = exports.found(refs, Query(" ".join(need), filters=filters))
        elif record:
            chosen = exports.Chosen("records", tuple(map(library.record, record)), len(record))
        else:
            chosen = exports.books(refs, handbook or [book.id for book in refs.handbooks])
        _print_bytes(exports.write(refs, chosen, exports.Format[form.upper()], site.rstrip("/")), end=b"")


@handbooks_app.callback()
def handbooks(context: typer.Context, as_json: AsJson = False) -> None:
    """List the handbooks of the library, or say whose one is."""
    if context.invoked_subcommand is not None:
        return
    from kb.store import Store

    with Store.open(Settings.from_environment().data, readonly=True) as store:
        found = store.handbooks()
    if as_json:
        _print_json([asdict(book) for book in found])
    else:
        terminal.print_handbooks(found)


@handbooks_app.command(name="set", epilog='Example: kb handbooks set HANDBOOK --licence "CC BY 4.0"')
def handbooks_set(
    handbook: BookId,
    publisher: Annotated[
        str | None, typer.Option(metavar="NAME", help='Who published it; "" for none.')
    ] = None,
    licence: Annotated[str | None, typer.Option(metavar="TEXT", help='Its licence; "" for none.')] = None,
    url: Annotated[str | None, typer.Option(metavar="URL", help='Its own web page; "" for none.')] = None,
    as_json: AsJson = False,
) -> None:
    """State a handbook's publisher, licence and web page; all its editions share them."""
    if publisher is None and licence is None and url is None:
        raise typer.BadParameter("give --publisher, --licence or --url")
    if url and not url.startswith(("https://", "http://")):
        raise typer.BadParameter("--url is an address that begins with https:// or http://")
    with _writing(Settings.from_environment()) as store:
        found = store.set_details(handbook, publisher, licence, url)
    if as_json:
        _print_json(asdict(found))
        return
    for name in ("publisher", "licence", "url"):
        terminal.out().print(
            terminal.plain(f"{name:<10} {getattr(found, name) or 'not stated'}"), soft_wrap=True
        )


@app.command(epilog="Example: kb editions HANDBOOK")
def editions(
    handbook: Annotated[
        str, typer.Argument(metavar="HANDBOOK", help="A handbook's id; kb handbooks lists them.")
    ],
    as_json: AsJson = False,
) -> None:
    """List the editions of one handbook, newest first."""
    from kb.store import Store

    with Store.open(Settings.from_environment().data, readonly=True) as store:
        found = store.editions(handbook)
    if not found:
        raise NotFoundError(f"{handbook}: no such handbook in this library; kb handbooks lists them")
    if as_json:
        _print_json([{**asdict(one), "pages": len(one.pages)} for one in found])
    else:
        terminal.print_editions(found)


@app.command(epilog="Example: kb diff HANDBOOK 1 2 --json")
def diff(
    handbook: BookId,
    before: Annotated[
        int | None, typer.Argument(metavar="[A]", help="The older edition; the one before B if not given.")
    ] = None,
    after: Annotated[
        int | None, typer.Argument(metavar="[B]", help="The newer edition; the served one if not given.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Show what changed between two editions of a handbook."""
    from kb import changes
    from kb.store import Store

    with Store.open(Settings.from_environment().data, readonly=True) as store:
        old, new = changes.pair(store, handbook, before, after)
        found = changes.between(store, handbook, old, new)
    if as_json:
        _print_json(changes.as_json(handbook, old, new, found))
    else:
        press.print_changes(handbook, old, new, found)


@app.command(epilog="Example: kb rollback HANDBOOK")
def rollback(
    handbook: BookId,
    to: Annotated[
        int | None, typer.Option(metavar="N", help="Serve this edition, older or newer; else the one before.")
    ] = None,
) -> None:
    """Serve the edition before at once; nothing is deleted, and --to leads forward again."""
    from kb import shelf

    settings = Settings.from_environment()
    with _writing(settings) as store, terminal.progress() as tell:
        shelf.check_rollback(store, handbook, to)  # before the model is loaded
        number = shelf.rollback(store, handbook, to, _encoder(settings), tell)
    _log(settings.data, Deed.ROLLBACK, handbook, f"edition {number}")
    terminal.out().print(terminal.plain(f"{handbook}: edition {number} is served"))


@app.command(epilog="Example: kb remove HANDBOOK && kb remove --undo HANDBOOK")
def remove(
    handbook: BookId,
    undo: Annotated[bool, typer.Option("--undo", help="Put a removed handbook back as it was.")] = False,
) -> None:
    """Take a handbook out of search and lists; it is kept, and --undo puts it back."""
    from kb import shelf

    settings = Settings.from_environment()
    with _writing(settings) as store, terminal.progress() as tell:
        if undo:
            shelf.check_removed(store, handbook)  # before the model is loaded
            number = shelf.put_back(store, handbook, _encoder(settings), tell)
            said = f"edition {number} is served again"
        else:
            store.handbook(handbook)
            shelf.remove(store, handbook, _encoder(settings), tell)
            said = f"removed; put it back with: kb remove --undo {handbook}"
    _log(settings.data, Deed.PUT_BACK if undo else Deed.REMOVE, handbook)
    terminal.out().print(terminal.plain(f"{handbook}: {said}"), soft_wrap=True)


@app.command(epilog="Example: kb forget HANDBOOK --keep 5")
def forget(
    handbook: BookId,
    keep: Annotated[int, typer.Option(min=1, metavar="N", help="Editions to keep, the served one included.")],
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Answer the question with yes.")] = False,
) -> None:
    """Delete a handbook's oldest editions for good, to save disk space; the served one stays."""
    from kb import shelf

    with _writing(Settings.from_environment()) as store:
        held = len(store.published(handbook))
        if not yes and not terminal.asked(f"Delete all but {keep} of the {held} editions of {handbook}?"):
            raise InputError(f"{handbook}: nothing was deleted; pass --yes if that is meant")
        gone = shelf.forget(store, handbook, keep)
    terminal.out().print(terminal.plain(f"{handbook}: {gone} editions deleted, {held - gone} kept"))


@app.command(epilog="Example: kb verify")
def verify(as_json: AsJson = False) -> None:
    """Prove by checksum that store, PDFs and index agree."""
    from kb import index
    from kb.store import Store

    with Store.open(Settings.from_environment().data, readonly=True) as store:
        found = store.verify() + (index.verify(store) if store.generation() else [])
        handbooks, editions = store.counts()
    if as_json:
        _print_json({"handbooks": handbooks, "editions": editions, "findings": found})
    elif not found:
        terminal.out().print(f"{handbooks} handbooks, {editions} editions: store, PDFs and index agree")
    else:
        for finding in found:
            terminal.out().print(terminal.plain(finding), soft_wrap=True)
    if found:
        raise typer.Exit(1)


@app.command(epilog="Example: kb backup library.zip")
def backup(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The file to write, a ZIP.")],
) -> None:
    """Write the whole library into one file; it may be served, and written to, meanwhile."""
    from kb import backup as whole
    from kb.store import Store

    with (
        Store.open(Settings.from_environment().data, readonly=True) as store,
        terminal.progress() as tell,
    ):
        found = whole.backup(store, file, tell)
    press.print_contents(file, found)


@app.command(epilog="Example: kb restore library.zip")
def restore(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A file that kb backup wrote.")],
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Replace a library that is there.")] = False,
) -> None:
    """Make the library what a backup holds; it may be served meanwhile.

    All of the backup is checked first. What the library holds now is replaced.
    """
    from kb import backup as whole
    from kb.store import Store

    settings = Settings.from_environment()
    whole.check(file)
    with Store.open(settings.data) as store:
        question = f"Replace the library in {settings.data} with {file}?"
        if store.generation() and not yes and not terminal.asked(question):
            raise InputError(f"{settings.data}: holds a library; pass --yes to replace it with {file}")
        with terminal.progress() as tell:
            found = whole.restore(store, file, _encoder(settings), tell)
    press.print_contents(file, found)


@profile_app.command(name="init", epilog="Example: kb profile init handbook.pdf > handbook.toml")
def profile_init(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A PDF file.")],
    password: Password = "",
) -> None:
    """Print a profile that says what is detected in a file, to be corrected line by line."""
    from ingest import pipeline

    with terminal.progress() as tell:
        text = pipeline.propose_profile(Settings.from_environment(), file, password=password, progress=tell)
    typer.echo(text, nl=False)


@profile_app.command(name="show", epilog="Example: kb profile show HANDBOOK")
def profile_show(
    handbook: Annotated[
        str, typer.Argument(metavar="HANDBOOK", help="A handbook's id; kb handbooks lists them.")
    ],
) -> None:
    """Print the profile that is remembered for a handbook."""
    from kb.store import Store

    with Store.open(Settings.from_environment().data, readonly=True) as store:
        found = store.profile(store.handbook(handbook).id)
    if not found:
        raise NotFoundError(
            f"{handbook}: no profile is remembered; give one with: kb ingest FILE --profile FILE.toml"
        )
    typer.echo(terminal.clean(found), nl=not found.endswith("\n"))


@model_app.command(name="use", epilog="Example: kb model use multilingual")
def model_use(
    model: Annotated[
        str,
        typer.Argument(metavar="MODEL", help="embedded, multilingual, a folder, or a name on the model hub."),
    ],
    as_json: AsJson = False,
) -> None:
    """Use another model from now on: download it, try it, embed everything anew, then switch in one step.

    Searches go on meanwhile, by the model before; a running kb serve follows by itself.
    """
    from kb import models

    with terminal.progress() as tell:
        found = models.use(Settings.from_environment(), model, tell)
    if as_json:
        _print_json(asdict(found))
        return
    typer.echo(f"{terminal.clean(found.id)}: {found.passages} passages of {found.dim} numbers each")
    if found.is_overruled:
        terminal.err().print(terminal.plain("KB_MODEL names another model, and wins: unset it", "yellow"))


@model_app.command(name="show", epilog="Example: kb model show")
def model_show(as_json: AsJson = False) -> None:
    """Show which model is used, by whose word, and whether the index is of it."""
    from kb import models

    found = models.choice(Settings.from_environment())
    if as_json:
        _print_json(asdict(found))
        return
    by = {"KB_MODEL": "named by KB_MODEL", "library": "chosen by kb model use", "default": "the default"}
    served = found.served or "no vectors"
    state = "as chosen" if found.agrees else "not the one chosen: run kb doctor --rebuild"
    typer.echo(f"model  {terminal.clean(found.model)} ({by[found.by]})")
    typer.echo(f"files  {terminal.clean(found.check)}")
    typer.echo(f"index  {terminal.clean(served)}, {state}")


@app.command(epilog="Example: kb serve --port 8080")
def serve(
    host: Annotated[str, typer.Option(help="The address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, help="The port; 0 takes a free one.")] = PORT,
) -> None:
    """Start the web page and print its address; Ctrl-C stops it."""
    import uvicorn

    from kb.password import stored
    from kb.search import Library
    from kb.store import Store
    from web.app import create_app

    settings = Settings.from_environment()
    if settings.admin_token or stored(settings.data):  # the first handbook may come from the web
        Store.open(settings.data).close()
    with _listening(host, port) as listener, Library.open(settings) as library:
        web = create_app(settings, lambda _: contextlib.nullcontext(library))
        config = uvicorn.Config(
            web,
            log_level="warning",
            timeout_keep_alive=KEEP_ALIVE_S,
            timeout_graceful_shutdown=SECONDS_TO_STOP,
        )
        server = uvicorn.Server(config)
        shown = f"[{host}]" if ":" in host else host
        typer.echo(f"http://{shown}:{listener.getsockname()[1]}")
        sys.stdout.flush()
        threading.Thread(target=library.warm, daemon=True).start()  # so that the first search need not wait
        with contextlib.suppress(KeyboardInterrupt):  # uvicorn raises it again when it has stopped
            server.run(sockets=[listener])


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
    from kb.collection import evaluate_collection
    from kb.encoder import load_encoder
    from kb.evaluate import evaluate_needs
    from kb.search import Library

    settings = Settings.from_environment()
    if beir is not None:
        with terminal.progress() as tell:
            found = evaluate_collection(beir, settings, load_encoder(settings), tell)
    else:
        assert needs is not None
        with Library.open(settings) as library:
            found = evaluate_needs(library, needs, run)
    if as_json:
        _print_json(asdict(found))
    else:
        terminal.print_evaluation(found, "recall@100" if beir is not None else "recall@5")


@needs_app.callback()
def _needs(context: typer.Context, as_json: AsJson = False) -> None:
    if context.invoked_subcommand is not None:
        return
    from kb.store import Store

    with Store.open(Settings.from_environment().data, readonly=True) as store:
        found = store.needs()
    if as_json:
        _print_json({"needs": [{"id": need.id, **asdict(need)} for need in found]})
    else:
        census.print_needs(found)


@needs_app.command(
    name="add", epilog='Example: kb needs add "award credit for online exchange" --answer ID=2'
)
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
    from kb import asking
    from kb.needs import Grade, plain

    text = plain(text)
    with _writing(Settings.from_environment()) as store:
        grades = {store.record(record).id: Grade(grade) for record, grade in given.items()}
        need = store.judge(text, language or asking.language_of(text) or "en", grades, by or _account())
    census.print_needs([need])


@needs_app.command(name="remove", epilog="Example: kb needs remove n3")
def needs_remove(
    need: Annotated[str, typer.Argument(metavar="NEED", help="Its id, as kb needs prints it.")],
) -> None:
    """Forget a need with its judgements."""
    number = need.removeprefix("n")
    if not (number.isascii() and number.isdecimal()):
        raise typer.BadParameter(f"{need}: not the id of a need; kb needs lists them")
    with _writing(Settings.from_environment()) as store:
        store.forget_need(int(number))


@needs_app.command(name="export", epilog="Example: kb needs export needs.json && kb eval needs.json")
def needs_export(
    file: Annotated[Path, typer.Argument(metavar="FILE.json", help="The file to write, for kb eval.")],
) -> None:
    """Write the needs into a file that kb eval reads."""
    from kb.needs import export
    from kb.store import Store

    with Store.open(Settings.from_environment().data, readonly=True) as store:
        held, lost = export(store.needs(), store.handbooks(), store.record)
    try:
        file.write_text(json.dumps(held, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    except OSError as error:
        raise InputError(f"{file}: cannot be written ({error.strerror or error})") from error
    for record in lost:
        terminal.err().print(terminal.plain(f"Left out, as it is not served: {record}", "yellow"))
    typer.echo(f"{file}: {len(held['queries'])} needs")


@needs_app.command(name="missing", epilog="Example: kb needs missing")
def needs_missing(as_json: AsJson = False) -> None:
    """Show how often search found nothing, or little, by day; and what was asked, where that is kept."""
    from kb import missed

    settings = Settings.from_environment()
    found = missed.tally(settings.data)
    if as_json:
        _print_json(asdict(found))
    else:
        census.print_missed(found, settings.keep_queries)


def _graded(given: str) -> tuple[str, int]:
    record, _, grade = given.rpartition("=")
    if not record or grade not in ("0", "1", "2"):
        raise typer.BadParameter(f"--answer {given}: give it as ID=GRADE, with a grade of 0, 1 or 2")
    return record, int(grade)


@app.command(epilog="Example: kb doctor")
def doctor(
    rebuild: Annotated[
        bool, typer.Option("--rebuild", help="First build the index anew from the store.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Check model, library, index, OCR and disk; say what to do about each finding."""
    from ingest import sandbox
    from kb.doctor import Finding, State, examine
    from kb.doctor import rebuild as build_anew

    settings = Settings.from_environment()
    if rebuild:
        with terminal.progress() as tell:
            build_anew(settings, tell)
    confinement = Finding("reader", State.OK, "PDFs are read without a network")
    if sandbox.network() != sandbox.NO_NETWORK:
        confinement = Finding(
            "reader",
            State.WARN,
            "no network namespace here, so the PDF reader is refused only Python's own sockets",
            "allow user namespaces, or ingest only files that you trust",
        )
    findings = (*examine(settings), confinement)
    if as_json:
        _print_json([asdict(finding) for finding in findings])
    else:
        terminal.print_findings(findings)
    if any(finding.state is State.FAIL for finding in findings):
        raise typer.Exit(1)


@review_app.callback()
def _review(context: typer.Context, handbook: ReviewedBook = "", as_json: AsJson = False) -> None:
    if context.invoked_subcommand is None:
        _list_review(handbook, as_json)


@review_app.command(name="list", epilog="Example: kb review list --json")
def review_list(handbook: ReviewedBook = "", as_json: AsJson = False) -> None:
    """List what is doubtful, with its page and what to do; `kb review` alone does the same."""
    _list_review(handbook, as_json)


@review_app.command(name="show", epilog="Example: kb review show ID")
def review_show(record: RecordId, as_json: AsJson = False) -> None:
    """Print a record as it is served, with numbered fields, and its edits."""
    from kb.store import Store

    with Store.open(Settings.from_environment().data, readonly=True) as store:
        found = store.record(record)
        made = [e for e in store.edits(found.handbook) if found.id in (e.record, e.made, e.value)]
    if as_json:
        _print_json({"record": asdict(found), "edits": [asdict(e) for e in made]})
        return
    paper.print_record(found)
    paper.print_edits(made)


@review_app.command(name="edits", epilog="Example: kb review edits --handbook HANDBOOK")
def review_edits(handbook: ReviewedBook = "", as_json: AsJson = False) -> None:
    """List every edit, oldest first: who, when, what and why; those that were undone as well."""
    from kb.store import Store

    with Store.open(Settings.from_environment().data, readonly=True) as store:
        made = store.edits(handbook or None)
    if as_json:
        _print_json({"edits": [asdict(edit) for edit in made]})
    else:
        paper.print_edits(made)


@review_app.command(name="confirm", epilog="Example: kb review confirm ID")
def review_confirm(
    item: Annotated[str, typer.Argument(metavar="ID", help="The id of any item of the list.")],
    note: Note = "",
    by: By = "",
) -> None:
    """Take an item off the list: the record is right, the text may be left out, the edit is to stay."""
    _correct((Action.CONFIRM, ""), record=item, by=by, note=note)


@review_app.command(name="retitle", epilog='Example: kb review retitle ID "A better title"')
def review_retitle(
    record: RecordId,
    title: Annotated[str, typer.Argument(metavar="TITLE", help="The title it should have.")],
    note: Note = "",
    by: By = "",
) -> None:
    """Give a record another title; its address stays."""
    _correct((Action.RETITLE, title), record=record, by=by, note=note)


@review_app.command(name="retype", epilog="Example: kb review retype ID tool")
def review_retype(
    record: RecordId,
    kind: Annotated[Kind, typer.Argument(metavar="KIND", help="practice, tool, annex or section.")],
    note: Note = "",
    by: By = "",
) -> None:
    """Say that a record is of another kind."""
    _correct((Action.RETYPE, kind.value), record=record, by=by, note=note)


@review_app.command(
    name="set-institution", epilog='Example: kb review set-institution ID "University of Bucharest"'
)
def review_set_institution(
    record: RecordId,
    name: Annotated[str, typer.Argument(metavar="NAME", help='The institution; "" for none.')],
    note: Note = "",
    by: By = "",
) -> None:
    """Say whose practice it is."""
    _correct((Action.SET_INSTITUTION, name), record=record, by=by, note=note)


@review_app.command(name="set-field", epilog='Example: kb review set-field ID 2 --text "As the page has it."')
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


@review_app.command(name="discard", epilog='Example: kb review discard ID --note "a heading only"')
def review_discard(record: RecordId, note: Note = "", by: By = "") -> None:
    """Take a record out of search and lists; its address says so."""
    _correct((Action.DISCARD, ""), record=record, by=by, note=note)


@review_app.command(name="merge", epilog="Example: kb review merge ID INTO")
def review_merge(
    record: RecordId,
    into: Annotated[str, typer.Argument(metavar="INTO", help="The id of the record that it is a part of.")],
    note: Note = "",
    by: By = "",
) -> None:
    """Make a record a part of another one, to which its address then leads."""
    _correct((Action.MERGE, into), record=record, by=by, note=note)


@review_app.command(name="split", epilog='Example: kb review split ID 3 "The second practice"')
def review_split(
    record: RecordId,
    field: FieldNumber,
    title: Annotated[str, typer.Argument(metavar="TITLE", help="The title of the new record.")],
    note: Note = "",
    by: By = "",
) -> None:
    """Make a record of its own from a field on."""
    _correct((Action.SPLIT, title), record=record, field=field, by=by, note=note)


@review_app.command(name="undo", epilog="Example: kb review undo 12")
def review_undo(
    number: Annotated[
        int, typer.Argument(metavar="EDIT", help="An edit's number, as kb review edits prints it.")
    ],
    by: By = "",
) -> None:
    """Take an edit back; what was extracted is served again."""
    from kb import review

    settings = Settings.from_environment()
    with _writing(settings) as store, terminal.progress() as tell:
        review.find(store, number)  # before the model is loaded
        edit = review.undo(store, number, by or _account(), _encoder(settings), tell)
    terminal.err().print(terminal.plain(f"Undone: {paper.said(edit)}"))


@admin_app.command(name="password", epilog="Example: kb admin password < password.txt")
def admin_password(
    forget: Annotated[bool, typer.Option("--forget", help="Let nobody sign in with a password.")] = False,
) -> None:
    """Set the password that the owner signs in with on the web; it is asked for, or read from stdin."""
    from kb import password

    folder = Settings.from_environment().data
    if forget:
        said = "forgotten" if password.forget(folder) else "none was set"
    else:
        password.keep(folder, _new_password())
        said = "set; sign in at /admin of the web page, other sessions have ended"
    _log(folder, Deed.PASSWORD, detail=said.partition(";")[0])
    terminal.out().print(f"password {said}", soft_wrap=True)


@admin_app.command(name="log", epilog="Example: kb admin log --limit 20")
def admin_log(
    limit: Annotated[int, typer.Option(min=1, max=100_000, help="How many, newest first.")] = 50,
    as_json: AsJson = False,
) -> None:
    """Print who did what, on the web and by commands, newest first."""
    found = Journal(Settings.from_environment().data).entries(limit)
    if as_json:
        _print_json({"log": [asdict(entry) for entry in found]})
        return
    for entry in found:
        parts = (entry.at, entry.who, entry.via, entry.deed, entry.handbook, entry.detail)
        terminal.out().print(terminal.plain("  ".join(filter(None, parts))), soft_wrap=True)


def _new_password() -> str:
    """What is typed twice at a terminal, else the first line of stdin."""
    if not terminal.is_asking():
        return sys.stdin.readline().rstrip("\r\n")
    given = getpass.getpass("New password: ")
    if getpass.getpass("Once more: ") != given:
        raise InputError("the two are not the same; nothing was changed, try again")
    return given


def _log(folder: Path, deed: Deed, handbook: str = "", detail: str = "") -> None:
    """Write into the log that this account did something by a command."""
    try:
        who = getpass.getuser()
    except (OSError, KeyError):  # an account without a name
        who = ""
    Journal(folder).add(deed, who=who, via="command line", handbook=handbook, detail=detail)


def _correct(
    *wanted: tuple[Action, str], record: str, field: int | None = None, by: str = "", note: str = ""
) -> None:
    """Carry out corrections of one record, each an action with its value, in one publication."""
    from kb import review

    settings = Settings.from_environment()
    with _writing(settings) as store, terminal.progress() as tell:
        handbook = review.handbook_of(store, record)
        who = by or _account()
        wishes = [review.Wish(action, record, value, field, who, note) for action, value in wanted]
        review.check(store, handbook, wishes)  # before the model is loaded
        made = review.correct(store, handbook, wishes, _encoder(settings), tell)
    typer.echo(made[-1].made or made[-1].record)
    for edit in made:
        said = f"Edit {edit.number}: {paper.said(edit)}; kb review undo {edit.number}"
        terminal.err().print(terminal.plain(said))


def _encoder(settings: Settings) -> Encoder | None:
    from kb.lazy import recalled

    try:
        return recalled(settings)
    except ModelError as error:
        terminal.err().print(terminal.plain(f"Indexed for word search only: {error}", "yellow"))
        return None


def _writing(settings: Settings) -> Store:
    """Open the library to correct it; unlike an ingest this never makes one."""
    from kb.store import Store

    Store.open(settings.data, readonly=True).close()
    return Store.open(settings.data)


def _account() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError) as error:  # an account without a name
        raise InputError("who decides is not known here; give --by NAME") from error


def _list_review(handbook: str, as_json: bool) -> None:
    from kb import review
    from kb.store import Store

    with Store.open(Settings.from_environment().data, readonly=True) as store:
        found = review.items(store, handbook)
    if as_json:
        _print_json({"items": [asdict(item) for item in found]})
        return
    paper.print_items(found)


def _print_report(report: Report) -> None:
    console = terminal.out()
    named = f"{report.title} ({report.handbook}), edition {report.edition}"
    if report.status == "unchanged":
        console.print(terminal.plain(f"{named}: unchanged, nothing written"))
        if report.notice:
            console.print(terminal.plain(report.notice, "yellow"))
        return
    console.print(terminal.plain(named, "bold"))
    if report.notice:
        console.print(terminal.plain(report.notice, "yellow"))
    console.print(
        f"{report.pages} pages, {report.annexes} annexes, {report.practices} practices, "
        f"{report.tools} tools, {report.sections} sections in {report.seconds:.1f} s"
    )
    console.print(terminal.plain(terminal.ledger_line(report.ledger)))
    if report.changes is not None:
        console.print(f"Since the edition before: {press.counted(report.changes)}")
    for text in report.missing:
        console.print(terminal.plain(f"Listed in the contents but not found: {text}"))
    terminal.print_unassigned(console, report.unassigned)


def _facet_values(library: Library, given: str) -> tuple[str, tuple[str, ...]]:
    """Read NAME=VALUE: the facet, and its values that are meant."""
    name, equals, value = given.partition("=")
    if not equals:
        raise typer.BadParameter(f"--facet {given}: give it as NAME=VALUE, such as theme=Health")
    return library.meant(name.strip().lower(), value.strip())


def _listening(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        listener = socket.create_server((host, port), family=family, backlog=128)
        listener.setsockopt(
            socket.IPPROTO_TCP, socket.TCP_NODELAY, 1
        )  # else each answer waits 40 ms for an ACK
        return listener
    except OSError as error:
        reason = error.strerror or error
        raise InputError(f"{host}:{port}: cannot be listened on ({reason}); choose another --port") from error


def _print_json(value: Any) -> None:
    _print_bytes(json.dumps(value, ensure_ascii=False, indent=1).encode("utf-8", "backslashreplace"))


def _print_bytes(text: bytes, end: bytes = b"\n") -> None:
    sys.stdout.buffer.write(text + end)
    sys.stdout.buffer.flush()


if __name__ == "__main__":
    main()
