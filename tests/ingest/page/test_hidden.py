"""Text that nobody sees is set apart, however it is hidden; text that is seen stays."""

from __future__ import annotations

import io
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image
from pypdf import PdfReader, PdfWriter
from pypdf.generic import ArrayObject, DictionaryObject, NameObject, TextStringObject
from reportlab.lib.colors import Color
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

from ingest.page import hidden
from ingest.page.pdf import Glyphs
from kb import Box
from tests.typesetting import HEIGHT, Text, drawn, put, turn

BOXES = st.tuples(*[st.integers(0, 60)] * 4).map(lambda b: (b[0], b[1], b[0] + b[2], b[1] + b[3]))
SHOWN = Text("Shown words", 72, 100, 12)
AT = (72.0, HEIGHT - 300)


def words(data: bytes) -> tuple[str, str]:
    """What is seen on the first page, and what is not."""
    with Glyphs(data, "x.pdf") as glyphs:
        page = glyphs.page(1)
    return " ".join(w.text for w in page.words), " ".join(page.hidden)


def write(canvas: Canvas, text: str = "secret words", size: float = 12, color: Color | None = None) -> None:
    canvas.setFont("Helvetica", size)
    canvas.setFillColor(color or Color(0, 0, 0))
    canvas.drawString(*AT, text)


def photo(canvas: Canvas) -> None:
    picture = Image.radial_gradient("L").resize((90, 30)).convert("RGB")
    canvas.drawImage(ImageReader(picture), AT[0] - 10, AT[1] - 20, 200, 50)


def box(canvas: Canvas, color: Color) -> None:
    canvas.setFillColor(color)
    canvas.rect(AT[0] - 10, AT[1] - 10, 200, 30, stroke=0, fill=1)


def near_white(canvas: Canvas) -> None:
    write(canvas, color=Color(0.985, 0.985, 0.98))


def transparent(canvas: Canvas) -> None:
    write(canvas, color=Color(0, 0, 0, alpha=0.01))


def in_its_own_colour(canvas: Canvas) -> None:
    box(canvas, Color(0.1, 0.2, 0.5))
    write(canvas, color=Color(0.1, 0.2, 0.5))


def tiny(canvas: Canvas) -> None:
    write(canvas, size=1.6)


def tiny_by_its_scale(canvas: Canvas) -> None:
    canvas.scale(0.1, 0.1)
    canvas.setFont("Helvetica", 14)
    canvas.drawString(AT[0] * 10, AT[1] * 10, "secret words")


def under_a_box(canvas: Canvas) -> None:
    write(canvas)
    box(canvas, Color(1, 1, 1))


def under_a_picture(canvas: Canvas) -> None:
    write(canvas)
    photo(canvas)


def under_a_box_with_other_text(canvas: Canvas) -> None:
    write(canvas)
    box(canvas, Color(0.9, 0.9, 0.6))
    write(canvas, "Public note")


def clipped_away(canvas: Canvas) -> None:
    path = canvas.beginPath()
    path.rect(300, 300, 50, 50)
    canvas.clipPath(path, stroke=0)
    write(canvas)


def off_layer(canvas: Canvas) -> None:
    canvas._code.append("/OC /Layer BDC")
    write(canvas)
    canvas._code.append("EMC")


def over_other_text_in_white(canvas: Canvas) -> None:
    write(canvas, "Public note")
    write(canvas, color=Color(1, 1, 1))


HIDDEN = [
    over_other_text_in_white,
    *(near_white, transparent, in_its_own_colour, tiny, tiny_by_its_scale, under_a_box, under_a_picture),
    *(under_a_box_with_other_text, clipped_away, off_layer),
]


def page(hide: Callable[[Canvas], None]) -> bytes:
    def draw(canvas: Canvas) -> None:
        put(canvas, [SHOWN])
        canvas.saveState()
        hide(canvas)
        canvas.restoreState()

    return layered(drawn(draw)) if hide is off_layer else drawn(draw)


def layered(data: bytes, state: str = "/OFF") -> bytes:
    """The PDF with its layer switched on or off."""
    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(data)))
    layer = writer._add_object(
        DictionaryObject(
            {NameObject("/Type"): NameObject("/OCG"), NameObject("/Name"): TextStringObject("Layer")}
        )
    )
    resources = writer.pages[0]["/Resources"].get_object()
    assert isinstance(resources, DictionaryObject)
    resources[NameObject("/Properties")] = DictionaryObject({NameObject("/Layer"): layer})
    writer.root_object[NameObject("/OCProperties")] = DictionaryObject(
        {
            NameObject("/OCGs"): ArrayObject([layer]),
            NameObject("/D"): DictionaryObject({NameObject(state): ArrayObject([layer])}),
        }
    )
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


@pytest.mark.parametrize("rotate", [0, 90])
@pytest.mark.parametrize("hide", HIDDEN, ids=lambda f: str(f.__name__))
def test_text_that_nobody_sees_is_set_apart(hide: Callable[[Canvas], None], rotate: int) -> None:
    seen, unseen = words(turn(page(hide), rotate) if rotate else page(hide))
    assert "secret" not in seen
    assert "secret" in unseen
    assert "Public note" in seen or hide not in (under_a_box_with_other_text, over_other_text_in_white)
    if not rotate:
        assert seen.startswith("Shown words")


def white_on_dark(canvas: Canvas) -> None:
    box(canvas, Color(0.1, 0.2, 0.5))
    write(canvas, color=Color(1, 1, 1))


def white_on_a_photo(canvas: Canvas) -> None:
    photo(canvas)
    write(canvas, color=Color(1, 1, 1))


def red_on_green_as_bright(canvas: Canvas) -> None:
    box(canvas, Color(0.0, 0.5, 0.0))
    write(canvas, color=Color(0.95, 0.0, 0.0))


def light_grey(canvas: Canvas) -> None:
    write(canvas, color=Color(0.8, 0.8, 0.8))


def small_print(canvas: Canvas) -> None:
    write(canvas, size=4)


def under_a_glass(canvas: Canvas) -> None:
    write(canvas)
    box(canvas, Color(1, 1, 0, alpha=0.4))


def within_its_clip(canvas: Canvas) -> None:
    path = canvas.beginPath()
    path.rect(AT[0] - 10, AT[1] - 10, 200, 40)
    canvas.clipPath(path, stroke=0)
    write(canvas)


@pytest.mark.parametrize(
    "show",
    [
        white_on_dark,
        white_on_a_photo,
        red_on_green_as_bright,
        light_grey,
        small_print,
        under_a_glass,
        within_its_clip,
    ],
    ids=lambda f: str(f.__name__),
)
def test_text_that_is_seen_stays(show: Callable[[Canvas], None]) -> None:
    assert words(page(show)) == ("Shown words secret words", "")


def test_a_layer_that_is_on_is_seen() -> None:
    def draw(canvas: Canvas) -> None:
        off_layer(canvas)

    assert words(layered(drawn(draw), "/ON"))[0] == "secret words"


@pytest.mark.parametrize(
    ("said", "shown", "read", "hidden"),
    [
        ("secret words of praise", "Public note", "Public note", "secret words of praise"),
        ("secret", "Rome", "Rome", "secret"),
        ("workflow", "work-flow", "workflow", ""),
        ("Universities", "Univ.ersities", "Universities", ""),
        ("fi", "fi", "fi", ""),
        ("", "kept", "kept", ""),
    ],
)
@pytest.mark.parametrize("tag", ["Span", "P"])
def test_a_text_that_is_said_in_place_of_another_is_hidden(
    said: str, shown: str, read: str, hidden: str, tag: str
) -> None:
    def draw(canvas: Canvas) -> None:
        put(canvas, [SHOWN])
        canvas._code.append(f"/{tag} <</MCID 0 /ActualText ({said})>> BDC")
        put(canvas, [Text(shown, 72, 130)])
        canvas._code.append("EMC")

    assert words(drawn(draw)) == (f"Shown words {read}", hidden)


@given(st.lists(BOXES, min_size=1, max_size=12), st.lists(BOXES, max_size=12), st.integers(1, 40))
def test_texts_under_shapes_are_those_that_one_by_one_are(
    texts: list[Box], shapes: list[Box], at_once: int
) -> None:
    below = [hidden._Item(2 * n, n, box) for n, box in enumerate(texts)]
    above = [hidden._Item(2 * n + 1, n, box) for n, box in enumerate(shapes)]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(hidden, "_AT_ONCE", at_once)
        under, beside = hidden._under(below, above), hidden._beside(below, above)
    assert under == [t for t in below if any(_share(t.box, s.box) >= 0.6 for s in above if s.order > t.order)]
    assert beside == [t for t in below if any(_share(t.box, s.box) > 0.1 for s in above)]


def _share(box: Box, other: Box) -> float:
    across = min(box[2], other[2]) - max(box[0], other[0])
    along = min(box[3], other[3]) - max(box[1], other[1])
    return max(across, 0) * max(along, 0) / max((box[2] - box[0]) * (box[3] - box[1]), 0.01)
