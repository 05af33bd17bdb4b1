from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from ingest.parts.asides import at_commas, without_asides

TEXTS = st.text("ab ,()[]\n\t", max_size=30)


@given(TEXTS)
def test_what_stands_in_brackets_goes_as_an_expression_says(text: str) -> None:
    assert without_asides(text) == re.sub(r"\s*\([^)]*\)", "", text)
    assert without_asides(text, "()[]") == re.sub(r"\s*\([^)]*\)|\s*\[[^\]]*\]", "", text)


@given(TEXTS)
def test_commas_in_brackets_cut_nothing(text: str) -> None:
    assert at_commas(text) == re.split(r",(?![^(]*\))", text)


def test_an_aside_goes_with_the_spaces_before_it_and_one_left_open_stays() -> None:
    assert without_asides("Padlet (a board) and Miro (") == "Padlet and Miro ("
