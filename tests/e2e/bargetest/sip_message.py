# SPDX-License-Identifier: Apache-2.0
"""SIP messages as text (RFC 3261) and digest answers (RFC 7616, MD5)."""
from __future__ import annotations

import hashlib
import re
import secrets
from dataclasses import dataclass, field
from typing import Dict, List, Optional, Tuple

HOST = "127.0.0.1"


@dataclass
class Message:
    """A request or a response: first line, headers in order, body."""
    start: str
    headers: List[Tuple[str, str]] = field(default_factory=list)
    body: str = ""

    @property
    def status(self) -> Optional[int]:
        return int(self.start.split()[1]) if self.start.startswith("SIP/2.0 ") else None

    @property
    def method(self) -> str:
        """The request's method, or that of the request a response answers."""
        if self.status is None:
            return self.start.split()[0]
        return self.get("CSeq").split()[1]

    def get(self, name: str, default: str = "") -> str:
        for key, value in self.headers:
            if key.lower() == name.lower():
                return value
        return default

    def all(self, name: str) -> List[str]:
        return [value for key, value in self.headers if key.lower() == name.lower()]

    def encode(self) -> bytes:
        lines = [self.start] + [f"{key}: {value}" for key, value in self.headers]
        body = self.body.encode()
        lines.append(f"Content-Length: {len(body)}")
        return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


def parse(data: bytes) -> Message:
    head, _, body = data.decode(errors="replace").partition("\r\n\r\n")
    lines = head.split("\r\n")
    message = Message(lines[0], body=body)
    for line in lines[1:]:
        key, _, value = line.partition(":")
        if key.lower() != "content-length":
            message.headers.append((key.strip(), value.strip()))
    return message


def new_branch() -> str:
    return "z9hG4bK" + secrets.token_hex(8)


def tag_of(value: str) -> str:
    found = re.search(r";\s*tag=([^;>\s]+)", value)
    return found.group(1) if found else ""


def uri_of(value: str) -> str:
    found = re.search(r"<([^>]+)>", value)
    return found.group(1) if found else value.split(";")[0].strip()


def response(request: Message, status: int, reason: str, to_tag: str = "",
             more: Optional[List[Tuple[str, str]]] = None, body: str = "") -> Message:
    """An answer with the headers that have to be copied from the request."""
    headers = [("Via", via) for via in request.all("Via")]
    headers += [("Record-Route", route) for route in request.all("Record-Route")]
    to = request.get("To")
    if to_tag and not tag_of(to):
        to += f";tag={to_tag}"
    headers += [("From", request.get("From")), ("To", to), ("Call-ID", request.get("Call-ID")),
                ("CSeq", request.get("CSeq"))]
    return Message(f"SIP/2.0 {status} {reason}", headers + (more or []), body)


def _md5(text: str) -> str:
    return hashlib.md5(text.encode()).hexdigest()


def digest_answer(challenge: str, method: str, uri: str, user: str, secret: str) -> str:
    """The value of an Authorization header for a WWW-Authenticate challenge."""
    fields: Dict[str, str] = {
        key.lower(): quoted or bare
        for key, quoted, bare in re.findall(r'(\w+)=(?:"([^"]*)"|([^,\s]+))', challenge)}
    realm, nonce = fields["realm"], fields["nonce"]
    first, second = _md5(f"{user}:{realm}:{secret}"), _md5(f"{method}:{uri}")
    answer = [f'username="{user}"', f'realm="{realm}"', f'nonce="{nonce}"', f'uri="{uri}"',
              "algorithm=MD5"]
    if "auth" in fields.get("qop", "").split(","):
        cnonce, count = secrets.token_hex(8), "00000001"
        value = _md5(f"{first}:{nonce}:{count}:{cnonce}:auth:{second}")
        answer += [f'response="{value}"', "qop=auth", f"nc={count}", f'cnonce="{cnonce}"']
    else:
        value = _md5(f"{first}:{nonce}:{second}")
        answer.append(f'response="{value}"')
    if "opaque" in fields:
        answer.append(f'opaque="{fields["opaque"]}"')
    return "Digest " + ", ".join(answer)


def sdp(port: int, payload_type: int) -> str:
    """An offer or answer of one G.711 stream with telephone events, 20 ms."""
    name = {0: "PCMU", 8: "PCMA"}[payload_type]
    return "\r\n".join([
        "v=0", f"o=- 1 1 IN IP4 {HOST}", "s=-", f"c=IN IP4 {HOST}", "t=0 0",
        f"m=audio {port} RTP/AVP {payload_type} 101", f"a=rtpmap:{payload_type} {name}/8000",
        "a=rtpmap:101 telephone-event/8000", "a=fmtp:101 0-15", "a=ptime:20", "a=sendrecv", ""])


def media_port(body: str) -> int:
    """The audio port of a session description."""
    found = re.search(r"^m=audio (\d+) ", body, re.MULTILINE)
    if not found:
        raise ValueError(f"no audio in the session description:\n{body}")
    return int(found.group(1))
