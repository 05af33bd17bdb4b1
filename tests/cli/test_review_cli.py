"""`kb review`: the list, each correction, what search and pages show afterwards, and how it fails."""

from __future__ import annotations

import getpass
import io
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import typer

from cli import main as cli
from kb.store.store import Store
from tests import running, web_library

GROUP: Any = typer.main.get_command(cli.app)
COMMANDS = sorted(GROUP.commands["review"].commands)
TANDEM, CREDIT = "exchange.tandem", "exchange.credit"


Run = Callable[..., running.Done]


@pytest.fixture
def kb(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Run:
    """Run `kb` on a small library without a model."""
    settings = web_library.fill(tmp_path)
    monkeypatch.setenv("KB_DATA", str(settings.data))
    monkeypatch.setenv("KB_MODEL", settings.model)

    def run(*words: str) -> running.Done:
        return running.run(monkeypatch, capsys, *words)

    return run


def shown(kb: Run, record: str) -> Any:
    return kb("review", "show", record, "--json").data["record"]


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_help_and_an_example(command: str) -> None:
    found = GROUP.commands["review"].commands[command]
    assert found.help
    assert found.epilog.startswith(f"Example: kb review {command}")
    for parameter in found.params:
        assert getattr(parameter, "help", None), f"{command} {parameter.name}: no help"


def test_list_names_id_page_and_what_to_do(kb: Run) -> None:
    done = kb("review")
    assert done.returncode == 0
    assert "practice: Language tandem online (PDF 5)" in done.stdout
    assert "compare it with the page" in done.stdout
    assert f"  {TANDEM}\n" in done.stdout
    assert "unread: PDF page 6 (PDF 6)" in done.stdout
    assert done.stdout == kb("review", "list").stdout


def test_list_as_json_of_one_handbook(kb: Run) -> None:
    items = kb("review", "--handbook", "guide", "--json").data["items"]
    assert [(item["doubt"], item["page"]) for item in items] == [("unread", 2), ("unassigned", 1)]
    assert kb("review", "list", "--handbook", "none").returncode == 1


def test_correction_says_how_to_undo_it_and_is_found(kb: Run) -> None:
    done = kb("review", "retitle", TANDEM, "Zeppelin tandem", "--note", "as printed", "--by", "eve")
    assert (done.returncode, done.stdout) == (0, f"{TANDEM}\n")
    assert "Edit 1: retitle exchange.tandem → Zeppelin tandem; kb review undo 1" in done.stderr
    assert [hit["record"]["id"] for hit in kb("search", "zeppelin", "--json").data["hits"]] == [TANDEM]
    assert shown(kb, TANDEM)["corrected"] == ["retitle"]
    assert "eve: retitle exchange.tandem → Zeppelin tandem: as printed" in kb("review", "edits").stdout
    assert kb("review", "undo", "1", "--by", "adam").returncode == 0
    assert shown(kb, TANDEM)["title"] == "Language tandem online"
    assert "(undone by adam" in kb("review", "edits", "--handbook", "exchange").stdout
    assert kb("search", "zeppelin", "--json").data["hits"] == []


def test_kind_institution_and_fields_are_set(kb: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    assert kb("review", "retype", TANDEM, "tool").returncode == 0
    assert kb("review", "set-institution", TANDEM, "Sapienza").returncode == 0
    assert kb("review", "set-field", TANDEM, "1", "--label", "Goal", "--text", "Learn.").returncode == 0
    record = shown(kb, TANDEM)
    assert (record["kind"], record["institution"]) == ("tool", "Sapienza")
    assert [(f["label"], f["text"], f["origin"]) for f in record["fields"]] == [
        ("Goal", "Learn.", "corrected")
    ]
    monkeypatch.setattr(sys, "stdin", io.StringIO("From a file.\n"))
    assert kb("review", "set-field", TANDEM, "1", "--text", "-").returncode == 0
    assert "From a file." in kb("review", "show", TANDEM).stdout
    assert "Corrected in review: retype, set-institution, set-label" in kb("show", TANDEM).stdout
    assert "Goal (corrected)" in kb("show", TANDEM).stdout


def test_records_are_discarded_merged_and_split(kb: Run) -> None:
    assert kb("review", "discard", "exchange.why").returncode == 0
    assert shown(kb, "exchange.why")["corrected"] == ["discard"]
    done = kb("review", "split", CREDIT, "2", "Joint seminars")
    assert done.stdout == "exchange.joint-seminars\n"
    assert kb("review", "merge", "exchange.joint-seminars", TANDEM).returncode == 0
    assert shown(kb, "exchange.joint-seminars")["id"] == TANDEM
    assert [f["label"] for f in shown(kb, TANDEM)["fields"]] == ["What we did", "Objectives"]


def test_confirmed_item_leaves_the_list(kb: Run) -> None:
    for item in kb("review", "--json").data["items"]:
        assert kb("review", "confirm", item["id"]).returncode == 0
    assert kb("review").stdout == "0 to review\n"


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("retitle", "none", "x"), "none: no such record"),
        (("retitle", TANDEM, " "), "needs a title"),
        (("merge", TANDEM, "guide.cours"), "guide.cours: not among the records of edition 1 of exchange"),
        (("set-field", TANDEM, "9", "--text", "x"), "give a number from 1 to 1"),
        (("confirm", "exchange:text:none"), "not in the review list"),
        (("undo", "7"), "kb review edits lists them"),
    ],
)
def test_what_cannot_be_done_is_said_in_one_line(kb: Run, words: tuple[str, ...], message: str) -> None:
    done = kb("review", *words)
    assert (done.returncode, done.stdout) == (1, "")
    assert message in done.stderr
    assert done.stderr.count("kb: ") == 1
    assert kb("review", "edits").stdout == ""


def test_wrong_usage_is_exit_code_2(kb: Run) -> None:
    assert kb("review", "set-field", TANDEM, "1").returncode == 2
    assert kb("review", "retype", TANDEM, "recipe").returncode == 2


def test_library_is_not_made_by_a_correction(
    kb: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KB_DATA", str(tmp_path / "none"))
    assert "make one with: kb ingest" in kb("review", "discard", TANDEM).stderr
    assert not (tmp_path / "none").exists()


def test_account_without_a_name_is_asked_for_one(kb: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def nameless() -> str:
        raise KeyError(os.getuid())

    monkeypatch.setattr(getpass, "getuser", nameless)
    assert "give --by NAME" in kb("review", "discard", TANDEM).stderr
    with Store.open(tmp := Path(os.environ["KB_DATA"]), readonly=True) as store:
        assert store.edits() == (), tmp
