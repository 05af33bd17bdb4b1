"""What assistants ask by the Model Context Protocol: the library's tools over HTTP and over a pipe."""

from __future__ import annotations

from web.assistants.allowance import Allowance
from web.assistants.doorway import ADDRESS, Doorway, over_a_pipe

__all__ = ["ADDRESS", "Allowance", "Doorway", "over_a_pipe"]
