# SPDX-License-Identifier: BSD-2-Clause
"""Two network namespaces of our own, joined by a veth pair."""

import contextlib
import ctypes
import os
import socket
import subprocess

SENDER_IF = "bench0"
CAPTURE_IF = "bench1"
CLONE_NEWNET = 0x40000000
# The addresses and the port in the frames of generate.c.
SENT_TO = ("02:00:00:00:99:02", "198.18.0.2", 4000)


def _run(*argv):
    subprocess.run(argv, check=True)


class NetPair:
    """
    While it is entered, this process and its children live in the capturing namespace, so that a
    measured tool needs no wrapper. The sender is started in the other one.
    """

    def __init__(self):
        self.sender_ns = f"skwbench-tx-{os.getpid()}"
        self.capture_ns = f"skwbench-rx-{os.getpid()}"
        self.made = []
        self.home = None

    def __enter__(self):
        try:
            for name in (self.sender_ns, self.capture_ns):
                _run("ip", "netns", "add", name)
                self.made.append(name)
                # Otherwise neighbour discovery mixes its packets with ours.
                _run("ip", "netns", "exec", name, "sysctl", "-qw",
                     "net.ipv6.conf.all.disable_ipv6=1")
            _run("ip", "-n", self.sender_ns, "link", "add", SENDER_IF, "type", "veth",
                 "peer", "name", CAPTURE_IF, "netns", self.capture_ns)
            _run("ip", "-n", self.sender_ns, "link", "set", SENDER_IF, "up")
            _run("ip", "-n", self.capture_ns, "link", "set", CAPTURE_IF, "up")
            self.home = os.open("/proc/self/ns/net", os.O_RDONLY | os.O_CLOEXEC)
            self._enter(f"/run/netns/{self.capture_ns}")
        except BaseException:
            self.__exit__(None, None, None)
            raise
        return self

    def __exit__(self, *exc):
        if self.home is not None:
            self._setns(self.home)
            os.close(self.home)
            self.home = None
        while self.made:
            subprocess.run(["ip", "netns", "del", self.made.pop()], check=False)

    def _enter(self, path):
        fd = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
        try:
            self._setns(fd)
        finally:
            os.close(fd)

    @staticmethod
    def _setns(fd):
        libc = ctypes.CDLL(None, use_errno=True)
        if libc.setns(fd, CLONE_NEWNET):
            err = ctypes.get_errno()
            raise OSError(err, os.strerror(err), "setns")

    @contextlib.contextmanager
    def receiver(self):
        """Meanwhile a socket of UDP in the capturing namespace gets what the sender sends."""
        _run("ip", "link", "set", CAPTURE_IF, "address", SENT_TO[0])
        _run("ip", "addr", "add", f"{SENT_TO[1]}/24", "dev", CAPTURE_IF)
        try:
            with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
                # No process reads from it: when it is full, packets are dropped behind the tap.
                sock.bind((SENT_TO[1], SENT_TO[2]))
                yield
        finally:
            _run("ip", "addr", "del", f"{SENT_TO[1]}/24", "dev", CAPTURE_IF)

    def received(self):
        """Packets that arrived at the capturing end since it was made."""
        # Not from /sys, which still shows the namespace it was mounted in.
        with open("/proc/thread-self/net/dev", encoding="ascii") as f:
            for line in f:
                name, _, figures = line.partition(":")
                if name.strip() == CAPTURE_IF:
                    return int(figures.split()[1])
        raise RuntimeError(f"{CAPTURE_IF} is gone")
