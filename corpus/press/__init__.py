"""The generator of handbooks that nobody has seen: a seed in, a PDF and the truth about it out."""

from corpus.press.binding import bound
from corpus.press.scheme import LANGUAGES, SETTERS, WITNESSES, Scheme, drawn
from corpus.press.setting import Pressed, can_set, pressed

__all__ = ["LANGUAGES", "SETTERS", "WITNESSES", "Pressed", "Scheme", "bound", "can_set", "drawn", "pressed"]
