"""The worker's process: the settings come on stdin."""

from __future__ import annotations

import logging
import sys

from web.admin.worker import SETTINGS, work

logging.basicConfig(level=logging.WARNING, format="kb worker: %(message)s", stream=sys.stderr)
work(SETTINGS.validate_json(sys.stdin.buffer.read()))
