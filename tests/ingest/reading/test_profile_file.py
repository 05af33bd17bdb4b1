"""The file of a profile: what it may say, how a mistake in it is named, and its way to the child."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.reading.profile import NEUTRAL, load, of_data, parse
from kb.errors import InputError

# validation


@pytest.mark.parametrize(
    ("text", "key", "remedy"),
    [
        ("practise_level = 1", "practise_level", "did you mean practice_level?"),
        ("password = 'x'", "password", "no such key"),
        ("title = 3", "title", "write it in quotes"),
        ('title = "a\\nb"', "title", "one line"),
        ("practice_level = -1", "practice_level", "write a number from 0"),
        ("practice_level = true", "practice_level", "write a number from 0"),
        ("practice_level = '1'", "practice_level", "kb profile init"),
        ("practice_titles = '('", "practice_titles", "unterminated subpattern"),
        ("practice_titles = 'a{9999999999999999}'", "practice_titles", "no regular expression"),
        ("practice_titles = ['a']", "practice_titles", "between single quotes"),
        ("practice_under = 'Annex'", "practice_under", "give one too"),
        ("annex_tools = 2", "annex_tools", "write it in quotes"),
        ("labels = 'Our aim'", "labels", "write [labels]"),
        ('[labels]\n"Our aim" = "objective"', "'Our aim'", "did you mean objectives?"),
        ('[labels]\n"Our aim" = ["objectives"]', "'Our aim'", "is no field"),
        ('[labels]\n"–" = "objectives"', "'–'", "write it as printed"),
        ('[labels]\n"Our aim" = "objectives"\n"OUR AIM:" = "need"', "'OUR AIM:'", "keep one of them"),
        ("skip_pages = 3", "skip_pages", "write PDF pages counted from 1"),
        ("skip_pages = [0]", "skip_pages", "0 is no range"),
        ('skip_pages = ["5-3"]', "skip_pages", "'5-3' is no range"),
        ('skip_pages = ["iv"]', "skip_pages", "neither a page nor a range"),
        ("skip_pages = [true]", "skip_pages", "neither a page nor a range"),
        ("language = 'greek'", "language", "ISO 639-1"),
        ("ocr_languages = 'el'", "ocr_languages", "not a list"),
        ("ocr_languages = ['Greek']", "ocr_languages", "Tesseract's names"),
        ("practice_level =", "end of document", "mend that line"),
    ],
)
def test_what_cannot_be_names_file_key_and_remedy(text: str, key: str, remedy: str, tmp_path: Path) -> None:
    path = tmp_path / "test.toml"
    path.write_text(text, "utf-8")
    with pytest.raises(InputError) as caught:
        load(path)
    said = str(caught.value)
    assert said.startswith(f"{path}: ")
    assert key in said
    assert remedy in said


def test_a_file_that_is_none_or_no_text_is_said_so(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="kb profile init"):
        load(tmp_path / "missing.toml")
    (tmp_path / "large.toml").write_bytes(b"#" * 100_000)
    with pytest.raises(InputError, match="larger than 64 KiB"):
        load(tmp_path / "large.toml")
    (tmp_path / "odd.toml").write_bytes(b'title = "\xff"')
    with pytest.raises(InputError, match="save it as UTF-8"):
        load(tmp_path / "odd.toml")


def test_a_file_of_a_windows_editor_is_read(tmp_path: Path) -> None:
    (tmp_path / "test.toml").write_bytes(b'\xef\xbb\xbftitle = "A"\r\n')
    assert load(tmp_path / "test.toml").title == "A"


def test_an_empty_profile_states_nothing() -> None:
    assert parse("# nothing\n", "test.toml").is_neutral
    assert NEUTRAL.as_data() == {}


# pages and plain data

numbers = st.integers(1, 300)
ranges = st.tuples(numbers, numbers).map(sorted).map(lambda ends: (ends[0], ends[1]))
items = st.lists(st.one_of(numbers, numbers.map(str), ranges.map(lambda r: f"{r[0]}-{r[1]}")), max_size=8)


@given(items)
def test_pages_are_skipped_as_listed(listed: list[int | str]) -> None:
    wanted: set[int] = set()
    for item in listed:
        first, _, last = str(item).partition("-")
        wanted |= set(range(int(first), int(last or first) + 1))
    found = of_data({"skip_pages": listed}, "test.toml")
    assert {page for page in range(1, 302) if found.skips(page)} == wanted
    assert all(a[1] + 1 < b[0] for a, b in zip(found.skip_pages, found.skip_pages[1:], strict=False))


@given(
    st.builds(
        dict,
        skip_pages=items,
        practice_level=st.integers(0, 9),
        practice_titles=st.sampled_from(["", "^Case", r"\d+\."]),
        annex_tools=st.sampled_from(["", "Annex 2"]),
        labels=st.dictionaries(
            st.sampled_from(["Our aim", "Zielbild"]), st.sampled_from(["need", "objectives"])
        ),
        language=st.sampled_from(["", "el"]),
        ocr_languages=st.lists(st.sampled_from(["el", "eng"])),
    )
)
def test_a_profile_goes_to_the_child_and_comes_back_whole(data: dict[str, Any]) -> None:
    stated = of_data(data, "test.toml")
    assert of_data(stated.as_data(), "the request") == stated
