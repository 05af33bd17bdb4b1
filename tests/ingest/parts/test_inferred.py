"""Labels that the vocabulary does not list, named by what they mean."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from ingest.values import inferred
from ingest.values.inferred import ListedLabels, infer
from kb.model.encoder import Encoder
from kb.model.model_loading import load_encoder
from kb.model.sources import ENGLISH_MODEL
from kb.records import Facet, Field, Kind, Origin, Record, Span
from kb.settings import Settings
from kb.words.vocabulary import load
from tests.factories import FakeEncoder, a_record

VOCABULARY = load()


@pytest.fixture(autouse=True)
def _fresh(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inferred, "_kept", {})


@pytest.fixture(scope="module")
def embedded(tmp_path_factory: pytest.TempPathFactory) -> Encoder:
    return load_encoder(Settings(tmp_path_factory.mktemp("data")))


@pytest.fixture(scope="module")
def of_embedded(embedded: Encoder) -> ListedLabels:
    return ListedLabels.of(VOCABULARY, "en", embedded)


def a_part(label: str, text: str = "Some text.") -> Field:
    return Field(label, text, (Span(1),), VOCABULARY.canonical(label))


def a_practice(*fields: Field, **changes: object) -> Record:
    return replace(a_record(), fields=fields, facets=(), **changes)  # type: ignore[arg-type]


def infer_one(record: Record, encoder: Encoder) -> Record:
    return infer([record], encoder, VOCABULARY)[0]


# ---- with an encoder that compares words


def test_label_near_to_those_of_one_field_gets_its_name_as_inferred() -> None:
    found = infer_one(a_practice(a_part("Sample checklist")), FakeEncoder())
    assert (found.fields[0].name, found.fields[0].origin) == ("checklist", Origin.INFERRED)


def test_label_text_and_place_stay_as_printed() -> None:
    field = a_part("Sample checklist", "• one\n• two")
    found = infer_one(a_practice(field), FakeEncoder()).fields[0]
    assert replace(found, name="", origin=Origin.STATED) == field


def test_label_like_no_other_stays_without_a_name() -> None:
    record = a_practice(a_part("Zebra crossing"))
    assert infer_one(record, FakeEncoder()) == record


def test_name_that_the_vocabulary_gave_stays_stated() -> None:
    fields = (a_part("Objectives"), a_part("Sample checklist"), a_part(""))
    found = infer_one(a_practice(*fields), FakeEncoder())
    assert found.fields[0] == fields[0]
    assert found.fields[2] == fields[2]


def test_sentences_are_no_labels() -> None:
    long = a_part("Sample checklist for all of those who want to have one")
    assert infer_one(a_practice(long), FakeEncoder()).fields == (long,)


def test_only_practices_are_named() -> None:
    record = a_practice(a_part("Sample checklist"), kind=Kind.SECTION)
    assert infer_one(record, FakeEncoder()) == record


def test_facets_of_a_field_named_so_are_inferred_and_never_beside_stated_ones() -> None:
    length = Field("Sample duration", "3 days", (Span(2),))
    found = infer_one(a_practice(length), FakeEncoder())
    assert found.facets == (Facet("duration", "3 days", Origin.INFERRED, 2),)
    stated = Facet("duration", "1 week", Origin.STATED, 1)
    kept = infer_one(replace(a_practice(length), facets=(stated,)), FakeEncoder())
    assert kept.facets == (stated,)


def test_handbook_whose_labels_are_all_known_embeds_nothing() -> None:
    encoder = FakeEncoder()
    infer([a_practice(a_part("Objectives"))], encoder, VOCABULARY)
    assert encoder.embedded == []


def test_listed_labels_are_embedded_once() -> None:
    encoder = FakeEncoder()
    for _ in range(2):
        infer([a_practice(a_part("Sample checklist"))], encoder, VOCABULARY)
    assert encoder.embedded.count("Checklist") == 1


def test_language_that_the_software_does_not_speak_is_compared_in_english() -> None:
    found = infer_one(a_practice(a_part("Sample checklist"), language="cs"), FakeEncoder())
    assert found.fields[0].name == "checklist"


class Blind(FakeEncoder):
    """Finds every text the same."""

    def passages(self, texts: object) -> np.ndarray[tuple[int, ...], np.dtype[np.float32]]:
        return np.ones((len(texts), 1), dtype=np.float32)  # type: ignore[arg-type]


def test_encoder_that_cannot_tell_listed_labels_apart_names_nothing() -> None:
    record = a_practice(a_part("Sample checklist"))
    assert infer_one(record, Blind()) == record


# ---- with the embedded model


@pytest.mark.slow
@pytest.mark.parametrize(
    ("label", "name"),
    [
        ("Sample Timeline", "timeline"),
        ("Sample Checklist", "checklist"),
        ("Why is this important?", "need"),
        ("Primary Stakeholders", "partners"),
    ],
)
def test_labels_of_real_handbooks_are_named_by_their_meaning(
    embedded: Encoder, of_embedded: ListedLabels, label: str, name: str
) -> None:
    assert of_embedded.name(embedded.passages([label])) == [name]


@pytest.mark.slow
@pytest.mark.parametrize(
    "label",
    [
        "Sample Agenda",
        "Estimated Level of Effort",
        "Maturity scale",
        "Submit New Data Sharing Examples",
        "Version beta",
    ],
)
def test_labels_of_real_handbooks_that_are_no_field_stay_without_a_name(
    embedded: Encoder, of_embedded: ListedLabels, label: str
) -> None:
    assert of_embedded.name(embedded.passages([label])) == [""]


@pytest.mark.slow
def test_margin_of_the_english_model_is_the_one_that_was_read_by_eye() -> None:
    of_english = ListedLabels.of(VOCABULARY, "en", load_encoder(Settings(Path("unused"), ENGLISH_MODEL)))
    assert of_english.floor == pytest.approx(0.69, abs=0.02)
    assert of_english.margin == pytest.approx(0.13, abs=0.02)


@pytest.mark.slow
def test_margin_of_both_models_is_their_own(of_embedded: ListedLabels) -> None:
    assert of_embedded.floor == pytest.approx(0.81, abs=0.02)
    assert of_embedded.margin == pytest.approx(0.07, abs=0.02)
