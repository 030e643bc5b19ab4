#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""A tone that the policy requires is heard by just those whom it names, as it is meant to sound,
and before the supervisor is."""
from __future__ import annotations

import unittest
from typing import Any, Dict, List

from bargetest import audit, notice, tones
from bargetest.bridge import AGENT, CUSTOMER, policy_with
from bargetest.floor import FloorTest
from bargetest.notice import Burst, bursts
from bargetest.scene import FLOOR_TONES, FloorScene

JOIN_HZ, JOIN_S = 440, 0.5
WITHIN_HZ, WITHIN_S = 0.015, 0.010
LEAK_DB = -50.0


def announced(mode: str, to: str) -> Dict[str, Any]:
    return {"id": f"{mode}-announced", "effect": "require", "modes": [mode],
            "obligations": {"tone": {"id": "join", "to": to}}}


class Notice(FloorTest):
    """A whisper is announced to the agent, a barge to both."""

    roles = ("customer", "agent", "supervisor")
    policy = policy_with(announced("whisper", "agent"), announced("barge", "both"))

    @classmethod
    def play(cls, scene: FloorScene) -> None:
        scene.dial("customer", AGENT)
        scene.supervise("monitor")
        cls.stay("monitor")
        scene.switch_to("whisper")
        cls.stay("whisper")
        scene.switch_to("barge")
        cls.stay("barge")

    def played_to(self, role: str) -> List[Burst]:
        """What is as long as a tone, however faint."""
        return bursts(self.sound_to(role), JOIN_HZ, LEAK_DB)

    def test_just_the_targets_hear_it(self) -> None:
        for role, count in (("agent", 2), ("customer", 1), ("supervisor", 0)):
            with self.subTest(role=role):
                self.assertEqual(len(self.played_to(role)), count)
                recorded = self.recordings[role].samples
                self.assertEqual(len(bursts(recorded, JOIN_HZ, LEAK_DB)), count)

    def test_it_has_its_frequency_and_its_length(self) -> None:
        for role, count in (("agent", 2), ("customer", 1)):
            played = bursts(self.sound_to(role), JOIN_HZ)
            self.assertEqual(len(played), count, role)
            for burst in played:
                self.assertAlmostEqual(burst.hz / JOIN_HZ, 1, delta=WITHIN_HZ)
                self.assertAlmostEqual(burst.length, JOIN_S, delta=WITHIN_S)

    def test_it_is_over_before_the_supervisor_is_heard(self) -> None:
        for role in ("agent", "customer"):
            sound = self.sound_to(role)
            first = notice.first_heard(sound, FLOOR_TONES["supervisor"])
            end = bursts(sound, JOIN_HZ)[0].end
            with self.subTest(role=role):
                self.assertGreaterEqual(first, end - tones.WINDOW / tones.RATE)
                self.assertLess(first, end + 0.1)

    def test_both_hear_the_second_one_at_the_same_time(self) -> None:
        agent, customer = self.audio_to("agent"), self.audio_to("customer")
        second = [packets[int(burst.begin * tones.RATE) // 160].time for packets, burst in (
            (agent, self.played_to("agent")[1]), (customer, self.played_to("customer")[0]))]
        self.assertAlmostEqual(second[0], second[1], delta=0.02)

    def test_then_everybody_hears_whom_the_mode_allows(self) -> None:
        self.assert_hears("whisper", customer=["agent"], agent=["customer", "supervisor"])
        self.assert_hears("barge", customer=["agent", "supervisor"],
                          agent=["customer", "supervisor"])

    def test_the_log_has_each_before_its_mode(self) -> None:
        self.assertEqual(audit.disorder(self.records), [])
        fulfilled = audit.of_type(self.records, "obligation.fulfilled")
        changed = audit.of_type(self.records, "session.mode_changed")
        self.assertEqual(len(fulfilled), 2)
        started = audit.of_type(self.records, "obligation.started")
        self.assertEqual([sorted(audit.value(record, "targets")) for record in started],
                         [[AGENT], [CUSTOMER, AGENT]])
        self.assertEqual([audit.value(record, "rule") for record in started],
                         ["whisper-announced", "barge-announced"])
        for record, change in zip(fulfilled, changed):
            self.assertLessEqual(audit.sample(record), audit.sample(change))
            self.assertLess(self.records.index(record), self.records.index(change))


if __name__ == "__main__":
    unittest.main(verbosity=2)
