# SPDX-License-Identifier: Apache-2.0
"""The SIP bridge under test: generated configuration, ready line, log, audit log, exit status."""
from __future__ import annotations

import copy
import json
import os
import select
import signal
import time
from pathlib import Path
from typing import Any, Dict, List, Optional, Sequence

from . import audit, ports
from .process import Process

ROOT = Path(__file__).resolve().parents[3]
SECRET = "correct-horse"

CUSTOMER, AGENT, SUPERVISOR = "1001", "2001", "3001"
OTHER_CUSTOMER, OTHER_AGENT, TRAINEE, OTHER_SUPERVISOR = "1002", "2002", "3002", "3003"

POLICY: Dict[str, Any] = {
    "schema": "barge.policy/1", "id": "floor", "revision": 1,
    "roles": {"team_lead": {}, "trainee": {}, "agent": {"modes": ["monitor"]}},
    "rules": [{"id": "lead-own-queue", "effect": "permit", "roles": ["team_lead"],
               "modes": ["monitor", "whisper", "barge", "takeover"], "queues": ["sales"]},
              {"id": "agents-listen", "effect": "permit", "roles": ["agent"],
               "modes": ["monitor"], "queues": ["sales"]}]}


def _account(extension: str, role: str, name: str, **more: Any) -> Dict[str, Any]:
    return {"extension": extension, "secret": SECRET, "role": role, "name": name, **more}


ACCOUNTS = [
    _account(CUSTOMER, "customer", "Carol"),
    _account(OTHER_CUSTOMER, "customer", "Chris"),
    _account(AGENT, "agent", "Alex", queue="sales", policy_roles=["agent"]),
    _account(OTHER_AGENT, "agent", "Ann", queue="sales", policy_roles=["agent"]),
    _account(SUPERVISOR, "supervisor", "Sue", policy_roles=["team_lead"], queues=["sales"]),
    _account(TRAINEE, "supervisor", "Tom", policy_roles=["trainee"], queues=["sales"]),
    _account(OTHER_SUPERVISOR, "supervisor", "Sam", policy_roles=["team_lead"], queues=["sales"]),
]


def program() -> Path:
    """The bridge's executable: $BARGE_SIP_BRIDGE, else the one of the preset `dev`."""
    default = ROOT / "build/dev/examples/sip_bridge/barge-sip-bridge"
    return Path(os.environ.get("BARGE_SIP_BRIDGE", default))


def policy_with(*rules: Dict[str, Any], without: Sequence[str] = ()) -> Dict[str, Any]:
    """The policy with more rules, and without those of these ids."""
    kept = [rule for rule in POLICY["rules"] if rule["id"] not in without]
    return {**POLICY, "rules": kept + list(rules)}


def write_config(directory: Path, rtp_ports: "tuple[int, int]",
                 changes: Optional[Dict[str, Any]] = None,
                 policy: Optional[Dict[str, Any]] = None) -> Path:
    """Writes bridge.json and policy.json; `changes` replaces keys of the configuration."""
    config: Dict[str, Any] = {
        "schema": "barge.sip_bridge/1",
        "listen": {"address": ports.HOST, "sip_port": 0, "rtp_ports": list(rtp_ports)},
        "audit_log": "audit.jsonl", "policy": "policy.json", "queues": ["sales"],
        "accounts": copy.deepcopy(ACCOUNTS)}
    config.update(changes or {})
    (directory / "policy.json").write_text(json.dumps(policy or POLICY, indent=2))
    path = directory / "bridge.json"
    path.write_text(json.dumps(config, indent=2))
    return path


class Bridge:
    """One barge-sip-bridge process. Use it as a context manager, or call stop()."""

    def __init__(self, directory: Path, changes: Optional[Dict[str, Any]] = None,
                 policy: Optional[Dict[str, Any]] = None) -> None:
        directory.mkdir(parents=True, exist_ok=True)
        self.directory = directory
        self.rtp_ports = ports.free_range(40)
        config = write_config(directory, self.rtp_ports, changes, policy)
        self.audit_path = directory / "audit.jsonl"
        self.process = Process("barge-sip-bridge", [str(program()), "--config", str(config)],
                               directory / "bridge.log", stdout_pipe=True)
        try:
            self.port = self._wait_ready(10)
        except Exception:
            self.process.stop()
            raise

    def __enter__(self) -> "Bridge":
        return self

    def __exit__(self, failure: Optional[type], *_: object) -> None:
        status = self.process.stop()
        if failure is None and status != 0:
            raise AssertionError(f"the bridge ended with status {status}:\n{self.log_text()}")

    def _wait_ready(self, timeout: float) -> int:
        """Reads stdout up to the ready line and returns the SIP port that it names."""
        text = b""
        deadline = time.monotonic() + timeout
        descriptor = self.process.stdout.fileno()
        while time.monotonic() < deadline:
            if not select.select([descriptor], [], [], 0.1)[0]:
                continue
            chunk = os.read(descriptor, 4096)
            if not chunk:
                break
            text += chunk
            for line in text.split(b"\n")[:-1]:
                if line.startswith(b"ready: sip "):
                    return int(line.rsplit(b":", 1)[1])
        raise RuntimeError(f"the bridge is not ready:\n{self.log_text()}")

    def log_text(self) -> str:
        """What the bridge has logged so far (stderr)."""
        return self.process.log_text()

    def records(self) -> List[Dict[str, Any]]:
        """The audit log so far."""
        return audit.read(self.audit_path)

    def terminate(self, timeout: float = 5.0) -> int:
        """SIGTERM, as an operator does; returns the exit status."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(timeout)
