"""What is sent to a server by those who mean it harm: texts, addresses, hosts, files."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from itertools import product
from urllib.parse import quote, urlencode

from tests import pdfs

TURNING = "".join(map(chr, (*range(0x202A, 0x202F), *range(0x2066, 0x206A))))
"""Control characters that turn text around."""

TEXTS = (
    "' OR 1=1 --",
    '"; DROP TABLE record; --',
    "{{7*7}}${7*7}<%= 7*7 %>",
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "javascript:alert(1)",
    "\u0000",
    "\ud800".encode("utf-8", "surrogatepass").decode("latin-1"),
    "a\r\nSet-Cookie: x=y",
    "../../../../etc/passwd",
    "%00",
    "%2e%2e%2f",
    TURNING + "gnp.exe",
    "A" * 1999,
    "é" * 1999,
    "a " * 999,
    "(" * 500,
    '"' * 500,
    "*" * 500,
    "AND OR NOT NEAR(" * 50,
    "title:x AND (id:[* TO *])",
    "~" * 100 + "2",
    "\\" * 300,
    "🜁" * 400,
    "\u0301" * 800,
    "ﷺ" * 400,
    "\t\n\v\f",
    " ",
    "1e400",
    "-0",
    "NaN",
    "[]{}",
    "%s%n%d",
    "${jndi:ldap://127.0.0.1/a}",
    "= cmd|' /C calc'!A0",
)
PAGES = (
    "/search",
    "/search.json",
    "/map",
    "/suggest",
    "/shortlist",
    "/search.csv",
    "/search.bib",
    "/browse",
    "/embed",
    "/embedding",
    "/embed/look.css",
)
NUMBERS = ("-1", "0", "1e9", "99999999999999999999", "٣", "1.5", "0x10", "", "+1", "1_000", "NaN", "²")
PATHS = (
    "/practices/../../etc/passwd",
    "/practices/%2e%2e%2f%2e%2e%2fetc%2fpasswd",
    "/static/../app.py",
    "/static/%2e%2e/app.py",
    "/static//etc/passwd",
    "/static/..%5capp.py",
    "/handbooks/x/pages/999999999.png",
    "/handbooks/%00/pages/1.png",
    "/practices/" + "x" * 8000,
    "/" + "a/" * 4000,
    "//evil.example/",
    "/\\evil.example",
    "/de/../admin",
    "/admin/jobs/99999999999",
    "/admin/sign-in?next=//evil.example",
    "/admin/sign-in?next=https://evil.example",
    "/%ff%fe",
    "/.git/config",
    "/signing.key",
    "/admin.password",
    "/kb.sqlite3",
)
HOSTS = (
    "evil.example",
    "evil.example:80",
    "localhost.evil.example",
    "127.0.0.1.evil.example",
    "127.0.0.1@evil.example",
    "[::1].evil.example",
    "192.0.2.8",
    "2130706433",
    "0.0.0.0",
    "localhost:80:80",
    "a/../b",
    '"><script>',
)
ORIGINS = (
    "https://evil.example",
    "null",
    "file://",
    "http://localhost.evil.example",
    "https://*",
    "a\tb",
    "*",
)
ASSISTANT = {"Content-Type": "application/json", "Accept": "application/json, text/event-stream"}
"""The headers of an assistant's message."""
PRIVATE = (
    "http://127.0.0.1/a.pdf",
    "http://localhost:22/",
    "http://[::1]/a.pdf",
    "http://10.0.0.1/",
    "http://172.16.0.1/",
    "http://192.168.1.1/",
    "http://169.254.169.254/latest/meta-data/",
    "http://100.64.0.1/",
    "http://0/",
    "http://127.1/",
    "http://2130706433/",
    "http://0x7f.1/",
    "http://0177.0.0.1/",
    "http://[::ffff:127.0.0.1]/",
    "http://[::127.0.0.1]/",
    "http://[64:ff9b::7f00:1]/",
    "http://[64:ff9b:1::7f00:1]/",
    "http://[2002:7f00:1::]/",
    "http://[fec0::1]/",
    "http://[fe80::1]/",
    "http://[fd00::1]/",
    "http://[3fff::1]/",
    "http://[5f00::1]/",
    "http://[100::1]/",
    "http://[2001:db8::1]/",
    "http://[2001:20::1]/",
    "http://[2606:2800::5efe:7f00:1]/",
    "http://192.0.0.9/",
    "http://192.88.99.1/",
    "http://198.18.0.1/",
    "http://224.0.0.1/",
    "http://255.255.255.255/",
    "file:///etc/passwd",
    "ftp://127.0.0.1/",
    "gopher://127.0.0.1/",
    "http://user:secret@127.0.0.1/",
    "http://",
    "http://[::1",
    "http://127.0.0.1:0/",
    "http://127.0.0.1:99999/",
)

FILES: tuple[tuple[str, Callable[[], bytes]], ...] = (
    ("a page tree that is a loop", pdfs.page_tree_loop_pdf),
    ("an outline that is a loop", pdfs.outline_loop_pdf),
    ("2 GB in 2 MB", pdfs.inflating_pdf),
    ("no pages", pdfs.zero_pages_pdf),
    ("cut off", pdfs.truncated_pdf),
    ("more pages than are read", lambda: pdfs.many_pages_pdf(1001)),
    ("a password", lambda: pdfs.encrypted_pdf("secret")),
    ("nothing but a mark", lambda: b"%PDF-1.7\n"),
    ("a mark and noise", lambda: b"%PDF-1.7\n" + bytes(range(256)) * 4000),
    ("nested arrays", lambda: b"%PDF-1.7\n1 0 obj\n" + b"[" * 500_000 + b"]" * 500_000 + b"\nendobj\n"),
    ("a title that turns text around", lambda: pdfs.text_pdf(2, title=TURNING + "Handbook")),
    ("a page of marks", lambda: pdfs.text_pdf(2, ("<script>alert(1)</script>", "{{7*7}}"), "<b>x</b>")),
)
"""What a reader may die of, by what is wrong with it."""


def addresses() -> Iterator[str]:
    """Each text at each page, each odd number in each place of one, and the paths that lead out."""
    for page, text in product(PAGES, TEXTS):
        yield f"{page}?{urlencode({'q': text})}"
    for text in TEXTS:
        yield "/practices/" + quote(text[:500], safe="")
        yield "/linksets/practices/" + quote(text[:500], safe="")
        yield "/linksets/handbooks/" + quote(text[:500], safe="")
        yield f"/search?{urlencode({'q': 'credit', 'theme': text, 'handbook': text})}"
        yield f"/browse?{urlencode({'by': text})}"
        yield f"/compare?{urlencode([('id', text), ('id', text)])}"
        yield from (f"/oai?{urlencode(asked)}" for asked in _harvests(text))
    for name, number in product(("page", "limit", "editions", "mode", "kind", "drop"), NUMBERS):
        yield f"/search?{urlencode({'q': 'credit', name: number})}"
    yield from PATHS


def _harvests(text: str) -> Iterator[dict[str, str]]:
    """A text in each place of a request by OAI-PMH."""
    listed = {"verb": "ListRecords", "metadataPrefix": "oai_dc"}
    yield {"verb": text}
    yield {"verb": "ListRecords", "resumptionToken": text}
    yield {"verb": "ListRecords", "metadataPrefix": text}
    yield {"verb": "GetRecord", "metadataPrefix": "oai_lom", "identifier": text}
    yield from (listed | {name: text} for name in ("from", "until", "set", text))


def large(size: int) -> Iterator[str]:
    """Addresses of so many bytes that ask for as much as they can."""
    for page in ("/search", "/search.json", "/map", "/browse", "/shortlist", "/compare", "/oai"):
        yield f"{page}?" + urlencode([("theme", f"{number:06}" * 3) for number in range(size // 26)])
        yield f"{page}?" + urlencode([(f"p{number}", '"') for number in range(size // 9)])
        yield f"{page}?" + urlencode([("id", f"x{number}") for number in range(size // 9)])
        yield f"{page}?" + urlencode({"q": "<" * (size // 3)})


def messages() -> Iterator[bytes]:
    """Bodies for the assistants' address: none that a message should be, and calls with such texts."""
    yield from (
        b"",
        b"{",
        b"[]",
        b"null",
        b"[" * 30_000,
        b"\xff\xfe",
        b'{"jsonrpc": "2.0"}',
        b"9" * 5000,
        b"a" * 100_000,
    )
    for text in TEXTS:
        for name, given in (
            ("search", {"need": text}),
            ("search", {"need": "credit", "filters": {"country": [text]}}),
            ("search", {"need": "credit", "filters": {text: ["x"]}}),
            ("show", {"record": text}),
            ("compare", {"records": [text, text + "x"]}),
            ("page_picture", {"handbook": text, "page": 1}),
            (text, {text: text}),
        ):
            params = {"name": name, "arguments": given}
            yield json.dumps({"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": params}).encode()
