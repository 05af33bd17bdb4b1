"""What tests of the web share: a site with an office, whose work they do themselves."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from argon2 import PasswordHasher

from kb.office import password
from kb.store.store import Store
from tests import browsing, web_library
from web.admin import worker
from web.app import create_app

SECRET = "correct horse battery"
Work = Callable[[], None]


class NoForeman:
    """Starts no worker, so that a test sees each state of a job and does the work itself."""

    def start(self) -> None:
        """Leave what waits."""

    wake = stop = start


@pytest.fixture
def office(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[str, Work]]:
    """The address of a site with an empty library and a password, and what does the work that waits."""
    monkeypatch.setattr(password, "_HASHER", PasswordHasher(time_cost=1, memory_cost=64, parallelism=1))
    monkeypatch.setattr("web.admin.Foreman", lambda settings: NoForeman())
    Store.open(tmp_path).close()
    password.keep(tmp_path, SECRET)
    settings = web_library.settings(tmp_path)
    with browsing.running(create_app(settings)) as url:
        yield url, lambda: worker.work(settings)
