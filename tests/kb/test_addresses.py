from __future__ import annotations

import pytest

from kb.addresses import web_address, web_origin
from kb.errors import InputError
from web.frame.render import site_name


@pytest.mark.parametrize("given", ["https://example.org/a?b=1#c", " HTTP://example.org ", "http://[::1]:80/"])
def test_address_is_kept_without_the_space_around_it(given: str) -> None:
    assert web_address(given) == given.strip()


@pytest.mark.parametrize(
    "given",
    [
        "",
        "http://",
        "https://a b",
        "https://[::1",
        "https://a\nb",
        "ftp://a",
        "//a",
        "https://a:99999/",
        "https://a/<b>",
    ],
)
def test_what_is_no_address_is_refused(given: str) -> None:
    with pytest.raises(InputError, match="not a web address; give one"):
        web_address(given)


def test_text_that_is_no_address_has_no_site() -> None:
    assert site_name("http://[::1/a.pdf") == ""


@pytest.mark.parametrize(
    ("given", "origin"),
    [
        ("https://WWW.Example.org/", "https://www.example.org"),
        ("http://a.example:8080", "http://a.example:8080"),
        ("https://a.example:443", "https://a.example"),
        (" http://[::1]:3000 ", "http://[::1]:3000"),
        ("*", "*"),
    ],
)
def test_an_origin_is_as_browsers_write_it(given: str, origin: str) -> None:
    assert web_origin(given) == origin


@pytest.mark.parametrize(
    "given",
    [
        "",
        "null",
        "//a.example",
        "a.example",
        "https://a.example/path",
        "https://a.example?",
        "https://a.example#",
        "https://u@a.example",
        "https://*.a.example",
        "https://a b",
        "https://a.example;script-src *",
        "https://a.example'unsafe-inline'",
        "https://a.example:99999",
        "javascript:alert(1)",
        "https://[::1",
    ],
)
def test_what_is_no_origin_is_refused(given: str) -> None:
    with pytest.raises(InputError, match="not an origin; give scheme and host alone"):
        web_origin(given)
