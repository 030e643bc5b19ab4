# SPDX-License-Identifier: Apache-2.0
"""Notice tones, measured: where each begins and ends, and at which frequency."""
from __future__ import annotations

from dataclasses import dataclass
from typing import List

import numpy as np

from . import tones

SMOOTHED = tones.RATE // 50  # a window of 20 ms passes 50 Hz to both sides, and no voice
SOUNDS_DB = -27.2            # half of what a tone of -18 dBm0 reads in dBFS
SHORTEST = 0.06              # what is shorter is the click of a hole, in seconds


@dataclass(frozen=True)
class Burst:
    """A tone from one time to another, in seconds of the samples."""
    begin: float
    end: float
    hz: float

    @property
    def length(self) -> float:
        return self.end - self.begin


def bursts(samples: np.ndarray, hz: int, threshold_db: float = SOUNDS_DB) -> List[Burst]:
    """Each stretch in which a tone near `hz` is louder. Voices are 300 Hz away or more. An edge
    is where the tone has half its level: smoothing does not move it."""
    time = np.arange(len(samples)) / tones.RATE
    window = np.hanning(SMOOTHED + 1)
    around = np.convolve(samples * np.exp(-2j * np.pi * hz * time), window / window.sum(), "same")
    loud = tones.to_db(2 * np.abs(around)) > threshold_db
    return [Burst(begin / tones.RATE, end / tones.RATE, hz + _offset(around[begin:end]))
            for begin, end in tones.runs(loud) if end - begin > SHORTEST * tones.RATE]


def _offset(around: np.ndarray) -> float:
    """How far the frequency is from the expected one, in Hz, by the turning of the phase."""
    quarter = len(around) // 4
    phase = np.unwrap(np.angle(around[quarter:-quarter]))
    slope = np.polyfit(np.arange(len(phase)), phase, 1)[0]
    return float(slope * tones.RATE / (2 * np.pi))


def first_heard(samples: np.ndarray, hz: int, threshold_db: float = -40.0) -> float:
    """When a voice is heard for the first time, in seconds, to 10 ms; infinity: never."""
    loud = np.flatnonzero(tones.standing_out(samples, hz) > threshold_db)
    return float(loud[0]) * tones.WINDOW / tones.RATE if len(loud) else float("inf")
