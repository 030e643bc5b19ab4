# SPDX-License-Identifier: Apache-2.0
"""A floor with one bridge: three real phones, or three of our own user agents."""
from __future__ import annotations

import contextlib
import tempfile
import time
from pathlib import Path
from typing import Any, Dict, List, Optional, Sequence, Tuple

import numpy as np

from . import audit, rules, tones
from .bridge import (AGENT, CUSTOMER, OTHER_AGENT, OTHER_SUPERVISOR, SECRET, SUPERVISOR, Bridge)
from .capture import Capture
from .phone import Phone
from .process import wait_until
from .rtp_sender import Payload, Sender, noise
from .ua import Call, UserAgent

EXTENSIONS = {"customer": CUSTOMER, "agent": AGENT, "supervisor": SUPERVISOR,
              "other_agent": OTHER_AGENT, "other_supervisor": OTHER_SUPERVISOR}
TONES = {"customer": 400, "agent": 700, "supervisor": 1000}
SEEDS = {"customer": 1, "agent": 2, "supervisor": 3}


# Softer, so that five of them never clip: voices of a floor, with what a customer on hold hears.
FLOOR_TONES = {"customer": 800, "agent": 1300, "supervisor": 1700, "other_agent": 2400,
               "other_supervisor": 2900}
FLOOR_DB = -20.0
HOLD_TONE = 500
LONGEST_CALL = 60  # of such a voice, in seconds


class Scene(contextlib.ExitStack):
    """A bridge with a directory of its own; all that was started ends with the scene."""

    def __init__(self, changes: Optional[Dict[str, Any]] = None,
                 policy: Optional[Dict[str, Any]] = None) -> None:
        super().__init__()
        self.directory = Path(self.enter_context(
            tempfile.TemporaryDirectory(prefix="barge-e2e-")))
        try:
            self.bridge = self.enter_context(Bridge(self.directory / "bridge", changes, policy))
        except Exception:
            self.close()
            raise

    def captured(self, ports: Sequence[Tuple[int, int]], name: str = "capture") -> Capture:
        return self.enter_context(Capture(self.directory, list(ports), name))

    def wait_record(self, kind: str, timeout: float = 5.0, **data: Any) -> audit.Record:
        """The first record of this type with these data, as soon as the log has it."""
        def found() -> Optional[audit.Record]:
            for record in audit.of_type(self.bridge.records(), kind):
                if all(audit.value(record, key) == value for key, value in data.items()):
                    return record
            return None

        record = wait_until(found, timeout, f"the log has {kind} {data}")
        assert isinstance(record, dict)
        return record


class PhoneScene(Scene):
    """Customer, agent and supervisor on baresip, each with a tone of its own."""

    def __init__(self, codecs: Optional[Dict[str, str]] = None) -> None:
        super().__init__()
        try:
            self.phones: Dict[str, Phone] = {}
            for role in rules.ROLES:
                self.phones[role] = self.enter_context(Phone(
                    self.directory / role, EXTENSIONS[role], SECRET, self.bridge.port,
                    tone_hz=TONES[role], codec=(codecs or {}).get(role, "pcmu")))
            for phone in self.phones.values():
                phone.wait_registered()
            self.capture = self.captured([phone.rtp_ports for phone in self.phones.values()])
        except Exception:
            self.close()
            raise

    def connect(self) -> None:
        """The customer calls the agent, who answers."""
        self.phones["customer"].dial(AGENT)
        self.phones["customer"].wait_event("CALL_ESTABLISHED")

    def supervise(self, mode: str) -> None:
        """The supervisor dials a service code and is in the call."""
        self.phones["supervisor"].dial(rules.SERVICE_CODES[mode] + AGENT)
        self.phones["supervisor"].wait_event("CALL_ESTABLISHED")

    def leave(self) -> None:
        """The supervisor presses `*` and the bridge hangs up."""
        self.phones["supervisor"].press(rules.LEAVE)
        self.phones["supervisor"].wait_event("CALL_CLOSED")


class FloorScene(Scene):
    """A baresip phone for each role, each with a soft tone of its own."""

    def __init__(self, roles: Sequence[str], changes: Optional[Dict[str, Any]] = None,
                 policy: Optional[Dict[str, Any]] = None) -> None:
        super().__init__(changes, policy)
        try:
            self.phones: Dict[str, Phone] = {}
            for role in roles:
                self.phones[role] = self.enter_context(Phone(
                    self.directory / role, EXTENSIONS[role], SECRET, self.bridge.port,
                    wav=self._voice(role)))
            for phone in self.phones.values():
                phone.wait_registered()
            self.capture = self.captured([phone.rtp_ports for phone in self.phones.values()])
        except Exception:
            self.close()
            raise

    def _voice(self, role: str) -> Path:
        path = self.directory / f"{role}.wav"
        time_of = np.arange(LONGEST_CALL * tones.RATE) / tones.RATE
        wave = np.sin(2 * np.pi * FLOOR_TONES[role] * time_of) * 32768 * 10 ** (FLOOR_DB / 20)
        tones.write_wav(path, np.rint(wave).astype(np.int16))
        return path

    def dial(self, role: str, number: str) -> None:
        """Returns when the phone is in the call."""
        self.phones[role].dial(number)
        self.phones[role].wait_event("CALL_ESTABLISHED")

    def supervise(self, mode: str, role: str = "supervisor") -> None:
        self.dial(role, rules.SERVICE_CODES[mode] + AGENT)

    def switch_to(self, mode: str, role: str = "supervisor") -> None:
        """Presses the digit; returns when the mode is in force."""
        known = len(audit.mode_changes(self.bridge.records()))
        self.phones[role].press(rules.DIGITS[mode])
        wait_until(lambda: len(audit.mode_changes(self.bridge.records())) > known, 5,
                   f"{mode} is in force")

    def is_connected(self, role: str) -> bool:
        return not any(event["type"] == "CALL_CLOSED"
                       for event in self.phones[role].collect_events())


class AgentScene(Scene):
    """Customer, agent and supervisor are user agents of our own and send known payload."""

    def __init__(self, payload_types: Optional[Dict[str, int]] = None,
                 changes: Optional[Dict[str, Any]] = None) -> None:
        super().__init__(changes)
        try:
            self.sender = self.enter_context(Sender())
            self.payloads: Dict[str, Payload] = {role: noise(SEEDS[role]) for role in rules.ROLES}
            self.agents: Dict[str, UserAgent] = {}
            for role in rules.ROLES:
                self.agents[role] = self.user_agent(
                    EXTENSIONS[role], self.payloads[role], (payload_types or {}).get(role, 0))
                self.agents[role].register()
            self.calls: Dict[str, Call] = {}
        except Exception:
            self.close()
            raise

    def user_agent(self, extension: str, payload: Optional[Payload] = None,
                   payload_type: int = 0, secret: str = SECRET) -> UserAgent:
        return self.enter_context(UserAgent(extension, secret, self.bridge.port, self.sender,
                                            payload, payload_type))

    def capture_all(self, name: str = "capture") -> Capture:
        return self.captured([agent.rtp_ports for agent in self.agents.values()], name)

    def connect(self) -> None:
        """The customer calls the agent, who answers; both send."""
        self.calls["customer"] = self.agents["customer"].dial(AGENT)
        self.calls["agent"] = self.agents["agent"].calls.get(timeout=5)

    def supervise(self, mode: str) -> None:
        self.calls["supervisor"] = self.agents["supervisor"].dial(
            rules.SERVICE_CODES[mode] + AGENT)

    def press(self, digit: str, then_wait: float) -> None:
        self.calls["supervisor"].press(digit)
        time.sleep(then_wait)


def modes_after(first: str, pressed: Sequence[str]) -> List[str]:
    """The mode that each digit leads to, with the first mode in front."""
    meaning = {digit: mode for mode, digit in rules.DIGITS.items()}
    return [first] + [{"handed_back": "monitor"}.get(meaning[digit], meaning[digit])
                      for digit in pressed]
