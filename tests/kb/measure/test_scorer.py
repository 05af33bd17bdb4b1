"""Our figures are those of the shared scorer, which reads the run that we write."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from kb.errors import InputError
from kb.measure.evaluation import Evaluation, evaluate_needs
from kb.search.library import Library
from tests.kb.measure.test_evaluate import write
from tests.shared import SCORE, needs_scorers

ROW = re.compile(r"^(\S.*?) +n=(\d+) +nDCG@10 (\S+) +hit@1 (\S+) +recall@5 (\S+) +MRR (\S+)$")
TITLES = ("Physics from home", "Virtual Law Week")
TEXTS = {
    "en": "pendulums at home",
    "de": "Pendel zuhause",
    "fr": "des jardins ouverts",
    "sv": "juridik i veckan",
}


def need(name: str, lang: str, *titles: str, **more: Any) -> dict[str, Any]:
    relevant = [{"file": "one.pdf", "title": title, "grade": 2 - place} for place, title in enumerate(titles)]
    style = "none" if not titles else "keywords" if lang == "en" else "cross-lingual"
    made = {"id": name, "text": TEXTS[lang], "style": style, "relevant": relevant, "lang": lang}
    return {**made, **more}


ENGLISH = {"queries": [need("d1", "en", *TITLES), need("d2", "en", TITLES[1]), need("d3", "en")]}
LANGUAGES = {
    "queries": [
        need(f"d{n}-{code}", code, *titles, language=code, english=f"d{n}")
        for n, titles in ((1, TITLES), (2, TITLES[1:]))
        for code in ("de", "fr", "sv")
    ],
    "similar": [
        {
            "file": "one.pdf",
            "title": TITLES[1],
            "similar": [{"file": "one.pdf", "title": TITLES[0], "grade": 1}],
        }
    ],
}


def theirs(needs: Path, run: Path) -> tuple[dict[str, tuple[str, ...]], str]:
    command = [sys.executable, str(SCORE / "score_search.py"), str(needs), str(run)]
    said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    found = [match.groups() for line in said.splitlines() if (match := ROW.match(line))]
    return {row[0]: row[1:] for row in found}, said


def ours(found: Evaluation) -> dict[str, tuple[str, ...]]:
    return {
        row.style: (str(row.count), *(f"{one:.3f}" for one in (row.ndcg, row.hit_at_1, row.recall, row.mrr)))
        for row in found.rows
        if row.mode == "hybrid"
    }


@needs_scorers
@pytest.mark.parametrize("held", [ENGLISH, LANGUAGES], ids=["english", "languages"])
def test_figures_are_those_of_the_shared_scorer(
    library: Library, tmp_path: Path, held: dict[str, Any]
) -> None:
    needs, run = write(tmp_path / "needs.json", held), tmp_path / "run.jsonl"
    found = evaluate_needs(library, needs, run)
    rows, said = theirs(needs, run)
    assert rows == {style: figures for style, figures in ours(found).items() if style in rows}
    assert set(ours(found)) - set(rows) == set()
    rightly, wrongly = found.none_rightly, found.none_wrongly
    assert (
        f"said so on {rightly[0]} of {rightly[1]} needs that nothing answers, wrongly on {wrongly[0]} of {wrongly[1]}"
        in said
    )
    if found.similar_ndcg is not None:
        assert f"similar       n=1    nDCG@5 {found.similar_ndcg:.3f}" in said


def test_each_language_is_a_share_of_the_same_needs_in_english(library: Library, tmp_path: Path) -> None:
    english = write(tmp_path / "english.json", ENGLISH)
    found = evaluate_needs(library, write(tmp_path / "languages.json", LANGUAGES), english=english)
    whole = evaluate_needs(library, english).ndcg("hybrid", "keywords")
    assert [(one.language, one.count) for one in found.languages] == [("de", 2), ("fr", 2), ("sv", 2)]
    for one in found.languages:
        assert one.english == pytest.approx(whole)
        assert one.ndcg == pytest.approx(found.ndcg("hybrid", f"language {one.language}"))
        assert one.share == pytest.approx(one.ndcg / whole)
        assert one.interval is not None
        assert one.interval[0] <= one.ndcg / whole <= one.interval[1]
    assert sum(one.none_wrongly for one in found.languages) == found.none_wrongly[0]


def test_needs_in_english_may_stand_in_the_same_file_or_be_unknown(library: Library, tmp_path: Path) -> None:
    both = {"queries": [*ENGLISH["queries"], *LANGUAGES["queries"]]}
    found = evaluate_needs(library, write(tmp_path / "both.json", both))
    assert [one.language for one in found.languages] == ["de", "en", "fr", "sv"]
    assert [one.share is None for one in found.languages] == [False, True, False, False]
    alone = evaluate_needs(library, write(tmp_path / "alone.json", LANGUAGES))
    assert {(one.share, one.english, one.interval) for one in alone.languages} == {(None, None, None)}


def test_a_file_that_lacks_the_needs_in_english_is_refused(library: Library, tmp_path: Path) -> None:
    other = write(tmp_path / "other.json", {"queries": [need("d1", "en", *TITLES), need("d2", "en")]})
    with pytest.raises(InputError, match=r"other\.json: has no answered need d2"):
        evaluate_needs(library, write(tmp_path / "languages.json", LANGUAGES), english=other)


def test_one_language_makes_no_row_of_its_own(library: Library, tmp_path: Path) -> None:
    found = evaluate_needs(library, write(tmp_path / "english.json", ENGLISH))
    assert {row.style for row in found.rows} == {"keywords", "same language", "all"}
    assert found.languages == ()
