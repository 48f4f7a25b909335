#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""Draw the panels of the Grafana dashboard without Grafana, which Debian lacks.

Usage: dashboard.py RECORDED.tar.xz PICTURE.svg	see pictures.sh
       dashboard.py --check RECORDED.tar.xz

What was recorded goes into a Prometheus that is started for it (PROMETHEUS is the
folder with prometheus and promtool, if they are not in the path), each panel's
expressions are asked of that, and the answers are drawn by matplotlib. With
--check nothing is drawn: each expression has to be understood and, unless it asks
for what has not happened, answered.
"""
import contextlib
import json
import os
import pathlib
import socket
import subprocess
import sys
import tarfile
import tempfile
import time
import urllib.error
import urllib.parse
import urllib.request

TOP = pathlib.Path(__file__).resolve().parent.parent
DASHBOARD = TOP / "contrib/grafana/vsw-dashboard.json"
STEP = 2
# The variables of the dashboard, as "All" sets them
VARIABLES = {"$switch": ".*", "$port": ".*", "$__rate_interval": "15s"}


def program(name):
    """One of Prometheus' programs"""
    return os.path.join(os.environ["PROMETHEUS"], name) \
        if "PROMETHEUS" in os.environ else name


def unpack(archive, path):
    """One OpenMetrics file of all, with times; returns the first and the last"""
    times = []
    with tarfile.open(archive) as tar, open(path, "w",
                                            encoding="utf-8") as out:
        for member in sorted(tar.getmembers(), key=lambda one: one.name):
            if not member.isfile():
                continue
            when = float(member.name.rpartition("/")[2])
            times.append(when)
            for line in tar.extractfile(member).read().decode().splitlines():
                if not line.startswith("#"):
                    out.write(f"{line} {when:.3f}\n")
        out.write("# EOF\n")
    return times[0], times[-1]


def free_port():
    """A port that nobody listens at"""
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return sock.getsockname()[1]


@contextlib.contextmanager
def prometheus(archive):
    """Its address and the times that it knows of, while it runs"""
    with tempfile.TemporaryDirectory() as folder:
        times = unpack(archive, folder + "/recorded")
        subprocess.run([program("promtool"), "tsdb",
                        "create-blocks-from", "openmetrics",
                        folder + "/recorded", folder + "/data"],
                       check=True, stdout=subprocess.DEVNULL)
        with open(folder + "/config.yml", "w", encoding="ascii") as file:
            file.write("global: {}\n")
        address = f"127.0.0.1:{free_port()}"
        with subprocess.Popen(
                [program("prometheus"), "--config.file", folder + "/config.yml",
                 "--storage.tsdb.path", folder + "/data",
                 "--storage.tsdb.retention.time", "100y",
                 "--web.listen-address", address],
                stderr=subprocess.DEVNULL) as process:
            try:
                wait_ready(address)
                yield address, times
            finally:
                process.terminate()


def wait_ready(address):
    """Until it answers"""
    end = time.monotonic() + 60
    while True:
        try:
            with urllib.request.urlopen(f"http://{address}/-/ready"):
                return
        except OSError:
            if time.monotonic() > end:
                raise
            time.sleep(0.2)


def ask(address, expression, times):
    """The series that an expression has: labels, seconds, values"""
    for name, value in VARIABLES.items():
        expression = expression.replace(name, value)
    query = urllib.parse.urlencode({
        "query": expression, "start": times[0], "end": times[1], "step": STEP})
    try:
        with urllib.request.urlopen(
                f"http://{address}/api/v1/query_range?{query}") as answer:
            result = json.load(answer)["data"]["result"]
    except urllib.error.HTTPError as error:
        sys.exit(f"{expression}: {error.read().decode()}")
    return [(one["metric"], [point[0] - times[0] for point in one["values"]],
             [float(point[1]) for point in one["values"]]) for one in result]


def legend(pattern, labels):
    """"{{port}}" and the like, filled in"""
    for name, value in labels.items():
        pattern = pattern.replace("{{%s}}" % name, value)
    return pattern


def draw_panel(axes, panel, answers):
    """A panel as a diagram"""
    axes.set_title(panel["title"], fontsize=9, loc="left")
    lines = 0
    for pattern, series in answers:
        for labels, seconds, values in series:
            # What is nothing all the time only hides the rest
            if any(values) or panel["type"] == "stat":
                axes.plot(seconds, values, label=legend(pattern, labels),
                          marker="." if len(values) == 1 else None)
                lines += 1
    axes.tick_params(labelsize=7)
    axes.set_ylim(bottom=0, top=1 if panel["fieldConfig"]["defaults"].get(
        "unit") == "percentunit" else None)
    axes.grid(alpha=0.3)
    if lines:
        axes.legend(fontsize=6, loc="upper left")
    else:
        axes.text(0.5, 0.5, "0 all the time" if answers and any(
            series for _, series in answers) else "no data",
            transform=axes.transAxes, ha="center", fontsize=8, color="gray")


def draw(panels, picture):
    """All panels, three in a row"""
    import matplotlib  # pylint: disable=import-outside-toplevel
    matplotlib.use("svg")
    matplotlib.rcParams.update({"svg.hashsalt": "vsw", "svg.fonttype": "none"})
    from matplotlib import pyplot  # pylint: disable=import-outside-toplevel
    rows = (len(panels) + 2) // 3
    figure, axes = pyplot.subplots(rows, 3, figsize=(13, 2.3 * rows))
    for place in axes.flat[len(panels):]:
        place.set_visible(False)
    for place, (panel, answers) in zip(axes.flat, panels):
        draw_panel(place, panel, answers)
    figure.suptitle("The panels of contrib/grafana/vsw-dashboard.json, drawn by "
                    "selftests/dashboard.py (not by Grafana); x: seconds",
                    fontsize=10)
    figure.tight_layout(rect=(0, 0, 1, 0.985))
    figure.savefig(picture, format="svg", metadata={"Date": None})


def main():
    """Ask for all panels, then draw"""
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    is_check = sys.argv[1] == "--check"
    with open(DASHBOARD, encoding="utf-8") as file:
        dashboard = json.load(file)
    with prometheus(sys.argv[2 if is_check else 1]) as (address, times):
        panels = [(panel, [(target["legendFormat"],
                            ask(address, target["expr"], times))
                           for target in panel["targets"]])
                  for panel in dashboard["panels"]]
    for panel, answers in panels:
        print(f"{panel['title']}: "
              f"{sum(len(series) for _, series in answers)} series")
    if not is_check:
        draw(panels, sys.argv[2])


main()
