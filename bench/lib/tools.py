# SPDX-License-Identifier: BSD-2-Clause
"""How each capture tool is called, when it is ready and what it says at the end."""

import os
import re
import socket
from dataclasses import dataclass
from typing import Callable, Optional

from netpair import CAPTURE_IF

TRAFFIC_PORT = 4000  # the default of generate.c


@dataclass
class Figures:
    """A tool's own account of a run; None where it gives none."""
    captured: Optional[int] = None
    dropped: Optional[int] = None


@dataclass
class Tool:
    name: str
    argv: Callable  # (path, filter) -> argument list
    ready: str      # what it prints when it captures
    captured: str   # regular expressions with one group each
    dropped: str
    version: Optional[list] = None  # its command line, None: no tool but a helper
    prints: bool = False  # packets go to standard output, a pipe that cat reads

    def figures(self, text):
        return Figures(self._number(self.captured, text), self._number(self.dropped, text))

    @staticmethod
    def _number(pattern, text):
        found = re.findall(pattern, text, re.M) if pattern else []
        return int(found[-1]) if found else None


def _with(argv, *more):
    return argv + [a for a in more if a]


def capturing(program, name="skwatch", iface=CAPTURE_IF, options=()):
    return Tool(name,
                lambda path, flt: _with([program, "capture", "-i", iface, "--format", "pcap",
                                         "-w", path, *options], flt),
                "listening on", r"^(\d+) packets captured", r"^(\d+) packets dropped",
                [program, "--version"])


def owners(program):
    """skwatch into pcapng, with owners of packets and events of connections, and without both."""
    def way(name, *options):
        return Tool(name,
                    lambda path, flt: _with([program, "capture", "-i", CAPTURE_IF, "-w", path,
                                             "--format", "pcapng", *options], flt),
                    "listening on", r"^(\d+) packets captured", r"^(\d+) packets dropped")

    return [way("owners"), way("no owners", "--no-owner", "--no-events")]


def _tcpdump(name="tcpdump", iface=CAPTURE_IF):
    # As root tcpdump would change the user, and then can't write to our directory.
    return Tool(name,
                lambda path, flt: _with(["tcpdump", "-nn", "-i", iface, "-Z", "root",
                                         "-w", path], flt),
                "listening on", r"^(\d+) packets captured", r"^(\d+) packets dropped by kernel",
                ["tcpdump", "--version"])


def starters(skwatch, names):
    """Further ways to start the tools of these names; a budget compares them."""
    ways = {"skwatch": (capturing(skwatch, "skwatch, 16 rings", options=("--rings", "16")),
                        capturing(skwatch, "skwatch on any", "any")),
            "tcpdump": (_tcpdump("tcpdump on any", "any"),)}
    return [way for name in names for way in ways.get(name, ())]


def tools(skwatch):
    return {tool.name: tool for tool in (
        capturing(skwatch),
        _tcpdump(),
        Tool("dumpcap",
             lambda path, flt: _with(["dumpcap", "-q", "-P", "-i", CAPTURE_IF, "-w", path],
                                     *(["-f", flt] if flt else [])),
             r"^File: ", r"^Packets captured: (\d+)", r"interface '\S+': \d+/(\d+) ",
             ["dumpcap", "--version"]),
        Tool("netsniff-ng",
             lambda path, flt: _with(["netsniff-ng", "--in", CAPTURE_IF, "--silent",
                                      "--out", path], flt),
             r"Running!", r"^ *(\d+)  packets passed filter",
             r"^ *(\d+)  packets failed filter", ["netsniff-ng", "--version"]),
    )}


def printers(skwatch):
    """Lines of packets, without names."""
    return [Tool("skwatch", lambda _path, _flt: [skwatch, "capture", "-n", "-i", CAPTURE_IF],
                 "listening on", r"^(\d+) packets captured", r"^(\d+) packets dropped",
                 prints=True),
            Tool("tcpdump", lambda _path, _flt: ["tcpdump", "-nn", "-Z", "root", "-i", CAPTURE_IF],
                 "listening on", r"^(\d+) packets captured", r"^(\d+) packets dropped by kernel",
                 prints=True)]


def by_owner(skwatch):
    """skwatch with an owner whose packets never come, and no filter before it. The second owner has
    the port of the traffic, at another address, so the look-up can't end early."""
    def tool(name, pid):
        one = capturing(skwatch, name, options=("--pid", str(pid)))
        return Tool(one.name, lambda path, _flt: one.argv(path, None), one.ready, one.captured,
                    one.dropped)

    other = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    other.bind(("127.0.0.1", TRAFFIC_PORT))
    busy.append(other)
    return [tool("skwatch by owner", 1), tool("skwatch by owner, same port", os.getpid())]


def listed(skwatch, families=(4, 6)):
    """skwatch with filters of one host and of many, none of which is in the traffic."""
    def tool(count, family):
        hosts = [f"host 10.200.{i // 250}.{i % 250}" if family == 4 else f"host fd00:{i % 7:x}::{i:x}"
                 for i in range(count)]
        return Tool(f"{count} hosts, IPv{family}",
                    lambda path, _flt: capturing(skwatch).argv(path, " or ".join(hosts)),
                    "listening on", r"^(\d+) packets captured", r"^(\d+) packets dropped")

    return [tool(count, family) for family in families for count in (1, 100, 1000, 2000)]


# Sockets that stay open.
busy = []


def holders(program):
    """bench/filter's two ways to filter on the same kind of socket; they record nothing."""
    return {name: Tool(name, lambda _path, flt, how=how: [program, "-i", CAPTURE_IF, "-m", how,
                                                          flt or ""],
                       "ready", "", "")
            for name, how in (("classic BPF", "classic"), ("translated", "ebpf"))}
