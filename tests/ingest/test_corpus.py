"""The sample handbook: what its two editions promise, and that the PDFs are what the source makes."""

from __future__ import annotations

import io
import json
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pypdf
import pypdfium2
import pytest

from corpus.build import Typeset, typeset, unpack_fonts, variants
from corpus.content import FOLDER, addresses, changes, facts, printed, read, selection
from kb.words.vocabulary import Vocabulary

EDITIONS = (1, 2)
CORPUS = FOLDER.parent

# How many took part is told under a label of its own, which the vocabulary takes for the target group.
MEASURED_AS = {"participants": "target_group"}

# What PDF readers give for hyphens at line ends, soft hyphens and zero-width spaces.
INVISIBLE = dict.fromkeys(map(ord, "\ufffe\u00ad\u200b\r\n "), None)


@cache
def committed(number: int) -> bytes:
    return (FOLDER / f"handbook-edition-{number}.pdf").read_bytes()


@cache
def reader(number: int) -> pypdf.PdfReader:
    return pypdf.PdfReader(io.BytesIO(committed(number)))


def page_texts(pdf: bytes) -> list[str]:
    """Each page's text as pypdfium2 reads it."""
    document = pypdfium2.PdfDocument(pdf)
    try:
        return [page.get_textpage().get_text_range() for page in document]
    finally:
        document.close()


@cache
def texts(number: int) -> list[str]:
    return page_texts(committed(number))


def squeezed(text: str) -> str:
    """A text without anything that line breaks put in or take away."""
    return text.translate(INVISIBLE).replace("-", "").replace("\u2011", "").casefold()


def letters(text: str) -> str:
    """A text's letters and digits alone, as the extraction score compares."""
    return "".join(c for c in text.casefold() if c.isalnum())


@cache
def truth(number: int) -> dict[str, Any]:
    gold: dict[str, Any] = json.loads((FOLDER / f"truth-{number}.json").read_text(encoding="utf-8"))
    return gold


@cache
def titles(number: int) -> dict[str, str]:
    """Title to annex of every practice of an edition."""
    return {p["title"]: p["annex"] for p in truth(number)["practices"]}


def outline_titles(number: int) -> list[str]:
    def walk(items: list[Any]) -> Iterator[str]:
        for item in items:
            if isinstance(item, list):
                yield from walk(item)
            else:
                yield str(item.title)

    return list(walk(reader(number).outline))


@pytest.fixture(scope="module")
def fonts(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return unpack_fonts(tmp_path_factory.mktemp("fonts"))


@pytest.fixture(scope="module")
def rebuilt(fonts: Path) -> dict[int, Typeset]:
    return {number: typeset(number, fonts) for number in EDITIONS}


@pytest.mark.parametrize("number", EDITIONS)
def test_committed_pdf_is_what_the_source_makes(number: int, rebuilt: dict[int, Typeset]) -> None:
    assert page_texts(rebuilt[number].pdf) == texts(number), "run `make corpus` and commit what changed"
    assert rebuilt[number].truth == truth(number)


def test_rebuilding_gives_the_same_bytes(fonts: Path, rebuilt: dict[int, Typeset]) -> None:
    assert typeset(2, fonts).pdf == rebuilt[2].pdf


@pytest.mark.parametrize("number", EDITIONS)
def test_each_edition_has_about_forty_pages_of_a4(number: int) -> None:
    pages = reader(number).pages
    assert 36 <= len(pages) <= 46
    assert all(abs(p.mediabox.width - 595.3) < 1 and abs(p.mediabox.height - 841.9) < 1 for p in pages)


@pytest.mark.parametrize("number", EDITIONS)
def test_front_matter_is_roman_and_the_body_arabic(number: int) -> None:
    labels = reader(number).page_labels
    assert labels[:6] == ["i", "ii", "iii", "iv", "v", "vi"]
    assert labels[6:] == [str(n) for n in range(1, len(labels) - 5)]


@pytest.mark.parametrize("number", EDITIONS)
def test_printed_page_numbers_agree_with_the_labels(number: int) -> None:
    for label, text in zip(reader(number).page_labels[1:], texts(number)[1:], strict=True):
        assert text.rstrip().endswith(label)


@pytest.mark.parametrize("number", EDITIONS)
def test_bookmarks_hold_every_annex_and_initiative(number: int) -> None:
    marks = {squeezed(title) for title in outline_titles(number)}
    for annex in truth(number)["annexes"]:
        assert squeezed(f"{annex['label']}: {annex['title']}") in marks
    for title in titles(number):
        assert squeezed(title) in marks


@pytest.mark.parametrize("number", EDITIONS)
def test_cover_says_sample_and_edition(number: int) -> None:
    cover = " ".join(texts(number)[0].split())
    assert "a sample made for this software and not a publication of the alliance" in cover
    assert ("Second edition" if number == 2 else "First edition") in cover


def test_first_edition_has_initiatives_of_many_universities() -> None:
    practices = truth(1)["practices"]
    assert len(practices) >= 24
    assert len({p["institution"] for p in practices if "institution" in p}) >= 8
    assert {p["annex"] for p in practices} == {"Annex 1", "Annex 2", "Annex 3", "Annex 4"}


def test_second_edition_changes_what_it_promises() -> None:
    old, new = titles(1), titles(2)
    listed = json.loads((FOLDER / "changes.json").read_text(encoding="utf-8"))
    assert listed == changes()
    assert [len(listed[k]) for k in ("added", "removed", "renamed", "moved", "rewritten")] == [4, 2, 1, 1, 3]
    came = set(listed["added"]) | {r["to"] for r in listed["renamed"]}
    went = set(listed["removed"]) | {r["from"] for r in listed["renamed"]}
    assert set(new) - set(old) == came
    assert set(old) - set(new) == went
    assert {t for t in set(old) & set(new) if old[t] != new[t]} == {m["title"] for m in listed["moved"]}


def test_only_rewritten_records_read_differently() -> None:
    first = {r["id"]: r for r in selection(1)}
    second = {r["id"]: r for r in selection(2)}
    differing = {i for i in first.keys() & second.keys() if first[i] != second[i]}
    change = read("editions.toml")["second"]
    assert differing == set(change["rewritten"]) | set(change["renamed"]) | set(change["moved"])


@pytest.mark.parametrize("number", EDITIONS)
def test_title_and_fields_stand_on_their_gold_pages(number: int) -> None:
    pages = [letters(text) for text in texts(number)]
    for practice in truth(number)["practices"]:
        first, last = practice["page_start"], practice["page_end"]
        assert first <= last <= first + 2
        assert letters(practice["title"]) in pages[first - 1], practice["title"]
        for label, opening in practice["fields"].items():
            page = practice["field_pages"][label]
            assert first <= page <= last
            assert letters(label) + letters(opening)[:12] in pages[page - 1], (practice["title"], label)


@pytest.mark.parametrize("number", EDITIONS)
def test_annexes_and_tools_stand_on_their_gold_pages(number: int) -> None:
    pages = [squeezed(text) for text in texts(number)]
    for annex in truth(number)["annexes"]:
        assert squeezed(annex["title"]) in pages[annex["page"] - 1]
    for tool in truth(number)["tools"]:
        assert squeezed(tool["name"]) in pages[tool["page"] - 1]
    assert len(truth(number)["tools"]) >= 15


@pytest.mark.parametrize("number", EDITIONS)
def test_no_inferred_lead_is_printed(number: int) -> None:
    known = {f["title"]: f for f in facts()["initiatives"]}
    gold = {p["title"]: p for p in truth(number)["practices"]}
    guessed = 0
    for record in selection(number):
        fact = known[record["facts"]]
        practice = gold[printed(record.get("title", fact["title"]))]
        assert practice.get("institution", "") == printed(fact.get("lead", ""))
        if "lead_inferred" in fact:
            guessed += 1
            assert "institution" not in practice["field_names"].values()
        if "focus_area" not in fact:
            assert "theme" not in practice["field_names"].values()
        if "fields_of_study" not in fact:
            assert "discipline" not in practice["field_names"].values()
    assert guessed >= 8


@pytest.mark.parametrize("number", EDITIONS)
def test_reference_list_names_every_source(number: int) -> None:
    known = facts()
    start = next(n for n, text in enumerate(texts(number)) if text.startswith("References"))
    shown = squeezed("".join(texts(number)[start:]))
    linked = {
        str(annotation.get_object()["/A"].get("/URI", ""))
        for page in reader(number).pages[start:]
        for annotation in page.get("/Annots", ())
    }
    initiatives = {f["title"]: f for f in known["initiatives"]}
    others = {f.get("title") or f["name"]: f for f in known["calls"] + known["tools_and_templates"]}
    tools = read("tools.toml")
    used = [initiatives[r["facts"]] for r in selection(number)]
    used += [others[entry["facts"]] for entry in tools["tool"] + tools["call"]]
    used += [others[name] for name in tools["cited"].values()] + known["universities"]
    for url in {url for fact in used for url in addresses(fact)}:
        assert url in linked
        assert squeezed(url) in shown


def test_facts_of_removed_initiatives_leave_the_reference_list() -> None:
    gone = next(f for f in facts()["initiatives"] if f["title"].startswith("CIVIS Student Council"))
    assert squeezed(gone["source"]) in squeezed("".join(texts(1)))
    assert squeezed(gone["source"]) not in squeezed("".join(texts(2)))


@pytest.mark.parametrize("number", EDITIONS)
def test_handbook_is_as_hard_as_a_real_one(number: int) -> None:
    pages = texts(number)
    whole = "".join(pages)
    assert "\u2011" in whole, "hyphens that do not break"
    assert "\u200b" in whole, "zero-width spaces in addresses"
    assert "\ufffe" in whole, "hyphens at line ends"
    assert sum("CIVIS: Virtual Mobility in Practice" in page for page in pages) >= 10, "running heads"
    for title in titles(number):
        assert squeezed("".join(pages)).count(squeezed(title)) >= 3, "contents, summary and record"
    quote = squeezed("The journey is missing; the encounter is not.")
    assert squeezed(pages[6]).count(quote) == 2, "a pull quote repeats its sentence"
    pictures = [image for page in reader(number).pages for image in page.images]
    assert len(pictures) >= 1


def test_needs_are_answered_by_records_of_the_sample() -> None:
    needs = json.loads((CORPUS / "needs.json").read_text(encoding="utf-8"))
    gold = truth(1)
    known = {
        "practice": {p["title"] for p in gold["practices"]},
        "tool": {t["name"] for t in gold["tools"]},
        "annex": {a["title"] for a in gold["annexes"]},
    }
    assert len(needs["queries"]) >= 24
    assert len({q["id"] for q in needs["queries"]}) == len(needs["queries"])
    styles = {q["style"] for q in needs["queries"]}
    assert styles == {"paraphrase", "keywords", "lookup", "cross-lingual", "none"}
    for query in needs["queries"]:
        assert bool(query["relevant"]) != (query["style"] == "none")
        for judged in (*query["relevant"], *query.get("optional_relevant", ())):
            assert judged["file"] == gold["file"]
            assert judged["title"] in known[judged["kind"]]
            assert judged["grade"] in (1, 2)
    for similar in needs["similar"]:
        assert {similar["title"], *(s["title"] for s in similar["similar"])} <= known["practice"]


def test_needs_that_say_where_or_for_whom_are_halved_to_choose_by_and_to_keep_aside() -> None:
    needs = json.loads((CORPUS / "needs-constraints.json").read_text(encoding="utf-8"))["queries"]
    gold = truth(1)
    known = {part: {one["title"] for one in gold[part]} for part in ("practices", "annexes")}
    known["tools"] = {tool["name"] for tool in gold["tools"]}
    halves = Counter(query["style"] for query in needs)
    assert halves == {"preferred, chosen by": len(needs) // 2, "preferred, kept aside": len(needs) // 2}
    for query in needs:
        assert query["relevant"]
        for judged in query["relevant"]:
            assert judged["title"] in known[f"{judged['kind']}s"], query["id"]


@pytest.mark.parametrize("style", variants())
def test_variant_is_typeset_with_its_labels_and_its_gold(style: str, fonts: Path) -> None:
    look = read("styles.toml")["style"]["edition"] | read("styles.toml")["style"][style]
    word = read("styles.toml")["words"][look["lang"]]["annex"]
    made = typeset(1, fonts, style)
    pdf = pypdf.PdfReader(io.BytesIO(made.pdf))
    pages = [squeezed(text) for text in page_texts(made.pdf)]

    assert bool(pdf.outline) == look["bookmarks"]
    assert (pdf.pages[8].mediabox.width > pdf.pages[8].mediabox.height) == look["flipped"]
    assert len(made.truth["practices"]) == len(truth(1)["practices"])
    for annex in made.truth["annexes"]:
        assert annex["label"].startswith(word)
        assert squeezed(annex["label"]) in pages[annex["page"] - 1]
    for practice in made.truth["practices"]:
        assert squeezed(practice["title"]) in pages[practice["page_start"] - 1]
        for label, page in practice["field_pages"].items():
            assert squeezed(label) in pages[page - 1]
            name = Vocabulary.load().canonical(label)
            assert name in (practice["field_names"][label], MEASURED_AS.get(practice["field_names"][label]))
