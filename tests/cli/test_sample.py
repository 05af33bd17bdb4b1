"""The sample that comes with the software: written into a folder, and what a first start offers."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest

from cli import sample_commands, serving_commands, terminal
from kb.errors import KbError, NotFoundError
from kb.office import password
from kb.settings import Settings
from kb.store.store import DATABASE, Store
from tests import pdfs, running
from tests.house import ROOT


def test_the_sample_is_written_and_no_other_file_of_its_name_is_lost(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    folder = tmp_path / "new" / "sample"
    for _ in range(2):  # again changes nothing
        done = running.run(monkeypatch, capsys, "sample", str(folder))
        assert done.returncode == 0
    written = sorted(path.name for path in folder.iterdir())
    assert written == ["handbook-edition-1.pdf", "handbook-edition-2.pdf", "needs.json"]
    assert sorted(done.stdout.split()) == [str(folder / name) for name in written]
    (folder / "needs.json").write_text("my own")
    done = running.run(monkeypatch, capsys, "sample", str(folder))
    assert done.returncode == 1
    assert "another file of that name" in done.stderr
    assert (folder / "needs.json").read_text() == "my own"


@pytest.fixture
def taken(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What was done to the library, where the sample is only said to be taken in."""
    done: list[str] = []
    monkeypatch.setattr(sample_commands, "take_in", lambda: done.append("sample"))
    return done


@pytest.mark.parametrize(("answer", "said"), [("\n", ["sample"]), ("y\n", ["sample"]), ("n\n", [])])
def test_a_first_start_at_a_terminal_offers_the_sample(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, taken: list[str], answer: str, said: list[str]
) -> None:
    monkeypatch.setattr(terminal, "is_asking", lambda: True)
    monkeypatch.setattr("sys.stdin", io.StringIO(answer))
    if said:
        serving_commands._begin(Settings(tmp_path / "none"), None)
    else:
        with pytest.raises(NotFoundError, match="kb serve --sample"):
            serving_commands._begin(Settings(tmp_path / "none"), None)
    assert taken == said


def test_a_first_start_without_a_terminal_takes_the_sample_only_if_told(
    tmp_path: Path, taken: list[str]
) -> None:
    settings = Settings(tmp_path / "none")
    for told in (None, False):
        with pytest.raises(NotFoundError, match=r"kb ingest FILE\.pdf"):
            serving_commands._begin(settings, told)
    assert not settings.data.exists()
    serving_commands._begin(settings, True)
    assert taken == ["sample"]


def test_a_library_that_has_an_owner_starts_empty_for_what_is_uploaded(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, taken: list[str]
) -> None:
    monkeypatch.setattr(terminal, "is_asking", lambda: True)
    settings = Settings(tmp_path / "new", admin_token="x" * 20)
    assert not password.stored(settings.data)
    serving_commands._begin(settings, None)
    assert (settings.data / DATABASE).is_file()
    assert serving_commands._is_empty(settings)
    assert taken == []


def test_a_library_with_files_is_not_empty_even_without_its_database(tmp_path: Path) -> None:
    settings = Settings(tmp_path)
    assert serving_commands._is_empty(settings)
    (tmp_path / "files" / "ab").mkdir(parents=True)
    assert not serving_commands._is_empty(settings)


def test_what_is_taken_in_is_the_first_edition_and_its_needs(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """By the real commands, with a small handbook in the sample's place."""
    held = {name: tmp_path / name for name in sample_commands.FILES}
    held[sample_commands.FIRST].write_bytes(pdfs.handbook_pdf())
    title = {
        "file": sample_commands.FIRST,
        "kind": "practice",
        "title": "Practice Birch exchange",
        "grade": 2,
    }
    need = {"id": "a", "text": "a joint poster", "style": "keywords", "relevant": [title]}
    judged = {"pool": [sample_commands.FIRST], "queries": [need], "similar": []}
    held["needs.json"].write_text(json.dumps(judged))
    monkeypatch.setattr(sample_commands, "FILES", held)
    for name, value in (
        ("KB_DATA", str(tmp_path / "data")),
        ("KB_MODEL", "english"),
        ("PYTHONPATH", str(ROOT)),
    ):
        monkeypatch.setenv(name, value)
    sample_commands.take_in()
    with Store.open(tmp_path / "data", readonly=True) as store:
        assert [book.file_name for book in store.handbooks()] == [sample_commands.FIRST]
        assert [one.text for one in store.needs()] == ["a joint poster"]
    assert not serving_commands._is_empty(Settings(tmp_path / "data"))


def test_a_sample_that_cannot_be_taken_in_ends_with_the_way_out(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    held = {name: tmp_path / name for name in sample_commands.FILES}
    held[sample_commands.FIRST].write_bytes(b"no PDF")
    held["needs.json"].write_text("{}")
    monkeypatch.setattr(sample_commands, "FILES", held)
    monkeypatch.setenv("KB_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    with pytest.raises(KbError, match=r"kb ingest FILE\.pdf"):
        sample_commands.take_in()
