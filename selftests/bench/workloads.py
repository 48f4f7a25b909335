# SPDX-License-Identifier: GPL-2.0
"""What is measured. Workloads with one topology follow each other."""

TOPOLOGY = ("ports", "mode", "vid", "vlans")

# Redirects and fixed flows know one destination for each port.
FIXED = ("floor", "limit-xmit", "limit-queue", "mirred", "xdp-floor",
         "xdp-redirect", "ovs-flows")


def topology(workload):
    """What contestants are set up for"""
    return tuple(workload[key] for key in TOPOLOGY)


def takes_part(contestant, workload):
    """Is the workload for this contestant?"""
    if workload["pairs"] > contestant.max_pairs:
        return False
    if not contestant.skb and not workload["pages"]:
        return False
    if workload["others"]:
        return contestant.name in ("bridge", "bridge-vlan", "vsw")
    if workload["kind"] in ("unicast", "storm"):
        # The daemon of Open vSwitch sees each new address: that is no datapath.
        return not (workload["kind"] == "storm" and "ovs" in contestant.name)
    return contestant.name not in FIXED and "ovs" not in contestant.name


def workload(name, *, mode="access", ports=2, pairs=1, vlans=1, tag="none",
             kind="unicast", size=64, vid=100, pages=0, tcp=0, others=0):
    """A workload; copies is how often a frame must come out, others how many
    addresses that do not send are in the table"""
    flooded = kind in ("broadcast", "unknown")
    return {"name": name, "mode": mode, "ports": ports, "pairs": pairs,
            "vlans": vlans, "tag": tag, "kind": kind, "size": size,
            "vid": vid, "pages": pages, "tcp": tcp, "others": others,
            "copies": ports - 1 if flooded else 1}


def all_workloads():
    """The list"""
    # First: what others leave in the table makes chains longer.
    yield workload("pages-access-1", pages=1)
    yield workload("pages-access-tcp", pages=1, tcp=1)
    for l4, tcp in (("tcp", 1), ("udp", 0)):
        yield workload(f"pages-access-1500-{l4}", size=1514, pages=1, tcp=tcp)
    for pairs in (1, 64, 1000, 10000, 100000):
        yield workload(f"access-{pairs}", pairs=pairs)
    yield workload("access-1500", size=1514)
    yield workload("access-gso", size=64000)
    yield workload("access-storm", kind="storm")
    yield workload("pages-access-1000", pairs=1000, pages=1)
    # Last: they stay in the table.
    yield workload("access-10000-of-million", pairs=10000, others=1000000)
    for tag in ("meta", "frame"):
        for pairs in (1, 1000, 10000, 100000):
            yield workload(f"trunk-{tag}-{pairs}", mode="trunk", tag=tag,
                           pairs=pairs)
        yield workload(f"pages-trunk-{tag}-1", mode="trunk", tag=tag, pages=1)
    yield workload("vlans-4094-1", mode="trunk", tag="meta", vid=1,
                   vlans=4094)
    yield workload("vlans-4094-10000", mode="trunk", tag="meta", vid=1,
                   vlans=4094, pairs=10000)
    yield workload("ports-64", ports=64, pairs=64)
    yield workload("pages-ports-64", ports=64, pairs=64, pages=1)
    yield workload("move-64", ports=64, pairs=64, kind="move")
    yield workload("flood-64", ports=64, pairs=64, kind="broadcast")
    yield workload("unknown-64", ports=64, pairs=64, kind="unknown")
    yield workload("flood-8", ports=8, pairs=8, kind="broadcast")
    yield workload("ports-1000", ports=1000, pairs=1000)
    yield workload("flood-1000", ports=1000, pairs=1000, kind="broadcast")


WORKLOADS = list(all_workloads())
