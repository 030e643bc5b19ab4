#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Bad input gets the right answer, a record where it touches supervision, and harms no call."""
from __future__ import annotations

import contextlib
import time
import unittest
from typing import Iterator, Optional

from bargetest import audit, capture, judge, malformed
from bargetest import sip_message as sip
from bargetest.bridge import (AGENT, CUSTOMER, OTHER_AGENT, OTHER_CUSTOMER, OTHER_SUPERVISOR,
                              SECRET, SUPERVISOR, TRAINEE)
from bargetest.phone import Phone
from bargetest.process import wait_until
from bargetest.rtp_sender import noise
from bargetest.scene import AgentScene
from bargetest.ua import Call, Refused, UserAgent

DEAD_LEG_MS = 1500  # silence after which the bridge asks a phone for a sign of life
MAX_SILENCE = 15.0  # until a phone that vanished is given up, in seconds
PAYLOADS = 6000     # until the noise of a sender comes again
TOO_LATE = 0.015    # a packet of ours, in seconds; the bridge holds 20 ms in reserve


class BadInput(unittest.TestCase):
    """One call goes on all the while; each test shows that it has lost nothing."""

    scene: AgentScene
    runs = 0
    unjudged = 0  # streams

    @classmethod
    def setUpClass(cls) -> None:
        cls.scene = AgentScene(changes={"dead_leg_ms": DEAD_LEG_MS})
        cls.addClassCleanup(cls.scene.close)
        cls.scene.connect()
        cls.scene.supervise("monitor")
        cls.stranger = cls.scene.user_agent(OTHER_CUSTOMER)
        cls.stranger.register()
        cls.idle = cls.scene.user_agent(OTHER_AGENT, noise(9))
        cls.idle.register()
        cls.index_of = {role: {payload(at): at for at in range(PAYLOADS)}
                        for role, payload in cls.scene.payloads.items()}
        time.sleep(0.7)

    @classmethod
    def tearDownClass(cls) -> None:
        if cls.unjudged > cls.runs:  # of two streams a run
            raise AssertionError("the machine is too busy to measure on")

    @contextlib.contextmanager
    def running_call_unharmed(self) -> Iterator[None]:
        """Captures the call around what happens within and judges every packet of it, unless the
        machine was so busy that our own senders were late: that says nothing about the bridge."""
        BadInput.runs += 1
        traffic = self.scene.capture_all(f"run{BadInput.runs}")
        time.sleep(0.15)
        yield
        time.sleep(0.25)
        self.assertTrue(self.scene.bridge.process.running(), self.scene.bridge.log_text())
        traffic.stop()
        packets = traffic.rtp()
        for listener, speaker in (("customer", "agent"), ("agent", "customer")):
            heard = capture.sent_to(packets, self.scene.agents[listener].rtp_ports)
            said = capture.sent_by(packets, self.scene.agents[speaker].rtp_ports)
            self.assertGreater(len(heard), 10, listener)
            self.assertEqual(judge.discontinuities(heard), [], listener)
            if judge.lateness(said) > TOO_LATE:
                BadInput.unjudged += 1
                continue
            order = [self.index_of[speaker].get(packet.payload) for packet in heard]
            self.assertNotIn(None, order, f"the {listener} hears something that was never said")
            steps = {(after - before) % PAYLOADS for before, after in zip(order, order[1:])}
            self.assertEqual(steps, {1}, f"the {listener} lost or heard twice")
        self.assertFalse(any(call.ended.is_set() for call in self.scene.calls.values()))

    def refused(self, status: int, agent: UserAgent, dialled: str,
                secret: Optional[str] = None) -> None:
        with self.running_call_unharmed():
            with self.assertRaises(Refused) as refusal:
                agent.dial(dialled, secret)
        self.assertEqual(refusal.exception.status, status)

    def new_records(self, *types: str):
        """Records of these types since the last call of this function."""
        records = self.scene.bridge.records()
        seen = getattr(self, "_seen", 0)
        self._seen = len(records)
        return audit.of_type(records[seen:], *types)

    # Who may do what

    def test_a_wrong_digest_cannot_register(self) -> None:
        agent = self.scene.user_agent(CUSTOMER, secret="wrong")
        with self.running_call_unharmed():
            with self.assertRaises(Refused) as refusal:
                agent.register()
        self.assertEqual(refusal.exception.status, 403)

    def test_a_wrong_digest_cannot_call(self) -> None:
        self.refused(403, self.scene.user_agent(CUSTOMER, secret="wrong"), OTHER_AGENT)

    def test_an_account_that_does_not_exist_cannot_register(self) -> None:
        agent = self.scene.user_agent("7777", secret="any")
        with self.running_call_unharmed():
            with self.assertRaises(Refused) as refusal:
                agent.register()
        self.assertEqual(refusal.exception.status, 403)

    def test_somebody_elses_name_in_from_lends_no_rights(self) -> None:
        """The account is the one that authenticated, whatever From says."""
        agent = self.stranger
        request = agent.new_request(
            "INVITE", agent.uri("*90" + AGENT), agent.uri("*90" + AGENT),
            [("Content-Type", "application/sdp")], sip.sdp(agent.rtp_port, 0))
        request.headers = [
            (key, value.replace(OTHER_CUSTOMER, SUPERVISOR, 1) if key == "From" else value)
            for key, value in request.headers]
        with self.running_call_unharmed():
            self.assertEqual(agent.authenticated(request).status, 403)

    def test_an_unknown_extension_is_not_found(self) -> None:
        self.refused(404, self.stranger, "9999")

    def test_a_service_code_for_an_unknown_extension_is_not_found(self) -> None:
        supervisor = self.scene.user_agent(OTHER_SUPERVISOR)
        self.refused(404, supervisor, "*909999")

    def test_a_customer_may_not_supervise_and_the_log_says_who_tried(self) -> None:
        self.new_records()
        for code in ("*90", "*91", "*92", "*93"):
            self.refused(403, self.stranger, code + AGENT)
        tried = self.new_records("attempt.refused", "decision.made")
        self.assertEqual(len(tried), 4)
        for record in tried:
            self.assertIn(OTHER_CUSTOMER, str(record))

    def test_a_supervisor_without_permission_is_refused_and_the_decision_is_recorded(self) -> None:
        trainee = self.scene.user_agent(TRAINEE)
        trainee.register()
        self.new_records()
        for code in ("*90", "*92"):
            self.refused(403, trainee, code + AGENT)
        decisions = self.new_records("decision.made", "attempt.refused")
        self.assertEqual(len(decisions), 2)
        for record in decisions:
            self.assertFalse(audit.permitted(record))

    def test_an_idle_agents_service_code_is_temporarily_unavailable(self) -> None:
        supervisor = self.scene.user_agent(OTHER_SUPERVISOR)
        self.refused(480, supervisor, "*90" + OTHER_AGENT)

    def test_a_busy_agent_is_busy(self) -> None:
        self.refused(486, self.stranger, AGENT)

    def test_an_agent_who_declines_is_busy(self) -> None:
        self.idle.answer_status = 486
        self.addCleanup(setattr, self.idle, "answer_status", 200)
        self.refused(486, self.stranger, OTHER_AGENT)

    # Malformed

    def test_sip_that_breaks_the_rules_is_told_which_one(self) -> None:
        agent = self.stranger
        for name, (change, status) in malformed.ANSWERED.items():
            with self.subTest(name):
                request = malformed.good_options(agent)
                change(request)
                self.assertEqual(agent.transact(request, 2.0).status, status)
        self.assertIn("malformed", self.scene.bridge.log_text())
        self.stranger.register()  # it answers as ever

    def test_sip_that_cannot_be_answered_harms_nobody(self) -> None:
        with self.running_call_unharmed():
            for data in malformed.unanswerable(self.stranger).values():
                self.stranger.socket.sendto(data, self.stranger.server)
                time.sleep(0.02)
        self.stranger.register()  # it answers as ever

    def test_a_call_with_a_bad_session_description_is_refused(self) -> None:
        agent = self.stranger
        for name, description in malformed.DESCRIPTIONS.items():
            with self.subTest(f"a description that {name}"):
                request = agent.new_request(
                    "INVITE", agent.uri(OTHER_AGENT), agent.uri(OTHER_AGENT),
                    [("Content-Type", "application/sdp")], description)
                with self.running_call_unharmed():
                    status = agent.authenticated(request).status
                self.assertIn(status, (400, 415, 488), name)

    def test_malformed_rtp_from_a_phone_in_the_call_is_not_heard(self) -> None:
        call = self.scene.calls["agent"]
        with self.running_call_unharmed():
            for _ in range(3):
                stream = call.stream
                for _name, data in malformed.bad_rtp(stream.sequence, stream.timestamp,
                                                     stream.ssrc):
                    stream.socket.sendto(data, (sip.HOST, stream.remote))
                time.sleep(0.05)

    def test_rtp_from_a_stranger_is_not_heard(self) -> None:
        stream = self.scene.calls["agent"].stream
        with self.running_call_unharmed():
            for data in malformed.stranger() + malformed.stranger(stream.ssrc):
                self.stranger.rtp.sendto(data, (sip.HOST, stream.remote))
                time.sleep(0.005)

    # Vanished phones

    def test_a_supervisors_phone_that_vanishes_is_missed_and_recorded(self) -> None:
        phone = Phone(self.scene.directory / "vanishing", OTHER_SUPERVISOR, SECRET,
                      self.scene.bridge.port, tone_hz=1000)
        self.addCleanup(phone.stop)
        phone.wait_registered()
        left_before = len(audit.of_type(self.scene.bridge.records(), "session.left"))
        with self.running_call_unharmed():
            phone.dial("*90" + AGENT)
            phone.wait_event("CALL_ESTABLISHED")
        phone.vanish()
        wait_until(lambda: len(audit.of_type(self.scene.bridge.records(), "session.left"))
                   > left_before, MAX_SILENCE, "the vanished supervisor's session ends")
        with self.running_call_unharmed():
            pass

    def test_a_supervisor_who_vanishes_gives_the_agent_its_voice_back(self) -> None:
        customer = self.scene.user_agent(OTHER_CUSTOMER, noise(21))
        call = customer.dial(OTHER_AGENT)
        self.addCleanup(call.hang_up)
        agent: Call = self.idle.calls.get(timeout=5)
        said = {agent.stream.payload(at) for at in range(PAYLOADS)}
        supervisor = self.scene.user_agent(OTHER_SUPERVISOR, noise(22))
        supervisor.dial("*93" + OTHER_AGENT)
        with self.scene.captured([customer.rtp_ports], "takeover") as traffic:
            time.sleep(0.5)
            supervisor.close()
            wait_until(lambda: audit.of_type(self.scene.bridge.records(),
                                             "takeover.rolled_back"),
                       MAX_SILENCE, "the takeover is rolled back")
            time.sleep(0.3)
        heard = [packet.payload in said
                 for packet in capture.sent_to(traffic.rtp(), customer.rtp_ports)]
        self.assertFalse(any(heard[5:20]), "the agent is heard during the takeover")
        self.assertTrue(all(heard[-10:]), "the agent is not heard again")

    def test_a_supervisor_who_is_silent_is_not_taken_for_dead(self) -> None:
        supervisor = self.scene.user_agent(OTHER_SUPERVISOR)
        call = supervisor.dial("*90" + AGENT)
        self.scene.sender.remove(call.stream)
        with self.running_call_unharmed():
            self.assertFalse(call.ended.wait(3 * DEAD_LEG_MS / 1000))
        call.hang_up()

    def test_when_a_customers_phone_vanishes_the_agent_is_free_again(self) -> None:
        customer = self.scene.user_agent(OTHER_CUSTOMER, noise(11))
        customer.dial(OTHER_AGENT)
        call: Call = self.idle.calls.get(timeout=5)
        time.sleep(0.3)
        customer.close()
        with self.running_call_unharmed():
            self.assertTrue(call.ended.wait(MAX_SILENCE), "the agent was never told")
        again = self.scene.user_agent(OTHER_CUSTOMER, noise(12))
        again.dial(OTHER_AGENT).hang_up()
        self.idle.calls.get(timeout=5)


if __name__ == "__main__":
    unittest.main(verbosity=2)
