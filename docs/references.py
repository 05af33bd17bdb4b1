"""The pages of docs/reference, each made whole from the code that it describes."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import MISSING, Field, fields
from enum import Enum
from pathlib import Path
from types import NoneType
from typing import Any, get_args

import typer
from fastapi import FastAPI

from cli.main import app
from ingest.reading import profile
from kb import settings
from kb.settings import Settings
from kb.words.vocabulary import Vocabulary
from web.app import DESCRIPTION, create_app
from web.frame import schemas

ROOT = Path(__file__).resolve().parent.parent
REFERENCE = ROOT / "docs" / "reference"
_MADE = "<!-- made by `make docs` from {}; what is written here by hand is lost -->\n"
_TAKES = {int: "NUMBER", Path: "FILE"}
_UNITS = {2**30: "GiB", 2**20: "MiB"}


def pages() -> dict[Path, str]:
    """Each page by its file."""
    whole = FastAPI.openapi(create_app(Settings(ROOT / "no-library")))
    shapes = {**whole.get("components", {}).get("schemas", {}), **schemas()}
    made = {
        "commands": ("cli/", _commands()),
        "settings": ("kb/settings.py", _settings()),
        "api": ("web/", _api(whole["paths"])),
        "json": ("web/", _json(shapes)),
        "profile": ("ingest/reading/profile.py", _profile()),
    }
    return {
        REFERENCE / f"{name}.md": _MADE.format(code) + "\n" + "\n".join(lines) + "\n"
        for name, (code, lines) in made.items()
    }


def overview() -> Iterator[str]:
    """One row a command: its help, and its example."""
    yield "| Command | What it does | Example |"
    yield "|---|---|---|"
    for name, command in _group(app).commands.items():
        what = _line(command.help.partition("\n\n")[0]).rstrip(".")
        yield f"| [`kb {name}`](#kb-{name}) | {what} | `{_example(command)}` |"


def _commands() -> Iterator[str]:
    yield """# Commands

`--json` prints JSON alone on stdout; talk and progress go to stderr. The exit code is 0, 1 (failed) or 2 (wrong
usage).
"""
    yield from overview()
    for name, command in _group(app).commands.items():
        yield from _command(f"kb {name}", command, "##")
        for inner, one in getattr(command, "commands", {}).items():
            yield from _command(f"kb {name} {inner}", one, "###")


def _command(name: str, command: Any, level: str) -> Iterator[str]:
    yield f"\n{level} {name}\n"
    for paragraph in command.help.split("\n\n"):
        yield _escaped(_line(paragraph)) + "\n"
    yield f"```text\n{_example(command)}\n```\n"
    given = [one for one in command.params if getattr(one, "help", None) and one.name != "help"]
    if given:
        yield "| given | default | what it does |"
        yield "|---|---|---|"
    for one in given:
        yield f"| {_parameter(one)} | {_default(one)} | {_escaped(_line(one.help))} |"


def _parameter(one: Any) -> str:
    if one.param_type_name == "argument":
        return f"`{one.metavar or one.name.upper()}`"
    words = ", ".join(f"`{word}`" for word in (*one.opts, *one.secondary_opts))
    annotation = one.type_descriptor.annotation
    takes = next(iter(set(get_args(annotation)) - {NoneType}), annotation)
    if takes is bool:
        return words
    if isinstance(takes, type) and issubclass(takes, Enum):
        return f"{words} `{'` or `'.join(option.value for option in takes)}`"
    bounds = (f"≥ {one.min}" * (one.min is not None), f"≤ {one.max}" * (one.max is not None))
    return " ".join([words, f"`{one.metavar or _TAKES.get(takes, 'TEXT')}`", *filter(None, bounds)])


def _default(one: Any) -> str:
    if one.required:
        return "to be given"
    if one.default in (None, False, "", [], ()) or callable(one.default):
        return ""
    return f"`{getattr(one.default, 'value', one.default)}`"


def _settings() -> Iterator[str]:
    yield """# Settings

Variables of the environment, read once at the start; `kb doctor` says where the library lies. A number that is none,
or a host or proxy that cannot be one, ends a command with the reason.
"""
    yield "| variable | default | what it does |"
    yield "|---|---|---|"
    defaults = {f"KB_{one.name.upper()}": one for one in fields(Settings)}
    for name, what in settings.VARIABLES.items():
        shown = settings.DEFAULTS.get(name) or _shown(defaults[name])
        yield f"| `{name}` | {shown} | {_escaped(what)} |"


def _shown(one: Field[Any]) -> str:
    """A default as people write it."""
    value = one.default
    if value is MISSING or value in ("", (), False):
        return "0" if value is False else "empty"
    unit = next((unit for unit in _UNITS if isinstance(value, int) and value % unit == 0), 0)
    return f"{value} ({value // unit} {_UNITS[unit]})" if unit else f"`{value}`"


def _api(paths: Mapping[str, Any]) -> Iterator[str]:
    yield f"""# HTTP API

{DESCRIPTION}

A running server describes itself, with examples from its library, at `/api/docs` and `/api/openapi.json`
(OpenAPI 3.1). What is answered in JSON is laid out under [JSON shapes](json.md).
"""
    yield "| address | what it answers |"
    yield "|---|---|"
    told = [(path, method, one) for path, methods in paths.items() for method, one in methods.items()]
    for path, _, operation in told:
        yield f"| `{path}` | {_escaped(operation.get('summary', ''))} |"
    for path, method, operation in told:
        yield f"\n## {method.upper()} {path}\n"
        yield _escaped(operation.get("description") or operation.get("summary", "")) + "\n"
        yield from _parameters(operation.get("parameters", ()))
        yield from _answer(operation["responses"].get("200", {}))


def _parameters(given: Any) -> Iterator[str]:
    if given:
        yield "| parameter | in | type | what it is |"
        yield "|---|---|---|---|"
    for one in given:
        kind = _escaped(_type(one["schema"], "json.md"))
        yield f"| `{one['name']}` | {one['in']} | {kind} | {_escaped(_line(one.get('description', '')))} |"


def _answer(response: Mapping[str, Any]) -> Iterator[str]:
    for media, content in response.get("content", {}).items():
        schema = content.get("schema", {})
        yield f"\nAnswers `{media}`{': ' + _type(schema, 'json.md') if schema else ''}."


def _json(shapes: Mapping[str, Any]) -> Iterator[str]:
    yield """# JSON shapes

What pages answer in JSON, and commands with `--json` where they show the same. Pages come first, then what they are
made of; a field without a word says what it is by its name. A client should pass over fields that it does not know:
later versions add some.
"""
    for name in sorted(shapes, key=lambda one: (not one.endswith("Page"), one)):
        shape = shapes[name]
        yield f"\n## {name}\n"
        if said := shape.get("description"):
            yield _escaped(_line(said)) + "\n"
        if listed := shape.get("enum"):
            yield "One of " + ", ".join(f"`{one}`" for one in listed) + "."
        if shape.get("properties"):
            yield "| field | type | what it is |"
            yield "|---|---|---|"
        for field, held in shape.get("properties", {}).items():
            yield f"| `{field}` | {_type(held)} | {_escaped(_line(held.get('description', '')))} |"


def _type(schema: Mapping[str, Any], page: str = "") -> str:
    """A schema in a few words, shapes as links to where they are laid out."""
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        return f"[{name}]({page}#{name.lower()})"
    if options := schema.get("anyOf"):
        return " or ".join(_type(one, page) for one in options)
    if listed := schema.get("enum"):
        return "one of " + ", ".join(f"`{one}`" for one in listed if one != "")
    if schema.get("type") == "array":
        inner = schema.get("items") or {"anyOf": schema.get("prefixItems", [])}
        return f"list of {_type(inner, page)}"
    if schema.get("type") == "object" and isinstance(held := schema.get("additionalProperties"), dict):
        return f"object of {_type(held, page)}"
    return str(schema.get("type") or schema.get("const") or "any")


def _profile() -> Iterator[str]:
    yield """# The handbook profile

What a person states about a stubborn handbook, in TOML: `kb profile init handbook.pdf > handbook.toml` writes what is
detected, `kb ingest handbook.pdf --profile handbook.toml` reads by it, and the handbook's next editions are read with
it, too. What is not stated is detected. An unknown key is refused, with the one that was meant.
"""
    yield "| key | what it states |"
    yield "|---|---|"
    for key, what in profile.KEYS.items():
        yield f"| `{key}` | {_escaped(what)} |"
    names = ", ".join(f"`{name}`" for name in Vocabulary.load().field_names)
    yield f"\nThe fields that `labels` may name: {names}."


def _group(of: typer.Typer) -> Any:
    return typer.main.get_command(of)


def _example(command: Any) -> str:
    return str(command.epilog).removeprefix("Example: ")


def _line(text: str) -> str:
    return " ".join(text.split())


def _escaped(text: str) -> str:
    """Text for a cell: what would be a tag, or another cell, is shown."""
    parts = re.split(r"(`[^`]*`)", text)
    shown = (part if part.startswith("`") else part.replace("<", "&lt;") for part in parts)
    return "".join(shown).replace("|", "\\|")
