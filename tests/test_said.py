from __future__ import annotations

import ast
import importlib
import re
from collections import Counter
from collections.abc import Iterator

import pytest

from cli import english
from ingest import caveats
from ingest.page import Defect, RawPage, ocr
from kb.said import Code, Flaw, Said
from kb.search.similar import Reason
from kb.words.languages import LANGUAGES
from tests.house import MODULES, nodes
from web.frame import language, sayings
from web.frame.language import Tongue

PRODUCT = [name for name in MODULES if name.partition(".")[0] in ("kb", "ingest")]
PLACEHOLDER = re.compile(r"%\((\w+)\)s")


def codes() -> list[Code]:
    """Every code that a room of the product has."""
    for name in PRODUCT:
        importlib.import_module(name)
    return [code for kind in Code.__subclasses__() if kind.__module__ in MODULES for code in kind]


def given() -> Iterator[tuple[str, Code, frozenset[str]]]:
    """Where a fact is said: its code, and the names of its values; not where they are put together elsewhere."""
    kinds = {kind.__name__: kind for kind in Code.__subclasses__()}
    for name in PRODUCT:
        for node in nodes(MODULES[name]):
            if not (
                isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Said"
            ):
                continue
            code = node.args[0]
            if (
                isinstance(code, ast.Attribute)
                and isinstance(code.value, ast.Name)
                and code.value.id in kinds
            ):
                values = frozenset(keyword.arg or "" for keyword in node.keywords)
                yield f"{name}:{node.lineno}", kinds[code.value.id][code.attr], values


def test_no_two_codes_are_the_same() -> None:
    assert [code for code, times in Counter(code.value for code in codes()).items() if times > 1] == []


def test_every_code_has_words_and_no_words_are_left_over() -> None:
    assert set(english.WORDS) == set(sayings.WORDS) == set(codes())


@pytest.mark.parametrize("code", codes())
def test_command_line_and_json_of_the_web_say_the_same(code: Code) -> None:
    """The catalogues are checked beside them in test_i18n."""
    assert PLACEHOLDER.sub(r"{\1}", sayings.WORDS[code]) == english.WORDS[code]


@pytest.mark.parametrize("where", [*given()], ids=lambda where: str(where[0]))
def test_what_is_said_names_its_values(where: tuple[str, Code, frozenset[str]]) -> None:
    _, code, values = where
    assert values == set(PLACEHOLDER.findall(sayings.WORDS[code]))


@pytest.mark.parametrize("code", codes())
@pytest.mark.parametrize("tongue", LANGUAGES)
def test_every_code_is_said_in_every_language(tongue: str, code: Code) -> None:
    values = {name: 0.5 if name == "sure" else "retitle" for name in PLACEHOLDER.findall(sayings.WORDS[code])}
    language.speak(Tongue(tongue))
    said = sayings.said(Said(code, **values))
    language.speak(Tongue())
    assert said
    assert "%(" not in said
    has_words = re.search("[a-z]", PLACEHOLDER.sub("", sayings.WORDS[code]))
    assert tongue == language.FALLBACK or not has_words or said != sayings.said(Said(code, **values))


def test_what_is_amiss_has_the_values_that_its_words_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ocr, "installed", lambda: ("eng",))
    page = RawPage(1, 100.0, 100.0, (), (), (), 0.0, holes=2)
    amiss = [
        *caveats.of_text((1, 2), (3, 4), (1, 3), "el", ""),
        *caveats.of_holes([page], ()),
        *caveats.of_damage(tuple(Defect), [page]),
    ]
    told = {caveat.flaw for caveat in amiss}
    assert told >= {flaw for flaw in Flaw if PLACEHOLDER.search(sayings.WORDS[flaw])}
    for caveat in amiss:
        assert set(dict(caveat.values)) == set(PLACEHOLDER.findall(sayings.WORDS[caveat.flaw]))
        assert sayings.english(caveat.said) == english.said(caveat.said)


def test_facts_in_a_row_are_worded_in_turn() -> None:
    two = (
        Said(Reason.TOOL_TYPE, tool_type=("board",)),
        Said(Reason.TOOLS, names=("Padlet", "Miro, the board")),
    )
    assert english.said(two) == sayings.english(two)
    assert english.said(two) == "same type of tool: board same tools: Padlet, Miro, the board"
    assert sayings.said(two, opens=True) == "Same type of tool: board Same tools: Padlet; Miro, the board"
    assert sayings.said(()) == ""
