from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from kb.errors import InputError
from kb.measure.collection import Collection, evaluate_collection, language_of, means_over
from kb.measure.evaluation import evaluate_needs
from kb.measure.needs_file import Judged, Named, grades, is_same
from kb.search.library import Library
from kb.search.query import Mode
from kb.settings import Settings
from kb.words import tokens
from tests.factories import FakeEncoder

NEEDS: dict[str, Any] = {
    "pool": ["one.pdf"],
    "queries": [
        {
            "id": "q1",
            "text": "pendulums at home",
            "style": "keywords",
            "relevant": [{"file": "one.pdf", "kind": "practice", "title": "Physics from Home!", "grade": 2}],
            "optional_relevant": [{"file": "one.pdf", "title": "The open garden", "grade": 1}],
        },
        {
            "id": "q2",
            "text": "Prüfungen mündlich",
            "style": "cross-lingual",
            "relevant": [{"file": "one.pdf", "title": "Virtual Law Week", "grade": 2}],
        },
        {"id": "q3", "text": "zebra", "style": "none", "relevant": []},
    ],
    "similar": [
        {
            "file": "one.pdf",
            "title": "Virtual Law Week",
            "similar": [{"file": "one.pdf", "title": "Physics from home", "grade": 2}],
        }
    ],
}


def write(path: Path, content: object) -> Path:
    path.write_text(json.dumps(content), encoding="utf-8")
    return path


def test_needs_are_scored_by_style_and_mode(library: Library, tmp_path: Path) -> None:
    found = evaluate_needs(library, write(tmp_path / "needs.json", NEEDS))
    assert [(row.style, row.mode) for row in found.rows] == [
        (style, mode)
        for style in ("cross-lingual", "keywords", "same language", "all")
        for mode in (Mode.WORDS, Mode.DENSE, Mode.HYBRID)
    ]
    by_key = {(row.style, row.mode): row for row in found.rows}
    best = by_key["keywords", Mode.HYBRID]
    assert (best.count, best.ndcg, best.hit_at_1, best.recall, best.mrr) == (1, 1, 1, 1, 1)
    assert by_key["all", Mode.HYBRID].count == 2
    assert found.none_rightly == (1, 1)
    assert found.none_wrongly_same_language == (0, 1)
    assert found.similar_count == 1
    assert found.unknown == ()


def test_run_file_is_what_the_scorer_reads(library: Library, tmp_path: Path) -> None:
    run = tmp_path / "run.jsonl"
    evaluate_needs(library, write(tmp_path / "needs.json", NEEDS), run)
    lines = [json.loads(line) for line in run.read_text(encoding="utf-8").splitlines()]
    assert [line.get("id") for line in lines] == ["q1", "q2", "q3", None]
    assert lines[0]["results"][0] | {"score": 0} == {
        "file": "one.pdf",
        "kind": "practice",
        "title": "Physics from home",
        "score": 0,
    }
    assert [line["no_match"] for line in lines[:3]] == [False, lines[1]["no_match"], True]
    assert lines[3]["similar_to"] == {"file": "one.pdf", "title": "Virtual Law Week"}
    assert all(len(line["results"]) <= 10 for line in lines)


def test_only_the_pool_is_searched(library: Library, tmp_path: Path) -> None:
    run = tmp_path / "run.jsonl"
    evaluate_needs(library, write(tmp_path / "needs.json", NEEDS), run)
    assert '"two.pdf"' not in run.read_text(encoding="utf-8")


def test_judged_record_that_is_not_in_the_library_is_named(library: Library, tmp_path: Path) -> None:
    lost = {"file": "one.pdf", "title": "Lost", "grade": 1}
    queries = [{"id": "x", "text": "beans", "style": "lookup", "relevant": [lost]}]
    found = evaluate_needs(library, write(tmp_path / "needs.json", {"queries": queries}))
    assert found.unknown == ("one.pdf: Lost",)
    assert found.similar_ndcg is None


@pytest.mark.parametrize("content", ["no json", "[]", '{"queries": [{"id": 1}]}', None])
def test_needs_file_that_is_none_is_refused(library: Library, tmp_path: Path, content: str | None) -> None:
    path = tmp_path / "needs.json"
    if content is not None:
        path.write_text(content)
    with pytest.raises(InputError, match=r"needs\.json"):
        evaluate_needs(library, path)


def test_pool_that_is_not_ingested_is_refused(library: Library, tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"ingest other\.pdf"):
        evaluate_needs(library, write(tmp_path / "needs.json", {**NEEDS, "pool": ["other.pdf"]}))


def test_grades_count_a_judged_answer_once_and_leave_optional_ones_out() -> None:
    judged = [Judged(file="a", title="One thing", grade=2)]
    optional = [Named(file="a", title="Another matter")]
    titles = ["Another matter", "one thing.", "One  thing", "Else"]
    assert grades([Named(file="a", title=t) for t in titles], judged, optional) == [2, 0, 0]


def test_an_answer_of_the_very_title_is_not_taken_for_one_much_like_it() -> None:
    """As a course of 2023, judged, beside that of 2022, optional: it was dropped for the other."""
    course = "Language contact, multilingualism and minorities ({})"
    judged = [Judged(file="a", title=course.format(2023), grade=2)]
    optional = [Named(file="a", title=course.format(2022))]
    both = [Named(file="a", title=course.format(year)) for year in (2022, 2023)]
    assert grades(both[1:], judged, optional) == [2]
    assert grades(both, judged, optional) == [2]
    assert grades(both, judged) == [0, 2]
    assert grades(both[:1], judged) == [2]


@pytest.mark.parametrize(
    ("answer", "is_it"),
    [
        (Named(file="a", title="Fund systems, not monoliths!"), True),
        (Named(file="a", title="Fund system, not monolith"), True),
        (Named(file="b", title="Fund systems, not monoliths"), False),
        (Named(file="a", kind="tool", title="Fund systems, not monoliths"), False),
        (Named(file="a", kind="annex", title="Fund systems, not monoliths"), True),
        (Named(file="a", title="Limit contract sizes"), False),
    ],
)
def test_titles_are_compared_without_case_and_marks(answer: Named, is_it: bool) -> None:
    judged = Named(file="a", kind="practice", title="Fund systems, not monoliths")
    assert is_same(answer, judged) == is_it


@pytest.fixture
def collection(tmp_path: Path) -> Path:
    folder = tmp_path / "beans"
    (folder / "qrels").mkdir(parents=True)
    documents = [
        {"_id": "d1", "title": "Pendulums", "text": "Students measure pendulums at home."},
        {"_id": "d2", "title": "", "text": "Neighbours grow beans on the roof. " * 30},
        {"_id": "d3", "title": "Nothing", "text": ""},
        {"_id": "d4", "title": "", "text": " "},
    ]
    queries = [{"_id": "q1", "text": "neighbours grow beans"}, {"_id": "q2", "text": "not judged"}]
    for name, lines in (("corpus", documents), ("queries", queries)):
        (folder / f"{name}.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))
    (folder / "qrels" / "test.tsv").write_text("query-id\tcorpus-id\tscore\nq1\td2\t1\nq1\td1\t0\n")
    return folder


def test_collection_is_answered_through_the_product(collection: Path, tmp_path: Path) -> None:
    found = evaluate_collection(collection, Settings(tmp_path / "unused"), FakeEncoder())
    assert [(row.mode, row.count, row.ndcg, row.recall) for row in found.rows] == [
        (mode, 1, 1.0, 1.0) for mode in (Mode.WORDS, Mode.DENSE, Mode.HYBRID)
    ]
    assert not (tmp_path / "unused").exists()
    words = evaluate_collection(collection, Settings(tmp_path / "unused"), None)
    assert [row.mode for row in words.rows] == [Mode.WORDS]


def test_a_document_without_a_title_has_no_word_twice(collection: Path) -> None:
    titled, untitled, bare = Collection.read(collection).records
    assert (titled.title, bare.title) == ("Pendulums", "Nothing")
    assert not tokens(untitled.title)
    assert untitled.text == ("Neighbours grow beans on the roof. " * 30).strip()


def test_questions_of_another_folder_ask_the_same_documents(collection: Path, tmp_path: Path) -> None:
    german = tmp_path / "bohnen"
    german.mkdir()
    (german / "queries.jsonl").write_text(json.dumps({"_id": "q1", "text": "beans pendulums"}))
    read = Collection.read(collection, german)
    assert (read.name, read.queries) == ("beans by bohnen", (("q1", "beans pendulums"),))
    found = evaluate_collection(collection, Settings(tmp_path), None, queries=german)
    assert found.rows[0].count == 1
    (german / "queries.jsonl").write_text(json.dumps({"_id": "other", "text": "beans"}))
    with pytest.raises(InputError, match=r"bohnen.queries\.jsonl: none of its queries is judged"):
        Collection.read(collection, german)


def test_collections_have_a_mean_together(collection: Path, tmp_path: Path) -> None:
    found = evaluate_collection(collection, Settings(tmp_path), FakeEncoder(), run=tmp_path / "run.jsonl")
    assert found.over_better_leg == 1
    assert means_over([found, found]) == {"words": 1, "dense": 1, "hybrid": 1, "over_better_leg": 1}
    (line,) = [json.loads(line) for line in (tmp_path / "run.jsonl").read_text().splitlines()]
    assert line["results"][0]["id"] == "d2"
    assert line["measures"] == {"nDCG@10": 1, "hit@1": 1, "recall@100": 1, "MRR": 1}


@pytest.mark.parametrize("name", ["corpus.jsonl", "queries.jsonl", "qrels/test.tsv"])
@pytest.mark.parametrize("content", [None, "nonsense\n"])
def test_collection_that_is_incomplete_is_refused(collection: Path, name: str, content: str | None) -> None:
    (collection / name).unlink()
    if content:
        (collection / name).write_text(content)
    with pytest.raises(InputError, match=name.rsplit("/", maxsplit=1)[-1].replace(".", r"\.")):
        evaluate_collection(collection, Settings(collection), FakeEncoder())


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("What is the cost of this, and who pays for it?", "en"),
        ("Wie verhindern wir, dass unsere Behörde von einer Firma abhängig wird?", "de"),
        ("Πώς μπορούμε να δώσουμε κάτι χρήσιμο στους χρήστες;", "el"),
        ("Cine din instituție ar trebui să verifice calitatea?", "ro"),
        ("12345", "en"),
    ],
)
def test_language_is_told_by_its_function_words(text: str, language: str) -> None:
    assert language_of([text]) == language
