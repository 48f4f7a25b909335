#!/usr/bin/python3 -IS
# SPDX-License-Identifier: GPL-2.0
"""libvirt hook: gives the interfaces of a domain their ports, and takes them back.

Installed as /etc/libvirt/hooks/qemu.d/vsw. libvirt calls it with DOMAIN OPERATION
SUB-OPERATION EXTRA, and the domain's XML on standard input. What is a port is said in
the metadata of the domain:

    <metadata>
      <vsw:ports xmlns:vsw="urn:vsw:libvirt:1">
        <vsw:port mac="52:54:00:aa:00:01" switch="vsw0" vlan="100"/>
      </vsw:ports>
    </metadata>

Installed as vsw-ifup too: the <script> of an interface that is attached to a domain
that runs, for which libvirt calls no hook. It is called with the name of the tap.

libvirt waits for a hook, so nothing here may ask libvirt: that would never end.
"""

import glob
import json
import os
import re
import select
import subprocess
import sys
import syslog
import time
import xml.etree.ElementTree as ET

NS = "urn:vsw:libvirt:1"
# Attributes of a port that say what it is; all others are keys of vswctl port add.
OWN = ("switch", "name", "mac", "dev", "pci")
# The only type whose tap libvirt leaves alone
TYPE = "ethernet"
TIMEOUT = 30
# Seconds after which to look whether a VM has arrived, if no event has said so
LOOK = 5
# The path of vswctl, and all that it gets of the environment
ENV = {"PATH": "/usr/sbin:/usr/local/sbin:/usr/bin:/bin", "LC_ALL": "C.UTF-8"}

SYSFS = os.environ.get("VSW_SYSFS", "/sys")
STATE = os.environ.get("VSW_STATE", "/run/vsw/libvirt")
RUNNING = os.environ.get("VSW_LIBVIRT_RUN", "/run/libvirt/qemu")
DEFINED = os.environ.get("VSW_LIBVIRT_ETC", "/etc/libvirt/qemu")
VSWCTL = os.environ.get("VSWCTL", "vswctl")


class Refused(Exception):
    """What the user has to know, in one sentence."""


# vswctl


def vswctl(*words, text=None):
    """Run vswctl, and return what it printed."""
    try:
        done = subprocess.run([VSWCTL, *words], input=text, text=True,
                              capture_output=True, timeout=TIMEOUT, check=False,
                              env=ENV)
    except FileNotFoundError:
        raise Refused("vswctl is not installed in " + ENV["PATH"]) from None
    except subprocess.TimeoutExpired:
        raise Refused(f"vswctl did not end in {TIMEOUT} s") from None
    if done.returncode:
        raise Refused(done.stderr.strip() or "vswctl failed")
    return done.stdout


def ports_now(*options):
    """All ports, by name."""
    shown = json.loads(vswctl(*options, "-j", "port", "show"))
    return {port["name"]: port for port in shown}


def quoted(word):
    """A word of a batch; its quotes have no escapes."""
    if "\n" in word or ('"' in word and "'" in word):
        raise Refused(f"{word!r} is no value for vswctl")
    return f"'{word}'" if '"' in word else f'"{word}"'


def named(text, commands):
    """What vswctl has said, with the command instead of its line."""
    found = re.match(r"vswctl: stdin:(\d+): ", text)
    if not found or not 0 < int(found[1]) <= len(commands):
        return text
    words = " ".join(commands[int(found[1]) - 1])
    return f"vswctl {words}: {text[found.end():]}"


def transaction(commands):
    """Run commands, all of them or none."""
    if not commands:
        return
    text = "".join(" ".join(map(quoted, words)) + "\n" for words in commands)
    try:
        vswctl("-a", "-b", "-", text=text)
    except Refused as error:
        raise Refused(named(str(error), commands)) from None
    for words in commands:
        syslog.syslog("vswctl " + " ".join(words))


# What the domain says


def is_representor(path):
    """Is a net device of a PF one for its VFs, not its own?"""
    try:
        with open(f"{path}/phys_port_name", encoding="ascii") as file:
            return bool(re.match(r"(c\d+)?pf\d+(vf|sf)\d+", file.read()))
    except OSError:
        # Those that have no name of that kind say EOPNOTSUPP.
        return False


def vf_of(pci):
    """The VF with that PCI address, as PF/N."""
    device = f"{SYSFS}/bus/pci/devices/{pci}"
    for link in glob.glob(f"{device}/physfn/virtfn*"):
        if os.path.basename(os.path.realpath(link)) == pci:
            names = [name for name in sorted(os.listdir(f"{device}/physfn/net"))
                     if not is_representor(f"{device}/physfn/net/{name}")]
            if names:
                return f"{names[0]}/{link.rpartition('virtfn')[2]}"
    if not os.path.exists(device):
        raise Refused(f"there is no PCI device {pci}")
    raise Refused(f"PCI device {pci} is no VF of a NIC that has its driver")


def pci_of(element):
    """The PCI address that a <hostdev> or <interface type='hostdev'> names."""
    address = element.find("source/address")
    if address is None or address.get("domain") is None:
        return None
    domain, bus, slot, function = (
        int(address.get(key, "0"), 16)
        for key in ("domain", "bus", "slot", "function"))
    return f"{domain:04x}:{bus:02x}:{slot:02x}.{function:x}"


class Nic:
    """A virtual NIC, or a PCI device, of the domain."""

    def __init__(self, element):
        def of(path, key):
            found = element.find(path)
            return None if found is None else found.get(key)

        self.type = element.get("type") if element.tag == "interface" else "hostdev"
        self.mac = (of("mac", "address") or "").lower() or None
        self.dev = of("target", "dev")
        self.pci = pci_of(element)
        self.alias = of("alias", "name")
        self.persistent = of("teaming", "persistent")

    def is_of(self, port):
        """Has the port said that it is for this one?"""
        return (port.get("mac", "").lower() == self.mac is not None or
                port.get("dev") == self.dev is not None or
                port.get("pci", "").lower() == self.pci is not None)

    def backs(self, others):
        """Is it the VF of a failover pair with one of those?"""
        return self.persistent is not None and any(
            self.persistent == other.alias for other in others)


class Domain:
    """What there is to know of a domain, from its XML."""

    def __init__(self, root):
        self.name = root.findtext("name", "?")
        self.uuid = root.findtext("uuid", self.name)
        self.ports = [dict(port.attrib) for port in root.iterfind(
            f"metadata/{{{NS}}}ports/{{{NS}}}port")]
        self.nics = [Nic(element) for element in root.iterfind("devices/*")
                     if element.tag in ("interface", "hostdev")]
        for number, port in enumerate(self.ports, 1):
            port.setdefault("name", self.name if number == 1
                            else f"{self.name}-{number}")

    def present(self):
        """The ports whose interfaces are there; others may be attached later."""
        missing = [port for port in self.ports if not self.nics_of(port)]
        alone = [nic for nic in self.nics if nic.type == TYPE and
                 not any(nic in self.nics_of(port) for port in self.ports)]
        if missing and alone:
            raise Refused(
                f"port {missing[0]['name']} is for no interface of the domain, and "
                f"the interface with MAC {alone[0].mac} has no port: which is meant?")
        return [port for port in self.ports if port not in missing]

    def nics_of(self, port):
        """Those of the port: one, or a failover pair."""
        found = [nic for nic in self.nics if nic.is_of(port)]
        return found + [nic for nic in self.nics
                        if nic not in found and nic.backs(found)]


class Wanted:
    """A port as it is to be."""

    def __init__(self, domain, port, incoming=False):
        self.name = port["name"]
        self.switch = port.get("switch")
        self.dev = self.vf = None
        self.pending = False
        if not self.switch:
            raise Refused(f"port {self.name}: say which switch: switch='NAME'")
        self._find(domain, port)
        self.policy = [word for key, value in port.items() if key not in OWN
                       for word in (key, value)]
        # The machine still runs elsewhere, and so does its address.
        if "mac" in port and (self.vf or not incoming):
            self.policy += ["mac", port["mac"]]
        if self.dev and self.vf and "failover" not in port:
            self.policy += ["failover", "auto"]

    def _find(self, domain, port):
        for nic in domain.nics_of(port):
            if nic.type == "hostdev":
                self.vf = self._one("VF", self.vf, nic.pci and vf_of(nic.pci))
            elif nic.type != TYPE:
                raise Refused(
                    f"port {self.name}: an interface of type '{nic.type}' cannot be "
                    f"a port: say <interface type='{TYPE}'>")
            elif nic.dev:
                self.dev = self._one("tap", self.dev, nic.dev)
            else:
                self.pending = True

    def _one(self, what, before, now):
        if before and now and before != now:
            raise Refused(f"port {self.name}: two interfaces have a {what}: "
                          "give each a port and an address of its own")
        return now or before

    def is_like(self, port):
        """Has a port of vswctl port show the same paths?"""
        vf = f"{port['pf-name']}/{port['vf']}" if "pf-name" in port else None
        return (port["switch-name"] == self.switch and vf == self.vf and
                port.get("ifname") == self.dev)

    def commands(self, port, made):
        """What makes it so; port is what there is, made the id of what we made."""
        if port and self.is_like(port):
            return [["port", "set", self.name, *self.policy]] if self.policy else []
        commands = []
        if port and port["id"] == made:
            commands.append(["port", "del", self.name, "id", str(made)])
        elif port:
            raise Refused(f"port {self.name} is there already, and was not made for "
                          "this domain: give the port another name='NAME'")
        paths = ["dev", self.dev] if self.dev else []
        paths += ["vf", self.vf] if self.vf else []
        commands.append(["port", "add", self.switch, self.name, *paths, *self.policy])
        return commands


# What was made for a domain


class State:
    """Names and ids of ports that were made for a domain, in a file; and whether it
    is on its way here: "announced" by migrate, True from prepare on."""

    def __init__(self, uuid):
        self.path = os.path.join(STATE, os.path.basename(uuid) + ".json")
        self.ports, self.incoming = {}, False
        try:
            with open(self.path, encoding="utf-8") as file:
                said = json.load(file)
            self.ports, self.incoming = said["ports"], said["incoming"]
        except FileNotFoundError:
            pass
        except (ValueError, KeyError, TypeError) as error:
            syslog.syslog(f"{self.path}: {error!r}: begun anew")

    def save(self):
        """Whole or not at all."""
        os.makedirs(STATE, mode=0o700, exist_ok=True)
        name = f"{self.path}.{os.getpid()}"
        try:
            with open(name, "w", encoding="utf-8") as file:
                json.dump({"ports": self.ports, "incoming": self.incoming}, file)
                file.flush()
                os.fsync(file.fileno())
            os.rename(name, self.path)
        except OSError:
            os.unlink(name)
            raise

    def forget(self):
        """Nothing is there any more."""
        try:
            os.unlink(self.path)
        except FileNotFoundError:
            pass


# Operations


def attach(domain, ports, final):
    """Make ports of a domain. Without final, taps may still be missing."""
    if not ports:
        return
    state = State(domain.uuid)
    wanted = [Wanted(domain, port, state.incoming) for port in ports]
    for port in wanted:
        if final and port.pending and not port.dev:
            raise Refused(f"port {port.name}: libvirt has made no tap for it")
    wanted = [port for port in wanted if not port.pending]
    now = ports_now()
    transaction([words for port in wanted for words in port.commands(
        now.get(port.name), state.ports.get(port.name))])
    now = ports_now()
    state.ports.update({port.name: now[port.name]["id"] for port in wanted
                        if port.name in now})
    state.save()


def begin(domain, _extra):
    """prepare: what can be said without the devices."""
    state = State(domain.uuid)
    if state.incoming:
        # A start that no migrate came before is none of the migration that failed.
        state.incoming = state.incoming == "announced"
        state.save()
    for port in domain.present():
        Wanted(domain, port)
    if domain.ports:
        vswctl("switch", "show")


def start(domain, _extra):
    """start: libvirt has made the taps, QEMU does not run yet."""
    attach(domain, domain.present(), False)


def started(domain, _extra):
    """started, attach: all are there; what start has done is found done."""
    attach(domain, domain.present(), True)
    waiting = [port for port in domain.present()
               if "mac" in port and not Wanted(domain, port).vf]
    if waiting and State(domain.uuid).incoming:
        in_background(lambda: await_arrival(domain, waiting))


def reconnect(domain, _extra):
    """reconnect: libvirt is back, and the domain runs here."""
    if domain.ports:
        state = State(domain.uuid)
        state.incoming = False
        state.save()
    attach(domain, domain.present(), True)


def migrate(domain, _extra):
    """migrate: it will come here, and run elsewhere until then."""
    if domain.ports:
        state = State(domain.uuid)
        state.incoming = "announced"
        state.save()


def stopped(domain, _extra):
    """stopped, release: ports on taps went with their taps, VFs have to be said."""
    state = State(domain.uuid)
    if state.ports:
        now = ports_now()
        transaction([["port", "del", name, "id", str(made)]
                     for name, made in state.ports.items()
                     if name in now and now[name]["id"] == made])
    state.forget()


# The end of a migration: libvirt calls no hook for it


def in_background(function):
    """Run it in a process that libvirt does not wait for."""
    if os.fork():
        return
    os.setsid()
    null = os.open(os.devnull, os.O_RDWR)
    for fd in range(3):
        os.dup2(null, fd)
    try:
        function()
    except (Refused, OSError, ValueError, KeyError) as error:
        syslog.syslog(syslog.LOG_ERR, f"vsw: {error}")
    os._exit(0)


def expected(state, now):
    """Is it still on its way here, to the ports that were made for it?"""
    return state.incoming and all(
        name in now and now[name]["id"] == made
        for name, made in state.ports.items())


def arrived(domain, ports):
    """It runs here, and so its addresses are here."""
    transaction([["port", "set", port["name"], "mac", port["mac"]]
                 for port in ports])
    state = State(domain.uuid)
    if state.incoming:
        state.incoming = False
        state.save()


def await_arrival(domain, ports):
    """Until it sends its first frame from here (QEMU sees to that when the VM
    runs), or does not come."""
    words = ["-j", "monitor", "port", ports[0]["name"], "objects", "port,fdb"]
    with subprocess.Popen([VSWCTL, *words], stdout=subprocess.PIPE, env=ENV,
                          stderr=subprocess.DEVNULL) as monitor:
        try:
            while expected(State(domain.uuid), now := ports_now("-s")):
                if any(now[port["name"]]["stats"]["rx-packets"] for port in ports):
                    arrived(domain, ports)
                    break
                # An event is an alarm clock; what counts is what there is.
                if (select.select([monitor.stdout], [], [], LOOK)[0] and
                        not os.read(monitor.stdout.fileno(), 65536)):
                    time.sleep(LOOK)
        finally:
            monitor.terminate()


OPERATIONS = {
    "prepare": begin,
    "start": start,
    "started": started,
    "attach": started,
    "reconnect": reconnect,
    "migrate": migrate,
    "stopped": stopped,
    "release": stopped,
}


# An interface that is attached to a domain that runs


def domains(pattern):
    """Domains that libvirt has written to files."""
    for path in glob.glob(pattern):
        try:
            root = ET.parse(path).getroot()
        except (OSError, ET.ParseError):
            continue
        root = root if root.tag == "domain" else root.find("domain")
        if root is not None:
            yield Domain(root)


def owners(pattern, dev, mac):
    """Which port of which domain is the tap of? libvirt changes its first octet."""
    for domain in domains(pattern):
        for port in domain.ports:
            if (port.get("dev") == dev or
                    port.get("mac", "").lower()[2:] == mac[2:] != ""):
                yield domain, port


def ifup(dev):
    """The tap has been made; QEMU does not have it yet."""
    with open(f"{SYSFS}/class/net/{dev}/address", encoding="ascii") as file:
        mac = file.read().strip().lower()
    for domain, port in owners(f"{RUNNING}/*.xml", dev, mac):
        nic = Nic(ET.Element("interface", {"type": TYPE}))
        nic.mac, nic.dev = port.get("mac", "").lower() or None, dev
        domain.nics = [other for other in domain.nics if not (
            other.type == TYPE and other.is_of(port))] + [nic]
        attach(domain, [port], True)
        return
    # A domain that starts: the hook will see to it.
    if not any(owners(f"{DEFINED}/*.xml", dev, mac)):
        raise Refused(f"{dev}: no domain has a port with an address that ends in "
                      f"{mac[3:]} in its metadata: virsh metadata DOMAIN")


def hook(operation, extra):
    """What libvirt calls."""
    text = sys.stdin.read()
    if operation not in OPERATIONS or not text.strip():
        return
    OPERATIONS[operation](Domain(ET.fromstring(text)), extra)


def main(words):
    """The exit status; 1 lets libvirt refuse what it is about to do."""
    syslog.openlog("vsw-libvirt")
    try:
        if len(words) == 2:
            ifup(words[1])
        elif len(words) >= 3:
            hook(words[2], words[4:])
        else:
            print("usage: vsw DOMAIN OPERATION SUB-OPERATION EXTRA < XML\n"
                  "       vsw-ifup TAP", file=sys.stderr)
            return 2
    except (Refused, OSError, ET.ParseError, ValueError, KeyError) as error:
        text = str(error) if isinstance(error, Refused) else repr(error)
        text = text if text.startswith("vswctl") else "vsw: " + text
        syslog.syslog(syslog.LOG_ERR, text)
        print(text, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv))
