#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""How calls begin, change and end: ringing, cancelling, holding, and who is left at the end."""
from __future__ import annotations

import re
import sys
import threading
import time
import unittest
from pathlib import Path
from typing import Any, Dict, List, Optional

sys.path.insert(0, str(Path(__file__).resolve().parents[3] / "tests/e2e"))

from bargetest import audit, capture  # noqa: E402
from bargetest import sip_message as sip  # noqa: E402
from bargetest.bridge import (  # noqa: E402
    AGENT, CUSTOMER, OTHER_AGENT, OTHER_CUSTOMER, SECRET, SUPERVISOR)
from bargetest.process import wait_until  # noqa: E402
from bargetest.rtp_sender import noise  # noqa: E402
from bargetest.rules import JOIN_CODE  # noqa: E402
from bargetest.scene import AgentScene  # noqa: E402
from bargetest.sip_message import Message  # noqa: E402
from bargetest.ua import Call, Refused, UserAgent  # noqa: E402

ANSWER_TIMEOUT_MS = 1500
UNATTENDED_S = 1


class Phone(UserAgent):
    """Remembers what it was asked, and may let the phone ring for ever."""

    rings_only = False

    def __init__(self, *arguments: Any, **more: Any) -> None:
        self.requests: List[Message] = []
        self.last_invite: Optional[Message] = None
        super().__init__(*arguments, **more)

    def _on_request(self, message: Message, source: Any) -> None:
        self.requests.append(message)
        super()._on_request(message, source)

    def _on_invite(self, message: Message) -> Message:
        if self.rings_only:
            return sip.response(message, 180, "Ringing", "ringing")
        return super()._on_invite(message)

    def transact(self, request: Message, timeout: float = 6.0) -> Message:
        if request.method == "INVITE":
            self.last_invite = request
        return super().transact(request, timeout)

    def was_asked(self, method: str) -> bool:
        return any(request.method == method for request in self.requests)

    def _on_response(self, message: Message) -> None:
        if message.method == "CANCEL":
            return  # it has the branch of the INVITE, which waits for an answer of its own
        super()._on_response(message)

    def cancel(self) -> None:
        """CANCELs the last INVITE."""
        invite = self.last_invite
        assert invite is not None
        number = invite.get("CSeq").split()[0]
        headers = {"Via", "From", "To", "Call-ID", "Max-Forwards"}
        cancel = Message(invite.start.replace("INVITE", "CANCEL", 1),
                         [(key, value) for key, value in invite.headers if key in headers] +
                         [("CSeq", f"{number} CANCEL")])
        self.socket.sendto(cancel.encode(), self.server)

    def renegotiate(self, call: Call, body: str) -> Message:
        """A re-INVITE with this body, and its ACK."""
        request = call.request("INVITE")
        if body:
            request.headers.append(("Content-Type", "application/sdp"))
            request.body = body
        answer = self.transact(request)
        ack = call.request("ACK")
        if not body and answer.status == 200:
            ack.headers.append(("Content-Type", "application/sdp"))
            ack.body = sip.sdp(self.rtp_port, self.payload_type)
        self.socket.sendto(ack.encode(), self.server)
        return answer


class Floor(AgentScene):
    """The scene with such phones."""

    agents: Dict[str, Phone]  # type: ignore[assignment]

    def user_agent(self, extension: str, payload: Any = None, payload_type: int = 0,
                   secret: str = SECRET) -> Phone:
        return self.enter_context(Phone(extension, secret, self.bridge.port, self.sender,
                                        payload, payload_type))


class Calls(unittest.TestCase):
    def setUp(self) -> None:
        self.floor = Floor(changes={"answer_timeout_ms": ANSWER_TIMEOUT_MS,
                                    "unattended_s": UNATTENDED_S})
        self.addCleanup(self.floor.close)
        self.customer, self.agent, self.supervisor = (
            self.floor.agents[role] for role in ("customer", "agent", "supervisor"))

    def tearDown(self) -> None:
        self.assertEqual(self.floor.bridge.terminate(), 0, self.floor.bridge.log_text())

    def recorded(self, kind: str) -> audit.Record:
        """The first record of this type; it may still be on its way to the disk."""
        found = wait_until(lambda: audit.of_type(self.floor.bridge.records(), kind), 3, kind)
        return found[0]

    def ended(self, call: Call) -> None:
        self.assertTrue(call.ended.wait(3), self.floor.bridge.log_text())

    def logged(self, text: str) -> None:
        wait_until(lambda: text in self.floor.bridge.log_text(), 3, f"the log says `{text}`")

    def test_a_phone_that_only_rings_is_unavailable_in_the_end(self) -> None:
        self.agent.rings_only = True
        begin = time.monotonic()
        with self.assertRaises(Refused) as refused:
            self.customer.dial(AGENT)
        self.assertEqual(refused.exception.status, 480)
        self.assertGreater(time.monotonic() - begin, ANSWER_TIMEOUT_MS / 1000)
        wait_until(lambda: self.agent.was_asked("CANCEL"), 3, "the agent's phone stops ringing")

    def test_a_caller_who_gives_up_stops_the_agents_phone(self) -> None:
        self.agent.rings_only = True
        outcome: List[int] = []

        def dial() -> None:
            try:
                self.customer.dial(AGENT)
            except Refused as refused:
                outcome.append(refused.status)

        caller = threading.Thread(target=dial)
        caller.start()
        wait_until(lambda: self.agent.was_asked("INVITE"), 3, "the agent's phone rings")
        self.logged("rings")
        self.customer.cancel()
        caller.join(5)
        self.assertEqual(outcome, [487])
        wait_until(lambda: self.agent.was_asked("CANCEL"), 3, "the agent's phone stops ringing")
        self.agent.rings_only = False
        self.floor.connect()  # and both are free again

    def test_hold_silences_the_bridge_and_resume_goes_on_where_it_was(self) -> None:
        self.floor.connect()
        time.sleep(0.3)
        call = self.floor.calls["customer"]
        offer = sip.sdp(self.customer.rtp_port, 0)
        traffic = self.floor.capture_all()
        time.sleep(0.2)
        answer = self.customer.renegotiate(call, offer.replace("sendrecv", "sendonly"))
        self.assertEqual(answer.status, 200)
        self.assertIn("a=recvonly", answer.body)
        time.sleep(0.5)
        resumed_at = time.time()
        answer = self.customer.renegotiate(call, offer)
        self.assertIn("a=sendrecv", answer.body)
        time.sleep(0.5)
        traffic.stop()
        packets = capture.audio(capture.sent_to(traffic.rtp(), self.customer.rtp_ports))
        gaps = [later.time - earlier.time for earlier, later in zip(packets, packets[1:])]
        self.assertGreater(max(gaps), 0.4)
        self.assertEqual(len({packet.ssrc for packet in packets}), 1)
        sequences = [packet.sequence for packet in packets]
        self.assertEqual({(b - a) % 65536 for a, b in zip(sequences, sequences[1:])}, {1})
        self.assertGreater(len([p for p in packets if p.time > resumed_at]), 15)

    def test_what_a_phone_plays_to_those_whom_it_holds_is_not_heard(self) -> None:
        self.floor.connect()
        call = self.floor.calls["agent"]
        offer = sip.sdp(self.agent.rtp_port, 0)
        with self.floor.capture_all() as traffic:
            self.agent.renegotiate(call, offer.replace("sendrecv", "sendonly"))
            time.sleep(2 * UNATTENDED_S)  # whoever is on hold is not gone
            resumed_at = time.time()
            self.agent.renegotiate(call, offer)
            time.sleep(0.5)
        heard = capture.sent_to(traffic.rtp(), self.customer.rtp_ports)
        held = [packet.payload for packet in heard
                if resumed_at - UNATTENDED_S < packet.time < resumed_at]
        said = {self.floor.payloads["agent"](at) for at in range(6000)}
        self.assertGreater(len(held), 30)
        self.assertEqual(len(said.intersection(held)), 0)
        self.assertTrue(all(packet.payload in said for packet in heard[-10:]))
        self.assertFalse(call.ended.is_set())

    def test_a_colleague_joins_and_can_go_on_alone(self) -> None:
        self.floor.connect()
        payload = noise(9)
        colleague = self.floor.user_agent(OTHER_AGENT, payload)
        joined = colleague.dial(JOIN_CODE + AGENT)
        self.logged("joins the call")
        self.floor.calls["agent"].hang_up()
        with self.floor.captured([self.customer.rtp_ports, colleague.rtp_ports]) as traffic:
            time.sleep(2 * UNATTENDED_S)
        for listener, speaker in ((self.customer, payload),
                                  (colleague, self.floor.payloads["customer"])):
            said = {speaker(at) for at in range(6000)}
            heard = capture.sent_to(traffic.rtp(), listener.rtp_ports)
            self.assertTrue(all(packet.payload in said for packet in heard[20:-5]))
        self.floor.calls["customer"].hang_up()
        self.ended(joined)

    def test_only_agents_join_and_only_a_colleagues_live_call(self) -> None:
        colleague = self.floor.user_agent(OTHER_AGENT)
        stranger = self.floor.user_agent(OTHER_CUSTOMER)

        def refused(status: int, phone: Phone, agent: str) -> None:
            with self.assertRaises(Refused) as refusal:
                phone.dial(JOIN_CODE + agent)
            self.assertEqual(refusal.exception.status, status)

        refused(480, colleague, AGENT)
        self.floor.connect()
        refused(403, stranger, AGENT)
        refused(403, self.supervisor, AGENT)
        refused(404, colleague, "9999")
        refused(404, colleague, CUSTOMER)
        refused(486, self.agent, AGENT)

    def test_a_phone_that_sends_nothing_to_a_supervised_call_is_named(self) -> None:
        self.floor.connect()
        self.floor.supervise("monitor")
        time.sleep(0.5)
        self.floor.sender.remove(self.floor.calls["agent"].stream)
        wait_until(lambda: re.search("2001 Alex +no media from this phone",
                                     self.floor.bridge.log_text()), 10, "the phone is named")
        self.floor.sender.add(self.floor.calls["agent"].stream)
        wait_until(lambda: "media flow again" in self.floor.bridge.log_text(), 5, "it is back")

    def test_an_offer_can_be_asked_for_in_mid_call(self) -> None:
        self.floor.connect()
        answer = self.customer.renegotiate(self.floor.calls["customer"], "")
        self.assertEqual(answer.status, 200)
        self.assertIn("RTP/AVP 0 8 101", answer.body)
        self.logged("renegotiates")
        self.floor.calls["customer"].hang_up()
        self.ended(self.floor.calls["agent"])

    def test_a_renegotiation_we_cannot_take_part_in_leaves_the_call_as_it_was(self) -> None:
        self.floor.connect()
        answer = self.customer.renegotiate(self.floor.calls["customer"], "v=0\r\nm=nonsense\r\n")
        self.assertEqual(answer.status, 488)
        self.floor.calls["customer"].hang_up()
        self.ended(self.floor.calls["agent"])

    def test_an_agent_who_hangs_up_under_a_monitor_leaves_the_customer_to_wait_for_a_while(
            self) -> None:
        self.floor.connect()
        self.floor.supervise("monitor")
        self.floor.calls["agent"].hang_up()
        left_at = time.monotonic()
        self.ended(self.floor.calls["customer"])
        self.assertGreater(time.monotonic() - left_at, 0.8 * UNATTENDED_S)
        self.ended(self.floor.calls["supervisor"])
        self.recorded("call.unattended")

    def test_a_supervisor_can_take_care_of_a_customer_who_waits(self) -> None:
        self.floor.connect()
        self.floor.supervise("monitor")
        self.floor.calls["agent"].hang_up()
        time.sleep(0.2)
        self.floor.press("2", 2 * UNATTENDED_S)
        self.assertFalse(self.floor.calls["customer"].ended.is_set())
        self.floor.press("*", 0)
        self.ended(self.floor.calls["customer"])

    def test_an_agent_who_hangs_up_during_a_barge_leaves_the_customer_to_the_supervisor(
            self) -> None:
        self.floor.connect()
        self.floor.supervise("barge")
        self.floor.calls["agent"].hang_up()
        time.sleep(0.5)
        self.assertFalse(self.floor.calls["customer"].ended.is_set())
        self.assertFalse(self.floor.calls["supervisor"].ended.is_set())
        self.floor.press("*", 0)
        self.ended(self.floor.calls["supervisor"])
        self.ended(self.floor.calls["customer"])

    def test_a_customer_who_hangs_up_ends_it_for_everybody(self) -> None:
        self.floor.connect()
        self.floor.supervise("whisper")
        self.floor.calls["customer"].hang_up()
        self.ended(self.floor.calls["agent"])
        self.ended(self.floor.calls["supervisor"])
        self.assertEqual(audit.value(self.recorded("session.left"), "cause"), "call_ended")

    def test_a_supervisor_who_hangs_up_during_a_takeover_gives_the_call_back(self) -> None:
        self.floor.connect()
        self.floor.supervise("takeover")
        self.floor.calls["supervisor"].hang_up()
        self.assertEqual(audit.value(self.recorded("takeover.agent_returned"), "agent"), AGENT)
        self.assertFalse(self.floor.calls["customer"].ended.is_set())
        self.floor.calls["agent"].hang_up()
        self.ended(self.floor.calls["customer"])

    def test_the_same_supervisor_cannot_join_twice(self) -> None:
        self.floor.connect()
        self.floor.supervise("monitor")
        with self.assertRaises(Refused) as refused:
            self.supervisor.dial("*90" + AGENT)
        self.assertEqual(refused.exception.status, 486)
        self.assertEqual(audit.value(self.recorded("attempt.refused"), "who"), SUPERVISOR)

    def test_a_phone_that_unregisters_cannot_be_called(self) -> None:
        request = self.agent.new_request(
            "REGISTER", f"sip:{sip.HOST}:{self.agent.server[1]}", self.agent.uri(AGENT),
            [("Expires", "0")])
        self.assertEqual(self.agent.authenticated(request).status, 200)
        with self.assertRaises(Refused) as refused:
            self.customer.dial(AGENT)
        self.assertEqual(refused.exception.status, 480)

    def test_nobody_registers_for_somebody_else(self) -> None:
        request = self.customer.new_request(
            "REGISTER", f"sip:{sip.HOST}:{self.customer.server[1]}", self.customer.uri(AGENT),
            [("Expires", "60")])
        self.assertEqual(self.customer.authenticated(request).status, 403)


if __name__ == "__main__":
    unittest.main(verbosity=2)
