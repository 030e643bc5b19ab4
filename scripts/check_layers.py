#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Checks that every #include of barge obeys the layers below.

usage: check_layers.py [ROOT]

A header may include headers of its own level and of lower ones; the three worlds of L2 (media,
policy, audit) never include each other. Prints `file:line: what` for each violation; exit status 1
if there is one.
"""

import re
import sys
from pathlib import Path

LEVELS = {
    0: "config ids result clock",
    1: "audio participant mode decision tone kernel level g711 resampler tone_generator clip "
       "call_attributes usage",
    2: "media policy audit",
    3: "supervision events bridge_config bridge",
    4: "desk floor leg memory_sink policy_document json_lines_sink",
}
LEVEL_OF = {name: level for level, names in LEVELS.items() for name in names.split()}
WORLDS = set(LEVELS[2].split())
UMBRELLA = "barge"
IN_UMBRELLA = {name for name, level in LEVEL_OF.items() if level <= 3} | {
    "desk", "floor", "leg", "memory_sink"}

# The control side may not leak into a media translation unit, not even through another header.
MEDIA_BANS = {"barge/policy.hpp", "barge/audit.hpp", "barge/bridge.hpp",
              "functional", "mutex", "thread", "iostream"}

# No threads, no locks, no printing.
CORE_BANS = {"mutex", "shared_mutex", "thread", "condition_variable", "future",
             "iostream", "ostream", "fstream", "cstdio", "stdio.h", "pthread.h"}
CORE_SOURCES = ("src/bridge", "src/bridge.cpp", "src/media", "src/mix", "src/signal",
                "src/floor", "src/leg", "src/values",
                "src/policy/policy.cpp", "src/audit/memory_sink.cpp")

# Which directories of src/ a file in src/ may include from, and which public headers it may not.
PRIVATE_DIRS = {
    "values": {"values"},
    "json": {"json"},
    "mix": {"mix"},
    "signal": {"signal", "mix"},
    "leg": {"leg", "signal", "mix"},
    "media": {"media", "mix"},
    "policy": {"policy", "json"},
    "audit": {"audit", "json"},
    "bridge": {"bridge", "media", "mix", "policy", "audit"},
    "floor": {"floor", "bridge", "media"},
}
PUBLIC_BANS = {
    "mix": {"policy", "audit", "bridge"},
    "signal": {"media", "policy", "audit", "bridge"},
    "leg": {"policy", "audit", "bridge"},
    "media": {"policy", "audit", "bridge"},
    "policy": {"media", "audit", "bridge"},
    "audit": {"media", "policy", "bridge"},
}

GSL_IN_HEADERS = {"gsl/span", "gsl/pointers"}
# Third-party libraries of src/ and where each may be used (None: everywhere in src/).
LIBRARIES = {
    "gsl": None,
    "fmt": None,
    "hwy": ("src/mix",),
    "nlohmann": ("src/json", "src/policy/document.cpp", "src/audit/json_lines_sink.cpp"),
    "openssl": ("src/policy/document.cpp",),
}

INCLUDE = re.compile(r'^\s*#\s*include\s*(?:<([^>]+)>|"([^"]+)")')


def includes(path):
    """(line number, name, whether it was written with quotes) of each #include."""
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        if match := INCLUDE.match(line):
            yield number, match[1] or match[2], match[2] is not None


def barge_name(include):
    """`mode` for `barge/mode.hpp`, None for anything else."""
    match = re.fullmatch(r"barge/(\w+)\.hpp", include)
    return match[1] if match else None


def is_under(path, places):
    return any(path == place or path.startswith(place + "/") for place in places)


class Checker:
    def __init__(self, root):
        self.root = root
        self.violations = 0

    def report(self, path, line, message):
        print(f"{path.relative_to(self.root)}:{line}: {message}")
        self.violations += 1

    def headers(self):
        return sorted((self.root / "include/barge").glob("**/*.hpp"))

    def sources(self, *tops):
        for top in tops:
            for path in sorted((self.root / top).glob("**/*")):
                if path.suffix in (".hpp", ".cpp", ".h", ".cc", ".ipp", ".inc"):
                    yield path

    def check_header(self, path):
        name = path.stem
        if name == UMBRELLA:
            return self.check_umbrella(path)
        if name not in LEVEL_OF:
            return self.report(path, 1, f"`{name}` has no level: add it to {Path(__file__).name}")
        level = LEVEL_OF[name]
        for line, include, quoted in includes(path):
            if quoted:
                self.report(path, line, f'"{include}": public headers include with <>')
            elif (other := barge_name(include)) is not None:
                self.check_level(path, line, name, other)
            elif level <= 3 and include in CORE_BANS:
                self.report(path, line, f"<{include}>: no threads, locks or printing in L0 to L3")
            elif "/" in include or "." in include:
                if level == 0 or include not in GSL_IN_HEADERS:
                    self.report(path, line, f"<{include}>: not allowed in an L{level} header")
                elif level == 1 and include != "gsl/span":
                    self.report(path, line, f"<{include}>: L1 headers use <gsl/span> alone")

    def check_level(self, path, line, name, other):
        if other == UMBRELLA:
            self.report(path, line, "barge.hpp is for applications")
        elif other not in LEVEL_OF:
            self.report(path, line, f"<barge/{other}.hpp> is unknown")
        elif LEVEL_OF[other] > LEVEL_OF[name]:
            self.report(path, line, f"L{LEVEL_OF[name]} `{name}` includes "
                                    f"L{LEVEL_OF[other]} `{other}`")
        elif {name, other} <= WORLDS and name != other:
            self.report(path, line, f"`{name}` and `{other}` must not know each other")

    def check_umbrella(self, path):
        seen = set()
        for line, include, _ in includes(path):
            seen.add(barge_name(include))
            if barge_name(include) not in IN_UMBRELLA:
                self.report(path, line, f"<{include}> does not belong in barge.hpp")
        for header in self.headers():
            if header.stem in IN_UMBRELLA - seen:
                self.report(path, 1, f"<barge/{header.stem}.hpp> is missing")

    def check_media_closure(self):
        """Reports the include that brings something banned into media.hpp, with the way there."""
        media = self.root / "include/barge/media.hpp"
        ways, queue = {media: "media.hpp"}, [media]
        while queue and media.exists():
            path = queue.pop(0)
            for line, include, _ in includes(path):
                if include in MEDIA_BANS or include.startswith("fmt/"):
                    self.report(path, line, f"<{include}> reaches media.hpp ({ways[path]})")
                    continue
                header = self.root / "include" / include
                if barge_name(include) and header.exists() and header not in ways:
                    ways[header] = f"{ways[path]} → {header.name}"
                    queue.append(header)

    def check_source(self, path):
        place = path.relative_to(self.root).as_posix()
        part = Path(place.split("/")[1]).stem
        for line, include, quoted in includes(path):
            if quoted:
                self.check_private(path, line, part, include)
            elif (name := barge_name(include)) is not None:
                if name == UMBRELLA:
                    self.report(path, line, "barge.hpp is for applications")
                elif name in PUBLIC_BANS.get(part, ()):
                    self.report(path, line, f"src/{part} must not know `{name}`")
            elif is_under(place, CORE_SOURCES) and include in CORE_BANS:
                self.report(path, line, f"<{include}>: no threads, locks or printing in L0 to L3")
            elif "/" in include:
                self.check_library(path, line, place, include)

    def check_private(self, path, line, part, include):
        candidates = [self.root / "src" / include, path.parent / include]
        found = next((c.resolve() for c in candidates if c.exists()), None)
        if found is None:
            return  # Generated, or a compiler's business.
        other = Path(found.relative_to(self.root / "src").parts[0]).stem
        if other not in PRIVATE_DIRS.get(part, {other}):
            self.report(path, line, f"src/{part} includes from src/{other}")

    def check_library(self, path, line, place, include):
        library = include.split("/")[0]
        if library in ("sys", "bits"):
            return
        if library not in LIBRARIES:
            self.report(path, line, f"<{include}>: `{library}` is no dependency of src/")
        elif LIBRARIES[library] and not is_under(place, LIBRARIES[library]):
            self.report(path, line, f"<{include}>: only in {', '.join(LIBRARIES[library])}")

    def check_boost(self):
        for path in self.sources("bench", "tests", "tools"):
            for line, include, _ in includes(path):
                if include.startswith("boost/"):
                    self.report(path, line, f"<{include}>: Boost stays under examples/")

    def run(self):
        headers = self.headers()
        if not headers:
            sys.exit(f"check_layers: no headers under `{self.root}/include/barge`")
        for path in headers:
            self.check_header(path)
        self.check_media_closure()
        for path in self.sources("src"):
            self.check_source(path)
        self.check_boost()
        return 1 if self.violations else 0


if __name__ == "__main__":
    default_root = Path(__file__).resolve().parent.parent
    sys.exit(Checker(Path(sys.argv[1]).resolve() if len(sys.argv) > 1 else default_root).run())
