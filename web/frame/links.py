"""The addresses of everything the web shows, in one place."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from urllib.parse import parse_qsl, quote, urlencode

from kb import Kind

FOLDERS = {
    Kind.PRACTICE: "practices",
    Kind.TOOL: "tools",
    Kind.ANNEX: "annexes",
    Kind.SECTION: "sections",
}

PORTRAITS = {"institution": "institutions", "country": "countries", "theme": "themes"}
"""Facets whose values have a page of their own."""

CATALOGUE = "/catalog.jsonld"
"""The library as a catalogue of data (DCAT)."""

OFFICE = "/admin/handbooks"
"""Where administration starts."""

_SHORT = 100  # characters

PICTURE = "page"
"""The fragment of an address that leads to the picture of a page."""


def record(kind: Kind, record_id: str) -> str:
    """The permanent address of a record; ids are stable over editions."""
    return f"/{FOLDERS[kind]}/{_part(record_id)}"


def field(kind: Kind, record_id: str, number: int, page: int = 0, edition: int = 0) -> str:
    """The address that lights a field (its number from 1) on the picture of a page, at first its first.

    `edition` is one that is not served.
    """
    asked = (("field", number), ("page", page), ("edition", edition))
    return record(kind, record_id) + _query({name: str(value) for name, value in asked if value})


def as_of(kind: Kind, record_id: str, edition: int) -> str:
    """The address of a record as an edition that is not served has it."""
    return f"{record(kind, record_id)}?edition={edition}"


def field_anchor(number: int) -> str:
    """The fragment of a record's address that leads to a field."""
    return f"field-{number}"


def linkset(url: str) -> str:
    """The address of the links of the page of a record or handbook, for programs."""
    return f"/linksets{url}"


def handbook(handbook_id: str) -> str:
    """The address of a handbook."""
    return f"/handbooks/{_part(handbook_id)}"


def original(handbook_id: str, edition: int = 0) -> str:
    """The address of the PDF that a handbook was read from; `edition` is one that is not served."""
    return f"{handbook(handbook_id)}.pdf" + (f"?edition={edition}" if edition else "")


def changes(handbook_id: str, before: int = 0, after: int = 0, change: str = "", kind: str = "") -> str:
    """The address of what changed between two editions; of the newest change if none is named.

    `change` (added, removed, ...) and `kind` narrow it down.
    """
    asked = (("from", before), ("to", before and after), ("change", change), ("kind", kind))
    return f"{handbook(handbook_id)}/changes" + _query({name: str(value) for name, value in asked if value})


def leaf(handbook_id: str, number: int, lit: str = "", find: str = "") -> str:
    """The address of one page (PDF number, from 1) of a handbook.

    `lit` is the id of a record to light, `find` words to look for.
    """
    page = f"{handbook(handbook_id)}/pages/{number}"
    asked = {name: value for name, value in (("record", lit), ("find", find)) if value}
    return page + _query(asked)


def leaves(handbook_id: str, find: str = "", start: int = 1) -> str:
    """The address of a handbook's pages at a glance, from one of them on, or of those that have some words."""
    asked = {"find": find} if find else {}
    return f"{handbook(handbook_id)}/pages" + _query(asked | ({"start": str(start)} if start > 1 else {}))


def picture(handbook_id: str, number: int, width: int, sha256: str) -> str:
    """The address of a page's picture, versioned by the PDF so that browsers may keep it."""
    return f"{leaf(handbook_id, number)}.png?width={width}&v={sha256[:12]}"


def review(record_id: str = "", **query: str | int) -> str:
    """The address of the review list, or of a record's review page."""
    asked = {name: value for name, value in query.items() if value}
    path = "/admin/review" + (f"/{_part(record_id)}" if record_id else "")
    return f"{path}?{urlencode(asked)}" if asked else path


def job(number: int) -> str:
    """The address of an upload on its way into the library."""
    return f"/admin/jobs/{number}"


def job_picture(number: int, page: int, width: int, sha256: str) -> str:
    """The address of a page's picture of an upload, versioned by the PDF."""
    return f"{job(number)}/pages/{page}.png?width={width}&v={sha256[:12]}"


def shelf(handbook_id: str, done: str = "") -> str:
    """The address where a handbook's editions are seen to; `done` is what was just done."""
    page = f"/admin/handbooks/{_part(handbook_id)}"
    return f"{page}?done={done}" if done else page


def browse(by: str, only: str = "") -> str:
    """The address of a browse list, or of one of its groups."""
    return "/browse?" + urlencode({"by": by} | ({"only": only} if only else {}))


def portrait(facet: str, name: str) -> str:
    """The address of the page of a university, a country or a theme, by its name in letters and digits."""
    return f"/{PORTRAITS[facet]}/{_part(name)}"


def matrix(rows: str, columns: str) -> str:
    """The address of practices counted by two facets at once."""
    return "/matrix?" + urlencode({"rows": rows, "columns": columns})


def having(values: Iterable[tuple[str, str]]) -> str:
    """The address of the practices that have some values, by facet, as a list; the first is asked for in words."""
    (facet, value), *others = values
    asked = f'{facet}:"{value.replace(chr(34), " ")}"'
    return search([("q", asked), ("kind", Kind.PRACTICE.value), *others])


def search(pairs: Iterable[tuple[str, str]]) -> str:
    """The address of a search; `pairs` are its parameters in order."""
    query = "&".join(_parameter(name, value) for name, value in pairs)
    return f"/search?{query}" if query else "/search"


def atlas(asked: str = "/search", marked: str = "") -> str:
    """The address of the map with the answers to a search (its address) lit, and a record (its id) marked."""
    path = "/map" + asked.removeprefix("/search")
    return f"{path}{'&' if '?' in path else '?'}record={_part(marked)}" if marked else path


def compare(records: Iterable[str], only: str = "") -> str:
    """The address of some records side by side, by id; `only` is what of them is shown, if not everything."""
    query = urlencode([*(("id", one) for one in records), *((("only", only),) if only else ())])
    return f"/compare?{query}" if query else "/compare"


def twin(url: str) -> str:
    """The address of the same page as JSON."""
    path, mark, query = url.partition("?")
    return ("/index" if path == "/" else path) + ".json" + mark + query


def is_json(path: str) -> bool:
    """Whether an address is one of the JSON addresses."""
    return path.endswith(".json") or path in ("/healthz", "/readyz", "/suggest")


def shortlist(records: Iterable[str], text: str = "") -> str:
    """The address of a shortlist of some records, by id; `text` is what is searched for beside it."""
    query = urlencode([("id", one) for one in records] + ([("q", text)] if text else []))
    return f"/shortlist?{query}" if query else "/shortlist"


def proposal(handbooks: Iterable[str] = (), records: Iterable[str] = ()) -> str:
    """The address of a proposal with the forms of some handbooks and a shortlist of some records, by id."""
    query = urlencode([("handbook", one) for one in handbooks] + [("id", one) for one in records])
    return f"/proposal?{query}" if query else "/proposal"


def export(url: str, form: str) -> str:
    """The address of a page's records as a file; a search's are all its answers, whatever its result page."""
    path, _, query = url.partition("#")[0].partition("?")
    dropped = ("page", "limit", "editions", *(("q",) if path == "/shortlist" else ()))
    kept = [(name, value) for name, value in parse_qsl(query) if name not in dropped]
    return f"{path}.{form}" + (f"?{urlencode(kept)}" if kept else "")


def like(asked: str, url: str) -> str:
    """An address as JSON where JSON was asked for."""
    return twin(url) if asked.endswith(".json") else url


def _query(asked: dict[str, str]) -> str:
    return f"?{urlencode(asked)}" if asked else ""


def _parameter(name: str, value: str) -> str:
    """One parameter; a page of results names the same text and the same values a hundred times."""
    return _short_parameter(name, value) if len(value) <= _SHORT else urlencode({name: value})


@lru_cache(maxsize=4096)
def _short_parameter(name: str, value: str) -> str:
    """The same, kept: of texts so short that all that are kept are a megabyte."""
    return urlencode({name: value})


def _part(identifier: str) -> str:
    return quote(identifier, safe="")
