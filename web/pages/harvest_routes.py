"""OAI-PMH 2.0 at /oai: harvesters list records, or those that changed since they last did, in any of the formats."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import parse_qsl
from xml.etree import ElementTree as ET

from fastapi import APIRouter, Request
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.responses import Response

from kb import Kind, Settings
from kb.store import Harvest, Store, Wanted
from web.export import HARVEST_FORMATS, harvest_xml
from web.frame import body_of, library
from web.pages.harvest_asked import HANDBOOK, KIND, OaiAsked, OaiCode, OaiError, OaiVerb, oai_asked
from web.pages.harvest_tokens import ResumptionToken

PAGE = 100
"""Entries of one answer."""
NAME = "Practice knowledge base"
KINDS = {
    Kind.PRACTICE: "Practices",
    Kind.TOOL: "Tools",
    Kind.ANNEX: "Annexes",
    Kind.SECTION: "Sections",
}
MOST_ARGUMENTS, MOST_SENT = 20, 20_000
"""Arguments of a request, and bytes that hold them."""
_DOMAIN = re.compile(r"[a-z][a-z0-9-]*(?:\.[a-z][a-z0-9-]*)+", re.IGNORECASE)
"""A namespace as the guidelines for oai-identifier have it."""

router = APIRouter(include_in_schema=False)


@dataclass(frozen=True, slots=True)
class OaiSite:
    """What answers a request: the library, where it stands, and what identifiers of its records begin with."""

    store: Store
    origin: str
    namespace: str


@router.get("/oai")
def get_oai(request: Request) -> Response:
    """Answer a harvester."""
    return _answer(request, request.url.query)


@router.post("/oai")
async def post_oai(request: Request) -> Response:
    """The same, for those that send their arguments as a form."""
    refusal = HTTPException(413, f"/oai: more than {MOST_SENT} bytes of arguments; send less")
    sent = (await body_of(request, MOST_SENT, refusal)).decode("latin-1")
    return await run_in_threadpool(_answer, request, sent)


def _answer(request: Request, query: str) -> Response:
    site, moment = _site(request), _now()
    address = f"{site.origin}/oai"
    try:
        asked = oai_asked(_pairs(query))
        root = harvest_xml.framed(moment, address, {"verb": asked.verb, **asked.given})
        _ANSWERS[asked.verb](ET.SubElement(root, asked.verb), site, asked)
    except OaiError as refusal:
        echoed = dict(_pairs(query)) if refusal.is_echoed else {}
        root = harvest_xml.framed(moment, address, echoed)
        harvest_xml.put(root, "error", refusal.text, {"code": refusal.code})
    return Response(harvest_xml.written(root), media_type="text/xml")


def _pairs(query: str) -> list[tuple[str, str]]:
    try:
        return parse_qsl(query, keep_blank_values=True, max_num_fields=MOST_ARGUMENTS)
    except ValueError as error:
        raise OaiError(
            OaiCode.BAD_ARGUMENT, f"more than {MOST_ARGUMENTS} arguments; no verb takes so many"
        ) from error


def _site(request: Request) -> OaiSite:
    """Identifiers begin with the first name in KB_HOSTS, which stays when the server is asked by another one."""
    settings: Settings = request.app.state.settings
    host = settings.hosts[0] if settings.hosts else (request.url.hostname or "localhost")
    origin = str(request.base_url).rstrip("/")
    return OaiSite(library(request).store, origin, host)


def _identify(found: ET.Element, site: OaiSite, asked: OaiAsked) -> None:  # noqa: ARG001
    held = site.store.settings("contact")
    harvest_xml.put(found, "repositoryName", repository_name(site.store))
    harvest_xml.put(found, "baseURL", f"{site.origin}/oai")
    harvest_xml.put(found, "protocolVersion", "2.0")
    harvest_xml.put(found, "adminEmail", held.get("contact") or _postmaster(site.namespace))
    harvest_xml.put(found, "earliestDatestamp", site.store.harvest_earliest() or _now())
    harvest_xml.put(found, "deletedRecord", "persistent")
    harvest_xml.put(found, "granularity", "YYYY-MM-DDThh:mm:ssZ")
    harvest_xml.put(found, "compression", "gzip")
    if _DOMAIN.fullmatch(site.namespace):
        harvest_xml.described(found, site.namespace)


def repository_name(store: Store) -> str:
    """What the library is called elsewhere: with the name of its alliance, where the owner gave one."""
    alliance = store.settings("alliance").get("alliance", "")
    return f"{alliance}: {NAME}" if alliance else NAME


def _postmaster(host: str) -> str:
    """The address that each host with mail has to read (RFC 5321, 4.5.1), where the owner gave none."""
    return f"postmaster@{host if '.' in host else host + '.localdomain'}"


def _list_formats(found: ET.Element, site: OaiSite, asked: OaiAsked) -> None:
    if "identifier" in asked.given:
        _one(site, asked)
    for prefix, form in HARVEST_FORMATS.items():
        one = ET.SubElement(found, "metadataFormat")
        harvest_xml.put(one, "metadataPrefix", prefix)
        harvest_xml.put(one, "schema", form.schema)
        harvest_xml.put(one, "metadataNamespace", form.namespace)


def _list_sets(found: ET.Element, site: OaiSite, asked: OaiAsked) -> None:
    token = asked.token
    if token is None:
        sets = [(HANDBOOK, "Handbooks"), (KIND, "Kinds of record")]
        sets += [(f"{KIND}:{kind}", KINDS[kind]) for kind in Kind]
        _sets(found, sets)
    books = site.store.harvest_handbooks(token.last if token else "", PAGE + 1)
    shown = books[:PAGE]
    _sets(found, [(f"{HANDBOOK}:{book}", title) for book, title in shown])
    cursor = token.cursor if token else 0
    if len(books) > PAGE:
        _resumption(found, asked.resumed(Wanted(), ("", shown[-1][0]), cursor + len(found)), cursor)
    elif token is not None:
        _resumption(found, None, cursor)


def _sets(found: ET.Element, sets: Iterable[tuple[str, str]]) -> None:
    for name, words in sets:
        one = ET.SubElement(found, "set")
        harvest_xml.put(one, "setSpec", name)
        harvest_xml.put(one, "setName", words)


def _list(found: ET.Element, site: OaiSite, asked: OaiAsked) -> None:
    token, wanted = asked.token, asked.wanted()
    after = (token.stamp, token.last) if token else ("", "")
    held = site.store.harvest(wanted, after, PAGE + 1) if wanted else None
    if wanted is None or held is None or not held.entries:
        raise OaiError(OaiCode.NO_RECORDS, "nothing matches: no record of this set changed in this time")
    shown = held.entries[:PAGE]
    for entry in shown:
        if asked.verb is OaiVerb.LIST_IDENTIFIERS:
            harvest_xml.headed(found, entry, site.namespace)
        else:
            harvest_xml.recorded(found, entry, held.handbooks, site.namespace, asked.prefix, site.origin)
    cursor = token.cursor if token else 0
    last = (shown[-1].stamp, shown[-1].id)
    if len(held.entries) > PAGE:
        size = cursor + site.store.harvest_size(wanted, after)
        _resumption(found, asked.resumed(wanted, last, cursor + len(shown)), cursor, size)
    elif token is not None:
        _resumption(found, None, cursor, cursor + len(shown))


def _resumption(found: ET.Element, token: ResumptionToken | None, cursor: int, size: int = 0) -> None:
    """Add how to go on; the last answer of a list says by an empty token that it is. 0 is for a size not known."""
    given = {"cursor": str(cursor)} | ({"completeListSize": str(size)} if size else {})
    given |= {"expirationDate": token.expiration} if token else {}
    harvest_xml.put(found, "resumptionToken", token.text if token else "", given)


def _get_record(found: ET.Element, site: OaiSite, asked: OaiAsked) -> None:
    held = _one(site, asked)
    harvest_xml.recorded(found, held.entries[0], held.handbooks, site.namespace, asked.prefix, site.origin)


def _one(site: OaiSite, asked: OaiAsked) -> Harvest:
    identifier = asked.given["identifier"]
    begin = f"oai:{site.namespace}:"
    held = site.store.harvest_one(identifier.removeprefix(begin)) if identifier.startswith(begin) else None
    if held is None or not held.entries:
        raise OaiError(
            OaiCode.NO_IDENTIFIER, f"identifier: no record has it; those of this library begin with {begin}"
        )
    return held


def _now() -> str:
    return f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}"


_ANSWERS = {
    OaiVerb.IDENTIFY: _identify,
    OaiVerb.LIST_FORMATS: _list_formats,
    OaiVerb.LIST_SETS: _list_sets,
    OaiVerb.LIST_IDENTIFIERS: _list,
    OaiVerb.LIST_RECORDS: _list,
    OaiVerb.GET_RECORD: _get_record,
}
