from __future__ import annotations

import json
import os
import socket
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest

from ingest.safe import answers, sandbox
from ingest.safe.sandbox import Limits
from kb.errors import InputError, NotFoundError, ParseError
from tests import pdfs

SMALL = Limits(seconds=20, memory=2**30, answer=2**22, file_size=2**22)


def stop(function: str, limits: Limits = SMALL, **request: Any) -> Any:
    return sandbox.run(f"tests.bombs:{function}", {"name": "h.pdf", **request}, b"%PDF", limits)


@pytest.fixture
def port() -> Iterator[int]:
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


def test_answer_and_progress_come_back_from_another_process() -> None:
    seen: list[tuple[str, int, int]] = []
    found = sandbox.run(
        "tests.bombs:echo", {"name": "h.pdf"}, b"12345", SMALL, lambda *told: seen.append(told)
    )
    assert (found["given"], found["size"]) == ("h.pdf", 5)
    assert found["text"] == "Ελληνικά \u200b\ud800"
    assert found["pid"] != os.getpid()
    assert seen == [("read", 1, 2), ("read", 2, 2)]


def test_bytes_come_back_as_bytes() -> None:
    assert stop("raw") == b"FDP%"


def test_an_error_of_the_tree_keeps_its_class_and_message() -> None:
    with pytest.raises(ParseError, match=r"^h\.pdf: page 3: damaged$"):
        stop("refuse")
    with pytest.raises(NotFoundError, match="page 99"):
        stop("refuse_otherwise")


def test_an_error_class_made_up_by_the_child_is_a_parse_error() -> None:
    with pytest.raises(ParseError, match=r"h\.pdf: own"):
        stop("refuse_with_own_class")


def test_a_bug_in_the_reader_is_named_with_the_file() -> None:
    with pytest.raises(ParseError, match=r"^h\.pdf: the reader failed on it \(RuntimeError: a bug"):
        stop("fail")


@pytest.mark.parametrize(
    ("function", "message"),
    [
        ("hang", r"longer than 1 s.*KB_MAX_SECONDS"),
        ("crash", r"crashed on it \(SIGSEGV\)"),
        ("exhaust_memory", r"more than 1\.0 GiB of memory.*KB_MAX_MEMORY"),
        ("exhaust_memory_natively", r"more than 1\.0 GiB of memory.*KB_MAX_MEMORY"),
        ("flood", r"more than 4 MiB.*split the file"),
        ("flood_progress", r"an answer that is none"),
        ("lie_about_size", r"more than 4 MiB"),
        ("answer_nonsense", r"cannot be read"),
        ("answer_deeply", r"cannot be read"),
        ("open_many", r"Too many open files"),
        ("write_a_lot", r"File too large"),
    ],
)
def test_what_a_bad_file_does_to_its_reader_ends_as_one_clear_error(function: str, message: str) -> None:
    limits = Limits(seconds=1, memory=2**30) if function == "hang" else SMALL
    started = time.monotonic()
    with pytest.raises(ParseError, match=rf"^h\.pdf: .*{message}"):
        stop(function, limits)
    assert time.monotonic() - started < 10


def test_processor_time_is_limited_apart_from_wall_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ingest.safe.sandbox.time.monotonic", lambda: 0.0)  # the wall clock stands still
    with pytest.raises(ParseError, match=r"1 s of processor time.*KB_MAX_SECONDS"):
        stop("spin", Limits(seconds=1))


def test_a_flood_of_complaints_is_not_kept_and_does_no_harm() -> None:
    assert stop("flood_stderr") == "done"


@pytest.mark.parametrize("function", ["hang_in_a_grandchild", "leave_a_grandchild"])
def test_programs_that_the_reader_started_end_with_it(function: str) -> None:
    long = f"60.{time.time_ns()}"  # tells this one from others
    try:
        assert stop(function, Limits(seconds=1), long=long) == "left"
    except ParseError as error:
        assert "longer than 1 s" in str(error)  # noqa: PT017 - the other case returns
    assert [p.pid for p in psutil.process_iter(["cmdline"]) if long in (p.info["cmdline"] or ())] == []


@pytest.mark.parametrize("function", ["connect", "connect_natively"])
def test_the_reader_has_no_network(function: str, port: int) -> None:
    if function == "connect_natively" and "held-network" not in stop("surroundings")["held"]:
        pytest.skip("this kernel assures no network denied: native code is not held")
    assert stop(function, port=port).startswith("refused")


def test_the_reader_sees_nothing_of_the_environment_and_its_folder_goes(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("SECRET_KEY", "x")
    seen = stop("surroundings")
    assert "SECRET_KEY" not in seen["environment"]
    assert not Path(seen["folder"]).exists()


def test_pdfium_runs_within_a_quarter_of_the_default_memory() -> None:
    limits = Limits(memory=Limits().memory // 4)
    assert sandbox.run("tests.bombs:use_pdfium", {"name": "h.pdf"}, pdfs.text_pdf(pages=3), limits) == 3


def test_a_function_that_is_not_there_is_an_error_and_no_fallback() -> None:
    with pytest.raises(ParseError, match="the reader failed"):
        stop("no_such_function")


def test_an_exception_here_ends_the_child(monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    before = {child.pid for child in psutil.Process().children()}
    with pytest.raises(KeyboardInterrupt):
        sandbox.run("tests.bombs:flood_progress", {"name": "h.pdf"}, limits=SMALL, progress=interrupt)
    assert {child.pid for child in psutil.Process().children()} == before


def test_an_error_of_the_library_or_the_server_is_not_the_readers_to_raise() -> None:
    assert all(issubclass(kind, InputError | NotFoundError) for kind in answers.REFUSALS.values())
    found = answers.refusal("h.pdf", b'["BusyError", "\\u001b[2Jask again"]')
    assert (type(found), str(found)) == (ParseError, " [2Jask again")


def test_a_message_of_the_readers_is_of_some_length() -> None:
    assert len(str(answers.refusal("h.pdf", json.dumps(["ParseError", "x" * 10**5]).encode()))) == 2000


@pytest.mark.parametrize(
    "payload",
    [
        "{}",
        "[]",
        '["read", 1]',
        '["read", 1, "2"]',
        '["[link=x]", 1, 2]',
        '["read", -1, 2]',
        '["read", 1, 1e9]',
        "nonsense",
    ],
)
def test_progress_that_is_none_is_an_error(payload: str) -> None:
    with pytest.raises(ParseError, match=r"^h\.pdf: the reader gave an answer that"):
        answers.told("h.pdf", payload.encode())


@pytest.mark.parametrize("payload", ["{}", "[]", '["ParseError"]', '["ParseError", 1]', '[[], "x"]'])
def test_a_refusal_that_is_none_is_an_error(payload: str) -> None:
    assert "an answer that is none" in str(answers.refusal("h.pdf", payload.encode()))
