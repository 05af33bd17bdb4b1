"""A path, an address or an upload -> the bytes of one PDF with their checksum, or an error that says why not.

An address is fetched with limits on size, time and redirects. Unless private addresses are allowed, each host
(of each redirect too) must resolve to public addresses only, and the connection goes to the address that was
checked, so that a name cannot change its mind in between. Proxies of the environment are not used: behind one
the check would be the proxy's; the remedy is to download the file by hand.
"""

from __future__ import annotations

import hashlib
import ipaddress
import socket
import ssl
import stat
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import unquote

import httpx

from ingest.reading import Source
from kb import InputError, ParseError

MAX_REDIRECTS = 5
FETCH_SECONDS = 120.0
"""A whole download takes at most this long; 200 MB then need a line of 14 Mbit/s."""
_SILENCE_SECONDS = 20.0
_MAGIC = b"%PDF-"
_MAGIC_WITHIN = 1024
"""Readers find the mark within the first 1024 bytes (PDF 1.7, Appendix H, note 13), and so do we."""
_NAT64 = ipaddress.ip_network("64:ff9b::/96")
_BY_HAND = "download it yourself and give the file"

Address = ipaddress.IPv4Address | ipaddress.IPv6Address


def load(given: str | Path | bytes, *, max_file: int, name: str = "", allow_private: bool = False) -> Source:
    """Take the PDF that was given, at most `max_file` bytes of it; text with "://" in it is an address.

    Raises:
        InputError: there is no such file, or the address cannot be fetched.
        ParseError: it is empty, too big, or not a PDF.
    """
    if isinstance(given, bytes):
        return _checked(given, name or "upload.pdf", "upload", max_file)
    if isinstance(given, str) and "://" in given:
        return _fetched(given, name, max_file, allow_private)
    path = Path(given).expanduser()
    return _checked(_read(path, max_file), name or path.name, str(path.absolute()), max_file)


def _checked(data: bytes, name: str, origin: str, max_file: int) -> Source:
    if len(data) > max_file:
        raise _too_big(name, len(data), max_file)
    if not data:
        raise ParseError(f"{name}: the file is empty (0 bytes); get it again from where it came from")
    start = data[:_MAGIC_WITHIN]
    if _MAGIC not in start:
        text = start.lstrip(b"\xef\xbb\xbf \t\r\n").lower()
        what = "a web page" if text.startswith((b"<!doctype html", b"<html", b"<head")) else "not a PDF"
        raise ParseError(
            f"{name}: {what}, for it has no {_MAGIC.decode()} in its first {_MAGIC_WITHIN} bytes; "
            "give the PDF itself, or print the document to PDF first"
        )
    return Source(data, hashlib.sha256(data).hexdigest(), name, origin)


def _read(path: Path, max_file: int) -> bytes:
    try:
        found = path.stat()
        if not stat.S_ISREG(found.st_mode):
            what = "folder" if stat.S_ISDIR(found.st_mode) else "device or pipe"
            raise InputError(f"{path}: is not a file but a {what}; give a PDF file")
        if found.st_size > max_file:
            raise _too_big(str(path), found.st_size, max_file)
        with path.open("rb") as file:
            return file.read(max_file + 1)
    except FileNotFoundError as error:
        raise InputError(f"{path}: no such file; check the path, from {Path.cwd()}") from error
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise InputError(f"{path}: cannot be read ({reason}); check the path and who may read it") from error


def _fetched(given: str, name: str, max_file: int, allow_private: bool) -> Source:
    """Follow redirects by hand, each checked like the first."""
    deadline = time.monotonic() + FETCH_SECONDS
    url = _parsed(given)
    context = ssl.create_default_context()
    with httpx.Client(verify=context, trust_env=False, timeout=_SILENCE_SECONDS) as client:
        for _ in range(MAX_REDIRECTS + 1):
            with _answering(client, url, allow_private) as response:
                if response.is_redirect:
                    url = _parsed(str(url.join(response.headers["location"])))
                    continue
                data = _body(response, url, max_file, deadline)
            return _checked(data, name or _file_name(url), str(url), max_file)
    raise InputError(f"{given}: redirects more than {MAX_REDIRECTS} times; {_BY_HAND}")


def _parsed(given: str) -> httpx.URL:
    try:
        url = httpx.URL(given.strip())
        usable = url.scheme in {"http", "https"} and bool(url.host)
    except (httpx.InvalidURL, ValueError) as error:
        raise InputError(f"{given}: is no address ({error}); give one that starts with https://") from error
    if not usable:
        raise InputError(f"{given}: only http and https addresses are fetched; {_BY_HAND}")
    if url.userinfo:
        raise InputError(
            f"{url.copy_with(userinfo=b'')}: addresses with a password are not taken; {_BY_HAND}"
        )
    return url.copy_with(fragment=None)


@contextmanager
def _answering(client: httpx.Client, url: httpx.URL, allow_private: bool) -> Iterator[httpx.Response]:
    """Ask the address that was checked, under the host's own name; convert what can go wrong."""
    address = _checked_address(url, allow_private)
    request = client.build_request(
        "GET",
        url.copy_with(host=str(address)),
        headers={"Host": url.netloc.decode("ascii"), "Accept": "application/pdf, */*;q=0.1"},
        extensions={"sni_hostname": url.raw_host.decode("ascii")},
    )
    try:
        response = client.send(request, stream=True)
        try:
            if response.status_code >= httpx.codes.BAD_REQUEST:
                raise InputError(
                    f"{url}: answers {response.status_code} {response.reason_phrase}".rstrip()
                    + "; open it in a browser to see where the PDF lies now"
                )
            yield response
        finally:
            response.close()
    except httpx.TimeoutException as error:
        raise InputError(f"{url}: no answer for {_SILENCE_SECONDS:.0f} s; try later or {_BY_HAND}") from error
    except (httpx.HTTPError, httpx.InvalidURL, OSError) as error:
        raise InputError(f"{url}: cannot be fetched ({_reason(error)}); try later or {_BY_HAND}") from error


def _body(response: httpx.Response, url: httpx.URL, max_file: int, deadline: float) -> bytes:
    """Read no more than allowed, whatever the headers promise."""
    promised = response.headers.get("content-length", "")
    if promised.isdecimal() and int(promised) > max_file:
        raise _too_big(str(url), int(promised), max_file)
    data = bytearray()
    for chunk in response.iter_bytes():
        data += chunk
        if len(data) > max_file:
            raise _too_big(str(url), len(data), max_file)
        if time.monotonic() > deadline:
            raise InputError(f"{url}: takes longer than {FETCH_SECONDS:.0f} s to come; {_BY_HAND}")
    return bytes(data)


def _checked_address(url: httpx.URL, allow_private: bool) -> Address:
    """Resolve the host once; every address it has must be public unless private ones are allowed."""
    host = url.raw_host.decode("ascii")
    port = url.port or (443 if url.scheme == "https" else 80)
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise InputError(
            f"{url}: the host {host} is not known ({_reason(error)}); check it, or {_BY_HAND}"
        ) from error
    addresses = [ipaddress.ip_address(str(at[4][0]).partition("%")[0]) for at in found]
    for address in addresses:
        if not allow_private and not _is_public(address):
            raise InputError(
                f"{url}: {host} is a private address ({address}), which is not fetched; "
                f"pass --allow-private if that is meant, or {_BY_HAND}"
            )
    return addresses[0]


def _is_public(address: Address) -> bool:
    """Whether an address, and the one that it wraps, is of the open internet."""
    if isinstance(address, ipaddress.IPv6Address):
        wrapped = address.ipv4_mapped or address.sixtofour
        if address in _NAT64:
            wrapped = ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
        if wrapped is not None:
            return _is_public(wrapped)
        if address.teredo is not None:
            return False
    return address.is_global and not address.is_multicast and not address.is_reserved


def _file_name(url: httpx.URL) -> str:
    """Take the last part of the address, as a name that is safe to show and to store."""
    last = unquote(url.path.rstrip("/").rpartition("/")[2])
    kept = "".join(c for c in last if c.isprintable() and c not in '/\\:*?"<>|').strip(". ")[-120:]
    return kept or url.host


def _reason(error: Exception) -> str:
    return str(getattr(error, "strerror", None) or error) or type(error).__name__


def _too_big(name: str, size: int, max_file: int) -> ParseError:
    return ParseError(
        f"{name}: {size / 1e6:.1f} MB or more, and at most {max_file / 1e6:.1f} MB are read; "
        "if the file is to be trusted, set KB_MAX_FILE higher (in bytes)"
    )
