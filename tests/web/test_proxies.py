"""The files of docs/how-to/behind-a-proxy.md, run by the real nginx and Caddy before a real server, with TLS."""

from __future__ import annotations

import re
import shutil
import socket
import ssl
import subprocess
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import httpx2 as httpx
import pytest

from kb.office import Deed, Journal
from kb.search.library import Library
from kb.settings import Settings
from tests import web_library
from tests.listening import listening
from web.app import create_app
from web.connections import Connection

ROOT = Path(__file__).resolve().parents[2]
HOST = "kb.example.org"
TOKEN = "a token for the proxies' test"


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


def documented(language: str) -> str:
    found = re.search(
        rf"```{language}\n(.*?)```", (ROOT / "docs/how-to/behind-a-proxy.md").read_text("utf-8"), re.DOTALL
    )
    assert found
    return found[1]


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    filled = web_library.fill(tmp_path_factory.mktemp("proxied"))
    return replace(filled, admin_token=TOKEN, hosts=(HOST,), proxies=("127.0.0.1/32",))


@pytest.fixture(scope="module")
def behind(settings: Settings) -> Iterator[int]:
    """The port of the server behind."""
    with Library.open(settings) as library:
        web = create_app(settings, lambda _: library)
        with listening(web, http=Connection, proxy_headers=False, log_level="error") as port:
            yield port
    Connection.trust(())


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("tls")
    words = f"req -x509 -newkey rsa:2048 -nodes -days 30 -subj /CN={HOST} -addext subjectAltName=DNS:{HOST}"
    files = ["-keyout", str(folder / "key.pem"), "-out", str(folder / "certificate.pem")]
    subprocess.run(["openssl", *words.split(), *files], check=True, capture_output=True)
    return folder


def command(proxy: str, port: int, behind: int, certificate: Path, folder: Path) -> list[str]:
    """How the proxy is started with the documented file, its ports and certificate put in place."""
    given = (
        documented(proxy)
        .replace("/etc/ssl/kb", str(certificate))
        .replace("127.0.0.1:8000", f"127.0.0.1:{behind}")
    )
    file = folder / proxy
    if proxy == "caddy":
        given = given.replace(f"{HOST} {{", f"{HOST}:{port} {{")
        file.write_text("{\n admin off\n auto_https disable_redirects\n}\n" + given)
        return ["caddy", "run", "--adapter", "caddyfile", "--config", str(file)]
    given = given.replace("listen 443", f"listen 127.0.0.1:{port}")
    paths = "".join(
        f"{kind}_temp_path {folder};" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    start = f"daemon off; pid {folder}/pid; error_log stderr; events {{}}\nhttp {{ access_log off; {paths}\n"
    file.write_text(start + given + "}\n")
    return ["nginx", "-p", str(folder), "-c", str(file)]


@pytest.fixture(params=["nginx", "caddy"])
def proxied(
    request: pytest.FixtureRequest,
    behind: int,
    certificate: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[httpx.Client]:
    if shutil.which(request.param) is None or shutil.which("openssl") is None:
        pytest.skip(f"no {request.param} (or openssl) here; apt-get install nginx-light caddy runs this")
    monkeypatch.setenv("HOME", str(tmp_path))
    port = free_port()
    words = command(request.param, port, behind, certificate, tmp_path)
    with (tmp_path / "log").open("w") as log, subprocess.Popen(words, stdout=log, stderr=log) as process:
        try:
            context = ssl.create_default_context(cafile=str(certificate / "certificate.pem"))
            with httpx.Client(
                base_url=f"https://127.0.0.1:{port}",
                verify=context,
                headers={"Host": HOST},
                timeout=60,
            ) as client:
                until = time.monotonic() + 60
                while True:
                    try:
                        client.get("/healthz", extensions={"sni_hostname": HOST})
                        break
                    except httpx.TransportError:
                        assert process.poll() is None, (tmp_path / "log").read_text()
                        assert time.monotonic() < until, (tmp_path / "log").read_text()
                        time.sleep(0.1)
                yield client
        finally:
            process.terminate()


def test_people_are_served_and_sign_in_through_a_proxy(proxied: httpx.Client, settings: Settings) -> None:
    sni = {"sni_hostname": HOST}
    home = proxied.get("/", extensions=sni)
    assert home.status_code == 200
    assert f'<link rel="canonical" href="https://{HOST}/">' in home.text
    form = proxied.get("/admin/sign-in", extensions=sni)
    found = re.search(r'name="csrf" value="([^"]+)"', form.text)
    assert found
    cookie = form.headers["set-cookie"]
    assert "Secure" in cookie
    answer = proxied.post(
        "/admin/sign-in",
        data={"csrf": found[1], "token": "wrong"},
        headers={"Cookie": cookie.partition(";")[0], "X-Forwarded-For": "192.0.2.1"},
        extensions=sni,
    )
    assert answer.status_code == 403
    logged = Journal(settings.data).entries(1)[0]
    assert (logged.deed, logged.detail) == (Deed.REFUSED, "127.0.0.1")  # not what the visitor claimed
