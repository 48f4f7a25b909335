# SPDX-License-Identifier: GPL-2.0
"""The switches that are compared, each brought up the way its users do.

A contestant connects the devices PREFIX0, PREFIX1, ..., which are of the kind
"vswbench" unless somebody else creates them. A shape has:

    ports   number of devices
    mode    plain: untagged frames, no VLANs where the contestant can do without
            access: untagged frames, every port in one VLAN
            trunk: tagged frames, every port a tagged member of all VLANs
    vid     first VLAN
    vlans   number of VLANs
"""

import functools
import os
import subprocess
import time

OVS = os.environ.get("VSW_OVS", "")
# The program of XdpRedirect, where the kernel can compile programs. User-Mode
# Linux cannot: there the meter has programs of its own
XDP = os.environ.get("VSW_BENCH_XDP", "")
VSWCTL = os.environ.get("VSW_CTL", "vswctl")


def run(*command, text=None):
    """Run a command, fed with text; its output"""
    done = subprocess.run(command, input=text, text=True, check=False,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    if done.returncode:
        raise RuntimeError(f"{' '.join(command)}: {done.stdout.strip()}")
    return done.stdout


def batch(command, lines):
    """Feed lines to a command that reads a batch from its standard input"""
    run(*command, text="".join(line + "\n" for line in lines))


def meter(line):
    """Give the meter a command"""
    with open("/proc/vsw_bench", "w", encoding="ascii") as proc:
        proc.write(line)


@functools.cache
def xdp_is_possible():
    """With BPF, or with the programs of the meter, which are told what to call"""
    if XDP:
        return True
    address = {}
    with open("/proc/kallsyms", encoding="ascii") as symbols:
        for line in symbols:
            value, _, name = line.split()[:3]
            address[name] = value
    if not {"bpf_xdp_redirect", "vsw_xdp_forward"} <= address.keys():
        return False
    meter(f"call redirect={address['bpf_xdp_redirect']} "
          f"forward={address['vsw_xdp_forward']}")
    return True


class Contestant:
    """name: how it is called; modes: the shapes it knows; skb: whether frames
    have one"""

    name = ""
    skb = True
    modes = ("plain", "access", "trunk")
    max_ports = 1000
    max_pairs = 1000000

    def __init__(self, prefix, shape):
        self.prefix = prefix
        self.shape = shape
        self.devices = [f"{prefix}{i}" for i in range(shape["ports"])]

    @classmethod
    def knows(cls, shape):
        """Can it take part?"""
        return (shape["mode"] in cls.modes and shape["ports"] <= cls.max_ports
                and (cls.skb or xdp_is_possible()))

    def vids(self):
        """The VLANs as FIRST-LAST"""
        first, count = self.shape["vid"], self.shape["vlans"]
        return f"{first}-{first + count - 1}" if count > 1 else str(first)

    def up(self):
        """Create the devices and connect them"""
        self.create()
        self.setup()
        self.activate()

    def down(self):
        """Leave nothing behind"""
        self.cleanup()
        self.remove()

    def create(self):
        """Create the devices"""
        batch(["ip", "-batch", "-"],
              [f"link add {dev} type vswbench" for dev in self.devices])

    def remove(self):
        """Remove the devices"""
        batch(["ip", "-batch", "-"],
              [f"link del {dev}" for dev in self.devices])

    def attach(self, mode):
        """Give the devices to the meter's own rx_handler or program"""
        meter(f"attach prefix={self.prefix} ports={len(self.devices)} "
              f"mode={mode}")

    def activate(self):
        """Bring the devices up"""
        batch(["ip", "-batch", "-"],
              [f"link set {dev} up" for dev in self.devices])

    def setup(self):
        """Connect the devices"""

    def cleanup(self):
        """Take apart what setup() made, but for the devices"""


class Attached(Contestant):
    """An rx_handler of the meter's own"""
    mode = ""

    def setup(self):
        self.attach(self.mode)


class Floor(Attached):
    """The meter itself, and an rx_handler that takes the frame"""
    name = "floor"
    mode = "take"


class LimitXmit(Attached):
    """An rx_handler that gives the frame to the driver of the next device"""
    name = "limit-xmit"
    mode = "xmit"


class LimitQueue(Attached):
    """An rx_handler that gives the frame to dev_queue_xmit()"""
    name = "limit-queue"
    mode = "queue"


class Mirred(Contestant):
    """tc: everything goes to the next device"""
    name = "mirred"

    def setup(self):
        lines = []
        for i, dev in enumerate(self.devices):
            to = self.devices[(i + 1) % len(self.devices)]
            lines.append(f"qdisc add dev {dev} clsact")
            lines.append(f"filter add dev {dev} ingress matchall action "
                         f"mirred egress redirect dev {to}")
        batch(["tc", "-batch", "-"], lines)

    def cleanup(self):
        batch(["tc", "-batch", "-"],
              [f"qdisc del dev {dev} clsact" for dev in self.devices])


class XdpRedirect(Contestant):
    """XDP in the driver: everything goes to the next device"""
    name = "xdp-redirect"
    skb = False
    program = "redirect"

    def setup(self):
        if XDP:
            self.load()
        else:
            self.attach(f"xdp-{self.program}")

    def load(self):
        """A program of BPF"""
        programs, maps = (f"/sys/fs/bpf/{self.prefix}{what}"
                          for what in ("programs", "maps"))
        index = []
        for dev in self.devices:
            with open(f"/sys/class/net/{dev}/ifindex", encoding="ascii") as file:
                index.append(int(file.read()))
        run("bpftool", "prog", "loadall", XDP, programs, "pinmaps", maps)
        lines = []
        for i, dev in enumerate(self.devices):
            key, value = (" ".join(str(byte) for byte in n.to_bytes(4, "little"))
                          for n in (index[i], index[(i + 1) % len(index)]))
            lines.append(f"map update pinned {maps}/ports key {key} "
                         f"value {value}")
            lines.append(f"net attach xdpdrv pinned "
                         f"{programs}/bench_{self.program} dev {dev}")
        batch(["bpftool", "batch", "file", "-"], lines)

    def cleanup(self):
        if XDP:
            run("rm", "-r", *(f"/sys/fs/bpf/{self.prefix}{what}"
                              for what in ("programs", "maps")))


class XdpFloor(XdpRedirect):
    """XDP in the driver: everything goes back. What is left is the meter and
    what a driver does for XDP."""
    name = "xdp-floor"
    program = "bounce"


class Bridge(Contestant):
    """The Linux bridge without VLANs"""
    name = "bridge"
    filtering = 0

    def setup(self):
        name = f"{self.prefix}br"
        run("ip", "link", "add", name, "type", "bridge", "mcast_snooping", "0",
            "vlan_filtering", str(self.filtering), "vlan_default_pvid", "0")
        batch(["ip", "-batch", "-"],
              [f"link set {dev} master {name}" for dev in self.devices])
        if self.filtering:
            flags = "" if self.shape["mode"] == "trunk" else "pvid untagged"
            batch(["bridge", "-batch", "-"],
                  [f"vlan add dev {dev} vid {self.vids()} {flags}"
                   for dev in self.devices])
        run("ip", "link", "set", name, "up")

    def cleanup(self):
        run("ip", "link", "del", f"{self.prefix}br")


class BridgeVlan(Bridge):
    """The Linux bridge with vlan_filtering"""
    name = "bridge-vlan"
    modes = ("access", "trunk")
    filtering = 1


class OvsNormal(Contestant):
    """Open vSwitch as it comes: a learning switch"""
    name = "ovs-normal"
    max_ports = 64
    # Each pair is a flow of its own in the kernel, put there by the daemon.
    max_pairs = 10000

    @classmethod
    def knows(cls, shape):
        return bool(OVS) and super().knows(shape)

    def vsctl(self, *words):
        """ovs-vsctl"""
        run(f"{OVS}/usr/bin/ovs-vsctl", *words)

    def setup(self):
        start_ovs()
        name = f"{self.prefix}br"
        words = ["add-br", name, "--", "set", "bridge", name,
                 "other_config:mac-table-size=250000", "fail_mode=standalone"]
        for dev in self.devices:
            words += ["--", "add-port", name, dev]
            if self.shape["mode"] == "access":
                words.append(f"tag={self.shape['vid']}")
            elif self.shape["mode"] == "trunk" and self.shape["vlans"] < 4094:
                first = self.shape["vid"]
                vids = range(first, first + self.shape["vlans"])
                words.append("trunks=" + ",".join(map(str, vids)))
        self.vsctl(*words)

    def cleanup(self):
        self.vsctl("del-br", f"{self.prefix}br")


class OvsFlows(OvsNormal):
    """Open vSwitch with a flow that leads each port to the next"""
    name = "ovs-flows"
    max_pairs = 1000000

    def setup(self):
        super().setup()
        tool, name = f"{OVS}/usr/bin/ovs-ofctl", f"{self.prefix}br"
        run(tool, "del-flows", name)
        flows = []
        for i, dev in enumerate(self.devices):
            to = self.devices[(i + 1) % len(self.devices)]
            flows.append(f"in_port={dev},actions=output:{to}")
        run(tool, "--names", "add-flows", name, "-", text="\n".join(flows))


class Vsw(Contestant):
    """vsw, all default policy on"""
    name = "vsw"

    def setup(self):
        name = f"{self.prefix}sw"
        lines = [f"switch add {name} fdb-max 2000000"]
        for dev in self.devices:
            if self.shape["mode"] == "trunk":
                vlans = f"trunk {self.vids()}"
            else:
                vlans = f"vlan {self.shape['vid']}"
            lines.append(f"port add {name} {dev} dev {dev} {vlans}")
        batch([VSWCTL, "-b", "-"], lines)
        run("ip", "link", "set", name, "up")

    def cleanup(self):
        run("ip", "link", "del", f"{self.prefix}sw")


class VswXdp(Vsw):
    """vsw with the fast path on every port"""
    name = "vsw-xdp"
    skb = False
    # An emulated guest needs ten seconds to load the program, for each port.
    max_ports = 64 if not XDP else 8

    def setup(self):
        super().setup()
        if XDP:
            batch([VSWCTL, "-b", "-"],
                  [f"port set {dev} fastpath xdp" for dev in self.devices])
        else:
            self.attach("xdp-forward")

    def cleanup(self):
        if XDP:
            for dev in self.devices:
                run("vsw-fastpath", "detach", dev)
        super().cleanup()


CONTESTANTS = [Floor, LimitXmit, LimitQueue, Mirred, XdpFloor, XdpRedirect,
               Bridge, BridgeVlan, OvsNormal, OvsFlows, Vsw, VswXdp]


def start_ovs():
    """The real daemons, out of a directory where their packages are unpacked"""
    if os.path.exists("/run/openvswitch/db.sock"):
        return
    # Before, it computes that it needs no thread at all.
    while time.clock_gettime(time.CLOCK_BOOTTIME) < 12:
        time.sleep(1)
    os.makedirs("/run/openvswitch", exist_ok=True)
    os.environ.update(OVS_RUNDIR="/run/openvswitch", OVS_DBDIR="/run/openvswitch",
                      OVS_SYSCONFDIR="/run/openvswitch",
                      OVS_LOGDIR="/run/openvswitch",
                      OVS_PKGDATADIR=f"{OVS}/usr/share/openvswitch")
    database = "/run/openvswitch/conf.db"
    run(f"{OVS}/usr/bin/ovsdb-tool", "create", database,
        f"{OVS}/usr/share/openvswitch/vswitch.ovsschema")
    run(f"{OVS}/usr/sbin/ovsdb-server", database, "--detach", "--no-chdir",
        "--remote=punix:/run/openvswitch/db.sock", "--pidfile",
        "--log-file=/run/openvswitch/db.log")
    run(f"{OVS}/usr/bin/ovs-vsctl", "--no-wait", "init")
    run(f"{OVS}/usr/lib/openvswitch-switch/ovs-vswitchd", "--detach", "--no-chdir", "--pidfile",
        "--log-file=/run/openvswitch/vswitchd.log")
    run(f"{OVS}/usr/bin/ovs-vsctl", "set", "Open_vSwitch", ".",
        "other_config:max-idle=600000", "other_config:flow-limit=500000")
