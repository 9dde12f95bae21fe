# SPDX-License-Identifier: BSD-2-Clause
"""Two skwatch programs, an old one and a new one, measured in turn. Each phase yields samples."""

import dataclasses
import json
import os
import re
import subprocess
import time

import disk
import tools
from measure import BenchError, cpu_clock, family, sampled
from netpair import CAPTURE_IF
from watchers import Watcher

ALONE, OLD, NEW = "alone", "old", "new"
SIZES = (64, 1500)
# Frames of a run at full speed, and frames per second of a run that both programs keep up with.
FLOOD = {64: 1000000, 1500: 500000}
PACE = {"file": {64: 150000, 1500: 75000}, "lines": {64: 50000, 1500: 50000}}
SWEEP_SOCKETS = 20000
SWEEP_DELAY_S = 0.2
HEAD = re.compile(rb" *PID ")
# Arguments of a command that has just started, and what it says or prints when it is ready.
STARTS = {"capture": (["capture", "-i", CAPTURE_IF, "-w", "/dev/null"], "listening on"),
          "events": (["events"], "watching "),
          "top": (["top", "-b"], r"(?m)^ *PID ")}


def in_pairs(cases, number):
    """Backwards in each second round, so that no program always follows the other."""
    return list(cases)[::-1] if number % 2 else list(cases)


def cpu_ns(pid, name):
    """CPU time of a process and its descendants, all their threads."""
    try:
        return sum(time.clock_gettime_ns(cpu_clock(p)) for p in family(pid))
    except OSError as e:
        raise BenchError(f"{name}: a process of it has ended: {e}") from e


def memory(pid):
    """Peak resident set and proportional share of a process and its descendants, in KiB."""
    peak = share = 0
    for p in family(pid):
        with open(f"/proc/{p}/status", encoding="ascii", errors="replace") as f:
            peak += int(re.search(r"VmHWM:\s+(\d+) kB", f.read()).group(1))
        with open(f"/proc/{p}/smaps_rollup", encoding="ascii", errors="replace") as f:
            share += int(re.search(r"^Pss:\s+(\d+) kB", f.read(), re.M).group(1))
    return {"peak_kib": peak, "pss_kib": share}


class Versions:
    """
    The phases. `plan` has the paths `old` and `new`, the `directory` of the files, the number of
    `rounds`, and how long runs are: `divide`, `paced_s`, `ticks`. `say` is told of each sample.
    """

    def __init__(self, plan, bench, say):
        self.plan = plan
        self.bench = bench
        self.say = say
        self.path = os.path.join(plan.directory, "capture.pcap")
        self.programs = {OLD: plan.old, NEW: plan.new}

    def _sample(self, phase, case, number, measure, **key):
        sample = dict(phase=phase, tool=case, round=number, **key)
        return sampled(sample, measure, self.path, self.say)

    # ---- capture ----

    def capture(self):
        for number in range(self.plan.rounds):
            for size in SIZES:
                for case in in_pairs((ALONE, OLD, NEW), number):
                    yield self._flood(case, size, number)
                for form in PACE:
                    for case in in_pairs((OLD, NEW), number):
                        yield self._paced(case, size, form, number)

    def _tool(self, case, form):
        if case == ALONE:
            return None
        tool = tools.tools(self.programs[case])["skwatch"]
        if form == "file":
            return dataclasses.replace(tool, name=case)
        argv = [self.programs[case], "capture", "-i", CAPTURE_IF]
        return dataclasses.replace(tool, name=case, prints=True, argv=lambda _path, _flt: argv)

    def _flood(self, case, size, number):
        """At full speed: what the sender pays."""
        packets = FLOOD[size] // self.plan.divide
        return self._sample("flood", case, number,
                            lambda: self.bench.run(self._tool(case, "file"), size, packets),
                            size=size)

    def _paced(self, case, size, form, number):
        """At a pace: CPU time of the capture for each packet, none of which may be lost."""
        rate = PACE[form][size]
        packets = int(rate * self.plan.paced_s)

        def measure():
            if form == "file":
                disk.warm(self.plan.directory, packets * size)
            got = self.bench.run(self._tool(case, form), size, packets, rate,
                                 self.path if form == "file" else "/dev/null")
            if got["lost"] or got["dropped"]:
                raise BenchError(f"{case}: {got['lost']} packets were lost, which cost nothing")
            return got

        return self._sample(form, case, number, measure, size=size)

    # ---- top ----

    def sweep(self):
        """A tick of `top -b` whose filter matches no row: both processes, nothing but the sweep."""
        for number in range(self.plan.rounds):
            for case in in_pairs((OLD, NEW), number):
                yield self._sample("sweep", case, number, lambda c=case: self._ticks(c))

    def _ticks(self, case):
        argv = [self.programs[case], "top", "-b", "-d", str(SWEEP_DELAY_S), "-f", "port = 1"]
        with subprocess.Popen(argv, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.DEVNULL) as process:
            try:
                # The first ticks make the rows and find the owners.
                self._await_heads(process, case, 2)
                before = cpu_ns(process.pid, case)
                self._await_heads(process, case, self.plan.ticks)
                spent = cpu_ns(process.pid, case) - before
            finally:
                for pid in family(process.pid):
                    os.kill(pid, 9)
        return {"cpu_ms": spent / self.plan.ticks / 1e6}

    @staticmethod
    def _await_heads(process, case, count):
        """Each tick prints its headers once its sweep is done."""
        while count:
            line = process.stdout.readline()
            if not line:
                raise BenchError(f"{case}: top -b has ended")
            count -= bool(HEAD.match(line))

    def sweep_programs(self):
        """The programs bench/sweep of both builds: the sweep without anything around it."""
        cases = ((OLD, self.plan.old_sweep), (NEW, self.plan.new_sweep))
        for number in range(self.plan.rounds):
            for case, program in in_pairs(cases, number):
                done = subprocess.run([program, "3"], stdout=subprocess.PIPE, check=False)
                if done.returncode:
                    yield {"phase": "bench/sweep", "tool": case, "round": number,
                           "error": f"{program}: exit status {done.returncode}"}
                    continue
                for line in done.stdout.splitlines():
                    got = json.loads(line)
                    yield self._sample("bench/sweep", case, number,
                                       lambda g=got: {"cpu_ms": g["cpu_ns"] / 1e6,
                                                      "wall_ms": g["wall_ns"] / 1e6},
                                       part=got["part"])

    # ---- the start ----

    def start(self):
        """From exec until it is ready, and the memory of both processes at that moment."""
        for number in range(self.plan.rounds):
            for command in STARTS:
                for case in in_pairs((OLD, NEW), number):
                    yield self._sample("start", case, number,
                                       lambda c=case, w=command: self._start(c, w),
                                       command=command)

    def _start(self, case, command):
        argv, ready = STARTS[command]
        watcher = Watcher(f"{case} {command}", [self.programs[case]] + argv, ready)
        try:
            out = {"ready_ms": (watcher.ready_ns - watcher.exec_ns) / 1e6,
                   **memory(watcher.process.pid)}
            watcher.stop()
        except BaseException:
            watcher.kill()
            raise
        return out
