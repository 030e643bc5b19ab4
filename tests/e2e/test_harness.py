#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""The judges see what they are there to see: each planted violation is caught."""
from __future__ import annotations

import dataclasses
import tempfile
import unittest
from pathlib import Path
from typing import List

import numpy as np

from bargetest import audit, capture, judge, notice, tones
from bargetest.capture import Datagram, RtpPacket, parse_rtp
from bargetest.exact import Change, Exact
from bargetest.listening import Period, Recording, mistakes, wrong_voices
from bargetest.malformed import rtp
from bargetest.rtp_sender import noise
from bargetest.scene import TONES

TICK = 0.02


def tone(hz: int, seconds: float, db: float) -> np.ndarray:
    time = np.arange(int(seconds * tones.RATE)) / tones.RATE
    return 32768 * 10 ** (db / 20) * np.sin(2 * np.pi * hz * time)


def stream(payloads: List[bytes], begin: float = 100.0, delay: float = 0.0,
           ssrc: int = 7) -> List[RtpPacket]:
    return [RtpPacket(begin + delay + at * TICK, 4000, 5000, at, at * 160, ssrc, 0, at == 0,
                      payload) for at, payload in enumerate(payloads)]


class Levels(unittest.TestCase):
    def test_a_tone_reads_its_level_and_does_not_leak_into_the_others(self) -> None:
        samples = np.rint(tone(700, 1, -7)).astype(np.int16)
        self.assertAlmostEqual(float(np.min(tones.tone_levels(samples, 700))), -7, delta=0.1)
        self.assertLess(float(np.max(tones.tone_levels(samples, 1000))), -90)

    def test_silence_is_120_db_down(self) -> None:
        self.assertEqual(tones.level(np.zeros(800, np.int16)), -120)

    def test_mulaw_survives_a_round_through_its_samples(self) -> None:
        codes = bytes(range(256))
        expected = codes.replace(b"\x7f", b"\xff")  # there are two codes of zero
        self.assertEqual(tones.encode_mulaw(tones.decode(codes, 0)), expected)

    def test_alaw_has_the_samples_of_the_standard(self) -> None:
        self.assertEqual(tones.decode(b"\xd5\x55\xaa\x2a\x80", 8).tolist(),
                         [8, -8, 32256, -32256, 5504])

    def test_a_leak_of_58_db_down_is_seen_and_one_of_62_is_not(self) -> None:
        for db, count in ((-58.0, 20), (-62.0, 0)):
            samples = tone(700, 1, -7)
            samples[3200:4800] += tone(1000, 0.2, db)
            found = judge.leaks(np.rint(samples).astype(np.int16), 1000, [(0, 8000)])
            self.assertEqual(len(found), count, db)

    def test_a_leak_of_one_window_stands_out_and_the_click_of_a_hole_does_not(self) -> None:
        samples = tone(700, 1, -7)
        samples[1000:1037] = 0
        self.assertGreater(float(np.max(tones.tone_levels(samples, 1000))), -50)
        self.assertLess(float(np.max(tones.standing_out(samples, 1000))), -100)
        for db in (-20.0, -55.0):
            leaky = samples.copy()
            leaky[3200:3280] += tone(1000, 0.01, db)
            self.assertAlmostEqual(float(np.max(tones.standing_out(leaky, 1000))), db, delta=1)

    def test_a_leak_outside_the_forbidden_span_is_allowed(self) -> None:
        samples = np.rint(tone(1000, 1, -7)).astype(np.int16)
        self.assertEqual(judge.leaks(samples, 1000, [(0, 0), (8000, 9000)]), [])


class Notices(unittest.TestCase):
    """A tone of 440 Hz and 500 ms at 1 s, among three voices."""

    def played(self, hz: float = 440, seconds: float = 0.5, db: float = -21.1) -> np.ndarray:
        samples = sum(tone(voice, 3, -20) for voice in (800, 1300, 2400))
        time = np.arange(int(seconds * tones.RATE)) / tones.RATE
        edge = np.clip(np.minimum(time, seconds - time) / 0.005, 0, 1)
        sound = 32768 * 10 ** (db / 20) * np.sin(2 * np.pi * hz * time)
        samples[8000:8000 + len(time)] += sound * (1 - np.cos(np.pi * edge)) / 2
        samples[20000:] += tone(1700, 0.5, -20)
        return tones.decode(tones.encode_mulaw(np.rint(samples).astype(np.int16)), 0)

    def test_a_tone_among_voices_has_its_place_length_and_frequency(self) -> None:
        (burst,) = notice.bursts(self.played(), 440)
        self.assertAlmostEqual(burst.begin, 1.0, delta=0.004)
        self.assertAlmostEqual(burst.length, 0.5, delta=0.006)
        self.assertAlmostEqual(burst.hz, 440, delta=0.5)
        self.assertAlmostEqual(notice.first_heard(self.played(), 1700), 2.5, delta=0.011)
        self.assertEqual(notice.first_heard(self.played(), 2900), float("inf"))

    def test_a_wrong_frequency_and_a_wrong_length_are_seen(self) -> None:
        for hz in (432.0, 448.0):
            (burst,) = notice.bursts(self.played(hz=hz), 440)
            self.assertGreater(abs(burst.hz / 440 - 1), 0.015)
        for seconds in (0.48, 0.52):
            (burst,) = notice.bursts(self.played(seconds=seconds), 440)
            self.assertGreater(abs(burst.length - 0.5), 0.010)

    def test_a_tone_that_stops_in_between_is_two(self) -> None:
        samples = self.played()
        samples[9600:10000] = 0
        self.assertEqual(len(notice.bursts(samples, 440)), 2)

    def test_a_faint_tone_is_seen_and_the_click_of_a_hole_is_none(self) -> None:
        self.assertEqual(len(notice.bursts(self.played(db=-46), 440, -50)), 1)
        samples = self.played(db=-200)
        samples[12000:12160] = 0
        self.assertEqual(notice.bursts(samples, 440, -50), [])


class Wire(unittest.TestCase):
    def test_rtp_is_parsed_and_anything_else_is_not(self) -> None:
        data = rtp(5, 800, 99, b"abc", payload_type=8)
        packet = parse_rtp(Datagram(1.0, 2, 3, data))
        assert packet is not None
        self.assertEqual((packet.sequence, packet.timestamp, packet.ssrc, packet.payload_type,
                          packet.payload), (5, 800, 99, 8, b"abc"))
        self.assertIsNone(parse_rtp(Datagram(1.0, 2, 3, data[:11])))
        self.assertIsNone(parse_rtp(Datagram(1.0, 2, 3, b"\x80\xc8" + data[2:])), "RTCP")

    def test_a_lost_a_repeated_and_a_swapped_packet_are_seen(self) -> None:
        good = stream([noise(1)(at) for at in range(10)])
        self.assertEqual(judge.discontinuities(good), [])
        self.assertTrue(judge.discontinuities(good[:4] + good[5:]))
        self.assertTrue(judge.discontinuities(good[:5] + good[4:]))
        self.assertTrue(judge.discontinuities(good[:4] + [good[5], good[4]] + good[6:]))
        other = dataclasses.replace(good[5], ssrc=8)
        self.assertTrue(judge.discontinuities(good[:5] + [other] + good[6:]))

    def test_a_late_packet_is_seen(self) -> None:
        good = stream([noise(1)(at) for at in range(10)])
        self.assertLess(judge.lateness(good), 1e-6)
        good[5] = dataclasses.replace(good[5], time=good[5].time + 0.017)
        self.assertAlmostEqual(judge.lateness(good), 0.017, places=5)

    def test_a_digit_is_counted_once(self) -> None:
        events = [RtpPacket(1.0 + at, 4000, 5000, at, 160, 7, capture.TELEPHONE_EVENT, False,
                            bytes([11, 10, 0, 160])) for at in range(4)]
        self.assertEqual(capture.digits(events), [(1.0, "#")])


class Prediction(unittest.TestCase):
    """A bridge made of three lists, which then misbehaves in one packet."""

    def setUp(self) -> None:
        self.sent = {role: stream([noise(seed)(at) for at in range(100)])
                     for seed, role in enumerate(("customer", "agent", "supervisor"), 1)}
        ideal = Exact(self.sent, self.sent, [])
        for pair in (("agent", "customer"), ("agent", "supervisor")):
            ideal._lags[pair] = 0
        self.change = Change("monitor", "whisper", 101.0, 52 * 160)
        payloads = [ideal.predict("agent", at, "monitor" if at < 52 else "whisper")
                    for at in range(100)]
        self.received = {"agent": stream(payloads, delay=0.005)}

    def exact(self) -> Exact:
        exact = Exact(self.sent, self.received, [self.change])
        self.assertTrue(exact.learn("agent", 10, "monitor"))
        self.assertTrue(exact.learn("agent", 80, "whisper"))
        first = exact.first_different("agent", self.change)
        assert first is not None
        exact.learn_anchor("agent", first, self.change.tick)
        return exact

    def test_a_perfect_bridge_is_explained(self) -> None:
        exact = self.exact()
        self.assertEqual(exact.first_different("agent", self.change), 52)
        self.assertEqual(exact.unexplained("agent", "monitor"), [])

    def test_one_wrong_sample_is_seen(self) -> None:
        packet = self.received["agent"][70]
        wrong = packet.payload[:90] + bytes([packet.payload[90] ^ 1]) + packet.payload[91:]
        self.received["agent"][70] = dataclasses.replace(packet, payload=wrong)
        self.assertEqual([at for at, _ in self.exact().unexplained("agent", "monitor")], [70])

    def test_a_repeated_payload_is_seen(self) -> None:
        packets = self.received["agent"]
        packets[30] = dataclasses.replace(packets[30], payload=packets[29].payload)
        self.assertEqual([at for at, _ in self.exact().unexplained("agent", "monitor")], [30])

    def test_a_change_a_tick_later_than_recorded_is_seen(self) -> None:
        exact = self.exact()
        exact.changes = [dataclasses.replace(self.change, sample=51 * 160)]
        self.assertEqual([at for at, _ in exact.unexplained("agent", "monitor")], [51])


class Log(unittest.TestCase):
    """A log of one session, and what must not happen to it."""

    def setUp(self) -> None:
        story = [("session.requested", {}), ("decision.made", {"mode": "monitor"}),
                 ("session.joined", {"to": "monitor", "sample": 100}),
                 ("decision.made", {"mode": "barge"}),
                 ("session.mode_changed", {"from": "monitor", "to": "barge", "sample": 200}),
                 ("session.mode_changed", {"from": "barge", "to": "monitor", "sample": 300}),
                 ("session.left", {"sample": 400})]
        self.records = [{"type": kind, "sequence": number, "data": {
            "session": "s1", "effect": "permit", **data}}
            for number, (kind, data) in enumerate(story, 1)]

    def drop(self, at: int) -> None:
        del self.records[at]
        for number, record in enumerate(self.records, 1):
            record["sequence"] = number

    def test_a_good_log_is_in_order(self) -> None:
        self.assertEqual(audit.disorder(self.records), [])

    def test_a_raise_without_its_decision_is_seen(self) -> None:
        self.drop(3)
        self.assertIn("barge opens without a decision", audit.disorder(self.records)[0])

    def test_a_raise_after_a_denial_is_seen(self) -> None:
        self.records[1]["data"]["effect"] = "deny"
        self.assertIn("monitor opens without a decision", audit.disorder(self.records)[0])

    def test_a_decision_after_the_fact_is_seen(self) -> None:
        self.records[3]["data"], self.records[4]["data"] = (
            self.records[4]["data"], self.records[3]["data"])
        self.records[3]["type"], self.records[4]["type"] = (
            self.records[4]["type"], self.records[3]["type"])
        self.assertTrue(audit.disorder(self.records))

    def test_a_missing_record_and_samples_that_go_back_are_seen(self) -> None:
        self.records[5]["data"]["sample"] = 150
        self.assertIn("at sample 150 follows 200", audit.disorder(self.records)[0])
        del self.records[2]
        self.assertIn("gap", audit.disorder(self.records)[0])

    def test_a_session_without_an_end_is_seen(self) -> None:
        self.drop(6)
        self.assertIn("never left", audit.disorder(self.records)[0])


class Listening(unittest.TestCase):
    def recording(self, *, leak_db: float) -> Recording:
        """A customer's: the agent all the time, the supervisor from 2 s on."""
        samples = tone(TONES["agent"], 4, -7)
        samples[16000:] += tone(TONES["supervisor"], 2, -7)
        samples[:16000] += tone(TONES["supervisor"], 2, leak_db)
        codes = tones.encode_mulaw(np.rint(samples).astype(np.int16))
        packets = stream([codes[at:at + 160] for at in range(0, len(codes), 160)])
        with tempfile.TemporaryDirectory() as directory:
            path = Path(directory) / "heard.wav"
            tones.write_wav(path, judge.decoded(packets[2:]))  # its first packets are missing
            return Recording(path, packets)

    periods = [Period("whisper", 100.0, 102.0), Period("barge", 102.0, 104.0)]

    def test_the_right_recording_has_no_mistakes(self) -> None:
        self.assertEqual(mistakes(self.recording(leak_db=-200), "customer", self.periods, TONES,
                                  -20, -60), [])

    def test_a_recording_is_found_in_the_stream_that_it_is_of(self) -> None:
        packets = stream([noise(1)(at) for at in range(100)])
        sound = judge.decoded(packets)
        self.assertEqual(judge.first_recorded(sound[320:], packets), 2)
        filled = np.concatenate([np.zeros(480, np.int16), sound])
        self.assertEqual(judge.first_recorded(filled, packets), -3)
        placed, start = judge.on_the_clock(filled, packets)
        self.assertAlmostEqual(start, 100 - 0.06)
        self.assertTrue(np.array_equal(placed, filled))

    def test_what_a_stream_has_skipped_is_put_back_as_silence(self) -> None:
        packets = stream([noise(1)(at) for at in range(100)])
        sound = judge.decoded(packets)
        packets[30] = dataclasses.replace(packets[30], time=packets[30].time + 0.05)  # just late
        packets[60:] = [dataclasses.replace(packet, time=packet.time + 0.1)
                        for packet in packets[60:]]
        placed, _ = judge.on_the_clock(sound, packets)
        self.assertEqual(len(placed), len(sound) + 800)
        self.assertFalse(np.any(placed[9600:10400]))
        self.assertTrue(np.array_equal(placed[10400:], sound[9600:]))

    def test_a_whisper_that_reaches_the_customer_is_seen(self) -> None:
        found = mistakes(self.recording(leak_db=-45), "customer", self.periods, TONES, -20, -60)
        self.assertEqual(len(found), 1)
        self.assertIn("whisper: customer hears supervisor", found[0])

    def test_a_voice_that_is_missing_is_seen(self) -> None:
        periods = [Period("barge", 100.0, 102.0)]
        found = mistakes(self.recording(leak_db=-200), "customer", periods, TONES, -20, -60)
        self.assertEqual(len(found), 1)
        self.assertIn("barge: customer does not hear supervisor", found[0])

    def test_a_third_voice_is_seen_where_it_must_not_be_and_missed_where_it_must(self) -> None:
        sound = self.recording(leak_db=-45)
        whisper, barge = self.periods
        voices = {"agent": 700, "other": 1000}
        self.assertEqual(wrong_voices(sound, "customer", barge, ["agent", "other"], voices,
                                      -20, -60), [])
        self.assertIn("hears other", wrong_voices(sound, "customer", whisper, ["agent"], voices,
                                                  -20, -60)[0])
        self.assertIn("does not hear other", wrong_voices(
            sound, "customer", whisper, ["agent", "other"], voices, -20, -60)[0])

    def test_an_echo_is_seen(self) -> None:
        found = mistakes(self.recording(leak_db=-200), "agent",
                         [Period("plain", 100.0, 102.0)], TONES, -20, -60)
        self.assertTrue(any("echo" in text for text in found))


if __name__ == "__main__":
    unittest.main(verbosity=2)
