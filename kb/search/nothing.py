"""Whether nothing in the library answers a need: said only where meaning, words and margin all agree.

How near is near differs from model to model: all of multilingual-e5's cosines lie above 0.7. The embedded model
has limits chosen on judged needs; for any other one they are measured, by asking the library what it surely does
not answer.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from kb import Numbers, Scores
from kb.model import Encoder, ModelId
from kb.search.catalogue import Catalog
from kb.search.query import DEFAULT_KINDS
from kb.search.retrieval import Scored

MINILM = "all-MiniLM-L6-v2"
"""The embedded model's name, as its id begins."""
ENOUGH_WORDS = 0.5
LOOKED_AT = 3


@dataclass(frozen=True, slots=True)
class Nearness:
    """Cosines of the best passage: below `least` a need is not answered, nor below `least_without_words` one that
    shares no word with its best answers; nor is any whose best stands out by `clear_margin`. Below `weak` answers
    count as weak.
    """

    least: float
    least_without_words: float
    clear_margin: float
    weak: float


# From judged needs in English: 27 that are answered and 32 that are not (5 that nothing answers, and the 27 asked
# of the library without the handbooks that answer them). The best passage's cosine is below 0.30 for 2 of the 27
# and 19 of the 32; with margin and words it is said for 1 and for 17. Below 0.35 are all 10 needs that nothing
# answers, of two sets, and 8 of the 53 others.
OF_EMBEDDED = Nearness(0.30, 0.33, 0.15, 0.35)

# In deviations from the mean of what unrelated questions reach; chosen with multilingual-e5-small (4-bit weights)
# over the real handbooks and the sample: said for 6 of 10 needs that nothing answers and for 1 of 53 others. The
# embedded model's own limits come to 1.9, 2.4, 2.3 and 2.7 so; with those e5 says it for 9 of the 10 and 10 of the 53.
LEAST, LEAST_WITHOUT_WORDS, CLEAR_MARGIN, WEAK = 0.25, 0.5, 2.3, 1.5

UNRELATED = (
    "How do I bake a sourdough loaf with a crisp crust?",
    "What is the best way to prune apple trees in winter?",
    "Which tyres should I buy for driving on snow?",
    "How can I get rid of ants in the kitchen?",
    "Repair a leaking tap in the bathroom",
    "Train a puppy not to bark at night",
    "Football results and league table of last weekend",
    "How far is the moon from the earth?",
    "Symptoms of a cold and when to see a doctor",
    "Recipe for a vegetable soup for four people",
    "Cheap flights and hotels for a week at the sea",
    "Change the oil and the brake pads of an old car",
    "Knit a warm scarf from thick wool",
    "How do volcanoes erupt and what is lava made of?",
    "Choose a tent and a sleeping bag for the mountains",
    "The price of gold and silver on the stock exchange",
    "Paint a wooden fence so that it lasts for years",
    "Which fish can live together in one aquarium?",
    "History of the kings and queens in the Middle Ages",
    "Learn to play three chords on the guitar",
    "Opening hours of the swimming pool and the sauna",
    "How to lower the electricity bill of a flat",
    "Feeding garden birds during the cold months",
    "Guests, flowers and music for a wedding in June",
)
"""Everyday questions that a handbook of good practice does not answer; one that answers a few has wider limits."""


def limits(catalog: Catalog, encoder: Encoder | None) -> Nearness:
    """The limits for a model over what a catalogue holds: each question of UNRELATED is embedded, unless known."""
    if encoder is None or catalog.means is None or ModelId.parse(encoder.id).name == MINILM:
        return OF_EMBEDDED
    reached = _best_cosines(catalog, encoder)
    mean, deviation = float(reached.mean()), float(reached.std())
    return Nearness(
        mean + LEAST * deviation,
        mean + LEAST_WITHOUT_WORDS * deviation,
        CLEAR_MARGIN * deviation,
        mean + WEAK * deviation,
    )


def nothing_fits(scored: Scored, order: Numbers, limit: Nearness | None) -> bool:
    """Whether even the best hits (`order`: record numbers, best first) do not answer the need.

    Without limits, where words had to do, that is so only where there is no hit.
    """
    if not len(order):
        return True
    if limit is None or scored.top >= limit.least_without_words or scored.margin >= limit.clear_margin:
        return False
    covered = float(scored.coverage[order[:LOOKED_AT]].max(initial=0.0))
    return covered < ENOUGH_WORDS and scored.top < (limit.least if covered else limit.least_without_words)


def _best_cosines(catalog: Catalog, encoder: Encoder) -> Scores:
    """The best passage's cosine with each unrelated question, among the records that searches look at first."""
    asked = encoder.queries(UNRELATED)
    rows = np.flatnonzero(catalog.of_kinds(DEFAULT_KINDS)[catalog.owners])
    if not len(rows):
        return np.zeros(len(asked), dtype=np.float32)
    if catalog.vectors is not None:
        return np.asarray(np.einsum("qd,pd->qp", asked, catalog.vectors[rows]).max(axis=1), dtype=np.float32)
    assert catalog.generation.dense is not None
    best = [catalog.generation.dense.search(one, 1, rows)[1] for one in asked]
    return np.array([found[0] if len(found) else 0.0 for found in best], dtype=np.float32)
