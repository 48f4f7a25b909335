# SPDX-License-Identifier: GPL-2.0
"""The hook with a vswctl and a /sys that are not real. KTAP."""

import json
import os
import pathlib
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
HOOK = HERE.parent / "vsw-hook.py"
MAC = "52:54:00:aa:00:01"
UUID = "6d1c1b0e-0000-4000-8000-000000000001"

# Keeps ports in a file, and what it was told in another
VSWCTL = """#!/usr/bin/python3
import json, os, shlex, sys, time
if "monitor" in sys.argv:
    seen, parent = "", os.getppid()
    while os.getppid() == parent:
        now = open("ports").read()
        if now != seen:
            print("{}", flush=True)
        seen = now
        time.sleep(0.02)
    sys.exit()
ports = json.load(open("ports"))
if sys.argv[-3:] == ["-j", "port", "show"]:
    if "-s" not in sys.argv:
        for port in ports.values():
            port.pop("stats", None)
    print(json.dumps(list(ports.values())))
    sys.exit()
if sys.argv[1:4] != ["-a", "-b", "-"]:
    sys.exit()
text = sys.stdin.read()
open("told", "a").write(text)
if "5000" in text:
    sys.exit("vswctl: stdin:1: 5000 is no VLAN: 1 to 4094")
for words in map(shlex.split, text.splitlines()):
    if words[1] == "del":
        del ports[words[2]]
    elif words[1] == "add":
        port = {"name": words[3], "switch-name": words[2], "id": len(text),
                "stats": {"rx-packets": 0}}
        given = dict(zip(words[4::2], words[5::2]))
        if "dev" in given:
            port["ifname"] = given["dev"]
        if "vf" in given:
            port["pf-name"], vf = given["vf"].split("/")
            port["vf"] = int(vf)
        ports[words[3]] = port
with open("ports.new", "w") as file:
    json.dump(ports, file)
os.rename("ports.new", "ports")
"""

DOMAIN = """<domain><name>web1</name><uuid>{uuid}</uuid><metadata>
<vsw:ports xmlns:vsw="urn:vsw:libvirt:1">{ports}</vsw:ports></metadata>
<devices>{devices}</devices></domain>"""

TAP = ("<interface type='ethernet'><mac address='%s'/><target dev='vnet0'/>"
       "<teaming type='persistent'/><alias name='ua-1'/></interface>" % MAC)
NO_TAP = "<interface type='ethernet'><mac address='%s'/></interface>" % MAC
ADDRESS = ("<address type='pci' domain='0x0000' bus='0x01' slot='0x10' "
           "function='0x%d'/>")
VF = ("<interface type='hostdev'><mac address='%s'/><source>%s</source>"
      "<teaming type='transient' persistent='ua-1'/></interface>"
      % (MAC, ADDRESS % 2))
HOSTDEV = ("<hostdev mode='subsystem' type='pci'><source>%s</source>%%s</hostdev>"
           % (ADDRESS % 2))
PORT = '<vsw:port mac="%s" switch="vsw0" vlan="100"/>' % MAC


class Lab:
    """A folder in which the hook finds all that it looks for."""

    def __init__(self, where):
        self.dir = pathlib.Path(where)
        (self.dir / "ports").write_text("{}")
        (self.dir / "vswctl").write_text(VSWCTL)
        (self.dir / "vswctl").chmod(0o755)
        pf = self.dir / "sys/bus/pci/devices/0000:01:00.0"
        vf = pf.parent / "0000:01:10.2"
        # In switchdev mode the representors of VFs are there, too.
        for name, said in (("eth4", "pf0vf1\n"), ("eth5", "c1pf0sf2\n"),
                           ("pf0", "p0\n")):
            (pf / "net" / name).mkdir(parents=True)
            (pf / "net" / name / "phys_port_name").write_text(said)
        vf.mkdir()
        (pf / "virtfn1").symlink_to("../0000:01:10.2")
        (vf / "physfn").symlink_to("../0000:01:00.0")
        net = self.dir / "sys/class/net/vnet7"
        net.mkdir(parents=True)
        (net / "address").write_text("fe:54:00:aa:00:01\n")
        (self.dir / "run").mkdir()
        (self.dir / "etc").mkdir()

    def run(self, *words, text=""):
        """Returns exit status, and what it said."""
        env = {"VSWCTL": str(self.dir / "vswctl"), "PATH": os.environ["PATH"],
               "VSW_SYSFS": str(self.dir / "sys"),
               "VSW_STATE": str(self.dir / "state"),
               "VSW_LIBVIRT_RUN": str(self.dir / "run"),
               "VSW_LIBVIRT_ETC": str(self.dir / "etc")}
        done = subprocess.run([sys.executable, "-B", str(HOOK), *words], input=text,
                              text=True, capture_output=True, cwd=self.dir, env=env,
                              check=False)
        assert done.stdout == "", "libvirt would take that for XML: " + done.stdout
        assert "Traceback" not in done.stderr, done.stderr
        return done.returncode, done.stderr.strip()

    def hook(self, operation, ports=PORT, devices=TAP):
        """As libvirt calls it."""
        return self.run("web1", operation, "begin", "-", text=DOMAIN.format(
            uuid=UUID, ports=ports, devices=devices))

    def told(self):
        """What vswctl was told since the last time."""
        path = self.dir / "told"
        text = path.read_text() if path.exists() else ""
        path.unlink(missing_ok=True)
        return text.replace('"', "").strip()

    def await_told(self):
        """The same, of what goes on in the background."""
        for _ in range(200):
            if (self.dir / "told").exists():
                break
            time.sleep(0.05)
        return self.told()

    def background(self):
        """The processes that libvirt does not wait for."""
        found = []
        for path in pathlib.Path("/proc").glob("[0-9]*"):
            try:
                if os.readlink(path / "cwd") == str(self.dir.resolve()):
                    found.append(path.name)
            except OSError:
                pass
        return found

    def await_quiet(self):
        """None of them is left."""
        for _ in range(200):
            if not self.background():
                return
            time.sleep(0.05)
        check(self.background(), [])

    def receives(self):
        """The port has received a frame."""
        ports = json.loads((self.dir / "ports").read_text())
        ports["web1"]["stats"]["rx-packets"] = 1
        (self.dir / "ports.new").write_text(json.dumps(ports))
        (self.dir / "ports.new").rename(self.dir / "ports")

    def incoming(self, ports=PORT, devices=TAP):
        """As far as QEMU that waits for the memory."""
        for operation in "migrate", "prepare", "start", "started":
            check(self.hook(operation, ports, devices), (0, ""))
        return self.told()


def check(got, wanted):
    """Say what differs."""
    assert got == wanted, f"got {got!r}, wanted {wanted!r}"


def refused(result, text):
    """Status 1, and a sentence that has the text."""
    assert result[0] == 1 and text in result[1], f"got {result!r}, wanted {text!r}"


def nothing_to_do(lab):
    """a domain without ports, an operation of the future, no XML"""
    check(lab.hook("start", ports=""), (0, ""))
    check(lab.hook("hibernate"), (0, ""))
    check(lab.run("web1", "start", "begin", "-"), (0, ""))
    check(lab.told(), "")
    check(lab.run("web1")[0], 1)
    check(lab.run()[0], 2)


def whole_life(lab):
    """prepare, start, started, stopped, release"""
    check(lab.hook("prepare", devices=NO_TAP), (0, ""))
    check(lab.hook("start"), (0, ""))
    check(lab.told(), f"port add vsw0 web1 dev vnet0 vlan 100 mac {MAC}")
    check(lab.hook("started"), (0, ""))
    check(lab.told(), f"port set web1 vlan 100 mac {MAC}")
    made = json.loads((lab.dir / f"state/{UUID}.json").read_text())["ports"]["web1"]
    check(lab.hook("stopped"), (0, ""))
    check(lab.told(), f"port del web1 id {made}")
    check(lab.hook("release"), (0, ""))
    check(lab.told(), "")
    check(os.listdir(lab.dir / "state"), [])


def late_tap(lab):
    """a tap that has no name at start has one at started, or is refused"""
    check(lab.hook("start", devices=NO_TAP), (0, ""))
    check(lab.told(), "")
    refused(lab.hook("started", devices=NO_TAP), "libvirt has made no tap")
    check(lab.hook("started"), (0, ""))
    assert lab.told().startswith("port add vsw0 web1 dev vnet0")


def vf(lab):
    """a VF: of an interface, of a hostdev by its address"""
    check(lab.hook("start", devices=VF), (0, ""))
    check(lab.told(), f"port add vsw0 web1 vf pf0/1 vlan 100 mac {MAC}")
    check(lab.hook("stopped", devices=VF), (0, ""))
    lab.told()
    port = '<vsw:port pci="0000:01:10.2" mac="%s" switch="vsw0"/>' % MAC
    check(lab.hook("start", port, HOSTDEV % ""), (0, ""))
    check(lab.told(), f"port add vsw0 web1 vf pf0/1 mac {MAC}")


def pair(lab):
    """a failover pair is one port, by MAC or by the alias of its tap"""
    want = ("port add vsw0 web1 dev vnet0 vf pf0/1 vlan 100 "
            f"mac {MAC} failover auto")
    check(lab.hook("start", devices=TAP + VF), (0, ""))
    check(lab.told(), want)
    check(lab.hook("stopped"), (0, ""))
    lab.told()
    transient = "<teaming type='transient' persistent='ua-1'/>"
    check(lab.hook("start", devices=TAP + HOSTDEV % transient), (0, ""))
    check(lab.told(), want)


def no_vf(lab):
    """a PCI device that is no VF, or is not there"""
    gone = VF.replace("0x2", "0x4")
    refused(lab.hook("start", devices=gone), "no PCI device 0000:01:10.4")
    plain = VF.replace("0x10", "0x00").replace("0x2", "0x0")
    refused(lab.hook("start", devices=plain), "is no VF")


def bad_metadata(lab):
    """no switch, another type, a MAC that nobody has, what vswctl refuses"""
    refused(lab.hook("prepare", '<vsw:port mac="%s"/>' % MAC), "say which switch")
    refused(lab.hook("prepare", devices=TAP.replace("ethernet", "bridge")),
            "<interface type='ethernet'>")
    refused(lab.hook("prepare", PORT.replace("00:01", "00:02")), "which is meant")
    refused(lab.hook("start", PORT.replace("100", "5000")), "vswctl port add vsw0 web1 dev vnet0 vlan 5000 mac " + MAC +
            ": 5000 is no VLAN")
    refused(lab.hook("start", PORT.replace("100", "1&#10;2")), "no value")
    refused(lab.run("web1", "start", "begin", "-", text="<domain"), "ParseError")
    check((lab.dir / "ports").read_text(), "{}")


def later(lab):
    """a port for an interface that is attached later"""
    more = PORT + PORT.replace("00:01", "00:02").replace("100", "200")
    check(lab.hook("start", more), (0, ""))
    check(lab.told(), f"port add vsw0 web1 dev vnet0 vlan 100 mac {MAC}")


def of_others(lab):
    """a port of that name that the hook has not made is left alone"""
    port = {"web1": {"name": "web1", "switch-name": "vsw0", "id": 3,
                     "ifname": "tap9"}}
    (lab.dir / "ports").write_text(json.dumps(port))
    refused(lab.hook("start"), "is there already")
    check(lab.hook("stopped"), (0, ""))
    check(lab.told(), "")
    check(json.loads((lab.dir / "ports").read_text()), port)


def left_over(lab):
    """a port that the hook has made, and whose tap is another now, is made anew"""
    check(lab.hook("start"), (0, ""))
    made = json.loads((lab.dir / "ports").read_text())["web1"]["id"]
    lab.told()
    check(lab.hook("start", devices=TAP.replace("vnet0", "vnet1")), (0, ""))
    check(lab.told(), f"port del web1 id {made}\n"
          f"port add vsw0 web1 dev vnet1 vlan 100 mac {MAC}")


def incoming(lab):
    """while it runs elsewhere its address is there; here when it speaks here"""
    check(lab.incoming(), "port add vsw0 web1 dev vnet0 vlan 100\n"
          "port set web1 vlan 100")
    assert lab.background(), "nobody waits for it"
    time.sleep(0.3)
    check(lab.told(), "")
    lab.receives()
    check(lab.await_told(), f"port set web1 mac {MAC}")
    lab.await_quiet()
    check(lab.hook("reconnect"), (0, ""))
    check(lab.told(), f"port set web1 vlan 100 mac {MAC}")
    check(lab.hook("stopped"), (0, ""))
    check(os.listdir(lab.dir / "state"), [])


def incoming_restart(lab):
    """libvirt's restart ends it as well"""
    lab.incoming()
    check(lab.hook("reconnect"), (0, ""))
    check(lab.told(), f"port set web1 vlan 100 mac {MAC}")
    lab.await_quiet()


def not_arrived(lab):
    """a migration that fails on its way leaves nothing, and the next start is one"""
    lab.incoming()
    check(lab.hook("stopped"), (0, ""))
    check(lab.hook("release"), (0, ""))
    lab.await_quiet()
    check(os.listdir(lab.dir / "state"), [])
    lab.told()
    check(lab.hook("start"), (0, ""))
    check(lab.told(), f"port add vsw0 web1 dev vnet0 vlan 100 mac {MAC}")


def not_announced(lab):
    """what libvirt did not end is forgotten at the next start that is no migration"""
    check(lab.hook("migrate"), (0, ""))
    check(lab.hook("prepare"), (0, ""))
    check(lab.hook("prepare"), (0, ""))
    check(lab.hook("start"), (0, ""))
    check(lab.told(), f"port add vsw0 web1 dev vnet0 vlan 100 mac {MAC}")
    check(lab.hook("started"), (0, ""))
    check(lab.background(), [])


def incoming_vf(lab):
    """a VF needs its address before, and nobody waits"""
    check(lab.incoming(devices=VF), f"port add vsw0 web1 vf pf0/1 vlan 100 mac {MAC}\n"
          f"port set web1 vlan 100 mac {MAC}")
    check(lab.background(), [])


def live(lab):
    """the script of an interface that is attached to a domain that runs"""
    refused(lab.run("vnet7"), "ends in 54:00:aa:00:01")
    text = DOMAIN.format(uuid=UUID, ports=PORT, devices="")
    (lab.dir / "etc/web1.xml").write_text(text)
    check(lab.run("vnet7"), (0, ""))
    check(lab.told(), "")
    (lab.dir / "run/web1.xml").write_text(f"<domstatus>{text}</domstatus>")
    (lab.dir / "run/bad.xml").write_text("<domstatus")
    check(lab.run("vnet7"), (0, ""))
    check(lab.told(), f"port add vsw0 web1 dev vnet7 vlan 100 mac {MAC}")
    check(lab.run("../x")[0], 1)


def broken_state(lab):
    """a state file that is none"""
    (lab.dir / "state").mkdir()
    (lab.dir / f"state/{UUID}.json").write_text("{")
    check(lab.hook("start"), (0, ""))
    check(lab.hook("stopped"), (0, ""))


CASES = [nothing_to_do, whole_life, late_tap, vf, pair, no_vf, bad_metadata, later,
         of_others, left_over, incoming, incoming_restart, not_arrived,
         not_announced, incoming_vf, live, broken_state]


def main():
    """One line a case."""
    failed = 0
    print(f"KTAP version 1\n1..{len(CASES)}")
    for number, case in enumerate(CASES, 1):
        with tempfile.TemporaryDirectory() as where:
            try:
                case(Lab(where))
                print(f"ok {number} {case.__doc__}")
            except AssertionError as error:
                failed += 1
                print(f"# {error}\nnot ok {number} {case.__doc__}")
    return failed > 0


sys.exit(main())
