"""The PDF that a handbook was read from, for those that its licence allows to hand on."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import FileResponse
from slugify import slugify
from starlette.responses import Response

from kb import Edition, Facet, NotFoundError, Origin
from kb.words import Pattern
from web.frame import FAILURES, HandbookIdInPath, Refs, Responses, headers, is_held, links, refs_of

FILE: Responses = {
    200: {
        "description": "The file; a part of it (206) where a range is asked for.",
        "content": {"application/pdf": {"schema": {"type": "string", "format": "binary"}}},
    }
}
_SHARING = Pattern(
    r"\bCC[\s-]?(?:BY|0|PDM?|ZERO)\b|\bCC0|\bCreative\sCommons\b|\bPublic\sDomain\b|<<licence.public>>"
    r"|\bGNU\s(?:\w+\s){0,2}Licen[sc]e|\bGFDL\b|\bEUPL\b|\bMIT\sLicen[sc]e|\bApache\sLicen[sc]e"
    r"|\bOpen\sGovernment\sLicen[sc]e|\bOGL\b|\bLicence\sOuverte|\bOpen\sLicence\b|\bdl-de/",
    re.IGNORECASE,
)
_RESERVED = Pattern(r"<<licence.reserved>>", re.IGNORECASE)
router = APIRouter(responses=FAILURES | FILE, default_response_class=Response)


def original(refs: Refs, edition: Edition, facts: Iterable[Facet]) -> str:
    """The address of the PDF that an edition was read from; "" where no licence is stated that allows to share it."""
    if not _is_shared(facts):
        return ""
    is_served = edition.number == refs.edition(edition.handbook).number
    return links.original(edition.handbook, 0 if is_served else edition.number)


def _is_shared(facts: Iterable[Facet]) -> bool:
    """Whether the owner or the handbook states such a licence; one that a rule inferred is none."""
    stated = (fact for fact in facts if fact.name == "licence" and fact.origin is not Origin.INFERRED)
    return any(may_be_shared(fact.value) or may_be_shared(fact.printed) for fact in stated)


def may_be_shared(licence: str) -> bool:
    """Whether a licence, by its name or in words, allows everybody to hand a document on unchanged.

    All of Creative Commons do; what is not known to allow it does not.
    """
    return bool(_SHARING.search(licence)) and not _RESERVED.search(licence)


def file_name(edition: Edition) -> str:
    """What the file is called for those who keep it: its title and edition."""
    return f"{slugify(edition.title, max_length=80, word_boundary=True) or edition.handbook}-{edition.number}.pdf"


@router.get("/handbooks/{handbook}.pdf", summary="A handbook as it was published")
def get_original(
    request: Request,
    handbook: HandbookIdInPath,
    edition: Annotated[
        int | None, Query(description="That of this edition; of the current one unless given.")
    ] = None,
) -> Response:
    """The PDF that the handbook was read from, if its licence allows everybody to hand it on; else 404.

    Parts of it can be asked for by a range of bytes, and whether it is still the same by its ETag.
    """
    refs = refs_of(request)
    shown = refs.edition(handbook)
    if edition and edition != shown.number:
        refs.library.store.require(handbook, edition)
        shown = refs.numbered(handbook, edition)
    stated = refs.library.store.handbook(handbook)
    if not _is_shared(refs.facts(shown, stated)):
        raise NotFoundError(
            f"{shown.title}: no licence is stated that allows to hand its PDF on; its pages can be read here"
        )
    kept = {"ETag": f'"{shown.sha256}"', "Cache-Control": headers.ASK_AGAIN}
    if is_held(request, kept["ETag"]):
        return Response(status_code=304, headers=kept)
    path = refs.library.store.pdf_path(shown.sha256)
    return FileResponse(path, headers=kept, media_type="application/pdf", filename=file_name(shown))
