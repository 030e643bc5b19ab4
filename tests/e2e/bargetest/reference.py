# SPDX-License-Identifier: Apache-2.0
"""A thread that does nothing but wake up every 20 ms: how late it is, the machine is."""
from __future__ import annotations

import threading
import time

TICK = 0.02
LATE = 0.015  # in seconds; a phone that is as late leaves a hole


class Reference:
    """Watches the machine while the block runs."""

    def __init__(self) -> None:
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run)
        self._ticks = self._late = 0

    @property
    def late_share(self) -> float:
        """The share of ticks that came late."""
        return self._late / max(1, self._ticks)

    def __enter__(self) -> Reference:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()

    def _run(self) -> None:
        due = time.monotonic()
        while not self._stop.is_set():
            due += TICK
            time.sleep(max(0.0, due - time.monotonic()))
            self._ticks += 1
            self._late += time.monotonic() - due > LATE
