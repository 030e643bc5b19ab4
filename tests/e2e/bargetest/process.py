# SPDX-License-Identifier: Apache-2.0
"""A child process that never outlives the test that started it."""
from __future__ import annotations

import ctypes
import signal
import subprocess
import time
from pathlib import Path
from typing import Callable, Optional, Sequence

_PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None, use_errno=True)


def _die_with_parent() -> None:
    _libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)


def wait_until(condition: Callable[[], object], timeout: float, what: str) -> object:
    """Polls `condition` every 10 ms and returns its first true value, or raises TimeoutError."""
    deadline = time.monotonic() + timeout
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > deadline:
            raise TimeoutError(f"{what}: not within {timeout:g} s")
        time.sleep(0.01)


class Process:
    """A child with its output in a file. The kernel kills it if this process dies first."""

    def __init__(self, name: str, argv: Sequence[str], log: Path,
                 stdout_pipe: bool = False, cwd: Optional[Path] = None,
                 env: Optional[dict] = None) -> None:
        self.name = name
        self.log = log
        self._log_file = open(log, "ab")
        self._child = subprocess.Popen(
            list(argv), stdin=subprocess.DEVNULL, cwd=cwd, env=env,
            stdout=subprocess.PIPE if stdout_pipe else self._log_file,
            stderr=self._log_file, preexec_fn=_die_with_parent)

    @property
    def pid(self) -> int:
        return self._child.pid

    @property
    def stdout(self):
        return self._child.stdout

    def running(self) -> bool:
        return self._child.poll() is None

    def log_text(self) -> str:
        return self.log.read_text(errors="replace")

    def send_signal(self, number: int) -> None:
        if self.running():
            self._child.send_signal(number)

    def wait(self, timeout: float) -> int:
        """The exit status; raises TimeoutError when the process has not ended by then."""
        try:
            return self._child.wait(timeout)
        except subprocess.TimeoutExpired:
            raise TimeoutError(f"{self.name} has not ended within {timeout:g} s") from None

    def stop(self, number: int = signal.SIGTERM, timeout: float = 5.0) -> Optional[int]:
        """Asks the process to end, kills it if it does not, and returns its exit status."""
        self.send_signal(number)
        try:
            self._child.wait(timeout)
        except subprocess.TimeoutExpired:
            self._child.kill()
            self._child.wait()
        if self._child.stdout:
            self._child.stdout.close()
        self._log_file.close()
        return self._child.returncode
