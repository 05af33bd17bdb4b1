"""Finding records: `kb search`, `kb similar`, `kb show`, `kb export`."""

from __future__ import annotations

import sys
from dataclasses import asdict, replace
from typing import Annotated, Literal

import typer

from cli import english
from cli import finding_prints as press
from cli.options import AsJson, RecordId
from cli.output import print_bytes, print_json
from kb import Kind, Settings
from kb.search import DEFAULT_KINDS, Library, Mode, Query, Snapshot, Sort
from kb.words import read_once, vocabulary

app = typer.Typer()


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
    mode: Annotated[Mode, typer.Option(help="By words, by meaning, or both.")] = Mode.HYBRID,
    sort: Annotated[Sort, typer.Option(help="What comes first.")] = Sort.BEST,
    drop: Annotated[
        list[str],
        typer.Option(metavar="FACET", help="Do not read this facet from the need; may be given again."),
    ] = [],  # noqa: B006
    earlier: Annotated[
        bool, typer.Option("--earlier", help="Also say what earlier editions have otherwise or alone.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Find practices and tools by need, best first.

    A need may hold "exact words", -word for what must not be there, and facet:value, such as tool:Moodle. Values
    given for one facet are alternatives; facets are: kind, handbook, institution, partner, country, theme, discipline,
    format, level, language, target_group, tool, year, origin.

    What the need says of a country, an institution, a level, a target group or a language of teaching is preferred:
    such answers come before others as good. --drop country takes it as words alone, --country makes it a filter.
    """
    given = {"handbook": handbook, "institution": institution, "country": country}
    filters = {name: tuple(values) for name, values in given.items() if values}
    query = Query(
        " ".join(need),
        tuple(dict.fromkeys(kind)) or DEFAULT_KINDS,
        filters,
        limit=limit,
        mode=mode,
        sort=sort,
        dropped=tuple(dict.fromkeys(drop)),
    )  # refused before anything is opened
    settings = Settings.from_environment()
    read_once.keep_in(settings.cache)
    with Library.open(settings) as opened:
        if query.needs_model:
            opened.begin()
            vocabulary.load()  # meanwhile
        library = opened.snapshot(to_search=query.needs_model)
        for one in facet:
            query = _filtered(query, *_facet_values(library, one))
        if as_json:
            _print_search_page(library, query, earlier)
            return
        press.print_results(library.search(query))
        if earlier:
            press.print_earlier(library.earlier(query))


def _filtered(query: Query, facet: str, values: tuple[str, ...]) -> Query:
    """The query with more values chosen of a facet."""
    if facet == "kind":
        chosen = () if query.kinds == DEFAULT_KINDS else query.kinds
        return replace(query, kinds=tuple(dict.fromkeys((*chosen, *map(Kind, values)))))
    both = tuple(dict.fromkeys((*query.filters.get(facet, ()), *values)))
    return replace(query, filters={**query.filters, facet: both})


def _print_search_page(library: Snapshot, query: Query, earlier: bool) -> None:
    """Print what the page of a search is to programs."""
    from web import frame  # noqa: PLC0415  brings a web server's libraries, which take half a second
    from web.pages import results  # noqa: PLC0415  as above

    asked = frame.SearchAsked(
        query.text,
        () if query.kinds == DEFAULT_KINDS else query.kinds,
        query.filters,
        limit=query.limit,
        mode=query.mode,
        sort=query.sort,
        with_earlier=earlier,
        dropped=query.dropped,
    )
    print_bytes(frame.as_json(results.search_page(frame.Refs(library), asked)))


@app.command(epilog="Example: kb similar ID --limit 3")
def similar(
    record: RecordId,
    limit: Annotated[int, typer.Option(min=1, max=50, help="How many.")] = 5,
    as_json: AsJson = False,
) -> None:
    """Show the records most like one, each with the reason."""
    with Library.open(Settings.from_environment()) as opened:
        library = opened.snapshot()
        found = library.similar(record, limit)
        if not as_json:
            press.print_similar(found)
            return
        from web import frame  # noqa: PLC0415  as in _print_search_page

        named = frame.Refs(library)
        print_json(
            [
                {
                    "record": asdict(named.record(near.record)),
                    "score": round(near.score, 4),
                    "reasons": [english.said(why) for why in near.reasons],
                    "nearest": asdict(near.nearest) if near.nearest else None,
                }
                for near in found
            ]
        )


@app.command(epilog="Example: kb show ID --json")
def show(record: RecordId, as_json: AsJson = False) -> None:
    """Print one record whole."""
    with Library.open(Settings.from_environment()) as opened:
        library = opened.snapshot()
        found = library.record(record)
        if not as_json:
            press.print_record(found, library.edition(found.handbook))
            return
        from web import frame  # noqa: PLC0415  as in _print_search_page
        from web.pages import record_page  # noqa: PLC0415  as in _print_search_page

        print_bytes(frame.as_json(record_page.record_page(frame.Refs(library), found)))


@app.command(epilog='Example: kb export "award credit for online exchange" --format xlsx > credit.xlsx')
def export(
    need: Annotated[
        list[str] | None, typer.Argument(metavar="[NEED...]", help="What you need, in your own words.")
    ] = None,
    handbook: Annotated[list[str], typer.Option(metavar="ID", help="Whole, if no need is given.")] = [],  # noqa: B006
    record: Annotated[list[str], typer.Option(metavar="ID", help="This record; may be given again.")] = [],  # noqa: B006
    form: Annotated[
        Literal["csv", "xlsx", "json", "bibtex", "ris", "csl"],
        typer.Option("--format", help="What to write."),
    ] = "csv",
    site: Annotated[
        str, typer.Option(metavar="URL", help="Address of your site, for the records' permanent addresses.")
    ] = "",
) -> None:
    """Write records as a file on stdout: answers to a need, handbooks, single records, or the whole library.

    Of the answers to a need at most 1000 are written, best first.
    """
    if record and (need or handbook):
        raise typer.BadParameter("--record names records one by one: give it alone")
    if form == "xlsx" and sys.stdout.isatty():
        raise typer.BadParameter("a workbook is no text for a terminal: send it to a file, > records.xlsx")
    from web import frame  # noqa: PLC0415  as in _print_search_page
    from web.export import exports  # noqa: PLC0415  as in _print_search_page

    with Library.open(Settings.from_environment()) as opened:
        library = opened.snapshot(to_search=bool(need))
        named = frame.Refs(library)
        if need:
            filters = {"handbook": tuple(handbook)} if handbook else {}
            chosen = exports.found(named, Query(" ".join(need), filters=filters))
        elif record:
            chosen = exports.Chosen("records", tuple(map(library.record, record)), len(record))
        else:
            chosen = exports.books(named, handbook or [book.id for book in named.handbooks])
        print_bytes(exports.write(named, chosen, exports.Format[form.upper()], site.rstrip("/")), end=b"")


def _facet_values(library: Snapshot, given: str) -> tuple[str, tuple[str, ...]]:
    """Read NAME=VALUE: the facet, and its values that are meant."""
    name, equals, value = given.partition("=")
    if not equals:
        raise typer.BadParameter(f"--facet {given}: give it as NAME=VALUE, such as theme=Health")
    return library.meant(name.strip().lower(), value.strip())
