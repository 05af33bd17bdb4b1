"""The generator of unseen handbooks says what is true of what it prints."""

from __future__ import annotations

from functools import cache

import pypdfium2
import pytest

from benchmarks.scoring import plain
from corpus.press import LANGUAGES, SETTERS, Pressed, Scheme, bound, can_set, drawn, pressed
from corpus.press.__main__ import seeds

SEEDS = range(1, 4)


@cache
def made(seed: int, language: str, setter: str = "typst") -> Pressed:
    return pressed(bound(drawn(seed, language, setter)))


@cache
def page_texts(seed: int, language: str, setter: str = "typst") -> tuple[str, ...]:
    """The letters and digits of each page."""
    document = pypdfium2.PdfDocument(made(seed, language, setter).pdf)
    return tuple(plain(page.get_textpage().get_text_bounded().replace("\ufffe", "")) for page in document)


def test_a_seed_always_makes_the_same_handbook() -> None:
    scheme = drawn(5, setter="typst")
    first, second = pressed(bound(scheme)), pressed(bound(scheme))
    assert (first.pdf, first.truth) == (second.pdf, second.truth)


def test_a_language_asked_for_changes_no_structure() -> None:
    english, swedish = drawn(8, "en", "typst"), drawn(8, "sv", "typst")
    assert {k: v for k, v in english.features.items() if k != "language"} == {
        k: v for k, v in swedish.features.items() if k != "language"
    }


def test_seeds_differ_in_their_structures() -> None:
    kinds = {drawn(seed).features["kind"] for seed in range(1, 60)}
    assert kinds == {"annex", "chapter", "collection", "table", "control"}
    assert {drawn(seed).language for seed in range(1, 200)} == set(LANGUAGES)
    assert {drawn(seed).setter for seed in range(1, 60)} == set(SETTERS)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("seed", SEEDS)
def test_all_that_the_truth_names_is_printed_on_its_page(seed: int, language: str) -> None:
    assert unprinted(seed, language, "typst") == []


@pytest.mark.slow
@pytest.mark.parametrize("setter", [name for name in SETTERS if name != "typst"])
def test_all_that_other_setters_name_is_printed_on_its_page(setter: str) -> None:
    if not can_set(setter):
        pytest.skip(f"no program here sets by {setter}")
    chosen = [(1, "de"), (4, "el"), (12, "fr")]
    whole = {"xelatex", "pdflatex"}  # the others break letters up, as some publishers' files do
    assert {drawn(seed, language, setter).tex for seed, language in chosen} <= whole
    assert [unprinted(seed, language, setter) for seed, language in chosen] == [[], [], []]


def unprinted(seed: int, language: str, setter: str) -> list[str]:
    """What the truth names and the page that it names does not print."""
    truth, texts = made(seed, language, setter).truth, page_texts(seed, language, setter)
    named = [(truth["title"], 1, 1)]
    named += [
        (text, one["page"], one["page"]) for one in truth["annexes"] for text in (one["label"], one["title"])
    ]
    named += [(one["name"], one["page"], one["page"]) for one in truth["tools"] if "page" in one]
    for one in truth["practices"]:
        first, last = one["page_start"], one["page_end"]
        named.append((one["title"], first, first))
        named += [(label, page, page) for label, page in one["field_pages"].items()]
        named += [(word, first, last) for text in one["fields"].values() for word in text.split()[:2]]
        named += [(one["institution"], first, last)] if one["institution"] else []
        assert first <= min(one["field_pages"].values())
        assert max(one["field_pages"].values()) <= last
    return [text for text, first, last in named if plain(text) not in "".join(texts[first - 1 : last])]


def test_practices_follow_one_another_and_a_control_has_none() -> None:
    for seed in range(1, 30):
        scheme: Scheme = drawn(seed, setter="typst")
        truth = pressed(bound(scheme)).truth
        starts = [one["page_start"] for one in truth["practices"]]
        assert starts == sorted(starts)
        assert bool(starts) == (scheme.kind != "control")


def test_seeds_are_named_singly_and_in_ranges() -> None:
    assert list(seeds("3,9,14-16")) == [3, 9, 14, 15, 16]
