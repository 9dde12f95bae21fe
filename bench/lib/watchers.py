# SPDX-License-Identifier: BSD-2-Clause
"""Programs that run beside the connections, and what they use."""

import os
import pty
import re
import selectors
import signal
import struct
import subprocess
import termios
import threading
import time
from fcntl import ioctl

from measure import READY_S, BenchError, cpu_clock, family

SCREEN = (50, 200)  # lines, columns


class Watcher:
    """
    A program that is ready, i.e. has said what matches `ready` on standard error or output.
    It runs on a terminal of its own if asked for; what it prints is read and thrown away.
    """

    def __init__(self, name, argv, ready, terminal=False):
        self.name = name
        self.text = ""
        self.printed = 0
        self.tail = b""  # the end of what it printed
        self.exec_ns = time.monotonic_ns()
        if terminal:
            self.fd, end = pty.openpty()
            ioctl(end, termios.TIOCSWINSZ, struct.pack("HHHH", *SCREEN, 0, 0))
            self.process = subprocess.Popen(argv, stdin=end, stdout=end, stderr=end,
                                            env={**os.environ, "TERM": "xterm-256color"})
        else:
            self.fd, end = os.pipe()
            self.process = subprocess.Popen(argv, stdin=subprocess.DEVNULL, stdout=end,
                                            stderr=end)
        os.close(end)
        self.drain = threading.Thread(target=self._drain, daemon=True)
        try:
            self._wait_ready(re.compile(ready))
        except BaseException:
            self.kill()
            raise
        self.ready_ns = time.monotonic_ns()
        self.drain.start()

    def _read(self):
        try:
            data = os.read(self.fd, 1 << 20)
        except OSError:  # the other end of a terminal has gone
            data = b""
        self.printed += len(data)
        return data

    def _wait_ready(self, pattern):
        deadline = time.monotonic() + READY_S
        with selectors.DefaultSelector() as sel:
            sel.register(self.fd, selectors.EVENT_READ)
            while not pattern.search(self.text):
                if not sel.select(max(0, deadline - time.monotonic())):
                    raise BenchError(f"{self.name}: not ready after {READY_S} s: {self.text[-500:]}")
                data = self._read()
                if not data:
                    raise BenchError(f"{self.name}: ended at once: {self.text.strip()[-500:]}")
                self.text += data.decode(errors="replace")

    def _drain(self):
        while data := self._read():
            self.tail = (self.tail + data)[-4096:]

    def cpu_ns(self):
        """CPU time of all its processes and threads so far."""
        try:
            return sum(time.clock_gettime_ns(cpu_clock(pid)) for pid in family(self.process.pid))
        except OSError as e:
            raise BenchError(f"{self.name}: a process of it ended: {e}") from e

    def memory_bytes(self):
        """Anonymous memory of its processes."""
        total = 0
        for pid in family(self.process.pid):
            with open(f"/proc/{pid}/status", encoding="ascii", errors="replace") as f:
                total += int(re.search(r"RssAnon:\s+(\d+) kB", f.read()).group(1)) * 1024
        return total

    def stop(self):
        self.process.send_signal(signal.SIGINT)
        try:
            status = self.process.wait(60)
        except subprocess.TimeoutExpired:
            self.kill()
            raise BenchError(f"{self.name}: does not end") from None
        self.drain.join()
        os.close(self.fd)
        if status not in (0, -signal.SIGINT, 128 + signal.SIGINT):
            raise BenchError(f"{self.name}: exit status {status}")

    def kill(self):
        for pid in family(self.process.pid):
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
        self.process.wait()


def watchers(skwatch, interface):
    """Name to a function that starts the program; that of "alone" starts nothing."""
    return {
        "alone": lambda: None,
        # The first screen has the table's head.
        "skwatch top": lambda: Watcher("skwatch top", [skwatch, "top"], "SRTT", terminal=True),
        "skwatch top -u": lambda: Watcher("skwatch top -u", [skwatch, "top", "-u"], "SRTT",
                                          terminal=True),
        "skwatch events": lambda: Watcher("skwatch events", [skwatch, "events"], "watching "),
        "tcpdump": lambda: Watcher(
            "tcpdump", ["tcpdump", "-nn", "-i", interface, "-Z", "root", "-w", "/dev/null"],
            "listening on"),
    }
