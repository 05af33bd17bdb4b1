"""What `kb eval` says of each kind of need and each language, and whether a difference may be chance."""

from __future__ import annotations

import re

import pytest

from cli import measuring_prints
from kb.care.against import Against
from kb.measure.chance import shift
from kb.measure.evaluation import AskedIn, Evaluation, Row
from kb.model.reference import Agreement, OtherNeighbour


def printed(found: Evaluation, capsys: pytest.CaptureFixture[str]) -> list[str]:
    measuring_prints.print_evaluation(found, "recall@5")
    return [" ".join(line.split()) for line in capsys.readouterr().out.splitlines()]


@pytest.mark.parametrize(
    ("counts", "said"),
    [
        (((4, 5), (2, 30), (1, 20)), "said rightly 4 of 5, wrongly 2 of 30 (1 of 20 in the same language)"),
        (((4, 5), (2, 20), (2, 20)), "said rightly 4 of 5, wrongly 2 of 20"),
        (((0, 0), (60, 189), (0, 0)), "said wrongly 60 of 189"),
        (((4, 5), (0, 0), (0, 0)), "said rightly 4 of 5"),
        (((0, 0), (0, 0), (0, 0)), None),
    ],
)
def test_nothing_fits_is_told_of_the_needs_that_there_are(
    counts: tuple[tuple[int, int], ...], said: str | None, capsys: pytest.CaptureFixture[str]
) -> None:
    rightly, wrongly, same = counts
    lines = printed(Evaluation((), rightly, wrongly, same), capsys)
    assert [line for line in lines if "nothing fits" in line] == ([f'"nothing fits": {said}'] if said else [])


def test_rows_have_their_intervals_and_languages_their_share(capsys: pytest.CaptureFixture[str]) -> None:
    modes = (("words", 0.5), ("dense", 0.4), ("hybrid", 0.6))
    rows = [Row("all", mode, 9, gain, 0.25, 0.75, 0.5, (gain - 0.1, gain + 0.1)) for mode, gain in modes]
    languages = (AskedIn("de", 9, 0.43, 2, 0.86, 0.5, (0.35, 0.66)), AskedIn("el", 9, 0.2, 3))
    lines = printed(Evaluation(tuple(rows), languages=languages), capsys)
    assert "hybrid 9 0.600 0.50–0.70 0.250 0.750 0.500" in lines
    assert "de 9 0.430 0.860 0.50 0.35–0.66 2" in lines
    assert "el 9 0.200 – – – 3" in lines
    assert "hybrid over the better of words and dense: 1.20" in lines


@pytest.mark.parametrize(
    ("gains", "said"),
    [
        ([0.1] * 20, "higher in the new run, over 20 needs: .* less than once in 100 runs, so it is more"),
        ([-0.1] * 20, "lower in the new run, over 20 needs: .*, so it is more than chance"),
        (
            [0.1, -0.05, 0.0],
            "higher in the new run, over 3 needs: .* in 100 of 100 runs, so it may be chance",
        ),
        ([0.0] * 5, "is the same for each of 5 needs"),
    ],
)
def test_a_difference_is_judged_in_a_sentence(gains: list[float], said: str) -> None:
    one = shift("all", "nDCG@10", [(0.5, 0.5 + gain) for gain in gains])
    assert re.search(said, measuring_prints.verdict(one))


def test_a_model_and_its_reference_are_told_apart_sentence_by_sentence(
    capsys: pytest.CaptureFixture[str],
) -> None:
    other = OtherNeighbour("Where is it?", "Wo ist sie?", "Wo ist es?")
    same = Agreement(64, (), 0.99994, 0.99997, 448, ())
    measuring_prints.print_against(Against("mini", "a/folder", same, True))
    assert capsys.readouterr().out.splitlines() == [
        "ok   mini against a/folder",
        "     tokens      64 of 64 sentences are cut alike",
        "     vectors     cosines are 0.9999 at least, 1.0000 in the mean",
        "     neighbours  0 of 448 are others",
    ]
    parted = Agreement(64, ("Is it here?",), 0.5, 0.6, 448, (other,))
    measuring_prints.print_against(Against("mini", "a/folder", parted, False))
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "fail mini against a/folder"
    assert lines[3:6] == [
        "     neighbours  1 of 448 are others",
        "     cut otherwise: Is it here?",
        "     nearest to Where is it?: here Wo ist sie?, there Wo ist es?",
    ]
    assert lines[6].startswith("     do: get the published model again")
