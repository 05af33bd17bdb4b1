"""How other programs search here: the browser's own search field, and feeds of the answers to a need."""

from __future__ import annotations

from xml.etree import ElementTree as ET

from fastapi import APIRouter, Request
from starlette.responses import Response

from kb import InputError
from web.export import feed
from web.frame import FAILURES, language, params, refs_of

_ = language.gettext
OPENSEARCH = "http://a9.com/-/spec/opensearch/1.1/"

router = APIRouter(responses=FAILURES, include_in_schema=False)


@router.get("/opensearch.xml")
def get_description(request: Request) -> Response:
    """How to search here, for browsers and feed readers (OpenSearch 1.1), in the language of the address."""
    origin = str(request.base_url).rstrip("/")
    here = origin + language.spoken().prefix
    ET.register_namespace("", OPENSEARCH)
    root = ET.Element(f"{{{OPENSEARCH}}}OpenSearchDescription")
    for tag, words in (
        ("ShortName", "Practices"),  # at most 16 characters
        ("Description", _("Practices and tools of universities, searched by need.")),
        ("Language", language.spoken().language),
        ("InputEncoding", "UTF-8"),
        ("OutputEncoding", "UTF-8"),
    ):
        ET.SubElement(root, f"{{{OPENSEARCH}}}{tag}").text = words
    icon = ET.SubElement(root, f"{{{OPENSEARCH}}}Image", type="image/svg+xml", width="16", height="16")
    icon.text = f"{origin}/static/favicon.svg"
    for media_type, address in (
        ("text/html", f"{here}/search?q={{searchTerms}}&page={{startPage?}}"),
        ("application/json", f"{origin}/search.json?q={{searchTerms}}&page={{startPage?}}&limit={{count?}}"),
        (feed.MEDIA_TYPE, f"{origin}/search.atom?q={{searchTerms}}"),
    ):
        ET.SubElement(root, f"{{{OPENSEARCH}}}Url", type=media_type, template=address)
    written = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    return Response(written, media_type="application/opensearchdescription+xml")


@router.get("/search.atom")
def get_answers(request: Request) -> Response:
    """The best answers to a need as an Atom feed: what an edition adds or changes comes first."""
    asked = params.parse(request.url.query)
    if not asked.text:
        raise InputError(
            "search.atom: no need is asked; give it as q, such as /search.atom?q=online+exchange"
        )
    refs = refs_of(request, to_search=True)
    return Response(feed.answers(refs, asked, str(request.base_url).rstrip("/")), media_type=feed.MEDIA_TYPE)
