"""What a search box offers while somebody types."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from web.frame import FAILURES, Refs, Shown, answering, exemplify, refs_of, respond


@dataclass(frozen=True, slots=True)
class Suggested(Shown):
    """A text to search for."""

    text: str
    kind: str
    """practice, tool, institution or theme."""


@dataclass(frozen=True, slots=True)
class SuggestionsShown(Shown):
    """What begins like what was typed so far; what begins with it comes first."""

    suggestions: tuple[Suggested, ...]


router = APIRouter(responses=FAILURES)


def suggestions(refs: Refs, text: str) -> SuggestionsShown:
    """What begins like a text."""
    return SuggestionsShown(tuple(Suggested(one.text, one.kind) for one in refs.library.suggest(text)))


@router.get("/suggest", summary="What begins like a text", responses=answering(SuggestionsShown))
def get_suggest(
    request: Request,
    q: Annotated[str, Query(description="What was typed so far, two characters or more.")] = "",
) -> Response:
    """Titles, tools, institutions and themes that begin like a text, for a search box; at most ten."""
    return respond(request, suggestions(refs_of(request), q))


exemplify("/suggest", lambda given: suggestions(given.refs, "cre"))
