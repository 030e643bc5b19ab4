# SPDX-License-Identifier: Apache-2.0
"""The timeline: three recordings, coloured by whose voice is in them."""
from __future__ import annotations

from pathlib import Path
from typing import List, Tuple

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt  # noqa: E402
import numpy as np  # noqa: E402
from matplotlib.colors import to_rgba  # noqa: E402
from matplotlib.patches import FancyBboxPatch  # noqa: E402

from bargetest import tones  # noqa: E402

from .lines import MODES, NAMES  # noqa: E402
from .measure import EARLY, HEARD_DB, Result, Track  # noqa: E402

COLOURS = {"customer": "#2f6fde", "agent": "#0d9467", "supervisor": "#ec6f0c"}
INK, MUTED, RULE, NIGHT = "#1b2430", "#66727f", "#dfe3e8", "#2b3644"
BANDS = ("#f6f7f9", "#ebeef2")
TITLES = {
    "plain": ("Plain call", "Sue is not on it"),
    "monitor": ("Monitor", "Sue hears both,\nnobody hears Sue"),
    "whisper": ("Whisper", "only Alex\nhears Sue"),
    "barge": ("Barge", "everybody\nhears everybody"),
    "takeover": ("Takeover", "nobody hears Alex,\nwho still listens"),
    "handed_back": ("Handed back", "nobody\nhears Sue"),
}
KEYS = {"monitor": "*90", "whisper": "1", "barge": "2", "takeover": "3", "handed_back": "#"}
ROWS = {"customer": 2.42, "agent": 1.34, "supervisor": 0.26}
LANE, LANE_HEIGHT, HALF = 3.36, 0.3, 0.46
TOP, KEY, BOTTOM = 4.62, -0.5, -0.82
STEP = 0.01   # seconds of sound in one stroke
LATE = 0.16   # the way through the bridge: what was said is heard a little later


def _envelope(samples: np.ndarray) -> np.ndarray:
    """0 to 1: how loud each STEP is, on a scale that shows quiet speech too."""
    width = int(STEP * tones.RATE)
    count = len(samples) // width
    frames = samples[:count * width].astype(np.float64).reshape(count, width)
    loud = np.minimum(1.0, np.sqrt(np.mean(frames ** 2, axis=1)) / 9000) ** 0.6
    return np.convolve(loud, (0.25, 0.5, 0.25), mode="same") * (loud > 0)


def _sound(track: Track, begin: float, end: float) -> Tuple[np.ndarray, np.ndarray]:
    heights = _envelope(track.cut(begin, end))
    return begin + (np.arange(len(heights)) + 0.5) * STEP, heights * HALF


def _mode_spans(result: Result, end: float) -> List[Tuple[str, float, float]]:
    """(mode, begin, end) of the bands; a mode begins with its digit."""
    begins = {"plain": 0.0, "monitor": result.heard["supervisor"].start}
    begins.update({change.after: change.at for change in result.switches})
    edges = [begins[mode] for mode in MODES] + [end]
    return list(zip(MODES, edges, edges[1:]))


def _row(axis: plt.Axes, result: Result, listener: str, end: float) -> None:
    centre = ROWS[listener]
    track = result.heard[listener]
    begin = max(0.0, track.start)
    axis.plot([begin, end], [centre, centre], color="#c4cbd4", linewidth=1, zorder=2)
    times, heights = _sound(track, begin, end)
    digits = [change.at for change in result.switches] + [result.left]
    owner = np.full(len(times), "nobody", dtype=object)
    for span in result.spans:
        if span.speaker == listener or span.begin < begin or span.begin >= result.left:
            continue
        if span.db[listener] > HEARD_DB:
            owner[(times > span.begin - EARLY) & (times < span.end + LATE)] = span.speaker
        else:
            ghost_times, ghost = _sound(result.said[span.speaker], span.begin, span.end)
            axis.fill_between(ghost_times, centre - ghost, centre + ghost,
                              facecolor=to_rgba(COLOURS[span.speaker], 0.09),
                              edgecolor=to_rgba(COLOURS[span.speaker], 0.6), linewidth=0.9,
                              linestyle=(0, (1.6, 1.2)), zorder=3)
            if span.begin not in digits:
                axis.text((span.begin + span.end) / 2, centre - HALF - 0.015,
                          f"{span.db[listener]:.0f} dB".replace("-", "−"), fontsize=9.5,
                          color=MUTED, ha="center", va="top", zorder=6)
    for who in ("customer", "agent", "supervisor", "nobody"):
        # Sound that no line accounts for is black: it would be a leak.
        shown = np.where(owner == who, heights, 0)
        axis.fill_between(times, centre - shown, centre + shown, where=shown > 0, linewidth=0.3,
                          color=COLOURS.get(who, "black"), zorder=4)


def _lane(axis: plt.Axes, result: Result) -> None:
    """Who speaks when."""
    whole: List[Tuple[str, float, float]] = []
    for span in result.spans:
        if span.begin >= result.left:
            continue
        if whole and whole[-1][0] == span.speaker and whole[-1][2] == span.begin:
            whole[-1] = (span.speaker, whole[-1][1], span.end)
        else:
            whole.append((span.speaker, span.begin, span.end))
    for speaker, begin, end in whole:
        axis.add_patch(FancyBboxPatch(
            (begin, LANE - LANE_HEIGHT / 2), end - begin, LANE_HEIGHT, linewidth=0,
            boxstyle="round,pad=0,rounding_size=0.08", mutation_aspect=0.5,
            facecolor=COLOURS[speaker], zorder=4))
        axis.text((begin + end) / 2, LANE - 0.01, NAMES[speaker], color="white", fontsize=10,
                  fontweight="bold", ha="center", va="center", zorder=5)


def _header(axis: plt.Axes, result: Result, left: float, edge: float) -> None:
    """The modes, and below them the digits that led into them, with the time each one took."""
    spans = _mode_spans(result, edge)
    took = {change.after: change.ms for change in result.switches if change.ms is not None}
    for at, (mode, begin, end) in enumerate(spans):
        axis.axvspan(left if at == 0 else begin, end, color=BANDS[at % 2], linewidth=0, zorder=0)
        title, rule = TITLES[mode]
        x = begin + (0.25 if at else 0.0)
        axis.text(x, TOP - 0.24, title, fontsize=16, fontweight="bold", color=INK, va="center")
        axis.text(x, TOP - 0.44, rule, fontsize=11, color=MUTED, va="top", linespacing=1.25)
    for mode, begin, _ in spans[1:]:
        axis.plot([begin, begin], [KEY, TOP], color=NIGHT, linewidth=1.3, zorder=5)
        _key(axis, begin, KEYS[mode], f"in {took[mode]:.0f} ms" if mode in took else "")
    axis.plot([result.left, result.left], [KEY, ROWS["supervisor"]], color=NIGHT, linewidth=1.3,
              zorder=5)
    _key(axis, result.left, "*", "leaves")


def _key(axis: plt.Axes, x: float, key: str, text: str) -> None:
    axis.text(x, KEY, key, color="white", fontsize=12.5, fontweight="bold",
              family="DejaVu Sans Mono", ha="center", va="center", zorder=6,
              bbox={"boxstyle": "round,pad=0.32", "facecolor": NIGHT, "linewidth": 0})
    axis.text(x + 0.42, KEY, text, fontsize=11, color=MUTED, va="center")


def _labels(axis: plt.Axes, left: float, edge: float) -> None:
    axis.text(left + 0.35, LANE, "who speaks", fontsize=12, color=MUTED, va="center")
    for listener, centre in ROWS.items():
        axis.text(left + 0.35, centre + 0.13, f"{NAMES[listener]} hears", fontsize=15.5,
                  fontweight="bold", color=COLOURS[listener], va="center")
        axis.text(left + 0.35, centre - 0.19, f"the {listener}’s phone", fontsize=11,
                  color=MUTED, va="center")
    axis.text(left + 0.35, KEY, "Sue presses", fontsize=12, color=MUTED, va="center")
    axis.plot([left, edge], [LANE - 0.34, LANE - 0.34], color=RULE, linewidth=1, zorder=1)


def draw(result: Result, path: Path) -> None:
    """Writes the PNG."""
    end = max(span.end for span in result.spans) + 1.5
    left = -5.6
    figure = plt.figure(figsize=(18, 8.2), dpi=110, facecolor="white")
    axis = figure.add_axes((0.012, 0.012, 0.976, 0.86))
    axis.set_xlim(left, end)
    axis.set_ylim(BOTTOM, TOP)
    axis.axis("off")
    _header(axis, result, left, end)
    _labels(axis, left, end)
    _lane(axis, result)
    for listener in ROWS:
        _row(axis, result, listener, end)
    figure.text(0.0165, 0.952, "One call, three softphones: who hears whom", fontsize=23,
                fontweight="bold", color=INK, va="center")
    figure.text(0.0165, 0.904, "Each row is the recording that phone made. The colour is the voice "
                "in it; a dotted outline is a voice that the mode keeps out.",
                fontsize=13, color=MUTED, va="center")
    figure.savefig(path)
    plt.close(figure)
