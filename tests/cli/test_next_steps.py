"""Every command that a message names can be given as it stands, and those that only read are run.

A message names a command as a next step ("run: kb ingest FILE.pdf", "kb handbooks lists them") or only mentions it,
after one of a few words or in quotation marks or backticks ("a file that kb backup wrote"); a mention needs no
arguments. Capitals, braces and what the web fills in (%(handbook)s) stand for values.
"""

from __future__ import annotations

import ast
import re
import shlex
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import typer
from babel.messages.pofile import read_po

from cli import main as cli
from ingest import pipeline
from ingest.reading.profile import parse
from kb.model.sources import ENGLISH_MODEL
from kb.records import Kind
from kb.settings import Settings
from kb.store.store import Store
from tests import running
from tests.house import MODULES, ROOT, nodes
from tests.ingest import test_profile

GROUP: Any = typer.main.get_command(cli.app)
NAMED = re.compile(r"(?P<before>\S+ |[“`])?\bkb (?P<words>[a-z].*)", re.DOTALL)
BEFORE_A_MENTION = {"that ", "by ", "for ", "as ", "“", "`"}
STANDS_FOR_A_VALUE = re.compile(r"\{[^{}]*\}|%\(\w+\)s|[A-Z][A-Z-]*(?:\.[a-z]+)?")
VALUE = re.compile(
    rf"{STANDS_FOR_A_VALUE.pattern}|-{{1,2}}[a-z-]+|\d+|https?://[^\s<]+|[^\s<]+\.(?:pdf|toml|json|zip)"
    "|embedded|english|multilingual"
)
END_OF_A_NEXT_STEP = re.compile(r"[;,.:·)“”»\"'<`].*")
READING = {
    *("diff", "doctor", "editions", "handbooks", "search", "verify"),
    *("needs", "profile init", "profile show", "review", "review edits", "review show"),
}
"""Commands that change nothing but the index, which they may build anew."""


@dataclass(frozen=True, slots=True)
class Step:
    """A command that a message names."""

    place: str
    words: tuple[str, ...]
    is_mention: bool

    @property
    def command(self) -> str:
        """The words of the command without its arguments."""
        group, named = GROUP, []
        for word in self.words:
            if (group := getattr(group, "commands", {}).get(word)) is None:
                break
            named.append(word)
        return " ".join(named)

    def __str__(self) -> str:
        return f"{self.place}: kb {' '.join(self.words)}"


def texts(module: str) -> Iterator[tuple[int, str]]:
    """The strings of a module with their lines, docstrings left out; what is filled in stands in braces."""
    tree = nodes(MODULES[module])
    silent = {
        id(part)
        for node in tree
        if isinstance(node, ast.Expr | ast.JoinedStr)
        for part in ast.iter_child_nodes(node)
    }
    for node in tree:
        if isinstance(node, ast.JoinedStr):
            yield node.lineno, "".join(map(_part, node.values))
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in silent:
            yield node.lineno, node.value


def _part(node: ast.expr) -> str:
    if isinstance(node, ast.FormattedValue):
        return f"{{{re.sub(r'[{} ]', '', ast.unparse(node.value))}}}"
    return str(node.value) if isinstance(node, ast.Constant) else ""


def steps(text: str, place: str) -> Iterator[Step]:
    """The commands that a text names, each up to the first word that is prose."""
    if text.startswith("Example: "):
        for part in re.split(r"&&|[<>]", text.removeprefix("Example: ")):
            if (words := shlex.split(part)) and words[0] == "kb":
                yield Step(place, tuple(words[1:]), is_mention=False)
        return
    while found := NAMED.search(text):
        text = found["words"]
        if taken := tuple(_command(text.split())):
            is_bare = not any(VALUE.fullmatch(word) for word in taken)
            yield Step(place, taken, is_bare and (found["before"] or "") in BEFORE_A_MENTION)


def _command(words: list[str]) -> Iterator[str]:
    group: Any = GROUP
    for word in words:
        is_value = (found := VALUE.match(word)) is not None and group is not GROUP
        bare = found[0] if found is not None and is_value else END_OF_A_NEXT_STEP.sub("", word)
        inner = getattr(group, "commands", {}).get(bare)
        if inner is None and not (is_value and END_OF_A_NEXT_STEP.fullmatch(word.removeprefix(bare) or ";")):
            return
        group = inner or group
        yield bare
        if bare != word:
            return


def everything() -> list[Step]:
    found = [
        step
        for module, path in MODULES.items()
        for line, text in texts(module)
        for step in steps(text, f"{path.relative_to(ROOT)}:{line}")
    ]
    pages = sorted((ROOT / "web" / "templates").rglob("*.html"))
    return found + [step for page in pages for step in steps(page.read_text("utf-8"), page.name)]


STEPS = everything()


def filled(words: Iterable[str], held: Mapping[str, str]) -> list[str]:
    """A command with values for what stands for one: by its name, else a number, else itself."""
    return [_value(word, held) if STANDS_FOR_A_VALUE.fullmatch(word) else word for word in words]


def _value(word: str, held: Mapping[str, str]) -> str:
    named = (value for name, value in held.items() if name in word)
    return next(named, "1" if word.startswith(("{", "%(")) else word)


def opened(words: list[str]) -> Any:
    """A command with its arguments read, nothing of it run."""
    command, parent = GROUP, GROUP.make_context("kb", words)
    while words and hasattr(command, "commands"):
        name, command, words = command.resolve_command(parent, words)
        parent = command.make_context(name, words, parent=parent)
        words = [*getattr(parent, "_protected_args", ()), *parent.args]
    return parent


NAMES = {"FILE": "small.pdf", "andbook": "book", "HANDBOOK": "book", "record": "book.one", "ID": "book.one"}


def test_messages_name_commands_at_all() -> None:
    assert len({step.words for step in STEPS}) > 40


@pytest.mark.parametrize("step", [step for step in STEPS if not step.is_mention], ids=str)
def test_a_next_step_is_a_command_that_can_be_given(step: Step) -> None:
    try:
        assert opened(filled(step.words, NAMES)).command.callback
    except typer.Exit:
        assert "--help" in step.words


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> tuple[Settings, Path]:
    """A small library with a handbook in two editions, read by a profile; and a file of it."""
    folder = tmp_path_factory.mktemp("next")
    settings = Settings(folder / "data", ENGLISH_MODEL)
    stated = parse(test_profile.STATED, "test.toml")
    pipeline.ingest(settings, test_profile.prose_book(), name="a.pdf", profile=stated)
    pipeline.ingest(settings, test_profile.next_edition(), name="b.pdf")
    (folder / "handbook.pdf").write_bytes(test_profile.prose_book())
    return settings, folder / "handbook.pdf"


def test_a_next_step_that_only_reads_does_what_it_says(
    library: tuple[Settings, Path], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    settings, file = library
    monkeypatch.setenv("KB_DATA", str(settings.data))
    monkeypatch.setenv("KB_MODEL", settings.model)
    monkeypatch.chdir(file.parent)
    with Store.open(settings.data, readonly=True) as store:
        book = store.handbooks()[0]
        records = store.records(book.id, book.edition)
    record = next(found.id for found in records if found.kind is Kind.PRACTICE)
    held = {
        ".pdf": str(file),
        "FILE": str(file),
        "andbook": book.id,
        "HANDBOOK": book.id,
        "WORDS": "students",
    }
    held |= {"record": record, "ID": record}
    asked = {
        tuple(filled(step.words, held))
        for step in STEPS
        if not step.is_mention and (step.command in READING or "--help" in step.words)
    }
    failed = {}
    for words in sorted(asked):
        done = running.run(monkeypatch, capsys, *words)
        if done.returncode:
            failed[" ".join(words)] = done.stderr or done.stdout
    assert failed == {}
    assert len(asked) > 10


def test_a_command_in_a_message_is_the_same_in_every_language() -> None:
    wrong = []
    for path in sorted((ROOT / "web" / "locale").rglob("*.po")):
        with path.open("rb") as file:
            wrong += [
                f"{path.parent.parent.name}: {entry.id}"
                for entry in read_po(file)
                if isinstance(entry.id, str) and isinstance(entry.string, str) and entry.id and entry.string
                if commands(entry.id) != commands(entry.string)
            ]
    assert wrong == []


def commands(text: str) -> set[str]:
    """The commands of a text; values may be translated."""
    return {step.command for step in steps(text, "")}
