#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Many supervised calls at once, and many one after the other: nothing is lost, nothing stays."""
from __future__ import annotations

import random
import time
import unittest
from pathlib import Path
from typing import Any, Dict, List

from bargetest import audit
from bargetest.bridge import SECRET
from bargetest.capture import sent_to
from bargetest.rtp_sender import Sender, noise
from bargetest.scene import Scene
from bargetest.ua import Call, UserAgent

CALLS = 12
LOAD_SECONDS = 60
CYCLES = 300
FORGETTING_SECONDS = 40  # SIP transactions are remembered for 32 s (RFC 3261, 64 T1)


def accounts(calls: int) -> List[Dict[str, Any]]:
    made = []
    for number in range(calls):
        made += [{"extension": f"1{number:03}", "secret": SECRET, "role": "customer"},
                 {"extension": f"2{number:03}", "secret": SECRET, "role": "agent",
                  "queue": "sales"},
                 {"extension": f"3{number:03}", "secret": SECRET, "role": "supervisor",
                  "policy_roles": ["team_lead"], "queues": ["sales"]}]
    return made


class Floor(Scene):
    """A bridge with many accounts, all of them registered."""

    def __init__(self, calls: int) -> None:
        super().__init__({"accounts": accounts(calls),
                          "listen": {"address": "127.0.0.1", "sip_port": 0, "rtp_ports": [0, 0]}})
        self.sender = self.enter_context(Sender())
        self.agents: Dict[str, UserAgent] = {}
        for seed, account in enumerate(accounts(calls)):
            extension = account["extension"]
            self.agents[extension] = self.enter_context(UserAgent(
                extension, SECRET, self.bridge.port, self.sender, noise(seed)))
            self.agents[extension].register()

    def connect(self, number: int, service_code: str = "*90") -> List[Call]:
        """Customer, agent and supervisor of one call."""
        customer = self.agents[f"1{number:03}"].dial(f"2{number:03}")
        agent = self.agents[f"2{number:03}"].calls.get(timeout=5)
        supervisor = self.agents[f"3{number:03}"].dial(f"{service_code}2{number:03}")
        return [customer, agent, supervisor]

    def descriptors(self) -> int:
        return len(list(Path(f"/proc/{self.bridge.process.pid}/fd").iterdir()))

    def resident_kib(self) -> int:
        status = Path(f"/proc/{self.bridge.process.pid}/status").read_text()
        return int(status.split("VmRSS:")[1].split()[0])


class Load(unittest.TestCase):
    def test_a_dozen_supervised_calls_at_once_lose_no_packet(self) -> None:
        with Floor(CALLS) as floor:
            calls = [floor.connect(number) for number in range(CALLS)]
            customers = [floor.agents[f"1{number:03}"].rtp_ports for number in range(CALLS)]
            capture = floor.captured(customers)
            dice = random.Random(7)
            began = time.monotonic()
            while time.monotonic() - began < LOAD_SECONDS:
                dice.choice(calls)[2].press(dice.choice("0123"))
                time.sleep(0.25)
            capture.stop()
            packets = capture.rtp()
            for number, ports in enumerate(customers):
                heard = sent_to(packets, ports)
                self.assertGreater(len(heard), LOAD_SECONDS * 49, f"call {number}")
                steps = {(after.sequence - before.sequence) % 65536
                         for before, after in zip(heard, heard[1:])}
                self.assertEqual(steps, {1}, f"call {number} lost or repeated a packet")
            for customer, _, _ in calls:
                customer.hang_up()
            for _, _, supervisor in calls:
                self.assertTrue(supervisor.ended.wait(3), "a supervisor was not released")
            self.assertEqual(audit.disorder(floor.bridge.records()), [])


class Soak(unittest.TestCase):
    def test_call_after_call_leaves_nothing_behind(self) -> None:
        with Floor(1) as floor:
            for cycle in range(CYCLES):
                calls = floor.connect(0, f"*9{cycle % 4}")
                first = calls[cycle % 2 * 2]  # the customer or the supervisor
                first.hang_up()
                if first is not calls[0]:
                    calls[0].hang_up()
                for call in calls[1:]:
                    if call is not first:
                        self.assertTrue(call.ended.wait(3), f"cycle {cycle}: a leg was left over")
                if cycle == CYCLES // 2 - 1:  # the second half finds what the first one needed
                    time.sleep(FORGETTING_SECONDS)
                    descriptors, resident = floor.descriptors(), floor.resident_kib()
            time.sleep(FORGETTING_SECONDS)
            self.assertEqual(floor.descriptors(), descriptors)
            self.assertLess(floor.resident_kib() - resident, 1024, "KiB more than a while ago")
            self.assertEqual(audit.disorder(floor.bridge.records()), [])


if __name__ == "__main__":
    unittest.main(verbosity=2)
