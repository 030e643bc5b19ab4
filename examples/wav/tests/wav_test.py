#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Tests of barge-wav: the samples that everybody hears, the picture, and what it refuses.

usage: wav_test.py PATH_OF_BARGE_WAV
"""

import json
import re
import shutil
import subprocess
import sys
import tempfile
import unittest
import wave
import xml.etree.ElementTree as xml
from pathlib import Path

import numpy

DEMO = Path(__file__).resolve().parent.parent / "demo"
RATE = 16000
TONES = {"carol": 400, "alex": 700, "sue": 1000}
FRAME = 320
# Between the changes of the demo timeline, in seconds: who hears whom.
SPANS = {
    "plain": (0.0, 2.0, {"carol": {"alex"}, "alex": {"carol"}, "sue": set()}),
    "monitor": (2.0, 4.0, {"carol": {"alex"}, "alex": {"carol"}, "sue": {"carol", "alex"}}),
    "whisper": (4.0, 6.0, {"carol": {"alex"}, "alex": {"carol", "sue"}, "sue": {"carol", "alex"}}),
    "barge": (6.0, 8.0, {"carol": {"alex", "sue"}, "alex": {"carol", "sue"},
                         "sue": {"carol", "alex"}}),
    "takeover": (8.0, 10.0, {"carol": {"sue"}, "alex": {"carol", "sue"}, "sue": {"carol"}}),
    "handed back": (10.0, 12.0, {"carol": {"alex"}, "alex": {"carol"}, "sue": {"carol", "alex"}}),
    "left": (12.0, 14.0, {"carol": {"alex"}, "alex": {"carol"}, "sue": set()}),
}


def read(path):
    with wave.open(str(path), "rb") as file:
        assert file.getparams()[:3] == (1, 2, RATE), file.getparams()
        return numpy.frombuffer(file.readframes(file.getnframes()), "<i2").astype(int)


class BargeWav(unittest.TestCase):
    def setUp(self):
        self.directory = Path(tempfile.mkdtemp(prefix="barge-wav-"))
        self.addCleanup(shutil.rmtree, self.directory)
        subprocess.run([DEMO / "make_tones", self.directory, "--continuous"], check=True)
        shutil.copy(DEMO / "policy.json", self.directory)
        self.timeline = json.loads((DEMO / "timeline.json").read_text())

    def run_wav(self):
        path = self.directory / "timeline.json"
        path.write_text(json.dumps(self.timeline))
        return subprocess.run([PROGRAM, "--timeline", path, "--out", self.directory / "out"],
                              capture_output=True, text=True, timeout=60)

    def heard(self, name):
        return read(self.directory / "out" / f"{name}-hears.wav")

    def said(self, name):
        return read(self.directory / f"{name}.wav")

    def test_in_every_mode_everybody_hears_exactly_whom_they_may(self):
        done = self.run_wav()
        self.assertEqual(done.returncode, 0, done.stderr)
        for mode, (begin, end, hears) in SPANS.items():
            # A change asked for at a frame's begin is in force from that frame on; its ramp is over
            # one frame later.
            span = slice(int(begin * RATE) + FRAME, int(end * RATE))
            for listener, speakers in hears.items():
                with self.subTest(mode=mode, listener=listener):
                    expected = sum((self.said(name)[span] for name in speakers),
                                   numpy.zeros(span.stop - span.start, int))
                    numpy.testing.assert_array_equal(self.heard(listener)[span], expected)

    def test_no_change_clicks(self):
        self.run_wav()
        said = max(numpy.abs(numpy.diff(self.said(name))).max() for name in TONES)
        for listener in TONES:
            step = numpy.abs(numpy.diff(self.heard(listener))).max()
            self.assertLess(step, 2.5 * said, f"{listener} hears a step between two samples")

    def test_the_printed_levels_are_those_of_the_samples(self):
        sections = re.split(r"^sample .*\n", self.run_wav().stdout, flags=re.MULTILINE)[1:]
        self.assertEqual(len(sections), len(SPANS))
        for section, (mode, (_, _, hears)) in zip(sections, SPANS.items()):
            for listener, speakers in hears.items():
                line = re.search(rf"^ +{listener} +hears(.*)$", section, re.MULTILINE)[1]
                levels = dict(re.findall(r"(\w+) +(-[\d.]+) dB", line))
                for speaker, level in levels.items():
                    wanted = -20.0 if speaker in speakers else -120.0
                    self.assertAlmostEqual(float(level), wanted, delta=0.11,
                                           msg=f"{mode}: {listener} hears {speaker}")

    def test_the_picture_shows_what_was_heard(self):
        self.run_wav()
        picture = xml.parse(self.directory / "out" / "who-heard-whom.svg").getroot()
        self.assertEqual(picture.get("width"), "1200")
        tag = "{http://www.w3.org/2000/svg}"
        texts = [text.text for text in picture.iter(tag + "text")]
        for text in ("carol hears", "alex hears", "sue hears", "takeover", "14 s"):
            self.assertIn(text, texts)
        lines = [float(line.get("x1")) for line in picture.iter(tag + "line")
                 if line.get("stroke-dasharray") == "4 3"]
        per_second = (1176 - 150) / 14
        for at in (2, 4, 6, 8, 10, 12):
            self.assertTrue(any(abs(x - 150 - at * per_second) < 1 for x in lines), at)
        # Sue's voice: one bar in carol's lane (6 to 10 s), one in alex's (4 to 10 s).
        bars = [(float(bar.get("x")), float(bar.get("width"))) for bar in picture.iter(tag + "rect")
                if bar.get("fill") == "#009e73" and float(bar.get("width")) > 20]
        self.assertEqual([round((x - 150) / per_second) for x, _ in bars], [6, 4])
        self.assertEqual([round(width / per_second) for _, width in bars], [4, 6])

    def test_a_replaced_agent_on_hold_or_dropped_hears_nothing(self):
        for fate in ("hold", "drop"):
            self.timeline["changes"] = [
                {"at_ms": 1000, "supervisor": "sue", "mode": "monitor"},
                {"at_ms": 2000, "supervisor": "sue", "mode": "takeover", "agent_becomes": fate}]
            done = self.run_wav()
            self.assertEqual(done.returncode, 0, done.stderr)
            span = slice(2 * RATE + 2 * FRAME, None)
            self.assertFalse(self.heard("alex")[span].any(), fate)
            numpy.testing.assert_array_equal(self.heard("carol")[span], self.said("sue")[span])

    def test_a_replaced_agent_who_may_not_monitor_is_on_hold(self):
        self.timeline["parties"][1]["policy_roles"] = []
        done = self.run_wav()
        self.assertEqual(done.returncode, 0, done.stderr)
        span = slice(8 * RATE + 2 * FRAME, 10 * RATE)
        self.assertFalse(self.heard("alex")[span].any())
        numpy.testing.assert_array_equal(self.heard("carol")[span], self.said("sue")[span])

    def test_what_the_policy_denies_is_not_heard(self):
        self.timeline["parties"][2]["policy_roles"] = []
        done = self.run_wav()
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("at 2000 ms: sue: monitor: denied (no_rule)", done.stdout)
        self.assertFalse(self.heard("sue").any())
        # From the second frame on: joining ramps too.
        numpy.testing.assert_array_equal(self.heard("carol")[FRAME:], self.said("alex")[FRAME:])

    def test_all_errors_of_a_timeline_come_at_once(self):
        self.timeline["rate"] = 11025
        self.timeline["parties"][1]["name"] = "carol"
        self.timeline["changes"][0]["mode"] = "moniter"
        self.timeline["changes"][1]["supervisor"] = "alex"
        self.timeline["changes"][2]["att_ms"] = 1
        done = self.run_wav()
        self.assertEqual(done.returncode, 2)
        errors = done.stderr.splitlines()
        self.assertEqual(len(errors), 7, done.stderr)
        for error, part in zip(errors, ("/rate: expected 8000, 16000", "whole number of samples",
                                        "`carol` is on the call already", "`moniter`; the nearest "
                                        "is `monitor`", "unknown supervisor `alex`; the nearest is "
                                        "`sue`", "unknown agent `alex`", "unknown key `att_ms`")):
            self.assertRegex(error, r"^/.*timeline\.json:1:\d+: /")
            self.assertIn(part, error)

    def test_voices_that_do_not_fit_are_named(self):
        (self.directory / "alex.wav").write_bytes(b"RIFF")
        (self.directory / "sue.wav").unlink()
        done = self.run_wav()
        self.assertEqual(done.returncode, 2)
        self.assertIn("alex.wav: is not a WAV file", done.stderr)
        self.assertIn("sue.wav: cannot open", done.stderr)
        self.assertFalse((self.directory / "out").exists())

    def test_a_damaged_wav_file_is_refused(self):
        whole = (self.directory / "alex.wav").read_bytes()
        stereo = whole[:22] + b"\2" + whole[23:]
        slow = whole[:24] + b"\x40\x1f\0\0" + whole[28:]
        for content, why in ((whole[:1000], "is a damaged WAV file"),
                             (stereo, "expected mono linear PCM of 16 bits"),
                             (slow, "is sampled at 8000 Hz; expected 16000")):
            (self.directory / "alex.wav").write_bytes(content)
            done = self.run_wav()
            self.assertEqual((done.returncode, why in done.stderr), (2, True), done.stderr)

    def test_without_its_options_it_says_how_to_use_it(self):
        done = subprocess.run([PROGRAM, "--timeline"], capture_output=True, text=True, timeout=60)
        self.assertEqual(done.returncode, 2)
        self.assertIn("usage: barge-wav", done.stderr)


if __name__ == "__main__":
    PROGRAM = sys.argv.pop(1)
    unittest.main()
