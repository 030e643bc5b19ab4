#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Checks the documentation: every C++ snippet stands in a compiled file, every local link leads
somewhere."""

import pathlib
import re
import sys
import textwrap


def lines_of(text: str) -> list[str]:
    return [line.rstrip() for line in textwrap.dedent(text).strip("\n").splitlines()]


def stands_in(snippet: list[str], source: str) -> bool:
    """Whether the snippet's lines follow one another in the source, at whatever indentation."""
    lines = source.splitlines()
    for first in range(len(lines) - len(snippet) + 1):
        part = "\n".join(lines[first : first + len(snippet)])
        if lines_of(part) == snippet:
            return True
    return False


def check_snippets(page: pathlib.Path, text: str, sources: list[str]) -> list[str]:
    problems = []
    for match in re.finditer(r"^```cpp\n(.*?)^```", text, re.S | re.M):
        if not any(stands_in(lines_of(match.group(1)), source) for source in sources):
            line = text[: match.start()].count("\n") + 1
            problems.append(f"{page}:{line}: this snippet stands in no compiled file")
    return problems


def check_links(page: pathlib.Path, text: str) -> list[str]:
    problems = []
    for match in re.finditer(r"\]\(([^)#\s]+)[^)]*\)", text):
        target = match.group(1)
        if "://" in target or (page.parent / target).exists():
            continue
        line = text[: match.start()].count("\n") + 1
        problems.append(f"{page}:{line}: `{target}` leads nowhere")
    return problems


def main() -> int:
    root = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else pathlib.Path(__file__).parents[1])
    compiled = [*root.glob("examples/**/*.cpp"), *root.glob("include/**/*.hpp")]
    sources = [path.read_text() for path in compiled]
    problems = []
    for page in sorted([*root.glob("*.md"), *root.glob("docs/*.md"), *root.glob("examples/*/*.md")]):
        text = page.read_text()
        problems += check_snippets(page, text, sources) + check_links(page, text)
    print("\n".join(problems) if problems else "documentation: snippets compile, links lead somewhere")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
