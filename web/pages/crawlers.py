"""What crawlers are told: robots.txt and the sitemap, with each page in each language."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from xml.etree import ElementTree as ET

from fastapi import APIRouter, Request
from starlette.responses import FileResponse, PlainTextResponse, Response

from kb import NotFoundError
from kb.words import LANGUAGES
from web.frame import STATIC, Refs, links, refs_of
from web.pages import portraits

MOST = 10_000
"""Addresses of one file. The rule's most is 50 000 and 50 MB; with nine versions each the bytes come first."""
SITEMAP = "http://www.sitemaps.org/schemas/sitemap/0.9"
XHTML = "http://www.w3.org/1999/xhtml"
HIDDEN = ("search?*&", "search.", "map?", "shortlist", "proposal", "compare")
"""Endless addresses, which lead to nothing that has no address of its own; a search by nothing but a need is open."""

router = APIRouter(include_in_schema=False)


@dataclass(frozen=True, slots=True)
class SitemapEntry:
    """A page's path, and the day its handbook was last read in ("" where that is not known)."""

    path: str
    day: str = ""


@router.get("/robots.txt")
def get_robots(request: Request) -> Response:
    """Everything may be read; endless addresses need not be."""
    prefixes = ("", *(f"/{code}" for code in LANGUAGES))
    hidden = "".join(f"Disallow: {prefix}/{name}\n" for prefix in prefixes for name in HIDDEN)
    return PlainTextResponse(f"User-agent: *\n{hidden}\nSitemap: {_origin(request)}/sitemap.xml\n")


@router.get("/sitemap.xml")
def get_sitemap(request: Request) -> Response:
    """Every page of the library; where they are too many for one file, the list of the files."""
    found, origin = addresses(refs_of(request)), _origin(request)
    files = -(-len(found) // MOST)
    return _xml(sitemap(found, origin) if files <= 1 else sitemap_index(files, origin))


@router.get("/sitemap-{number:number}.xml")
def get_part(request: Request, number: int) -> Response:
    """One of the files, counted from 1."""
    found = addresses(refs_of(request))[(number - 1) * MOST : number * MOST] if number > 0 else ()
    if not found:
        raise NotFoundError(f"sitemap-{number}.xml: there is no such part; /sitemap.xml lists them")
    return _xml(sitemap(found, _origin(request)))


def addresses(refs: Refs) -> tuple[SitemapEntry, ...]:
    """The home page, the lists, each university, country and theme, and each handbook with its records, as printed."""
    found = [SitemapEntry("/"), SitemapEntry("/browse"), SitemapEntry("/map"), SitemapEntry("/matrix")]
    found += [SitemapEntry(path) for path in portraits.addresses(refs)]
    for book in refs.handbooks:
        day = refs.edition(book.id).ingested_at[:10]
        found.append(SitemapEntry(links.handbook(book.id), day))
        found += [
            SitemapEntry(links.record(r.kind, r.id), day) for r in refs.library.everything(handbook=book.id)
        ]
    return tuple(found)


def sitemap(found: Sequence[SitemapEntry], origin: str) -> ET.Element:
    """A file of addresses, each with its versions in other languages (hreflang)."""
    root = ET.Element("urlset", {"xmlns": SITEMAP, "xmlns:xhtml": XHTML})
    for one in found:
        url = ET.SubElement(root, "url")
        ET.SubElement(url, "loc").text = origin + one.path
        if one.day:
            ET.SubElement(url, "lastmod").text = one.day
        versions = {"x-default": one.path} | {code: f"/{code}{one.path}" for code in LANGUAGES}
        for code, path in versions.items():
            ET.SubElement(url, "xhtml:link", rel="alternate", hreflang=code, href=origin + path)
    return root


def sitemap_index(files: int, origin: str) -> ET.Element:
    """The list of the files."""
    root = ET.Element("sitemapindex", xmlns=SITEMAP)
    for number in range(1, files + 1):
        ET.SubElement(ET.SubElement(root, "sitemap"), "loc").text = f"{origin}/sitemap-{number}.xml"
    return root


def _xml(root: ET.Element) -> Response:
    return Response(ET.tostring(root, encoding="utf-8", xml_declaration=True), media_type="application/xml")


def _origin(request: Request) -> str:
    return str(request.base_url).rstrip("/")


@router.get("/favicon.ico")
def get_favicon() -> Response:
    """For browsers that ask without reading the page's link."""
    return FileResponse(STATIC / "favicon.svg", media_type="image/svg+xml")
