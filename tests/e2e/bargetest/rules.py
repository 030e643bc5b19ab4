# SPDX-License-Identifier: Apache-2.0
"""Who hears whom in each mode, written down once: every test and the demo expect just this."""
from __future__ import annotations

from typing import Dict, FrozenSet

ROLES = ("customer", "agent", "supervisor")

_nobody: FrozenSet[str] = frozenset()
_both = frozenset({"customer", "agent"})

# mode -> listener -> who is heard
HEARS: Dict[str, Dict[str, FrozenSet[str]]] = {
    "plain": {
        "customer": frozenset({"agent"}),
        "agent": frozenset({"customer"}),
        "supervisor": _nobody},
    "monitor": {
        "customer": frozenset({"agent"}),
        "agent": frozenset({"customer"}),
        "supervisor": _both},
    "whisper": {
        "customer": frozenset({"agent"}),
        "agent": frozenset({"customer", "supervisor"}),
        "supervisor": _both},
    "barge": {
        "customer": frozenset({"agent", "supervisor"}),
        "agent": frozenset({"customer", "supervisor"}),
        "supervisor": _both},
    "takeover": {
        "customer": frozenset({"supervisor"}),
        "agent": frozenset({"customer", "supervisor"}),
        "supervisor": frozenset({"customer"})},
}
HEARS["handed_back"] = HEARS["monitor"]

LADDER = ("off", "monitor", "whisper", "barge", "takeover")  # from the lowest mode up

SERVICE_CODES = {"monitor": "*90", "whisper": "*91", "barge": "*92", "takeover": "*93"}
JOIN_CODE = "*95"  # before an agent's extension: a colleague joins the call
DIGITS = {"monitor": "0", "whisper": "1", "barge": "2", "takeover": "3", "handed_back": "#"}
LEAVE = "*"


def hears(mode: str, listener: str, speaker: str) -> bool:
    """Whether `listener` hears `speaker` in that mode; nobody ever hears themselves."""
    return speaker in HEARS[mode][listener]
