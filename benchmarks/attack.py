"""Everything that is known to be tried against a server, tried: `python -m benchmarks.attack [MINUTES]`.

The sample handbook is ingested and served by the real command; then clients that mean harm come one after another,
each while an honest one searches on. At last 20 clients search, read and look at pages for so many MINUTES (10). What
a running server does not show - the reader's confinement, backups, rows - the tests of `tests/attacks` try, and are
counted in. The last column of the table must be 0.
"""

from __future__ import annotations

import re
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import xml.etree.ElementTree as ET
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import psutil

from benchmarks import hostile
from benchmarks.serving import server
from benchmarks.setting import ROOT, SAMPLE, kb, say
from benchmarks.tried import NEEDS, Target, Tried

TOKEN = "a token for this attack alone"
MINUTES = 10.0
CLIENTS = 20
HALF_OPEN = 1500
PICTURES = 60
SLOWER = 2.0  # how much longer a search may take beside those pictures
LARGEST = 30_000  # bytes of an address
MOST_GROWTH = 60 * LARGEST  # of an answer to one
FLAT = 0.05
PATIENCE_S = 30.0
HEADER = b"GET / HTTP/1.1\r\nHost: localhost\r\n"  # without its end
POST = (
    b"POST /admin/sign-in HTTP/1.1\r\nHost: localhost\r\n"
    b"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 500000\r\n\r\n"
)


def main() -> None:
    """Serve, attack, and print the table; exit code 1 where something did not end well."""
    minutes = float(sys.argv[1]) if len(sys.argv) > 1 else MINUTES
    rows = []
    with tempfile.TemporaryDirectory(prefix="kb-attack-") as folder:
        data = Path(folder) / "library"
        say("ingesting the sample ...")
        kb("ingest", "--yes", SAMPLE, data=data)
        for attack in (
            queries,
            messages,
            origins,
            names,
            guesses,
            growth,
            half_open,
            drips,
            pictures,
            fetches,
            uploads,
        ):
            say(f"{attack.__name__} ...")
            with _target(data) as target:
                rows.append(attack(target))
                rows[-1].see(target.search_s() < PATIENCE_S, "an honest search afterwards")
        say(f"load, {minutes:g} minutes ...")
        with _target(data) as target:
            rows.append(load(target, minutes))
    rows += suite()
    print("| attack | tried | ended well | not |\n|---|---|---|---|")
    for row in rows:
        print(row.row())
    wrong = [f"{row.what}: {said}" for row in rows for said in row.wrong]
    for line in wrong:
        say(line)
    sys.exit(bool(wrong))


@contextmanager
def _target(data: Path) -> Iterator[Target]:
    with (
        server(data, KB_ADMIN_TOKEN=TOKEN) as (process, url),
        httpx.Client(base_url=url, timeout=PATIENCE_S) as client,
    ):
        target = Target(url, psutil.Process(process.pid), client)
        target.search_s(3)
        yield target


def queries(target: Target) -> Tried:
    """Texts and addresses that break what is careless: no error of the server, nothing of theirs unescaped."""
    tried = Tried("hostile queries and addresses")
    for address in hostile.addresses():
        answer = target.client.get(_raw(target.url, address))
        is_page = "html" in answer.headers.get("content-type", "")
        is_clean = not is_page or not re.search(r"<script>alert|onerror=alert\(1\)>", answer.text)
        leads = answer.headers.get("location", "")
        is_inside = "evil" not in (urlsplit(leads).hostname or "")
        tried.see(
            answer.status_code < 500 and is_clean and is_inside, f"{answer.status_code} {address[:100]}"
        )
    return tried


def messages(target: Target) -> Tried:
    """Messages to the assistants' address that break what is careless: refused, and nothing of the server breaks."""
    tried = Tried("hostile messages of assistants")
    for body in hostile.messages():
        answer = target.client.post("/mcp", content=body, headers=hostile.ASSISTANT)
        tried.see(answer.status_code < 500, f"{answer.status_code} {body[:80]!r}")
    return tried


def origins(target: Target) -> Tried:
    """Pages of other sites: none reads what is answered, has a page in a frame, or asks as an assistant."""
    tried = Tried("pages of foreign origins")
    for origin in hostile.ORIGINS:
        for path in ("/search.json?q=credit", "/embed", "/admin/review.json", "/mcp", "/metrics"):
            answer = target.client.get(path, headers={"Origin": origin})
            policy = answer.headers.get("content-security-policy", "")
            is_closed = "access-control-allow-origin" not in answer.headers and "evil" not in policy
            tried.see(is_closed and "frame-ancestors" in policy, f"{origin} {path}")
        asked = target.client.post("/mcp", content=b"{}", headers={**hostile.ASSISTANT, "Origin": origin})
        tried.see(asked.status_code == 403, f"{origin} /mcp: {asked.status_code}")
    return tried


def _raw(url: str, address: str) -> httpx.URL:
    """An address as it is, not put in order."""
    return httpx.URL(url).copy_with(raw_path=address.encode("ascii", "ignore"))


def names(target: Target) -> Tried:
    """Other hosts' names: nothing is answered."""
    tried = Tried("foreign Host headers")
    for host in hostile.HOSTS:
        for path in (
            "/",
            "/search.json?q=credit",
            "/admin/sign-in",
            "/feed.atom",
            "/sitemap.xml",
            "/embed",
            "/mcp",
        ):
            answer = target.client.get(path, headers={"Host": host})
            tried.see(answer.status_code == 400 and "evil" not in answer.text, f"{host} {path}")
    return tried


def guesses(target: Target) -> Tried:
    """Guessing the token, from one client and by claims to be many; the right one is refused to this client alone."""
    tried = Tried("guesses of the token")
    for number in range(60):
        status = _sign_in(target, f"guess {number}", {"X-Forwarded-For": f"192.0.2.{number}"}).status_code
        tried.see(status == (403 if number < 5 else 429), f"guess {number}: {status}")
    return tried


def _sign_in(target: Target, token: str, headers: dict[str, str] | None = None) -> httpx.Response:
    with httpx.Client(base_url=target.url, timeout=PATIENCE_S, headers=headers) as client:
        form = re.search(r'name="csrf" value="([^"]+)"', client.get("/admin/sign-in").text)
        assert form is not None
        return client.post("/admin/sign-in", data={"csrf": form[1], "token": token})


def growth(target: Target) -> Tried:
    """Large addresses: answers of their size, and memory that comes back."""
    tried = Tried("addresses of 30 kB")
    for address in hostile.large(LARGEST):
        target.client.get(_raw(target.url, address))
    before = target.resident()
    for _ in range(3):
        for address in hostile.large(LARGEST):
            size = len(target.client.get(_raw(target.url, address)).content)
            tried.see(size < MOST_GROWTH, f"{size} bytes for {address[:60]}")
    grown = target.resident() / before - 1
    tried.note = f"memory {grown:+.1%}"
    tried.see(grown < FLAT, f"memory grew by {grown:.1%}")
    return tried


def half_open(target: Target) -> Tried:
    """1 500 connections of one client that say little or nothing, while another searches."""
    tried = Tried("half-open connections")
    said = (b"", b"G", HEADER, POST)
    with ExitStack() as held:
        for number in range(HALF_OPEN):
            with suppress(OSError):
                one = held.enter_context(socket.create_connection(target.place, timeout=PATIENCE_S))
                one.sendall(said[number % len(said)])
            if number % 100 == 99:
                try:
                    status = httpx.get(
                        f"{target.url}/search.json", params={"q": f"credit {number}"}
                    ).status_code
                except httpx.HTTPError as error:
                    status = 0
                    say(repr(error))
                tried.see(status == 200, f"a search beside {number + 1}: {status}")
        files = target.process.num_fds()
        tried.note = f"{HALF_OPEN}; the server held {files} files"
        tried.see(files < 1000, f"{files} open files")
    return tried


def drips(target: Target) -> Tried:
    """Headers and bodies that come byte by byte: each connection is closed."""
    tried = Tried("dripped headers and bodies")
    starts = (HEADER, POST)
    with ExitStack() as held:
        opened = [held.enter_context(socket.create_connection(target.place, timeout=1)) for _ in range(20)]
        for number, one in enumerate(opened):
            one.sendall(starts[number % 2])
        until, left = time.monotonic() + 2 * PATIENCE_S, set(opened)
        while left and time.monotonic() < until:
            left = {one for one in left if not _is_closed(one)}
            time.sleep(0.5)
        for one in opened:
            tried.see(one not in left, "a connection that drips is still open")
    return tried


def _is_closed(one: socket.socket) -> bool:
    """Send one byte more; whether the server ended the connection."""
    one.settimeout(0.01)
    try:
        one.sendall(b"X")
        return not one.recv(1000) or _is_closed(one)
    except TimeoutError:
        return False
    except OSError:
        return True


def pictures(target: Target) -> Tried:
    """60 pictures of pages that nobody looked at before, at once, while another searches."""
    tried = Tried("pictures at once")
    usual = target.search_s(15)
    book = target.client.get("/index.json").json()["handbooks"][0]["handbook"]["url"]
    asked = [f"{book}/pages/{1 + n % 30}.png?width={(480, 1600)[n // 30]}" for n in range(PICTURES)]
    with ThreadPoolExecutor(PICTURES) as pool, httpx.Client(base_url=target.url, timeout=300) as client:
        answers = [pool.submit(client.get, address) for address in asked]
        beside = target.search_s(15)
        is_beside = not all(one.done() for one in answers)
        for one in answers:
            answer = one.result()
            is_well = answer.status_code == 200 or (
                answer.status_code == 503 and "retry-after" in answer.headers
            )
            tried.see(is_well, f"a picture: {answer.status_code}")
    tried.note = f"a search took {beside / usual:.1f} times its usual {usual * 1000:.0f} ms"
    tried.see(is_beside and beside <= SLOWER * usual, tried.note)
    return tried


def fetches(target: Target) -> Tried:
    """Addresses that lead inside, or nowhere: each job fails with a sentence, and the worker lives."""
    tried = Tried("addresses to be fetched")
    with _signed_in(target) as client:
        for address in hostile.PRIVATE:
            found = _uploaded(client, files={"file": ("", b"")}, address=address)
            said = found if isinstance(found, str) else str(found["job"]["error"])
            state = "refused" if isinstance(found, str) else found["job"]["state"]
            is_well = state in ("refused", "failed") and "secret" not in said and "nobody foresaw" not in said
            tried.see(is_well and bool(said), f"{address}: {state} {said}")
    return tried


def uploads(target: Target) -> Tried:
    """Files that a reader may die of: each is read or refused with a sentence."""
    tried = Tried("hostile PDFs uploaded")
    with _signed_in(target) as client:
        for name, made in hostile.FILES:
            found = _uploaded(client, files={"file": (f"{name}.pdf", made(), "application/pdf")})
            said = found if isinstance(found, str) else str(found["job"]["error"] or found["job"]["state"])
            tried.see(bool(said) and "nobody foresaw" not in said and "died" not in said, f"{name}: {said}")
    return tried


@contextmanager
def _signed_in(target: Target) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=target.url, timeout=PATIENCE_S) as client:
        form = re.search(r'name="csrf" value="([^"]+)"', client.get("/admin/sign-in").text)
        assert form is not None
        client.post("/admin/sign-in", data={"csrf": form[1], "token": TOKEN})
        yield client


def _uploaded(client: httpx.Client, *, files: Any, address: str = "") -> Any:
    """Upload; the job's page as JSON once it moves no more, or what the refusal says. It is discarded then."""
    csrf = client.get("/admin/handbooks.json").raise_for_status().json()["csrf"]
    answer = client.post("/admin/uploads", data={"csrf": csrf, "address": address}, files=files)
    if answer.status_code != 303:
        return f"{answer.status_code}" if answer.status_code < 500 else ""
    url, until = answer.headers["location"], time.monotonic() + 400
    while (found := client.get(f"{url}.json").raise_for_status().json())["job"]["is_moving"]:
        if time.monotonic() > until:
            break
        time.sleep(0.3)
    client.post(url, data={"csrf": csrf, "action": "discard"})
    return found


def load(target: Target, minutes: float) -> Tried:
    """20 clients that search, read, look and export for so long: no error, and memory that stays."""
    tried, until = Tried(f"{CLIENTS} clients for {minutes:g} minutes"), time.monotonic() + 60 * minutes
    home = target.client.get("/index.json").json()
    records = [
        item["url"] for group in target.client.get("/browse.json").json()["groups"] for item in group["items"]
    ]
    book, lock = home["handbooks"][0]["handbook"]["url"], threading.Lock()

    def visit(number: int) -> None:
        with httpx.Client(base_url=target.url, timeout=300) as client:
            turn = number
            while time.monotonic() < until:
                turn += 1
                address = (
                    f"/search?q={NEEDS[turn % len(NEEDS)]} {turn % 400}",
                    f"/search.json?q={NEEDS[turn % len(NEEDS)]}&theme=x{turn % 9}",
                    records[turn % len(records)],
                    f"{book}/pages/{1 + turn % 30}",
                    f"/de/search?q={NEEDS[turn % len(NEEDS)]}",
                    f"/map?q={NEEDS[turn % len(NEEDS)]}",
                    f"/search.csv?q={NEEDS[turn % len(NEEDS)]}",
                )[turn % 7]
                try:
                    status = client.get(address).status_code
                except httpx.HTTPError as error:
                    status = 599
                    say(f"{address}: {error!r}")
                with lock:
                    tried.see(status < 400, f"{status} {address}")

    threads = [threading.Thread(target=visit, args=(17 * number,)) for number in range(CLIENTS)]
    for one in threads:
        one.start()
    resident = []
    while any(one.is_alive() for one in threads):
        time.sleep(min(5.0, minutes * 2))
        resident.append(target.resident())
    third = max(1, len(resident) // 3)
    grown = (
        statistics.median(resident[-third:]) / statistics.median(resident[third : 2 * third] or resident) - 1
    )
    tried.note = f"memory {grown:+.1%} from the second third to the last, {resident[-1] / 1e6:.0f} MB"
    tried.see(grown < FLAT, tried.note)
    return tried


def suite() -> Iterable[Tried]:
    """The tests of tests/attacks, a row a file; what is skipped here is said."""
    with tempfile.NamedTemporaryFile(suffix=".xml") as report:
        words = ["-q", "-n", "2", "-p", "no:cacheprovider", f"--junitxml={report.name}", "tests/attacks"]
        subprocess.run(
            [sys.executable, "-m", "pytest", *words], cwd=ROOT, stdout=subprocess.DEVNULL, check=False
        )
        cases = list(ET.parse(report.name).getroot().iter("testcase"))
    for name in sorted({case.get("classname", "") for case in cases}):
        tried, skipped = Tried(f"tests: {name.rpartition('.')[2].removeprefix('test_')}"), 0
        for case in cases:
            if case.get("classname") == name and case.find("skipped") is not None:
                skipped += 1
            elif case.get("classname") == name:
                tried.see(case.find("failure") is None and case.find("error") is None, case.get("name", ""))
        tried.note = f"{skipped} skipped" if skipped else ""
        yield tried


if __name__ == "__main__":
    main()
