#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Checks that the table of tones in the library is that of data/tones.json, and that this is sane.

usage: tone_table.py PROGRAM JSON

PROGRAM prints the library's table. Prints what is wrong, a line each; exit status 1 if anything is.
"""

import datetime
import json
import re
import subprocess
import sys

REQUIRED = {"id", "jurisdiction", "segments", "repeat_ms", "level_dbm0", "source", "as_of",
            "confidence"}


def without_duplicates(pairs):
    keys = [key for key, _ in pairs]
    for key in {key for key in keys if keys.count(key) > 1}:
        raise ValueError(f"`{key}` stands twice in {dict(pairs)}")
    return dict(pairs)


def is_date(text):
    try:
        return bool(datetime.date.fromisoformat(text))
    except ValueError:
        return False


def length(segments):
    return sum(ms for _, ms in segments)


def problems_of(tone):
    """What is wrong with one entry."""
    if missing := REQUIRED - tone.keys():
        yield f"lacks {', '.join(sorted(missing))}"
        return
    if unknown := tone.keys() - REQUIRED - {"lead"}:
        yield f"has unknown keys: {', '.join(sorted(unknown))}"
    if not re.fullmatch(r"any|[A-Z]{2}(-[A-Z0-9]{1,3})?", tone["jurisdiction"]):
        yield f"jurisdiction `{tone['jurisdiction']}` is no ISO 3166 code"
    if not tone["source"].strip():
        yield "names no source"
    if not is_date(tone["as_of"]):
        yield f"as_of `{tone['as_of']}` is no date"
    if tone["confidence"] not in ("high", "medium", "low"):
        yield f"confidence is `{tone['confidence']}`"
    # 0 dBm0 is the loudest that a network's tone may be; below -40 nobody hears it under speech.
    if not -40 <= tone["level_dbm0"] <= 0:
        yield f"level is {tone['level_dbm0']} dBm0"
    for key in ("lead", "segments"):
        playing = tone.get(key, [])
        # The telephone band.
        if not all((hertz == 0 or 300 <= hertz <= 3400) and ms > 0 for hertz, ms in playing):
            yield f"{key} {playing} cannot be heard on a telephone"
        if tone["repeat_ms"] and length(playing) >= tone["repeat_ms"]:
            yield f"{key} {playing} does not fit its interval"
    if not any(hertz for hertz, _ in tone["segments"]):
        yield "is silent"
    if "lead" in tone and not tone["repeat_ms"]:
        yield "leads to nothing: it does not repeat"


def main():
    program, path = sys.argv[1:]
    with open(path, encoding="utf-8") as file:
        tones = json.load(file, object_pairs_hook=without_duplicates)["tones"]
    printed = json.loads(subprocess.run([program], capture_output=True, check=True).stdout)

    problems = [f"`{tone.get('id')}` {what}" for tone in tones for what in problems_of(tone)]
    ids = [tone.get("id") for tone in tones]
    problems += [f"`{id}` stands twice" for id in sorted(set(ids)) if ids.count(id) > 1]
    keys = ("id", "segments", "repeat_ms", "level_dbm0")
    wanted = [{"lead": tone.get("lead", []), **{key: tone.get(key) for key in keys}}
              for tone in tones]
    problems += [f"the library has {tone}" for tone in printed if tone not in wanted]
    problems += [f"the library lacks {tone}" for tone in wanted if tone not in printed]
    print("\n".join(problems) or f"{len(tones)} tones agree")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
