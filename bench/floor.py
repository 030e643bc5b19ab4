# SPDX-License-Identifier: Apache-2.0
"""What idle calls cost on a floor."""
import json
import subprocess

import harness

ROUNDS = 3


def run(arguments):
    """Measures; returns the summary's entries."""
    program = harness.build(arguments.build, "barge_bench_floor")
    best = {}
    for number in range(min(ROUNDS, arguments.rounds)):
        print(f"floor: round {number + 1}", flush=True)
        measured = json.loads(subprocess.run([program], check=True, capture_output=True,
                                             text=True).stdout)
        for place, row in measured["floor"].items():
            known = best.setdefault(place, row)
            best[place] = {key: min(value, known[key]) for key, value in row.items()}
    return {"context": harness.context_of(measured["context"]), "floor": best}
