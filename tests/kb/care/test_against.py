"""An embedded model beside a published one in a folder: the same one, others, and what is none."""

from __future__ import annotations

import hashlib
import shutil
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from kb.care.against import check_against
from kb.errors import ModelError
from kb.model import embedded as packaged
from kb.model import reference, sources
from kb.model.encoder import Encoder
from kb.model.model_loading import load_encoder
from kb.model.sources import MULTILINGUAL_MODEL
from kb.settings import Settings
from tests.factories import FakeEncoder
from tests.kb.model.test_bert import tiny_folder
from tests.kb.model.test_encoder import save_tiny_model

OURS = Settings(
    Path("unused"), "someone/other", query_prefix="to be left aside: ", cache=Path("/dev/null/no-folder")
)
NAME = "all-MiniLM-L6-v2"


@pytest.fixture
def embedded(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A tiny model in the place of the English one, alone on this machine."""
    folder = tiny_folder(tmp_path / "here")
    weights = (folder / "model.safetensors").read_bytes()
    monkeypatch.setattr(packaged, "MINILM_SHA256", hashlib.sha256(weights).hexdigest())
    monkeypatch.setattr(sources, "packaged_minilm", lambda: folder)
    monkeypatch.setattr(sources, "packaged_e5", lambda: None)
    return folder


@pytest.mark.parametrize("name", [NAME, "all_minilm_L6_v2/model", "whatever"])
def test_the_same_model_is_good_whatever_its_folder_is_called(
    embedded: Path, tmp_path: Path, name: str
) -> None:
    there = shutil.copytree(embedded, tmp_path / "there" / name)
    compared = check_against(OURS, there)
    assert (compared.model, compared.folder, compared.is_good) == (NAME, str(there), True)
    found = compared.found
    assert (found.sentences, found.cut_otherwise) == (64, ())
    assert (found.neighbours, found.other_neighbours) == (448, ())
    assert found.least > 0.9999
    assert found.least <= found.mean <= 1.0001


@pytest.mark.usefixtures("embedded")
def test_other_weights_are_told_by_vectors_and_neighbours(tmp_path: Path) -> None:
    compared = check_against(OURS, save_tiny_model(tmp_path / NAME, seed=1))
    assert not compared.is_good
    assert compared.found.cut_otherwise == ()
    assert compared.found.least < 0.9
    other = compared.found.other_neighbours[0]
    assert {other.sentence, other.here, other.there} <= set(reference.SENTENCES)
    assert other.here != other.there


@pytest.mark.usefixtures("embedded")
def test_other_words_of_a_tokenizer_are_told(embedded: Path, tmp_path: Path) -> None:
    there = shutil.copytree(embedded, tmp_path / NAME)
    text = (there / "tokenizer.json").read_text()
    (there / "tokenizer.json").write_text(text.replace('"online"', '"offline"'))
    compared = check_against(OURS, there)
    assert not compared.is_good
    cut = compared.found.cut_otherwise
    assert cut
    assert all("online" in text.lower() for text in cut)


@pytest.mark.usefixtures("embedded")
def test_rows_of_another_length_are_no_such_model(tmp_path: Path) -> None:
    with pytest.raises(
        ModelError, match=f"gives 4 numbers a text, {NAME} 8, so it is another model; give the"
    ):
        check_against(OURS, save_tiny_model(tmp_path / NAME, dense=4))


def test_folder_that_names_no_embedded_model_and_cuts_otherwise_holds_none(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(sources, "packaged_e5", lambda: None)
    with pytest.raises(ModelError, match=f"tiny: not {NAME}, the embedded models, which cut each sentence"):
        check_against(OURS, save_tiny_model(tmp_path / "tiny"))


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (shutil.rmtree, "no such folder; give the folder of a published model"),
        (lambda folder: [one.unlink() for one in folder.glob("*.json")], "no model in this folder; give the"),
        (
            lambda folder: (folder / "model.safetensors").write_bytes(b"torn"),
            "cannot be loaded (.*); give the",
        ),
    ],
)
def test_folder_without_a_whole_model_is_said_so(
    embedded: Path, tmp_path: Path, wrong: object, said: str
) -> None:
    there = shutil.copytree(embedded, tmp_path / NAME)
    assert callable(wrong)
    wrong(there)
    with pytest.raises(ModelError, match=rf"{NAME}: {said}"):
        check_against(OURS, there)


def test_without_sentence_transformers_it_is_said_what_is_needed(
    embedded: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "sentence_transformers", None)
    with pytest.raises(
        ModelError, match="sentence-transformers, which loads it, is not installed; run: make setup"
    ):
        check_against(OURS, embedded)


def test_model_of_the_path_is_loaded_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "e5.bin"
    file.touch()
    monkeypatch.setattr(sources, "packaged_e5", lambda: file)
    asked: list[Settings] = []

    def load(settings: Settings) -> Encoder:
        asked.append(settings)
        return FakeEncoder()

    with pytest.raises(ModelError, match="multilingual-e5-small: does not show how it cuts"):
        check_against(OURS, save_tiny_model(tmp_path / "multilingual-e5-small"), load)
    assert asked == [replace(OURS, model=MULTILINGUAL_MODEL, query_prefix="")]


def test_packaged_english_model_is_what_its_own_folder_holds() -> None:
    compared = check_against(OURS, sources.packaged_minilm(), load_encoder)
    assert (compared.model, compared.is_good, compared.found.cut_otherwise) == (NAME, True, ())
    assert compared.found.least > 0.9999
    assert compared.found.other_neighbours == ()
