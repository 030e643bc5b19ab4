# SPDX-License-Identifier: Apache-2.0
"""Levels: G.711, tones by Goertzel in 10 ms windows, WAV files.

Levels are dBFS with a full-scale sine (amplitude 32768) at 0. Silence is -120.
"""
from __future__ import annotations

import wave
from pathlib import Path
from typing import Iterable, List, Tuple

import numpy as np

RATE = 8000
BESIDE = 100  # Hz to where a 10 ms window has nothing of a tone, and where no voice is
STANDS_OUT = 10  # dB
WINDOW = RATE // 100  # 10 ms: tones at multiples of 100 Hz do not leak into one another
SILENCE_DB = -120.0


def _mulaw_table() -> np.ndarray:
    code = ~np.arange(256, dtype=np.int32) & 0xff
    magnitude = (((code & 15) << 3) + 132 << ((code >> 4) & 7)) - 132
    return np.where(code & 0x80, -magnitude, magnitude).astype(np.int16)


def _alaw_table() -> np.ndarray:
    code = np.arange(256, dtype=np.int32) ^ 0x55
    exponent, mantissa = (code >> 4) & 7, code & 15
    magnitude = np.where(exponent == 0, (mantissa << 4) + 8,
                         (mantissa << 4) + 264 << np.maximum(exponent - 1, 0))
    return np.where(code & 0x80, magnitude, -magnitude).astype(np.int16)


MULAW = _mulaw_table()
ALAW = _alaw_table()


def decode(payload: bytes, payload_type: int) -> np.ndarray:
    """int16 samples of a G.711 payload (ITU-T G.711): type 0 is µ-law, type 8 A-law."""
    table = {0: MULAW, 8: ALAW}[payload_type]
    return table[np.frombuffer(payload, np.uint8)]


def encode_mulaw(samples: np.ndarray) -> bytes:
    """µ-law codes of int16 samples (ITU-T G.711)."""
    value = samples.astype(np.int32)
    sign = np.where(value < 0, 0x80, 0)
    magnitude = np.minimum(np.abs(value), 32635) + 132
    exponent = np.floor(np.log2(magnitude)).astype(np.int32) - 7
    mantissa = (magnitude >> (exponent + 3)) & 15
    return (~(sign | exponent << 4 | mantissa) & 0xff).astype(np.uint8).tobytes()


def to_db(amplitude: np.ndarray) -> np.ndarray:
    """dBFS of a sine's amplitude in units of int16, not below SILENCE_DB."""
    floor = 32768 * 10 ** (SILENCE_DB / 20)
    return 20 * np.log10(np.maximum(amplitude, floor) / 32768)


def tone_levels(samples: np.ndarray, hz: int) -> np.ndarray:
    """dBFS of the tone in each whole 10 ms window."""
    count = len(samples) // WINDOW
    frames = samples[:count * WINDOW].astype(np.float64).reshape(count, WINDOW)
    phase = -2j * np.pi * hz / RATE * np.arange(WINDOW)
    return to_db(np.abs(frames @ np.exp(phase)) * 2 / WINDOW)


def standing_out(samples: np.ndarray, hz: int) -> np.ndarray:
    """dBFS of a tone in each 10 ms window, and nothing where it does not stand out from the
    frequencies beside it: a phone that is late leaves a hole, and that clicks at all of them."""
    levels = tone_levels(samples, hz)
    beside = np.maximum(tone_levels(samples, hz - BESIDE),
                        tone_levels(samples, hz + BESIDE))
    return np.where(levels > beside + STANDS_OUT, levels, SILENCE_DB)


def level(samples: np.ndarray) -> float:
    """dBFS of the whole, by its mean square (a full-scale sine reads 0)."""
    if len(samples) == 0:
        return SILENCE_DB
    mean_square = float(np.mean(samples.astype(np.float64) ** 2))
    return float(to_db(np.array(np.sqrt(2 * mean_square))))


def runs(flags: Iterable[bool]) -> List[Tuple[int, int]]:
    """[first, end) of each run of true values."""
    edges = np.flatnonzero(np.diff(np.concatenate(([0], np.asarray(list(flags), np.int8), [0]))))
    return [(int(first), int(end)) for first, end in zip(edges[::2], edges[1::2])]


def read_wav(path: Path) -> Tuple[np.ndarray, int]:
    """int16 samples and rate; a header that was never completed does not matter."""
    data = path.read_bytes()
    at = data.index(b"fmt ")
    channels = int.from_bytes(data[at + 10:at + 12], "little")
    rate = int.from_bytes(data[at + 12:at + 16], "little")
    begin = data.index(b"data") + 8
    whole = len(data) - (len(data) - begin) % (2 * channels)
    samples = np.frombuffer(data[begin:whole], "<i2")
    return samples.reshape(-1, channels)[:, 0], rate


def read_recording(path: Path) -> np.ndarray:
    """What a baresip phone has recorded, at 8 kHz. Its decoder says 2 for the µ-law code of zero;
    the smallest sample that G.711 really has is 8."""
    samples, rate = read_wav(path)
    if rate != RATE:
        raise ValueError(f"{path}: {rate} Hz, expected {RATE}")
    return np.where(np.abs(samples) < 8, 0, samples).astype(np.int16)


def write_wav(path: Path, samples: np.ndarray, rate: int = RATE) -> None:
    """A mono WAV file of int16 samples."""
    with wave.open(str(path), "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(rate)
        out.writeframes(samples.astype("<i2").tobytes())
