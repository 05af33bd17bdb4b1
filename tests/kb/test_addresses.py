from __future__ import annotations

import pytest

from kb.addresses import web_address
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
