# SPDX-License-Identifier: Apache-2.0
"""A baresip softphone: a tone or a WAV file speaks, what it hears is recorded."""
from __future__ import annotations

import itertools
import json
import signal
import socket
import time
from pathlib import Path
from typing import Dict, List, Optional

from . import ports
from .process import Process, wait_until

MODULES = Path("/usr/lib/baresip/modules")

_CONFIG = """\
poll_method epoll
sip_listen {host}:{sip_port}
audio_source {source}
ausrc_srate {rate}
auplay_srate {rate}
ausrc_channels {channels}
auplay_channels {channels}
audio_alert ausine_none,x
audio_buffer 20-160
net_interface {host}
rtp_ports {rtp_first}-{rtp_last}
rtcp_mux no
jitter_buffer_delay 1-5
module_path {modules}
module g711.so
module sndfile.so
module ausine.so
module aufile.so
module_tmp account.so
module_app menu.so
module_app ctrl_tcp.so
ctrl_tcp_listen {host}:{control_port}
snd_path {recordings}
ringback_disabled yes
menu_bell no
"""


class Phone:
    """One baresip process with one account. Use it as a context manager, or call stop()."""

    def __init__(self, directory: Path, extension: str, secret: str, server_port: int, *,
                 tone_hz: Optional[int] = None, wav: Optional[Path] = None,
                 codec: str = "pcmu", register: bool = True, auto_answer: bool = True) -> None:
        if (tone_hz is None) == (wav is None):
            raise ValueError("a phone speaks a tone or a WAV file")
        self.extension = extension
        self.directory = directory
        self.recordings = directory / "recordings"
        self.recordings.mkdir(parents=True)
        self.sip_port = ports.sip_port()
        self.rtp_ports = ports.free_range(16)
        self._control_port = ports.tcp_port()
        self._tokens = itertools.count(1)
        self._pending = b""
        self._server = f"{ports.HOST}:{server_port}"
        self.events: List[dict] = []
        # A tone is made in stereo at 48 kHz; a WAV file is 8 kHz mono and is sent as it is.
        (directory / "config").write_text(_CONFIG.format(
            host=ports.HOST, sip_port=self.sip_port,
            source=f"ausine,{tone_hz}" if tone_hz is not None else f"aufile,{wav}",
            rate=48000 if tone_hz is not None else 8000,
            channels=2 if tone_hz is not None else 1,
            rtp_first=self.rtp_ports[0], rtp_last=self.rtp_ports[1], modules=MODULES,
            control_port=self._control_port, recordings=self.recordings))
        (directory / "accounts").write_text(
            f"<sip:{extension}@{self._server}>;auth_user={extension};auth_pass={secret}"
            f";regint={60 if register else 0};audio_codecs={codec}"
            f";answermode={'auto' if auto_answer else 'manual'}\n")
        (directory / "contacts").write_text("")
        self.process = Process(f"baresip {extension}", ["baresip", "-f", str(directory)],
                               directory / "phone.log")
        self._control = self._connect()

    def __enter__(self) -> "Phone":
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def _connect(self) -> socket.socket:
        def attempt() -> Optional[socket.socket]:
            if not self.process.running():
                raise RuntimeError(f"{self.process.name} ended:\n{self.process.log_text()}")
            try:
                return socket.create_connection((ports.HOST, self._control_port), timeout=5)
            except ConnectionRefusedError:
                return None

        connection = wait_until(attempt, 10, f"{self.process.name} accepts control")
        assert isinstance(connection, socket.socket)
        return connection

    def _read_message(self, timeout: float) -> Optional[dict]:
        """The next netstring from the phone, or None when there is none within `timeout`."""
        deadline = time.monotonic() + timeout
        while True:
            head, colon, rest = self._pending.partition(b":")
            if colon and len(rest) > int(head):
                self._pending = rest[int(head) + 1:]
                return json.loads(rest[:int(head)])
            self._control.settimeout(max(0.001, deadline - time.monotonic()))
            try:
                chunk = self._control.recv(65536)
            except (TimeoutError, BlockingIOError):
                return None
            if not chunk:
                return None
            self._pending += chunk

    def command(self, name: str, params: str = "", timeout: float = 5.0) -> dict:
        """Runs one of baresip's commands and returns its answer; events go to `events`."""
        token = str(next(self._tokens))
        request: Dict[str, str] = {"command": name, "token": token}
        if params:
            request["params"] = params
        text = json.dumps(request).encode()
        self._control.sendall(b"%d:%s," % (len(text), text))
        deadline = time.monotonic() + timeout
        while time.monotonic() < deadline:
            message = self._read_message(deadline - time.monotonic())
            if message is None:
                break
            if message.get("token") == token:
                return message
            if message.get("event"):
                self.events.append(message)
        raise TimeoutError(f"{self.process.name} does not answer `{name}`")

    def collect_events(self) -> List[dict]:
        """Every event so far, oldest first."""
        while (message := self._read_message(0.002)) is not None:
            if message.get("event"):
                self.events.append(message)
        return self.events

    def wait_event(self, kind: str, timeout: float = 5.0) -> dict:
        """The first event of that type that has not been waited for yet."""
        def found() -> Optional[dict]:
            for event in self.collect_events():
                if event["type"] == kind:
                    self.events.remove(event)
                    return event
            return None

        event = wait_until(found, timeout, f"{self.process.name} reports {kind}")
        assert isinstance(event, dict)
        return event

    def registered(self) -> bool:
        """Whether the registrar has accepted the account (events from start-up are lost)."""
        return "OK" in str(self.command("reginfo").get("data", ""))

    def wait_registered(self, timeout: float = 10.0) -> None:
        wait_until(self.registered, timeout, f"{self.process.name} registers")

    def dial(self, target: str) -> None:
        """Calls an extension (or a sip: URI)."""
        uri = target if target.startswith("sip:") else f"sip:{target}@{self._server}"
        answer = self.command("dial", uri)
        if not answer.get("ok"):
            raise RuntimeError(f"{self.process.name} cannot dial {uri}: {answer}")

    def press(self, digit: str) -> None:
        """Sends one DTMF digit by RFC 4733."""
        self.command("sndcode", digit)

    def hang_up(self) -> None:
        self.command("hangup")

    def heard(self) -> List[Path]:
        """What this phone has heard, a recording for each call; complete once the call ended."""
        return sorted(self.recordings.glob("dump-*-dec.wav"))

    def vanish(self) -> None:
        """Ends the phone without a word to anybody, as a power cut does."""
        self.process.stop(signal.SIGKILL)

    def stop(self) -> None:
        """Hangs up, unregisters and ends."""
        if self.process.running():
            try:
                self.command("quit", timeout=1.0)
            except (TimeoutError, OSError):
                pass
            try:
                self.process.wait(3.0)
            except TimeoutError:
                pass
        self.process.stop()
        self._control.close()
