"""A small library with something in each table, made as people make one."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from kb import index
from kb.care import Wish, review, shelf
from kb.editions import Action
from kb.settings import MODEL_FILE
from kb.store import Grade, Store
from tests.factories import FakeEncoder, a_field, a_record, an_edition, passages_of

TITLES = ("First", "Second", "Third", "Fourth")


def a_library(folder: Path) -> Path:
    """Two handbooks; of `book` edition 1 is forgotten, 4 is served, and an edit corrects a record of it."""
    encoder = FakeEncoder()
    with Store.open(folder) as store:
        for number, title in enumerate(TITLES, 1):
            _publish(store, "book", number, ("book.one", "book.two", f"book.gone{number}"), title)
        _publish(store, "guide", 1, tuple(f"guide.r{at:02}" for at in range(30)), "Guide")
        review.correct(store, "book", [Wish(Action.RETITLE, "book.two", "Better", who="eve")], encoder)
        shelf.forget(store, "book", keep=3)
        store.set_profile("guide", 'practices = "Case"\n')
        store.set_details("guide", "A university", "CC BY 4.0", "https://example.org/guide")
        store.set_settings({"alliance": "An alliance", "light": "#0b5468"})
        store.judge("a need", "en", {"book.one": Grade.WELL, "guide.r01": Grade.NOT}, "eve")
        store.clean(is_pruning=True)
    (folder / MODEL_FILE).write_text("english\n")
    return folder


def _publish(store: Store, handbook: str, number: int, names: tuple[str, ...], title: str) -> None:
    pdf = f"%PDF-1.7 {handbook} {number}".encode()
    records = [
        replace(
            a_record(name, f"{title} of {name}", fields=(a_field(text=f"What {name} is for, {title}."),)),
            handbook=handbook,
            edition=number,
            position=position,
        )
        for position, name in enumerate(names)
    ]
    store.stage(an_edition(handbook, number, pdf), records, passages_of(records), pdf)
    served = {**store.current_editions(), handbook: number}
    store.publish(served, index.build(store, served, FakeEncoder()))
    store.clean()
