# SPDX-License-Identifier: Apache-2.0
"""Runs a check of scripts/ over small trees made for the purpose."""

import subprocess
import tempfile
import unittest
from pathlib import Path

SCRIPTS = Path(__file__).resolve().parents[2] / "scripts"


class PlantedCase(unittest.TestCase):
    script = None

    def run_on(self, files):
        """Exit status and output lines of the script over a tree of {path: text}."""
        with tempfile.TemporaryDirectory() as root:
            for path, text in files.items():
                file = Path(root) / path
                file.parent.mkdir(parents=True, exist_ok=True)
                file.write_text(text, encoding="utf-8")
            done = subprocess.run([str(SCRIPTS / self.script), root], capture_output=True,
                                  text=True, check=False)
        return done.returncode, (done.stdout + done.stderr).splitlines()

    def assert_clean(self, files):
        self.assertEqual((0, []), self.run_on(files))

    def assert_reported(self, files, *expected):
        """Exactly these violations, each given as the start of its line or a regular expression."""
        status, lines = self.run_on(files)
        self.assertEqual(1, status)
        self.assertEqual(len(expected), len(lines), lines)
        for line, pattern in zip(lines, expected):
            self.assertRegex(line, pattern)
