#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""Drive a program in a terminal that is not there, and look at its screen.

Usage: screen.py STEP... -- COMMAND...

  size=COLUMNSxLINES	of the terminal: before the program starts, 80x24 if it is
			not the first step; later, the terminal is resized
  key=TEXT		press these keys; up, down, left, right, pgup, pgdn, home
			and end are keys, too
  expect=PATTERN	wait until the screen matches (lines are told apart by
			newlines, ^ and $ match at each)
  absent=PATTERN	wait until it does not
  show			print the screen
  svg=FILE		write a picture of the screen
  pause=SECONDS		let it run
  signal=NAME		such as INT
  exit=CODE		wait until it ends with that status; the last step

The first step that fails ends it with status 1, and the screen is printed.
"""
import errno
import fcntl
import os
import pty
import re
import select
import signal
import struct
import sys
import termios
import time
from xml.sax.saxutils import escape

import pyte

PATIENCE = 30
KEYS = {
    "up": "\033[A", "down": "\033[B", "right": "\033[C", "left": "\033[D",
    "home": "\033[1~", "end": "\033[4~", "pgup": "\033[5~", "pgdn": "\033[6~",
}
CELL_WIDTH, CELL_HEIGHT, FONT_SIZE, MARGIN = 8.4, 18, 14, 10


class Failure(Exception):
    """A step did not come true"""


class Terminal:
    """A program in a terminal"""

    def __init__(self, columns, lines, command):
        self.screen = pyte.Screen(columns, lines)
        self.stream = pyte.ByteStream(self.screen)
        self.status = None
        self.pid, self.file = pty.fork()
        if not self.pid:
            os.environ["TERM"] = "linux"
            os.environ.pop("COLUMNS", None)
            os.environ.pop("LINES", None)
            # The size is there before the program looks
            self.tell_size(0, columns, lines)
            os.execvp(command[0], command)

    @staticmethod
    def tell_size(file, columns, lines):
        """What the program is told by the kernel"""
        size = struct.pack("HHHH", lines, columns, 0, 0)
        fcntl.ioctl(file, termios.TIOCSWINSZ, size)

    def run(self, seconds):
        """Take in what the program prints in that time"""
        end = time.monotonic() + seconds
        while self.status is None:
            left = end - time.monotonic()
            if left <= 0:
                return
            if not select.select([self.file], [], [], left)[0]:
                return
            try:
                data = os.read(self.file, 65536)
            except OSError as error:
                if error.errno != errno.EIO:
                    raise
                data = b""
            if not data:
                self.status = os.waitstatus_to_exitcode(
                    os.waitpid(self.pid, 0)[1])
                return
            self.stream.feed(data)

    def text(self):
        """The screen, without blanks at the ends of lines"""
        return "\n".join(line.rstrip() for line in self.screen.display)

    def wait_for(self, what, condition):
        """Until it is true"""
        end = time.monotonic() + PATIENCE
        while not condition():
            if time.monotonic() > end:
                raise Failure(f"{what}: not in {PATIENCE} s")
            if self.status is not None:
                raise Failure(f"{what}: it ended with status {self.status}")
            self.run(0.1)

    def resize(self, columns, lines):
        """The user has made the window another size"""
        self.screen.resize(lines, columns)
        self.tell_size(self.file, columns, lines)


def runs(line, columns):
    """The pieces of a line whose characters look alike: column, text, style"""
    pieces = []
    for column in range(columns):
        char = line[column]
        style = (char.bold, char.reverse)
        if pieces and pieces[-1][2] == style:
            pieces[-1][1] += char.data
        else:
            pieces.append([column, char.data, style])
    return pieces


def svg_piece(row, column, text, style):
    """A piece of a line as SVG"""
    bold, reverse = style
    x, y = MARGIN + column * CELL_WIDTH, MARGIN + row * CELL_HEIGHT
    width = len(text) * CELL_WIDTH
    out = ""
    if reverse:
        out += (f'<rect x="{x:.1f}" y="{y}" width="{width:.1f}" '
                f'height="{CELL_HEIGHT}" fill="#d8dee4"/>\n')
    if text.strip():
        out += (f'<text x="{x:.1f}" y="{y + FONT_SIZE}" '
                f'textLength="{width:.1f}" xml:space="preserve"'
                f'{" font-weight=" + chr(34) + "bold" + chr(34) if bold else ""}'
                f' fill="{"#1c2128" if reverse else "#d8dee4"}">'
                f'{escape(text)}</text>\n')
    return out


def svg(screen):
    """The screen as a picture"""
    width = 2 * MARGIN + screen.columns * CELL_WIDTH
    height = 2 * MARGIN + screen.lines * CELL_HEIGHT
    out = (f'<svg xmlns="http://www.w3.org/2000/svg" width="{width:.0f}" '
           f'height="{height}" font-family="DejaVu Sans Mono, monospace" '
           f'font-size="{FONT_SIZE}">\n'
           '<rect width="100%" height="100%" rx="6" fill="#1c2128"/>\n')
    for row in range(screen.lines):
        for column, text, style in runs(screen.buffer[row], screen.columns):
            out += svg_piece(row, column, text, style)
    return out + "</svg>\n"


def size_of(value):
    """80x24 as two numbers"""
    columns, lines = value.split("x")
    return int(columns), int(lines)


def step(terminal, word, value):
    """Do one"""
    if word == "size":
        terminal.resize(*size_of(value))
    elif word == "key":
        os.write(terminal.file, KEYS.get(value, value).encode())
    elif word == "expect":
        terminal.wait_for(f"expect {value}", lambda: re.search(
            value, terminal.text(), re.M))
    elif word == "absent":
        terminal.wait_for(f"absent {value}", lambda: not re.search(
            value, terminal.text(), re.M))
    elif word == "show":
        print(terminal.text())
    elif word == "svg":
        with open(value, "w", encoding="ascii") as file:
            file.write(svg(terminal.screen))
    elif word == "pause":
        terminal.run(float(value))
    elif word == "signal":
        os.kill(terminal.pid, signal.Signals["SIG" + value])
    elif word == "exit":
        end = time.monotonic() + PATIENCE
        while terminal.status is None and time.monotonic() < end:
            terminal.run(0.1)
        if terminal.status != int(value):
            raise Failure(f"exit {value}: it is {terminal.status}")
    else:
        raise Failure(f"no step '{word}'")


def main():
    """Steps, --, command"""
    if "--" not in sys.argv:
        sys.exit(__doc__)
    end = sys.argv.index("--")
    steps = [word.partition("=")[::2] for word in sys.argv[1:end]]
    columns, lines = 80, 24
    if steps and steps[0][0] == "size":
        columns, lines = size_of(steps.pop(0)[1])
    terminal = Terminal(columns, lines, sys.argv[end + 1:])
    try:
        for word, value in steps:
            step(terminal, word, value)
    except Failure as failure:
        print(f"{failure}; the screen is:\n{terminal.text()}")
        sys.exit(1)
    finally:
        if terminal.status is None:
            os.kill(terminal.pid, signal.SIGKILL)


main()
