#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""The same as tcp.py between two virtual machines, on taps with vhost.

Usage: vms.py [--rounds N] [--seconds N] [--contestants NAME[,NAME]] OUT

Both machines run all the time; the contestants take turns in connecting their
taps. VSW_GUEST_KERNEL and VSW_GUEST_INITRD are what the machines boot.
"""

import os
import socket
import subprocess
import sys
import time

import contestants
import tcp
from contestants import run

BOOT_SECONDS = 180


class Machine:
    """A virtual machine, and the shell on its console (vm/nested-init.sh)"""

    def __init__(self, tap, number):
        self.tap = tap
        self.requests = 0
        self.seen = ""
        self.path = f"/run/{tap}.console"
        run("ip", "tuntap", "add", tap, "mode", "tap", "vnet_hdr")
        # pylint: disable=consider-using-with
        self.qemu = subprocess.Popen(
            ["qemu-system-x86_64", "-nodefaults", "-no-user-config",
             "-no-reboot", "-display", "none", "-machine", "q35,accel=kvm",
             "-cpu", "host", "-smp", "1", "-m", "256",
             "-kernel", os.environ["VSW_GUEST_KERNEL"],
             "-initrd", os.environ["VSW_GUEST_INITRD"],
             "-append", "console=ttyS0 quiet panic=-1 mitigations=off audit=0 "
             f"no_timer_check vsw.name={tap} vsw.ip=192.0.2.{number}/24",
             "-chardev", f"socket,id=console,path={self.path},server=on,wait=off",
             "-serial", f"file:/run/{tap}.kernel",
             "-device", "virtio-serial-pci,disable-modern=on",
             "-device", "virtconsole,chardev=console",
             "-netdev", f"tap,id=net,ifname={tap},script=no,downscript=no,"
             "vhost=on",
             "-device", f"virtio-net-pci,netdev=net,romfile=,disable-modern=on,"
             f"mac=52:54:00:bb:00:{number:02x}"],
            stdin=subprocess.DEVNULL)
        while not os.path.exists(self.path):
            if self.qemu.poll() is not None:
                raise RuntimeError(f"QEMU ended with {self.qemu.returncode}")
            time.sleep(0.1)
        self.console = socket.socket(socket.AF_UNIX)
        self.console.connect(self.path)

    def wait_for(self, text, seconds):
        """What the console says before a line that starts with text, and that
        line"""
        self.console.settimeout(seconds)
        while True:
            lines = self.seen.split("\n")
            for i, line in enumerate(lines[:-1]):
                if line.startswith(text):
                    self.seen = "\n".join(lines[i + 1:])
                    return "\n".join(lines[:i]), line
            self.seen += self.console.recv(65536).decode("ascii", "replace")
            self.seen = self.seen.replace("\r", "")

    def run(self, command, seconds=60):
        """Run a command in the machine; its output"""
        self.requests += 1
        self.console.sendall(f"{self.requests} {command}\n".encode())
        output, last = self.wait_for(f"done {self.requests} ", seconds)
        if not last.endswith(" 0"):
            raise RuntimeError(f"{self.tap}: {command}: {output}")
        return output

    def stop(self):
        """Switch it off"""
        self.qemu.kill()
        self.qemu.wait()
        run("ip", "link", "del", self.tap)


class TapPorts:
    """Taps are there before, and stay"""

    def create(self):
        """They are there"""
        self.devices = [machine.tap for machine in MACHINES]

    def remove(self):
        """They stay"""

    def inside(self, end, *command):
        """Run a command at an end, and not what busybox has by that name"""
        return MACHINES[end].run("/bin/" + " ".join(command))


MACHINES = []
FIELD = [type(cls.__name__, (TapPorts, cls), {}) for cls in (
    contestants.Mirred, contestants.Bridge, contestants.BridgeVlan,
    contestants.OvsNormal, contestants.OvsFlows, contestants.Vsw,
    contestants.VswXdp)]


def main():
    """See above"""
    for i in range(2):
        MACHINES.append(Machine(f"vm{i}", i + 1))
    for machine in MACHINES:
        machine.wait_for("ready ", BOOT_SECONDS)
    for command in tcp.SERVERS:
        MACHINES[1].run(" ".join(command) + " > /dev/null 2>&1 &")
    try:
        tcp.compare(tcp.arguments(__doc__), FIELD, one_by_one=True)
    finally:
        for machine in MACHINES:
            machine.stop()


if __name__ == "__main__":
    sys.exit(main())
