# SPDX-License-Identifier: Apache-2.0
"""Predicts every payload of the bridge, byte for byte, from what was sent to it.

It needs senders that keep the bridge's pace: each of their packets then is one tick's frame, a
constant number of ticks later.
"""
from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import Dict, List, Optional, Sequence, Tuple

import numpy as np

from . import rules, tones
from .capture import RtpPacket

FRAME = 160
RAMP = 40        # 5 ms at 8 kHz
DEEPEST = 12     # ticks that a packet may wait in the jitter buffer
SILENCE = bytes([0xff]) * FRAME


@dataclass(frozen=True)
class Change:
    """A mode that came into force: at a sample index, on a digit first seen at `pressed`."""
    before: str
    after: str
    pressed: float
    sample: int

    @property
    def raises(self) -> bool:
        """Whether it is a higher mode, which needs a decision. A lowering is always allowed."""
        return rules.LADDER.index(self.after) > rules.LADDER.index(self.before)

    @property
    def tick(self) -> int:
        """The first sample of the tick in which it happened."""
        return self.sample // FRAME * FRAME


class Exact:
    """Streams by role: `sent` to the bridge and `received` from it, audio alone."""

    def __init__(self, sent: Dict[str, List[RtpPacket]], received: Dict[str, List[RtpPacket]],
                 changes: Sequence[Change]) -> None:
        self.sent, self.received, self.changes = sent, received, list(changes)
        self._lags: Dict[Tuple[str, str], int] = {}
        self._anchors: Dict[str, int] = {}

    def predict(self, listener: str, at: int, mode: str,
                lags: Optional[Dict[str, int]] = None) -> bytes:
        """What packet `at` to the listener would hold in that mode; `lags` in packets."""
        speakers = [role for role in rules.ROLES if rules.hears(mode, listener, role)]
        payloads = []
        for speaker in speakers:
            lag = lags[speaker] if lags else self._lags[listener, speaker]
            source = at + lag
            if not 0 <= source < len(self.sent[speaker]):
                return SILENCE
            payloads.append(self.sent[speaker][source].payload)
        if not payloads:
            return SILENCE
        if len(payloads) == 1:
            return payloads[0]
        total = sum(tones.decode(payload, 0).astype(np.int32) for payload in payloads)
        return tones.encode_mulaw(np.clip(total, -32768, 32767))

    def learn(self, listener: str, at: int, mode: str) -> bool:
        """Finds how many packets each speaker lies ahead or behind, from packet `at` alone."""
        speakers = [role for role in rules.ROLES if rules.hears(mode, listener, role)]
        packet = self.received[listener][at]
        ranges = []
        for speaker in speakers:
            times = [sent.time for sent in self.sent[speaker]]
            newest = int(np.searchsorted(times, packet.time)) - 1
            ranges.append([newest - depth - at for depth in range(DEEPEST)])
        for lags in itertools.product(*ranges):
            trial = dict(zip(speakers, lags))
            if self.predict(listener, at, mode, trial) == packet.payload:
                self._lags.update({(listener, speaker): lag for speaker, lag in trial.items()})
                return True
        return False

    def first_different(self, listener: str, change: Change) -> Optional[int]:
        """The first packet after the digit that the mode before does not explain."""
        for at, packet in enumerate(self.received[listener]):
            if packet.time > change.pressed and packet.payload != self.predict(
                    listener, at, change.before):
                return at
        return None

    def affected(self, change: Change) -> List[str]:
        return [role for role in rules.ROLES
                if rules.HEARS[change.before][role] != rules.HEARS[change.after][role]]

    def sample_index(self, listener: str, at: int) -> int:
        """The bridge's sample index of a packet; learn_anchor() comes first."""
        start = self.received[listener][0].timestamp
        offset = (self.received[listener][at].timestamp - start) & 0xffffffff
        return offset + self._anchors[listener]

    def learn_anchor(self, listener: str, at: int, sample: int) -> None:
        """Packet `at` begins with that sample index."""
        self._anchors[listener] = 0
        self._anchors[listener] = sample - self.sample_index(listener, at)

    def unexplained(self, listener: str, first_mode: str) -> List[Tuple[int, str]]:
        """Every packet (and its mode) that is not what the mode in force says; a change's ramp is
        left out."""
        complaints = []
        edges = [change.tick for change in self.changes]
        modes = [first_mode] + [change.after for change in self.changes]
        for at, packet in enumerate(self.received[listener]):
            index = self.sample_index(listener, at)
            mode = modes[int(np.searchsorted(edges, index, side="right"))]
            skipped = RAMP if index in edges else 0
            expected = self.predict(listener, at, mode)
            if packet.payload[skipped:] != expected[skipped:]:
                complaints.append((at, mode))
        return complaints
