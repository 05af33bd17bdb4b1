"""The library as lists: by handbook, annex, institution, country, theme or tool."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from kb import vocabulary
from kb.errors import NotFoundError
from kb.records import Kind, Record
from web import links
from web.context import BrowsePage, Group, Tally
from web.refs import Refs

FIRST_ITEMS = 8
"""Records shown of a group while other groups are shown, too."""

_Bundle = tuple[str, str, str, str, list[Record]]
"""Key, label, address, handbook title, records in printed order."""


def browse_page(refs: Refs, by: str, only: str = "") -> BrowsePage:
    """The list grouped by `by`, whole or one group of it.

    Raises:
        NotFoundError: there is no such grouping or no such group.
    """
    lists = {name: make(refs) for name, make in LISTS.items()}
    lists = {name: bundles for name, bundles in lists.items() if bundles or name == "handbook"}
    if by not in lists:
        raise NotFoundError(f"by={by[:40]}: the library has no such list; choose one of {', '.join(lists)}")
    bundles = [bundle for bundle in lists[by] if not only or bundle[0] == only]
    if only and not bundles:
        raise NotFoundError(f"{only[:80]}: nothing in the list by {by} has this name; see the whole list")
    return BrowsePage(
        url=links.browse(by, only),
        notice=refs.library.notice,
        by=by,
        choices=tuple(Tally(name, _named(bundles), links.browse(name)) for name, bundles in lists.items()),
        groups=tuple(_group(refs, by, bundle, not only and len(bundles) > 1) for bundle in bundles),
        only=only,
        everything=links.browse(by),
    )


def _named(bundles: Iterable[_Bundle]) -> int:
    return sum(1 for bundle in bundles if bundle[1])


def _group(refs: Refs, by: str, bundle: _Bundle, is_one_of_many: bool) -> Group:
    key, label, url, handbook, records = bundle
    is_cut = is_one_of_many and bool(key) and len(records) > FIRST_ITEMS
    return Group(
        label=label,
        url=url,
        count=len(records),
        handbook=handbook,
        items=refs.named(records[:FIRST_ITEMS] if is_cut else records),
        more=links.browse(by, key) if is_cut else "",
    )


def _by_handbook(refs: Refs) -> list[_Bundle]:
    return [
        (book.id, book.title, links.handbook(book.id), "", list(refs.records(book.id, Kind.PRACTICE)))
        for book in refs.handbooks
    ]


def _by_annex(refs: Refs) -> list[_Bundle]:
    found = []
    for annex in refs.everything(Kind.ANNEX):
        inside = refs.records(annex.handbook, Kind.PRACTICE, Kind.TOOL)
        label = f"{annex.annex_label}: {annex.title}" if annex.annex_label else annex.title
        title = refs.handbook(annex.handbook).title
        members = [record for record in inside if record.annex == annex.id]
        found.append((annex.id, label, links.record(annex.kind, annex.id), title, members))
    return found


def _by_tool(refs: Refs) -> list[_Bundle]:
    users: dict[str, list[Record]] = {}
    for practice in refs.everything(Kind.PRACTICE):
        for tool in practice.tools:
            users.setdefault(tool, []).append(practice)
    tools = sorted(
        refs.everything(Kind.TOOL), key=lambda t: (-len(users.get(t.id, ())), t.title.casefold(), t.id)
    )
    return [
        (t.id, t.title, links.record(t.kind, t.id), refs.handbook(t.handbook).title, users.get(t.id, []))
        for t in tools
    ]


def _by_facet(name: str) -> Callable[[Refs], list[_Bundle]]:
    def bundles(refs: Refs) -> list[_Bundle]:
        found: dict[str, list[Record]] = {}
        silent: list[Record] = []
        for practice in refs.everything(Kind.PRACTICE):
            values = practice.values(name)
            if name == "institution" and not values and practice.institution:
                values = (practice.institution,)
            for value in dict.fromkeys(values):
                found.setdefault(value, []).append(practice)
            if not values:
                silent.append(practice)
        label = vocabulary.load().term_label
        named = [(value, label(name, value), "", "", records) for value, records in found.items()]
        named.sort(key=lambda bundle: (bundle[1].casefold(), bundle[0]))
        return [*named, ("", "", "", "", silent)] if named and silent else named

    return bundles


LISTS: dict[str, Callable[[Refs], list[_Bundle]]] = {
    "handbook": _by_handbook,
    "annex": _by_annex,
    "institution": _by_facet("institution"),
    "country": _by_facet("country"),
    "theme": _by_facet("theme"),
    "tool": _by_tool,
}
