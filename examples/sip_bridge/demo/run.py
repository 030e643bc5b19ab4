# SPDX-License-Identifier: Apache-2.0
"""The call: starts the bridge and the phones, lets them speak, presses the supervisor's keys."""
from __future__ import annotations

import contextlib
import time
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Callable, Dict, List, Optional, Tuple

from bargetest import bridge as bridge_of_test
from bargetest import capture, judge, rules, tones
from bargetest.bridge import Bridge
from bargetest.capture import RtpPacket
from bargetest.phone import Phone

from . import measure
from .lines import SCRIPT
from .measure import Result, Switch, Track
from .voices import Slot, timeline, write_tracks

EXTENSIONS = {"customer": bridge_of_test.CUSTOMER, "agent": bridge_of_test.AGENT,
              "supervisor": bridge_of_test.SUPERVISOR}
DIAL_TIME = 0.06  # from dialling to the answer


@dataclass
class Recorded:
    """What is left of the call."""
    slots: List[Slot]
    joins_at: float
    recordings: Dict[str, Path]
    capture: capture.Capture
    phone_ports: Dict[str, "tuple[int, int]"]
    audit_log: Path


def _sleep_until(when: float) -> None:
    time.sleep(max(0.0, when - time.monotonic()))


def call(directory: Path, say: Callable[[Optional[Slot], str], None]) -> Recorded:
    """Plays the script once. `say(slot, "")` is called as each line begins, `say(None, text)` for
    anything else worth telling."""
    slots = timeline(SCRIPT)
    joins_at = next(slot.begin for slot in slots if slot.line.mode != "plain") - 0.6
    scripts = write_tracks(slots, directory, joins_at)
    with contextlib.ExitStack() as stack:
        bridge = stack.enter_context(Bridge(directory / "bridge"))
        say(None, f"the bridge listens on 127.0.0.1:{bridge.port}")
        phones = {role: stack.enter_context(Phone(
            directory / role, EXTENSIONS[role], bridge_of_test.SECRET, bridge.port,
            wav=scripts[role])) for role in rules.ROLES}
        for phone in phones.values():
            phone.wait_registered()
        say(None, "three phones have registered")
        traffic = stack.enter_context(capture.Capture(
            directory, [phone.rtp_ports for phone in phones.values()]))
        phones["customer"].dial(EXTENSIONS["agent"])
        phones["customer"].wait_event("CALL_ESTABLISHED")
        answered = time.monotonic()
        _play(slots, joins_at, answered, phones, say)
        phones["supervisor"].wait_event("CALL_CLOSED")
        phones["customer"].hang_up()
        phones["agent"].wait_event("CALL_CLOSED")
        traffic.stop()
        for phone in phones.values():
            phone.stop()
        bridge.terminate()
        recordings = {role: _keep(phone.heard(), directory / f"{role}-heard.wav")
                      for role, phone in phones.items()}
        return Recorded(slots, joins_at, recordings, traffic,
                        {role: phone.rtp_ports for role, phone in phones.items()},
                        bridge.audit_path)


def _keep(recordings: List[Path], name: Path) -> Path:
    """The phone's one recording, where it is easy to find."""
    if len(recordings) != 1:
        raise RuntimeError(f"the phone has made {len(recordings)} recordings, not one")
    return recordings[0].replace(name)


def _play(slots: List[Slot], joins_at: float, answered: float, phones: Dict[str, Phone],
          say: Callable[[Optional[Slot], str], None]) -> None:
    joined: Optional[float] = None
    for slot in slots:
        if joined is None and slot.line.mode != "plain":
            _sleep_until(answered + joins_at - DIAL_TIME)
            phones["supervisor"].dial(rules.SERVICE_CODES["monitor"] + EXTENSIONS["agent"])
            phones["supervisor"].wait_event("CALL_ESTABLISHED")
            joined = time.monotonic()
        _sleep_until(answered + slot.begin)
        say(slot, "")
        if slot.press is not None and slot.line.digit:
            # The supervisor's words come from a file that began when the supervisor joined.
            late = joined - joins_at if slot.line.speaker == "supervisor" else answered
            _sleep_until(late + slot.press)
            phones["supervisor"].press(slot.line.digit)
    _sleep_until(answered + slots[-1].end + 0.4)


def evaluate(recorded: Recorded) -> Result:
    """Reads the recordings and the capture."""
    packets = recorded.capture.rtp()
    zero = packets[0].time
    sent = {role: capture.sent_by(packets, ports)
            for role, ports in recorded.phone_ports.items()}
    received = {role: capture.audio(capture.sent_to(packets, ports))
                for role, ports in recorded.phone_ports.items()}
    spoken = {role: capture.audio(stream) for role, stream in sent.items()}
    said = {role: Track(judge.decoded(stream), stream[0].time - zero)
            for role, stream in spoken.items()}
    heard = {}
    for role, path in recorded.recordings.items():
        samples, start = judge.on_the_clock(tones.read_recording(path), received[role])
        heard[role] = Track(samples, start - zero)
    starts = {role: track.start - (recorded.joins_at if role == "supervisor" else 0.0)
              for role, track in said.items()}
    slots, switches, left = _with_digits(recorded.slots, starts, zero, spoken, received,
                                         capture.digits(sent["supervisor"]))
    spans = measure.spans(slots, said, heard, starts)
    return Result(measure.cells(spans), spans, switches, left, heard, said)


def _with_digits(slots: List[Slot], starts: Dict[str, float], zero: float,
                 spoken: Dict[str, List[RtpPacket]], received: Dict[str, List[RtpPacket]],
                 digits: List[Tuple[float, str]]) -> Tuple[List[Slot], List[Switch], float]:
    """The slots with the times at which digits really were pressed, what each digit did, and when
    the supervisor left."""
    placed, switches = [], []
    pressed = iter(digits)
    at = 0.0
    for slot in slots:
        if slot.line.digit:
            at, digit = next(pressed, (0.0, "nothing"))
            if digit != slot.line.digit:
                raise RuntimeError(f"the phone sent {digit}, not {slot.line.digit}")
            if digit != rules.LEAVE:
                took = measure.switch_ms(slot, at, spoken, received)
                switches.append(Switch(slot.line.mode, measure.after(slot.line.mode), digit,
                                       at - zero, took))
            slot = replace(slot, press=at - zero - starts[slot.line.speaker])
        placed.append(slot)
    return placed, switches, at - zero
