#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Two supervisors on a call: who monitors hears what the other says openly, never a whisper."""
from __future__ import annotations

import unittest

from bargetest import audit
from bargetest.bridge import AGENT
from bargetest.floor import FloorTest
from bargetest.scene import FloorScene

WHISPERS = "other_supervisor"


class TwoSupervisors(FloorTest):
    roles = ("customer", "agent", "supervisor", WHISPERS)

    @classmethod
    def play(cls, scene: FloorScene) -> None:
        scene.dial("customer", AGENT)
        scene.supervise("monitor")
        scene.supervise("whisper", WHISPERS)
        cls.stay("whisper")
        scene.switch_to("barge", WHISPERS)
        cls.stay("barge")
        scene.switch_to("whisper", WHISPERS)
        cls.stay("whisper again")

    def test_a_whisper_is_not_heard_by_who_monitors(self) -> None:
        for period in ("whisper", "whisper again"):
            self.assert_hears(period, customer=["agent"], agent=["customer", WHISPERS],
                              supervisor=["customer", "agent"],
                              other_supervisor=["customer", "agent"])

    def test_a_barge_is_heard_by_who_monitors_and_that_one_by_nobody(self) -> None:
        self.assert_hears("barge", customer=["agent", WHISPERS], agent=["customer", WHISPERS],
                          supervisor=["customer", "agent", WHISPERS],
                          other_supervisor=["customer", "agent"])

    def test_the_judge_would_notice_a_whisper_in_the_wrong_ear(self) -> None:
        self.assertTrue(any(f"hears {WHISPERS}" in text for text in self.complaints(
            "agent", "whisper", ["customer"])))
        self.assertTrue(any(f"hears {WHISPERS}" in text for text in self.complaints(
            "supervisor", "barge", ["customer", "agent"])))

    def test_the_log_is_in_order(self) -> None:
        self.assertEqual(audit.disorder(self.records), [])


if __name__ == "__main__":
    unittest.main(verbosity=2)
