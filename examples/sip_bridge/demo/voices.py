# SPDX-License-Identifier: Apache-2.0
"""From the script to one WAV file a phone: every line in a slot of its own."""
from __future__ import annotations

import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Dict, List, Optional, Sequence

import numpy as np

from bargetest import tones

from .lines import VOICES, Line, Voice

LEVEL_DB = -18.0  # of every line, by its mean square
GAP = 0.35        # between lines
MODE_GAP = 0.65   # between modes
JOIN_GAP = 1.2    # where the supervisor dials in
HEAD = 0.8        # before the first line
TAIL = 60.0       # silence behind the last one: a phone stops where its file ends
FRAME = tones.RATE // 50


@dataclass(frozen=True)
class Slot:
    """A line in the timeline: seconds since the call was answered."""
    line: Line
    begin: float
    end: float
    press: Optional[float]  # when the digit is due, within a stretch without a pause
    samples: np.ndarray


def resample(samples: np.ndarray, rate: int) -> np.ndarray:
    """To 8 kHz, band-limited, by its spectrum."""
    count = int(len(samples) * tones.RATE / rate)
    spectrum = np.fft.rfft(samples.astype(np.float64))[:count // 2 + 1]
    hertz = np.arange(len(spectrum)) * tones.RATE / count
    spectrum *= np.clip((3700 - hertz) / 300, 0, 1)
    return np.fft.irfft(spectrum, count) * count / len(samples)


def speak(text: str, voice: Voice) -> np.ndarray:
    """The text as 8 kHz int16 samples at LEVEL_DB, without silence at either end."""
    with tempfile.TemporaryDirectory() as directory:
        path = Path(directory) / "line.wav"
        subprocess.run(["espeak-ng", "-v", voice.name, "-s", str(voice.speed), "-p",
                        str(voice.pitch), "-w", str(path), text], check=True)
        samples = resample(*tones.read_wav(path))
    loud = np.flatnonzero(np.abs(samples) > 0.02 * np.max(np.abs(samples)))
    samples = samples[loud[0]:loud[-1] + 1]
    samples *= 10 ** ((LEVEL_DB - tones.level(samples)) / 20)
    return np.clip(np.rint(samples), -32000, 32000).astype(np.int16)


def _steady_moment(samples: np.ndarray) -> float:
    """Where to press: 60 % in or later, followed by the longest stretch of speech, in seconds."""
    count = len(samples) // FRAME
    power = np.abs(samples[:count * FRAME].astype(np.int32)).reshape(count, FRAME).max(axis=1)
    stretches = [(end - max(first, int(0.6 * count)), max(first, int(0.6 * count)))
                 for first, end in tones.runs(power > 600) if end > 0.6 * count]
    length, first = max(stretches)
    if length < 8:
        raise ValueError("the line has no stretch of 160 ms without a pause to press a digit in")
    return (first + 1) * FRAME / tones.RATE


def timeline(script: Sequence[Line]) -> List[Slot]:
    """Lays the lines out one after the other."""
    slots: List[Slot] = []
    at = HEAD
    for before, line in zip([None, *script], script):
        if before is not None:
            joins = before.mode == "plain" != line.mode
            at += JOIN_GAP if joins else MODE_GAP if before.mode != line.mode else GAP
        samples = speak(line.text, VOICES[line.speaker])
        end = at + len(samples) / tones.RATE
        press = at + _steady_moment(samples) if line.digit else None
        slots.append(Slot(line, at, end, press, samples))
        at = end
    return slots


def track(slots: Sequence[Slot], speaker: str, start: float = 0.0) -> np.ndarray:
    """All that a speaker says, with its first sample `start` seconds after the call's answer."""
    samples = np.zeros(int((slots[-1].end + TAIL - start) * tones.RATE), np.int16)
    for slot in slots:
        if slot.line.speaker == speaker:
            at = round((slot.begin - start) * tones.RATE)
            samples[at:at + len(slot.samples)] = slot.samples
    return samples


def write_tracks(slots: Sequence[Slot], directory: Path, joins_at: float) -> Dict[str, Path]:
    """One WAV file a speaker; the supervisor's starts when the supervisor joins."""
    files = {}
    for speaker in VOICES:
        files[speaker] = directory / f"{speaker}-says.wav"
        tones.write_wav(files[speaker],
                        track(slots, speaker, joins_at if speaker == "supervisor" else 0.0))
    return files
