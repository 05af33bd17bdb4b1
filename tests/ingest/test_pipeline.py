"""The whole way from a PDF to a served edition."""

from __future__ import annotations

from pathlib import Path

import pytest

from ingest import pipeline
from kb.editions.differences import Plan
from kb.errors import ParseError
from kb.records import Kind
from kb.said import Flaw
from kb.search.library import Library
from kb.search.query import Query
from kb.settings import Settings
from kb.store.store import Store
from tests.factories import FakeEncoder, answer
from tests.pdfs import handbook_pdf


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """An empty library, and an encoder that needs no model."""
    monkeypatch.setattr(pipeline, "load_encoder", lambda _: FakeEncoder())
    return Settings(data=tmp_path / "library")


def open_library(settings: Settings) -> Library:
    return Library.open(settings, FakeEncoder())


def tree(folder: Path) -> dict[str, int]:
    return {str(p.relative_to(folder)): p.stat().st_mtime_ns for p in folder.rglob("*") if p.is_file()}


def test_a_handbook_is_stored_indexed_and_found(settings: Settings) -> None:
    report = pipeline.ingest(settings, handbook_pdf(practices=3), name="small.pdf")
    assert (report.status, report.edition, report.practices) == ("new", 1, 3)
    with open_library(settings) as library:
        (handbook,) = library.snapshot().handbooks
        practice = next(r for r in library.snapshot().records(handbook.id) if r.kind == Kind.PRACTICE)
        results = answer(library, Query(practice.title))
        assert results.hits[0].record == practice


def test_what_is_amiss_is_kept_with_the_edition_by_the_ids_of_its_records(settings: Settings) -> None:
    data = b"a stray line\n" + handbook_pdf(practices=9)  # whose ninth practice bears the name of the first
    shown: list[Plan] = []

    def seen(plan: Plan) -> bool:
        shown.append(plan)
        return True

    report = pipeline.ingest(settings, data, name="odd.pdf", confirm=seen)
    with Store.open(settings.data) as store:
        edition = store.edition(report.handbook)
        twins = [r for r in store.records(report.handbook, 1) if r.title == "Practice Birch exchange"]
    assert [(c.flaw, c.record, c.pages) for c in edition.caveats] == [
        *((Flaw.TWICE, twin.id, (twin.page_start,)) for twin in twins),
        (Flaw.JUNK, "", ()),
    ]
    assert len({twin.id for twin in twins}) == len(twins) == 2
    assert shown[0].caveats == report.caveats == edition.caveats


def test_the_same_file_again_is_unchanged_and_writes_nothing(settings: Settings) -> None:
    pipeline.ingest(settings, handbook_pdf(), name="small.pdf")
    before = {k: v for k, v in tree(settings.data).items() if not k.endswith(("-shm", "-wal", ".lock"))}
    report = pipeline.ingest(settings, handbook_pdf(), name="another-name.pdf")
    assert report.status == "unchanged"
    assert {
        k: v for k, v in tree(settings.data).items() if not k.endswith(("-shm", "-wal", ".lock"))
    } == before


def test_a_newer_file_of_the_same_title_is_the_next_edition_with_the_same_addresses(
    settings: Settings,
) -> None:
    first = pipeline.ingest(settings, handbook_pdf(practices=3), name="small.pdf")
    with open_library(settings) as library:
        before = {r.title: r.id for r in library.snapshot().records(first.handbook)}
        second = pipeline.ingest(
            settings, handbook_pdf(practices=4, note="Printed again."), name="small-2.pdf"
        )
        assert (second.status, second.handbook, second.edition) == ("edition", first.handbook, 2)
        after = {r.title: r.id for r in library.snapshot().records(first.handbook)}
    assert before.items() <= after.items()
    assert second.changes is not None
    assert len([t for _, t in second.changes.added]) >= 1
    assert second.changes.removed == ()


def test_a_named_handbook_takes_the_file_whatever_its_title(settings: Settings) -> None:
    first = pipeline.ingest(settings, handbook_pdf(title="Blue Book"), name="a.pdf")
    second = pipeline.ingest(settings, handbook_pdf(title="Red Book"), name="b.pdf", handbook=first.handbook)
    assert (second.handbook, second.edition) == (first.handbook, 2)


def test_another_title_is_another_handbook(settings: Settings) -> None:
    pipeline.ingest(settings, handbook_pdf(title="Blue Book"), name="a.pdf")
    pipeline.ingest(settings, handbook_pdf(title="Red Harvest of Ideas"), name="b.pdf")
    with open_library(settings) as library:
        assert len(library.snapshot().handbooks) == 2


def test_a_file_that_cannot_be_read_leaves_the_library_as_it_was(settings: Settings) -> None:
    pipeline.ingest(settings, handbook_pdf(), name="small.pdf")
    with open_library(settings) as library:
        before = library.snapshot().records(library.snapshot().handbooks[0].id)
        with pytest.raises(ParseError, match=r"bad\.pdf"):
            pipeline.ingest(settings, b"%PDF-1.7 and no more", name="bad.pdf")
        assert library.snapshot().records(library.snapshot().handbooks[0].id) == before


def test_every_stage_is_told(settings: Settings) -> None:
    told: list[str] = []
    pipeline.ingest(settings, handbook_pdf(), name="small.pdf", progress=lambda stage, *_: told.append(stage))
    assert list(dict.fromkeys(told)) == [
        "fetch",
        "read",
        "layout",
        "extract",
        "model",
        "store",
        "embed",
        "index",
    ]


def test_tools_are_linked_to_the_practices_that_name_them(settings: Settings) -> None:
    pipeline.ingest(settings, handbook_pdf(note="The class met on Zoom."), name="small.pdf")
    with open_library(settings) as library:
        records = library.snapshot().records(library.snapshot().handbooks[0].id)
        zoom = next((r for r in records if r.kind == Kind.TOOL and r.title == "Zoom"), None)
        assert zoom is not None
        assert all(zoom.id in r.tools for r in records if r.kind == Kind.PRACTICE and "Zoom" in r.text)
