# SPDX-License-Identifier: Apache-2.0
"""The audit log as the tests read it: records in order, and the order that they must have."""
from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import Any, Dict, Iterable, List, Optional, Tuple

from .rules import LADDER

Record = Dict[str, Any]

CHANGES = ("session.joined", "session.mode_changed")


def read(path: Path) -> List[Record]:
    """Every complete line; a line that is still being written is left out."""
    if not path.exists():
        return []
    lines = path.read_text().split("\n")[:-1]
    return [json.loads(line) for line in lines]


def of_type(records: Iterable[Record], *types: str) -> List[Record]:
    return [record for record in records if record["type"] in types]


def value(record: Record, key: str, default: Any = None) -> Any:
    """From the record's data, or from its envelope."""
    return record.get("data", {}).get(key, record.get(key, default))


def sample(record: Record) -> int:
    """The media sample index at which it took effect."""
    return int(value(record, "sample"))


def time_of(record: Record) -> float:
    """Seconds since the epoch."""
    return datetime.fromisoformat(record["time"].replace("Z", "+00:00")).timestamp()


def permitted(record: Record) -> bool:
    return value(record, "effect") == "permit"


def permits(records: Iterable[Record]) -> List[Record]:
    return [record for record in of_type(records, "decision.made") if permitted(record)]


def mode_changes(records: Iterable[Record]) -> List[Tuple[str, str]]:
    """(from, to) of each change within a session."""
    return [(value(record, "from"), value(record, "to"))
            for record in of_type(records, "session.mode_changed")]


def disorder(records: List[Record]) -> List[str]:
    """What is wrong with the order: numbers are dense, nothing opens without a decision of its own
    before it, sample indexes of a session never go back, sessions begin once and end once."""
    complaints = []
    numbers = [int(record["sequence"]) for record in records]
    if numbers != list(range(numbers[0], numbers[0] + len(numbers))) if numbers else False:
        complaints.append(f"the sequence numbers have a gap: {numbers}")
    sessions = sorted({value(record, "session") for record in records
                       if value(record, "session")})
    for session in sessions:
        own = [record for record in records if value(record, "session") == session]
        complaints += [f"session {session}: {text}" for text in _session_disorder(own)]
    return complaints


def _session_disorder(records: List[Record]) -> List[str]:
    complaints = []
    permitted_mode: Optional[str] = None
    last_sample = -1
    joined = left = 0
    for record in records:
        kind = record["type"]
        if left:
            complaints.append(f"{kind} after it was left")
        if kind == "decision.made":
            permitted_mode = value(record, "mode") if permitted(record) else None
        if kind in CHANGES:
            joined += kind == "session.joined"
            before, after = value(record, "from", "off"), value(record, "to")
            if LADDER.index(after) > LADDER.index(before):
                if permitted_mode != after:
                    complaints.append(f"{after} opens without a decision before it")
                permitted_mode = None
        if kind in (*CHANGES, "session.left") and value(record, "sample") is not None:
            if sample(record) < last_sample:
                complaints.append(f"{kind} at sample {sample(record)} follows {last_sample}")
            last_sample = sample(record)
        left += kind == "session.left"
    if joined > 1:
        complaints.append(f"joined {joined} times")
    if joined and not left:
        complaints.append("joined and never left")
    return complaints


def lines(records: Iterable[Record]) -> List[str]:
    """Each record as a person reads it."""
    return [_line(record) for record in records]


def _line(record: Record) -> str:
    kind = record["type"]
    text = ""
    if kind == "session.requested":
        text = f"{value(record, 'supervisor')} asks for {value(record, 'to')}"
        text += f" on agent {value(record, 'agent')}"
    elif kind == "decision.made":
        text = f"{value(record, 'mode')}: {value(record, 'effect')}"
        rule = value(record, "winner") or value(record, "code")
        text += f" ({rule})" if rule else ""
    elif value(record, "from") and value(record, "to"):
        text = f"{value(record, 'from')} → {value(record, 'to')}"
        text += f" at sample {value(record, 'sample')}"
    elif value(record, "sample") is not None:
        text = f"agent {value(record, 'agent')} at sample {value(record, 'sample')}"
    return f"{record['time'][11:23]}  {kind:<24} {text}".rstrip()
