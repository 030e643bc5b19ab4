# SPDX-License-Identifier: Apache-2.0
"""What the measured values have to reach."""
import dataclasses

SAMPLES = ["160", "320", "960"]
# Kernel time over memcpy of the same bytes at 160, 320 and 960 samples, by kernel.
RATIOS = {
    "AVX3": {
        "monitor3": [1.2, 1.15, 1.1],
        "barge3": [0.95, 1.1, 1.2],
        "barge3_levels": [1.5, 1.5, 1.6],
        "gain3": [1.4, 1.7, 2.0],
        "gain3_down": [1.4, 1.7, 2.0],
        "ramp3": [4.4, 5.2, 6.2],
        "mix_minus1000": [2.6, 1.6, 1.7],
    },
    "AVX2": {
        "monitor3": [1.6, 1.7, 1.7],
        "barge3": [1.2, 1.6, 1.9],
        "barge3_levels": [2.2, 3.0, 3.1],
        "gain3": [2.8, 3.3, 4.8],
        "gain3_down": [2.8, 3.3, 4.8],
        "ramp3": [9, 11, 12],
        "mix_minus1000": [3.0, 2.0, 2.1],
    },
}
TALKERS_RATIO = {"AVX3": 0.6}
# The whole tick at 320 samples, in ns.
TICKS = {case: 50 for case in
         ("plain3", "monitor3", "whisper3", "barge3", "takeover3", "gain3", "gain3_down")}
TICKS |= {"barge3_levels": 90, "ramp3": 120}


@dataclasses.dataclass(frozen=True)
class Check:
    """One value of a row of the summary, and its limit."""
    row: str
    key: str
    value: float
    limit: float
    at_least: bool = False

    @property
    def met(self):
        return self.value >= self.limit if self.at_least else self.value <= self.limit

    def __str__(self):
        sign = ">=" if self.at_least else "<="
        text = f"{self.key} {sign} {self.limit:g}: "
        if self.met:
            return text + "met"
        over, under = (self.limit, self.value) if self.at_least else (self.value, self.limit)
        return text + f"MISSED by {100 * (over / under - 1):.1f} %"


def family(kernel):
    """The column of the ratios: AVX-512 kernels have names such as AVX3 and AVX3_DL."""
    return "AVX3" if kernel.startswith("AVX3") else kernel


def checks(summary):
    """Every target of the parts that the summary has."""
    found = list(of_floor(summary["floor"])) if "floor" in summary else []
    if "mixer" not in summary:
        return found
    found += list(of_calls(summary)) + list(of_conferences(summary["mixer"]["nway"]))
    return found + list(of_rates(summary["mixer"])) + list(of_bridges(summary["mixer"]["bridges"]))


def of_calls(summary):
    mixer, kernel = summary["mixer"], family(summary["kernel"])
    for case, limits in RATIOS.get(kernel, {}).items():
        for samples, limit in zip(SAMPLES, limits):
            yield Check(f"mixer.{case}.{samples}", "ratio", mixer[case][samples]["ratio"], limit)
    for case, limit in TICKS.items():
        yield Check(f"mixer.{case}.320", "tick_ns", mixer[case]["320"]["tick_ns"], limit)
    if kernel in TALKERS_RATIO:
        yield Check("mixer.nway.1000_talkers3", "kernel_ratio",
                    mixer["nway"]["1000_talkers3"]["kernel_ratio"], TALKERS_RATIO[kernel])


def of_conferences(nway):
    for size, limit in (("128", 2500), ("1000", 20000)):
        yield Check(f"mixer.nway.{size}", "ns", nway[size]["ns"], limit)
    for size in ("3", "8", "32", "128", "512", "1000"):
        for key, limit in (("one_exclusion_ratio", 1.05), ("n_exclusions_ratio", 4)):
            yield Check(f"mixer.nway.{size}", key, nway[size][key], limit)
    growth = nway["growth_128_1000"]
    yield Check("mixer.nway.growth_128_1000", "ratio", growth["ratio"],
                round(1.1 * growth["memcpy_ratio"], 3))
    for size, limit in (("3", 20), ("512", 1000)):
        if "aumix_ratio" in nway[size]:
            yield Check(f"mixer.nway.{size}", "aumix_ratio", nway[size]["aumix_ratio"], limit, True)


def of_rates(mixer):
    for pair, row in mixer["mixed_rate"].items():
        if "ns" in row:
            yield Check(f"mixer.mixed_rate.{pair}", "ns", row["ns"], 1000)
        if "speexdsp_ratio" in row:
            yield Check(f"mixer.mixed_rate.{pair}", "speexdsp_ratio", row["speexdsp_ratio"], 5,
                        True)


def of_bridges(bridges):
    yield Check("mixer.bridges.10000", "ns_per_bridge", bridges["10000"]["ns_per_bridge"], 80)
    for key in ("g711_ns", "g711_own_packets_ns"):
        for count in ("1", "1000", "40000"):
            yield Check(f"mixer.bridges.{count}", key, bridges[count][key], 100)
        yield Check("mixer.bridges.growth_1000_40000", key, bridges["growth_1000_40000"][key], 1.15)


def of_floor(floor):
    yield Check("floor.1000_monitored", "bytes_per_call",
                floor["1000_monitored"]["bytes_per_call"], 16384)
    for row in ("10000_unsupervised", "10000_monitored"):
        yield Check(f"floor.{row}", "core_percent", floor[row]["core_percent"], 0.1)
