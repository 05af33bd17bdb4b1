"""The map: the same in every process, for any number of records, its regions named by their words."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from pathlib import Path

import numpy as np
import pytest

from kb.index import generation as index
from kb.map import Maps, projection
from kb.map import atlas as maps
from kb.records import Kind
from kb.search.catalogue import Catalog
from kb.search.library import Library
from kb.settings import Settings
from kb.store.store import Store
from kb.words import stems
from tests.factories import FakeEncoder, a_field, a_record, stage
from web.pages import outlines as labels

WORDS = {
    "music": "violin orchestra concert melody",
    "water": "river lake flood harbour",
    "law": "court judge treaty verdict",
}


def a_library(folder: Path, count: int, has_vectors: bool = True) -> Library:
    """A library of so many practices, each about music, water or law in turn."""
    subjects = list(WORDS)
    records = [
        a_record(f"r-{n}", f"Practice {n}", f"{WORDS[subjects[n % 3]]} {subjects[n % 3]} number{n}")
        for n in range(count)
    ]
    encoder = FakeEncoder() if has_vectors else None
    with Store.open(folder) as store:
        stage(store, records)
        store.publish({"handbook": 1}, index.build(store, {"handbook": 1}, encoder))
    (folder / "no-model").mkdir()
    return Library.open(Settings(folder, model=str(folder / "no-model")), encoder)


def a_map(library: Library) -> maps.Atlas | None:
    return Maps(library.store.folder / "cache" / "maps").of(library.snapshot())


def drawn(folder: Path, count: int, has_vectors: bool = True) -> maps.Atlas:
    with a_library(folder, count, has_vectors) as library:
        found = a_map(library)
    assert found is not None
    return found


@pytest.mark.parametrize("has_vectors", [True, False], ids=["vectors", "words only"])
@pytest.mark.parametrize("count", [1, 2, 3, 9, 40])
def test_every_record_has_a_place_of_its_own_on_the_map(
    tmp_path: Path, count: int, has_vectors: bool
) -> None:
    found = drawn(tmp_path, count, has_vectors)
    assert found.is_by_meaning is has_vectors
    assert [point.record for point in found.points] == [f"r-{n}" for n in range(count)]
    assert all(0 <= point.x <= 1 and 0 <= point.y <= 1 for point in found.points)
    assert len({(point.x, point.y) for point in found.points}) == count
    assert sum(region.count for region in found.regions) == count


@pytest.mark.parametrize("has_vectors", [True, False], ids=["vectors", "words only"])
def test_like_records_lie_together_and_their_region_is_named_by_what_they_share(
    tmp_path: Path, has_vectors: bool
) -> None:
    found = drawn(tmp_path, 30, has_vectors)
    subjects = list(WORDS)
    for number, region in enumerate(found.regions):
        inside = {subjects[int(p.record[2:]) % 3] for p in found.points if p.region == number}
        assert len(inside) == 1
        subject = inside.pop()
        assert region.words
        assert set(region.words) <= {subject, *WORDS[subject].split()}
    assert len(found.regions) >= 3


def test_records_of_one_text_are_set_apart_and_make_one_region() -> None:
    laid = projection.places(np.ones((12, 4), dtype=np.float32))
    assert len(np.unique(laid.round(4), axis=0)) == 12
    assert np.ptp(laid, axis=0).max() < 0.5


def test_another_process_draws_the_same_map(tmp_path: Path) -> None:
    here = drawn(tmp_path, 25)
    (path,) = (tmp_path / "cache" / "maps").glob("*.json")
    path.unlink()
    code = (
        "import sys; from pathlib import Path; from kb.map import Maps; from kb.search import Library;"
        "from kb.settings import Settings;"
        "from tests.factories import FakeEncoder; folder = Path(sys.argv[1]);"
        "library = Library.open(Settings(folder, model=str(folder / 'no-model')), FakeEncoder());"
        "Maps(folder / 'cache' / 'maps').of(library.snapshot())"
    )
    threads = {"OMP_NUM_THREADS": "4", "PYTHONHASHSEED": "7"}
    subprocess.run([sys.executable, "-c", code, str(tmp_path)], check=True, env={**os.environ, **threads})
    there = json.loads(path.read_text("utf-8"))
    assert [(p["x"], p["y"], p["region"]) for p in there["points"]] == [
        (p.x, p.y, p.region) for p in here.points
    ]
    assert [tuple(region["words"]) for region in there["regions"]] == [
        region.words for region in here.regions
    ]


def test_map_is_drawn_once_a_generation_and_a_damaged_file_is_drawn_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    times: list[str] = []
    draw = maps.atlas

    def counted(catalog: Catalog, before: maps.Atlas | None) -> maps.Atlas:
        times.append(catalog.generation.name)
        return draw(catalog, before)

    monkeypatch.setattr(maps, "atlas", counted)
    with a_library(tmp_path, 9) as library:
        library.snapshot().records("handbook")
        drawing, served = Maps(tmp_path / "cache" / "maps"), library.snapshot()
        threads = [threading.Thread(target=drawing.of, args=(served,)) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        first = drawing.of(served)
    assert len(times) == 1
    again = Settings(tmp_path, model=str(tmp_path / "no-model"))
    with Library.open(again, FakeEncoder()) as library:
        assert a_map(library) == first
    assert len(times) == 1
    (path,) = (tmp_path / "cache" / "maps").glob("*.json")
    path.write_text("{", "utf-8")
    with Library.open(again, FakeEncoder()) as library:
        assert a_map(library) == first
    assert len(times) == 2


def test_map_of_a_new_generation_replaces_the_one_before(tmp_path: Path) -> None:
    with a_library(tmp_path, 9) as library:
        a_map(library)
        with Store.open(tmp_path) as store:
            stage(store, [a_record("only", "The only one")], number=2, pdf=b"%PDF-2")
            store.publish({"handbook": 2}, index.build(store, {"handbook": 2}, FakeEncoder()))
        found = a_map(library)
    assert found is not None
    assert [point.record for point in found.points] == ["only"]
    assert len(list((tmp_path / "cache" / "maps").glob("*.json"))) == 1


@pytest.mark.parametrize("seed", range(3))
def test_a_map_drawn_after_another_leaves_what_both_have_about_where_it_was(seed: int) -> None:
    random = np.random.default_rng(seed)
    middles = random.normal(size=(5, 12))
    rows = np.concatenate([one + 0.4 * random.normal(size=(14, 12)) for one in middles]).astype(np.float32)
    kept = np.sort(random.permutation(len(rows))[: len(rows) - 8])
    before = projection.places(rows[kept])
    known = np.full((len(rows), 2), np.nan)
    known[kept] = before
    anchored, anew = projection.places(rows, known), projection.places(rows)

    def moved(laid: projection.Positions) -> float:
        return float(np.linalg.norm(laid[kept] - before, axis=1).mean())

    assert moved(anchored) < 0.25
    assert moved(anchored) < moved(anew)
    assert anchored.min() >= 0
    assert anchored.max() <= 1
    own = np.repeat(np.arange(5), 14)  # groups still lie together, new ones among theirs
    nearest = np.argsort(np.linalg.norm(anchored[:, None] - anchored[None], axis=2), axis=1)[:, 1:4]
    assert (own[nearest] == own[:, None]).mean() > 0.9


def test_a_map_with_hardly_anything_known_is_drawn_anew_and_turned_to_fit() -> None:
    rows = np.random.default_rng(1).normal(size=(20, 6)).astype(np.float32)
    nothing = np.full((20, 2), np.nan)
    assert np.array_equal(projection.places(rows, nothing), projection.places(rows))
    mirrored = projection.places(rows)[:, ::-1]
    few = nothing.copy()
    few[:6] = mirrored[:6]
    laid = projection.places(rows, few)
    plain = projection.places(rows)
    assert np.linalg.norm(laid[:6] - few[:6]) < np.linalg.norm(plain[:6] - few[:6])


def test_addresses_and_names_of_files_name_no_region() -> None:
    text = (
        "See https://example.org/harbour/plan.pdf, www.example.org or ann@harbour.example; open lake.docx, a PDF. "
        "River floods.Then the river."
    )
    forms = {key.partition(" ")[2] for key in maps._counted(text, "en")}
    assert {"river", "floods"} <= {form.lower() for form in forms}
    assert forms.isdisjoint(
        {"example", "org", "harbour", "https", "www", "pdf", "PDF", "docx", "lake", "plan"}
    )


def test_empty_library_has_no_map_and_sections_are_on_none(tmp_path: Path) -> None:
    with Store.open(tmp_path / "empty"):
        pass
    with Library.open(Settings(tmp_path / "empty"), FakeEncoder()) as library:
        assert a_map(library) is None
    with Store.open(tmp_path / "one") as store:
        stage(store, [a_record("part", "Only a part", kind=Kind.SECTION)])
        store.publish({"handbook": 1}, index.build(store, {"handbook": 1}, FakeEncoder()))
    with Library.open(Settings(tmp_path / "one"), FakeEncoder()) as library:
        assert a_map(library) == maps.Atlas(library.store.generation(), True, (), ())


def test_a_region_is_named_in_words_as_printed_without_stop_words_and_labels(tmp_path: Path) -> None:
    texts = ("Die Prüfungen der Hochschule", "Eine Prüfung an jeder Hochschule", "Über Prüfungen")
    records = [
        a_record(f"r-{n}", f"Nummer{n}", language="de", fields=(a_field("Ziele", text),))
        for n, text in enumerate(texts)
    ]
    with Store.open(tmp_path) as store:
        stage(store, records)
        store.publish({"handbook": 1}, index.build(store, {"handbook": 1}, FakeEncoder()))
    with Library.open(Settings(tmp_path), FakeEncoder()) as library:
        found = a_map(library)
    assert found is not None
    assert found.regions == (maps.Region(("Prüfungen", "Hochschule"), 3),)


def test_telling_words_are_cut_as_the_index_cuts_them_and_keep_their_printed_form() -> None:
    assert list(stems.telling("The Courses of the universities", "en")) == [
        ("cours", "Courses"),
        ("universiti", "universities"),
    ]
    assert [form for _, form in stems.telling("To jest Kurs", "pl")] == ["To", "jest", "Kurs"]


def test_outline_holds_every_place_and_turns_one_way() -> None:
    places = [(0.0, 0.0), (4.0, 0.0), (4.0, 3.0), (0.0, 3.0), (2.0, 1.0), (2.0, 0.0)]
    assert labels.outline(places) == ((0.0, 0.0), (4.0, 0.0), (4.0, 3.0), (0.0, 3.0))
    assert labels.outline([(1.0, 2.0), (1.0, 2.0)]) == ((1.0, 2.0),)


@pytest.mark.parametrize("seed", range(6))
def test_names_cover_neither_each_other_nor_the_edge(seed: int) -> None:
    draw = np.random.default_rng(seed)
    middles = draw.uniform(10, 90, (12, 2))
    regions = tuple(
        tuple((float(x), float(y)) for x, y in np.clip(middle + draw.normal(0, 4, (15, 2)), 5, 95))
        for middle in middles
    )
    names = tuple("number words here" + "s" * int(n) for n in draw.integers(0, 14, 12))
    found = labels.name_places(names, regions)
    boxes = [
        (
            x * labels.WIDTH / 100 - len(name) * labels.LETTER / 2,
            y * labels.HEIGHT / 100 - labels.LINE / 2,
            x * labels.WIDTH / 100 + len(name) * labels.LETTER / 2,
            y * labels.HEIGHT / 100 + labels.LINE / 2,
        )
        for name, (x, y) in zip(names, found, strict=True)
    ]
    assert all(x0 >= 0 and y0 >= 0 and x1 <= labels.WIDTH and y1 <= labels.HEIGHT for x0, y0, x1, y1 in boxes)
    for number, (x0, y0, x1, y1) in enumerate(boxes):
        for left, top, right, bottom in boxes[:number]:
            slack = 0.2  # places are rounded to a hundredth of a percent
            assert x1 <= left + slack or right <= x0 + slack or y1 <= top + slack or bottom <= y0 + slack
