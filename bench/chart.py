# SPDX-License-Identifier: Apache-2.0
"""The chart of a conference's time against its size."""

LINES = [  # key, label, colour, marker
    ("aumix_ns", "librem aumix", "#b04a3a", "s"),
    ("n_exclusions_ns", "barge, N exclusions", "#7aa6d8", "^"),
    ("one_exclusion_ns", "barge, one exclusion", "#1f5fa8", "x"),
    ("ns", "barge", "#0b2f5c", "o"),
    ("memcpy_ns", "memcpy of the same bytes", "#888888", "."),
]


def draw(summary, path):
    """Writes the chart; returns whether matplotlib is there to do so."""
    try:
        import matplotlib
    except ImportError:
        return False
    matplotlib.use("Agg")
    from matplotlib import pyplot, ticker

    sizes = sorted((int(size) for size in summary["mixer"]["nway"] if size.isdigit()))
    figure, axes = pyplot.subplots(figsize=(8, 5.5))
    for key, label, colour, marker in LINES:
        points = [(size, summary["mixer"]["nway"][str(size)][key] / 1000) for size in sizes
                  if key in summary["mixer"]["nway"][str(size)]]
        if points:
            axes.plot(*zip(*points), label=label, color=colour, marker=marker)
    axes.set_xscale("log")
    axes.set_yscale("log")
    axes.set_xticks(sizes)
    axes.xaxis.set_major_formatter(ticker.ScalarFormatter())
    axes.xaxis.set_minor_locator(ticker.NullLocator())
    axes.yaxis.set_major_formatter(ticker.FuncFormatter(lambda value, _: f"{value:g}"))
    axes.set_xlabel("legs who hear all others (N)")
    axes.set_ylabel("one tick, µs")
    axes.set_title(f"A tick of 20 ms at 16 kHz, kernel {summary['kernel']}")
    axes.grid(True, which="major", color="#dddddd")
    axes.legend()
    figure.tight_layout()
    figure.savefig(path, dpi=130)
    pyplot.close(figure)
    return True
