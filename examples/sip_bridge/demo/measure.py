# SPDX-License-Identifier: Apache-2.0
"""What the recordings and the capture say: who was heard by whom, and how fast modes changed.

Times are seconds since the first RTP packet of the capture.
"""
from __future__ import annotations

from dataclasses import dataclass
from typing import Dict, List, Optional, Sequence

import numpy as np

from bargetest import judge, rules, tones
from bargetest.capture import RtpPacket

from .lines import MODES
from .voices import Slot

HEARD_DB = -60.0
LONGEST_DELAY = 0.2  # through the bridge and its jitter buffer, in seconds
EARLY = 0.04         # that a recording may seem to be, in seconds
MARGIN = 0.06        # at either end of what is measured, in seconds
LONGEST_SWITCH = 0.15  # in which the first change after a digit is looked for, in seconds
SILENCE = bytes(2 * judge.FRAME)


@dataclass(frozen=True)
class Track:
    """A sound with the time of its first sample."""
    samples: np.ndarray
    start: float

    def cut(self, begin: float, end: float) -> np.ndarray:
        """The samples from `begin` to `end`; zero where there are none."""
        first, last = round((begin - self.start) * tones.RATE), round(
            (end - self.start) * tones.RATE)
        inside = self.samples[max(0, first):max(0, last)]
        before = min(max(0, -first), last - first)
        return np.pad(inside, (before, max(0, last - first - before - len(inside))))


@dataclass(frozen=True)
class Cell:
    """One speaker in one listener's recording: dBFS, and whether that is heard."""
    db: float
    expected: bool

    @property
    def heard(self) -> bool:
        return bool(self.db > HEARD_DB)

    @property
    def good(self) -> bool:
        return self.heard == self.expected


@dataclass(frozen=True)
class Span:
    """A stretch in which one speaker speaks in one mode, and who of the others heard it."""
    mode: str
    speaker: str
    begin: float
    end: float
    db: Dict[str, float]  # by listener


@dataclass(frozen=True)
class Switch:
    """From the digit's first packet to the first changed payload."""
    before: str
    after: str
    digit: str
    at: float
    ms: Optional[float]


@dataclass
class Result:
    cells: Dict[str, Dict[str, Dict[str, Cell]]]  # mode, listener, speaker
    spans: List[Span]
    switches: List[Switch]
    left: float  # when the supervisor pressed the last key
    heard: Dict[str, Track]
    said: Dict[str, Track]

    @property
    def good(self) -> bool:
        return all(cell.good for listeners in self.cells.values()
                   for speakers in listeners.values() for cell in speakers.values())


def level_of(voice: np.ndarray, recording: np.ndarray) -> float:
    """dBFS of a known voice in a recording that is longer by the delays to try."""
    energy = float(np.dot(voice.astype(np.float64), voice))
    if energy == 0 or not np.any(recording):
        return tones.SILENCE_DB
    size = 1 << (len(recording) - 1).bit_length()
    spectrum = np.fft.rfft(recording, size) * np.conj(np.fft.rfft(voice, size))
    likeness = np.fft.irfft(spectrum, size)[:len(recording) - len(voice) + 1]
    gain = float(np.max(np.abs(likeness))) / energy
    return max(tones.SILENCE_DB, tones.level(voice) + 20 * float(np.log10(max(gain, 1e-9))))


def spans(slots: Sequence[Slot], said: Dict[str, Track], heard: Dict[str, Track],
          starts: Dict[str, float]) -> List[Span]:
    """Each line, in two where a digit was pressed in it. `starts` is when a speaker's script
    began."""
    found = []
    for slot in slots:
        speaker, begin = slot.line.speaker, starts[slot.line.speaker]
        modes = [slot.line.mode]
        cuts = [begin + slot.begin, begin + slot.end]
        if slot.press is not None:
            modes.append(after(slot.line.mode))
            cuts.insert(1, begin + slot.press)
        for mode, first, last in zip(modes, cuts, cuts[1:]):
            # Around a digit, what is still on its way through the bridge counts for neither mode.
            inner = (first + MARGIN + (LONGEST_DELAY if mode != modes[0] else 0),
                     last - MARGIN - (LONGEST_DELAY if mode != modes[-1] else 0))
            voice = said[speaker].cut(*inner)
            found.append(Span(mode, speaker, first, last, {
                listener: level_of(voice, track.cut(inner[0] - EARLY, inner[1] + LONGEST_DELAY))
                for listener, track in heard.items() if listener != speaker}))
    return found


def after(mode: str) -> str:
    """The mode that follows in the demo."""
    following = [*MODES[1:], "plain"]
    return following[MODES.index(mode)]


def cells(measured: Sequence[Span]) -> Dict[str, Dict[str, Dict[str, Cell]]]:
    """The matrix. A mode's own line counts, not the end of the line that led into it."""
    table: Dict[str, Dict[str, Dict[str, Cell]]] = {}
    for mode in MODES:
        for listener in rules.ROLES:
            for speaker in rules.ROLES:
                if speaker == listener:
                    continue
                own = [span for span in measured
                       if span.mode == mode and span.speaker == speaker]
                db = own[-1].db.get(listener, tones.SILENCE_DB) if own else tones.SILENCE_DB
                table.setdefault(mode, {}).setdefault(listener, {})[speaker] = Cell(
                    db, rules.hears(mode, listener, speaker))
    return table


def switch_ms(slot: Slot, pressed: float, sent: Dict[str, List[RtpPacket]],
              received: Dict[str, List[RtpPacket]]) -> Optional[float]:
    """From the digit's first packet to the first payload that is not as before, in the stream to
    the first listener who begins or ceases to hear the slot's speaker. The speaker makes no pause
    then. Times are the capture's."""
    before, then, speaker = slot.line.mode, after(slot.line.mode), slot.line.speaker
    listener = next((role for role in rules.ROLES if role != speaker and
                     rules.hears(before, role, speaker) != rules.hears(then, role, speaker)), None)
    if listener is None:
        raise ValueError(f"{slot.line.digit} is pressed where nobody hears a difference")
    around = [packet for packet in received[listener]
              if pressed < packet.time < pressed + LONGEST_SWITCH]
    if rules.hears(before, listener, speaker):
        # A hole that a late packet leaves is no change yet: the last of the old ones counts.
        spoken = {_samples(packet) for packet in sent[speaker]} - {SILENCE}
        first_changed = 1 + max((at for at, packet in enumerate(around)
                                 if _samples(packet) in spoken), default=-1)
    else:
        first_changed = next((at for at, packet in enumerate(around)
                              if _samples(packet) != SILENCE), len(around))
    if first_changed >= len(around):
        return None
    return round((around[first_changed].time - pressed) * 1000, 1)


def _samples(packet: RtpPacket) -> bytes:
    """What a payload says: µ-law has two codes of zero."""
    return tones.decode(packet.payload, packet.payload_type).tobytes()
