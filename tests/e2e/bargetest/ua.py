# SPDX-License-Identifier: Apache-2.0
"""A SIP user agent of our own: it does what a phone does, and what no phone would do."""
from __future__ import annotations

import queue
import re
import secrets
import socket
import threading
from typing import Dict, List, Optional, Tuple

from . import sip_message as sip
from .rtp_sender import Payload, Sender, Stream, silence
from .sip_message import HOST, Message

RETRANSMIT = (0.5, 1.0, 2.0, 2.0)


class Refused(Exception):
    """A final response that is not 2xx."""

    def __init__(self, message: Message) -> None:
        super().__init__(message.start)
        self.status = message.status
        self.message = message


class Call:
    """One dialog (RFC 3261, 12) and its outgoing RTP."""

    def __init__(self, agent: "UserAgent", call_id: str, local: str, remote: str, target: str,
                 stream: Stream) -> None:
        self._agent = agent
        self.call_id = call_id
        self.local, self.remote, self.target = local, remote, target
        self.stream = stream
        self.sequence = 1
        self.answer: Optional[Message] = None  # ours, to an INVITE that came in
        self.ended = threading.Event()  # a BYE has come from the far end

    def request(self, method: str) -> Message:
        """A request within the dialog; an ACK has the sequence number of its INVITE."""
        if method != "ACK":
            self.sequence += 1
        return Message(f"{method} {self.target} SIP/2.0", [
            ("Via", self._agent.via()), ("Max-Forwards", "70"), ("From", self.local),
            ("To", self.remote), ("Call-ID", self.call_id), ("CSeq", f"{self.sequence} {method}"),
            ("Contact", self._agent.contact())])

    def press(self, digit: str) -> None:
        self.stream.press(digit)

    def hang_up(self) -> None:
        """BYE; returns when it has been answered."""
        self._agent.sender.remove(self.stream)
        self._agent.transact(self.request("BYE"))


class UserAgent:
    """An account with a SIP socket and an RTP socket. Incoming calls are answered at once, or get
    `answer_status`. `payload` makes the packets that it sends in every call."""

    def __init__(self, extension: str, secret: str, server_port: int, sender: Sender,
                 payload: Optional[Payload] = None, payload_type: int = 0) -> None:
        self.extension, self.secret = extension, secret
        self.server = (HOST, server_port)
        self.sender = sender
        self.payload = payload or silence(0xff if payload_type == 0 else 0xd5)
        self.payload_type = payload_type
        self.answer_status = 200
        self.calls: "queue.Queue[Call]" = queue.Queue()  # incoming ones, answered
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind((HOST, 0))
        self.rtp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.rtp.bind((HOST, 0))
        self.port: int = self.socket.getsockname()[1]
        self.rtp_port: int = self.rtp.getsockname()[1]
        self.rtp_ports = (self.rtp_port, self.rtp_port)
        self._waiting: Dict[str, "queue.Queue[Message]"] = {}
        self._dialogs: Dict[str, Call] = {}
        self._acks: Dict[str, bytes] = {}
        self._closing = threading.Event()
        self._thread = threading.Thread(target=self._receive, name=extension, daemon=True)
        self._thread.start()

    def __enter__(self) -> "UserAgent":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Goes silent without a word to anybody."""
        for call in self._dialogs.values():
            self.sender.remove(call.stream)
        self._closing.set()
        self._thread.join()
        self.socket.close()
        self.rtp.close()

    # Building requests

    def uri(self, extension: str) -> str:
        return f"sip:{extension}@{HOST}:{self.server[1]}"

    def via(self) -> str:
        return f"SIP/2.0/UDP {HOST}:{self.port};branch={sip.new_branch()};rport"

    def contact(self) -> str:
        return f"<sip:{self.extension}@{HOST}:{self.port}>"

    def new_request(self, method: str, uri: str, to: str,
                    more: Optional[List[Tuple[str, str]]] = None, body: str = "") -> Message:
        """A request outside of any dialog."""
        return Message(f"{method} {uri} SIP/2.0", [
            ("Via", self.via()), ("Max-Forwards", "70"),
            ("From", f"<{self.uri(self.extension)}>;tag={secrets.token_hex(6)}"),
            ("To", f"<{to}>"), ("Call-ID", secrets.token_hex(12)), ("CSeq", f"1 {method}"),
            ("Contact", self.contact()), *(more or [])], body)

    # Transactions

    def transact(self, request: Message, timeout: float = 6.0) -> Message:
        """Sends a request until its final response comes; raises TimeoutError without one."""
        branch = sip_branch(request.get("Via"))
        answers: "queue.Queue[Message]" = queue.Queue()
        self._waiting[branch] = answers
        data = request.encode()
        provisional = False
        waits = list(RETRANSMIT)
        try:
            self.socket.sendto(data, self.server)
            while True:
                wait = timeout if provisional or not waits else waits.pop(0)
                try:
                    answer = answers.get(timeout=wait)
                except queue.Empty:
                    if provisional or not waits:
                        raise TimeoutError(f"no final response to {request.start}") from None
                    self.socket.sendto(data, self.server)
                    continue
                if answer.status >= 200:
                    return answer
                provisional = True
        finally:
            del self._waiting[branch]

    def _acknowledge_failure(self, request: Message, answer: Message) -> None:
        ack = Message(request.start.replace("INVITE", "ACK", 1), [
            ("Via", request.get("Via")), ("Max-Forwards", "70"), ("From", request.get("From")),
            ("To", answer.get("To")), ("Call-ID", request.get("Call-ID")),
            ("CSeq", request.get("CSeq").replace("INVITE", "ACK"))])
        self.socket.sendto(ack.encode(), self.server)

    def authenticated(self, request: Message, secret: Optional[str] = None) -> Message:
        """Sends, answers one challenge, and returns the final response."""
        answer = self.transact(request)
        if request.method == "INVITE" and answer.status >= 300:
            self._acknowledge_failure(request, answer)
        if answer.status != 401:
            return answer
        number, method = request.get("CSeq").split()
        uri = request.start.split()[1]
        replaced = {"via": self.via(), "cseq": f"{int(number) + 1} {method}"}
        request.headers = [(key, replaced.get(key.lower(), value))
                           for key, value in request.headers]
        request.headers.append(("Authorization", sip.digest_answer(
            answer.get("WWW-Authenticate"), method, uri, self.extension, secret or self.secret)))
        answer = self.transact(request)
        if method == "INVITE" and answer.status >= 300:
            self._acknowledge_failure(request, answer)
        return answer

    # What a phone does

    def register(self, secret: Optional[str] = None) -> None:
        """Registers; raises Refused."""
        answer = self.authenticated(self.new_request(
            "REGISTER", f"sip:{HOST}:{self.server[1]}", self.uri(self.extension),
            [("Expires", "600")]), secret)
        if answer.status != 200:
            raise Refused(answer)

    def dial(self, extension: str, secret: Optional[str] = None) -> Call:
        """Calls; returns when the call is answered and RTP flows, raises Refused otherwise."""
        request = self.new_request(
            "INVITE", self.uri(extension), self.uri(extension),
            [("Content-Type", "application/sdp")], sip.sdp(self.rtp_port, self.payload_type))
        answer = self.authenticated(request, secret)
        if answer.status != 200:
            raise Refused(answer)
        call = Call(self, request.get("Call-ID"), request.get("From"), answer.get("To"),
                    sip.uri_of(answer.get("Contact")), self._new_stream())
        call.sequence = int(request.get("CSeq").split()[0])
        self._dialogs[call.call_id] = call
        self._acks[call.call_id] = call.request("ACK").encode()
        self.socket.sendto(self._acks[call.call_id], self.server)
        self._start_media(call, answer.body)
        return call

    def _new_stream(self) -> Stream:
        return Stream(self.rtp, self.payload, self.payload_type)

    def _start_media(self, call: Call, body: str) -> None:
        call.stream.remote = sip.media_port(body)
        self.sender.add(call.stream)

    # What comes in

    def _receive(self) -> None:
        self.socket.settimeout(0.05)
        while not self._closing.is_set():
            try:
                data, source = self.socket.recvfrom(65536)
            except (TimeoutError, ConnectionError):
                continue
            message = sip.parse(data)
            if message.status is not None:
                self._on_response(message)
            elif message.method:
                self._on_request(message, source)

    def _on_response(self, message: Message) -> None:
        waiting = self._waiting.get(sip_branch(message.get("Via")))
        if waiting is not None:
            waiting.put(message)
        elif "INVITE" in message.get("CSeq") and message.get("Call-ID") in self._acks:
            self.socket.sendto(self._acks[message.get("Call-ID")], self.server)

    def _on_request(self, message: Message, source: Tuple[str, int]) -> None:
        call = self._dialogs.get(message.get("Call-ID"))
        if message.method == "INVITE":
            answer = call.answer if call else self._on_invite(message)
        elif message.method == "ACK":
            return
        elif message.method == "BYE" and call is not None:
            self.sender.remove(call.stream)
            call.ended.set()
            answer = sip.response(message, 200, "OK")
        elif message.method in ("OPTIONS", "CANCEL"):
            answer = sip.response(message, 200, "OK", secrets.token_hex(6))
        else:
            answer = sip.response(message, 481, "Call Does Not Exist", secrets.token_hex(6))
        self.socket.sendto(answer.encode(), source)

    def _on_invite(self, message: Message) -> Message:
        tag = secrets.token_hex(6)
        if self.answer_status != 200:
            return sip.response(message, self.answer_status, "Refused", tag)
        call = Call(self, message.get("Call-ID"), message.get("To") + f";tag={tag}",
                    message.get("From"), sip.uri_of(message.get("Contact")), self._new_stream())
        self._dialogs[call.call_id] = call
        self._start_media(call, message.body)
        call.answer = sip.response(message, 200, "OK", tag, [
            ("Contact", self.contact()), ("Content-Type", "application/sdp")],
            sip.sdp(self.rtp_port, self.payload_type))
        self.calls.put(call)
        return call.answer


def sip_branch(via: str) -> str:
    found = re.search(r";\s*branch=([^;\s]+)", via)
    return found.group(1) if found else ""
