"""A document read is looked over: sentences as titles, empty labels, twins, odd lengths."""

from __future__ import annotations

from dataclasses import replace

from ingest.parts import checkup
from kb.records import Caveat, Field, Kind, Record, Span
from kb.said import Flaw


def practice(number: int, title: str, *fields: tuple[str, str]) -> Record:
    made = tuple(Field(label, text, (Span(number),)) for label, text in fields)
    return Record(
        id=f"d{number:04d}",
        kind=Kind.PRACTICE,
        title=title,
        handbook="",
        edition=0,
        position=number,
        page_start=number,
        page_end=number,
        fields=made,
        confidence=0.9,
    )


def found(*records: Record) -> list[tuple[Flaw, str]]:
    return [(caveat.flaw, caveat.title) for caveat in checkup.look_over(records)]


def test_sound_records_raise_nothing() -> None:
    kin = [practice(n, f"River laboratory {n}", ("Need", "water " * 30)) for n in range(1, 6)]
    assert found(*kin) == []
    assert checkup.lowered(kin, []) == tuple(kin)


def test_the_worst_comes_first_and_lowers_what_it_is_found_in() -> None:
    good = practice(1, "River laboratory", ("Need", "water " * 30))
    empty = practice(2, "Museum of languages", ("Need", ""))
    said = practice(3, "Every student meets a mentor once a week.", ("Need", "talk " * 30))
    suspicions = checkup.look_over([good, empty, said])
    assert [(s.flaw, s.title) for s in suspicions] == [
        (Flaw.NO_TEXT, "Museum of languages"),
        (Flaw.SENTENCE, "Every student meets a mentor once a week."),
        (Flaw.EMPTY_FIELD, "Museum of languages"),
    ]
    before = [good.confidence, empty.confidence, said.confidence]
    after = [r.confidence for r in checkup.lowered([good, empty, said], suspicions)]
    assert after[0] == before[0]
    assert after[1] < after[2] < before[2]


def test_twins_and_odd_lengths_are_named_with_their_page() -> None:
    kin = [
        practice(n, "River laboratory" if n < 3 else f"Clinic {n}", ("Need", "water " * 30))
        for n in range(1, 6)
    ]
    long = practice(6, "Endless story", ("Need", "water " * 900))
    twin = Caveat(Flaw.TWICE, (1,), "d0001", "River laboratory", Kind.PRACTICE)
    assert checkup.look_over([*kin, long]) == [
        twin,
        replace(twin, pages=(2,), record="d0002"),
        Caveat(Flaw.ODD_LENGTH, (6,), "d0006", "Endless story", Kind.PRACTICE),
    ]
