# SPDX-License-Identifier: Apache-2.0
"""The mixer's benchmarks, and other libraries that do the same."""
import harness

# What is compared runs together, interleaved: a selection and its repetitions in each round.
GROUPS = [
    (r"^mixer/(plain|monitor|whisper|barge|takeover|gain)3[a-z_]*/", 20),
    (r"^mixer/ramp3/", 6),  # by itself: control between two ramps would cool the others' caches
    (r"^mixer/(nway|mix_minus1000)/", 20),
    (r"^(mixer/(mixed_rate|g711|tone|leg)|peers/(speexdsp|spandsp))/", 15),
    (r"^mixer/bridges/", 8),
    (r"^peers/aumix/", 4),
]
# Other work on the machine comes and goes: whoever measures at several times finds a quiet one.
ROUNDS = 7
SIZES = ["3", "8", "32", "128", "512", "1000"]


def run(arguments):
    """Measures; returns the summary's entries."""
    program = harness.build(arguments.build, "barge_bench_mixer")
    context, times = None, {}
    for number in range(arguments.rounds):
        print(f"mixer: round {number + 1} of {arguments.rounds}", flush=True)
        for selection, repetitions in GROUPS:
            if not harness.has(program, selection):
                continue  # a peer that is not installed
            context, measured = harness.measure(program, selection, repetitions)
            for name, values in measured.items():
                times.setdefault(name, []).extend(values)
    entries = harness.tree_of(times)
    derive(entries)
    return {"kernel": context["kernel"], "context": harness.context_of(context), **entries}


def ratio(over, under):
    return round(over / under, 3)


def derive(entries):
    """Adds what is computed from two measured times, at the place of the first."""
    mixer, peers = entries["mixer"], entries.get("peers", {})
    for case in mixer.values():
        for row in case.values():
            if "memcpy_ns" in row:
                add_ratios(row)
    add_conferences(mixer["nway"], peers.get("aumix", {}))
    add_rates(mixer["mixed_rate"], peers.get("speexdsp", {}))
    add_bridges(mixer["bridges"])
    for law, row in mixer["g711"].items():
        for key in ("decode_ns", "encode_ns"):
            if "spandsp" in peers:
                row["spandsp_" + key] = peers["spandsp"][law][key]
    if "aumix" in peers:
        row = mixer["barge3"]["320"]
        row["aumix_ratio"] = ratio(peers["aumix"]["3"]["ns"], row["tick_ns"])


def add_ratios(row):
    """`ratio` is of the kernel where there is one beside the tick, else of the whole tick."""
    tick = row.get("tick_ns", row.get("ns"))
    kernel = row.get("kernel_ns")
    if kernel is not None:
        row["kernel_ratio"] = ratio(kernel, row["memcpy_ns"])
    if tick is not None:
        row["tick_ratio"] = ratio(tick, row["memcpy_ns"])
    row["ratio"] = row["tick_ratio"] if "ns" in row or kernel is None else row["kernel_ratio"]


def add_conferences(nway, aumix):
    for size in SIZES:
        row = nway[size]
        row["one_exclusion_ratio"] = ratio(row["one_exclusion_ns"], row["ns"])
        row["n_exclusions_ratio"] = ratio(row["n_exclusions_ns"], row["ns"])
        if size in aumix:
            row["aumix_ns"] = aumix[size]["ns"]
            row["aumix_ratio"] = ratio(aumix[size]["ns"], row["ns"])
    large, small = nway["1000"], nway["128"]
    nway["growth_128_1000"] = {
        "ratio": ratio(large["ns"], small["ns"]),
        "kernel_ratio": ratio(large["kernel_ns"], small["kernel_ns"]),
        "memcpy_ratio": ratio(large["memcpy_ns"], small["memcpy_ns"]),
    }


def add_rates(rates, speexdsp):
    for pair, row in rates.items():
        if pair in speexdsp:
            row["speexdsp_ns"] = speexdsp[pair]["ns"]
            row["speexdsp_ratio"] = ratio(speexdsp[pair]["ns"], row["ns"])


def add_bridges(bridges):
    few, many = bridges["1000"], bridges["40000"]
    for row in list(bridges.values()):
        row["own_frames_ratio"] = ratio(row["own_frames_ns"], row["own_frames_memcpy_ns"])
    # Of one core, where every call has a tick in 20 ms.
    bridges["10000"]["core_share"] = round(10000 * bridges["10000"]["ns_per_bridge"] / 20e6, 4)
    bridges["growth_1000_40000"] = {
        key: ratio(many[key], few[key])
        for key in ("ns_per_bridge", "own_frames_ns", "g711_ns", "g711_own_packets_ns")
    }
