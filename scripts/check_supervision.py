#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Checks docs/supervision.md: every rule names a test, and every test that it names is there.

usage: scripts/check_supervision.py BUILD_DIRECTORY [PAGE]
"""

import pathlib
import re
import subprocess
import sys
import tempfile

PROOF = "proved by"  # the last column of every table


def tests_of(build: pathlib.Path) -> set[str]:
    """The tests as ctest lists them; parameters of a test are left out."""
    if not (build / "CTestTestfile.cmake").exists():
        sys.exit(f"check_supervision: no tests are declared in `{build}`")
    with tempfile.TemporaryDirectory() as elsewhere:  # ctest spoils the log of one that runs
        file = pathlib.Path(elsewhere) / "CTestTestfile.cmake"
        file.write_text(f'subdirs("{build.resolve()}")\n', encoding="utf-8")
        done = subprocess.run(["ctest", "-N"], cwd=elsewhere, capture_output=True, text=True,
                              check=True)
    names = re.findall(r"^ *Test +#\d+: (\S+)$", done.stdout, re.M)
    return {re.sub(r"/\w+$", "", re.sub(r"\.\w+/(?=\w+\.)", ".", name)) for name in names}


def tables_of(text: str) -> list[list[tuple[int, list[str]]]]:
    """Each table as its rows, head and rule included, each with the number of its line."""
    tables, last = [], None
    for number, line in enumerate(text.splitlines(), 1):
        if not line.startswith("|"):
            continue
        if last != number - 1:
            tables.append([])
        last = number
        tables[-1].append((number, [cell.strip() for cell in line.strip().strip("|").split("|")]))
    return tables


def check(page: pathlib.Path, tests: set[str]) -> list[str]:
    problems = []
    tables = tables_of(page.read_text(encoding="utf-8"))
    if not tables:
        problems.append(f"{page}: there is no table")
    for head, _, *rows in tables:
        number, cells = head
        if cells[-1] != PROOF:
            problems.append(f"{page}:{number}: the last column is not `{PROOF}`")
            continue
        for number, cells in rows:
            names = re.findall(r"`([^`]+)`", cells[-1])
            if not names:
                problems.append(f"{page}:{number}: no test proves this rule")
            problems += [f"{page}:{number}: there is no test `{name}`"
                         for name in names if name not in tests]
    return problems


def main() -> int:
    if len(sys.argv) not in (2, 3):
        print(__doc__, file=sys.stderr)
        return 2
    default = pathlib.Path(__file__).parents[1] / "docs" / "supervision.md"
    page = pathlib.Path(sys.argv[2]) if len(sys.argv) == 3 else default
    tests = tests_of(pathlib.Path(sys.argv[1]))
    problems = check(page, tests)
    print("\n".join(problems) if problems else f"{page.name}: every rule has its test")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
