"""Pages of an edition that are read when they are asked for."""

from __future__ import annotations

from pathlib import Path

import pytest

from kb import NotFoundError
from kb.store import Store
from tests import factories

PAGES = tuple(factories.a_page(number) for number in (1, 2, 3))


@pytest.fixture
def store(tmp_path: Path) -> Store:
    made = Store.open(tmp_path)
    made.stage(factories.an_edition(pages=PAGES), (), (), factories.PDF)
    return made


def test_pages_read_on_demand_are_those_that_are_read_at_once(store: Store) -> None:
    held = store.edition("handbook", 1)
    ((key, lazy),) = store.editions_on_demand([("handbook", 1)]).items()

    assert key == ("handbook", 1)
    assert lazy == held
    assert lazy.pages[0] == held.pages[0]
    assert lazy.pages[-1] == held.pages[2]
    assert lazy.pages[1:] == held.pages[1:]
    assert len(lazy.pages) == 3
    with pytest.raises(IndexError):
        lazy.pages[3]


def test_a_page_of_an_edition_that_was_deleted_is_named(store: Store) -> None:
    (lazy,) = store.editions_on_demand([("handbook", 1)]).values()
    lazy.pages[0]
    store.clean()  # which drops what was never published

    assert lazy.pages[0] == PAGES[0]
    with pytest.raises(NotFoundError, match="edition 1 has no page 2"):
        lazy.pages[1]
