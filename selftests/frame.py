#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Send and receive crafted Ethernet frames.

Usage: frame.py COMMAND ARGUMENT...	carry one command out
       frame.py serve			carry out one a line, tabs between words

  tap NAME...			make taps and bring them up
  open DEV...			packet sockets on devices that exist
  open DEV=TYPE			likewise, only for frames of that EtherType that
				nobody took before
  open DEV@NETNS		likewise, in another namespace
  close NAME...
  carrier NAME 0|1		of a tap
  check NAME FRAME [RECEIVED...]
				send a frame, and see whether what arrives is
				RECEIVED ("NAME FRAME" each) and nothing else
  expect RECEIVED...		likewise, when another one sends
  lie NAME FRAME TYPE [RECEIVED...]
				check, but the kernel is told another EtherType
				than the frame has
  hex NAME BYTES		send these bytes
  spray NAME FRAME COUNT [FIRST [STEP]]
				send it from 02:01:XX:XX:XX:XX, counted up
  types NAME FRAME		send it with every EtherType
  gso NAME FRAME SIZE MSS TCPv4 in one piece that the kernel has to segment
  tcp NAME FRAME SIZE partial|complete
				TCPv4 whose checksum the kernel has to complete,
				or not
  udp NAME FRAME SIZE partial|complete
				likewise
  tunnel NAME FRAME SIZE partial|complete
				TCPv4 likewise, inside of UDP
  least NAME FRAME SIZE partial|complete
				UDPv4 likewise, inside of UDP
  tcp6 NAME FRAME SIZE partial|complete
				the same by IPv6
  odd NAME FRAME KIND SIZE	a complete packet that is not a plain one: hops (an
				IPv6 extension header), options, fragment, short (of
				its TCP header), nothing (behind IP), unsummed (UDP);
				or one that is: tcp, tcp6
  header NAME FRAME SIZE MAX FLAGS GSO LENGTH MSS START OFFSET
				TCPv4 with a virtio header that may lie; no frame
				that arrives has more than MAX bytes
  repeat NAME FRAME COUNT	send it so often
  play FILE COUNT		send "NAME FRAME" a line, each with the number of
				its line; "NUMBER NAME FRAME" of what arrives,
				which should be COUNT, goes to FILE.arrived
  fuzz NAME COUNT		nonsense, the same each time
  drain				forget what has arrived
  watch NAME SECONDS		print what arrives

In serve mode the answer is "ok ..." or "error ...". A frame is written

  SOURCE>DESTINATION [TAG...] [0xTYPE] [+LENGTH]

An address is one or two hex digits, the end of 02:00:00:00:00:XX; or "all", or
"group"; or in full. A tag is VID or VID.PCP, of 802.1Q; sVID or sVID.PCP is one
of 802.1ad. TYPE is 0x88b5 and LENGTH, of what follows TYPE, 46 by default.
Frames of others, whose source is neither 02:00 nor 02:01 nor invalid, are not
looked at.
"""
import contextlib
import ctypes
import fcntl
import os
import random
import re
import select
import socket
import struct
import sys
import time

from packet import ETH_P_8021Q, ETH_P_ALL, checksum, packet_socket, with_tag

ETH_P_8021AD = 0x88A8
TYPE_DEFAULT = 0x88B5
LENGTH_DEFAULT = 46
NAMES = {"all": "ff:ff:ff:ff:ff:ff", "group": "01:00:5e:00:00:05"}

SIOCGIFFLAGS, SIOCSIFFLAGS, IFF_UP = 0x8913, 0x8914, 1
TUNSETIFF, TUNSETOFFLOAD, TUNSETCARRIER = 0x400454CA, 0x400454D0, 0x400454E2
IFF_TAP, IFF_NO_PI, IFF_VNET_HDR = 0x0002, 0x1000, 0x4000
PACKET_OUTGOING = 4
VNET_HDR = bytes(10)
VNET_NEEDS_CSUM, VNET_GSO_TCPV4 = 1, 1
CLONE_NEWNET = 0x40000000

# how long to wait for what should come, and for what should not
PATIENCE, QUIET, QUIET_VETH = 3.0, 0.01, 0.1


class Error(Exception):
    """What the caller of a command is told."""


def parse_mac(text):
    if re.fullmatch("[0-9a-f]{1,2}", text):
        text = "02:00:00:00:00:" + text
    text = NAMES.get(text, text)
    try:
        mac = bytes(int(byte, 16) for byte in text.split(":"))
    except ValueError:
        mac = b""
    if len(mac) != 6:
        raise Error(f"no address: {text}")
    return mac


def format_mac(mac):
    text = mac.hex(":")
    for name, full in NAMES.items():
        if text == full:
            return name
    return f"{mac[5]:x}" if mac[:5] == b"\2\0\0\0\0" else text


def payload(length):
    return bytes(i & 0xFF for i in range(length))


def parse_frame(text):
    """The bytes of a frame that is written as in the head of this file."""
    addresses, *words = text.split()
    source, destination = addresses.split(">")
    ethertype, length, tags = TYPE_DEFAULT, LENGTH_DEFAULT, b""
    for word in words:
        tag = re.fullmatch(r"(s?)(\d+)(?:\.(\d))?", word)
        if tag:
            tpid = ETH_P_8021AD if tag[1] else ETH_P_8021Q
            tags += struct.pack("!HH", tpid,
                                int(tag[3] or 0) << 13 | int(tag[2]))
        elif word.startswith("0x"):
            ethertype = int(word, 16)
        elif word.startswith("+"):
            length = int(word[1:])
        else:
            raise Error(f"no part of a frame: {word}")
    return (parse_mac(destination) + parse_mac(source) + tags +
            struct.pack("!H", ethertype) + payload(length))


def number_frame(data, number):
    """Put a number into the payload of a frame of the usual length."""
    at = len(data) - LENGTH_DEFAULT
    return data[:at] + number.to_bytes(4, "big") + data[at + 4:]


def take_number(data):
    """The inverse of number_frame(): the number, and the frame as it was. What
    arrives with other bytes than were sent has no number that was sent."""
    at = len(data) - LENGTH_DEFAULT
    number, rest = int.from_bytes(data[at:at + 4], "big"), data[at + 4:]
    if rest != payload(LENGTH_DEFAULT)[4:]:
        return 0, data
    return number, data[:at] + payload(4) + rest


def format_frame(data):
    """The inverse of parse_frame()."""
    words = [f"{format_mac(data[6:12])}>{format_mac(data[:6])}"]
    rest = data[12:]
    while len(rest) >= 4:
        tpid, tci = struct.unpack("!HH", rest[:4])
        if tpid not in (ETH_P_8021Q, ETH_P_8021AD):
            break
        words.append(("s" if tpid == ETH_P_8021AD else "") +
                     str(tci & 0xFFF) + (f".{tci >> 13}" if tci >> 13 else ""))
        rest = rest[4:]
    ethertype, rest = int.from_bytes(rest[:2], "big"), rest[2:]
    if ethertype != TYPE_DEFAULT:
        words.append(f"0x{ethertype:04x}")
    if len(rest) != LENGTH_DEFAULT:
        words.append(f"+{len(rest)}")
    if ethertype == TYPE_DEFAULT and rest != payload(len(rest)):
        words.append("corrupt")
    return " ".join(words)


def ip_header(protocol, length):
    """IPv4 in front of length bytes."""
    ip = struct.pack("!BBHHHBBH4s4s", 0x45, 0, 20 + length, 1, 0x4000, 64,
                     protocol, 0, bytes([192, 0, 2, 1]), bytes([192, 0, 2, 2]))
    return ip[:10] + struct.pack("!H", ~checksum(ip) & 0xFFFF) + ip[12:]


def pseudo_header(ip, length):
    return ip[12:20] + struct.pack("!HH", ip[9], length)


def tcp_packet(size, complete):
    """IPv4 and TCP around size bytes; the TCP checksum complete or begun."""
    ip = ip_header(6, 20 + size)
    tcp = struct.pack("!HHIIBBHHH", 1000, 2000, 0, 0, 0x50, 0x10, 512, 0, 0)
    total = checksum(pseudo_header(ip, 20 + size))
    if complete:
        total = ~checksum(struct.pack("!H", total) + tcp + payload(size))
    return (ip + tcp[:16] + struct.pack("!H", total & 0xFFFF) + tcp[18:] +
            payload(size))


def ip6_packet(size, complete, hops=False):
    """IPv6 and TCP likewise; hops puts an extension header between them"""
    tcp = struct.pack("!HHIIBBHHH", 1000, 2000, 0, 0, 0x50, 0x10, 512, 0, 0)
    addresses = b"".join(bytes.fromhex("20010db8") + bytes(11) + bytes([n])
                         for n in (1, 2))
    total = checksum(addresses + struct.pack("!IHBB", 20 + size, 0, 0, 6))
    if complete:
        total = ~checksum(struct.pack("!H", total) + tcp + payload(size))
    between = struct.pack("!BB", 6, 0) + bytes([1, 4, 0, 0, 0, 0]) if hops else b""
    return (struct.pack("!IHBB", 0x60000000, len(between) + 20 + size,
                        0 if hops else 6, 64) + addresses + between +
            tcp[:16] + struct.pack("!H", total & 0xFFFF) + tcp[18:] +
            payload(size))


def odd_packet(kind, size):
    """A complete packet of TCP or UDP that is not a plain one"""
    if kind in ("tcp6", "hops"):
        return ip6_packet(size, True, kind == "hops")
    ip = bytearray(tcp_packet(size, True))
    if kind == "options":
        ip[:20] = b"\x46" + ip[1:20] + bytes([1, 1, 1, 0])
        ip[2:4] = struct.pack("!H", 24 + 20 + size)
    elif kind == "fragment":
        ip[6:8] = b"\x20\x00"
    elif kind == "short":
        ip = ip[:38]
    elif kind == "nothing":
        ip[2:4] = struct.pack("!H", 19)
    elif kind == "unsummed":
        ip = bytearray(ip_header(17, 8 + size) + struct.pack(
            "!HHHH", 1000, 2000, 8 + size, 0) + payload(size))
    elif kind != "tcp":
        raise Error(f"{kind} is no kind of packet")
    return bytes(ip)


def udp_around(data, complete):
    """IPv4 and UDP around data; the UDP checksum complete or begun."""
    length = 8 + len(data)
    ip = ip_header(17, length)
    udp = struct.pack("!HHHH", 1000, 4789, length, 0)
    total = checksum(pseudo_header(ip, length))
    if complete:
        total = ~checksum(struct.pack("!H", total) + udp + data)
    return ip + udp[:6] + struct.pack("!H", total & 0xFFFF) + data


def udp_packet(size, complete):
    """Likewise around size bytes"""
    return udp_around(payload(size), complete)


def tunnel_packet(size, complete, inner=tcp_packet):
    """Likewise around a packet whose own checksum is complete or begun. The outer one
    is that of the whole, as it is when the inner one is complete."""
    whole = udp_around(inner(size, True), True)
    return whole[:28] + inner(size, complete)


def least_packet(size, complete):
    """Likewise; without data it is the least that a tunnel can carry."""
    return tunnel_packet(size, complete, udp_packet)


def tcp_is_valid(packet):
    ip, tcp = packet[:20], packet[20:]
    return (checksum(ip) == 0xFFFF and
            checksum(pseudo_header(ip, len(tcp)) + tcp) == 0xFFFF)


def vnet_hdr(checksum_at, gso_type=0, header=0, mss=0, offset=16):
    """A virtio header that leaves the checksum of what begins there to others. It is
    offset bytes into that, 16 for TCP."""
    return struct.pack("=BBHHHH", VNET_NEEDS_CSUM, gso_type, header, mss,
                       checksum_at, offset)


def set_up(name):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        request = struct.pack("16sH14x", name.encode(), 0)
        request = fcntl.ioctl(sock, SIOCGIFFLAGS, request)
        flags = struct.unpack("16xH14x", request)[0] | IFF_UP
        fcntl.ioctl(sock, SIOCSIFFLAGS,
                    struct.pack("16sH14x", name.encode(), flags))


@contextlib.contextmanager
def namespace(name):
    """As if this program ran in another network namespace."""
    libc = ctypes.CDLL(None, use_errno=True)
    paths = f"/run/netns/{name}", "/proc/self/ns/net"
    there, here = (os.open(path, os.O_RDONLY) for path in paths)
    try:
        if libc.setns(there, CLONE_NEWNET):
            raise OSError(ctypes.get_errno(), f"namespace {name}")
        yield
    finally:
        libc.setns(here, CLONE_NEWNET)
        os.close(there)
        os.close(here)


class Tap:
    """A tap, for as long as this program runs."""
    quiet = QUIET

    def __init__(self, name):
        self.fd = os.open("/dev/net/tun", os.O_RDWR | os.O_NONBLOCK)
        fcntl.ioctl(self.fd, TUNSETIFF, struct.pack(
            "16sH22x", name.encode(), IFF_TAP | IFF_NO_PI | IFF_VNET_HDR))
        set_up(name)

    def fileno(self):
        return self.fd

    def send(self, data, vnet_hdr=VNET_HDR):
        os.write(self.fd, vnet_hdr + data)

    def receive(self):
        return os.read(self.fd, 70000)[len(VNET_HDR):]

    def carrier(self, on):
        fcntl.ioctl(self.fd, TUNSETCARRIER, struct.pack("I", on))

    def close(self):
        os.close(self.fd)


class Device:
    """A packet socket on a device."""
    quiet = QUIET_VETH

    def __init__(self, name, ethertype=ETH_P_ALL):
        self.name = name
        self.sock = packet_socket(name, ethertype)

    def fileno(self):
        return self.sock.fileno()

    def send(self, data, vnet_hdr=VNET_HDR):
        try:
            self.sock.send(vnet_hdr + data)
        except BlockingIOError:
            # The ring of a NIC is short.
            select.select([], [self.sock], [], PATIENCE)
            self.sock.send(vnet_hdr + data)

    def send_as(self, data, ethertype):
        self.sock.sendto(VNET_HDR + data, (self.name, ethertype))

    def receive(self):
        data, aux, _, address = self.sock.recvmsg(70000, 64)
        if address[2] == PACKET_OUTGOING:
            return b""
        return with_tag(data[len(VNET_HDR):], aux)

    def close(self):
        self.sock.close()


def is_ours(data):
    return (data[6:8] in (b"\2\0", b"\2\1") or
            len(data) > 6 and data[6] & 1 or data[6:12] == bytes(6))


class Frames:
    """What the commands work on, a method a command."""

    def __init__(self):
        self.ends = {}

    def end(self, name):
        if name not in self.ends:
            self.ends[name] = Device(name)
        return self.ends[name]

    def receive(self, seconds):
        """What arrives first, as (name, bytes) each, after at most so long."""
        ends = {end.fileno(): name for name, end in self.ends.items()}
        ready = select.select(list(ends), [], [], seconds)[0]
        frames = []
        for fd in ready:
            try:
                data = self.ends[ends[fd]].receive()
            except OSError:
                continue
            if is_ours(data):
                frames.append((ends[fd], data))
        return frames, bool(ready)

    def drain(self):
        while self.receive(0)[1]:
            pass

    def collect(self, enough):
        """What arrives until there is enough and then it is quiet."""
        quiet = max([end.quiet for end in self.ends.values()], default=0)
        deadline = time.monotonic() + PATIENCE
        frames = []
        while True:
            full = enough(frames)
            some, any_ready = self.receive(quiet if full else 0.2)
            frames += some
            if (full and not any_ready) or time.monotonic() > deadline:
                return frames

    def expect(self, *wanted):
        frames = self.collect(lambda frames: len(frames) >= len(wanted))
        got = sorted(f"{name} {format_frame(data)}" for name, data in frames)
        if got != sorted(wanted):
            raise Error(f"got [{', '.join(got)}] instead of "
                        f"[{', '.join(sorted(wanted))}]")

    def check(self, name, frame, *wanted):
        end = self.end(name)
        self.drain()
        end.send(parse_frame(frame))
        self.expect(*wanted)

    def lie(self, name, frame, ethertype, *wanted):
        end = self.end(name)
        self.drain()
        end.send_as(parse_frame(frame), int(ethertype, 16))
        self.expect(*wanted)

    def tap(self, *names):
        for name in names:
            self.ends[name] = Tap(name)

    def open(self, *names):
        for name in names:
            place, _, ethertype = name.partition("=")
            device, _, netns = place.partition("@")
            with namespace(netns) if netns else contextlib.nullcontext():
                self.ends[name] = Device(device, int(ethertype or "3", 16))

    def close(self, *names):
        for name in names:
            self.ends.pop(name).close()

    def carrier(self, name, on):
        self.ends[name].carrier(int(on))

    def hex(self, name, data):
        self.end(name).send(bytes.fromhex(data))

    def spray(self, name, frame, count, first="0", step="1"):
        data = parse_frame(frame)
        end = self.end(name)
        for i in range(int(count)):
            source = (int(first) + i * int(step)) & 0xFFFFFFFF
            end.send(data[:6] + b"\2\1" + source.to_bytes(4, "big") +
                     data[12:])
            if not i % 256:
                self.drain()
        self.drain()

    def types(self, name, frame):
        data = parse_frame(frame)
        end = self.end(name)
        at = data.index(struct.pack("!H", TYPE_DEFAULT), 12)
        for ethertype in range(0x10000):
            end.send(data[:at] + ethertype.to_bytes(2, "big") + data[at + 2:])
            if not ethertype % 256:
                self.drain()
        self.drain()

    def repeat(self, name, frame, count):
        data = parse_frame(frame)
        end = self.end(name)
        for i in range(int(count)):
            try:
                end.send(data)
            except OSError:
                pass
            if not i % 64:
                self.drain()
        self.drain()

    def play(self, file, count):
        with open(file, encoding="ascii") as lines:
            plan = [line.rstrip("\n").split(" ", 1) for line in lines]
        self.drain()
        frames = []
        for number, (name, frame) in enumerate(plan, 1):
            self.end(name).send(number_frame(parse_frame(frame), number))
            # Rings and queues are short.
            frames += self.receive(0)[0]
        frames += self.collect(
            lambda more: len(frames) + len(more) >= int(count))
        with open(f"{file}.arrived", "w", encoding="ascii") as arrived:
            for name, data in frames:
                number, data = take_number(data)
                print(number, name, format_frame(data), file=arrived)

    def gso(self, name, frame, size, mss):
        head = len(parse_frame(frame + " 0x0800 +0"))
        self.send_tcp(name, frame, int(size), False, vnet_hdr(
            head + 20, VNET_GSO_TCPV4, head + 40, int(mss)))

    def tcp(self, name, frame, size, checksum_is):
        head = len(parse_frame(frame + " 0x0800 +0"))
        partial = checksum_is == "partial"
        self.send_tcp(name, frame, int(size), checksum_is == "complete",
                      vnet_hdr(head + 20) if partial else VNET_HDR)

    def tcp6(self, name, frame, size, checksum_is):
        self.send_summed(name, parse_frame(frame + " 0x86dd +0"), ip6_packet,
                         40, int(size), checksum_is)

    def odd(self, name, frame, kind, size):
        head = parse_frame(frame + (" 0x86dd +0" if kind in ("tcp6", "hops")
                                    else " 0x0800 +0"))
        packet = odd_packet(kind, int(size))
        self.send_whole(name, head + packet, VNET_HDR, packet)

    def tunnel(self, name, frame, size, checksum_is):
        self.send_summed(name, parse_frame(frame + " 0x0800 +0"),
                         tunnel_packet, 48, int(size), checksum_is)

    def udp(self, name, frame, size, checksum_is):
        self.send_summed(name, parse_frame(frame + " 0x0800 +0"), udp_packet,
                         20, int(size), checksum_is, 6)

    def least(self, name, frame, size, checksum_is):
        self.send_summed(name, parse_frame(frame + " 0x0800 +0"), least_packet,
                         48, int(size), checksum_is, 6)

    def send_summed(self, name, head, packet, at, size, checksum_is, offset=16):
        """Send packet(size, complete), whose innermost header is at a place, and its
        checksum at an offset in that."""
        complete = checksum_is == "complete"
        header = vnet_hdr(len(head) + at, offset=offset)
        self.send_whole(name, head + packet(size, complete),
                        VNET_HDR if complete else header, packet(size, True))

    def send_whole(self, name, data, header, wanted):
        """Does a packet arrive everywhere as it is wanted?"""
        self.drain()
        self.end(name).send(data, header)
        frames = self.collect(lambda frames: len(frames) >= len(self.ends) - 1)
        for other, data in frames:
            if not data.endswith(wanted):
                raise Error(f"at {other}: {data.hex()}")
        if len(frames) != len(self.ends) - 1:
            raise Error(f"{len(frames)} frames arrived")

    def header(self, name, frame, size, most, *words):
        """What the device itself refuses does not arrive, either."""
        head = parse_frame(frame + " 0x0800 +0")
        self.drain()
        with contextlib.suppress(OSError):
            self.end(name).send(head + tcp_packet(int(size), False),
                                struct.pack("=BBHHHH", *map(int, words)))
        for other, data in self.collect(lambda frames: True):
            if len(data) > int(most):
                raise Error(f"{len(data)} bytes at {other}")

    def send_tcp(self, name, frame, size, complete, header):
        """Every segment must arrive, valid, at all other ends."""
        head = parse_frame(frame + " 0x0800 +0")
        end = self.end(name)
        self.drain()
        end.send(head + tcp_packet(size, complete), header)
        frames = self.collect(lambda frames: sum(
            len(data) - data.index(b"\x45\0", 12) - 40
            for _, data in frames) >= size * (len(self.ends) - 1))
        arrived = {}
        for other, data in frames:
            packet = data[data.index(b"\x08\0\x45", 12) + 2:]
            if not tcp_is_valid(packet):
                raise Error(f"checksum at {other}: {packet[:60].hex()}")
            start = int.from_bytes(packet[24:28], "big")
            arrived.setdefault(other, {})[start] = packet[40:]
        for other in self.ends:
            parts = arrived.get(other, {})
            got = b"".join(parts[start] for start in sorted(parts))
            if other != name and got != payload(size):
                raise Error(f"{len(got)} bytes of {size} at {other}")

    def fuzz(self, name, count):
        """Frames that are nearly right get further than random bytes."""
        random.seed(1)
        end = self.end(name)
        tags = ("", "1", "5", "0.3", "4095", "s1", "s5 5", "5 5", "s1 s1")
        sources = ("a", "b", "e", "all", "00:00:00:00:00:00", "1f")
        packets = [tcp_packet(size, False)
                   for size in (0, 10, 1400, 9000, 60000)]
        for i in range(int(count)):
            data = parse_frame(f"{random.choice(sources)}>"
                               f"{random.choice(('all', 'group', 'a', '2'))} "
                               f"{random.choice(tags)} +0")[:-2]
            packet = random.choice(packets)
            if random.random() < 0.5:
                packet = random.randbytes(random.randrange(2000))
            data += random.choice((b"\x08\0", b"\x86\xdd", b"\x88\x47",
                                   b"\x81\0", random.randbytes(2))) + packet
            cut = random.choice((len(data), len(data),
                                 random.randrange(len(data))))
            vnet_hdr = struct.pack(
                "=BBHHHH", random.randrange(4),
                random.choice((0, 1, 3, 4, 5, 0x81, 0x84, 255)),
                random.choice((0, 54, 58, random.randrange(200))),
                random.choice((0, 1, 500, 1448, 65535)),
                random.choice((0, 34, 38, random.randrange(200))),
                random.choice((6, 16, random.randrange(200))))
            try:
                end.send(data[:cut], random.choice((VNET_HDR, vnet_hdr)))
            except OSError:
                pass
            if not i % 64:
                self.drain()
        self.drain()

    def watch(self, name, seconds):
        self.end(name)
        deadline = time.monotonic() + float(seconds)
        while time.monotonic() < deadline:
            for _, data in self.receive(0.1)[0]:
                print(format_frame(data), data.hex(), flush=True)

    def serve(self):
        for line in sys.stdin:
            command, *arguments = line.rstrip("\n").split("\t")
            try:
                getattr(self, command)(*arguments)
                print("ok", flush=True)
            except (Error, OSError, AttributeError, KeyError, TypeError,
                    ValueError) as error:
                print(f"error {command}: {error!s}", flush=True)


def main():
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    try:
        getattr(Frames(), sys.argv[1])(*sys.argv[2:])
    except (Error, OSError) as error:
        sys.exit(f"frame.py: {error}")


if __name__ == "__main__":
    main()
