# SPDX-License-Identifier: Apache-2.0
"""The referee: one capture on loopback, so that every stream is timed by one clock."""
from __future__ import annotations

import re
import shutil
import signal
import struct
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Iterator, List, Tuple

from .process import Process, wait_until

PCMU, PCMA, TELEPHONE_EVENT = 0, 8, 101

_PCAP_MAGIC = {b"\xd4\xc3\xb2\xa1": ("<", 1e-6), b"\xa1\xb2\xc3\xd4": (">", 1e-6),
               b"\x4d\x3c\xb2\xa1": ("<", 1e-9), b"\xa1\xb2\x3c\x4d": (">", 1e-9)}
_LINK_ETHERNET = 1
_RTCP_TYPES = range(72, 77)


@dataclass(frozen=True)
class Datagram:
    """A UDP datagram: `time` in seconds since the epoch, ports, payload."""
    time: float
    source: int
    destination: int
    payload: bytes


@dataclass(frozen=True)
class RtpPacket:
    """An RTP packet (RFC 3550) as seen on the wire; `time` in seconds since the epoch."""
    time: float
    source: int
    destination: int
    sequence: int
    timestamp: int
    ssrc: int
    payload_type: int
    marker: bool
    payload: bytes


class Capture:
    """dumpcap on lo. Start it before the call, stop it after; then read what went by."""

    def __init__(self, directory: Path, port_ranges: List[Tuple[int, int]],
                 name: str = "capture") -> None:
        self.file = directory / f"{name}.pcap"
        condition = " or ".join(f"portrange {first}-{last}" for first, last in port_ranges)
        self._process = Process(
            "dumpcap", ["dumpcap", "-q", "-P", "-i", "lo", "-B", "16", "-f",
                        f"udp and ({condition})", "-w", str(self.file)],
            directory / f"{name}.log")
        try:
            wait_until(self._capturing, 10, "dumpcap captures on loopback")
        except TimeoutError:
            self._process.stop()
            raise

    def __enter__(self) -> "Capture":
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def _capturing(self) -> bool:
        if not self._process.running():
            raise PermissionError(
                "dumpcap may not capture on lo: be root, or let it with `sudo setcap "
                f"cap_net_raw,cap_net_admin+eip {shutil.which('dumpcap')}`\n"
                + self._process.log_text())
        return "File:" in self._process.log_text()

    def stop(self) -> None:
        """Ends the capture. Raises RuntimeError if the kernel dropped packets meanwhile."""
        if not self._process.running():
            return
        time.sleep(0.3)  # what is on its way reaches the file
        self._process.stop(signal.SIGINT)
        counts = re.search(r"received/dropped on interface '[^']*': (\d+)/(\d+)",
                           self._process.log_text())
        if not counts or counts.group(2) != "0":
            raise RuntimeError(f"the capture is not complete: {self._process.log_text()}")

    def datagrams(self) -> List[Datagram]:
        return list(read_pcap(self.file))

    def rtp(self) -> List[RtpPacket]:
        """Every RTP packet, in order of time; RTCP and anything else is left out."""
        return [packet for datagram in self.datagrams()
                if (packet := parse_rtp(datagram)) is not None]


def read_pcap(path: Path) -> Iterator[Datagram]:
    """The UDP datagrams over IPv4 of a pcap file with Ethernet framing."""
    data = path.read_bytes()
    if data[:4] not in _PCAP_MAGIC:
        raise ValueError(f"{path}: not a pcap file")
    order, unit = _PCAP_MAGIC[data[:4]]
    (link,) = struct.unpack_from(order + "I", data, 20)
    if link & 0x0fffffff != _LINK_ETHERNET:
        raise ValueError(f"{path}: link type {link}, expected Ethernet")
    at = 24
    while at + 16 <= len(data):
        seconds, fraction, captured, _ = struct.unpack_from(order + "IIII", data, at)
        frame = data[at + 16:at + 16 + captured]
        at += 16 + captured
        if len(frame) < 42 or frame[12:14] != b"\x08\x00" or frame[23] != 17:
            continue
        udp = 14 + (frame[14] & 15) * 4
        source, destination, length = struct.unpack_from("!HHH", frame, udp)
        yield Datagram(seconds + fraction * unit, source, destination,
                       frame[udp + 8:udp + length])


def parse_rtp(datagram: Datagram) -> "RtpPacket | None":
    """The RTP packet in a datagram, or None when it is not one."""
    data = datagram.payload
    if len(data) < 12 or data[0] >> 6 != 2 or data[1] & 0x7f in _RTCP_TYPES:
        return None
    sequence, timestamp, ssrc = struct.unpack_from("!HII", data, 2)
    header = 12 + 4 * (data[0] & 15)
    return RtpPacket(datagram.time, datagram.source, datagram.destination, sequence, timestamp,
                     ssrc, data[1] & 0x7f, bool(data[1] & 0x80), data[header:])


def within(ports: Tuple[int, int], port: int) -> bool:
    return ports[0] <= port <= ports[1]


def sent_by(packets: List[RtpPacket], ports: Tuple[int, int]) -> List[RtpPacket]:
    """The packets a phone with that range of RTP ports has sent."""
    return [packet for packet in packets if within(ports, packet.source)]


def sent_to(packets: List[RtpPacket], ports: Tuple[int, int]) -> List[RtpPacket]:
    """The packets a phone with that range of RTP ports was sent."""
    return [packet for packet in packets if within(ports, packet.destination)]


def audio(packets: List[RtpPacket]) -> List[RtpPacket]:
    """Without telephone events and comfort noise."""
    return [packet for packet in packets if packet.payload_type in (PCMU, PCMA)]


def digits(packets: List[RtpPacket]) -> List[Tuple[float, str]]:
    """Each telephone event (RFC 4733) once, as (time of its first packet, digit)."""
    seen = set()
    found = []
    for packet in packets:
        key = (packet.ssrc, packet.timestamp)
        if packet.payload_type == TELEPHONE_EVENT and key not in seen:
            seen.add(key)
            found.append((packet.time, "0123456789*#ABCD"[packet.payload[0]]))
    return found
