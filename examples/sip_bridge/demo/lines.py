# SPDX-License-Identifier: Apache-2.0
"""What is said in the demo, by whom, in which mode, and when the supervisor presses what."""
from __future__ import annotations

from dataclasses import dataclass
from typing import Dict, List, Optional

NAMES: Dict[str, str] = {"customer": "Carol", "agent": "Alex", "supervisor": "Sue"}
MODES = ("plain", "monitor", "whisper", "barge", "takeover", "handed_back")


@dataclass(frozen=True)
class Voice:
    """An espeak-ng voice: its name, speed in words a minute, pitch 0 to 99."""
    name: str
    speed: int
    pitch: int


VOICES: Dict[str, Voice] = {
    "customer": Voice("en-us+f3", 175, 60),
    "agent": Voice("en-gb+m3", 180, 35),
    "supervisor": Voice("en-gb-scotland+f2", 180, 45),
}


@dataclass(frozen=True)
class Line:
    """One utterance. Within it, `digit` is pressed: the rest is heard in the next mode."""
    mode: str
    speaker: str
    text: str
    digit: Optional[str] = None


SCRIPT: List[Line] = [
    Line("plain", "customer", "Hello, my bill is wrong again."),
    Line("plain", "agent", "I am sorry. Let me have a look."),

    Line("monitor", "customer", "That is the third time this year!"),
    Line("monitor", "agent", "One moment, I can see the invoice."),
    Line("monitor", "supervisor",
         "Nobody can hear me, I am only listening. Now I whisper to Alex alone.", "1"),

    Line("whisper", "customer", "I would like to cancel, please."),
    Line("whisper", "agent", "Please give me just one second."),
    Line("whisper", "supervisor",
         "Alex, offer her twenty percent. And now I join the two of you.", "2"),

    Line("barge", "customer", "Hello? Who else is there?"),
    Line("barge", "supervisor", "This is Sue, the team lead."),
    Line("barge", "agent",
         "Sue knows your case, Carol. She is going to take over from here.", "3"),

    Line("takeover", "customer", "Can you put it right, Sue?"),
    Line("takeover", "agent", "Nobody hears me any more."),
    Line("takeover", "supervisor",
         "Your refund is on its way, Carol. Now I hand you back to Alex.", "#"),

    Line("handed_back", "customer", "Thank you both very much."),
    Line("handed_back", "agent", "You are very welcome, Carol."),
    Line("handed_back", "supervisor", "Well done, Alex. I am leaving.", "*"),
]
