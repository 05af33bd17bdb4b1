"""An address -> the bytes that lie there, within one deadline, from public addresses only.

Each host (of each redirect too) must resolve to public addresses unless private ones are allowed, and the connection
goes to the address that was checked, so that a name cannot change its mind in between. Proxies of the environment are
not used: behind one the check would be the proxy's; the remedy is to download the file by hand.
"""

from __future__ import annotations

import asyncio
import ipaddress
import socket
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from urllib.parse import unquote

import httpx

from ingest.public import Address, is_public
from kb import InputError

MAX_REDIRECTS = 5
FETCH_SECONDS = 120.0
"""For everything: names, connections, headers, redirects, the file. 200 MB then need a line of 14 Mbit/s."""
_SILENCE_SECONDS = 20.0
_BY_HAND = "download it yourself and give the file"


@dataclass(frozen=True, slots=True)
class Fetched:
    """What lay at an address: at most one byte more than was allowed, the address it came from, its file name."""

    data: bytes
    url: str
    name: str


def fetch(given: str, *, max_file: int, allow_private: bool = False) -> Fetched:
    """Fetch what lies at an address; reading stops where it is larger than `max_file` bytes.

    Raises:
        InputError: it is no address, is not public, does not answer in time, or answers without a file.
    """
    url = _parsed(given)
    try:
        return asyncio.run(_in_time(url, max_file, allow_private))
    except TimeoutError as error:
        raise InputError(f"{url}: takes longer than {FETCH_SECONDS:.0f} s to come; {_BY_HAND}") from error


async def _in_time(url: httpx.URL, max_file: int, allow_private: bool) -> Fetched:
    async with asyncio.timeout(FETCH_SECONDS):
        return await _followed(url, max_file, allow_private)


async def _followed(url: httpx.URL, max_file: int, allow_private: bool) -> Fetched:
    """Follow redirects by hand, each checked like the first."""
    context, given = ssl.create_default_context(), url
    async with httpx.AsyncClient(verify=context, trust_env=False, timeout=_SILENCE_SECONDS) as client:
        for _ in range(MAX_REDIRECTS + 1):
            async with _answering(client, url, allow_private) as response:
                if not response.is_redirect:
                    return Fetched(await _body(response, max_file), str(url), _file_name(url))
                if not response.has_redirect_location:
                    raise InputError(f"{url}: redirects without saying where to; {_BY_HAND}")
                url = _parsed(str(url.join(response.headers["location"])))
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


@asynccontextmanager
async def _answering(
    client: httpx.AsyncClient, url: httpx.URL, allow_private: bool
) -> AsyncIterator[httpx.Response]:
    """Ask the address that was checked, under the host's own name; convert what can go wrong."""
    address = await _checked_address(url, allow_private)
    request = client.build_request(
        "GET",
        url.copy_with(host=str(address)),
        headers={
            "Host": url.netloc.decode("ascii"),
            "Accept": "application/pdf, */*;q=0.1",
            "Accept-Encoding": "identity",
        },
        extensions={"sni_hostname": url.raw_host.decode("ascii")},
    )
    try:
        response = await client.send(request, stream=True)
        try:
            if response.status_code >= httpx.codes.BAD_REQUEST:
                raise InputError(
                    f"{url}: answers {response.status_code} {response.reason_phrase}".rstrip()
                    + "; open it in a browser to see where the PDF lies now"
                )
            yield response
        finally:
            await response.aclose()
    except httpx.TimeoutException as error:
        raise InputError(f"{url}: no answer for {_SILENCE_SECONDS:.0f} s; try later or {_BY_HAND}") from error
    except (httpx.HTTPError, httpx.InvalidURL, OSError) as error:
        raise InputError(f"{url}: cannot be fetched ({_reason(error)}); try later or {_BY_HAND}") from error


async def _body(response: httpx.Response, max_file: int) -> bytes:
    """Read no more than allowed and a little, whatever the headers promise."""
    data = bytearray()
    async for chunk in response.aiter_bytes():
        data += chunk
        if len(data) > max_file:
            break
    return bytes(data[: max_file + 1])


async def _checked_address(url: httpx.URL, allow_private: bool) -> Address:
    """Resolve the host once; every address it has must be public unless private ones are allowed."""
    host = url.raw_host.decode("ascii")
    port = url.port or (443 if url.scheme == "https" else 80)
    try:
        found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise InputError(
            f"{url}: the host {host} is not known ({_reason(error)}); check it, or {_BY_HAND}"
        ) from error
    addresses = [ipaddress.ip_address(str(at[4][0]).partition("%")[0]) for at in found]
    for address in addresses:
        if not allow_private and not is_public(address):
            raise InputError(
                f"{url}: {host} is a private address ({address}), which is not fetched; "
                f"pass --allow-private if that is meant, or {_BY_HAND}"
            )
    return addresses[0]


def _file_name(url: httpx.URL) -> str:
    """Take the last part of the address, as a name that is safe to show and to store."""
    last = unquote(url.path.rstrip("/").rpartition("/")[2])
    kept = "".join(c for c in last if c.isprintable() and c not in '/\\:*?"<>|').strip(". ")[-120:]
    return kept or url.host


def _reason(error: Exception) -> str:
    return str(getattr(error, "strerror", None) or error) or type(error).__name__
