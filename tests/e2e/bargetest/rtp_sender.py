# SPDX-License-Identifier: Apache-2.0
"""An RTP sender whose every sample is known: 20 ms packets by an absolute schedule."""
from __future__ import annotations

import functools
import os
import secrets
import socket
import struct
import sys
import threading
import time
from collections import deque
from typing import Callable, Deque, Dict, List, Optional, Tuple

import numpy as np

from .sip_message import HOST

FRAME = 160
PTIME = 0.020
EVENT_TYPE = 101
EVENT_UPDATES, EVENT_ENDS = 5, 3

Payload = Callable[[int], bytes]


@functools.lru_cache(maxsize=None)
def noise(seed: int, packets: int = 6000) -> Payload:
    """µ-law noise, a different payload in every packet, the same in every run.

    Loud enough to be told from any other, soft enough that three of them never clip. The code of
    negative zero (0x7f) is not used: a decoder and an encoder turn it into the positive one.
    """
    codes = np.concatenate([np.arange(0x20, 0x7f), np.arange(0xa0, 0x100)]).astype(np.uint8)
    table = np.random.default_rng(seed).choice(codes, (packets, FRAME))
    return lambda index: table[index % packets].tobytes()


def silence(code: int = 0xff) -> Payload:
    return lambda index: bytes([code]) * FRAME


class Stream:
    """One leg's outgoing RTP. Everything but press() belongs to the sender's thread."""

    def __init__(self, sock: socket.socket, payload: Payload, payload_type: int = 0) -> None:
        self.socket = sock
        self.payload = payload
        self.payload_type = payload_type
        self.remote: Optional[int] = None
        self.ssrc = secrets.randbits(32)
        self.sequence = secrets.randbits(16)
        self.timestamp = secrets.randbits(32)
        self.first_timestamp = self.timestamp
        self.sent = 0
        self._digits: Deque[int] = deque()
        self._event: Optional[List[int]] = None  # code, timestamp, updates sent

    def press(self, digit: str) -> None:
        """Sends the digit as telephone events (RFC 4733) beside the audio."""
        self._digits.append("0123456789*#".index(digit))

    def _send(self, payload_type: int, marker: bool, timestamp: int, payload: bytes) -> None:
        header = struct.pack("!BBHII", 0x80, payload_type | (0x80 if marker else 0),
                             self.sequence & 0xffff, timestamp & 0xffffffff, self.ssrc)
        self.sequence += 1
        try:
            self.socket.sendto(header + payload, (HOST, self.remote))
        except OSError:
            pass  # the far end has gone: a phone goes on sending until it is told

    def _send_event(self) -> None:
        if self._event is None:
            if not self._digits:
                return
            self._event = [self._digits.popleft(), self.timestamp, 0]
        code, start, updates = self._event
        self._event[2] += 1
        ended = updates >= EVENT_UPDATES
        duration = FRAME * min(updates + 1, EVENT_UPDATES)
        self._send(EVENT_TYPE, updates == 0, start,
                   struct.pack("!BBH", code, 10 | (0x80 if ended else 0), duration))
        if self._event[2] == EVENT_UPDATES + EVENT_ENDS:
            self._event = None

    def tick(self) -> None:
        """One audio packet, then a telephone event if one is due."""
        if self.remote is None:
            return
        self._send(self.payload_type, self.sent == 0, self.timestamp, self.payload(self.sent))
        self._send_event()
        self.sent += 1
        self.timestamp += FRAME


class Sender:
    """A thread that ticks every stream each 20 ms; real-time priority where it is permitted."""

    def __init__(self) -> None:
        # The other threads of this process must not keep it from the interpreter for long.
        sys.setswitchinterval(0.0005)
        self._streams: Dict[int, Stream] = {}
        self._lock = threading.Lock()
        self._stopped = threading.Event()
        self.worst_lateness = 0.0
        self._thread = threading.Thread(target=self._run, name="rtp sender", daemon=True)
        self._thread.start()

    def __enter__(self) -> "Sender":
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def add(self, stream: Stream) -> None:
        with self._lock:
            self._streams[id(stream)] = stream

    def remove(self, stream: Stream) -> None:
        with self._lock:
            self._streams.pop(id(stream), None)

    def stop(self) -> None:
        self._stopped.set()
        self._thread.join()

    def _run(self) -> None:
        try:
            os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(20))
        except (PermissionError, OSError):
            pass
        due = time.monotonic()
        while not self._stopped.is_set():
            due += PTIME
            time.sleep(max(0.0, due - time.monotonic()))
            self.worst_lateness = max(self.worst_lateness, time.monotonic() - due)
            with self._lock:
                streams: Tuple[Stream, ...] = tuple(self._streams.values())
            for stream in streams:
                stream.tick()
