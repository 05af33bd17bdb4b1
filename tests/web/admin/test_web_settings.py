"""Settings on the web: how the site looks, what a handbook is called and about; what cannot be taken says why."""

# ruff: noqa: F811  pytest finds fixtures by their names

from __future__ import annotations

import re

import httpx2 as httpx
import pytest
from fastapi.testclient import TestClient

from tests.web.admin import test_web_review as signing
from tests.web.admin.test_web_review import client, filled, make, visitor, web  # noqa: F401 - fixtures
from tests.web.pages.test_web_pages import Reader
from web.frame import STATIC, looks

PATH = "/admin/settings"
SHELF = "/admin/handbooks/exchange"
PNG = b"\x89PNG\r\n\x1a\n" + b"x" * 100


def save(client: TestClient, logo: bytes | None = None, /, **fields: str) -> httpx.Response:
    files = {"file": ("logo.png", logo, "image/png")} if logo is not None else {"file": ("", b"")}
    return client.post(PATH, data={"csrf": signing.csrf(client, "/"), **fields}, files=files)


def details(client: TestClient, **fields: str) -> httpx.Response:
    form = {"csrf": signing.csrf(client, "/"), "action": "details", **fields}
    return client.post(SHELF, data=form)


# colours


def test_grounds_are_those_of_the_style_sheet() -> None:
    css = (STATIC / "app.css").read_text("utf-8")
    light, dark = css.split("@media (prefers-color-scheme: dark)")[:2]
    for theme, text in (("light", light), ("dark", dark)):
        held = dict(re.findall(r"--([\w-]+): (#[0-9a-f]{3,6});", text))
        names = ("ground", "paper", "wash", "alert", *(("on-link",) if theme == "dark" else ()))
        found = [
            held[name] if len(held[name]) == 7 else "#" + "".join(2 * c for c in held[name][1:])
            for name in names
        ]
        assert tuple(found) == looks.GROUNDS[theme]


@pytest.mark.parametrize(
    ("one", "other", "ratio"),
    [
        ("#000000", "#ffffff", 21),
        ("#ffffff", "#ffffff", 1),
        ("#767676", "#ffffff", 4.54),
        ("#777777", "#ffffff", 4.48),
    ],
)
def test_contrast_is_that_of_wcag(one: str, other: str, ratio: float) -> None:
    assert looks.contrast(one, other) == pytest.approx(ratio, abs=0.005)
    assert looks.contrast(other, one) == looks.contrast(one, other)


def test_colours_are_on_every_page_in_a_style_sheet_of_their_own(
    client: TestClient, visitor: TestClient
) -> None:
    assert "/site.css" not in visitor.get("/").text
    assert save(client, light="#7A0019", dark="#ffb3c1").headers["location"] == f"{PATH}?done=yes"
    page = client.get("/browse").text
    sheet = re.search(r'href="(/site\.css\?v=\w+)"', page)
    assert sheet
    css = client.get(sheet[1])
    assert css.headers["content-type"].startswith("text/css")
    assert "immutable" in css.headers["cache-control"]
    assert "--link: #7a0019" in css.text
    assert "--link: #ffb3c1" in css.text
    save(client)
    assert "/site.css" not in client.get("/browse").text


@pytest.mark.parametrize(
    ("theme", "colour", "said"),
    [
        ("light", "#8899aa", "#8899aa on #e9eeef has a contrast of 2.50 : 1"),
        ("dark", "#335577", "Choose a lighter colour"),
        ("light", "red", "“red” is no colour"),
        ("dark", "#fff", "“#fff” is no colour"),
    ],
)
def test_colour_that_cannot_be_read_is_refused_with_its_ratio_and_kept_in_the_form(
    client: TestClient, theme: str, colour: str, said: str
) -> None:
    answer = save(client, None, alliance="An alliance", **{theme: colour})
    assert answer.status_code == 400
    assert said in answer.text
    assert f'value="{colour}"' in answer.text
    assert 'value="An alliance"' in answer.text
    page = Reader(answer.text)
    assert (page.open, page.inline) == ([], [])
    assert "An alliance" not in client.get("/").text


def test_colour_on_hover_is_seen_as_well() -> None:
    for theme, colour, towards in (("light", "#0b5468", 0), ("dark", "#8ccfe0", 255)):
        assert looks.weakest(colour, theme)[1] >= looks.LEAST_CONTRAST
        assert looks.weakest(looks.mixed(colour, towards), theme)[1] >= looks.LEAST_CONTRAST


# name and logo


def test_name_and_logo_stand_on_every_page_until_they_are_taken_away(client: TestClient) -> None:
    save(client, PNG, alliance="Alliance <b>one</b>")
    page = client.get("/browse").text
    assert "Alliance &lt;b&gt;one&lt;/b&gt;" in page
    logo = re.search(r'src="(/site/logo\.png\?v=\w+)"', page)
    assert logo
    answer = client.get(logo[1])
    assert (answer.content, answer.headers["content-type"]) == (PNG, "image/png")
    save(client, alliance="Alliance")  # the logo stays
    assert logo[1] in client.get("/browse").text
    save(client, None, **{"no-logo": "yes"})
    assert "/site/logo.png" not in client.get("/browse").text
    assert client.get(logo[1]).status_code == 404


@pytest.mark.parametrize(
    ("logo", "status", "said"),
    [(b"<svg onload='x'>", 400, "is no PNG picture"), (PNG + b"x" * 300_000, 413, "larger than 200 kB")],
    ids=["no PNG", "too large"],
)
def test_logo_that_cannot_be_taken_is_refused_on_the_page(
    client: TestClient, logo: bytes, status: int, said: str
) -> None:
    answer = save(client, logo)
    assert (answer.status_code, said in answer.text) == (status, True)
    assert "/site/logo.png" not in client.get("/").text


def test_settings_are_for_those_who_sign_in(visitor: TestClient) -> None:
    assert visitor.get(PATH).status_code == 303
    assert visitor.post(PATH, data={"alliance": "x"}, files={"file": ("", b"")}).status_code == 303
    signing.sign_in(visitor)
    assert visitor.post(PATH, data={"alliance": "x"}, files={"file": ("", b"")}).status_code == 403


# sites that may embed the search


def test_sites_that_the_owner_allows_may_embed_at_once_and_no_longer_once_they_are_taken_back(
    client: TestClient, visitor: TestClient
) -> None:
    given = "https://WWW.example.org/\r\nhttp://b.example:8080, https://www.example.org"
    assert save(client, embedders=given).headers["location"] == f"{PATH}?done=yes"
    policy = visitor.get("/embed").headers["content-security-policy"]
    assert "frame-ancestors 'self' https://www.example.org http://b.example:8080;" in policy
    asked = {"Origin": "http://b.example:8080"}
    assert visitor.get("/index.json", headers=asked).headers["access-control-allow-origin"] == asked["Origin"]
    assert "https://www.example.org\nhttp://b.example:8080</textarea>" in client.get(PATH).text
    assert "embedders: https://www.example.org http://b.example:8080" in client.get("/admin/log").text
    save(client)
    assert "frame-ancestors 'self';" in visitor.get("/embed").headers["content-security-policy"]
    assert "access-control-allow-origin" not in visitor.get("/index.json", headers=asked).headers


@pytest.mark.parametrize(
    "given", ["https://a.example/path", "a.example", "https://a.example;script-src *", "<b>"]
)
def test_what_is_no_site_is_refused_and_changes_nothing(client: TestClient, given: str) -> None:
    save(client, embedders="https://kept.example")
    answer = save(client, embedders=f"https://new.example\n{given}", alliance="Changed")
    assert answer.status_code == 400
    assert "is no site" in answer.text
    assert "https://new.example" in answer.text
    assert "<b>" not in answer.text.replace("<b>Note", "")
    assert "https://kept.example" in client.get(PATH).text
    assert "Changed" not in client.get(PATH).text
    save(client)


def test_more_sites_than_a_header_holds_are_refused(client: TestClient) -> None:
    many = "\n".join(f"https://{number}.example" for number in range(51))
    assert save(client, embedders=many).status_code == 400


# handbooks


def test_handbook_goes_by_the_name_that_it_is_given_in_pages_and_filters(client: TestClient) -> None:
    assert details(client, name="Our exchange", subjects="Mobility\r\n\r\nCredit").status_code == 303
    shown = signing.data(client, "/handbooks/exchange")
    assert (shown["handbook"]["title"], shown["subjects"]) == ("Our exchange", ["Mobility", "Credit"])
    assert "Our exchange" in client.get(f"/practices/{signing.TANDEM}").text
    options = signing.data(client, "/search?q=online")["facets"]
    books = next(group for group in options if group["name"] == "handbook")["options"]
    assert "Our exchange" in [option["label"] for option in books]
    details(client, name="")
    shown = signing.data(client, "/handbooks/exchange")
    assert (shown["handbook"]["title"], shown["subjects"]) == ("Handbook of exchange", [])


@pytest.mark.parametrize(
    "fields",
    [{"name": "x" * 301}, {"subjects": "x" * 101}, {"subjects": "\n".join("abcdefghijklmnopqrstuvw")}],
)
def test_name_or_subjects_that_are_too_long_are_refused(client: TestClient, fields: dict[str, str]) -> None:
    assert details(client, **fields).status_code == 400


# whom harvesters write to


def test_harvesters_are_told_whom_to_write_to(client: TestClient) -> None:
    assert "<adminEmail>postmaster@" in client.get("/oai?verb=Identify").text
    assert save(client, contact=" kb@example.org ").status_code == 303
    assert "<adminEmail>kb@example.org</adminEmail>" in client.get("/oai?verb=Identify").text
    refused = save(client, contact="<nobody>")
    assert refused.status_code == 400
    assert 'aria-invalid="true"' in refused.text
    assert "<adminEmail>kb@example.org</adminEmail>" in client.get("/oai?verb=Identify").text
    save(client, contact="")
    assert "<adminEmail>postmaster@" in client.get("/oai?verb=Identify").text
