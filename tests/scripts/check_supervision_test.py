#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""scripts/check_supervision.py reports a test that is not there and a rule without one."""

import subprocess
import tempfile
import unittest
from pathlib import Path

SCRIPT = Path(__file__).resolve().parents[2] / "scripts" / "check_supervision.py"
TESTS = ["behaviour.Whisper.IsHeard", "behaviour.Random/Leak.NoBit/1", "behaviour.Random/Leak.NoBit/2",
         "embed.prints"]
HEAD = "# Page\n\n| rule | proved by |\n|---|---|\n"


class Supervision(unittest.TestCase):
    def run_on(self, page, tests=TESTS):
        with tempfile.TemporaryDirectory() as root:
            build = Path(root)
            (build / "CTestTestfile.cmake").write_text(
                "".join(f'add_test({name} "true")\n' for name in tests), encoding="utf-8")
            (build / "page.md").write_text(page, encoding="utf-8")
            done = subprocess.run([str(SCRIPT), root, str(build / "page.md")],
                                  capture_output=True, text=True, check=False)
        return done.returncode, done.stdout.splitlines()

    def reported(self, page, *expected):
        status, lines = self.run_on(page)
        self.assertEqual(1, status)
        self.assertEqual([f"page.md:{line}" for line in expected],
                         [line.rpartition("/")[2] for line in lines])

    def test_what_is_there_passes(self):
        page = HEAD + "| a | `behaviour.Whisper.IsHeard` `embed.prints` |\n"
        self.assertEqual((0, ["page.md: every rule has its test"]), self.run_on(page))

    def test_a_test_with_parameters_is_named_without_them(self):
        self.assertEqual(0, self.run_on(HEAD + "| a | `behaviour.Leak.NoBit` |\n")[0])
        self.reported(HEAD + "| a | `behaviour.Leak.NoBi` |\n",
                      "5: there is no test `behaviour.Leak.NoBi`")

    def test_a_name_that_is_not_there(self):
        row = "| a | `behaviour.Whisper.IsHeard` |\n"
        missing = "| `b` | `embed.prints` `behaviour.Whisper.IsNotHeard` |\n"
        self.reported(HEAD + row + missing + row,
                      "6: there is no test `behaviour.Whisper.IsNotHeard`")
        self.reported(HEAD + "| a | `Whisper.IsHeard` |\n", "5: there is no test `Whisper.IsHeard`")

    def test_a_test_that_is_gone(self):
        page = HEAD + "| a | `behaviour.Whisper.IsHeard` |\n"
        self.assertEqual(1, self.run_on(page, ["embed.prints"])[0])

    def test_a_rule_without_a_test(self):
        self.reported(HEAD + "| `embed.prints` | |\n", "5: no test proves this rule")
        self.reported(HEAD + "| a | embed.prints |\n", "5: no test proves this rule")

    def test_every_table_names_tests(self):
        self.reported(HEAD + "| a | `embed.prints` |\n\n| rule | what |\n|---|---|\n| a | b |\n",
                      "7: the last column is not `proved by`")

    def test_a_page_without_rules_is_no_success(self):
        self.assertEqual(1, self.run_on("# Page\n")[0])

    def test_a_directory_without_a_build_is_no_success(self):
        with tempfile.TemporaryDirectory() as root:
            page = Path(root) / "page.md"
            page.write_text(HEAD + "| a | `embed.prints` |\n", encoding="utf-8")
            done = subprocess.run([str(SCRIPT), root, str(page)], capture_output=True, text=True,
                                  check=False)
        self.assertEqual(1, done.returncode)
        self.assertIn("no tests are declared", done.stderr)


if __name__ == "__main__":
    unittest.main()
