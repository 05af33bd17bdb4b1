"""Profiles: what a person states about a stubborn handbook, applied, proposed and remembered."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest import pipeline, reader, succession
from ingest.page import ocr
from ingest.reading import profile
from ingest.reading.blocks import SKIPPED
from ingest.reading.extraction import Extraction
from ingest.reading.profile import NEUTRAL, Profile, parse
from kb.errors import InputError, ParseError
from kb.records import Kind
from kb.said import Circumstance, Said
from kb.settings import Settings
from kb.store.store import Store
from kb.words.vocabulary import Vocabulary
from tests import pdfs
from tests.factories import FakeEncoder
from tests.typesetting import Text, paragraph, typeset

PROSE = "Students of three universities work on one case and present what they found to a city council. "
ENOUGH = Settings(data=Path("unused"), max_memory=2**31)

Part = tuple[str, float, str]
"""A heading, its size in points (0 for a bold run-in label), and the text below it."""


def read(data: bytes, text: str | Profile = NEUTRAL) -> Extraction:
    """What the child would answer, read here."""
    stated = parse(text, "test.toml") if isinstance(text, str) else text
    request = {"name": "test.pdf", "max_pages": 100, "profile": stated.as_data()}
    return Extraction.of_data(reader.read(request, data, lambda *_: None))


def propose(data: bytes) -> str:
    return reader.propose({"name": "test.pdf", "max_pages": 100}, data, lambda *_: None)


def titles(found: Extraction, kind: Kind = Kind.PRACTICE) -> list[str]:
    return [record.title for record in found.of(kind)]


def book(*pages: Sequence[Part], title: str = "Stubborn Handbook", **options: Any) -> bytes:
    """A title page, then the given pages below the margin where running heads stand."""
    set_pages = [[Text(title, 60, 300, 26, bold=True), *paragraph(PROSE, 60, 350, 420)]]
    for number, parts in enumerate(pages, start=2):
        y = 150.0
        drawn: list[Text] = []
        for heading, size, text in parts:
            if size:
                drawn.append(Text(heading, 60, y, size, bold=True))
                y += 1.6 * size
                lines = paragraph(text, 60, y, 420) if text else []
            else:
                label = Text(heading, 60, y, 10, bold=True)
                lines = [label, Text(text, label.box[2] + 4, y)]
            drawn += lines
            y = (lines[-1].y if lines else y) + 24
        set_pages.append([*drawn, Text(str(number), 290, 810)])
    return typeset(set_pages, title=title, **options)


def prose_book() -> bytes:
    """Practices without any label, below one chapter; another chapter of the same make holds none."""
    plan = [
        ("Planning", 20, ""),
        *((t, 14, PROSE * 3) for t in ("Choose a partner", "Agree on dates", "Ask for rooms")),
    ]
    told = [
        ("What partners do", 20, ""),
        *((t, 14, PROSE * 3) for t in ("Rivers on film", "Law across borders", "A clinic for texts")),
    ]
    return book(plan, told)


TOLD = ["Rivers on film", "Law across borders", "A clinic for texts"]
STATED = "practice_level = 2  # below the title and the chapters\npractice_under = '^what partners'\n"


# what a profile repairs


def test_a_level_names_practices_that_bear_no_labels() -> None:
    assert not set(titles(read(prose_book()))) & set(TOLD)
    found = read(prose_book(), STATED)
    assert titles(found) == TOLD
    assert {record.confidence for record in found.of(Kind.PRACTICE)} == {1.0}
    assert [p.page_start for p in found.of(Kind.PRACTICE)] == [3, 3, 3]
    assert "Choose a partner" in "".join(r.text for r in found.of(Kind.SECTION))
    assert found.notices == ()


def test_titles_name_practices_at_whatever_level() -> None:
    found = read(prose_book(), "practice_titles = 'rivers|law'")
    assert titles(found) == TOLD[:2]


def test_a_level_counts_below_sections_of_one_kind() -> None:
    told: list[Part] = [("Annex 1: Initiatives", 20, "")]
    for name in ("Rivers on film", "Law across borders"):
        told += [(name, 14, PROSE * 2), ("Zielbild:", 0, "Students from two places meet and learn.")]
    plan: list[Part] = [("Planning", 20, ""), ("Choose a partner", 14, PROSE * 3), ("Dates", 14, PROSE * 3)]
    assert titles(read(book(plan, told), "practice_level = 2")) == TOLD[:2]


def test_fields_set_like_titles_are_given_to_the_practice_above_them() -> None:
    pages = [
        [(f"Case {n}", 14, PROSE * 2), ("Objectives", 14, PROSE), ("Results", 14, PROSE)] for n in range(1, 4)
    ]
    assert not set(titles(read(book(*pages)))) & {"Case 1", "Case 2", "Case 3"}
    found = read(book(*pages), "practice_titles = '^Case [0-9]+$'")
    assert titles(found) == ["Case 1", "Case 2", "Case 3"]
    for practice in found.of(Kind.PRACTICE):
        assert [f.name for f in practice.fields] == ["", "objectives", "results"]
        assert practice.page_start == practice.page_end
    assert not any(f.label == "Results" for r in found.of(Kind.SECTION) for f in r.fields)


def test_a_summary_that_repeats_titles_holds_no_practices() -> None:
    pages = [
        [("Case 1", 14, PROSE), ("Case 2", 14, PROSE)],
        [("Case 1", 14, PROSE * 4), ("Case 2", 14, PROSE * 4)],
    ]
    found = read(book(*pages), "practice_titles = '^Case [0-9]+$'")
    assert [(p.title, p.page_start) for p in found.of(Kind.PRACTICE)] == [("Case 1", 3), ("Case 2", 3)]


def test_own_labels_lead_to_fields() -> None:
    cases: list[Part] = []
    for name in ("Rivers on film", "Law across borders"):
        cases += [(name, 14, PROSE), ("Zielbild:", 0, "Students from two places meet and learn together.")]
    stated = "practice_titles = 'Rivers|Law'\n[labels]\nZielbild = 'objectives'"
    found = read(book(cases), stated)
    assert titles(found) == TOLD[:2]
    for practice in found.of(Kind.PRACTICE):
        assert [(f.label, f.name) for f in practice.fields if f.label] == [("Zielbild", "objectives")]


def test_own_labels_are_no_business_of_other_handbooks() -> None:
    Vocabulary.load().with_labels({"Zielbild": "objectives", "Results": "need"})
    assert Vocabulary.load().canonical("Zielbild") == ""
    assert Vocabulary.load().canonical("Results") == "results"


def test_the_named_annex_holds_tools_and_no_practices() -> None:
    annex: list[Part] = [("Annex 1: Things that help", 20, "")]
    for name in ("Matchmaker", "Padlet wall", "Room finder"):
        annex += [(name, 14, PROSE), ("Objectives", 11.5, PROSE), ("Results", 11.5, PROSE)]
    data = book(annex)
    assert titles(read(data)) == ["Matchmaker", "Padlet wall", "Room finder"]
    found = read(data, 'annex_tools = "ANNEX 1"')
    assert titles(found) == []
    assert titles(found, Kind.TOOL) == ["Matchmaker", "Padlet wall", "Room finder"]
    assert titles(read(data, 'annex_tools = "things that help"'), Kind.TOOL) == titles(found, Kind.TOOL)


def test_skipped_pages_give_no_records_and_stand_in_the_ledger() -> None:
    marks = [("Planning", 2, 0), ("What partners do", 3, 0)]
    part = [(title, 14.0, PROSE * 3) for title, _, _ in marks]
    data = book([part[0]], [part[1]], bookmarks=marks)
    found = read(data, "skip_pages = [2]")
    assert not any(span.page == 2 for r in found.records for f in r.fields for span in f.spans)
    assert "Planning" not in {f.label for r in found.records for f in r.fields} | {
        r.title for r in found.records
    }
    assert found.missing == ()
    assert [p.number for p in found.pages] == [1, 2, 3]
    assert dict(found.ledger)[SKIPPED] > 100
    assert sum(dict(found.ledger).values()) == sum(dict(read(data).ledger).values())


def test_a_profile_that_skips_everything_is_named_as_the_reason() -> None:
    with pytest.raises(ParseError, match="its profile skips"):
        read(prose_book(), 'skip_pages = ["1-9"]')


def test_title_and_language_are_as_stated() -> None:
    found = read(prose_book(), "title = 'Fluviul'\nlanguage = 'ro'")
    assert (found.title, found.language) == ("Fluviul", "ro")
    assert {r.language for r in found.records} == {"ro"}


def test_what_the_document_does_not_bear_out_is_said_and_changes_nothing() -> None:
    data = pdfs.handbook_pdf()
    text = 'practice_level = 7\nannex_tools = "Annex 9"\nskip_pages = [40]\n[labels]\nZielbild = "need"'
    found = read(data, text)
    assert found.records == read(data).records
    assert found.notices == (
        Said(Circumstance.NO_SUCH_HEADING, names=("practice_level",)),
        Said(Circumstance.NO_SUCH_ANNEX, label="Annex 9"),
        Said(Circumstance.PAGES_BEYOND, page=40, count=len(found.pages)),
        Said(Circumstance.NO_SUCH_LABEL, label="Zielbild"),
    )


def test_a_stated_ocr_language_that_is_not_installed_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(ocr, "installed", lambda: ("eng",))
    with pytest.raises(InputError, match="install tesseract-ocr-ell"):
        read(pdfs.pictures_pdf(1), "ocr_languages = ['el']")


# init


@pytest.mark.parametrize("practices", [0, 3])
def test_a_proposed_profile_reads_the_file_as_it_is_read_without(practices: int) -> None:
    data = pdfs.handbook_pdf(practices=practices)
    text = propose(data)
    assert all(line.startswith("#") or "=" in line or line in ("", "[labels]") for line in text.splitlines())
    stated = parse(text, "test.toml")
    assert stated.practice_level == (1 if practices else None)
    found, plain = read(data, stated), read(data)
    assert found.notices == ()
    assert [replace(r, confidence=1.0) for r in plain.records] == [
        replace(r, confidence=1.0) for r in found.records
    ]


def test_a_proposed_profile_lists_levels_annexes_and_unknown_labels() -> None:
    told: list[Part] = [("Annex 1: Initiatives", 20, "")]
    for name in ("Rivers on film", "Law across borders"):
        told += [(name, 14, PROSE * 2), ("Objectives", 11.5, PROSE), ("Results", 11.5, PROSE)]
        told += [("Zielbild", 11.5, PROSE)]
    tools: list[Part] = [("Annex 2: Tools", 20, ""), ("Matchmaker", 14, PROSE)]
    text = propose(book(told, tools))
    assert "#   2: 3 (Rivers on film; Law across borders; Matchmaker)" in text
    assert "#   Annex 1: Initiatives" in text
    assert '# "Zielbild" = "objectives"' in text
    assert parse(text, "test.toml").annex_tools == "Annex 2"


def test_every_line_of_a_proposed_profile_may_be_put_in_force() -> None:
    text = propose(pdfs.handbook_pdf())
    starts = ("# title =", "# practice_", "# annex_tools", "# language", "# ocr_languages", '# "')
    lines = [line[2:] if line.startswith(starts) else line for line in text.splitlines()]
    stated = parse("\n".join(lines), "test.toml")
    assert (stated.title, stated.language) == ("Small Handbook", "en")


@given(st.text(max_size=40))
def test_no_text_of_a_handbook_breaks_out_of_its_line(text: str) -> None:
    from ingest.parts import proposal  # noqa: PLC0415 - only here

    lines = "\n".join([f"title = {proposal._quoted(text)}", *proposal._comment(f"x {proposal._shown(text)}")])
    assert profile.parse(lines, "test.toml").as_data().keys() <= {"title"}


# remembered


@pytest.fixture
def settings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Settings:
    monkeypatch.setattr(pipeline, "load_encoder", lambda _: FakeEncoder())
    return replace(ENOUGH, data=tmp_path / "data")


def next_edition(title: str = "Stubborn Handbook") -> bytes:
    told = [
        ("What partners do", 20, ""),
        *((t, 14, PROSE * 3) for t in (*TOLD, "A fourth initiative")),
    ]
    return book(told, title=title)


def test_a_profile_is_remembered_for_the_next_edition_and_said_so(settings: Settings) -> None:
    first = pipeline.ingest(settings, prose_book(), name="a.pdf", profile=parse(STATED, "test.toml"))
    assert (first.practices, first.notices) == (3, ())
    second = pipeline.ingest(settings, next_edition(), name="b.pdf")
    assert (second.status, second.handbook, second.edition) == ("edition", first.handbook, 2)
    assert second.practices == 4
    assert second.notices == (Said(Circumstance.REMEMBERED, handbook=first.handbook),)
    named = pipeline.ingest(settings, next_edition("Other Title"), name="c.pdf", handbook=first.handbook)
    assert (named.edition, named.practices) == (3, 4)
    with Store.open(settings.data, readonly=True) as store:
        assert store.profile(first.handbook) == STATED


def test_another_handbook_is_not_read_with_it(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    pipeline.ingest(settings, prose_book(), name="a.pdf", profile=parse(STATED, "test.toml"))
    other = pipeline.ingest(settings, pdfs.handbook_pdf(), name="b.pdf")
    assert (other.status, other.practices, other.notices) == ("new", 3, ())
    monkeypatch.setattr(succession, "LEAST_KEPT", 0.5)  # of so few records the title page is one
    namesake = pipeline.ingest(settings, pdfs.handbook_pdf("Stubborn Handbook"), name="c.pdf")
    assert (namesake.status, namesake.practices) == ("new", 3)
    assert [one.code for one in namesake.notices] == [Circumstance.SAME_TITLE]


def test_the_same_file_is_read_again_only_with_another_profile(settings: Settings) -> None:
    data = prose_book()
    plain = pipeline.ingest(settings, data, name="a.pdf")
    assert plain.practices != 3
    told = pipeline.ingest(settings, data, name="a.pdf", profile=parse(STATED, "test.toml"))
    assert (told.status, told.handbook, told.edition, told.practices) == ("edition", plain.handbook, 2, 3)
    commented = parse("# the same\n" + STATED, "test.toml")
    assert pipeline.ingest(settings, data, name="a.pdf", profile=commented).status == "unchanged"
    assert pipeline.ingest(settings, data, name="a.pdf").status == "unchanged"


def test_an_empty_profile_forgets_the_remembered_one(settings: Settings) -> None:
    data = prose_book()
    first = pipeline.ingest(settings, data, name="a.pdf", profile=parse(STATED, "test.toml"))
    plain = len(titles(read(data)))
    cleared = pipeline.ingest(settings, data, name="a.pdf", profile=parse("# none\n", "test.toml"))
    assert (cleared.edition, cleared.practices) == (2, plain)
    with Store.open(settings.data, readonly=True) as store:
        assert store.profile(first.handbook) == ""


def test_a_remembered_profile_that_means_nothing_any_more_can_be_replaced(settings: Settings) -> None:
    first = pipeline.ingest(settings, prose_book(), name="a.pdf", profile=parse(STATED, "test.toml"))
    with Store.open(settings.data) as store:
        store.set_profile(first.handbook, "of_the_future = 1")
    with pytest.raises(InputError, match=f"remembered for {first.handbook} .*--profile FILE"):
        pipeline.ingest(settings, next_edition(), name="b.pdf")
    again = pipeline.ingest(settings, prose_book(), name="a.pdf", profile=parse(STATED, "test.toml"))
    assert (again.status, again.practices) == ("edition", 3)
