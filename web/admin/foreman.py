"""Keeps one worker process going while jobs wait, from a thread of the server."""

from __future__ import annotations

import logging
import subprocess
import sys
import threading
from dataclasses import replace
from pathlib import Path

from kb import KbError, Settings, environment_without_secrets
from kb.office import Jobs
from web.admin.worker import SETTINGS

MOST_FAILURES = (
    3  # of workers one after another that no job of theirs explains, before all that wait are given up
)
SECONDS_BETWEEN = 1.0
SECONDS_TO_STOP = 5.0
_HOUSE = Path(__file__).resolve().parents[2]
_log = logging.getLogger(__name__)


class Foreman:
    """Starts a worker when there is work, and another when that one dies over it."""

    def __init__(self, settings: Settings) -> None:
        self._settings = replace(settings, admin_token="", metrics_token="")  # not the worker's business
        self._jobs = Jobs(settings.data)
        self._woken = threading.Event()
        self._stopping = threading.Event()
        self._worker: subprocess.Popen[bytes] | None = None
        self._lock = threading.Lock()
        self._thread = threading.Thread(target=self._run, name="foreman", daemon=True)

    def start(self) -> None:
        """Take up what was left when the server stopped last."""
        self._thread.start()
        self._woken.set()

    def wake(self) -> None:
        """Look for work now."""
        self._woken.set()

    def stop(self) -> None:
        """End the worker; its job is taken up again at the next start."""
        with self._lock:
            self._stopping.set()
            if self._worker is not None:
                self._worker.terminate()
        self._woken.set()
        if self._thread.is_alive():
            self._thread.join(SECONDS_TO_STOP)

    def _run(self) -> None:
        while not self._stopping.is_set():
            self._woken.wait()
            self._woken.clear()
            try:
                self._work_off()
            except (KbError, OSError) as error:
                _log.error("no worker for the jobs that wait: %s", error)

    def _work_off(self) -> None:
        failures, before = 0, tuple[tuple[int, int], ...]()
        while not self._stopping.is_set() and self._jobs.has_work():
            code = self._one_worker()
            now = self._jobs.in_hand()
            died_of_a_job = now not in (before, ())  # the next worker counts that against the job alone
            failures, before = (failures + 1 if code and not died_of_a_job else 0), now
            if self._stopping.is_set():
                return
            if failures >= MOST_FAILURES:
                _log.error("the worker ended with %s, %s times", code, failures)
                self._jobs.give_up(f"the worker ended with {code}; the server's log says why, then try again")
            elif self._jobs.has_work():  # it died, or another server's worker is at it
                self._stopping.wait(SECONDS_BETWEEN)

    def _one_worker(self) -> int:
        with self._lock:
            if self._stopping.is_set():
                return 0
            self._worker = subprocess.Popen(
                [sys.executable, "-m", "web.admin"],
                stdin=subprocess.PIPE,
                cwd=_HOUSE,
                env=environment_without_secrets(),
                start_new_session=True,
            )
        with self._worker as worker:
            assert worker.stdin is not None
            try:
                worker.stdin.write(SETTINGS.dump_json(self._settings))
                worker.stdin.close()
            except BrokenPipeError:
                _log.error("the worker ended before it was told what to do")
            return worker.wait()
