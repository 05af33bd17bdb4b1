"""The worker's process: the settings come on stdin."""

from __future__ import annotations

import sys

from kb import logs
from web.admin.worker import SETTINGS, work

settings = SETTINGS.validate_json(sys.stdin.buffer.read())
logs.use(settings.log, "kb worker")
work(settings)
