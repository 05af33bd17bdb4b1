"""Which universities, countries and themes have a page of their own, and at which address."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from slugify import slugify

from kb import Kind, NotFoundError
from web.frame import Refs, links

PARTNER = {"institution": "partner"}
"""The facet by which a value takes part in what others lead."""


@dataclass(frozen=True, slots=True)
class Portrayed:
    """The values of one facet that have a page: its name in the address -> the value, and the other way round."""

    values: Mapping[str, str]
    names: Mapping[str, str]

    @classmethod
    def of(cls, values: Iterable[str]) -> Portrayed:
        """Name the values in letters and digits; of two that would have one name the second has a number."""
        found: dict[str, str] = {}
        for value in sorted(set(values)):
            name = number = slugify(value, max_length=80, word_boundary=True) or "x"
            times = 1
            while number in found:
                times += 1
                number = f"{name}-{times}"
            found[number] = value
        return cls(found, {value: name for name, value in found.items()})


def portrayed(refs: Refs, facet: str) -> Portrayed:
    """The values of a facet that lead something or take part in it, found once a generation."""
    return refs.library.once(f"portrayed by {facet}", lambda: Portrayed.of(_values(refs, facet)))


def address(refs: Refs, facet: str, value: str) -> str:
    """The address of the page of a value; "" where it has none. A partner has that of an institution."""
    own = next((whole for whole, part in PARTNER.items() if part == facet), facet)
    if own not in links.PORTRAITS:
        return ""
    name = portrayed(refs, own).names.get(value, "")
    return links.portrait(own, name) if name else ""


def value_of(refs: Refs, facet: str, name: str) -> str:
    """The value whose page has this name.

    Raises:
        NotFoundError: there is none.
    """
    value = portrayed(refs, facet).values.get(name)
    if value is None:
        raise NotFoundError(
            f"{name[:80]}: no {facet} of this library has this name; /browse?by={facet} lists them"
        )
    return value


def _values(refs: Refs, facet: str) -> Iterable[str]:
    for record in refs.everything(Kind.PRACTICE, Kind.TOOL):
        yield from record.values(facet)
        if facet == "institution" and record.institution:
            yield record.institution
        if facet in PARTNER:
            yield from record.values(PARTNER[facet])
