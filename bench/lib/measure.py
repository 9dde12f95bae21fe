# SPDX-License-Identifier: BSD-2-Clause
"""One run: a tool that captures, a sender, and what both cost."""

import contextlib
import json
import os
import re
import selectors
import signal
import subprocess
import time

from netpair import SENDER_IF

READY_S = 30
# libpcap hands a block over when it is full or after its timeout, which tcpdump sets to a second.
# Packets that were not handed over when the tool is stopped are lost, so wait longer than that.
SETTLE_S = 1.2


class BenchError(Exception):
    """A run that can't be measured, with the reason."""


def _parents():
    out = {}
    for entry in os.listdir("/proc"):
        if not entry.isdigit():
            continue
        try:
            with open(f"/proc/{entry}/stat", encoding="utf-8", errors="replace") as f:
                stat = f.read()
        except OSError:
            continue  # it has ended meanwhile
        out[int(entry)] = int(stat[stat.rindex(")") + 2:].split()[1])
    return out


def family(pid):
    """The process and all that descend from it."""
    parents = _parents()
    members = {pid}
    grown = True
    while grown:
        grown = False
        for child, parent in parents.items():
            if parent in members and child not in members:
                members.add(child)
                grown = True
    return members


def cpu_clock(pid):
    """The clock id of a process's CPU time, all its threads (MAKE_PROCESS_CPUCLOCK, CPUCLOCK_SCHED)."""
    return (~pid << 3) | 2


class Capture:
    """A running capture tool, ready when made."""

    def __init__(self, tool, path, flt=None):
        self.tool = tool
        self.text = ""
        argv = tool.argv(path, flt)
        self.exec_ns = time.clock_gettime_ns(time.CLOCK_REALTIME)
        self.reader = None
        if tool.prints:
            self.reader = subprocess.Popen(["cat"], stdin=subprocess.PIPE,
                                           stdout=subprocess.DEVNULL)
            out, err = self.reader.stdin, subprocess.PIPE
        else:
            out, err = subprocess.PIPE, subprocess.STDOUT
        self.process = subprocess.Popen(argv, stdin=subprocess.PIPE, stdout=out, stderr=err)
        self.words = self.process.stderr if tool.prints else self.process.stdout
        if self.reader:
            self.reader.stdin.close()
        try:
            self._wait_ready()
        except BaseException:
            self.kill()
            raise
        self.ready_ns = time.clock_gettime_ns(time.CLOCK_REALTIME)

    def _wait_ready(self):
        deadline = time.monotonic() + READY_S
        pattern = re.compile(self.tool.ready, re.M)
        fd = self.words.fileno()
        with selectors.DefaultSelector() as sel:
            sel.register(fd, selectors.EVENT_READ)
            while not pattern.search(self.text):
                if not sel.select(max(0, deadline - time.monotonic())):
                    raise BenchError(f"{self.tool.name}: not ready after {READY_S} s: {self.text}")
                data = os.read(fd, 65536)
                if not data:
                    raise BenchError(f"{self.tool.name}: ended at once: {self.text.strip()}")
                self.text += data.decode(errors="replace").replace("\r", "")

    def cpu_ns(self):
        """CPU time of all its processes and threads so far."""
        try:
            return sum(time.clock_gettime_ns(cpu_clock(pid)) for pid in
                       family(self.process.pid))
        except OSError as e:
            raise BenchError(f"{self.tool.name}: a process of it ended: {e}") from e

    def stop(self):
        """Ends it as Ctrl-C does. Returns its own figures."""
        self.process.send_signal(signal.SIGINT)
        try:
            rest = self.process.communicate(timeout=60)[1 if self.tool.prints else 0]
        except subprocess.TimeoutExpired:
            self.kill()
            raise BenchError(f"{self.tool.name}: does not end") from None
        self.text += rest.decode(errors="replace").replace("\r", "")
        if self.reader:
            self.reader.wait()
        if self.process.returncode not in (0, -signal.SIGINT, 128 + signal.SIGINT):
            raise BenchError(f"{self.tool.name}: exit {self.process.returncode}: {self.text}")
        return self.tool.figures(self.text)

    def kill(self):
        for pid in family(self.process.pid):
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
        self.process.wait()
        if self.reader:
            self.reader.wait()


def sampled(sample, measure, path, say):
    """Adds what `measure` gives to a sample. A run that failed is a sample as well, with the
    reason instead of figures. Removes the file that was captured."""
    try:
        sample.update(measure())
    except BenchError as e:
        sample["error"] = str(e)
    if os.path.exists(path):
        os.unlink(path)
    say(sample)
    return sample


class Bench:
    """The things that all runs share: the programs, the namespaces, the CPUs."""

    def __init__(self, net, programs, sender_cpu):
        self.net = net
        self.generate = os.path.join(programs, "generate")
        self.count = os.path.join(programs, "count")
        self.senders = [sender_cpu]  # the CPU of each
        self.batch = 32

    @contextlib.contextmanager
    def everywhere(self):
        """Meanwhile a sender runs on each CPU, and tools on all of them. Senders sleep between
        large batches, as one that spins would take the time of a tool."""
        before = self.senders, self.batch, os.sched_getaffinity(0)
        self.senders, self.batch = list(range(os.cpu_count())), 512
        os.sched_setaffinity(0, set(self.senders))
        try:
            yield
        finally:
            self.senders, self.batch, allowed = before
            os.sched_setaffinity(0, allowed)

    def sender_argv(self, size, packets=None, rate=0, seconds=None, batch=None, cpu=None):
        argv = ["ip", "netns", "exec", self.net.sender_ns, self.generate, "-i", SENDER_IF,
                "-c", str(self.senders[0] if cpu is None else cpu), "-r", str(int(rate)),
                "-b", str(batch or self.batch)]
        argv += ["-s", "65000", "-g", "1448"] if size == "gso" else ["-s", str(size)]
        if packets:
            argv += ["-n", str(int(packets))]
        if seconds:
            argv += ["-t", str(int(seconds))]
        return argv

    def send(self, size, packets, rate=0):
        """
        Sends all packets, of which each sender has its share, and proves that each one arrived.
        Returns the sender's figures.
        """
        before = self.net.received()
        many = len(self.senders)
        running = [subprocess.Popen(self.sender_argv(size, packets // many, rate / many, cpu=cpu),
                                    stdout=subprocess.PIPE) for cpu in self.senders]
        told = [json.loads(sender.communicate()[0]) for sender in running]
        # All do the same, so the times of the first one are those of each.
        sent = dict(told[0], sent=sum(s["sent"] for s in told),
                    pps=many * min(s["pps"] for s in told))
        packets -= packets % many
        arrived = self.net.received() - before
        if arrived != sent["sent"] or sent["sent"] != packets:
            raise BenchError(f"sent {sent['sent']} of {packets}, but {arrived} arrived: "
                             "the queue in front of the capture overflowed")
        return sent

    def count_file(self, path):
        return json.loads(subprocess.run([self.count, path], check=True,
                                         stdout=subprocess.PIPE).stdout)

    def run(self, tool, size, packets, rate=0, path="/dev/null", flt=None, settle_s=None):
        """
        One run; a dictionary of its figures. Without a tool only the sender's.
        With `settle_s` the tool has this time before the first packet, and the file is not read. CPU is counted from readiness until the tool has nothing left to do.
        """
        if tool is None:
            return self._sender_figures(self.send(size, packets, rate))
        capture = Capture(tool, path, flt)
        try:
            time.sleep(settle_s or 0)
            start_cpu = capture.cpu_ns()
            sent = self.send(size, packets, rate)
            time.sleep(SETTLE_S)
            cpu = capture.cpu_ns() - start_cpu
            figures = capture.stop()
        except BaseException:
            capture.kill()
            raise
        out = self._sender_figures(sent)
        out.update(captured=figures.captured, dropped=figures.dropped,
                   start_cpu_ms=start_cpu / 1e6, cpu_ns_total=cpu)
        if figures.captured is not None and not flt:
            out["lost"] = sent["sent"] - figures.captured
            if figures.captured:
                out["tool_cpu_ns"] = cpu / figures.captured
        if path != "/dev/null" and not settle_s:
            counted = self.count_file(path)
            out["file_packets"] = counted["distinct"]
            out["file_lost"] = sent["sent"] - counted["distinct"]
            out["file_disorder"] = counted["time_backwards"]
            os.unlink(path)
        return out

    @staticmethod
    def _sender_figures(sent):
        return {"sender_cpu_ns": sent["cpu_ns_per_packet"], "sender_busy_ns": sent["ns_per_packet"],
                "pps": sent["pps"], "sent": sent["sent"]}

    def start_up(self, tool, path, size=64, rate=10000):
        """Milliseconds from exec to the first packet that is in the file, and to readiness."""
        with subprocess.Popen(self.sender_argv(size, rate=rate, seconds=READY_S * 2, batch=1),
                              stdout=subprocess.DEVNULL) as sender:
            try:
                while self._is_silent():
                    if sender.poll() is not None:
                        raise BenchError(f"the sender ended: {sender.returncode}")
                capture = Capture(tool, path)
                try:
                    time.sleep(SETTLE_S)
                    capture.stop()
                except BaseException:
                    capture.kill()
                    raise
            finally:
                sender.send_signal(signal.SIGINT)
        counted = self.count_file(path)
        os.unlink(path)
        if not counted["marked"]:
            raise BenchError(f"{tool.name}: no packet in the file")
        return {"first_packet_ms": (counted["first_sent_ns"] - capture.exec_ns) / 1e6,
                "ready_ms": (capture.ready_ns - capture.exec_ns) / 1e6}

    def _is_silent(self, wait_s=0.001):
        before = self.net.received()
        time.sleep(wait_s)
        return self.net.received() == before
