# SPDX-License-Identifier: Apache-2.0
"""Runs the demo and shows its result."""
from __future__ import annotations

import shutil
import time
from pathlib import Path
from typing import Optional

from bargetest import audit, rules

from . import picture, report, run
from .lines import NAMES
from .report import paint
from .voices import Slot


class Teller:
    """Prints the conversation as it goes on."""

    def __init__(self) -> None:
        self._mode = ""

    def __call__(self, slot: Optional[Slot], text: str) -> None:
        if slot is None:
            print(f"  {text}", flush=True)
            return
        if slot.line.mode != self._mode:
            self._mode = slot.line.mode
            print(paint(f"\n{report.TITLES.get(self._mode, self._mode)}", "bold"), flush=True)
        name = paint(f"{NAMES[slot.line.speaker]:>6}", slot.line.speaker)
        listeners = [NAMES[role] for role in rules.ROLES
                     if rules.hears(self._mode, role, slot.line.speaker)]
        heard_by = "to " + " and ".join(listeners) if listeners else "heard by nobody"
        print(f"{name}: {slot.line.text}  {paint('(' + heard_by + ')', 'dim')}", flush=True)


def clear(out: Path) -> None:
    """Removes what an earlier demo has left, and nothing else."""
    out.mkdir(parents=True, exist_ok=True)
    for name in ("bridge", *rules.ROLES):
        shutil.rmtree(out / name, ignore_errors=True)


def show(out: Path, json_file: Optional[Path]) -> int:
    """Plays the call, writes everything into `out`; the exit status."""
    began = time.monotonic()
    clear(out)
    recorded = run.call(out, Teller())
    print("\nmeasuring the recordings …", flush=True)
    result = run.evaluate(recorded)

    print("\n" + paint("Who heard whom", "bold") + ", from the phones’ recordings "
          "(a voice speaks at −18 dB, silence is −120 dB)\n")
    print(report.table(result))
    print("\n" + paint("From the digit’s first packet to the first changed sound", "bold"))
    for line in report.switches(result):
        print(f"  {line}")
    print("\n" + paint("Audit log", "bold") + f" {recorded.audit_log}")
    for line in audit.lines(audit.read(recorded.audit_log)):
        print(f"  {line}")
    print("\n" + paint("Recordings", "bold"))
    for role, path in recorded.recordings.items():
        print(f"  what {NAMES[role]} heard: {path}")
    timeline = out / "timeline.png"
    picture.draw(result, timeline)
    print("\n" + paint("Picture", "bold") + f" {timeline}")
    if json_file is not None:
        report.write_json(result, json_file)
    verdict = ("everybody heard just whom they should" if result.good
               else "somebody heard what they should not, or did not hear what they should")
    print("\n" + paint(verdict, "good" if result.good else "bad")
          + f" ({time.monotonic() - began:.0f} s)")
    return 0 if result.good else 1
