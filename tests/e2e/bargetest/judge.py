# SPDX-License-Identifier: Apache-2.0
"""Judgements over what was captured and recorded. Each returns its complaints; none is good."""
from __future__ import annotations

from typing import List, Sequence, Tuple

import numpy as np

from . import tones
from .capture import RtpPacket

FRAME = 160


def discontinuities(packets: Sequence[RtpPacket]) -> List[str]:
    """A stream is one SSRC with every sequence number and every timestamp, in order, once."""
    complaints = []
    for before, after in zip(packets, packets[1:]):
        step = (after.sequence - before.sequence) & 0xffff
        samples = (after.timestamp - before.timestamp) & 0xffffffff
        if after.ssrc != before.ssrc:
            complaints.append(f"SSRC {before.ssrc:08x} becomes {after.ssrc:08x}")
        if step != 1:
            complaints.append(f"sequence {before.sequence} is followed by {after.sequence}")
        if samples != len(before.payload):
            complaints.append(f"timestamp {before.timestamp} with {len(before.payload)} samples "
                              f"is followed by {after.timestamp}")
    return complaints


def lateness(packets: Sequence[RtpPacket]) -> float:
    """How late the latest packet of a stream was sent, by its timestamps, in seconds; the most
    punctual one counts as on time."""
    if not packets:
        return 0.0
    first = packets[0]
    offsets = [packet.time - ((packet.timestamp - first.timestamp) & 0xffffffff) / tones.RATE
               for packet in packets]
    return max(offsets) - min(offsets)


def leaks(samples: np.ndarray, hz: int, spans: Sequence[Tuple[int, int]],
          limit_db: float = -60.0) -> List[str]:
    """The 10 ms windows wholly inside the spans (in samples) that hold more of the tone."""
    complaints = []
    for begin, end in spans:
        first = max(0, -(-begin // tones.WINDOW))
        last = min(end, len(samples)) // tones.WINDOW
        levels = tones.standing_out(samples[first * tones.WINDOW:last * tones.WINDOW], hz)
        complaints += [f"{(first + at) * 10} ms: {levels[at]:.1f} dBFS of {hz} Hz"
                       for at in np.flatnonzero(levels > limit_db)]
    return complaints


def decoded(packets: Sequence[RtpPacket]) -> np.ndarray:
    """The samples of a G.711 stream, one packet after the other."""
    if not packets:
        return np.zeros(0, np.int16)
    return np.concatenate([tones.decode(packet.payload, packet.payload_type)
                           for packet in packets])


def first_recorded(recording: np.ndarray, packets: Sequence[RtpPacket]) -> int:
    """Which packet a recording begins with. A phone may drop its first packets, or fill in frames
    before the first one: then it is below 0. Takes that one after which recording and stream are
    most alike."""
    wire = decoded(packets)

    def likeness(first: int) -> float:
        sound, heard = wire[max(0, first) * FRAME:], recording[max(0, -first) * FRAME:]
        length = min(len(sound), len(heard))
        return float(np.mean(sound[:length] == heard[:length])) if length else 0.0

    return max(range(-15, 25), key=likeness)


def on_the_clock(recording: np.ndarray, packets: Sequence[RtpPacket]) -> Tuple[np.ndarray, float]:
    """The recording with silence where the stream stood still, and the time of its first sample.

    A stream is allowed to be late for a moment, since the phone catches up; but what never comes
    was skipped by a machine that was too busy.
    """
    first = first_recorded(recording, packets)
    filler, packets = max(0, -first), packets[max(0, first):]
    times = np.array([packet.time for packet in packets])
    late = times - times[0] - np.arange(len(times)) * FRAME / tones.RATE
    lasting = np.minimum.accumulate(late[::-1])[::-1]
    skipped = np.maximum.accumulate(np.rint(lasting * tones.RATE / FRAME).astype(int))
    frames = [recording[:filler * FRAME]]
    for at, missing in enumerate(np.diff(skipped, prepend=skipped[0])):
        begin = (filler + at) * FRAME
        frames += [np.zeros(missing * FRAME, np.int16), recording[begin:begin + FRAME]]
    return np.concatenate(frames), float(times[0]) - filler * FRAME / tones.RATE
