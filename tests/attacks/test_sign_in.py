"""Who tries to come in: by guessing, by forging, by pretending to come from elsewhere."""

from __future__ import annotations

import hashlib
import os
import re
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from argon2 import PasswordHasher
from fastapi.testclient import TestClient
from itsdangerous import Signer, URLSafeTimedSerializer

from kb.errors import InputError, StoreError
from kb.office import guesses, password, signing
from kb.office.guesses import Guesses
from kb.search.library import Library
from kb.settings import Settings, environment_without_secrets
from kb.store.store import Store
from tests import web_library
from web.app import create_app

TOKEN = "twenty characters, or more"
SECRET = "correct horse battery"
PROXY = "10.1.2.3"
OFFICE = "/admin/handbooks"


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    monkeypatch.setattr(password, "_HASHER", PasswordHasher(time_cost=1, memory_cost=64, parallelism=1))
    Store.open(tmp_path).close()
    password.keep(tmp_path, SECRET)
    return replace(web_library.settings(tmp_path), admin_token=TOKEN, proxies=(f"{PROXY}/32",))


@pytest.fixture
def visitor(settings: Settings) -> Iterator[TestClient]:
    with (
        Library.open(settings) as library,
        TestClient(create_app(settings, lambda _: library), follow_redirects=False, client=(PROXY, 1)) as web,
    ):
        yield web


def sign_in(visitor: TestClient, given: str, came_from: str = "192.0.2.1") -> int:
    """The status of a try, made through a proxy for a client."""
    headers = {"X-Forwarded-For": came_from}
    form = visitor.get("/admin/sign-in", headers=headers).text
    found = re.search(r'name="csrf" value="([^"]+)"', form)
    assert found
    answer = visitor.post("/admin/sign-in", data={"csrf": found[1], "token": given}, headers=headers)
    return answer.status_code


def test_the_key_is_random_and_its_owner_alone_reads_it(settings: Settings, visitor: TestClient) -> None:
    assert sign_in(visitor, TOKEN) == 303
    path = settings.data / signing.FILE
    assert (path.stat().st_mode & 0o777, len(path.read_bytes())) == (0o600, 32)


@pytest.mark.parametrize("is_with_password", [False, True])
def test_who_knows_token_and_password_file_cannot_forge_a_session(
    visitor: TestClient, settings: Settings, is_with_password: bool
) -> None:
    kept = password.stored(settings.data) if is_with_password else ""
    guessed = hashlib.sha256(f"practice-kb admin\0{TOKEN}\0{kept}".encode()).digest()
    session = {"name": "Eve", "role": "owner", "nonce": "n"}
    forged = URLSafeTimedSerializer(
        guessed, salt="session", signer_kwargs={"digest_method": hashlib.sha256}
    ).dumps(session)
    for value in (forged, Signer(guessed).sign("x").decode()):
        answer = visitor.get(OFFICE, headers={"Cookie": f"kb_admin={value}"})
        assert answer.headers["location"].startswith("/admin/sign-in")


def test_another_key_password_or_token_ends_sessions(visitor: TestClient, settings: Settings) -> None:
    def change_token() -> None:
        visitor.app.state.settings = replace(settings, admin_token=TOKEN[::-1])  # type: ignore[attr-defined]

    changes: tuple[Callable[[], None], ...] = (
        (settings.data / signing.FILE).unlink,
        lambda: password.keep(settings.data, SECRET),
        change_token,
    )
    for change in changes:
        assert sign_in(visitor, SECRET) == 303
        assert visitor.get(OFFICE).status_code == 200
        change()
        assert visitor.get(OFFICE).status_code == 303


def test_a_cookie_that_was_kept_is_worth_nothing_after_signing_out(visitor: TestClient) -> None:
    assert sign_in(visitor, SECRET) == 303
    kept = visitor.cookies["kb_admin"]
    form = re.search(r'name="csrf" value="([^"]+)"', visitor.get(OFFICE).text)
    assert form
    assert visitor.post("/admin/sign-out", data={"csrf": form[1]}).status_code == 303
    assert visitor.get(OFFICE, headers={"Cookie": f"kb_admin={kept}"}).status_code == 303


def test_two_servers_that_start_at_once_sign_with_one_key(tmp_path: Path) -> None:
    found: list[bytes] = []
    together = threading.Barrier(8)

    def ask() -> None:
        together.wait()
        found.append(signing.secret(tmp_path))

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert len(found) == 8
    assert set(found) == {(tmp_path / signing.FILE).read_bytes()}
    assert [one.name for one in tmp_path.iterdir()] == [signing.FILE]


def test_a_damaged_key_is_said(tmp_path: Path) -> None:
    (tmp_path / signing.FILE).write_bytes(b"short")
    with pytest.raises(StoreError, match="delete it"):
        signing.secret(tmp_path)


@pytest.mark.parametrize("token", ["a", "nineteen characters"])
def test_a_short_token_is_refused_with_the_command_that_makes_one(settings: Settings, token: str) -> None:
    with pytest.raises(InputError, match="kb admin token"):
        create_app(replace(settings, admin_token=token))
    password.check_token(password.new_token())


def test_a_guesser_waits_and_nobody_else_does(visitor: TestClient) -> None:
    for _ in range(guesses.OF_ONE):
        assert sign_in(visitor, "wrong") == 403
    assert sign_in(visitor, TOKEN) == 429
    assert sign_in(visitor, TOKEN, "192.0.2.2") == 303


@pytest.mark.parametrize("right", [TOKEN, SECRET])
def test_guesses_from_everywhere_lock_nobody_out(visitor: TestClient, right: str) -> None:
    tried = [sign_in(visitor, "wrong", f"198.51.100.{n // guesses.OF_ONE}") for n in range(60)]
    assert tried[: guesses.OF_ALL] == [403] * guesses.OF_ALL
    assert 429 in tried[guesses.OF_ALL :]  # each new client has one try now
    assert sign_in(visitor, right, "192.0.2.9") == 303


def test_a_subscriber_with_a_whole_network_is_one_client(visitor: TestClient) -> None:
    for number in range(guesses.OF_ONE):
        assert sign_in(visitor, "wrong", f"2001:db8:0:1::{number + 1:x}") == 403
    assert sign_in(visitor, TOKEN, "2001:db8:0:1:ffff::1") == 429
    assert sign_in(visitor, TOKEN, "2001:db8:0:2::1") == 303


@pytest.mark.parametrize(
    ("address", "client"),
    [
        ("192.0.2.1", "192.0.2.1"),
        ("::ffff:192.0.2.1", "192.0.2.1"),
        ("2001:db8::1%eth0", "2001:db8::/64"),
        ("unknown", "unknown"),
        ("", ""),
    ],
)
def test_clients(address: str, client: str) -> None:
    assert guesses.client(address) == client


def test_forwarded_headers_of_others_are_not_believed(settings: Settings) -> None:
    with Library.open(settings) as library:
        web = create_app(settings, lambda _: library)
        with TestClient(web, follow_redirects=False, client=("203.0.113.5", 1)) as stranger:
            for number in range(guesses.OF_ONE):
                assert sign_in(stranger, "wrong", f"192.0.2.{number}") == 403
            assert sign_in(stranger, TOKEN, "192.0.2.99") == 429


def test_guesses_are_forgotten_after_the_window_and_by_a_clock_put_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = 1e9
    monkeypatch.setattr("time.time", lambda: now)
    tries = Guesses(tmp_path)
    assert [tries.take("a") for _ in range(guesses.OF_ONE + 1)] == [True] * guesses.OF_ONE + [False]
    now += guesses.WINDOW_SECONDS
    assert tries.take("a")
    now -= 1e6
    assert tries.take("a")
    tries.right("a")
    assert [tries.take("a") for _ in range(guesses.OF_ONE + 1)] == [True] * guesses.OF_ONE + [False]


def test_the_worker_is_not_told_the_token(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KB_ADMIN_TOKEN", TOKEN)
    assert "KB_ADMIN_TOKEN" not in environment_without_secrets()
    assert environment_without_secrets()["PATH"] == os.environ["PATH"]
