"""Judged needs: kept, exported for `kb eval`, and said clearly what is wrong with a file."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from cli.main import app
from kb.errors import InputError, NotFoundError
from kb.measure import needs_file
from kb.measure.evaluation import evaluate_needs
from kb.office import votes
from kb.search.library import Library
from kb.store import needs
from kb.store.needs import Grade
from kb.store.store import Store
from tests import web_library
from tests.factories import FakeEncoder

TEXT = "How do others award credit for an online exchange?"


@pytest.fixture
def store(tmp_path: Path) -> Store:
    web_library.fill(tmp_path)
    return Store.open(tmp_path)


def test_the_same_need_again_adds_to_it_and_the_last_word_counts(store: Store) -> None:
    store.judge(TEXT, "en", {"exchange.credit": Grade.PARTLY}, "ann")
    store.judge(f"  {TEXT} ", "en", {"exchange.credit": Grade.WELL, "exchange.tandem": Grade.NOT}, "bo")
    (need,) = store.needs()
    assert (need.id, need.text, need.language) == ("n1", TEXT, "en")
    assert [(j.record, j.grade, j.who) for j in need.judgements] == [
        ("exchange.credit", Grade.WELL, "bo"),
        ("exchange.tandem", Grade.NOT, "bo"),
    ]


def test_a_judgement_can_be_taken_back_and_a_need_forgotten(store: Store) -> None:
    need = store.judge(TEXT, "en", {"exchange.credit": Grade.WELL}, "ann")
    assert store.judge(TEXT, "en", {"exchange.credit": None}, "ann").judgements == ()
    store.forget_need(need.number)
    assert store.needs() == ()
    with pytest.raises(NotFoundError, match="n1: no such need"):
        store.forget_need(need.number)


@pytest.mark.parametrize("text", ["", " ?! ", "long " * 500])
def test_a_need_without_a_word_or_without_end_is_refused(store: Store, text: str) -> None:
    with pytest.raises(InputError):
        store.judge(text, "en", {}, "ann")
    assert store.needs() == ()


def test_what_is_exported_can_be_evaluated(store: Store, tmp_path: Path) -> None:
    store.judge(TEXT, "en", {"exchange.credit": Grade.WELL, "exchange.tandem": Grade.NOT}, "ann")
    store.judge("Cours à distance", "en", {"guide.cours": Grade.PARTLY}, "ann")
    store.judge("zeppelin", "en", {}, "ann")
    store.judge("Gone", "en", {"exchange.gone": Grade.WELL}, "ann")
    held, lost = needs.export(store.needs(), store.handbooks(), store.record)
    assert lost == ("exchange.gone",)
    assert held["pool"] == ["exchange.pdf", "guide.pdf"]
    assert [(q["id"], q["style"]) for q in held["queries"]] == [
        ("n1", "collected"),
        ("n2", "cross-lingual"),
        ("n3", "none"),
        ("n4", "none"),
    ]
    assert held["queries"][0]["relevant"] == [
        {
            "file": "exchange.pdf",
            "kind": "practice",
            "title": "Credit for <em>virtual</em> exchange & more",
            "grade": 2,
        }
    ]
    path = tmp_path / "needs.json"
    path.write_text(json.dumps(held), "utf-8")
    encoder = FakeEncoder()
    with Library.open(web_library.fill(tmp_path / "again", encoder), encoder) as library:
        found = evaluate_needs(library, path)
    assert {row.style for row in found.rows} == {"collected", "cross-lingual", "same language", "all"}
    assert found.unknown == ()


def judging(answer: object) -> dict[str, Any]:
    return {"queries": [{"id": "a", "text": "b", "style": "s", "relevant": [answer]}]}


@pytest.mark.parametrize(
    ("held", "said"),
    [
        ("{", "no JSON"),
        ([], "the whole is not an object"),
        ({}, "queries is not a list"),
        (
            {"queries": [{"id": "a", "text": " ", "style": "s", "relevant": []}]},
            r"queries\[0\].text is not a text",
        ),
        ({"queries": [{"id": "a", "text": "b", "style": "s"}]}, r"queries\[0\].relevant is not a list"),
        (
            {"queries": [{"id": "a", "text": "b", "style": "s", "relevant": [{"file": "f", "title": "t"}]}]},
            r"queries\[0\].relevant\[0\].grade is not a number",
        ),
        (judging(1), r"queries\[0\].relevant\[0\] is not an object"),
        (judging({"file": "f", "grade": 1}), r"queries\[0\].relevant\[0\].title is not a text"),
        (judging({"file": 3, "title": "t", "grade": 1}), r"relevant\[0\].file is not a text"),
        (judging({"file": "f", "title": "t", "grade": -1}), r"\[0\].grade is not a number from 0 up"),
        (judging({"file": "f", "title": "t", "grade": True}), r"\[0\].grade is not a number from 0 up"),
        (judging({"file": "f", "title": "t", "grade": "1"}), r"\[0\].grade is not a number from 0 up"),
        ({"pool": [1], "queries": []}, "pool is not a list of texts"),
        ({"pool": "f", "queries": []}, "pool is not a list of texts"),
        ({"queries": [], "similar": [{"file": "f", "title": "t"}]}, r"similar\[0\].similar is not a list"),
    ],
)
def test_a_bad_needs_file_is_refused_by_place_and_what_belongs_there(
    tmp_path: Path, held: Any, said: str
) -> None:
    path = tmp_path / "bad.json"
    path.write_text(held if isinstance(held, str) else json.dumps(held), "utf-8")
    with pytest.raises(InputError, match=f"bad.json: not a needs file: .*{said}"):
        needs_file.read(path)


def run(folder: Path, *words: str) -> tuple[int, str]:
    done = CliRunner(env={"KB_DATA": str(folder), "COLUMNS": "200"}).invoke(app, ["needs", *words])
    return done.exit_code, done.output


def test_needs_are_added_listed_exported_and_removed_on_the_command_line(tmp_path: Path) -> None:
    web_library.fill(tmp_path)
    code, said = run(tmp_path, "add", TEXT, "--answer", "exchange.credit=2", "--by", "ann")
    assert (code, "n1 (en)" in said, "2 answers well: exchange.credit (ann" in said) == (0, True, True)
    assert run(tmp_path, "add", "Wie geht das?", "--nothing", "--language", "de", "--by", "ann")[0] == 0
    listed = json.loads(run(tmp_path, "--json")[1])["needs"]
    assert [(need["id"], need["language"], len(need["judgements"])) for need in listed] == [
        ("n1", "en", 1),
        ("n2", "de", 0),
    ]
    assert run(tmp_path, "export", str(tmp_path / "out.json")) == (0, f"{tmp_path / 'out.json'}: 2 needs\n")
    assert len(needs_file.read(tmp_path / "out.json").queries) == 2
    assert run(tmp_path, "remove", "n1")[0] == 0
    assert "1 need\n" in run(tmp_path)[1]


@pytest.mark.parametrize(
    "words",
    [
        ("add", TEXT),
        ("add", TEXT, "--nothing", "--answer", "exchange.credit=2"),
        ("add", TEXT, "--answer", "exchange.credit=3"),
        ("add", TEXT, "--answer", "exchange.credit"),
        ("remove", "first"),
    ],
)
def test_a_wrong_use_of_needs_is_refused(tmp_path: Path, words: tuple[str, ...]) -> None:
    web_library.fill(tmp_path)
    assert run(tmp_path, *words)[0] == 2
    assert "0 needs" in run(tmp_path)[1]


def test_exported_needs_are_imported_into_another_library_with_what_readers_said(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store.judge(TEXT, "en", {"exchange.credit": Grade.WELL, "exchange.tandem": Grade.NOT}, "ann")
    votes.cast(tmp_path, b"k", "192.0.2.1", TEXT, "exchange.tandem", True)  # the owner's word on a need rules
    votes.cast(tmp_path, b"k", "192.0.2.1", "pairs who learn languages", "exchange.tandem", True)
    other = tmp_path / "other"
    other.mkdir()
    web_library.fill(other)
    file, run = tmp_path / "needs.json", CliRunner()
    monkeypatch.setenv("KB_DATA", str(tmp_path))
    assert run.invoke(app, ["needs", "export", str(file), "--readers"]).exit_code == 0
    held = json.loads(file.read_text())
    held["queries"][0]["relevant"].append({"file": "exchange.pdf", "title": "No such thing", "grade": 1})
    file.write_text(json.dumps(held))
    monkeypatch.setenv("KB_DATA", str(other))
    for _ in range(2):  # again adds nothing
        done = run.invoke(app, ["needs", "import", str(file), "--by", "bo"])
        assert done.exit_code == 0, done.output
        assert "no record has such a title: 1 answers" in done.output
    with Store.open(other) as copied:
        found = {need.text: [(j.record, j.grade) for j in need.judgements] for need in copied.needs()}
    assert found == {
        TEXT: [("exchange.credit", Grade.WELL)],
        "pairs who learn languages": [("exchange.tandem", Grade.PARTLY)],
    }


def test_needs_of_other_handbooks_are_not_imported(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "needs.json"
    file.write_text(json.dumps({"pool": ["other.pdf"], "queries": []}))
    monkeypatch.setenv("KB_DATA", str(tmp_path))
    done = CliRunner().invoke(app, ["needs", "import", str(file), "--by", "bo"])
    assert done.exit_code != 0
    assert isinstance(done.exception, InputError) or "none of its handbooks: other.pdf" in done.output


def test_what_did_not_help_is_among_what_is_missing(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    votes.cast(tmp_path, b"k", "192.0.2.1", TEXT, "exchange.tandem", False)
    votes.cast(tmp_path, b"k", "192.0.2.1", TEXT, "exchange.credit", True)
    monkeypatch.setenv("KB_DATA", str(tmp_path))
    said = CliRunner().invoke(app, ["needs", "missing"]).output
    assert "readers: helped 0, did not 1" in said
    assert "exchange.credit" not in said
