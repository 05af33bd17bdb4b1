"""What crawlers are told: robots.txt and the sitemap, with each page in each language."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from xml.etree import ElementTree as ET

from fastapi import APIRouter, Request
from starlette.responses import FileResponse, PlainTextResponse, Response

from kb import NotFoundError
from kb.store import Store
from kb.words import LANGUAGES
from web.frame import STATIC, Refs, fresh, links, refs_of
from web.pages import portraits

MOST = 10_000
"""Pages of one file. The rule's most is 50 000 and 50 MB; with nine versions each, 10 000 pages are 25 MB."""
SITEMAP = "http://www.sitemaps.org/schemas/sitemap/0.9"
XHTML = "http://www.w3.org/1999/xhtml"
HIDDEN = ("search?*&", "search.", "map?", "shortlist", "proposal", "compare")
"""Endless addresses, which lead to nothing that has no address of its own; a search by nothing but a need is open."""

router = APIRouter(include_in_schema=False)


@dataclass(frozen=True, slots=True)
class SitemapEntry:
    """A page's path, and when it changed last, UTC ("" where that is not known)."""

    path: str
    changed: str = ""


@router.get("/robots.txt")
def get_robots(request: Request) -> Response:
    """Everything may be read; endless addresses need not be."""
    prefixes = ("", *(f"/{code}" for code in LANGUAGES))
    hidden = "".join(f"Disallow: {prefix}/{name}\n" for prefix in prefixes for name in HIDDEN)
    return PlainTextResponse(f"User-agent: *\n{hidden}\nSitemap: {_origin(request)}/sitemap.xml\n")


@router.get("/sitemap.xml")
def get_sitemap(request: Request) -> Response:
    """Every page of the library; where they are too many for one file, the list of the files."""
    pages = _Pages.of(refs_of(request))
    if pages.files <= 1:
        return _xml(request, sitemap(pages.part(1), _origin(request)))
    return _xml(request, sitemap_index(pages, _origin(request)))


@router.get("/sitemap-{number:number}.xml")
def get_part(request: Request, number: int) -> Response:
    """One of the files, counted from 1."""
    pages = _Pages.of(refs_of(request))
    if not 1 <= number <= pages.files:
        raise NotFoundError(f"sitemap-{number}.xml: there is no such part; /sitemap.xml lists them")
    return _xml(request, sitemap(pages.part(number), _origin(request)))


@dataclass(frozen=True, slots=True)
class _Pages:
    """Every page: those that are no record's, then the records, which are read file by file."""

    store: Store
    others: tuple[SitemapEntry, ...]
    records: int

    @classmethod
    def of(cls, refs: Refs) -> _Pages:
        """The home page, the lists, each university, country and theme, each handbook; and how many records follow."""
        store = refs.library.store
        dates = store.harvest_dates()
        others = [SitemapEntry("/"), SitemapEntry("/browse"), SitemapEntry("/map"), SitemapEntry("/matrix")]
        others += [SitemapEntry(path) for path in portraits.addresses(refs)]
        others += [SitemapEntry(links.handbook(one.id), dates.get(one.id, "")) for one in refs.handbooks]
        return cls(store, tuple(others), store.harvest_served())

    @property
    def files(self) -> int:
        """How many files they take."""
        return -(-(len(self.others) + self.records) // MOST)

    def part(self, number: int) -> tuple[SitemapEntry, ...]:
        """The pages of a file, counted from 1."""
        start = (number - 1) * MOST
        found = self.others[start : start + MOST]
        skipped = max(start - len(self.others), 0)
        rows = self.store.harvest_addresses(skipped, MOST - len(found))
        return (*found, *(SitemapEntry(links.record(kind, name), stamp) for name, kind, stamp in rows))

    def newest(self, number: int) -> str:
        """When a page of a file changed last, "" where that is not known."""
        return max((one.changed for one in self.part(number)), default="")


def sitemap(found: Sequence[SitemapEntry], origin: str) -> ET.Element:
    """A file of addresses, each with its versions in other languages (hreflang)."""
    root = ET.Element("urlset", {"xmlns": SITEMAP, "xmlns:xhtml": XHTML})
    for one in found:
        url = ET.SubElement(root, "url")
        ET.SubElement(url, "loc").text = origin + one.path
        if one.changed:
            ET.SubElement(url, "lastmod").text = one.changed
        versions = {"x-default": one.path} | {code: f"/{code}{one.path}" for code in LANGUAGES}
        for code, path in versions.items():
            ET.SubElement(url, "xhtml:link", rel="alternate", hreflang=code, href=origin + path)
    return root


def sitemap_index(pages: _Pages, origin: str) -> ET.Element:
    """The list of the files."""
    root = ET.Element("sitemapindex", xmlns=SITEMAP)
    for number in range(1, pages.files + 1):
        one = ET.SubElement(root, "sitemap")
        ET.SubElement(one, "loc").text = f"{origin}/sitemap-{number}.xml"
        if changed := pages.newest(number):
            ET.SubElement(one, "lastmod").text = changed
    return root


def _xml(request: Request, root: ET.Element) -> Response:
    written = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    return fresh(request, Response(written, media_type="application/xml"))


def _origin(request: Request) -> str:
    return str(request.base_url).rstrip("/")


@router.get("/favicon.ico")
def get_favicon() -> Response:
    """For browsers that ask without reading the page's link."""
    return FileResponse(STATIC / "favicon.svg", media_type="image/svg+xml")
