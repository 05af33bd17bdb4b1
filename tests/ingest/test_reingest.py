"""A new edition is planned, agreed to, and embeds only what changed; what was there before is not lost."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from cli import edition_prints as editions_terminal
from ingest import pipeline
from kb.care import shelf
from kb.care.doctor import verify
from kb.editions.differences import Change, Changes, Plan
from kb.errors import InputError
from kb.progress import silent
from kb.records import Kind
from kb.said import Circumstance, Said
from kb.settings import Settings
from kb.store.store import Store
from tests.factories import FakeEncoder
from tests.pdfs import handbook_pdf

Seen = Callable[[], FakeEncoder]


@pytest.fixture
def encoder() -> FakeEncoder:
    return FakeEncoder()


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, encoder: FakeEncoder) -> Settings:
    monkeypatch.setattr(pipeline, "load_encoder", lambda _: encoder)
    return Settings(data=tmp_path / "library")


def titles(store: Store, handbook: str) -> dict[str, str]:
    records = store.records(handbook, store.handbook(handbook).edition)
    return {r.title: r.id for r in records if r.kind is Kind.PRACTICE}


def test_a_new_edition_embeds_only_what_changed(settings: Settings, encoder: FakeEncoder) -> None:
    first = pipeline.ingest(settings, handbook_pdf(practices=10), name="a.pdf")
    with Store.open(settings.data) as store:
        whole = {p.indexed for p in store.passages(first.handbook, 1)}
        assert set(encoder.embedded) == whole
        encoder.embedded.clear()
        pipeline.ingest(settings, handbook_pdf(practices=11), name="b.pdf")
        added = {p.indexed for p in store.passages(first.handbook, 2)} - whole
        assert sorted(encoder.embedded) == sorted(added)  # each once
        assert 0 < len(added) < 0.4 * len(whole)


def test_the_plan_is_shown_before_anything_is_written_and_a_no_changes_nothing(settings: Settings) -> None:
    first = pipeline.ingest(settings, handbook_pdf(practices=4), name="a.pdf")
    shown: list[Plan] = []

    def no(plan: Plan) -> bool:
        shown.append(plan)
        return False

    with pytest.raises(InputError, match=r"b\.pdf: not ingested"):
        pipeline.ingest(settings, handbook_pdf(practices=5), name="b.pdf", confirm=no)
    (plan,) = shown
    assert (plan.handbook, plan.before, plan.edition) == (first.handbook, 1, 2)
    assert plan.changes is not None
    assert len(plan.changes.added) >= 1
    assert not plan.is_drastic
    with Store.open(settings.data) as store:
        assert store.published(first.handbook) == (1,)
        assert store.next_number(first.handbook) == 2
        assert verify(store) == ()


def test_a_file_that_removes_many_records_is_a_drastic_plan(settings: Settings) -> None:
    pipeline.ingest(settings, handbook_pdf(practices=8), name="a.pdf")
    with pytest.raises(InputError, match=r"would remove \d+ of the \d+ records .* --yes"):
        pipeline.ingest(
            settings, handbook_pdf(practices=4), name="b.pdf", confirm=lambda plan: not plan.is_drastic
        )


def test_a_record_that_comes_back_has_its_address_again(settings: Settings) -> None:
    first = pipeline.ingest(settings, handbook_pdf(practices=4), name="a.pdf")
    with Store.open(settings.data) as store:
        before = titles(store, first.handbook)
        pipeline.ingest(settings, handbook_pdf(practices=3), name="b.pdf")
        assert len(titles(store, first.handbook)) == 3
        pipeline.ingest(settings, handbook_pdf(practices=4, note="Printed again."), name="c.pdf")
        assert titles(store, first.handbook) == before


def test_a_removed_handbook_that_is_ingested_again_keeps_its_addresses(
    settings: Settings, encoder: FakeEncoder
) -> None:
    first = pipeline.ingest(settings, handbook_pdf(practices=3), name="a.pdf")
    with Store.open(settings.data) as store:
        before = titles(store, first.handbook)
        shelf.remove(store, first.handbook, encoder)
        again = pipeline.ingest(settings, handbook_pdf(practices=3, note="Printed again."), name="b.pdf")
        assert (again.handbook, again.edition) == (first.handbook, 2)
        assert titles(store, first.handbook) == before


def test_a_file_of_an_edition_that_was_rolled_back_says_how_to_serve_it(
    settings: Settings, encoder: FakeEncoder
) -> None:
    pipeline.ingest(settings, handbook_pdf(practices=3), name="a.pdf")
    second = pipeline.ingest(settings, handbook_pdf(practices=4), name="b.pdf")
    with Store.open(settings.data) as store:
        shelf.rollback(store, second.handbook, None, encoder)
    report = pipeline.ingest(settings, handbook_pdf(practices=4), name="b.pdf")
    assert report.status == "unchanged"
    assert report.notices == (Said(Circumstance.NOT_SERVED, handbook=second.handbook, edition=2),)


# the commands


class Typed:
    """A terminal at which one line is typed."""

    def __init__(self, line: str) -> None:
        self.line = line

    def isatty(self) -> bool:
        return True

    def readline(self) -> str:
        return self.line


def run(monkeypatch: pytest.MonkeyPatch, settings: Settings, *words: str) -> int:
    from cli import main as cli  # noqa: PLC0415 - the door, which tests of the rooms do without

    monkeypatch.setenv("KB_DATA", str(settings.data))
    monkeypatch.setenv("KB_MODEL", str(settings.data.parent / "no-model"))
    monkeypatch.setattr(sys, "argv", ["kb", *words])
    try:
        cli.main()
    except SystemExit as end:
        return int(end.code or 0)
    return 0


def test_without_a_terminal_a_drastic_edition_needs_yes(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for name, count in (("a.pdf", 8), ("b.pdf", 4)):
        (tmp_path / name).write_bytes(handbook_pdf(practices=count))
    assert run(monkeypatch, settings, "ingest", str(tmp_path / "a.pdf")) == 0
    assert run(monkeypatch, settings, "ingest", str(tmp_path / "b.pdf")) == 1
    assert "pass --yes if that is meant" in capsys.readouterr().err
    assert run(monkeypatch, settings, "ingest", "--yes", str(tmp_path / "b.pdf")) == 0


@pytest.mark.parametrize(("typed", "code", "edition"), [("y\n", 0, 2), ("\n", 1, 1), ("no\n", 1, 1)])
def test_on_a_terminal_the_plan_is_shown_and_asked_about(
    settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    typed: str,
    code: int,
    edition: int,
) -> None:
    first = pipeline.ingest(settings, handbook_pdf(practices=4), name="a.pdf")
    (tmp_path / "b.pdf").write_bytes(handbook_pdf(practices=5))
    capsys.readouterr()
    monkeypatch.setattr(sys, "stdin", Typed(typed))
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True, raising=False)
    assert run(monkeypatch, settings, "ingest", str(tmp_path / "b.pdf")) == code
    said = capsys.readouterr().err
    assert "Since edition 1: " in said
    assert "Publish this edition?" in said
    with Store.open(settings.data) as store:
        assert store.handbook(first.handbook).edition == edition


def test_the_commands_about_editions_lead_there_and_back(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def kb(*words: str) -> str:
        capsys.readouterr()
        assert run(monkeypatch, settings, *words) == 0, capsys.readouterr().err
        return capsys.readouterr().out

    book = pipeline.ingest(settings, handbook_pdf(practices=3), name="a.pdf").handbook
    pipeline.ingest(settings, handbook_pdf(practices=4), name="b.pdf")
    assert "1 added" in kb("diff", book)
    assert '"from": 1,' in kb("diff", book, "--json")
    assert "agree" in kb("verify")
    saved = str(tmp_path / "saved.zip")
    assert "2 editions" in kb("backup", saved)
    assert "An alliance" in kb("handbooks", "set", book, "--publisher", "An alliance")
    assert '"publisher": "An alliance"' in kb("handbooks", "--json")
    assert "edition 1 is served" in kb("rollback", book)
    assert "edition 2 is served" in kb("rollback", book, "--to", "2")
    assert f"kb remove --undo {book}" in kb("remove", book)
    assert "edition 2 is served again" in kb("remove", "--undo", book)
    assert run(monkeypatch, settings, "restore", saved) == 1
    assert "2 editions" in kb("restore", saved, "--yes")
    assert "agree" in kb("verify")


# doubtful records


def test_records_that_a_person_keeps_apart_are_removed_and_new(settings: Settings) -> None:
    first = pipeline.ingest(settings, handbook_pdf(practices=4), name="a.pdf")
    with Store.open(settings.data) as store:
        before = titles(store, first.handbook)
        name, chosen = next(iter(before.items()))
        shown: list[Plan] = []

        def apart(plan: Plan) -> frozenset[str]:
            shown.append(plan)
            return frozenset({chosen})

        report = pipeline.ingest(
            settings, handbook_pdf(practices=4, note="Printed again."), name="b.pdf", confirm=apart
        )
        after = titles(store, first.handbook)
    assert len(shown) == 1
    assert shown[0].changes is not None
    assert shown[0].changes.removed == ()
    assert report.changes is not None
    assert report.changes.removed == ((chosen, name),)
    assert after[name] != chosen
    assert {**after, name: chosen} == before


def test_each_doubtful_record_is_asked_about_at_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    changes = Changes((), (), (), (), (), 2)
    doubtful = (Change("b.one", "One", "Eins", "One"), Change("b.two", "Two", "Zwei", "Two"))
    plan = Plan("b.pdf", "b", "B", 1, 2, 2, 2, changes, doubtful)
    asked: list[str] = []

    def answer(question: str) -> bool:
        asked.append(question)
        return "b.two" in question or "Publish" in question

    monkeypatch.setattr(editions_terminal, "is_asking", lambda: True)
    monkeypatch.setattr(editions_terminal, "asked", answer)
    assert editions_terminal.agreed(plan, silent) == frozenset({"b.two"})
    assert [q for q in asked if "b.one" in q]
    monkeypatch.setattr(editions_terminal, "asked", lambda _: False)
    assert editions_terminal.agreed(plan, silent) is False
