# SPDX-License-Identifier: Apache-2.0
"""The result in words and as data."""
from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any, Dict, List

from bargetest import rules

from .lines import MODES, NAMES
from .measure import Cell, Result

_ANSI = {"customer": "34", "agent": "32", "supervisor": "33", "good": "32", "bad": "31;1",
         "dim": "2", "bold": "1"}
TITLES = {"plain": "plain call", "handed_back": "handed back"}


def paint(text: str, style: str) -> str:
    """Coloured where the terminal can show it."""
    return f"\x1b[{_ANSI[style]}m{text}\x1b[0m" if sys.stdout.isatty() else text


def _cell(cell: Cell) -> str:
    shown = f"{cell.db:6.0f} dB".replace("-", "−")
    text = paint(shown, "bold" if cell.heard else "dim")
    if cell.good:
        return text + "  "
    return text + paint(" ✗", "bad")


def table(result: Result) -> str:
    """A row for each mode, a column for each listener and speaker."""
    pairs = [(listener, speaker) for listener in rules.ROLES for speaker in rules.ROLES
             if speaker != listener]
    gap, width = "  ", 11
    lines = [" " * 13 + "".join(
        gap + paint(f"{NAMES[listener] + ' hears':<{2 * width}}", listener)
        for listener in rules.ROLES)]
    lines.append(" " * 13 + "".join(
        (gap if at % 2 == 0 else "") + paint(f"{NAMES[speaker]:>{width - 2}}  ", speaker)
        for at, (_, speaker) in enumerate(pairs)))
    for mode in MODES:
        row = f"{TITLES.get(mode, mode):<13}"
        for at, (listener, speaker) in enumerate(pairs):
            row += (gap if at % 2 == 0 else "") + _cell(result.cells[mode][listener][speaker])
        lines.append(row)
    return "\n".join(lines)


def switches(result: Result) -> List[str]:
    return [f"{change.digit}  {change.before} → {TITLES.get(change.after, change.after)}: "
            + ("no change seen" if change.ms is None else f"{change.ms:.0f} ms")
            for change in result.switches]


def as_json(result: Result) -> Dict[str, Any]:
    return {
        "modes": {mode: {listener: {speaker: {
            "db": round(cell.db, 1), "heard": cell.heard, "expected": cell.expected}
            for speaker, cell in speakers.items()}
            for listener, speakers in listeners.items()}
            for mode, listeners in result.cells.items()},
        "switches": [{"from": change.before, "to": change.after, "ms": change.ms}
                     for change in result.switches]}


def write_json(result: Result, path: Path) -> None:
    path.write_text(json.dumps(as_json(result), indent=2) + "\n")
