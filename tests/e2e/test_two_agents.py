#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""A second agent on the call: a whisper to the first one reaches nobody else."""
from __future__ import annotations

import unittest

from bargetest import audit, rules
from bargetest.bridge import AGENT
from bargetest.floor import FloorTest
from bargetest.scene import FloorScene


class TwoAgents(FloorTest):
    roles = ("customer", "agent", "other_agent", "supervisor")

    @classmethod
    def play(cls, scene: FloorScene) -> None:
        scene.dial("customer", AGENT)
        scene.dial("other_agent", rules.JOIN_CODE + AGENT)
        cls.stay("conference")
        scene.supervise("whisper")
        cls.stay("whisper")
        scene.switch_to("barge")
        cls.stay("barge")
        scene.switch_to("takeover")
        cls.stay("takeover")

    def test_all_three_hear_one_another(self) -> None:
        self.assert_hears("conference", customer=["agent", "other_agent"],
                          agent=["customer", "other_agent"],
                          other_agent=["customer", "agent"])

    def test_a_whisper_is_heard_by_the_one_agent_alone(self) -> None:
        self.assert_hears("whisper", customer=["agent", "other_agent"],
                          agent=["customer", "other_agent", "supervisor"],
                          other_agent=["customer", "agent"],
                          supervisor=["customer", "agent", "other_agent"])

    def test_a_barge_is_heard_by_everybody(self) -> None:
        self.assert_hears("barge", customer=["agent", "other_agent", "supervisor"],
                          agent=["customer", "other_agent", "supervisor"],
                          other_agent=["customer", "agent", "supervisor"])

    def test_a_takeover_takes_the_voice_of_the_one_agent_alone(self) -> None:
        self.assert_hears("takeover", customer=["other_agent", "supervisor"],
                          agent=["customer", "other_agent", "supervisor"],
                          other_agent=["customer", "supervisor"])

    def test_the_judge_tells_the_recordings_of_the_two_agents_apart(self) -> None:
        heard = ["customer", "agent"]
        self.assertTrue(any("hears supervisor" in text
                            for text in self.complaints("agent", "whisper", heard)))
        self.assertTrue(any("does not hear supervisor" in text for text in self.complaints(
            "other_agent", "whisper", [*heard, "supervisor"])))

    def test_the_session_is_bound_to_the_agent_whose_extension_was_dialled(self) -> None:
        requested = audit.of_type(self.records, "session.requested")
        self.assertEqual({audit.value(record, "agent") for record in requested}, {AGENT})
        self.assertEqual(audit.disorder(self.records), [])


if __name__ == "__main__":
    unittest.main(verbosity=2)
