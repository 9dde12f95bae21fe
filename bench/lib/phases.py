# SPDX-License-Identifier: BSD-2-Clause
"""The measurements, one function per question; each yields samples (dictionaries)."""

import os
import subprocess

import disk
from measure import BenchError, sampled
from netpair import CAPTURE_IF

# Frames per run of a full measurement; --quick takes an eighth.
PACKETS = {64: 2000000, 512: 1500000, 1500: 1000000, "gso": 100000}
# Each tool is expected to keep up with this pace, so that none saves time by losing packets.
PACE = {64: 150000, 512: 100000, 1500: 75000, "gso": 2000}
FRAME_BYTES = {64: 64, 512: 512, 1500: 1500, "gso": 65000}
REJECT_FILTER = "udp port 9"
RATE_FLOOR = 5000
TURN_PACKETS = 20000


def in_turn(cases, number):
    """Another order in each round, so that no case always follows the same other one."""
    cases = list(cases)
    start = number % len(cases)
    return cases[start:] + cases[:start]


class Phases:
    """The questions. `say` is told of each run as it ends."""

    def __init__(self, bench, plan, say):
        self.bench = bench
        self.plan = plan
        self.say = say
        self.path = os.path.join(plan.directory, "capture.pcap")
        self.longer = 1

    def _sample(self, what, tool, measure, **key):
        sample = dict(phase=what, tool=tool.name if tool else "alone", **key)
        return sampled(sample, measure, self.path, self.say)

    def _prepare(self, cache, size_bytes):
        if cache == "cold":
            disk.cool(self.plan.cool_s)
        else:
            disk.warm(self.plan.directory, size_bytes)

    def flood(self):
        """As fast as the sender can, to /dev/null: what the traffic pays, and the loss."""
        for number in range(self.plan.rounds):
            for size in self.plan.sizes:
                for tool in in_turn([None] + self.plan.tools, number):
                    packets = PACKETS[size] // self.plan.divide
                    yield self._sample(
                        "flood", tool, lambda t=tool, s=size, n=packets: self.bench.run(t, s, n),
                        size=size, round=number)

    def paced(self):
        """At a pace that all tools keep up with, into a file: CPU time per packet."""
        for number in range(self.plan.rounds):
            for size in self.plan.sizes:
                for cache in self.plan.caches:
                    for tool in in_turn([None] + self.plan.tools, number):
                        yield self._paced_run(tool, size, cache, number)

    def _paced_run(self, tool, size, cache, number):
        packets = PACE[size] * self.plan.paced_s

        def measure():
            if tool:
                self._prepare(cache, packets * FRAME_BYTES[size])
            return self.bench.run(tool, size, packets, PACE[size], self.path)

        return self._sample("paced", tool, measure, size=size, cache=cache, round=number)

    def rate(self):
        """The highest rate that is captured whole."""
        last = {}
        for number in range(self.plan.rate_rounds):
            for size, medium in self.plan.media:
                for tool in in_turn(self.plan.tools, number):
                    key = (tool.name, size, medium)

                    def search(t=tool, s=size, m=medium, k=key):
                        found = self._search(t, s, m, last.get(k))
                        last[k] = found["lossless_pps"]
                        return found

                    yield self._sample("rate", tool, search, size=size, medium=medium,
                                       round=number)

    def _probe(self, tool, size, medium, rate):
        """(lossless, the figures of the run)"""
        packets = int((rate or PACKETS[size] / 3) * self.plan.probe_s * self.longer)
        path = "/dev/null" if medium == "null" else self.path
        if medium != "null":
            self._prepare(medium, packets * FRAME_BYTES[size])
        got = self.bench.run(tool, size, packets, rate, path)
        if got["lost"] is None:
            raise BenchError(f"{tool.name} gives no figures")
        return not (got["lost"] or got["dropped"] or got.get("file_lost")), got

    def _search(self, tool, size, medium, guess):
        """Bisection; the first guess comes from the round before."""
        good, got = self._probe(tool, size, medium, 0)
        if good:
            return {"lossless_pps": got["pps"], "sender_limit": True,
                    "tool_cpu_ns": got["tool_cpu_ns"]}
        low, high, cpu = None, got["pps"], None
        rate = min(guess, high * 0.98) if guess else high / 2
        while low is None or high / low > self.plan.rate_tolerance:
            good, got = self._probe(tool, size, medium, rate)
            if good:
                low, cpu = min(got["pps"], rate), got["tool_cpu_ns"]
            else:
                high = rate
            if low is None:
                if high <= RATE_FLOOR:
                    raise BenchError(f"{tool.name}: loses packets at {high:.0f} per second")
                rate = max(high * 0.75, RATE_FLOOR)
            else:
                rate = (low * high) ** 0.5
            if low and low >= high:
                break
        return {"lossless_pps": low, "sender_limit": False, "tool_cpu_ns": cpu}

    def lines(self):
        """The highest rate of which every packet is printed."""
        yield from self._lines("lines")

    def shared(self):
        """The same with a sender on each CPU, so that one sender is not the limit."""
        # So many packets that what a tool's buffer holds at the end is a small part of them.
        self.longer = 4
        with self.bench.everywhere():
            yield from self._lines("shared")
        self.longer = 1

    def _lines(self, phase):
        last = {}
        for number in range(self.plan.rate_rounds):
            for tool in in_turn(self.plan.printers, number):
                def search(t=tool):
                    found = self._search(t, 64, "null", last.get(t.name))
                    last[t.name] = found["lossless_pps"]
                    return found

                yield self._sample(phase, tool, search, size=64, round=number)

    def reject(self):
        """Traffic that the filter rejects: the price that the sender pays for the filter."""
        for number in range(self.plan.reject_rounds):
            for size in (s for s in self.plan.sizes if s in (64, 1500)):
                cases = [None] + self.plan.reject_tools
                for tool in in_turn(cases, number):
                    packets = PACKETS[size] // self.plan.divide
                    yield self._sample(
                        "reject", tool,
                        lambda t=tool, s=size, n=packets: self.bench.run(t, s, n,
                                                                         flt=REJECT_FILTER),
                        size=size, round=number)

    def turns(self):
        """The same with both programs in turn on one socket, in many short runs."""
        with subprocess.Popen([self.plan.holder, "-i", CAPTURE_IF, "-m", "turns", REJECT_FILTER],
                              stdin=subprocess.PIPE, stdout=subprocess.PIPE) as holder:
            for number in range(self.plan.turns):
                for size in (s for s in self.plan.sizes if s in (64, 1500)):
                    for how in in_turn(("alone", "classic BPF", "translated"), number):
                        sample = {"phase": "turns", "tool": how, "size": size, "round": number}
                        yield sampled(sample,
                                      lambda h=how, s=size: self._turn(holder, h, s),
                                      self.path, self.say)

    def _turn(self, holder, how, size):
        letter = how[:1].encode()
        holder.stdin.write(letter)
        holder.stdin.flush()
        if holder.stdout.readline().strip() != letter:
            raise BenchError("bench/filter has ended")
        return self.bench.run(None, size, TURN_PACKETS)

    def sets(self):
        """The same with filters of one host and of many."""
        for number in range(self.plan.reject_rounds):
            for tool in in_turn([None] + self.plan.sets_tools, number):
                packets = PACKETS[64] // self.plan.divide
                yield self._sample("sets", tool,
                                   lambda t=tool, n=packets: self.bench.run(t, 64, n),
                                   size=64, round=number)

    def owners(self):
        """
        The packets go to a socket of this host, whose owner each of them gets: CPU time per packet
        into a pcapng file, with owners and without.
        """
        with self.bench.net.receiver():
            for number in range(self.plan.reject_rounds):
                for size in (s for s in self.plan.sizes if s in (64, 1500)):
                    for tool in in_turn(self.plan.owners_tools, number):
                        yield self._owners_run(tool, size, number)

    def _owners_run(self, tool, size, number):
        packets = PACE[size] * self.plan.paced_s
        path = self.path + "ng"

        def measure():
            self._prepare("warm", packets * (FRAME_BYTES[size] + 80))
            return self.bench.run(tool, size, packets, PACE[size], path, settle_s=1)

        sample = {"phase": "owners", "tool": tool.name, "size": size, "round": number}
        return sampled(sample, measure, path, self.say)

    def start(self):
        """From exec to the first packet in the file, beside a sender that never stops."""
        for number in range(self.plan.rounds):
            for tool in in_turn(self.plan.start_tools, number):
                yield self._sample("start", tool,
                                   lambda t=tool: self.bench.start_up(t, self.path), round=number)
