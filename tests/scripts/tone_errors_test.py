#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""cmake/Tones.cmake refuses each mistake that is planted in a table of tones, and says where.

usage: tone_errors_test.py, with the variable CMAKE set to the program
"""

import json
import os
import subprocess
import tempfile
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
GOOD = {"id": "beep", "jurisdiction": "any", "segments": [[440, 500], [0, 100]], "repeat_ms": 1000,
        "level_dbm0": -18, "source": "us", "as_of": "2026-01-31", "confidence": "high"}


class ToneErrors(unittest.TestCase):
    def generate(self, text):
        """The source that is made of a table, or else what CMake says in one line."""
        with tempfile.TemporaryDirectory() as directory:
            table, source = Path(directory) / "tones.json", Path(directory) / "tones.cpp"
            table.write_text(text, encoding="utf-8")
            done = subprocess.run(
                [os.environ["CMAKE"], f"-DTONES={table}", f"-DOUTPUT={source}", "-P",
                 str(ROOT / "cmake/Tones.cmake")], capture_output=True, text=True, check=False)
            if done.returncode == 0:
                self.assertEqual("", done.stderr)
                return source.read_text(encoding="utf-8"), None
            self.assertFalse(source.exists())
            return None, " ".join(done.stderr.split())

    def table(self, *tones):
        return json.dumps({"tones": tones})

    def refused(self, expected, **changed):
        tone = {key: value for key, value in {**GOOD, **changed}.items() if value is not None}
        self.assertIn(expected, self.generate(self.table(tone))[1] or "accepted")

    def test_a_good_table(self):
        source, _ = self.generate(self.table(GOOD, {**GOOD, "id": "b.eep", "lead": [[425, 1000]]}))
        self.assertIn("segments_0[] = {{440, milliseconds{500}}, {0, milliseconds{100}}};", source)
        self.assertIn('{"beep", segments_0, milliseconds{1000}, -18, {}},', source)
        self.assertIn("lead_1[] = {{425, milliseconds{1000}}};", source)
        self.assertIn('{"b.eep", segments_1, milliseconds{1000}, -18, lead_1},', source)

    def test_no_table(self):
        for text in ("", "{", "{}", '{"tones": []}', '[{"tones": 3}]'):
            self.assertIn("no array `tones`", self.generate(text)[1] or "accepted")

    def test_keys(self):
        self.refused("tone 0: `id` is missing", id=None)
        for key in GOOD.keys() - {"id"}:
            self.refused(f"tone `beep`: `{key}` is missing", **{key: None})
        self.refused("tone `beep`: unknown key `sements`", sements=[])

    def test_values(self):
        for key, values in {
                "id": ("", "Beep", "be ep", 'b"eep', 3), "jurisdiction": ("", "us", "US-"),
                "source": ("", " ", 7), "as_of": ("2026", "31.1.2026", 2026),
                "confidence": ("sure", ""), "repeat_ms": (-1, 0.5, "1000", 86400001),
                "level_dbm0": (4, -61, -18.5, "-18")}.items():
            for value in values:
                self.refused(f": `{key}` is `{value}`: expected", **{key: value})

    def test_segments(self):
        for key in ("segments", "lead"):
            for segments in ([], [[]], [440], {"440": 500}, "440/500"):
                self.refused("tone `beep`: `" + key, **{key: segments})
            for segment in ([4000, 500], [-1, 500], [440, 0], [440, 60001], [440, 1.5], [440],
                            [440, 500, 1], ["440", 500]):
                self.refused(f"tone `beep`: `{key}` has", **{key: [[440, 500], segment]})

    def test_two_of_one_name(self):
        self.assertIn("tone `beep`: there are two", self.generate(self.table(GOOD, GOOD))[1])


if __name__ == "__main__":
    unittest.main()
