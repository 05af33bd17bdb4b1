"""What is shown: one frozen dataclass a page, which feeds its HTML and its JSON alike.

The docstring below a field is its description in the OpenAPI document. Words of the interface are not here
but in the templates; here is only what the library holds.
"""

from __future__ import annotations

import ast
import inspect
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from typing import Any, ClassVar

from pydantic import GetJsonSchemaHandler, TypeAdapter

from web.frame.sayings import Sayings

Json = dict[str, Any]
_adapters: dict[type[Shown], TypeAdapter[Any]] = {}


@dataclass(frozen=True, slots=True)
class Signpost:
    """A link of a page for programs: its relation (RFC 8288), its absolute address, its media type or ""."""

    rel: str
    href: str
    media_type: str = ""

    @property
    def header(self) -> str:
        """As it stands in a `Link` header."""
        return f'<{self.href}>; rel="{self.rel}"' + (f'; type="{self.media_type}"' if self.media_type else "")


class Shown:
    """What is shown of something; the docstrings below its fields describe them."""

    __slots__ = ()
    template: ClassVar[str] = ""
    """Makes its HTML; "" for what is a part of a page, or JSON alone."""

    def linked(self, origin: str) -> Json | None:  # noqa: ARG002
        """The same as linked data, with absolute addresses; None where there is nothing to say."""
        return None

    def signposts(self, origin: str) -> tuple[Signpost, ...]:  # noqa: ARG002
        """Where a program finds what belongs to it, by absolute addresses."""
        return ()

    @classmethod
    def __get_pydantic_json_schema__(cls, core_schema: Any, handler: GetJsonSchemaHandler) -> Json:
        """The schema with the fields' descriptions.

        pydantic's own `use_attribute_docstrings` reads a module again for each of its classes, and when the
        module is imported; the description is seldom asked for.
        """
        made = handler(core_schema)
        properties = handler.resolve_ref_schema(made).get("properties", {})
        for base in (one for one in cls.__mro__ if issubclass(one, Shown)):
            for name, text in _field_docstrings(base.__module__).get(base.__name__, {}).items():
                properties.get(name, {}).setdefault("description", text)
        return made


@dataclass(frozen=True, slots=True)
class AnyPage(Shown):
    """What every page has."""

    paths: ClassVar[Mapping[str, str]] = {}
    """The addresses it is served at, each with its name in the API description; "" keeps it out of there."""

    url: str
    """Its own address."""
    notice: Sayings
    """What the library cannot do at present, in one sentence; empty if all is well."""


def adapter(shown: type[Shown]) -> TypeAdapter[Any]:
    """What turns it into JSON, made when it is first shown."""
    if shown not in _adapters:
        _adapters[shown] = TypeAdapter(shown)
    return _adapters[shown]


@cache
def _field_docstrings(module: str) -> dict[str, dict[str, str]]:
    """The docstrings below the fields of the classes of a module, by class and field."""
    tree = ast.parse(inspect.getsource(sys.modules[module]))
    return {node.name: dict(_below(node)) for node in tree.body if isinstance(node, ast.ClassDef)}


def _below(node: ast.ClassDef) -> Iterator[tuple[str, str]]:
    for field, text in pairwise(node.body):
        match field, text:
            case (
                ast.AnnAssign(target=ast.Name(id=name)),
                ast.Expr(value=ast.Constant(value=str(said))),
            ):
                yield name, inspect.cleandoc(said)
