"""Clients that open connections and do not use them: each is closed in time, and others are answered meanwhile."""

from __future__ import annotations

import asyncio
import json
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

import pytest

from tests.listening import listening
from web import connections
from web.connections import Connection, Waiting

PATIENCE = 20.0  # seconds until a test gives up; nothing here takes as long
ASK = b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"
SEND = b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000000\r\n\r\n"


LATE = threading.Event()


async def application(scope: Any, receive: Any, send: Any) -> None:
    """Answers with the bytes it was sent, by number; /large with 20 MB, /late when it is let."""
    size, is_more = 0, scope["type"] == "http"
    while is_more:
        message = await receive()
        if message["type"] == "http.disconnect":
            return
        size, is_more = size + len(message["body"]), message["more_body"]
    while scope.get("path") == "/late" and not LATE.is_set():
        await asyncio.sleep(0.02)
    body = b"x" * 20_000_000 if scope.get("path") == "/large" else json.dumps(size).encode()
    headers = [(b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": body})


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connections, "HEADER_SECONDS", 0.5)
    monkeypatch.setattr(connections, "BODY_SECONDS", 0.5)
    monkeypatch.setattr(connections, "ANSWER_SECONDS", 0.5)
    monkeypatch.setattr(Connection, "proxies", ())
    LATE.clear()


@contextmanager
def served(monkeypatch: pytest.MonkeyPatch, of_one: int = 50, of_all: int = 100) -> Iterator[int]:
    """The port of a server with these limits."""
    monkeypatch.setattr(Connection, "waiting", Waiting(of_one, of_all))
    with listening(
        application, http=Connection, log_level="error", lifespan="off", timeout_keep_alive=60
    ) as port:
        yield port


@pytest.fixture
def port(monkeypatch: pytest.MonkeyPatch) -> Iterator[int]:
    with served(monkeypatch) as found:
        yield found


def connected(port: int) -> socket.socket:
    return socket.create_connection(("127.0.0.1", port), timeout=PATIENCE)


def heard(client: socket.socket) -> bytes:
    """All that comes until the server closes."""
    found = b""
    try:
        while got := client.recv(65536):
            found += got
    except ConnectionResetError:
        pass
    return found


def answer(client: socket.socket) -> bytes:
    """One answer, whole; the application's bodies are numbers."""
    found = b""
    while not found.partition(b"\r\n\r\n")[2] and (got := client.recv(65536)):
        found += got
    return found


def is_answered(port: int) -> bool:
    with connected(port) as client:
        client.sendall(ASK)
        return b"200 OK" in answer(client)


@pytest.mark.parametrize("said", [b"", b"G", b"GET / HTTP/1.1\r\nHost: localhost\r\nX: "])
def test_a_header_that_does_not_come_is_not_waited_for(port: int, said: bytes) -> None:
    with connected(port) as client:
        client.sendall(said)
        got = heard(client)
        assert got == b"" if not said else got.startswith(b"HTTP/1.1 408 ")


def test_a_dripped_header_has_no_more_time(port: int) -> None:
    with connected(port) as client:
        client.settimeout(0.1)
        client.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\n")
        found = b""
        with pytest.raises((ConnectionError, StopIteration)):  # noqa: PT012
            while True:
                client.sendall(b"X-A: b\r\n")
                try:
                    if not (found := client.recv(1000)):
                        raise StopIteration
                    break
                except TimeoutError:
                    continue
            assert b"408" in found
            raise StopIteration


@pytest.mark.parametrize("said", [b"", b"x", b"x" * 1000])
def test_a_body_that_does_not_come_is_not_waited_for(port: int, said: bytes) -> None:
    with connected(port) as client:
        client.sendall(SEND + said)
        assert heard(client) == b""


def test_a_body_that_comes_is_taken_whole(port: int) -> None:
    with connected(port) as client:
        client.sendall(SEND)
        for _ in range(4):
            client.sendall(b"x" * 250_000)
        assert answer(client).endswith(b"1000000")


def test_a_header_after_an_answer_has_its_time_too(port: int) -> None:
    with connected(port) as client:
        client.sendall(ASK)
        assert b"200 OK" in answer(client)
        client.sendall(b"GET")
        assert heard(client).startswith(b"HTTP/1.1 408 ")


def test_a_second_request_on_a_connection_is_answered(port: int) -> None:
    with connected(port) as client:
        for _ in range(3):
            client.sendall(ASK)
            assert b"200 OK" in answer(client)
            time.sleep(0.7)  # longer than a header's time


def test_an_answer_that_is_not_taken_is_given_up(port: int) -> None:
    with connected(port) as client:
        client.sendall(ASK.replace(b"/ ", b"/large ", 1))
        while Connection.waiting.count:
            time.sleep(0.05)
    assert is_answered(port)


@pytest.mark.parametrize(
    "said", [b"\x00\xff\r\n\r\n", b"GET / HTTP/1.1\r\n\r\n", ASK + b"\x00nonsense\r\n\r\n"]
)
def test_nonsense_ends_the_connection_without_a_word_in_the_log(
    port: int, said: bytes, capfd: pytest.CaptureFixture[str]
) -> None:
    with connected(port) as client:
        client.sendall(said)
        assert b"400 Bad Request" in heard(client)
    assert capfd.readouterr().err == ""


def test_one_client_with_many_connections_does_not_stop_others(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(connections, "HEADER_SECONDS", PATIENCE)
    with served(monkeypatch, of_one=20, of_all=40) as port, ExitStack() as held:
        for _ in range(200):
            held.enter_context(connected(port)).sendall(b"GET / HTTP/1.1\r\n")
        assert is_answered(port)
        assert Connection.waiting.count <= 20
    assert capfd.readouterr().err == ""


def test_a_proxy_brings_as_many_as_all_together(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connections, "HEADER_SECONDS", PATIENCE)
    with served(monkeypatch, of_one=5, of_all=30) as port, ExitStack() as held:
        Connection.trust(["127.0.0.0/8"])
        for _ in range(100):
            held.enter_context(connected(port)).sendall(b"G")
        assert is_answered(port)
        assert 5 < Connection.waiting.count <= 30


def test_bodies_that_do_not_come_make_room(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connections, "BODY_SECONDS", PATIENCE)
    with served(monkeypatch, of_one=3) as port, ExitStack() as held:
        for _ in range(10):
            held.enter_context(connected(port)).sendall(SEND)
        assert is_answered(port)


@pytest.mark.parametrize("said", [SEND + b"x", b"GET / HTTP/1.1\r\nX: "])
def test_what_comes_behind_a_whole_request_has_its_time_and_makes_room(
    monkeypatch: pytest.MonkeyPatch, said: bytes
) -> None:
    with served(monkeypatch, of_one=3) as port, ExitStack() as held:
        for _ in range(10):
            held.enter_context(connected(port)).sendall(ASK + said)
        assert is_answered(port)
        with connected(port) as client:
            client.sendall(ASK + said)
            assert b"200 OK" in heard(client)


def test_connections_that_are_answered_are_not_given_up_for_new_ones(monkeypatch: pytest.MonkeyPatch) -> None:
    with served(monkeypatch, of_one=3) as port, ExitStack() as held:
        busy = [held.enter_context(connected(port)) for _ in range(3)]
        for one in busy:
            one.sendall(ASK.replace(b"/ ", b"/late ", 1))
        while Connection.waiting.count < 3 or Connection.waiting.idle:
            time.sleep(0.02)
        with connected(port) as refused:
            assert heard(refused) == b""
        LATE.set()
        for one in busy:
            assert b"200 OK" in answer(one)
