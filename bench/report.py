# SPDX-License-Identifier: Apache-2.0
"""The table of a summary."""
import re

import targets

CASES = ["kernel_ns", "tick_ns", "memcpy_ns", "ratio", "tick_ratio", "median_kernel_ns",
         "median_tick_ns"]
# Title, the rows under which place of the summary, their values.
TABLES = [
    ("Calls of three, by samples; ratio: kernel / memcpy of the same bytes",
     [f"mixer.{case}" for case in
      ("plain3", "monitor3", "whisper3", "barge3", "takeover3", "barge3_levels", "gain3",
       "gain3_down", "ramp3", "barge3_limit_quiet", "barge3_limit_loud", "mix_minus1000")], CASES),
    ("Conferences of N at 16 kHz, the whole tick; aumix: librem's mixer", ["mixer.nway"],
     ["ns", "beside_ns", "kernel_ns", "memcpy_ns", "ratio", "kernel_ratio", "one_exclusion_ns",
      "one_exclusion_ratio", "n_exclusions_ns", "n_exclusions_ratio", "aumix_ns", "aumix_ratio",
      "memcpy_ratio"]),
    ("Between rates, 20 ms", ["mixer.mixed_rate"],
     ["ns", "speexdsp_ns", "speexdsp_ratio", "tick_ns", "memcpy_ns"]),
    ("Many calls of three in turn, each call's time; g711: A-law decoding, tick, encoding",
     ["mixer.bridges"],
     ["ns_per_bridge", "scattered_ns", "core_share", "own_frames_ns", "own_frames_memcpy_ns",
      "own_frames_ratio", "g711_ns", "g711_own_packets_ns"]),
    ("G.711, 160 samples", ["mixer.g711"],
     ["decode_ns", "spandsp_decode_ns", "encode_ns", "spandsp_encode_ns"]),
    ("A leg's own clock, 20 ms; a tone", ["mixer.leg", "mixer.tone"],
     ["read_write_ns", "receive_send_ns", "ns"]),
    ("Idle calls of three on a floor: memory, and polling at 50 Hz", ["floor"],
     ["bytes_per_call", "core_percent"]),
]


def at(summary, place):
    """The node at a place such as `mixer.nway`, or nothing."""
    node = summary
    for part in place.split("."):
        node = node.get(part, {})
    return node


def title_of(key):
    return key.replace("median_", "med_").replace("one_exclusion", "1excl").replace(
        "n_exclusions", "Nexcl").replace("own_frames", "own").replace("speexdsp", "speex").replace(
            "own_packets", "own").replace("per_bridge", "each").replace("spandsp", "span")


def number(value):
    if value is None:
        return ""
    return f"{value:.0f}" if abs(value) >= 10000 else f"{value:.4g}"


def by_numbers(item):
    """Numbers in a name by their value, and names without any last."""
    numbers = [int(digits) for digits in re.findall(r"\d+", item[0])]
    return not item[0][0].isdigit(), numbers, item[0]


def show_table(summary, title, places, keys, verdicts):
    rows = [(f"{place}.{name}", row) for place in places
            for name, row in sorted(at(summary, place).items(), key=by_numbers)]
    keys = [key for key in keys if any(key in row for _, row in rows)]
    if not rows:
        return
    cells = [[""] + [title_of(key) for key in keys] + ["targets"]]
    for place, row in rows:
        name = place.removeprefix("mixer.")
        cells.append([name] + [number(row.get(key)) for key in keys]
                     + ["; ".join(verdicts.get(place, []))])
    widths = [max(len(line[i]) for line in cells) for i in range(len(cells[0]) - 1)]
    print(f"\n{title}")
    for line in cells:
        numbers = "  ".join(cell.rjust(width) for cell, width in zip(line[1:-1], widths[1:]))
        print(f"{line[0]:{widths[0]}}  {numbers}  {line[-1]}".rstrip())


def show(summary):
    """Prints the summary beside its targets; returns whether all are met."""
    found = targets.checks(summary)
    verdicts = {}
    for check in found:
        verdicts.setdefault(check.row, []).append(str(check))
    context = ", ".join(str(value) for value in summary.get("context", {}).values())
    print(f"kernel {summary.get('kernel')}; {context}")
    print("best of many repetitions in ns; med_: their median")
    for title, places, keys in TABLES:
        show_table(summary, title, places, keys, verdicts)
    missed = [check for check in found if not check.met]
    print(f"\n{len(found) - len(missed)} of {len(found)} targets met")
    for check in missed:
        print(f"  {check.row} {check}")
    return not missed
