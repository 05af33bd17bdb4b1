"""Two servers on one library: each job is done once, and what one publishes the other serves."""

from __future__ import annotations

import io
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

import httpx

from benchmarks.serving import server
from benchmarks.setting import kb
from kb.care import verify
from kb.office import Deed, Jobs, Journal, State
from kb.store import Store
from tests.pdfs import handbook_pdf

SECONDS = 120.0


def served(data: Path) -> AbstractContextManager[tuple[object, str]]:
    """A server whose owner may let it work."""
    return server(data, KB_ADMIN_TOKEN="a token that is long enough for anybody", KB_MODEL="english")


def until(is_so: Callable[[], bool]) -> None:
    """Wait for something that takes some seconds on an idle machine."""
    end = time.monotonic() + SECONDS
    while not is_so():
        assert time.monotonic() < end
        time.sleep(0.1)


def found(address: str, words: str) -> set[str]:
    answer = httpx.get(f"{address}/search.json", params={"q": words, "limit": "50"}, timeout=SECONDS)
    answer.raise_for_status()
    return {hit["record"]["handbook"]["id"] for hit in answer.json()["hits"]}


def test_each_job_is_done_once_and_both_serve_what_one_published(tmp_path: Path) -> None:
    data = tmp_path / "library"
    Store.open(data).close()
    jobs = Jobs(data)
    contents = [handbook_pdf(practices=3 + n, mark="amber printing", subject=str(n)) for n in range(3)]
    numbers = [
        jobs.add(f"{n}.pdf", who="ada", via="owner", content=io.BytesIO(c)) for n, c in enumerate(contents)
    ]
    with served(data), served(data):
        until(lambda: all(jobs.job(number).state is State.PLANNED for number in numbers))
    assert [jobs.job(number).tries for number in numbers] == [0, 0, 0]
    for number in numbers[:1]:
        jobs.agree(number, ())
    with served(data) as (_, one), served(data) as (_, two):
        until(lambda: jobs.job(numbers[0]).state is State.DONE)
        assert found(one, "printing") == found(two, "printing") == {"small-handbook"}
        (tmp_path / "other.pdf").write_bytes(handbook_pdf(title="Another guide", mark="birch printing"))
        kb("ingest", "--yes", tmp_path / "other.pdf", data=data)
        assert (
            found(one, "birch printing")
            == found(two, "birch printing")
            == {"small-handbook", "another-guide"}
        )
    ingested = [
        entry for entry in Journal(data).entries(100) if entry.deed == Deed.INGEST and entry.who == "ada"
    ]
    assert len(ingested) == 1
    with Store.open(data) as store:
        assert verify(store) == ()
        assert [book.editions for book in store.handbooks()] == [1, 1]
