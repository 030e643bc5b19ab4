#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Tests of how the benchmarks are summed up and judged."""
import contextlib
import io
import json
import pathlib
import subprocess
import sys
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "bench"))
import harness  # noqa: E402
import mixer  # noqa: E402
import report  # noqa: E402
import targets  # noqa: E402


def measured(**changes):
    """A summary whose every target is met, or all but the changed times: `a__b__c_ns=1`."""
    times = {}
    for case in ("plain3", "monitor3", "whisper3", "barge3", "takeover3", "barge3_levels",
                 "gain3", "gain3_down", "ramp3"):
        for samples in targets.SAMPLES:
            times[f"mixer/{case}/{samples}/kernel_ns"] = 9
            times[f"mixer/{case}/{samples}/tick_ns"] = 40
            times[f"mixer/{case}/{samples}/memcpy_ns"] = 10
    for samples in targets.SAMPLES:
        times[f"mixer/mix_minus1000/{samples}/kernel_ns"] = 10
        times[f"mixer/mix_minus1000/{samples}/memcpy_ns"] = 10
    for size in mixer.SIZES:
        for key in ("ns", "kernel_ns", "memcpy_ns", "one_exclusion_ns", "n_exclusions_ns"):
            times[f"mixer/nway/{size}/{key}"] = int(size)
        times[f"peers/aumix/{size}/ns"] = 2000 * int(size)
    for key in ("ns", "kernel_ns", "memcpy_ns"):
        times[f"mixer/nway/1000_talkers3/{key}"] = 5 if key == "kernel_ns" else 10
    for count in ("1", "1000", "10000", "40000"):
        for key in ("ns_per_bridge", "own_frames_ns", "own_frames_memcpy_ns", "g711_ns",
                    "g711_own_packets_ns"):
            times[f"mixer/bridges/{count}/{key}"] = 60
    times["mixer/mixed_rate/8000_16000/ns"] = 500
    times["peers/speexdsp/8000_16000/ns"] = 5000
    times["mixer/g711/a/decode_ns"] = times["mixer/g711/a/encode_ns"] = 10
    for place, value in changes.items():
        times["mixer/" + place.replace("__", "/")] = value
    entries = harness.tree_of({name: [value] for name, value in times.items()})
    mixer.derive(entries)
    return {"kernel": "AVX3", "context": {}, **entries}


def shown(summary):
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        met = report.show(summary)
    return met, out.getvalue()


class Names(unittest.TestCase):
    def test_a_name_loses_what_the_library_appends(self):
        self.assertEqual("mixer/ramp3/320/tick_ns",
                         harness.name_of("mixer/ramp3/320/tick_ns/iterations:25/manual_time"))

    def test_the_best_time_counts_and_the_median_stands_beside(self):
        row = harness.tree_of({"mixer/a/1/ns": [5, 1, 3]})["mixer"]["a"]["1"]
        self.assertEqual({"ns": 1, "median_ns": 3}, row)


class Verdicts(unittest.TestCase):
    def test_all_targets_are_met_when_every_time_is_short(self):
        met, text = shown(measured())
        self.assertTrue(met, text)
        self.assertNotIn("MISSED", text)

    def missed(self, *rows, **changes):
        summary = measured(**changes)
        met, text = shown(summary)
        self.assertFalse(met)
        self.assertIn("MISSED", text)
        self.assertEqual(list(rows), [f"{check.row} {check.key}" for check in
                                      targets.checks(summary) if not check.met])

    def test_a_slow_kernel_is_missed(self):
        self.missed("mixer.barge3.320 ratio", barge3__320__kernel_ns=11.5)

    def test_a_slow_tick_is_missed(self):
        self.missed("mixer.monitor3.320 tick_ns", monitor3__320__tick_ns=51)

    def test_a_slow_exclusion_is_missed(self):
        self.missed("mixer.nway.32 one_exclusion_ratio", nway__32__one_exclusion_ns=33.9)

    def test_growth_beyond_that_of_memcpy_is_missed(self):
        self.missed("mixer.nway.growth_128_1000 ratio", nway__1000__ns=1110,
                    nway__1000__one_exclusion_ns=1110, nway__1000__n_exclusions_ns=1110)

    def test_a_slow_resampler_is_missed_twice(self):
        self.missed("mixer.mixed_rate.8000_16000 ns", "mixer.mixed_rate.8000_16000 speexdsp_ratio",
                    mixed_rate__8000_16000__ns=1001)

    def test_slow_bridges_are_missed(self):
        self.missed("mixer.bridges.10000 ns_per_bridge", bridges__10000__ns_per_bridge=81)

    def test_bridges_that_slow_down_with_their_number_are_missed(self):
        self.missed("mixer.bridges.growth_1000_40000 g711_ns", bridges__40000__g711_ns=70)

    def test_how_far_a_target_is_missed(self):
        self.assertEqual("ns <= 100: MISSED by 50.0 %", str(targets.Check("", "ns", 150, 100)))
        self.assertEqual("x >= 20: MISSED by 100.0 %", str(targets.Check("", "x", 10, 20, True)))

    def test_kernels_are_judged_by_their_own_column(self):
        summary = measured(ramp3__320__kernel_ns=100)
        self.assertFalse(shown(summary)[0])
        self.assertTrue(shown({**summary, "kernel": "AVX2"})[0])

    def test_a_peer_that_is_not_installed_has_no_target(self):
        summary = measured()
        for row in summary["mixer"]["nway"].values():
            row.pop("aumix_ratio", None)
        self.assertNotIn("aumix_ratio", {check.key for check in targets.checks(summary)})


class Merging(unittest.TestCase):
    def merged(self, before, entries):
        with tempfile.TemporaryDirectory() as directory:
            path = pathlib.Path(directory) / "summary.json"
            path.write_text(json.dumps(before), encoding="utf-8")
            moved = harness.merge(path, entries)
            kept = json.loads(moved.read_text(encoding="utf-8")) if moved else None
            return json.loads(path.read_text(encoding="utf-8")), kept

    def test_other_parts_keep_what_they_had(self):
        summary, kept = self.merged({"other": 1, "mixer": 2, "kernel": "AVX3"},
                                    {"mixer": 3, "kernel": "AVX3"})
        self.assertEqual({"other": 1, "mixer": 3, "kernel": "AVX3"}, summary)
        self.assertIsNone(kept)

    def test_numbers_of_another_kernel_are_moved_and_not_lost(self):
        summary, kept = self.merged({"mixer": 2, "kernel": "AVX3"}, {"mixer": 3, "kernel": "AVX2"})
        self.assertEqual({"mixer": 3, "kernel": "AVX2"}, summary)
        self.assertEqual({"mixer": 2, "kernel": "AVX3"}, kept)


class Parts(unittest.TestCase):
    def test_an_unknown_part_is_an_error_that_lists_the_parts(self):
        done = subprocess.run([ROOT / "scripts" / "bench", "mixr"], capture_output=True, text=True,
                              check=False)
        self.assertEqual(2, done.returncode)
        self.assertIn("there is no part `mixr`: the parts are mixer", done.stderr)


if __name__ == "__main__":
    unittest.main()
