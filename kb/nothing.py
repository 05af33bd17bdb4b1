"""Whether nothing in the library answers a need: said only where meaning, words and margin all agree."""

from __future__ import annotations

from kb.ranking import Numbers
from kb.retrieval import Scored

# For the embedded model, from judged needs in English: 27 that are answered and 32 that are not (5 that
# nothing answers, and the 27 asked of the library without the handbooks that answer them). The best passage's
# cosine is below 0.30 for 2 of the 27 and 19 of the 32; with margin and words it is said for 1 and for 17.
# Another model's cosines lie higher (0.7 and up for multilingual-e5): there it is said only where no record
# is found at all.
LEAST_COSINE = 0.30
LEAST_COSINE_WITHOUT_WORDS = 0.33
CLEAR_MARGIN = 0.15
ENOUGH_WORDS = 0.5
LOOKED_AT = 3
LOW_COSINE = 0.35
"""Below it answers count as weak: so are all 10 needs that nothing answers, of two sets, and 8 of the 53 others."""


def nothing_fits(scored: Scored, order: Numbers, has_vectors: bool) -> bool:
    """Whether even the best hits (`order`: record numbers, best first) do not answer the need."""
    if not len(order):
        return True
    if not has_vectors or scored.top >= LEAST_COSINE_WITHOUT_WORDS or scored.margin >= CLEAR_MARGIN:
        return False
    covered = float(scored.coverage[order[:LOOKED_AT]].max(initial=0.0))
    return covered < ENOUGH_WORDS and scored.top < (LEAST_COSINE if covered else LEAST_COSINE_WITHOUT_WORDS)
