#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""The agent hangs up during a barge: the customer goes on hearing the supervisor, without a gap;
and once the supervisor has gone, too, the customer waits for a while."""
from __future__ import annotations

import time
import unittest
from typing import List, Optional

import numpy as np

from bargetest import audit, capture, judge, rules, tones
from bargetest.bridge import AGENT, policy_with
from bargetest.floor import HEARD_DB, FloorTest
from bargetest.scene import FLOOR_TONES, HOLD_TONE, FloorScene

UNATTENDED_S = 3
TOO_LATE = 0.03  # a packet of the supervisor's phone, in seconds


def holes(samples: np.ndarray, hz: int) -> List[int]:
    """The 10 ms windows in which the tone is missing."""
    return [int(at) for at in np.flatnonzero(tones.tone_levels(samples, hz) < HEARD_DB)]


class Promoted(FloorTest):
    """The supervisor may take over, and so it does."""

    roles = ("customer", "agent", "supervisor")
    changes = {"unattended_s": UNATTENDED_S}

    @classmethod
    def play(cls, scene: FloorScene) -> None:
        scene.dial("customer", AGENT)
        scene.supervise("barge")
        with cls.period("agent hangs up"):
            with cls.period("barge"):
                time.sleep(1.0)
            scene.phones["agent"].hang_up()
            cls.stay("alone")
        cls.customer_stayed = scene.is_connected("customer")
        scene.phones["supervisor"].press(rules.LEAVE)
        scene.phones["supervisor"].wait_event("CALL_CLOSED")
        cls.stay("unattended", UNATTENDED_S - 1)
        scene.phones["customer"].wait_event("CALL_CLOSED")

    @classmethod
    def was_disturbed(cls) -> Optional[str]:
        """A hole in the supervisor's own voice is none that the bridge has made."""
        late = judge.lateness(cls.during("agent hangs up", cls.audio_from("supervisor")))
        return f"the supervisor's phone was {late * 1000:.0f} ms late" if late > TOO_LATE else None

    @classmethod
    def during(cls, name: str, packets: List[capture.RtpPacket]) -> List[capture.RtpPacket]:
        period = cls.periods[name]
        return [packet for packet in packets if period.begin < packet.time < period.end]

    def test_the_supervisor_is_heard_without_a_gap(self) -> None:
        self.assertTrue(self.customer_stayed)
        heard = self.during("agent hangs up", self.audio_to("customer"))
        self.assertGreater(len(heard), 100)
        self.assertEqual(judge.discontinuities(heard), [])
        self.assertEqual(holes(judge.decoded(heard), FLOOR_TONES["supervisor"]), [])
        self.assertTrue(holes(judge.decoded(heard), FLOOR_TONES["agent"]),
                        "the judge sees no voice that really ends")

    def test_the_customer_hears_the_supervisor_alone_and_is_heard(self) -> None:
        self.assert_hears("barge", customer=["agent", "supervisor"],
                          supervisor=["customer", "agent"])
        self.assert_hears("alone", customer=["supervisor"], supervisor=["customer"])

    def test_who_waits_hears_the_hold_source_until_the_deadline(self) -> None:
        waits = self.during("unattended", self.audio_to("customer"))
        hold = tones.tone_levels(judge.decoded(waits), HOLD_TONE) > HEARD_DB - 3
        self.assertGreater(int(np.count_nonzero(hold)), 30)
        self.assert_hears("unattended", customer=[])
        supervisor_left = self.audio_from("supervisor")[-1].time
        waited = self.audio_to("customer")[-1].time - supervisor_left
        self.assertAlmostEqual(waited, UNATTENDED_S, delta=0.3)

    def test_the_log_says_what_became_of_the_session(self) -> None:
        self.assertEqual(audit.disorder(self.records), [])
        self.assertEqual(audit.mode_changes(self.records)[0], ("barge", "takeover"))
        self.assertEqual(audit.of_type(self.records, "session.unattended_barge"), [])
        self.assertEqual(len(audit.of_type(self.records, "call.unattended")), 1)


class Unattended(Promoted):
    """The supervisor may not take over, and goes on as before."""

    policy = policy_with({"id": "no-takeover", "effect": "forbid", "modes": ["takeover"]})

    def test_the_log_says_what_became_of_the_session(self) -> None:
        self.assertEqual(audit.disorder(self.records), [])
        self.assertNotIn(("barge", "takeover"), audit.mode_changes(self.records))
        self.assertEqual(len(audit.of_type(self.records, "session.unattended_barge")), 1)
        self.assertEqual(len(audit.of_type(self.records, "call.unattended")), 1)


if __name__ == "__main__":
    unittest.main(verbosity=2)
