# SPDX-License-Identifier: Apache-2.0
"""A call of real phones, played once for all tests of a class and judged from what each heard."""
from __future__ import annotations

import contextlib
import time
import unittest
from typing import Any, Collection, Dict, Iterator, List, Optional, Sequence

import numpy as np

from . import audit, capture, judge, tones
from .capture import RtpPacket
from .listening import Period, Recording, by_call, wrong_voices
from .reference import Reference
from .scene import FLOOR_DB, FLOOR_TONES, FloorScene

ATTEMPTS = 3
MOST_LATE = 0.01                  # of a bare thread's ticks
HEARD_DB, SILENT_DB = FLOOR_DB - 10, -60.0
HOLES = 0.1                       # of the windows may hold a hole
STAY = 1.0                        # in each period, in seconds
SHORTEST = 0.4                    # that can be judged, in seconds
SETTLING = 0.25                   # from a record to sound at the far end of two phones


class FloorTest(unittest.TestCase):
    """Derive, name the roles and play the call; a machine too busy for phones gets another one."""

    roles: Sequence[str] = ()
    changes: Dict[str, Any] = {}
    policy: Optional[Dict[str, Any]] = None

    scene: FloorScene
    periods: Dict[str, Period]
    packets: List[RtpPacket]
    records: List[audit.Record]
    recordings: Dict[str, Recording]
    late_share: float

    @classmethod
    def play(cls, scene: FloorScene) -> None:
        raise NotImplementedError

    @classmethod
    def was_disturbed(cls) -> Optional[str]:
        """What else the machine did to this attempt that the bridge is not to blame for."""
        return None

    @classmethod
    def setUpClass(cls) -> None:
        for attempt in range(ATTEMPTS):
            with Reference() as reference:
                cls._call()
            cls.late_share = reference.late_share
            disturbed = cls.was_disturbed()
            if cls.late_share > MOST_LATE:
                disturbed = f"{cls.late_share:.1%} of a bare thread's ticks came late"
            if disturbed is None:
                return
            print(f"attempt {attempt + 1}: {disturbed}")

    @classmethod
    def _call(cls) -> None:
        with FloorScene(cls.roles, cls.changes, cls.policy) as scene:
            cls.scene, cls.periods = scene, {}
            cls.play(scene)
            scene.capture.stop()
            for phone in scene.phones.values():
                phone.stop()
            scene.bridge.terminate()
            cls.packets = scene.capture.rtp()
            cls.records = scene.bridge.records()
            cls.recordings = {
                role: Recording(phone.heard()[0], by_call(cls.audio_to(role))[0])
                for role, phone in scene.phones.items() if phone.heard()}

    @classmethod
    @contextlib.contextmanager
    def period(cls, name: str) -> Iterator[None]:
        """What happens within is judged under this name."""
        time.sleep(SETTLING)
        begin = time.time()
        yield
        cls.periods[name] = Period(name, begin, time.time())

    @classmethod
    def stay(cls, name: str, seconds: float = STAY) -> None:
        with cls.period(name):
            time.sleep(seconds)

    @classmethod
    def audio_to(cls, role: str) -> List[RtpPacket]:
        return capture.audio(capture.sent_to(cls.packets, cls.scene.phones[role].rtp_ports))

    @classmethod
    def audio_from(cls, role: str) -> List[RtpPacket]:
        return capture.audio(capture.sent_by(cls.packets, cls.scene.phones[role].rtp_ports))

    @classmethod
    def sound_to(cls, role: str) -> np.ndarray:
        """The samples that the phone was sent; their time is that of the bridge's ticks."""
        return judge.decoded(cls.audio_to(role))

    @classmethod
    def complaints(cls, recording_of: str, period: str, hears: Collection[str]) -> List[str]:
        """Judges a period of a phone's recording."""
        recording = cls.recordings[recording_of]
        begin, end = recording.span(cls.periods[period])
        if end - begin < SHORTEST * tones.RATE:
            return [f"{period}: of {recording_of} hardly anything was recorded"]
        voices = {role: FLOOR_TONES[role] for role in cls.roles}
        return wrong_voices(recording, recording_of, cls.periods[period], hears, voices, HEARD_DB,
                            SILENT_DB, HOLES + 5 * cls.late_share)

    def assert_hears(self, period: str, **hears: Collection[str]) -> None:
        """Whom each of them hears, by role, and nobody else."""
        for listener, speakers in hears.items():
            with self.subTest(period=period, listener=listener):
                self.assertEqual(self.complaints(listener, period, speakers), [])
