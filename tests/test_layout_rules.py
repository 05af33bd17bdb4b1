"""The house's import rule (docs: design): who may import whom, and who alone may touch a library."""

from __future__ import annotations

import ast
import re
import sys
import tomllib
from collections.abc import Iterator
from functools import cache
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
ROOMS = ("cli", "kb", "ingest", "web", "corpus")
MODULES = {
    ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"): path
    for room in ROOMS
    for path in sorted((ROOT / room).rglob("*.py"))
}
DOOR = "cli.main"
AT_THE_DOOR = {m for m in MODULES if m.partition(".")[0] == "cli"}
"""The commands, a file a group; they alone may import from all rooms."""
ALLOWED = {
    "kb": ("kb",),
    "ingest": ("ingest", "kb"),
    "web": ("web", "kb", "ingest.pipeline"),
    "corpus": ("corpus", "kb"),
}
ONLY_IMPORTER = {
    "babel": {"web.frame.language", "web.catalogues"},
    "faiss": {"kb.index.dense"},
    "tantivy": {"kb.index.lexical"},
    "sentence_transformers": {"kb.model.encoder", "kb.model.reranker"},
    "torch": {"kb.model.encoder", "kb.model.packing"},
    "pypdf": {"ingest.page.pdf"},
    "pypdfium2": {"ingest.page.pdf"},
    "pytesseract": {"ingest.page.ocr"},
    "httpx": {"ingest.source"},
    "sklearn": {"kb.map.projection"},
    "xlsxwriter": {"web.export.spreadsheets"},
    "typer": AT_THE_DOOR,
    "argon2": {"kb.office.password"},
}
PACKAGE_OF = {  # where the package's name is not the module's
    "PIL": "pillow",
    "argon2": "argon2-cffi",
    "faiss": "faiss-cpu",
    "sklearn": "scikit-learn",
    "lingua": "lingua-language-detector",
    "slugify": "python-slugify",
}
HEAVY = {
    "faiss",
    "huggingface_hub",
    "lingua",
    "safetensors",
    "scipy",
    "sentence_transformers",
    "sklearn",
    "threadpoolctl",
    "torch",
    "transformers",
}
"""What may be imported inside a function, with the reason beside it."""


@cache
def parsed(path: Path) -> ast.Module:
    return ast.parse(path.read_text("utf-8"), str(path))


def imports(path: Path) -> Iterator[tuple[str, ast.stmt]]:
    """Every module that a file names in an import, at any depth."""
    for node in ast.walk(parsed(path)):
        if isinstance(node, ast.Import):
            yield from ((alias.name, node) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}:{node.lineno}: a relative import"
            module = node.module or ""
            for alias in node.names:
                whole = f"{module}.{alias.name}"
                yield (whole if whole in MODULES else module), node


def is_within(module: str, package: str) -> bool:
    return module == package or module.startswith(package + ".")


def own(path: Path) -> Iterator[str]:
    return (name for name, _ in imports(path) if name.partition(".")[0] in ROOMS)


@pytest.mark.parametrize("module", [m for m in MODULES if m not in AT_THE_DOOR])
def test_a_room_imports_only_what_it_may(module: str) -> None:
    allowed = ALLOWED[module.partition(".")[0]]
    wrong = [name for name in own(MODULES[module]) if not any(is_within(name, a) for a in allowed)]
    assert wrong == []


@pytest.mark.parametrize("module", MODULES)
def test_nothing_imports_the_door(module: str) -> None:
    shut = {DOOR} if module in AT_THE_DOOR else AT_THE_DOOR
    assert shut.isdisjoint(own(MODULES[module]))


def test_there_are_no_cycles() -> None:
    graph = {module: {name for name in own(path) if name != module} for module, path in MODULES.items()}
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        pytest.fail(f"a cycle: {' -> '.join(error.args[1])}")


def test_what_is_imported_is_asked_for_and_what_is_asked_for_is_imported() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    asked = {re.split(r"[<>=\[]", line)[0].lower() for line in project["dependencies"]}
    rooms = [path for name, path in MODULES.items() if not name.startswith("corpus.")]
    modules = {name.partition(".")[0] for path in rooms for name, _ in imports(path)}
    used = {PACKAGE_OF.get(m, m).replace("_", "-") for m in modules - sys.stdlib_module_names - set(ROOMS)}
    brought = {
        "huggingface-hub",
        "markupsafe",
        "pydantic",
        "safetensors",
        "starlette",
        "tokenizers",
        "threadpoolctl",
        "transformers",
    }  # by those asked for
    assert used - asked - brought == set()
    # torch is asked for so that it is the CPU build; pypdfium2 makes pictures with pillow, starlette reads uploads
    # with python-multipart
    assert asked - used - {"torch", "pillow", "python-multipart"} == set()


@pytest.mark.parametrize("library", ONLY_IMPORTER)
def test_a_library_is_touched_in_one_module(library: str) -> None:
    product = {m: path for m, path in MODULES.items() if not m.startswith("corpus.")}
    users = {m for m, path in product.items() if any(is_within(name, library) for name, _ in imports(path))}
    assert users <= ONLY_IMPORTER[library]


@pytest.mark.parametrize("module", [m for m in MODULES if m not in AT_THE_DOOR])
def test_only_a_heavy_dependency_is_imported_inside_a_function(module: str) -> None:
    path = MODULES[module]
    tree = parsed(path)
    top = {id(node) for node in tree.body} | {
        id(inner) for node in tree.body if isinstance(node, ast.If) for inner in node.body
    }
    wrong = [
        f"{path.name}:{node.lineno}: {name}"
        for name, node in imports(path)
        if id(node) not in top and name.partition(".")[0] not in HEAVY
    ]
    assert wrong == []


def test_the_environment_is_read_in_one_module() -> None:
    """Others only hand variables on: to the model hub, to the reader's process, to tesseract."""
    readers = {
        module
        for module, path in MODULES.items()
        for node in ast.walk(parsed(path))
        if isinstance(node, ast.Attribute) and node.attr in {"environ", "getenv"}
    }
    assert readers <= {"kb.settings", "kb.model.encoder", "ingest.safe.sandbox", "ingest.page.ocr"}


def test_every_module_says_what_it_is() -> None:
    silent = [m for m, path in MODULES.items() if not ast.get_docstring(parsed(path))]
    assert silent == []
