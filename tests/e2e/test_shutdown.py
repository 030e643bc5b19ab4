#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""SIGTERM and SIGINT end calls properly and leave a complete audit log."""
from __future__ import annotations

import json
import signal
import time
import unittest

from bargetest import audit
from bargetest.scene import AgentScene


class Shutdown(unittest.TestCase):
    def end_supervised_call_by(self, number: int) -> None:
        with AgentScene() as scene:
            scene.connect()
            scene.supervise("monitor")
            time.sleep(0.5)
            scene.press("2", 0.5)
            began = time.monotonic()
            scene.bridge.process.send_signal(number)
            for role, call in scene.calls.items():
                self.assertTrue(call.ended.wait(3), f"no BYE to the {role}")
            self.assertEqual(scene.bridge.process.wait(5), 0, scene.bridge.log_text())
            self.assertLess(time.monotonic() - began, 5)

            text = scene.bridge.audit_path.read_text()
            self.assertTrue(text.endswith("\n"), "the last record is cut")
            records = [json.loads(line) for line in text.splitlines()]
            self.assertEqual(audit.disorder(records), [])
            self.assertEqual([record["type"] for record in records
                              if record["type"].startswith("session.")],
                             ["session.requested", "session.joined",
                              "session.requested", "session.mode_changed", "session.left"])

    def test_sigterm_ends_a_supervised_call_with_bye_and_a_complete_log(self) -> None:
        self.end_supervised_call_by(signal.SIGTERM)

    def test_sigint_does_the_same(self) -> None:
        self.end_supervised_call_by(signal.SIGINT)

    def test_without_calls_it_ends_at_once(self) -> None:
        with AgentScene() as scene:
            began = time.monotonic()
            self.assertEqual(scene.bridge.terminate(), 0)
            self.assertLess(time.monotonic() - began, 2)


if __name__ == "__main__":
    unittest.main(verbosity=2)
