# SPDX-License-Identifier: BSD-2-Clause
"""Verbs that act, as scenarios of faults: what they act on, and what their output tells."""

import os
import re
import socket
import subprocess
import sys

TALK = """
import os, socket, sys
open(sys.argv[1] + "/cgroup.procs", "w").write(str(os.getpid()))
listener = socket.create_server(("127.0.0.1", 0))
client = socket.create_connection(listener.getsockname())
server = listener.accept()[0]
for one, other in (client, server), (server, client), (client, server):
    one.sendall(b"words")
    assert other.recv(5, socket.MSG_WAITALL) == b"words"
"""
PIN = ["--pin", "p", "--bpffs", "{bpffs}"]
POLICY = ["policy", "--cgroup", "{cgroup}", "observe connect tcp port {port}"]
# Name: arguments, what happens when it is ready, the words by which it says that, what it must print.
ACTING = {
    "policy": (POLICY, "call", "judging ", r"observe"),
    "mark": (["mark", "--cgroup", "{cgroup}"], "call", "marking ", r"marked"),
    "bypass": (["bypass", "--cgroup", "{cgroup}"], "talk", "bypassing ", r"bypass"),
    "steer": (["steer", "--to", "{pid}:{port}", "7"], "reach_steered", "steering ", r"steer"),
    "relay": (["relay", "127.0.0.1:{free_port}", "127.0.0.1:{port}"], "reach_relayed", "relaying ",
              r"relay"),
    "policy-pin": ([*POLICY, *PIN], "call", "judging ", r"observe"),
    "adopt": (["adopt", "--from", "{pid}:{port}", "--", "echo", "adopted"], None, None, r"adopted"),
    "kill": (["kill", "--yes", "--netns", "self", "-f", "local_port = {client}"], None, None, r"."),
    "list": (["list", "--bpffs", "{bpffs}"], None, None, r"kept"),
    "detach": (["detach", "--bpffs", "{bpffs}", "kept"], None, None, r""),
}  # fmt: skip


def mount_of_cgroups():
    with open("/proc/self/mountinfo") as f:
        for line in f:
            if " - cgroup2 " in line:
                return line.split()[4]
    raise SystemExit("no cgroup v2 hierarchy is mounted")


def remove_cgroups(parent):
    """Removes the cgroups of all lanes, whose processes have ended."""
    mount = mount_of_cgroups()
    for name in os.listdir(mount):
        if name.startswith(f"skwf{parent}."):
            os.rmdir(os.path.join(mount, name))


CALL_S = 3


class Ground:
    """The objects on which the verbs of one lane act: a cgroup, pins, a server and its clients."""

    def __init__(self, skwatch, directory, number, listener):
        self.skwatch, self.listener = skwatch, listener
        self.cgroup = os.path.join(mount_of_cgroups(), f"skwf{os.getppid()}.{number}")
        os.mkdir(self.cgroup)
        self.mount = os.path.join(directory, "bpf")
        os.mkdir(self.mount)
        # In a mount namespace of its own; it ends with this process.
        subprocess.run(["mount", "-t", "bpf", "none", self.mount], check=True)
        self.bpffs = os.path.join(self.mount, "skw")
        self.port = listener.getsockname()[1]
        # A fault may keep a connection from coming.
        listener.settimeout(CALL_S)
        self.words = {"cgroup": self.cgroup, "bpffs": self.bpffs, "pid": os.getpid(),
                      "port": self.port, "free_port": 8001}  # fmt: skip
        self.clients = []

    def before(self, name):
        if name in ("list", "detach"):
            pin = ["policy", "--cgroup", self.cgroup, "--duration", "0.1s", "observe bind"]
            subprocess.run([self.skwatch, *pin, "--pin", "kept", "--bpffs", self.bpffs], check=True,
                           stdin=subprocess.DEVNULL, capture_output=True)  # fmt: skip
        if name == "kill":
            self.clients = [socket.create_connection(("127.0.0.1", self.port)),
                            self.listener.accept()[0]]  # fmt: skip
            self.words["client"] = self.clients[0].getsockname()[1]

    def pins(self):
        return sorted(os.listdir(self.bpffs)) if os.path.isdir(self.bpffs) else []

    def judge(self, name, status, out, said):
        pins = self.pins()
        # A pin may stay if that is said, and a detach that fails may have done its work.
        allowed = {
            "list": [["kept"]],
            "detach": [["kept"], []] if status else [[]],
        }.get(name, [["p"]] if name.endswith("-pin") and ("detach p" in said or not status) else [[]])
        if status and name.endswith("-pin"):
            allowed.append([])
        if pins not in allowed:
            return [f"status {status}, and these pins: {pins}"]
        # A relay tells that a client found no memory.
        if status == 0 and "had to wait" not in said and not re.search(ACTING[name][3], out):
            return [f"status 0, but this output: {out[:200]}"]
        return []

    def after(self):
        for one in self.clients:
            one.close()
        self.clients = []
        for pin in self.pins():
            subprocess.run([self.skwatch, "detach", "--bpffs", self.bpffs, pin], check=True,
                           stdin=subprocess.DEVNULL, capture_output=True)  # fmt: skip

    # -- what happens while a verb runs --

    def call(self):
        """A process of the cgroup connects."""
        subprocess.run(
            ["bash", "-c", f'echo $$ >{self.cgroup}/cgroup.procs; exec 3<>/dev/tcp/127.0.0.1/{self.port}'],
            check=True)  # fmt: skip
        self.listener.accept()[0].close()

    def talk(self):
        """Two sockets of the cgroup send to each other."""
        subprocess.run([sys.executable, "-c", TALK, self.cgroup], check=True)

    def reach_steered(self):
        self.reach(7)

    def reach_relayed(self):
        self.reach(self.words["free_port"])

    def reach(self, port):
        """A client comes to the listener by another port, unless the verb has ended."""
        try:
            with socket.create_connection(("127.0.0.1", port), CALL_S) as client:
                server = self.listener.accept()[0]
                with server:
                    client.sendall(b"question")
                    server.settimeout(CALL_S)
                    server.recv(8)
                client.recv(1)
        except OSError:
            pass
