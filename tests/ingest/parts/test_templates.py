"""Labels that stand together in several sections make a template; what stands together by chance makes none."""

from __future__ import annotations

from collections.abc import Sequence

from ingest.parts import templates
from ingest.tree import Section
from kb.words.vocabulary import Vocabulary


def section(title: str, *labels: str) -> Section:
    return Section(title, 1, 1, children=[Section(label, 2, 1) for label in labels])


def found(sections: Sequence[Section]) -> list[tuple[list[str], set[str]]]:
    labels = templates.labelled(sections, Vocabulary.load())
    return [([s.title for s in t.sections], set(t.core)) for t in templates.find(sections, labels)]


def test_sections_that_share_labels_follow_a_template_even_if_one_lacks_a_label() -> None:
    kin = [
        section("a", "Spark", "Recipe", "Taste"),
        section("b", "Recipe", "Spark", "Taste"),
        section("c", "Spark", "Taste"),
    ]
    assert found([*kin, section("d", "Weather", "Wind")]) == [(["a", "b", "c"], {"spark", "recipe", "taste"})]


def test_labels_that_mean_one_field_are_one() -> None:
    kin = [section("a", "Objectives", "The challenge"), section("b", "Aims", "Need")]
    assert found(kin) == [(["a", "b"], {"=objectives", "=need"})]


def test_the_head_of_a_note_that_stands_again_and_again_is_no_label() -> None:
    kin = [section(title, "Tip", "Tip", "Note", "Tip", "Note") for title in "abcd"]
    assert found(kin) == []


def test_chapters_that_each_share_a_label_with_another_follow_none() -> None:
    chapters = [
        section("a", "Scope", "Actors"),
        section("b", "Scope", "Costs"),
        section("c", "Costs", "Actors"),
    ]
    assert found(chapters) == []


def test_a_document_may_have_two_kinds_of_records() -> None:
    first = [section(f"case {n}", "Spark", "Recipe", "Taste") for n in range(3)]
    second = [section(f"course {n}", "Rooms", "Chairs") for n in range(2)]
    assert found([*first, *second]) == [
        (["case 0", "case 1", "case 2"], {"spark", "recipe", "taste"}),
        (["course 0", "course 1"], {"rooms", "chairs"}),
    ]
