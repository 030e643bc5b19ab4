#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""A configuration that cannot work says where and why, all at once, and nothing starts."""
from __future__ import annotations

import json
import re
import subprocess
import tempfile
import unittest
from pathlib import Path
from typing import Any, Dict, List

from bargetest import bridge, ports

PLACE = re.compile(r"bridge\.json:(\d+):(\d+): (.+)")


class Config(unittest.TestCase):
    def setUp(self) -> None:
        directory = tempfile.TemporaryDirectory(prefix="barge-e2e-")
        self.addCleanup(directory.cleanup)
        self.directory = Path(directory.name)

    def check(self, *options: str) -> "subprocess.CompletedProcess[str]":
        return subprocess.run(
            [str(bridge.program()), "--config", str(self.directory / "bridge.json"), *options],
            capture_output=True, text=True, timeout=10)

    def write(self, **changes: Any) -> Path:
        return bridge.write_config(self.directory, ports.free_range(8), changes)

    def complaints(self, *options: str) -> List["re.Match[str]"]:
        """What it says about bridge.json; it must have refused."""
        done = self.check(*options)
        self.assertEqual(done.returncode, 2, done.stderr)
        self.assertNotIn("ready:", done.stdout)
        return [found for line in done.stderr.splitlines() if (found := PLACE.search(line))]

    def test_a_good_one_is_accepted(self) -> None:
        self.write()
        done = self.check("--check-config")
        self.assertEqual(done.returncode, 0, done.stderr)

    def test_an_unknown_key_is_named_with_its_place(self) -> None:
        path = self.write(colour="green")
        found = self.complaints()
        self.assertEqual(len(found), 1)
        line, column, text = found[0].groups()
        self.assertIn("`colour`", text)
        written = path.read_text().splitlines()[int(line) - 1]
        self.assertIn("colour", written[int(column) - 1:])

    def test_several_errors_are_told_at_once(self) -> None:
        accounts: List[Dict[str, Any]] = json.loads(json.dumps(bridge.ACCOUNTS))
        accounts[0]["role"] = "king"
        accounts[1]["secret"] = 12
        del accounts[2]["secret"]
        accounts[3]["extension"] = accounts[2]["extension"]
        self.write(accounts=accounts, ptime_ms=-20, colour="green")
        found = self.complaints("--check-config")
        self.assertGreaterEqual(len(found), 5, [match.group(0) for match in found])
        self.assertTrue(any("king" in match.group(3) for match in found))

    def test_text_that_is_no_json_is_told_with_its_place(self) -> None:
        path = self.write()
        path.write_text(path.read_text().replace('"queues": [', '"queues": [,', 1))
        found = self.complaints()
        self.assertGreaterEqual(len(found), 1)
        line = path.read_text().splitlines()[int(found[0].group(1)) - 1]
        self.assertTrue("queues" in line or "," in line)

    def test_a_key_given_twice_is_refused(self) -> None:
        path = self.write()
        path.write_text(path.read_text().replace(
            '"queues"', '"realm": "one",\n  "realm": "two",\n  "queues"', 1))
        self.assertTrue(any("realm" in match.group(3) for match in self.complaints()))

    def test_a_file_that_is_not_there_is_named(self) -> None:
        done = self.check()
        self.assertEqual(done.returncode, 2)
        self.assertIn("bridge.json", done.stderr)

    def test_an_error_in_the_policy_names_the_policys_file(self) -> None:
        self.write()
        policy = json.loads(json.dumps(bridge.POLICY))
        policy["rules"][0]["effect"] = "allow"
        (self.directory / "policy.json").write_text(json.dumps(policy, indent=2))
        done = self.check()
        self.assertEqual(done.returncode, 2)
        self.assertRegex(done.stderr, r"policy\.json:\d+:\d+: .*`allow`")

    def test_a_secret_is_never_shown(self) -> None:
        accounts: List[Dict[str, Any]] = json.loads(json.dumps(bridge.ACCOUNTS))
        accounts[0]["colour"] = "green"
        self.write(accounts=accounts)
        self.assertNotIn(bridge.SECRET, self.check().stderr)


if __name__ == "__main__":
    unittest.main(verbosity=2)
