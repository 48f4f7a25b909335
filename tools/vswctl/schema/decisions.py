# SPDX-License-Identifier: GPL-2.0
"""The schemas of what becomes of a frame: vswctl -j explain, vswctl -j trace.

Both tell the same steps of IEEE 802.1Q by the same words. "explain" knows more, and
what a NIC does by itself; "trace" has only what the datapath has told.
"""

MAC = {"type": "string", "pattern": "^([0-9a-f]{2}:){5}[0-9a-f]{2}$"}
NAME = {"type": "string", "minLength": 1, "maxLength": 31}
# 4095 is no VLAN, but can stand in a tag
TAG_VID = {"type": "integer", "minimum": 0, "maximum": 4095}
VID = {"type": "integer", "minimum": 1, "maximum": 4094}
PCP = {"type": "integer", "minimum": 0, "maximum": 7}
TEXT = {"type": "string", "minLength": 1}
# Results of each step, with the reasons that they may have: none, one of these, or
# that of a drop
DROP = "drop"
STEPS = {
    "receive": {"ok": None, "listeners": ["link-local"], "dropped": DROP},
    "classify": {"ok": ["untagged", "tagged", "priority"], "dropped": DROP},
    "admit": {"ok": ["member", "no member, unfiltered"], "dropped": DROP},
    "learn": {"kept": None, "learned": None, "moved": None, "vf": None,
              "dropped": DROP},
    "look-up": {"found": None,
                "flood": ["broadcast", "multicast", "unknown"]},
    "deliver": {"tagged": None, "untagged": None, "dropped": DROP},
}
NIC_DROPS = ["nic-tag", "nic-spoofchk"]
EXPLAIN_STEPS = STEPS | {
    "nic": {"ok": None, "delivered": None, "dropped": NIC_DROPS},
    "deliver": STEPS["deliver"] | {"skipped": [DROP, "no-flood"]},
}
# Results that are about a port
WITH_PORT = (("deliver", "tagged"), ("deliver", "untagged"),
             ("deliver", "skipped"), ("nic", "delivered"), ("learn", "vf"))


def integer(bits, text):
    """Any of so many bits"""
    return {"type": "integer", "minimum": 0, "maximum": 2 ** bits - 1,
            "description": text}


def described(schema, text):
    """The same, and what it is"""
    return schema | {"description": text}


def reasons_of(reasons, drops):
    """The words that are meant, or None"""
    if reasons == DROP:
        return drops
    if reasons and DROP in reasons:
        return drops + [reason for reason in reasons if reason != DROP]
    return reasons


def result_rule(step, result, reasons, drops, strict):
    """What is more to say of a step with that result; @strict, always"""
    words = reasons_of(reasons, drops)
    rule = {"properties": {"reason": {"enum": words}} if words else
            {"reason": False}}
    required = (["reason"] if words and (strict or result == "dropped")
                else []) + (
        ["port"] if (step, result) in WITH_PORT else [])
    if required:
        rule["required"] = required
    return {"if": {"properties": {"result": {"const": result}}}, "then": rule}


def step_rule(step, results, drops, strict):
    """What is more to say of a step of that name"""
    return {
        "if": {"properties": {"step": {"const": step}}},
        "then": {"properties": {"result": {"enum": list(results)}},
                 "allOf": [result_rule(step, result, reasons, drops, strict)
                           for result, reasons in results.items()]}}


def step_of(steps, more, drops, strict):
    """Schema of a step"""
    return {
        "type": "object",
        "properties": {
            "step": {"enum": list(steps)},
            "result": {"type": "string",
                       "description": "What comes of it, in a word."},
            "reason": {"type": "string", "description":
                       "Why; of a drop, the name of the counter in vswctl "
                       "stats show, or nic-... where a NIC drops the frame."},
            "port": described(NAME, "The port that it is about."),
            "via": described(NAME, "Uplink whose device sends it instead, to "
                                   "a VF."),
            "vid": described(VID, "The VLAN."),
        } | more,
        "required": ["step", "result"],
        "additionalProperties": False,
        "allOf": [step_rule(step, results, drops, strict)
                  for step, results in steps.items()],
    }


def outcome(reasons):
    """What "result" demands of the rest"""
    return [{"if": {"properties": {"result": {"const": "dropped"}}},
             "then": {"required": ["reason"]},
             "else": {"properties": {"reason": False}}},
            {"properties": {"reason": {"enum": reasons}}}]


def frame(steps):
    """What both say of a frame"""
    return {
        "port": described(NAME, "The port that it comes from."),
        "switch": integer(32, "Net device of the switch."),
        "src": described(MAC, "Source address, if it is known."),
        "dst": described(MAC, "Destination address."),
        "tag": {"type": "object", "description": "Its C-tag.",
                "properties": {"vid": described(TAG_VID, "0: priority tag."),
                               "pcp": described(PCP, "Its priority.")},
                "required": ["vid", "pcp"], "additionalProperties": False},
        "ethertype": integer(16, "What follows the tag."),
        "len": integer(32, "With the Ethernet header."),
        "vid": described(TAG_VID, "Its VLAN, 0 if it never was in one."),
        "steps": {"type": "array", "items": steps},
        "result": {"enum": ["delivered", "dropped", "listeners"],
                   "description": "listeners: to those who listen on the "
                                  "device, and nobody else."},
        "reason": {"type": "string",
                   "description": "Why it was dropped last."},
    }


def explain(drops):
    """Schema of an answer"""
    step = step_of(EXPLAIN_STEPS, {
        "vf": integer(16, "With via, the VF that it is sent to."),
        "text": described(TEXT, "Why, for people.")}, drops, True)
    step["dependentRequired"] = {"via": ["port", "vf"], "vf": ["via"]}
    properties = frame(step) | {
        "switch-name": described(NAME, "Name of the switch."),
        "pcp": described(PCP, "Its priority in its VLAN."),
        "delivered": integer(32, "To how many ports."),
        "where": described(NAME, "The port that counts the drop."),
        "direction": {"enum": ["rx", "tx"], "description":
                      "As received from that port, or as meant for it."},
    }
    properties["steps"]["minItems"] = 1
    item = {
        "type": "object",
        "properties": properties,
        "required": ["port", "switch", "switch-name", "dst", "ethertype",
                     "vid", "pcp", "steps", "result", "delivered"],
        "additionalProperties": False,
        "dependentRequired": {"where": ["direction", "reason"],
                              "direction": ["where"]},
        "allOf": outcome(drops + NIC_DROPS) + [
            {"if": {"properties": {"result": {"const": "delivered"}}},
             "then": {"properties": {"delivered": {"minimum": 1}}},
             "else": {"properties": {"delivered": {"const": 0}}}}],
    }
    return {"$schema": "https://json-schema.org/draft/2020-12/schema",
            "title": "vswctl -j explain", "type": "array", "items": item,
            "minItems": 1, "maxItems": 1}


def trace(drops):
    """Schema of a line"""
    # A module may be newer than the tool, which does not know its reasons then.
    drops = drops + ["unknown"]
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "vswctl -j trace",
        "description": "Each line of the output is such an object.",
        "type": "object",
        "properties": frame(step_of(STEPS, {}, drops, False)) | {
            "time": {"type": "number", "minimum": 0,
                     "description": "Seconds since 1970."},
            "netns": integer(32, "Network namespace of the switch."),
            "missing": integer(32, "Steps that there was no room for."),
        },
        "required": ["time", "port", "netns", "switch", "src", "dst",
                     "ethertype", "len", "vid", "steps", "missing", "result"],
        "additionalProperties": False,
        "allOf": outcome(drops),
    }
