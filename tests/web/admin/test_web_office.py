"""Administration on the web: password, uploads, plans, publishing, editions, and the log."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx2 as httpx
import pytest
from argon2 import PasswordHasher
from fastapi import FastAPI
from fastapi.testclient import TestClient

from ingest import pipeline
from ingest.safe import sandbox
from kb.map.maps import Maps
from kb.office import cabinet as kb_office
from kb.office import guesses, password
from kb.office import jobs as waiting
from kb.office.jobs import Jobs, State
from kb.office.journal import Deed, Journal
from kb.search.library import Library
from kb.settings import Settings
from kb.store.store import Store
from tests import web_library
from tests.pdfs import handbook_pdf
from tests.web.pages.test_web_pages import Reader
from web.admin import office_routes as office
from web.admin import signin, worker
from web.admin.foreman import Foreman
from web.app import create_app

TOKEN = "a token for the tests alone"
SECRET = "correct horse battery"
OFFICE = "/admin/handbooks"
POSTED_TO = {"/admin/sign-out", "/admin/uploads"}


class NoForeman:
    """Lets jobs wait until a test does them."""

    def __init__(self) -> None:
        self.woken = 0

    def wake(self) -> None:
        self.woken += 1


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    monkeypatch.setattr(password, "_HASHER", PasswordHasher(time_cost=1, memory_cost=64, parallelism=1))
    folder = tmp_path / "library"
    folder.mkdir()
    Store.open(folder).close()
    password.keep(folder, SECRET)
    return web_library.settings(folder)


@pytest.fixture(scope="module")
def web(tmp_path_factory: pytest.TempPathFactory) -> FastAPI:
    """One application, as making its routes takes a second; each test gives it a library of its own."""
    return create_app(Settings(tmp_path_factory.mktemp("none")))


@pytest.fixture
def visitor(web: FastAPI, settings: Settings) -> Iterator[TestClient]:
    with Library.open(settings) as library:
        web.state.library = library
        web.state.settings = settings
        web.state.foreman = NoForeman()
        web.state.maps = Maps(settings.data / "cache" / "maps")
        yield TestClient(web, raise_server_exceptions=False, follow_redirects=False)


@pytest.fixture
def client(visitor: TestClient) -> TestClient:
    assert sign_in(visitor).status_code == 303
    return visitor


def csrf(client: TestClient, url: str = OFFICE) -> str:
    found = re.search(r'name="csrf" value="([\w-]+)"', client.get(url).text)
    assert found
    return found[1]


def sign_in(client: TestClient, given: str = SECRET, name: str = "") -> httpx.Response:
    fields = {"csrf": csrf(client, signin.SIGN_IN), "token": given, "name": name}
    return client.post(signin.SIGN_IN, data=fields)


def upload(client: TestClient, content: bytes | None, name: str = "a.pdf", **fields: str) -> httpx.Response:
    files = {"file": (name, content, "application/pdf")} if content is not None else {"file": ("", b"")}
    return client.post("/admin/uploads", data={"csrf": csrf(client), **fields}, files=files)


def decide(client: TestClient, url: str, action: str, **fields: str) -> httpx.Response:
    return client.post(url, data={"csrf": csrf(client), "action": action, **fields})


def data(client: TestClient, url: str) -> Any:
    answer = client.get(f"{url}.json")
    assert answer.status_code == 200, answer.text
    return answer.json()


def published(client: TestClient, settings: Settings, practices: int = 4) -> str:
    """Take a small handbook in; return its id."""
    url = upload(client, handbook_pdf(practices=practices)).headers["location"]
    worker.work(settings)
    decide(client, url, "publish")
    worker.work(settings)
    return str(data(client, url)["published"]["handbook"])


def deeds(settings: Settings) -> list[str]:
    return [entry.deed for entry in reversed(Journal(settings.data).entries(100))]


# who may


def test_password_opens_the_pages_and_is_kept_as_a_hash_that_others_cannot_read(
    visitor: TestClient, settings: Settings
) -> None:
    kept = settings.data / password.FILE
    assert kept.stat().st_mode & 0o077 == 0
    assert kept.read_text().startswith("$argon2id$")
    assert visitor.get("/admin").status_code == 303
    assert sign_in(visitor, "wrong").status_code == 403
    assert sign_in(visitor).headers["location"] == OFFICE
    assert data(visitor, OFFICE)["who"] == "owner"
    assert deeds(settings) == ["refused", "sign-in"]


def test_token_and_password_both_open_and_are_told_apart_in_the_log(
    visitor: TestClient, settings: Settings
) -> None:
    visitor.app.state.settings = replace(settings, admin_token=TOKEN)  # type: ignore[attr-defined]
    sign_in(visitor, TOKEN, "Eve")
    sign_in(TestClient(visitor.app, follow_redirects=False), SECRET)
    assert [(e.who, e.via) for e in Journal(settings.data).entries(5)] == [
        ("owner", "owner"),
        ("Eve", "token"),
    ]


def test_new_password_ends_sessions_and_the_old_one_is_wrong(client: TestClient, settings: Settings) -> None:
    password.keep(settings.data, "another long secret")
    assert client.get("/admin").status_code == 303
    assert sign_in(client).status_code == 403
    assert sign_in(client, "another long secret").status_code == 303
    assert password.forget(settings.data)
    assert client.get("/admin").status_code == 404


def test_guesses_are_limited_for_the_password_too(visitor: TestClient) -> None:
    for _ in range(guesses.OF_ONE):
        assert sign_in(visitor, "a guess of mine").status_code == 403
    assert sign_in(visitor).status_code == 429


@pytest.mark.parametrize("url", [OFFICE, "/admin/jobs/1", "/admin/handbooks/x", "/admin/log"])
def test_visitor_sees_none_of_it(visitor: TestClient, url: str) -> None:
    assert visitor.get(url).headers["location"].startswith(signin.SIGN_IN)
    assert visitor.get(f"{url}.json").status_code == 401
    assert visitor.get("/admin/jobs/1/events").status_code == 303
    for path in ("/admin/uploads", "/admin/jobs/1", "/admin/handbooks/x"):
        assert visitor.post(path, data={"action": "publish"}).status_code == 303


@pytest.mark.parametrize("token", [{}, {"csrf": ""}, {"csrf": "0" * 64}])
def test_form_that_our_page_did_not_give_is_refused(client: TestClient, token: dict[str, str]) -> None:
    files = {"file": ("a.pdf", handbook_pdf(), "application/pdf")}
    assert client.post("/admin/uploads", data=token, files=files).status_code == 403
    for path in ("/admin/jobs/1", "/admin/handbooks/x"):
        assert client.post(path, data={"action": "discard", **token}).status_code == 403
    assert data(client, OFFICE)["jobs"] == []


@pytest.mark.parametrize("after", ["/admin/log", "/admin/jobs/3", "/admin/handbooks/a.b-c"])
def test_signing_in_leads_to_the_page_that_was_asked_for(visitor: TestClient, after: str) -> None:
    fields = {"csrf": csrf(visitor, signin.SIGN_IN), "token": SECRET, "next": after}
    assert visitor.post(signin.SIGN_IN, data=fields).headers["location"] == after


# uploads


def test_handbook_goes_from_upload_over_its_plan_to_the_readers(
    client: TestClient, settings: Settings
) -> None:
    answer = upload(client, handbook_pdf(practices=4), "C:\\books\\first.pdf")
    url = answer.headers["location"]
    assert (answer.status_code, client.app.state.foreman.woken) == (303, 1)  # type: ignore[attr-defined]
    assert data(client, url)["job"]["state"] == "waiting"
    worker.work(settings)
    shown = data(client, url)
    assert (shown["job"]["name"], shown["job"]["state"]) == ("first.pdf", "planned")
    assert shown["plan"]["changes"] is None
    assert shown["plan"]["records"] >= 4
    assert "A new handbook" in client.get(url).text
    assert data(client, "/index")["handbooks"] == []  # nothing is published yet
    assert decide(client, url, "publish").headers["location"] == url
    worker.work(settings)
    made = data(client, url)["published"]
    assert (made["status"], made["edition"], made["counts"]["practice"]) == ("new", 1, 4)
    assert client.get(made["url"]).status_code == 200
    assert list((settings.data / waiting.SPOOL).iterdir()) == []
    assert deeds(settings) == ["sign-in", "upload", "publish", "ingest"]


def test_plan_shows_what_is_to_be_checked_and_what_is_unusual_is_said_when_it_is_done(
    client: TestClient, settings: Settings
) -> None:
    url = upload(client, b"a stray line\n" + handbook_pdf(practices=9), "odd.pdf").headers["location"]
    worker.work(settings)
    assert [one["flaw"] for one in data(client, url)["plan"]["caveats"]] == [
        "flaw-same-title",
        "flaw-same-title",
        "flaw-junk-before-header",
    ]
    page = client.get(url).text
    assert "With the title of another" in page
    assert "Practice Birch exchange" in page
    assert "there is something before its header" in page
    assert page.index('<a href="#caveats">3 things to check</a>') < page.index("Publish it")
    decide(client, url, "publish")
    worker.work(settings)
    made = data(client, url)["published"]
    assert made["notices"].startswith("Indexed for word search only") or made["notices"] == ""
    assert "9 things" not in client.get(url).text
    assert "2 things to check" in client.get(made["url"]).text


def test_next_edition_shows_what_it_would_change_and_leads_to_what_it_changed(
    client: TestClient, settings: Settings
) -> None:
    handbook = published(client, settings)
    url = upload(client, handbook_pdf(practices=5), "b.pdf", handbook=handbook).headers["location"]
    worker.work(settings)
    plan = data(client, url)["plan"]
    assert (plan["handbook"], plan["before"], plan["edition"]) == (handbook, 1, 2)
    assert len(plan["changes"]["added"]) >= 1
    assert "What edition 2 would change" in client.get(url).text
    decide(client, url, "publish")
    worker.work(settings)
    made = data(client, url)["published"]
    assert made["status"] == "edition"
    assert client.get(made["changes"]).status_code == 200
    assert data(client, f"/handbooks/{handbook}")["handbook"]["edition"] == 2


def test_same_file_again_changes_nothing_and_says_so(client: TestClient, settings: Settings) -> None:
    published(client, settings)
    url = upload(client, handbook_pdf(practices=4), "again.pdf").headers["location"]
    worker.work(settings)
    assert data(client, url)["published"]["status"] == "unchanged"
    assert "Nothing changed" in client.get(url).text


def test_drastic_plan_needs_a_tick(client: TestClient, settings: Settings) -> None:
    handbook = published(client, settings, 8)
    url = upload(client, handbook_pdf(practices=4), "b.pdf").headers["location"]
    worker.work(settings)
    assert "would be removed" in client.get(url).text
    refused = decide(client, url, "publish")
    assert (refused.status_code, "30 %" in refused.text) == (400, True)
    assert data(client, url)["job"]["state"] == "planned"
    assert decide(client, url, "publish", drastic="yes").status_code == 303
    worker.work(settings)
    assert data(client, f"/handbooks/{handbook}")["handbook"]["edition"] == 2


def test_file_is_read_once_to_be_planned_and_published(
    client: TestClient, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    real = sandbox.run

    def run(function: str, *args: Any) -> Any:
        asked.append(function)
        return real(function, *args)

    monkeypatch.setattr(sandbox, "run", run)
    url = upload(client, handbook_pdf()).headers["location"]
    worker.work(settings)
    decide(client, url, "publish")
    worker.work(settings)
    assert asked == ["ingest.reader:read"]
    assert data(client, url)["published"]["status"] == "new"
    assert list((settings.data / waiting.SPOOL).iterdir()) == []


def test_what_was_read_counts_no_more_with_another_profile_or_when_it_is_damaged(
    client: TestClient, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    handbook = published(client, settings)
    asked: list[str] = []
    real = sandbox.run

    def run(function: str, *args: Any) -> Any:
        asked.append(function)
        return real(function, *args)

    monkeypatch.setattr(sandbox, "run", run)
    url = upload(client, handbook_pdf(practices=5), "b.pdf").headers["location"]
    worker.work(settings)
    with Store.open(settings.data) as store:
        store.set_profile(handbook, "practice_titles = 'initiative'")
    Jobs(settings.data).read_as(number := int(url.rpartition("/")[2]), "")
    worker.work(settings)
    assert asked == ["ingest.reader:read", "ingest.reader:read_as_known"]
    Jobs(settings.data).reading(number).write_text("{", "utf-8")
    decide(client, url, "publish", drastic="yes")
    worker.work(settings)
    assert asked[2:] == ["ingest.reader:read_as_known"]
    assert data(client, url)["published"]["edition"] == 2


def test_discarded_upload_leaves_nothing_behind(client: TestClient, settings: Settings) -> None:
    url = upload(client, handbook_pdf()).headers["location"]
    worker.work(settings)
    assert decide(client, url, "discard").headers["location"] == OFFICE
    assert list((settings.data / waiting.SPOOL).iterdir()) == []
    assert "It was discarded" in client.get(url).text
    assert decide(client, url, "publish").status_code == 400
    assert data(client, "/index")["handbooks"] == []


def test_doubtful_match_can_be_told_apart(
    client: TestClient, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    handbook = published(client, settings)
    with Store.open(settings.data) as store:
        kept = next(r for r in store.records(handbook, 1) if r.kind == "practice")
    url = upload(client, handbook_pdf(practices=5), "b.pdf").headers["location"]
    worker.work(settings)
    decide(client, url, "publish", **{f"match:{kept.id}": "new", "match:x": "same"}, drastic="yes")
    worker.work(settings)
    with Store.open(settings.data) as store:
        now = {r.id: r.title for r in store.records(handbook, 2)}
        assert kept.id not in now
        assert kept.title in now.values()
        assert store.record(kept.id).edition == 1  # the old address answers as before


def test_plan_that_does_not_hold_any_more_is_shown_anew(client: TestClient, settings: Settings) -> None:
    handbook = published(client, settings)
    url = upload(client, handbook_pdf(practices=6), "b.pdf").headers["location"]
    worker.work(settings)
    pipeline.ingest(settings, handbook_pdf(practices=5), name="meanwhile.pdf")
    decide(client, url, "publish")
    worker.work(settings)
    shown = data(client, url)
    assert (shown["job"]["state"], shown["plan"]["before"]) == ("planned", 2)
    with Store.open(settings.data) as store:
        assert store.current_editions() == {handbook: 2}


@pytest.mark.parametrize(
    ("content", "status", "said"),
    [
        (b"", 400, "a.pdf is empty"),
        (b"<!doctype html><p>no", 400, "a.pdf is not a PDF"),
        (b"%PDF-1.7\n" + b"x" * 70_000, 413, "KB_MAX_FILE"),
        (b"%PDF-1.7\n" + b"x" * 400_000, 413, "KB_MAX_FILE"),
        (None, 400, "No file and no address"),
    ],
    ids=["empty", "no PDF", "too large", "much too large", "nothing"],
)
def test_what_is_no_pdf_or_too_large_is_refused_and_not_kept(
    client: TestClient, settings: Settings, content: bytes | None, status: int, said: str
) -> None:
    client.app.state.settings = replace(settings, max_file=60_000)  # type: ignore[attr-defined]
    answer = upload(client, content)
    assert (answer.status_code, said in answer.text) == (status, True)
    assert 'action="/admin/uploads"' in answer.text  # said where it was sent from
    assert (Reader(answer.text).open, Reader(answer.text).inline) == ([], [])
    assert data(client, OFFICE)["jobs"] == []
    assert not (settings.data / waiting.SPOOL).exists()


def test_other_bodies_and_addresses_and_handbooks_are_refused(client: TestClient) -> None:
    assert client.post("/admin/uploads", data={"csrf": csrf(client)}).status_code == 415
    kind = {"content-type": "multipart/form-data"}
    assert client.post("/admin/uploads", content=b"x", headers=kind).status_code == 400
    for address in (
        "file:///etc/passwd",
        "javascript:alert(1)",
        "ftp://example.org/a.pdf",
        "http://[::1/a.pdf",
        "https://a b/",
    ):
        assert upload(client, None, address=address).status_code == 400
    assert upload(client, handbook_pdf(), handbook="none").status_code == 400


def test_private_address_fails_with_what_to_do_and_can_be_tried_again(
    client: TestClient, settings: Settings
) -> None:
    url = upload(client, None, address="http://127.0.0.1:9/a.pdf").headers["location"]
    worker.work(settings)
    shown = data(client, url)["job"]
    assert (shown["state"], "private address" in shown["error"]) == ("failed", True)
    assert "Try again" in client.get(url).text
    assert decide(client, url, "retry").status_code == 303
    assert data(client, url)["job"]["state"] == "waiting"
    assert deeds(settings)[-2:] == ["fail", "retry"]


def test_file_that_cannot_be_read_fails_with_the_reason(client: TestClient, settings: Settings) -> None:
    url = upload(client, b"%PDF-1.7\nnothing more", "broken.pdf").headers["location"]
    worker.work(settings)
    assert data(client, url)["job"]["error"].startswith("broken.pdf")


def test_too_many_open_uploads_are_refused(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(waiting, "MOST_OPEN", 1)
    assert upload(client, handbook_pdf()).status_code == 303
    answer = upload(client, handbook_pdf())
    assert (answer.status_code, "Too many uploads" in answer.text) == (400, True)


# progress


def test_events_tell_the_progress_and_end_when_there_is_something_to_decide(
    client: TestClient, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(office, "SECONDS_BETWEEN", 0.0)
    url = upload(client, handbook_pdf()).headers["location"]
    jobs = Jobs(settings.data)
    number = int(url.rpartition("/")[2])
    steps: Iterator[Callable[[], object]] = iter(
        (
            jobs.take,
            lambda: jobs.tell(number, "read", 3, 9, "a.pdf"),
            lambda: jobs.planned(number, "{}"),
        )
    )
    looked = Jobs.job

    def look(self: Jobs, which: int) -> waiting.Job:
        found = looked(self, which)
        next(steps, lambda: None)()
        return found

    monkeypatch.setattr(Jobs, "job", look)
    answer = client.get(f"{url}/events")
    assert answer.headers["content-type"].startswith("text/event-stream")
    events = re.findall(r"event: (\w+)\ndata: (.*)\n\n", answer.text)
    told = [(name, json.loads(text)["state"], json.loads(text)["stage"]) for name, text in events]
    assert told[-2:] == [("progress", "reading", "read"), ("end", "planned", "read")]


def test_page_of_a_moving_job_refreshes_itself_without_script(client: TestClient, settings: Settings) -> None:
    url = upload(client, handbook_pdf()).headers["location"]
    assert '<noscript><meta http-equiv="refresh"' in client.get(url).text
    worker.work(settings)
    assert "http-equiv" not in client.get(url).text
    assert client.get("/admin/jobs/99").status_code == 404
    assert client.get("/admin/jobs/99/events").status_code == 404


# the worker


def start_worker(settings: Settings) -> subprocess.Popen[bytes]:
    process = subprocess.Popen([sys.executable, "-m", "web.admin"], stdin=subprocess.PIPE)
    assert process.stdin is not None
    with process.stdin as told:
        told.write(worker.SETTINGS.dump_json(settings))
    return process


@pytest.mark.parametrize("state", [State.READING, State.PUBLISHING])
def test_job_of_a_killed_worker_is_taken_up_again(
    client: TestClient, settings: Settings, state: State
) -> None:
    jobs = Jobs(settings.data)
    url = upload(client, handbook_pdf(practices=4)).headers["location"]
    number = int(url.rpartition("/")[2])
    if state is State.PUBLISHING:
        worker.work(settings)
        jobs.agree(number, ())
    process = start_worker(settings)
    until = time.monotonic() + 60
    while jobs.job(number).state is not state and time.monotonic() < until:
        time.sleep(0.01)
    os.kill(process.pid, signal.SIGKILL)
    assert process.wait() == -signal.SIGKILL
    assert jobs.job(number).state is state
    worker.work(settings)
    after = jobs.job(number)
    assert (after.state, after.tries) == ((State.PLANNED, 0) if state is State.READING else (State.DONE, 1))
    with Store.open(settings.data) as store:
        assert store.verify() == []
        assert len(store.handbooks()) == (state is State.PUBLISHING)


def test_job_published_just_before_its_worker_died_is_done_once(
    client: TestClient, settings: Settings
) -> None:
    url = upload(client, handbook_pdf()).headers["location"]
    jobs, number = Jobs(settings.data), int(url.rpartition("/")[2])
    worker.work(settings)
    jobs.agree(number, ())
    jobs.take()
    pipeline.ingest(settings, handbook_pdf(), name="a.pdf")  # what it had done when it died
    worker.work(settings)
    assert data(client, url)["published"]["status"] == "unchanged"
    with Store.open(settings.data) as store:
        assert [book.editions for book in store.handbooks()] == [1]


def test_job_that_kills_every_worker_fails_in_the_end(client: TestClient, settings: Settings) -> None:
    url = upload(client, handbook_pdf()).headers["location"]
    jobs = Jobs(settings.data)
    for _ in range(waiting.MOST_TRIES):
        assert jobs.take() is not None
        jobs.recover()
    shown = data(client, url)["job"]
    assert (shown["state"], "died 3 times" in shown["error"]) == ("failed", True)


def test_job_that_fails_as_nobody_foresaw_fails_alone(
    client: TestClient, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    read = pipeline.read

    def strange(*given: Any, **named: Any) -> Any:
        if given[2].name == "a.pdf":
            raise TypeError("strange")
        return read(*given, **named)

    monkeypatch.setattr(pipeline, "read", strange)
    first = upload(client, handbook_pdf()).headers["location"]
    second = upload(client, handbook_pdf(practices=3), "b.pdf").headers["location"]
    worker.work(settings)
    assert data(client, first)["job"]["error"].startswith("a.pdf: an error nobody foresaw (TypeError)")
    assert data(client, second)["job"]["state"] == "planned"


def test_job_that_kills_its_workers_takes_no_other_with_it(
    client: TestClient, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    upload(client, handbook_pdf())
    upload(client, handbook_pdf(practices=3), "b.pdf")
    jobs, foreman = Jobs(settings.data), Foreman(settings)

    def dying() -> int:
        """A worker that the first job kills."""
        jobs.recover()
        job = jobs.take()
        assert job is not None
        if job.number == 1:
            return -9
        jobs.failed(job.number, "done")
        return 0

    monkeypatch.setattr(foreman, "_one_worker", dying)
    monkeypatch.setattr("web.admin.foreman.SECONDS_BETWEEN", 0)
    foreman._work_off()
    assert ["died 3 times" in jobs.job(1).error, jobs.job(2).error] == [True, "done"]


def test_workers_that_die_of_nothing_in_hand_are_given_up(
    client: TestClient, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = upload(client, handbook_pdf()).headers["location"]
    foreman = Foreman(settings)
    monkeypatch.setattr(foreman, "_one_worker", lambda: 1)
    monkeypatch.setattr("web.admin.foreman.SECONDS_BETWEEN", 0)
    foreman._work_off()
    assert "the worker ended with 1" in data(client, url)["job"]["error"]


def test_foreman_takes_up_what_was_left_and_ends_its_worker(client: TestClient, settings: Settings) -> None:
    url = upload(client, handbook_pdf()).headers["location"]
    foreman = Foreman(settings)
    foreman.start()
    until = time.monotonic() + 60
    while data(client, url)["job"]["state"] != "planned" and time.monotonic() < until:
        time.sleep(0.05)
    assert data(client, url)["job"]["state"] == "planned"
    foreman.stop()


def test_files_that_no_job_needs_are_dropped(client: TestClient, settings: Settings) -> None:
    upload(client, handbook_pdf())
    spool = settings.data / waiting.SPOOL
    (spool / "77.pdf").write_bytes(b"of no job")
    (spool / f"77{waiting.READING}").write_bytes(b"of no job")
    old = spool / "old.partial"
    old.write_bytes(b"of an upload that broke off")
    os.utime(old, (0, 0))
    worker.work(settings)
    assert sorted(path.name for path in spool.iterdir()) == ["1.pdf", f"1{waiting.READING}"]


# editions and the log


def test_editions_are_rolled_back_taken_away_and_put_back(client: TestClient, settings: Settings) -> None:
    handbook = published(client, settings)
    pipeline.ingest(settings, handbook_pdf(practices=5), name="b.pdf")
    url = f"/admin/handbooks/{handbook}"
    assert [e["is_served"] for e in data(client, url)["editions"]] == [True, False]
    answer = decide(client, url, "rollback", edition="1")
    assert "Edition 1 is the current one now" in client.get(answer.headers["location"]).text
    assert data(client, f"/handbooks/{handbook}")["handbook"]["edition"] == 1
    assert decide(client, url, "remove").status_code == 303
    assert client.get(f"/handbooks/{handbook}").status_code == 404
    assert data(client, OFFICE)["handbooks"][0]["is_served"] is False
    assert decide(client, url, "put-back").status_code == 303
    assert data(client, f"/handbooks/{handbook}")["handbook"]["edition"] == 1
    assert deeds(settings)[-3:] == ["rollback", "remove", "put-back"]
    for action, fields in (("rollback", {"edition": "9"}), ("rollback", {}), ("put-back", {}), ("paint", {})):
        assert decide(client, url, action, **fields).status_code in (400, 404)


def test_profile_is_shown_and_forgotten(client: TestClient, settings: Settings) -> None:
    handbook = published(client, settings)
    with Store.open(settings.data) as store:
        store.set_profile(handbook, "[practices]\n# <script>\n")
    url = f"/admin/handbooks/{handbook}"
    assert "# &lt;script&gt;" in client.get(url).text
    decide(client, url, "forget-profile")
    assert data(client, url)["profile"] == ""
    assert deeds(settings)[-1] == "settings"


def test_log_is_shown_by_pages_and_cannot_be_changed(client: TestClient, settings: Settings) -> None:
    journal = Journal(settings.data)
    for number in range(60):
        journal.add(Deed.CORRECT, who=f"<b>{number}</b>", via="token", detail="x" * 600)
    first = data(client, "/admin/log")
    assert len(first["entries"]) == 50
    assert "&lt;b&gt;59&lt;/b&gt;" in client.get("/admin/log").text
    rest = client.get(first["older"].replace("log?", "log.json?")).json()
    assert [e["deed"] for e in rest["entries"]][-1] == "sign-in"
    assert rest["older"] == ""
    with (
        pytest.raises(Exception, match="append only"),
        kb_office.opened(settings.data) as db,
    ):
        db.execute("DELETE FROM log")


def test_pages_are_well_formed_private_and_hold_no_inline_code(
    client: TestClient, settings: Settings
) -> None:
    handbook = published(client, settings, 8)
    urls = [upload(client, handbook_pdf(practices=4), "b.pdf").headers["location"]]
    moving = Reader(client.get(urls[0]).text)
    worker.work(settings)
    urls += [OFFICE, "/admin/jobs/1", f"/admin/handbooks/{handbook}", "/admin/log"]
    for page, url in [(moving, urls[0]), *((Reader(client.get(url).text), url) for url in urls)]:
        assert (page.open, page.inline) == ([], []), url
        assert len(page.ids) == len(set(page.ids)), url
        for link in page.links:
            if link.startswith("/") and "?v=" not in link and link not in POSTED_TO:
                assert client.get(link).status_code in (200, 303), link
    for url in urls:
        headers = client.get(url).headers
        assert (headers["cache-control"], headers["x-robots-tag"]) == ("no-store", "noindex")


def test_whose_a_handbook_is_is_stated_in_a_form_shown_and_logged(
    client: TestClient, settings: Settings
) -> None:
    handbook = published(client, settings)
    url = f"/admin/handbooks/{handbook}"

    def details(**fields: str) -> httpx.Response:
        return client.post(url, data={"csrf": csrf(client), "action": "details", **fields})

    stated = {"publisher": "The <b>alliance</b>", "licence": "CC BY 4.0", "url": "https://example.org/book"}
    assert details(**stated).status_code == 303
    shown = data(client, f"/handbooks/{handbook}")
    assert [shown[name] for name in ("publisher", "licence", "own_page")] == list(stated.values())
    page = client.get(f"/handbooks/{handbook}").text
    assert "The &lt;b&gt;alliance&lt;/b&gt;" in page
    assert 'href="https://example.org/book"' in page
    assert data(client, url)["licence"] == "CC BY 4.0"
    assert "CC BY 4.0" in Journal(settings.data).entries(1)[0].detail
    for wrong in ({"url": "javascript:alert(1)"}, {"url": "https://"}, {"publisher": "x" * 301}):
        assert details(**wrong).status_code == 400
    assert data(client, url)["publisher"] == stated["publisher"]
    details()
    assert data(client, f"/handbooks/{handbook}")["publisher"] == ""
    assert "Publisher" not in client.get(f"/handbooks/{handbook}").text


@pytest.mark.parametrize("digits", [10, 30, 5000])
def test_number_that_is_too_long_is_not_found(client: TestClient, digits: int) -> None:
    number = "9" * digits
    assert client.get(f"/admin/jobs/{number}").status_code == 404
    assert client.get(f"/handbooks/any/pages/{number}").status_code == 404
    assert client.get(f"/admin/log?before={number}").status_code == 422


def test_every_page_leads_to_the_sign_in_form_where_there_is_one(
    visitor: TestClient, settings: Settings
) -> None:
    assert '<a href="/admin" rel="nofollow">Sign in</a>' in visitor.get("/").text
    assert password.forget(settings.data)
    assert "Sign in" not in visitor.get("/").text
