"""Words that stand in a regular expression: sorted by their first letters, they fit as they would one after another."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from kb.words import cues

WORDS = (
    "Tool",
    "tool",
    "tools",
    "toolbox",
    "Übung",
    "übung",
    "ß",
    "*app",
    "app",
    "apps",
    "{no }map",
    "use … map",
)
TEXTS = st.lists(
    st.sampled_from(
        ("tool", "Tools", "TOOLBOX", "Übung", "ß", "webapp", "apps", "no map", "use", "of", "map", ":")
    ),
    max_size=8,
).map(" ".join)


@given(st.sets(st.sampled_from(WORDS), min_size=1), TEXTS, st.sampled_from((re.NOFLAG, re.IGNORECASE)))
def test_a_choice_takes_the_word_that_comes_first_in_the_list(
    words: set[str], text: str, flags: re.RegexFlag
) -> None:
    held = cues.Cues({"some": tuple(sorted(words))})
    one_by_one = "|".join(cues._expression(word) for word in held.words("some"))
    for after in ("", r"(?!\w)"):
        found = [m.span() for m in re.finditer(held.choice("some") + after, text, flags)]
        assert found == [m.span() for m in re.finditer(f"(?:{one_by_one}){after}", text, flags)]
