from __future__ import annotations

import hashlib
import http.server
import ipaddress
import os
import socket
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest import fetching
from ingest.public import is_public
from ingest.reading.reading import Source
from ingest.source import load
from kb.errors import InputError, ParseError

PDF = b"%PDF-1.7\n" + b"x" * 1000
LIMIT = 10_000

Handler = http.server.BaseHTTPRequestHandler


class _Site(Handler):
    """Answers as the path says."""

    server: http.server.HTTPServer

    def do_GET(self) -> None:  # noqa: N802 - http.server's own name
        getattr(self, "answer_" + self.path.strip("/").partition("/")[0].partition(".")[0])()

    def log_message(self, *_: Any) -> None:
        pass

    def reply(self, body: bytes, status: int = 200, **headers: str) -> None:
        self.send_response(status)
        for name, value in {"Content-Length": str(len(body)), **headers}.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(body)

    def answer_good(self) -> None:
        self.reply(PDF, Content_Type="application/pdf")

    def answer_host(self) -> None:
        self.reply(b"%PDF-" + self.headers["Host"].encode())

    def answer_missing(self) -> None:
        self.reply(b"gone", 404)

    def answer_page(self) -> None:
        self.reply(b"\n<!DOCTYPE html><html>Log in first</html>", Content_Type="text/html")

    def answer_empty(self) -> None:
        self.reply(b"")

    def answer_big(self) -> None:
        self.reply(PDF * 20)

    def answer_endless(self) -> None:
        self.send_response(200)
        self.end_headers()
        for _ in range(1000):
            try:
                self.wfile.write(PDF)
            except OSError:
                return

    def answer_broken(self) -> None:
        self.reply(PDF[:100], Content_Length="5000")

    def answer_moved(self) -> None:
        self.reply(b"", 302, Location="/good.pdf")

    def answer_round(self) -> None:
        self.reply(b"", 302, Location="/round")

    def answer_away(self) -> None:
        self.reply(b"", 302, Location="file:///etc/hostname")

    def answer_inward(self) -> None:
        self.reply(b"", 302, Location=f"http://127.0.0.1:{self.server.server_port}/good")

    def answer_slow(self) -> None:
        self.send_response(200)
        self.end_headers()
        for _ in range(100):
            try:
                self.wfile.write(b"%PDF-")
            except OSError:
                return
            threading.Event().wait(0.05)

    def answer_nowhere(self) -> None:
        self.reply(b"", 302)

    def answer_astray(self) -> None:
        self.reply(b"", 302, Location="http://[::1")

    def answer_drip(self) -> None:
        self.wfile.write(b"HTTP/1.1 200 OK\r\n")
        self.names(lambda number: f"X-{number}: a", 0.05)

    def answer_names(self) -> None:
        self.wfile.write(b"HTTP/1.1 200 OK\r\n")
        self.names(lambda number: f"X-{number}: a", 0)

    def answer_name(self) -> None:
        self.wfile.write(b"HTTP/1.1 200 OK\r\n")
        self.names(lambda _: "x" * 5000, 0, end="")

    def names(self, line: Callable[[int], str], pause: float, end: str = "\r\n") -> None:
        """Headers without end."""
        for number in range(100_000):
            try:
                self.wfile.write((line(number) + end).encode())
            except OSError:
                return
            if pause:
                threading.Event().wait(pause)

    def answer_silent(self) -> None:
        threading.Event().wait(2)


Site = Callable[[str], str]


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Site) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield lambda path: f"http://127.0.0.1:{server.server_address[1]}/{path}"
        server.shutdown()
        thread.join()


def fetch(address: str) -> Source:
    return load(address, max_file=LIMIT, allow_private=True)


def test_a_file_gives_its_bytes_checksum_name_and_place(tmp_path: Path) -> None:
    path = tmp_path / "h.pdf"
    path.write_bytes(PDF)
    assert load(path, max_file=LIMIT) == Source(PDF, hashlib.sha256(PDF).hexdigest(), "h.pdf", str(path))
    assert load(str(path), max_file=LIMIT).data == PDF


def test_an_upload_keeps_the_name_it_came_with() -> None:
    assert load(PDF, name="mine.pdf", max_file=LIMIT).name == "mine.pdf"
    assert load(PDF, max_file=LIMIT).origin == "upload"


def test_a_mark_after_some_junk_is_still_a_pdf() -> None:
    assert load(b"\xef\xbb\xbf junk\n" + PDF, max_file=LIMIT).data.endswith(PDF)


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", r"^h\.pdf: the file is empty"),
        (b"PK\x03\x04 a Word file", r"^h\.pdf: not a PDF"),
        (b"x" * 1100 + PDF, r"^h\.pdf: not a PDF"),
        (b"<html>", r"^h\.pdf: a web page"),
        (PDF * 20, r"^h\.pdf: 0\.0 MB|^h\.pdf: .* at most 0\.0 MB.*KB_MAX_FILE"),
    ],
)
def test_bytes_that_are_no_usable_pdf_are_refused(data: bytes, message: str) -> None:
    with pytest.raises(ParseError, match=message):
        load(data, name="h.pdf", max_file=LIMIT)


def test_a_path_that_is_no_readable_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no such file"):
        load(tmp_path / "none.pdf", max_file=LIMIT)
    with pytest.raises(InputError, match="not a file but a folder"):
        load(tmp_path, max_file=LIMIT)
    with pytest.raises(InputError, match="device or pipe"):
        load("/dev/zero", max_file=LIMIT)
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(InputError, match="device or pipe"):
        load(tmp_path / "pipe", max_file=LIMIT)
    with pytest.raises(InputError, match="cannot be read"):
        load("h\0.pdf", max_file=LIMIT)


def test_a_file_over_the_limit_is_refused_unread(tmp_path: Path) -> None:
    with (tmp_path / "big.pdf").open("wb") as file:
        file.truncate(2**40)
    with pytest.raises(ParseError, match="KB_MAX_FILE"):
        load(tmp_path / "big.pdf", max_file=LIMIT)


def test_an_address_gives_the_file_and_its_name(site: Site) -> None:
    found = fetch(site("good.pdf#page=3"))
    assert (found.data, found.name, found.origin) == (PDF, "good.pdf", site("good.pdf"))


def test_a_redirect_is_followed(site: Site) -> None:
    assert fetch(site("moved")).name == "good.pdf"


def test_the_server_is_asked_under_its_own_name(site: Site) -> None:
    address = site("host").replace("127.0.0.1", "localhost")
    assert fetch(address).data.startswith(b"%PDF-localhost:")


@pytest.mark.parametrize(
    ("path", "message"),
    [
        ("missing", r"answers 404 Not Found"),
        ("page", r"^page: a web page.*give the PDF itself"),
        ("empty", r"is empty"),
        ("big", r"KB_MAX_FILE"),
        ("endless", r"KB_MAX_FILE"),
        ("broken", r"cannot be fetched"),
        ("round", r"redirects more than 5 times"),
        ("away", r"only http and https"),
        ("nowhere", r"redirects without saying where to"),
        ("astray", r"is no address|cannot be fetched"),
        ("names", r"cannot be fetched"),
        ("name", r"cannot be fetched"),
    ],
)
def test_an_address_that_gives_no_usable_pdf_is_refused(site: Site, path: str, message: str) -> None:
    with pytest.raises(InputError, match=message):
        fetch(site(path))


@pytest.mark.parametrize("path", ["slow", "drip"])
def test_what_drips_is_given_up(site: Site, monkeypatch: pytest.MonkeyPatch, path: str) -> None:
    monkeypatch.setattr(fetching, "FETCH_SECONDS", 0.3)
    with pytest.raises(InputError, match="takes longer than"):
        fetch(site(path))


def test_a_silent_server_is_given_up(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fetching, "_SILENCE_SECONDS", 0.2)
    with pytest.raises(InputError, match="no answer for"):
        fetch(site("silent"))


def test_a_host_that_is_not_known_or_does_not_answer_is_refused() -> None:
    with pytest.raises(InputError, match="is not known"):
        fetch("http://handbooks.invalid/h.pdf")
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    with pytest.raises(InputError, match="cannot be fetched"):
        fetch(f"http://127.0.0.1:{port}/h.pdf")


@pytest.mark.parametrize(
    "address",
    [
        "ftp://a.org/h.pdf",
        "file:///etc/passwd",
        "http://",
        "https://[1::/h.pdf",
        "http://me:secret@a.org/h.pdf",
    ],
)
def test_other_schemes_and_malformed_addresses_are_refused(address: str) -> None:
    with pytest.raises(InputError) as caught:
        fetch(address)
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "localhost", "[::1]", "10.1.2.3", "169.254.169.254", "0.0.0.0", "127.1"]
)
def test_a_private_address_is_not_asked(host: str) -> None:
    with pytest.raises(InputError, match=r"private address.*--allow-private"):
        load(f"http://{host}/h.pdf", max_file=LIMIT)


def test_a_public_host_cannot_redirect_inward(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    port = int(site("").rstrip("/").rpartition(":")[2])
    asked: list[object] = []

    def is_public(address: object) -> bool:
        asked.append(address)
        return len(asked) == 1

    monkeypatch.setattr(fetching, "is_public", is_public)
    with pytest.raises(InputError, match="private address"):
        load(f"http://127.0.0.1:{port}/inward", max_file=LIMIT)
    assert len(asked) == 2


def test_a_host_with_a_private_address_too_is_refused(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    found = [(2, 1, 6, "", (a, 80)) for a in ("93.184.216.34", "127.0.0.1")]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: found)
    with pytest.raises(InputError, match=r"private address \(127\.0\.0\.1\)"):
        load("http://two.example/h.pdf", max_file=LIMIT)


@pytest.mark.parametrize(
    ("address", "public"),
    [
        ("93.184.216.34", True),
        ("2606:2800:220:1:248:1893:25c8:1946", True),
        ("::ffff:127.0.0.1", False),
        ("::ffff:93.184.216.34", True),
        ("64:ff9b::7f00:1", False),
        ("2002:7f00:1::", False),
        ("2002:5db8:d822::", False),
        ("64:ff9b::5db8:d822", True),
        ("64:ff9b:1::1", False),
        ("fec0::1", False),
        ("192.0.0.9", False),
        ("192.88.99.1", False),
        ("3fff:fff::1", False),
        ("5f00::1", False),
        ("2606:2800::5efe:a01:203", False),
        ("2606:2800::200:5efe:a01:203", False),
        ("::7f00:1", False),
        ("100::1", False),
        ("2001:20::1", False),
        ("ff0e::1", False),
        ("::", False),
        ("::1", False),
        ("0.0.0.0", False),
        ("255.255.255.255", False),
        ("198.19.0.1", False),
        ("2001:0:4136:e378:8000:63bf:3fff:fdd2", False),
        ("224.0.0.1", False),
        ("100.64.0.1", False),
        ("fe80::1", False),
        ("fd00::1", False),
        ("240.0.0.1", False),
    ],
)
def test_which_addresses_are_public(address: str, public: bool) -> None:
    assert is_public(ipaddress.ip_address(address)) is public


@given(st.ip_addresses(v=4))
def test_an_address_wrapped_in_ipv6_is_judged_as_itself(address: ipaddress.IPv4Address) -> None:
    wrapped = ipaddress.IPv6Address(f"::ffff:{address}")
    assert is_public(wrapped) == is_public(address)


@given(st.text(max_size=60))
def test_the_name_of_an_address_is_never_a_path(tail: str) -> None:
    try:
        url = fetching._parsed(f"https://a.org/files/{tail}")
    except InputError:
        return
    name = fetching._file_name(url)
    assert name
    assert Path(name).name == name
    assert name not in {".", ".."}
