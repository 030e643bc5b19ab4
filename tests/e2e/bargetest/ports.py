# SPDX-License-Identifier: Apache-2.0
"""Ports that are free now, by asking the kernel.

Ranges are taken below the ephemeral ports, so that no other program is handed one of them between
the question and the use.
"""
from __future__ import annotations

import random
import socket
from typing import Tuple

HOST = "127.0.0.1"
_LOWEST, _HIGHEST = 12000, 32000
_given: set = set()
_random = random.SystemRandom()


def _free(port: int, kind: socket.SocketKind) -> bool:
    with socket.socket(socket.AF_INET, kind) as probe:
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
    return True


def free_range(count: int) -> Tuple[int, int]:
    """First and last of `count` consecutive ports, free for UDP and TCP; the first is even."""
    for _ in range(1000):
        first = _random.randrange(_LOWEST, _HIGHEST - count, 2)
        wanted = range(first, first + count)
        if _given.intersection(wanted):
            continue
        if all(_free(port, socket.SOCK_DGRAM) and _free(port, socket.SOCK_STREAM)
               for port in wanted):
            _given.update(wanted)
            return first, first + count - 1
    raise RuntimeError(f"no {count} consecutive free ports between {_LOWEST} and {_HIGHEST}")


def sip_port() -> int:
    """A port for a SIP phone; the one above it, which the phone takes for TLS, is free too."""
    return free_range(4)[0]


def tcp_port() -> int:
    """A free port."""
    return free_range(2)[0]
