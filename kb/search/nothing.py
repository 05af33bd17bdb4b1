"""How likely it is that the best answer answers: from how far it stands above what unrelated questions reach.

How near is near differs from model to model, from language to language and from library to library. So the library
is asked what it surely does not answer, in the language of the need, and a need counts by how many deviations its
best passage lies above that.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Self

from kb import Numbers
from kb.search.catalogue import Catalog
from kb.search.retrieval import Scored
from kb.search.usual import Usual


@dataclass(frozen=True, slots=True)
class Chance:
    """A logistic model: its intercept, and the weights of the deviations by each kind of model and of coverage."""

    intercept: float
    english: float
    multilingual: float
    coverage: float


# Fitted on judged needs over the real handbooks and over the sample, answered ones and unanswered ones weighing the
# same; a fifth as much those asked of the library without the handbooks that answer them. Chosen without the set that
# is asked (the real handbooks' needs, the hard ones, the sample's), it is said of 10 of 16 needs in English that
# nothing answers and of 4 of 68 others, and the weights are those here or at most a half away: python -m
# benchmarks.doubt. Coverage adds nothing where both models are asked.
BY_BOTH = Chance(-3.45, 0.88, 0.70, 0.0)
BY_ENGLISH = Chance(-3.3, 1.06, 0.0, 0.0)
WITHIN = Chance(-1.27, 0.0, 0.88, 0.6)
"""A multilingual model alone, where need and records may be in one language."""
ACROSS = Chance(0.1, 0.0, 1.2, 0.0)
"""The same where no record is in the need's language. Its intercept is 0.8 above the fitted one: whoever asks across
languages is told that nothing fits only where that is sure (wrongly in 4 of 189 needs, rightly in 61 of 197)."""
LOOKED_AT = 3  # best answers, of which one may have the need's telling words
SHORT = 3  # words of a need that is nothing but acronyms; a longer one in capitals is written so
DOUBTED = 0.25
"""Below this chance nothing is said to fit."""
WEAK = 0.5
"""Below this chance answers count as weak."""
SURE = 0.8
"""From this chance on the best answers are shown as what handbooks say. By eye, where twenty fresh needs were read; of
three sets of judged needs 0.6 to 0.9 of those whose first record answers reach it, and 0.1 to 0.5 of the others."""


@dataclass(frozen=True, slots=True)
class Signs:
    """What says whether the best answers answer: deviations above what is usual by each kind of model (None of one
    that does not read the need), coverage of the need's telling words by the best answers; whether one prints
    the need, whether it is an acronym that none prints, and whether some record may be in its language.
    """

    english: float | None
    multilingual: float | None
    covered: float
    is_printed: bool = False
    is_acronym: bool = False
    is_within: bool = True

    @classmethod
    def of(
        cls, catalog: Catalog, text: str, language: str, scored: Scored, order: Numbers, usual: Usual
    ) -> Self:
        """The signs of a need in a language with its hits (`order`: record numbers, best first)."""
        nearness = catalog.nearness
        assert nearness is not None
        english = multilingual = None
        for part, above in zip(nearness.parts, usual.above(scored.tops), strict=True):
            if part.is_english_only:
                english = above
            else:
                multilingual = above
        return cls(
            english,
            multilingual,
            float(scored.coverage[order[:LOOKED_AT]].max(initial=0.0)),
            bool(scored.printed[order].any()),
            text.isupper() and len(text.split()) <= SHORT and not scored.coverage[order].any(),
            language in ("", *nearness.tongues),
        )


def chance(signs: Signs) -> float:
    """The probability that the best hits answer a need.

    One that a record prints is answered; an acronym that none prints is not.
    """
    if signs.is_printed:
        return 1.0
    if signs.is_acronym:
        return 0.0
    if signs.english is not None:
        by = BY_ENGLISH if signs.multilingual is None else BY_BOTH
    else:
        by = WITHIN if signs.is_within else ACROSS
    total = by.intercept + by.english * (signs.english or 0.0) + by.multilingual * (signs.multilingual or 0.0)
    return 1 / (1 + math.exp(-total - by.coverage * signs.covered))
