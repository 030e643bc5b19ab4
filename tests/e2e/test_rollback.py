#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""A supervisor who has taken over dies: the agent is back, and the customer never leaves."""
from __future__ import annotations

import time
import unittest

import numpy as np

from bargetest import audit, judge, tones
from bargetest.bridge import AGENT, policy_with
from bargetest.floor import HEARD_DB, FloorTest
from bargetest.scene import FLOOR_TONES, FloorScene

DEAD_LEG_MS, PROBE_TIMEOUT_MS = 300, 500
MOST = (DEAD_LEG_MS + PROBE_TIMEOUT_MS) / 1000 + 0.2  # until the agent is heard, in seconds


class Rollback(FloorTest):
    """The agent may not listen, so the takeover puts it on hold."""

    roles = ("customer", "agent", "supervisor")
    changes = {"dead_leg_ms": DEAD_LEG_MS, "probe_timeout_ms": PROBE_TIMEOUT_MS}
    policy = policy_with(without=["agents-listen"])

    @classmethod
    def play(cls, scene: FloorScene) -> None:
        scene.dial("customer", AGENT)
        scene.supervise("takeover")
        cls.stay("takeover")
        cls.killed_at = time.time()
        scene.phones["supervisor"].vanish()
        scene.wait_record("takeover.rolled_back")
        cls.stay("rolled back")
        cls.customer_stayed = scene.is_connected("customer") and scene.is_connected("agent")

    def test_an_agent_who_may_not_listen_is_on_hold_during_the_takeover(self) -> None:
        self.assert_hears("takeover", customer=["supervisor"], agent=[])

    def test_the_agent_has_voice_and_ears_back(self) -> None:
        self.assert_hears("rolled back", customer=["agent"], agent=["customer"])

    def test_the_customer_is_not_dropped(self) -> None:
        self.assertTrue(self.customer_stayed)
        self.assertEqual(judge.discontinuities(self.audio_to("customer")), [])

    def test_the_agents_voice_is_back_soon_after_the_death_is_seen(self) -> None:
        packets = [packet for packet in self.audio_to("customer")
                   if packet.time > self.killed_at]
        levels = tones.tone_levels(judge.decoded(packets), FLOOR_TONES["agent"])
        heard = np.flatnonzero(levels > HEARD_DB)
        self.assertGreater(len(heard), 0)
        took = packets[int(heard[0]) * tones.WINDOW // judge.FRAME].time - self.killed_at
        print(f"\nthe agent's voice is back {took * 1000:.0f} ms after the supervisor's death, "
              f"of which {DEAD_LEG_MS} + {PROBE_TIMEOUT_MS} ms are the wait for signs of life")
        self.assertGreater(took, DEAD_LEG_MS / 1000)
        self.assertLess(took, MOST)

    def test_the_log_says_so(self) -> None:
        self.assertEqual(audit.disorder(self.records), [])
        rolled_back = audit.of_type(self.records, "takeover.rolled_back")
        self.assertEqual([audit.value(record, "agent") for record in rolled_back], [AGENT])
        self.assertEqual(audit.value(audit.of_type(self.records, "session.left")[0], "cause"),
                         "leg_lost")

    def test_the_judge_would_notice_an_agent_who_is_not_back(self) -> None:
        self.assertTrue(self.complaints("customer", "takeover", ["agent"]))
        self.assertTrue(self.complaints("agent", "takeover", ["customer"]))
        self.assertTrue(self.complaints("agent", "rolled back", []))


if __name__ == "__main__":
    unittest.main(verbosity=2)
