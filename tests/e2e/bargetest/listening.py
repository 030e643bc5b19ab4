# SPDX-License-Identifier: Apache-2.0
"""Who is in whose recording, 10 ms by 10 ms, and which mode was in force then."""
from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Collection, Dict, List, Sequence, Tuple

import numpy as np

from . import judge, rules, tones
from .capture import RtpPacket

SETTLED = 0.07  # from a digit on until its change is over, ramp included, in seconds
BEGUN = 0.3     # from a call's first packet on until every phone speaks, in seconds
ENDING = 0.1    # before a call's last packet, when the first phone has stopped, in seconds


@dataclass(frozen=True)
class Period:
    """A stretch of one mode, in the capture's time. It begins with a digit or a call."""
    mode: str
    begin: float
    end: float


class Recording:
    """One call of one phone: what it recorded, against the packets that it was sent."""

    def __init__(self, path: Path, packets: Sequence[RtpPacket]) -> None:
        self.samples = tones.read_recording(path)
        self._first = judge.first_recorded(self.samples, packets)
        self._times = np.array([packet.time for packet in packets])
        self.begin, self.end = float(self._times[0]), float(self._times[-1])

    def sample_at(self, time: float) -> int:
        """The first sample that was sent at `time` or later."""
        return max(0, int(np.searchsorted(self._times, time)) - self._first) * judge.FRAME

    def span(self, period: Period) -> Tuple[int, int]:
        """The samples of a period, without the change at its beginning. A voice that begins or
        stops in the middle of its wave clicks at every frequency, so that is left out too."""
        begin = max(period.begin + SETTLED, self.begin + BEGUN)
        return self.sample_at(begin), self.sample_at(min(period.end, self.end - ENDING))

    def levels(self, period: Period, hz: int) -> np.ndarray:
        """dBFS of a tone in each 10 ms window of the period."""
        begin, end = self.span(period)
        return tones.tone_levels(self.samples[begin:max(begin, end)], hz)

    def leaks(self, period: Period, hz: int) -> np.ndarray:
        """The same, where the tone stands out."""
        begin, end = self.span(period)
        return tones.standing_out(self.samples[begin:max(begin, end)], hz)


def by_call(packets: Sequence[RtpPacket]) -> List[List[RtpPacket]]:
    """A phone's incoming stream, cut where another source begins."""
    calls: Dict[int, List[RtpPacket]] = {}
    for packet in packets:
        calls.setdefault(packet.ssrc, []).append(packet)
    return list(calls.values())


def mistakes(recording: Recording, listener: str, periods: Sequence[Period],
             frequencies: Dict[str, int], heard_db: float, silent_db: float,
             holes: float = 0.1) -> List[str]:
    """Each speaker who is heard where the rules forbid it, or not where they say so. A phone that
    is late leaves a hole: this share of the windows, at most half, may hold one."""
    voices = {role: frequencies[role] for role in rules.ROLES}
    found = []
    for period in periods:
        heard = [speaker for speaker in rules.ROLES
                 if rules.hears(period.mode, listener, speaker)]
        found += wrong_voices(recording, listener, period, heard, voices, heard_db, silent_db,
                              holes)
    return found


def wrong_voices(recording: Recording, listener: str, period: Period, heard: Collection[str],
                 frequencies: Dict[str, int], heard_db: float, silent_db: float,
                 holes: float = 0.1) -> List[str]:
    """The same for one period, in which the listener hears just these speakers."""
    found = []
    for speaker, hz in frequencies.items():
        levels = recording.levels(period, hz)
        if len(levels) == 0:
            continue
        if speaker in heard:
            if float(np.quantile(levels, min(holes, 0.5))) < heard_db:
                found.append(f"{period.mode}: {listener} does not hear {speaker} "
                             f"({np.median(levels):.1f} dBFS)")
            continue
        loudest = float(np.max(recording.leaks(period, hz)))
        if speaker != listener and loudest > silent_db:
            found.append(f"{period.mode}: {listener} hears {speaker} ({loudest:.1f} dBFS)")
        elif speaker == listener and float(np.median(levels)) > heard_db:
            found.append(f"{period.mode}: {listener} hears an echo of themselves "
                         f"({np.median(levels):.1f} dBFS)")
    return found
