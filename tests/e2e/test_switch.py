#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Every payload at every change of mode, byte for byte, on one capture."""
from __future__ import annotations

import time
import unittest
from typing import Dict, List

from bargetest import audit, capture, judge, rules
from bargetest.capture import RtpPacket
from bargetest.exact import Change, Exact
from bargetest.scene import AgentScene, modes_after

WALK = ["1", "0", "2", "0", "3", "1", "2", "1", "3", "2", "3", "#"]
STAY = 0.5               # in each mode, in seconds
TOO_LATE = 0.020         # a packet of ours: the bridge holds 40 ms in reserve, a switch may take 60
ATTEMPTS = 10
LONGEST_SWITCH_MS = 60
START_UP = 25            # packets until every sender's stream is flowing


class Switch(unittest.TestCase):
    scene: AgentScene
    everything: List[RtpPacket]
    sent: Dict[str, List[RtpPacket]]
    received: Dict[str, List[RtpPacket]]
    records: List[audit.Record]
    changes: List[Change]
    exact: Exact

    @classmethod
    def setUpClass(cls) -> None:
        cls.run_call()
        digits = capture.digits(capture.sent_by(
            cls.everything, cls.scene.agents["supervisor"].rtp_ports))
        modes = modes_after("monitor", WALK)
        applied = audit.of_type(cls.records, "session.mode_changed")
        cls.changes = [
            Change(before, after, pressed, audit.sample(record))
            for before, after, (pressed, _), record in zip(modes, modes[1:], digits, applied)]
        cls.exact = Exact(cls.sent, cls.received, cls.changes)
        cls._learn()

    @classmethod
    def run_call(cls) -> None:
        """The call. A machine so busy that our own senders were late says nothing about the
        bridge: then once more."""
        for attempt in range(ATTEMPTS):
            scene = cls.scene = AgentScene()
            cls.addClassCleanup(scene.close)
            traffic = scene.capture_all()
            scene.connect()
            time.sleep(1.5)
            scene.supervise("monitor")
            time.sleep(1.5)
            for digit in WALK:
                scene.press(digit, STAY)
            scene.press(rules.LEAVE, 1.0)
            cls.supervisor_was_told = scene.calls["supervisor"].ended.is_set()
            scene.calls["customer"].hang_up()
            cls.agent_was_told = scene.calls["agent"].ended.wait(2)
            traffic.stop()
            cls.records = scene.bridge.records()
            cls.everything = traffic.rtp()
            cls.sent = {role: capture.audio(capture.sent_by(cls.everything, agent.rtp_ports))
                        for role, agent in scene.agents.items()}
            cls.received = {role: capture.sent_to(cls.everything, agent.rtp_ports)
                            for role, agent in scene.agents.items()}
            late = max(judge.lateness(packets) for packets in cls.sent.values())
            if late <= TOO_LATE:
                return
            print(f"attempt {attempt + 1}: our own senders were {late * 1000:.0f} ms late")
            scene.close()
            time.sleep(2)
        raise AssertionError("the machine is too busy to measure on")

    @classmethod
    def _learn(cls) -> None:
        """Which packet of a speaker is in which packet to a listener, before anything changes;
        the supervisor's by the first change that lets it through."""
        lessons = [("customer", START_UP, "plain"), ("agent", START_UP, "plain"),
                   ("supervisor", START_UP, "monitor"),
                   ("agent", cls._packet_after("agent", 0), "whisper"),
                   ("customer", cls._packet_after("customer", 2), "barge")]
        for listener, at, mode in lessons:
            if not any(cls.exact.learn(listener, at + more, mode) for more in range(3)):
                raise AssertionError(f"no packet to the {listener} in {mode} is the mix of what "
                                     f"was sent\n{cls.scene.bridge.log_text()}")
        for listener in rules.ROLES:
            change = next(change for change in cls.changes
                          if listener in cls.exact.affected(change))
            at = cls.exact.first_different(listener, change)
            assert at is not None, f"the {listener} never hears {change.after}"
            cls.exact.learn_anchor(listener, at, change.tick)

    @classmethod
    def _packet_after(cls, listener: str, change: int) -> int:
        """A packet to the listener well after that change."""
        when = cls.changes[change].pressed + 0.2
        return next(at for at, packet in enumerate(cls.received[listener]) if packet.time > when)

    def test_every_digit_changed_the_mode(self) -> None:
        self.assertEqual(len(self.changes), len(WALK))
        self.assertEqual(audit.mode_changes(self.records),
                         [(change.before, change.after) for change in self.changes])

    def test_what_the_bridge_was_sent_is_what_was_meant(self) -> None:
        for role, packets in self.sent.items():
            payload = self.scene.payloads[role]
            self.assertEqual([packet.payload for packet in packets],
                             [payload(at) for at in range(len(packets))], role)

    def test_each_stream_has_one_source_and_no_gap(self) -> None:
        for role, packets in self.received.items():
            self.assertGreater(len(packets), 300)
            self.assertEqual(judge.discontinuities(packets), [], role)

    def test_no_sample_is_lost_or_repeated(self) -> None:
        for role, first_mode in (("customer", "plain"), ("agent", "plain"),
                                 ("supervisor", "monitor")):
            # A stream begins while the other legs' first packets are still on their way, and
            # ends when they have stopped.
            last = len(self.received[role]) - START_UP
            self.assertEqual([(at, mode) for at, mode in self.exact.unexplained(role, first_mode)
                              if START_UP <= at < last], [], role)

    def test_a_monitor_changes_no_byte_for_the_others(self) -> None:
        """The payload from before the monitor joined until the first whisper or barge is the
        other side's, in order, each packet once."""
        joined = self.received["supervisor"][0].time
        for listener, speaker, change in (("agent", "customer", 0), ("customer", "agent", 2)):
            first = START_UP
            last = self.exact.first_different(listener, self.changes[change])
            assert last is not None
            heard = [packet.payload for packet in self.received[listener][first:last]]
            spoken = [packet.payload for packet in self.sent[speaker]]
            begin = spoken.index(heard[0])
            self.assertEqual(heard, spoken[begin:begin + len(heard)])
            self.assertLess(self.received[listener][first].time, joined - 0.5)
            self.assertGreater(self.received[listener][last].time, joined + 1.0)

    def test_a_switch_is_heard_within_60_ms(self) -> None:
        for change in self.changes:
            for listener in self.exact.affected(change):
                at = self.exact.first_different(listener, change)
                self.assertIsNotNone(at, f"{change}: nothing changes for the {listener}")
                took = (self.received[listener][at].time - change.pressed) * 1000
                with self.subTest(change=f"{change.before} to {change.after}"):
                    self.assertLessEqual(took, LONGEST_SWITCH_MS)

    def test_all_legs_change_on_the_tick_that_the_record_names(self) -> None:
        for change in self.changes:
            for listener in self.exact.affected(change):
                at = self.exact.first_different(listener, change)
                with self.subTest(change=f"{change.before} to {change.after}"):
                    self.assertEqual(self.exact.sample_index(listener, at), change.tick)

    def test_no_mode_opens_before_its_decision_is_recorded(self) -> None:
        self.assertEqual(audit.disorder(self.records), [])
        raises = [change for change in self.changes if change.raises]
        decisions = audit.permits(self.records)[1:]  # the first one is the monitor's
        self.assertEqual([audit.value(record, "mode") for record in decisions],
                         [change.after for change in raises])
        for change, decision in zip(raises, decisions):
            for listener in self.exact.affected(change):
                at = self.exact.first_different(listener, change)
                self.assertLess(audit.time_of(decision), self.received[listener][at].time)

    def test_digits_are_heard_by_nobody(self) -> None:
        for role, packets in self.received.items():
            self.assertEqual({packet.payload_type for packet in packets}, {capture.PCMU}, role)

    def test_everybody_is_told_when_it_is_over(self) -> None:
        self.assertTrue(self.supervisor_was_told)
        self.assertTrue(self.agent_was_told)


if __name__ == "__main__":
    unittest.main(verbosity=2)
