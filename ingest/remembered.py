"""The profiles that handbooks are remembered to be read with."""

from __future__ import annotations

from typing import Any

from ingest.reading import Profile
from ingest.reading import profile as profiles
from kb import Circumstance, InputError, Said
from kb.store import Store


def remembered(store: Store, handbook: str) -> Profile:
    """The profile that a handbook's editions are read with.

    Raises:
        InputError: it was remembered by other software and means nothing to this one.
    """
    text = store.profile(handbook) if handbook else ""
    return profiles.parse(text, f"the profile remembered for {handbook} (pass --profile FILE to replace it)")


def is_remembered(store: Store, handbook: str, profile: Profile) -> bool:
    """Whether a handbook's editions are read with just this profile."""
    try:
        return remembered(store, handbook) == profile
    except InputError:
        return False  # what cannot be used any more is to be replaced


def known(store: Store) -> dict[str, dict[str, Any]]:
    """The served handbooks that have a profile, by id: it and the titles of their editions, as plain data.

    One that means nothing to this software is an error only where it is that handbook's turn.
    """
    found = {}
    for handbook in store.handbooks():
        if store.profile(handbook.id):
            titles = list(dict.fromkeys(edition.title for edition in store.editions(handbook.id)))
            found[handbook.id] = {"titles": titles, "profile": _data(store, handbook.id)}
    return found


def _data(store: Store, handbook: str) -> dict[str, Any]:
    try:
        return remembered(store, handbook).as_data()
    except InputError:
        return {}


def told(handbook: str) -> tuple[Said, ...]:
    """What is said of a reading with the profile of a handbook; nothing for no handbook."""
    return (Said(Circumstance.REMEMBERED, handbook=handbook),) if handbook else ()
