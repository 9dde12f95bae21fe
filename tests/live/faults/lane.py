# SPDX-License-Identifier: BSD-2-Clause
"""Runs one command of skwatch with one fault in a namespace of its own, and judges how it ends."""

import collections
import ctypes
import errno
import os
import re
import select
import shutil
import signal
import socket
import struct
import subprocess
import sys
import time

from acting import ACTING, Ground
from board import ROLES, Board

PACKETS = 300
SIZE = 400


class Scenario:
    def __init__(self, args, drive, out=None, ready=None):
        self.args, self.drive, self.out, self.ready = args, drive, out, ready


SMALL = ["--ring-size", "1M", "--rings", "1"]
SCENARIOS = {
    "pcap": Scenario(
        ["capture", "-i", "eth0", "-U", "-w", "{dir}/f.pcap", *SMALL, "ip", "or", "arp", "or", "vlan"],
        "flood", "f.pcap", "listening on"),
    "pcapng": Scenario(
        ["capture", "-i", "eth0", "-w", "{dir}/f.pcapng", "-C", "50k", "-z", "true", "-Z", "nobody",
         *SMALL], "flood", "f.pcapng", "listening on"),
    "zst": Scenario(
        ["capture", "-i", "eth0", "-U", "-w", "{dir}/f.pcap.zst", *SMALL],
        "flood", "f.pcap.zst", "listening on"),
    "keylog": Scenario(
        ["capture", "-i", "eth0", "-w", "{dir}/f.pcapng", "-U", "--keylog", "{keys}", "-Z", "nobody",
         *SMALL], "flood", "f.pcapng", "listening on"),
    "any": Scenario(["capture", "-i", "any", "-l"], "flood", None, "listening on"),
    "owner": Scenario(["capture", "-i", "eth0", "-l", "--comm", "not-there"], "flood", None,
                      "listening on"),
    "command": Scenario(["capture", "-i", "eth0", "-l", "--", "true"], None),
    "read": Scenario(
        ["capture", "-r", "{input}", "-w", "{dir}/f.pcapng", "ip", "or", "arp"], None, "f.pcapng"),
    "top": Scenario(["top", "-b", "-n", "2", "-d", "0.2"], None),
    "events": Scenario(["events", "--duration", "1h"], "connect", None, "watching"),
}  # fmt: skip
ORDINARY = list(SCENARIOS)
SCENARIOS.update(
    {n: Scenario(args, drive, None, ready) for n, (args, drive, ready, _) in ACTING.items()})  # fmt: skip
FIGURES = re.compile(
    r"skwatch: this kernel's functions can't be traced "
    r"|skwatch: the capture has ended; waiting for "
    r"|(skwatch: )?(listening on |watching |reading from )"
    r"|(skwatch: )?\d+ (packets?|events?|connections?|files?) "
)

libc = ctypes.CDLL(None, use_errno=True)
CLONE_NEWNET, CLONE_NEWNS = 0x40000000, 0x20000
PR_SET_PDEATHSIG = 1
PR_SET_CHILD_SUBREAPER = 36
SYS_BPF = {"x86_64": 321, "aarch64": 280}[os.uname().machine]
IDLE_S = 5
BUSY_S = 20
LONGEST_S = 120


def bpf_object_exists(command, number):
    """Takes no reference: one to a map that is being freed keeps it for ever (kernel 6.1)."""
    attr = ctypes.create_string_buffer(128)
    struct.pack_into("I", attr, 0, number - 1)
    if libc.syscall(SYS_BPF, command, attr, 128) < 0:
        return ctypes.get_errno() != errno.ENOENT
    return struct.unpack_from("I", attr, 4)[0] == number


def promiscuity():
    """How many sockets have set each interface of this namespace to promiscuous mode."""
    RTM_GETLINK, NLM_F_DUMP_REQUEST, NLMSG_DONE, IFLA_PROMISCUITY = 18, 0x301, 3, 30
    with socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 0) as s:
        s.send(struct.pack("IHHII", 32, RTM_GETLINK, NLM_F_DUMP_REQUEST, 1, 0) + bytes(16))
        while True:
            data = s.recv(1 << 20)
            while data:
                length, kind = struct.unpack_from("IH", data)
                if kind == NLMSG_DONE:
                    return
                attributes, data = data[32:length], data[(length + 3) & ~3 :]
                while len(attributes) >= 4:
                    length, name = struct.unpack_from("HH", attributes)
                    if name == IFLA_PROMISCUITY:
                        yield struct.unpack_from("I", attributes, 4)[0]
                    attributes = attributes[(length + 3) & ~3 :]


def sh(command):
    subprocess.run(command, shell=True, check=True)


def process_state(pid):
    """The state, and the CPU time in ticks; None when the process is gone or a zombie."""
    try:
        with open(f"/proc/{pid}/stat") as f:
            fields = f.read().rpartition(")")[2].split()
    except OSError:
        return None
    return None if fields[0] in "ZX" else (fields[0], int(fields[11]) + int(fields[12]))


class Hang(Exception):
    pass


class Watchdog:
    """Tells a program that waits for nothing from one that is only slow on a busy machine."""

    def __init__(self, pids):
        self.pids, self.last, self.first = pids, None, None
        self.since = self.began = time.monotonic()

    def look(self):
        states = [process_state(pid) for pid in self.pids()]
        now = time.monotonic()
        ticks = sum(s[1] for s in states if s)
        if self.first is None:
            self.first = ticks
        if any(s and s[0] == "R" for s in states) or ticks != self.last:
            self.last, self.since = ticks, now
        if now - self.since > IDLE_S:
            raise Hang("it waits for ever")
        if now - self.began > LONGEST_S:
            raise Hang("it does not end")
        if ticks - self.first > BUSY_S * os.sysconf("SC_CLK_TCK"):
            raise Hang("it is busy for ever")


class Lane:
    """A namespace of its own, in which one run follows the other."""

    def __init__(self, directory, traffic, number):
        self.skwatch = os.path.join(directory, "skwatch")
        self.library = os.path.join(directory, "fault.so")
        self.traffic = traffic
        self.dir = os.path.join(directory, f"lane{number}")
        os.mkdir(self.dir)
        os.chmod(self.dir, 0o755)
        if libc.unshare(CLONE_NEWNET | CLONE_NEWNS):
            sys.exit("no namespaces")
        sh("mount --make-rprivate /")
        libc.prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
        sh("echo 1 | tee /proc/sys/net/ipv6/conf/*/disable_ipv6 >/dev/null"
           " && ip link set lo up && ip link add eth0 type veth peer name eth1"
           " && ip link set eth0 up && ip link set eth1 up"
           " && echo 1 | tee /proc/sys/net/ipv6/conf/*/disable_ipv6 >/dev/null")  # fmt: skip
        self.board = Board(os.path.join(self.dir, "board"))
        self.input = os.path.join(self.dir, "input.pcap")
        self.keys = os.path.join(self.dir, "keys")
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.held = socket.create_connection(("127.0.0.1", self.port))
        self.accepted = self.listener.accept()[0]
        self.out = os.path.join(self.dir, "out")
        self.ground = Ground(self.skwatch, self.dir, number, self.listener)

    def make_input(self):
        p = subprocess.Popen(
            [self.skwatch, "capture", "-i", "eth0", "-w", self.input],
            stderr=subprocess.PIPE, text=True)  # fmt: skip
        p.stderr.readline()
        self.flood()
        p.send_signal(signal.SIGINT)
        p.communicate()
        os.chmod(self.input, 0o644)
        with open(self.keys, "w", encoding="ascii") as keys:
            keys.write("CLIENT_RANDOM %s %s\n" % ("00" * 32, "00" * 48) * 1000)

    def flood(self):
        subprocess.run([self.traffic, "flood", "eth0", str(PACKETS), str(SIZE)], check=True, stdout=subprocess.DEVNULL)

    def connect(self):
        for _ in range(3):
            with socket.create_connection(("127.0.0.1", self.port)):
                self.listener.accept()[0].close()

    # -- one run --

    def run(self, fault):
        """Returns the finding of a run, or None if all is well, and whether the fault was reached."""
        scenario = SCENARIOS[fault.scenario]
        shutil.rmtree(self.out, ignore_errors=True)
        os.mkdir(self.out)
        if fault.scenario in ("pcapng", "keylog"):
            shutil.chown(self.out, "nobody")
        self.board.clear()
        env = dict(
            os.environ, LC_ALL="C", LD_PRELOAD=self.library, SKW_FAULT_BOARD=self.board.path)  # fmt: skip
        if fault.kind:
            role, kind, nth, error = fault.plan()
            env["SKW_FAULT_PLAN"] = f"{ROLES.index(role)}:{kind}:{nth}:{error}"
        self.ground.before(fault.scenario)
        words = {"dir": self.out, "input": self.input, "keys": self.keys, **self.ground.words}
        args = [a.format(**words) for a in scenario.args]
        stdout = os.path.join(self.dir, "stdout")
        with open(stdout, "w") as out:
            p = subprocess.Popen(
                [self.skwatch, *args], stdin=subprocess.DEVNULL, stdout=out, stderr=subprocess.PIPE,
                env=env, start_new_session=True)  # fmt: skip
        self.said, self.harm = "", []
        findings = []
        try:
            self.follow(p, scenario, fault)
        except Hang as hang:
            findings.append(f"hang: {hang}; {self.where_it_waits(p.pid)}")
            self.kill_all()
        p.wait()
        p.stderr.close()
        with open(stdout, errors="replace") as f:
            self.stdout = f.read()
        if not findings:
            findings = self.judge(fault, p.returncode)
        self.ground.after()
        findings += self.harm
        findings += self.look_for_remains()
        return findings

    def is_mute(self, fault):
        """Standard error is broken by the fault, so the program can't tell that it is ready."""
        return (
            fault.kind == "write" and fault.error != "EINTR" and self.board.fired()
        )  # fmt: skip

    def where_it_waits(self, pid):
        texts = []
        for one in {pid, *self.board.pids()}:
            try:
                texts.append(f"{one}: " + open(f"/proc/{one}/stack").read().split("\n")[0])
            except OSError:
                pass
        return "; ".join(texts)

    def kill_all(self):
        for pid in self.board.pids():
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                pass

    def follow(self, p, scenario, fault):
        """Reads standard error to its end: all processes of the run have it open."""
        watchdog = Watchdog(lambda: {p.pid, *self.board.pids()})
        is_ready = scenario.ready is None
        while True:
            if select.select([p.stderr], [], [], 0.1)[0]:
                some = os.read(p.stderr.fileno(), 65536)
                if not some:
                    break
                self.said += some.decode(errors="replace")
            if not is_ready and (scenario.ready in self.said or self.is_mute(fault)):
                is_ready = True
                acts = fault.scenario in ACTING
                try:
                    getattr(self.ground if acts else self, scenario.drive)()
                except (OSError, subprocess.CalledProcessError) as error:
                    self.harm.append(f"an application fails: {error}")
                if scenario.drive:
                    p.send_signal(signal.SIGINT)
            watchdog.look()
        while any(process_state(pid) for pid in watchdog.pids()):
            watchdog.look()
            time.sleep(0.002)
        p.wait()
        # The keeper and its commands become children of this process.
        try:
            while os.waitpid(-1, os.WNOHANG)[0]:
                pass
        except ChildProcessError:
            pass

    # -- how it ended --

    def judge(self, fault, status):
        lines = [l for l in self.said.splitlines() if not FIGURES.match(l)]
        if status == -signal.SIGINT and self.is_mute(fault):
            return []  # the signal came during the start
        if status < 0:
            return [f"crash: signal {-status}"]
        if fault.scenario in ACTING:
            return self.judge_acting(fault, status, lines)
        if status not in (0, 1):
            return [f"status {status}"] + lines
        findings = [f"not our line: {l}" for l in lines if not l.startswith("skwatch: ")]
        if status == 1:
            # With -b a sweep that fails is told at once, and in the last line.
            findings += self.judge_message(fault, lines[-1:] if fault.scenario == "top" else lines)
        findings += self.judge_output(fault, status, lines)
        return findings

    def judge_acting(self, fault, status, lines):
        """A verb has lines of its own at its start and end; its last one gives the reason."""
        findings = [f"not our line: {l}" for l in lines if not l.startswith("skwatch: ")]
        if status not in (0, 1, 2):
            return [f"status {status}"] + findings
        if status:
            findings += self.judge_message(fault, lines[-1:])
        return findings + self.ground.judge(fault.scenario, status, self.stdout, self.said)

    def judge_message(self, fault, lines):
        if not lines:
            return ["no message"]
        if len(lines) > 1:
            return ["%d messages: " % len(lines) + " | ".join(lines)]
        reason = os.strerror(getattr(errno, fault.error)) if fault.error else ""
        # A library does not always tell the reason, and prctl() also answers questions.
        if not fault.own or fault.kind == "prctl":
            reason = ""
        if ": " in lines[0].removeprefix("skwatch: ") and reason in lines[0]:
            return []
        if fault.error == "ENOMEM" and "out of memory" in lines[0]:
            return []
        return [f"unclear message: {lines[0]}"]

    def judge_output(self, fault, status, lines):
        scenario = SCENARIOS[fault.scenario]
        if scenario.out:
            return self.judge_files(status, lines)
        if status:
            return []
        if fault.scenario == "any":
            n = len(self.stdout.splitlines())
            good = n == 2 * PACKETS
            what = f"{n} lines"
        elif fault.scenario in ("owner", "command"):
            n = len(self.stdout.splitlines())
            good = n == 0
            what = f"{n} lines"
        elif fault.scenario == "top":
            n = len(re.findall(rf"127\.0\.0\.1:{self.held.getsockname()[1]}\b", self.stdout))
            good = n >= 2 and "can't be read" not in self.said
            what = f"{n} rows of the connection"
        else:
            n = len(re.findall(r"\bclose", self.stdout))
            good = n >= 3
            what = f"{n} closes"
        return [] if good else [f"status 0, but {what}: " + " | ".join(lines)]

    def judge_files(self, status, lines):
        files = sorted(os.path.join(self.out, f) for f in os.listdir(self.out))
        files = [f for f in files if os.path.getsize(f)]
        if not files:
            return [] if status else ["status 0 without a file"]
        for i, f in enumerate(files):
            if f.endswith(".zst"):
                files[i] = os.path.join(self.out, "plain.pcap")
                p = subprocess.run(["zstd", "-qdcf", f], capture_output=True)
                open(files[i], "wb").write(p.stdout)
                if p.returncode and not status:
                    return ["status 0, but zstd says: " + p.stderr.decode()]
                if not p.stdout:
                    return []
        files.sort(key=lambda f: (len(f), f))
        for f in files:
            p = subprocess.run(["tcpdump", "-nr", f], capture_output=True, text=True, errors="replace")
            if p.returncode and not (status and f.endswith("plain.pcap")):
                # libpcap refuses a pcapng without an interface: none was named yet.
                if status and "no Interface Description Blocks" in p.stderr:
                    continue
                return [f"tcpdump can't read {os.path.basename(f)}: {p.stderr.splitlines()[-1]}"]
        if status:
            return []
        p = subprocess.run(
            [self.traffic, "check", *files, "--expect", str(PACKETS)], capture_output=True, text=True)
        if p.returncode:
            return [f"status 0, but {p.stdout.strip()} {p.stderr.strip()}: " + " | ".join(lines)]
        return []

    # -- what stays behind --

    def look_for_remains(self):
        findings = []
        with open("/proc/self/net/packet") as f:
            sockets = len(f.readlines()) - 1
        if sockets:
            findings.append(f"left: {sockets} packet sockets")
        if any(promiscuity()):
            findings.append("left: promiscuous mode")
        return findings


class Objects:
    """BPF objects of runs that have ended. The kernel frees them some time after."""

    NAMES = {11: "program", 12: "map", 31: "link"}
    PATIENCE_S = 60

    def __init__(self):
        self.waiting = collections.deque()

    def add(self, job, objects):
        self.waiting.append((time.monotonic(), job, objects))

    def left(self, wait=False):
        """Yields (job, objects) of the runs whose objects stay."""
        while self.waiting:
            since, job, objects = self.waiting[0]
            objects = [o for o in objects if bpf_object_exists(*o)]
            is_late = time.monotonic() - since > self.PATIENCE_S
            if objects and not is_late:
                if not wait:
                    return
                time.sleep(0.05)
                continue
            self.waiting.popleft()
            if objects:
                yield job, ", ".join(f"{self.NAMES[kind]} {number}" for kind, number in objects)
