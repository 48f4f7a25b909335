# SPDX-License-Identifier: GPL-2.0
"""Take the queues of a tap from vsw-bridge-helper, and hold them for a command.

launch.py HELPER ARGUMENT... -- COMMAND...: in COMMAND, @ stands for the numbers of the
file descriptors, as 3:4 (-netdev tap,fds=@).
"""

import fcntl
import os
import socket
import struct
import subprocess
import sys

TUNGETIFF = 0x800454d2


def tap_of(queue):
    """Name and flags of the tap."""
    name, flags = struct.unpack("16sH22x", fcntl.ioctl(queue, TUNGETIFF, bytes(40)))
    return f"{name.rstrip(bytes(1)).decode()} {flags:#x}"


def main():
    """The exit status of the helper, or of the command."""
    split = sys.argv.index("--")
    helper, command = sys.argv[1:split], sys.argv[split + 1:]
    ours, theirs = socket.socketpair()
    status = subprocess.run([*helper, f"--fd={theirs.fileno()}"],
                            pass_fds=[theirs.fileno()], check=False).returncode
    theirs.close()
    queues = []
    while True:
        data, fds, _flags, _address = socket.recv_fds(ours, 1, 1)
        if not data:
            break
        queues += fds
    if status:
        return status
    print("queues:", *map(tap_of, queues), flush=True)
    for queue in queues:
        os.set_inheritable(queue, True)
    text = ":".join(map(str, queues))
    return subprocess.run([word.replace("@", text) for word in command],
                          close_fds=False, check=False).returncode


sys.exit(main())
