"""Records keep their identity over editions; what changed is said."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kb.editions.differences import compare
from kb.editions.matching import identify, match
from kb.records import Field, Kind, Record, Span
from tests.factories import a_record

WORDS = [
    "students", "teachers", "universities", "mobility", "online", "course", "week", "seminar", "credit",
    "campus", "city", "language", "culture", "health", "climate", "project", "partner", "exchange",
    "learning", "research", "programme", "workshop", "challenge", "passport", "certificate", "portal",
    "evaluation", "feedback", "platform", "agreement", "recognition", "assessment", "group", "tutor",
    "lecture", "library", "museum", "river", "energy", "policy", "law", "ethics", "genome", "sport",
    "migration", "heritage", "archive", "film", "music", "data", "robot", "ocean", "forest", "village",
    "harbour",
]  # fmt: skip


def draft(number: int, title: str, text: str, annex: str = "Annex 1", kind: Kind = Kind.PRACTICE) -> Record:
    fields = (Field("Need", text, (Span(number + 1),)),)
    return Record(
        f"d{number:04d}", kind, title, "", 0, number, number + 1, number + 1, fields, annex_label=annex
    )


def a_text(seed: int, length: int = 90) -> str:
    chance = random.Random(seed)
    own = [f"{chance.choice(WORDS)}{seed}" for _ in range(length // 6)]
    return " ".join(chance.choice([*WORDS, *own]) for _ in range(length))


def a_title(seed: int) -> str:
    return " ".join(random.Random(seed * 7 + 1).sample(WORDS, 4)).capitalize()


def first_edition(count: int = 20) -> tuple[Record, ...]:
    drafts = [draft(n, a_title(n), a_text(n)) for n in range(count)]
    return identify("hb", 1, (), drafts)


def rewritten(text: str, share: float, seed: int) -> str:
    chance = random.Random(seed)
    return " ".join(chance.choice(WORDS) + "x" if chance.random() < share else w for w in text.split())


@given(st.randoms(use_true_random=False), st.floats(0, 0.3))
@settings(max_examples=25, deadline=None)
def test_records_are_found_again_however_they_are_reordered_and_partly_rewritten(
    chance: random.Random, share: float
) -> None:
    old = first_edition()
    order = list(range(len(old)))
    chance.shuffle(order)
    new = [
        draft(place, old[n].title, rewritten(old[n].fields[0].text, share, n), annex="Annex 2")
        for place, n in enumerate(order)
    ]
    ids = [r.id for r in identify("hb", 2, old, new)]
    assert ids == [old[n].id for n in order]


@pytest.mark.parametrize("share", [0.1, 0.2, 0.3])
def test_a_retitled_record_is_known_by_its_text(share: float) -> None:
    old = first_edition()
    new = [
        draft(n, f"Renamed {a_title(n + 500)}", rewritten(r.fields[0].text, share, n))
        for n, r in enumerate(old)
    ]
    assert [r.id for r in identify("hb", 2, old, new)] == [r.id for r in old]


def test_a_new_record_gets_a_new_id_and_a_removed_ones_id_is_not_used_again() -> None:
    old = first_edition(5)
    taken = {r.id for r in old}
    new = [draft(0, old[0].title, "a text about something else altogether and nothing of the former " * 3)]
    other = identify("hb", 3, (), new, taken)
    assert other[0].id not in taken
    assert other[0].id.startswith("hb.")


def test_equal_texts_in_two_places_stay_two_records() -> None:
    twins = [draft(0, "Same title", a_text(1)), draft(1, "Same title", a_text(1))]
    first = identify("hb", 1, (), twins)
    second = identify("hb", 2, first, twins)
    assert len({r.id for r in first}) == 2
    assert [r.id for r in second] == [r.id for r in first]


def test_no_old_record_is_matched_twice() -> None:
    old = first_edition(3)
    new = [draft(n, old[0].title, old[0].fields[0].text) for n in range(4)]
    pairs = match(old, new)
    assert len(set(pairs.values())) == len(pairs)


def test_references_between_drafts_follow_their_ids() -> None:
    drafts = [
        draft(0, "Annex of tools", a_text(1), kind=Kind.ANNEX),
        draft(1, "Moodle", a_text(2), kind=Kind.TOOL),
        replace(draft(2, "A course", a_text(3)), annex="d0000", tools=("d0001",)),
    ]
    annex, tool, practice = identify("hb", 1, (), drafts)
    assert practice.annex == annex.id
    assert practice.tools == (tool.id,)


def test_what_changed_is_said() -> None:
    old = first_edition(6)
    kept = [replace(r, edition=2) for r in old[:4]]
    kept[0] = replace(kept[0], title="Another title")
    kept[1] = replace(kept[1], annex_label="Annex 9")
    kept[2] = replace(kept[2], fields=(replace(kept[2].fields[0], text="Wholly other words."),))
    fresh = replace(old[5], id="hb.fresh", title="Fresh", edition=2)
    changes = compare(old, [*kept, fresh])
    assert [c.after for c in changes.renamed] == ["Another title"]
    assert [(c.before, c.after) for c in changes.moved] == [("Annex 1", "Annex 9")]
    assert [w.fields for w in changes.rewritten] == [("Need",)]
    assert changes.added == (("hb.fresh", "Fresh"),)
    assert [i for i, _ in changes.removed] == [old[4].id, old[5].id]
    assert changes.unchanged == 1


def test_white_space_and_hyphens_are_no_rewrite() -> None:
    (old,) = identify("hb", 1, (), [draft(0, "T", "a self-study work-\nshop")])
    new = replace(old, fields=(replace(old.fields[0], text="a selfstudy workshop"),))
    assert compare([old], [new]).rewritten == () or compare([old], [new]).unchanged == 1


def test_a_split_is_said_of_the_record_that_keeps_its_id() -> None:
    (old,) = identify("hb", 1, (), [draft(0, "A long practice", f"{a_text(1)} {a_text(2)}")])
    drafts = [draft(0, "A long practice", a_text(1)), draft(1, "The second half", a_text(2))]
    new = identify("hb", 2, (old,), drafts)
    found = compare((old,), new)
    assert new[0].id == old.id
    assert [(p.id, p.others) for p in found.split] == [(old.id, ((new[1].id, "The second half"),))]
    assert found.merged == ()


def test_a_merge_is_said_of_the_record_that_the_other_went_into() -> None:
    old = identify("hb", 1, (), [draft(0, "One practice", a_text(1)), draft(1, "Another deed", a_text(2))])
    new = identify("hb", 2, old, [draft(0, "One practice", f"{a_text(1)} {a_text(2)}")])
    found = compare(old, new)
    assert [(p.id, p.others) for p in found.merged] == [(old[0].id, ((old[1].id, "Another deed"),))]
    assert found.split == ()


def test_a_copy_of_a_record_is_no_split() -> None:
    old = identify("hb", 1, (), [draft(0, "One practice", a_text(1))])
    new = identify("hb", 2, old, [draft(0, "One practice", a_text(1)), draft(1, "Its copy", a_text(1))])
    found = compare(old, new)
    assert (found.split, len(found.added)) == ((), 1)


def test_a_record_without_text_is_known_by_part_of_its_title() -> None:
    old = identify("hb", 1, (), [draft(0, "Federal data security guide", ""), draft(1, "Glossary", "")])
    new = identify("hb", 2, old, [draft(0, "Federal security guide anew", ""), draft(1, "Index", "")])
    assert new[0].id == old[0].id
    assert new[1].id != old[1].id


def test_what_stands_between_the_same_neighbours_is_the_same_if_it_is_alike_at_all() -> None:
    old = first_edition(9)
    text = rewritten(old[4].fields[0].text, 0.55, 3)
    new = [draft(n, r.title if n != 4 else "Called otherwise", r.fields[0].text) for n, r in enumerate(old)]
    new[4] = draft(4, "Called otherwise", text)
    assert [r.id for r in identify("hb", 2, old, new)] == [r.id for r in old]


def test_a_reference_with_another_number_is_no_rewrite() -> None:
    old = identify("hb", 1, (), [draft(0, "Moodle", "A learning platform [18], used by all [3, 4–6].")])
    new = identify("hb", 2, old, [draft(0, "Moodle", "A learning platform [20], used by all [5, 6–8].")])
    assert compare(old, new).unchanged == 1


def test_record_that_is_read_as_another_kind_keeps_its_id() -> None:
    text = " ".join(f"word{number}" for number in range(40))
    old = [a_record("book.one", "One", text), a_record("book.two", "Two", "What two is about, in short.")]
    drafts = [replace(old[0], id="d1", kind=Kind.SECTION), replace(old[1], id="d2", kind=Kind.SECTION)]
    found = identify("book", 2, old, drafts)
    assert [r.id for r in found] == ["book.one", "book.two-2"]  # the second has too little text to tell


def test_another_text_of_another_kind_is_another_record() -> None:
    words = [" ".join(f"{name}{number}" for number in range(40)) for name in ("old", "new")]
    old = [a_record("book.one", "One", words[0])]
    found = identify("book", 2, old, [a_record("d", "One", words[1], kind=Kind.SECTION)])
    assert found[0].id == "book.one-2"


def test_copy_of_a_section_is_not_the_tool_that_stood_beside_it_and_has_gone() -> None:
    drafts = [draft(n, "A form", a_text(1), kind=kind) for n, kind in enumerate((Kind.SECTION, Kind.TOOL))]
    old = identify("hb", 1, (), drafts)
    for title in ("A form", "Quite another name"):
        new = [drafts[0], draft(1, title, a_text(1), annex="Annex of copies", kind=Kind.SECTION)]
        for known, gone in ((old, ()), (old[:1], old[1:])):
            section, copy = identify("hb", 2, known, new, gone=gone)
            assert section.id == old[0].id
            assert copy.id not in {r.id for r in old}


def test_part_of_a_section_is_not_the_tool_that_the_section_listed() -> None:
    listed = a_text(2, 120)
    drafts = [
        draft(0, "What to send in", f"{a_text(1)} {listed}", kind=Kind.SECTION),
        draft(1, "A form", listed, kind=Kind.TOOL),
    ]
    old = identify("hb", 1, (), drafts)
    parts = [
        draft(0, "What to send in", a_text(1), kind=Kind.SECTION),
        draft(1, "Quite another name", listed, kind=Kind.SECTION),
    ]
    found = identify("hb", 2, old, parts)
    assert found[0].id == old[0].id
    assert found[1].id not in {r.id for r in old}
    assert [p.id for p in compare(old, found).split] == [old[0].id]
    named = identify("hb", 2, old, [parts[0], replace(parts[1], title="A form")])
    assert [r.id for r in named] == [r.id for r in old]


def test_what_is_read_as_another_kind_keeps_its_id_beside_a_copy_of_what_stood_beside_it() -> None:
    drafts = [draft(n, "A form", a_text(1), kind=kind) for n, kind in enumerate((Kind.SECTION, Kind.TOOL))]
    old = identify("hb", 1, (), drafts)
    practice = draft(2, "A form for all", rewritten(a_text(1), 0.1, 3), kind=Kind.PRACTICE)
    section, copy, moved = identify("hb", 2, old, [drafts[0], replace(drafts[0], id="d0001"), practice])
    assert section.id == old[0].id
    assert copy.id not in {r.id for r in old}
    assert moved.id == old[1].id
