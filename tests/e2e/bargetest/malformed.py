# SPDX-License-Identifier: Apache-2.0
"""SIP and RTP that no phone should send."""
from __future__ import annotations

import secrets
import struct
from typing import Callable, Dict, List, Optional, Tuple

from .sip_message import HOST, Message, new_branch, sdp
from .ua import UserAgent

# name -> (what to change in a good request, the status that the bridge answers with)
Change = Callable[[Message], None]


def _set(message: Message, name: str, value: str) -> None:
    message.headers = [(key, value if key.lower() == name.lower() else old)
                       for key, old in message.headers]


def _with(name: str, value: str) -> Change:
    return lambda message: _set(message, name, value)


def _added(name: str, value: str) -> Change:
    return lambda message: message.headers.append((name, value))


def _start(old: str, new: str) -> Change:
    def change(message: Message) -> None:
        message.start = message.start.replace(old, new, 1)
    return change


ANSWERED: Dict[str, Tuple[Change, int]] = {
    "CSeq names another method": (_with("CSeq", "1 REGISTER"), 400),
    "CSeq number above 2^31": (_with("CSeq", "4294967295 OPTIONS"), 400),
    "Max-Forwards is 0": (_with("Max-Forwards", "0"), 483),
    "an extension is required that nobody knows": (_added("Require", "teleportation"), 420),
    "the request URI has an unknown scheme": (_start("sip:", "gopher:"), 416),
}


def good_options(agent: UserAgent) -> Message:
    """A request that every server answers."""
    return agent.new_request("OPTIONS", f"sip:{HOST}:{agent.server[1]}",
                             f"sip:{HOST}:{agent.server[1]}")


def unanswerable(agent: UserAgent) -> Dict[str, bytes]:
    """Datagrams that need no answer; they must do no harm."""
    good = good_options(agent).encode()
    invite = agent.new_request("INVITE", agent.uri("2002"), agent.uri("2002"),
                               [("Content-Type", "application/sdp")],
                               sdp(agent.rtp_port, 0)).encode()
    lines = good.split(b"\r\n")

    def without(name: bytes) -> bytes:
        return b"\r\n".join(line for line in lines if not line.startswith(name + b":"))

    return {
        "an empty datagram": b"",
        "a keep-alive": b"\r\n\r\n",
        "random bytes": secrets.token_bytes(600),
        "zero bytes": bytes(600),
        "half a first line": b"INVITE sip:20",
        "a header without its end": good[:-2],
        "an INVITE cut in its body": invite[:-60],
        "an INVITE whose body is longer than it says": invite + b"v=0\r\n" * 40,
        "no Via": without(b"Via"),
        "no Call-ID": without(b"Call-ID"),
        "no From": without(b"From"),
        "no To": without(b"To"),
        "no CSeq": without(b"CSeq"),
        "CSeq is no number": good.replace(b"CSeq: 1", b"CSeq: one"),
        "the version is SIP/7.0": good.replace(b"SIP/2.0\r\n", b"SIP/7.0\r\n", 1),
        "a response to nothing": b"SIP/2.0 200 OK\r\n" + b"\r\n".join(lines[1:]),
        "a status of 9999": b"SIP/2.0 9999 Odd\r\n" + b"\r\n".join(lines[1:]),
        "a header of 20,000 bytes": good.replace(b"Max-Forwards: 70",
                                                 b"Subject: " + b"x" * 20000),
        "five hundred Via headers": good.replace(
            lines[1], b"\r\n".join([lines[1]] + [b"Via: SIP/2.0/UDP 127.0.0.1:9;branch="
                                                 + new_branch().encode()] * 500)),
        "a zero byte within a header": good.replace(b"Max-Forwards: 70", b"Max-Forwards: 7\x000"),
        "invalid UTF-8 in From": good.replace(b"From: <", b"From: \"\xff\xfe\xc3\" <"),
        "a negative Content-Length": good.replace(b"Content-Length: 0", b"Content-Length: -1"),
        "an endless digest": good.replace(b"Max-Forwards: 70",
                                          b"Authorization: Digest " + b"a=\"" * 2000),
    }


# Session descriptions that nobody can answer.
DESCRIPTIONS: Dict[str, str] = {
    "is empty": "",
    "is no session description": "hello\r\n",
    "has no audio": "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\n"
                    "m=video 4000 RTP/AVP 96\r\n",
    "has a port that is none": sdp(0, 0).replace("audio 0", "audio 99999"),
    "has no codec that both know": sdp(4000, 0).replace("AVP 0 101", "AVP 18 101").replace(
        "rtpmap:0 PCMU", "rtpmap:18 G729"),
}


def rtp(sequence: int, timestamp: int, ssrc: int, payload: bytes, payload_type: int = 0,
        first: int = 0x80) -> bytes:
    return struct.pack("!BBHII", first, payload_type, sequence & 0xffff,
                       timestamp & 0xffffffff, ssrc) + payload


def bad_rtp(sequence: int, timestamp: int, ssrc: int) -> List[Tuple[str, bytes]]:
    """Malformed packets that pretend to come next in a stream."""
    loud = bytes([0x80]) * 160
    good = rtp(sequence, timestamp, ssrc, loud)
    return [
        ("empty", b""),
        ("one byte", b"\x80"),
        ("eleven bytes", good[:11]),
        ("a header alone", good[:12]),
        ("version 0", rtp(sequence, timestamp, ssrc, loud, first=0x00)),
        ("version 3", rtp(sequence, timestamp, ssrc, loud, first=0xc0)),
        ("fifteen sources, none there", rtp(sequence, timestamp, ssrc, b"\x80" * 20, first=0x8f)),
        ("an extension longer than the packet",
         rtp(sequence, timestamp, ssrc, b"\xbe\xde\xff\xff" + loud, first=0x90)),
        ("padding longer than the packet",
         rtp(sequence, timestamp, ssrc, loud[:-1] + b"\xff", first=0xa0)),
        ("an unknown payload type", rtp(sequence, timestamp, ssrc, loud, payload_type=77)),
        ("an event of two bytes", rtp(sequence, timestamp, ssrc, b"\x01\x0a", payload_type=101)),
        ("an event with an unknown code",
         rtp(sequence, timestamp, ssrc, b"\xc8\x0a\x00\xa0", payload_type=101)),
        ("random bytes", secrets.token_bytes(172)),
        ("a SIP message", b"BYE sip:2001@127.0.0.1 SIP/2.0\r\n\r\n"),
    ]


def stranger(ssrc: Optional[int] = None) -> List[bytes]:
    """Good RTP from somebody who is not in the call."""
    source = secrets.randbits(32) if ssrc is None else ssrc
    return [rtp(at, at * 160, source, bytes([0x80]) * 160) for at in range(20)]
