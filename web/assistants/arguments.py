"""What an assistant may ask: the arguments of each tool, checked once."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Annotated, Any, ClassVar, TypeVar

from pydantic import ConfigDict, Field, TypeAdapter, ValidationError

from kb import InputError, Kind
from kb.search import MOST_CHARACTERS, Sort
from kb.words import FACETS, LANGUAGES
from web.frame import LAST_PAGE, MOST_PER_PAGE, Json, pictures

PER_PAGE = 5
"""Answers, unless more are asked for: all of them go into what the assistant can keep in mind."""
FILTERS = tuple(facet for facet in FACETS if facet != "kind")
LARGEST = 999_999_999
MOST_COMPARED = 4

Taken = TypeVar("Taken", bound="ToolArguments")
_adapters: dict[type[Any], TypeAdapter[Any]] = {}
Small = Annotated[int, Field(ge=0, le=LARGEST)]


@dataclass(frozen=True, slots=True, kw_only=True)
class ToolArguments:
    """What every tool may be told."""

    __pydantic_config__: ClassVar[ConfigDict] = ConfigDict(extra="forbid", str_strip_whitespace=True)

    language: Annotated[str, Field(json_schema_extra={"enum": ["", *LANGUAGES]})] = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchArguments(ToolArguments):
    """A need, and what to keep of the answers."""

    need: Annotated[str, Field(json_schema_extra={"maxLength": MOST_CHARACTERS, "minLength": 1})]
    kinds: tuple[Kind, ...] = ()
    filters: Annotated[
        dict[str, tuple[str, ...]], Field(json_schema_extra={"propertyNames": {"enum": list(FILTERS)}})
    ] = field(default_factory=dict)
    sort: Sort = Sort.BEST
    page: Annotated[int, Field(ge=1, le=LAST_PAGE)] = 1
    page_size: Annotated[int, Field(ge=1, le=MOST_PER_PAGE)] = PER_PAGE


@dataclass(frozen=True, slots=True, kw_only=True)
class ShowArguments(ToolArguments):
    """A record; an earlier edition of it, or one of its fields."""

    record: str
    edition: Small = 0
    field: Small = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class SimilarArguments(ToolArguments):
    """A record."""

    record: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CompareArguments(ToolArguments):
    """Some records."""

    records: Annotated[tuple[str, ...], Field(json_schema_extra={"minItems": 2, "maxItems": MOST_COMPARED})]
    only_differences: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class HandbooksArguments(ToolArguments):
    """Nothing more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PictureArguments(ToolArguments):
    """A page of a handbook."""

    handbook: str
    page: Annotated[int, Field(ge=1, le=LARGEST)]
    width: Annotated[int, Field(json_schema_extra={"enum": list(pictures.WIDTHS)})] = pictures.READING_WIDTH


def _adapter(kind: type[ToolArguments]) -> TypeAdapter[Any]:
    if kind not in _adapters:
        _adapters[kind] = TypeAdapter(kind)
    return _adapters[kind]


def schema(kind: type[ToolArguments], described: Json) -> Json:
    """The JSON schema of a tool's arguments, each with its description."""
    made: Json = _adapter(kind).json_schema(mode="validation")
    made.pop("title", None)
    made.pop("description", None)
    for name, one in made["properties"].items():
        one.pop("title", None)
        one["description"] = described[name]
    return made


def read(kind: type[Taken], given: Json) -> Taken:
    """The arguments of a tool.

    Raises:
        InputError: one is missing, unknown, or not of its type; the message names it and says what may be given.
    """
    try:
        made: Taken = _adapter(kind).validate_python(given)
    except ValidationError as error:
        names = ", ".join(_adapter(kind).json_schema()["properties"])
        wrong = "; ".join(
            f"{'.'.join(str(part)[:40] for part in one['loc']) or 'arguments'}: {one['msg'].lower()}"
            for one in error.errors(include_url=False, include_input=False)[:5]
        )
        raise InputError(f"{wrong}; the arguments are {names}") from None
    if made.language and made.language not in LANGUAGES:
        raise InputError(
            f"language={made.language[:20]}: not a language of the interface; use one of {', '.join(LANGUAGES)}"
        )
    return made


def filter_names(filters: dict[str, tuple[str, ...]]) -> None:
    """Raise InputError for a filter that there is none of."""
    for name in filters:
        if name not in FILTERS:
            raise InputError(f"filters.{name[:40]}: there is no such filter; use one of {', '.join(FILTERS)}")
