# SPDX-License-Identifier: Apache-2.0
"""Builds benchmark programs, runs them, and keeps what they measured."""
import json
import os
import pathlib
import statistics
import subprocess
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent


def build(directory, target):
    """Builds a program, in the dev preset's directory unless another one is given."""
    if directory is None:
        directory = ROOT / "build" / "dev"
        subprocess.run(["cmake", "--preset", "dev"], cwd=ROOT, check=True,
                       stdout=subprocess.DEVNULL)
    subprocess.run(["cmake", "--build", directory, "-j2", "--target", target], check=True)
    return pathlib.Path(directory) / "bench" / target


def measure(program, selection, repetitions):
    """Runs a selection once; returns the context and all times in ns by the benchmark's name."""
    with tempfile.NamedTemporaryFile(suffix=".json") as out:
        subprocess.run(
            [program, f"--benchmark_filter={selection}",
             f"--benchmark_repetitions={repetitions}", "--benchmark_min_time=0.001",
             "--benchmark_enable_random_interleaving=true", f"--benchmark_out={out.name}",
             "--benchmark_out_format=json"],
            check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        data = json.loads(pathlib.Path(out.name).read_text(encoding="utf-8"))
    times = {}
    for run in data["benchmarks"]:
        if run["run_type"] == "iteration":
            assert run["time_unit"] == "ns", run
            times.setdefault(name_of(run["run_name"]), []).append(run["real_time"] / run["per"])
    return data["context"], times


def has(program, selection):
    """Whether any benchmark has such a name."""
    listed = subprocess.run(
        [program, f"--benchmark_filter={selection}", "--benchmark_list_tests=true"],
        check=True, capture_output=True, text=True).stdout
    return listed.startswith(("mixer/", "peers/"))


def name_of(run_name):
    """The benchmark's own name, without what the library appends: iterations:25, manual_time."""
    return "/".join(part for part in run_name.split("/")
                    if ":" not in part and part != "manual_time")


def tree_of(times):
    """The best of each benchmark's times, and their median, at the place that its name says."""
    tree = {}
    for name, all_times in times.items():
        *path, key = name.split("/")
        node = tree
        for part in path:
            node = node.setdefault(part, {})
        node[key] = round(min(all_times), 2)
        node["median_" + key] = round(statistics.median(all_times), 2)
    return tree


def context_of(context):
    """What the numbers depend on."""
    model = "unknown"
    with open("/proc/cpuinfo", encoding="utf-8") as file:
        for line in file:
            if line.startswith(("model name", "Model")):
                model = line.split(":", 1)[1].strip()
                break
    return {"cpu": model, "cpus": os.cpu_count(), "compiler": context["compiler"],
            "flags": context["flags"].strip()}


def merge(path, entries):
    """Writes the entries into a summary, beside those of other parts. Numbers of another kernel
    are moved to a file of their own first; returns its path, or None."""
    path = pathlib.Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    summary, moved = {}, None
    if path.exists():
        summary = json.loads(path.read_text(encoding="utf-8"))
        kernel = summary.get("kernel")
        if kernel is not None and kernel != entries.get("kernel", kernel):
            moved = path.with_suffix(f".{kernel}{path.suffix}")
            path.replace(moved)
            summary = {}
    summary.update(entries)
    path.write_text(json.dumps(summary, indent=2) + "\n", encoding="utf-8")
    return moved
