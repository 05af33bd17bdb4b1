"""The house as a graph: modules, the rooms they stand in, and the arrows of their imports.

`python -m tests.house` prints how many arrows there are.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
HOUSES = ("cli", "kb", "ingest", "web", "corpus")
MODULES = {
    ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"): path
    for house in HOUSES
    for path in sorted((ROOT / house).rglob("*.py"))
}
DOORS = {module for module, path in MODULES.items() if path.name == "__init__.py"}
"""Packages: what stands in their `__init__` is what others may have of them."""


@cache
def parsed(path: Path) -> ast.Module:
    return ast.parse(path.read_text("utf-8"), str(path))


@cache
def nodes(path: Path) -> tuple[ast.AST, ...]:
    """All that a file's tree has, from the top down."""
    return tuple(ast.walk(parsed(path)))


def imports(path: Path) -> Iterator[tuple[str, str, ast.stmt]]:
    """Every module that a file names in an import, at any depth, with the name taken from it ("" for none)."""
    for node in nodes(path):
        if isinstance(node, ast.Import):
            yield from ((alias.name, "", node) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}:{node.lineno}: a relative import"
            module = node.module or ""
            for alias in node.names:
                whole = f"{module}.{alias.name}"
                yield (whole, "", node) if whole in DOORS else (module, alias.name, node)


def room_of(module: str) -> str:
    """The room that a module stands in: its package, which for records and the like is the house itself."""
    return module if module in DOORS else module.rpartition(".")[0]


def owner(module: str, name: str) -> str:
    """The module that an import leads to, where a package is asked for one of its own files."""
    whole = f"{module}.{name}"
    return whole if whole in MODULES else module


def arrows() -> set[tuple[str, str]]:
    """Which file of the product names which other file, or which room by its door."""
    return {
        (module, target)
        for module, path in MODULES.items()
        for name, taken, _ in imports(path)
        if name in MODULES and (target := name if crosses(module, name) else owner(name, taken)) != module
    }


def crosses(module: str, name: str) -> bool:
    """Whether an import leaves its room through the door of another."""
    return name in DOORS and name not in HOUSES and room_of(module) != name


def count(house: str) -> dict[str, int]:
    """Arrows of a house: between files, from files to the doors of rooms, and from room to room."""
    own = {
        (a, b) for a, b in arrows() if a.partition(".")[0] == b.partition(".")[0] == house and a not in DOORS
    }
    doors = {(a, b) for a, b in own if b in DOORS}
    rooms = {(room_of(a), b) for a, b in doors}
    return {"files": len(own - doors), "files to doors": len(doors), "rooms": len(rooms)}


if __name__ == "__main__":
    for house in HOUSES:
        sys.stdout.write(f"{house}: {', '.join(f'{n} {what}' for what, n in count(house).items())}\n")
