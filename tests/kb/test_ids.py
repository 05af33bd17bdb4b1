"""Ids that are made of parts: as text and back."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.care.sheet import About, ItemId
from kb.errors import ModelError, NotFoundError
from kb.model.encoder import ModelId

TEXTS = st.text(min_size=1, max_size=20)
SLUGS = st.from_regex(r"[a-z0-9]+(-[a-z0-9]+)*", fullmatch=True)
MODELS = st.one_of(
    st.builds(ModelId, TEXTS, TEXTS.filter(lambda text: "@" not in text)),
    st.builds(ModelId, TEXTS.filter(lambda text: "@" not in text)),
)
ITEMS = st.one_of(
    st.builds(lambda book, slug: ItemId.of_record(f"{book}.{slug}"), SLUGS, SLUGS),
    st.builds(ItemId.of_edit, st.integers(0, 999_999_999)),
    st.builds(ItemId, st.sampled_from((About.MISSING, About.PAGE, About.TEXT)), SLUGS, SLUGS),
)


@given(MODELS)
def test_model_is_its_text_and_back(model: ModelId) -> None:
    assert ModelId.parse(str(model)) == model


@given(ITEMS)
def test_item_of_the_review_list_is_its_text_and_back(item: ItemId) -> None:
    assert ItemId.parse(str(item)) == item


@given(TEXTS)
def test_whatever_is_read_as_an_id_has_that_text(text: str) -> None:
    with suppress(ModelError):
        assert str(ModelId.parse(text)) == text
    with suppress(NotFoundError):
        assert str(ItemId.parse(text)) == text


@pytest.mark.parametrize("text", ["", "@", "model@", "@0123"])
def test_what_is_no_id_of_a_model_is_refused_by_name(text: str) -> None:
    with pytest.raises(ModelError, match=r"no id of a model; it has the form name@fingerprint"):
        ModelId.parse(text)


@pytest.mark.parametrize("text", ["", "book:", "book:page", "book:chapter:1", "a:b:text:c", ":text:c"])
def test_what_is_in_no_review_list_is_refused_by_name(text: str) -> None:
    with pytest.raises(NotFoundError, match=rf"^{text}: not in the review list; kb review lists what is$"):
        ItemId.parse(text)


def test_forms_are_those_that_are_stored() -> None:
    assert ItemId.parse("edit-12") == ItemId.of_edit(12)
    assert ItemId.parse("edit-012").about is About.RECORD  # an id that no record has
    assert ItemId.parse("book:page:3-0123abcd") == ItemId(About.PAGE, "3-0123abcd", "book")
    assert ModelId.parse("of@me@0123") == ModelId("of@me", "0123")
