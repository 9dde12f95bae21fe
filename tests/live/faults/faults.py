#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Makes one call of skwatch fail in each run, and looks at how the run ends.

A first run of each command counts the calls that the library faults/fault.so knows. Each run after
it fails one of them: for each place in the program from which such a call comes, the first and the
last one. A run is bad if the program crashes or hangs, if its status is wrong, if it does not say in
one line what failed and why, if its file can't be read, or if something stays behind.
"""

import argparse
import collections
import ctypes
import errno
import multiprocessing
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import tempfile

from acting import ACTING, remove_cgroups
from lane import FIGURES, ORDINARY, PR_SET_PDEATHSIG, SCENARIOS, Lane, Objects

# ---- which errors ----

# The errors that a kind of call can have. EINTR is an error of calls that wait.
ERRORS = {
    "bind": "ENODEV ENOMEM",
    "bpf": "EPERM ENOMEM EINVAL",
    "close": "EIO ENOSPC",
    "epoll_ctl": "ENOMEM ENOSPC",
    "epoll_wait": "EINTR",
    "execvp": "ENOENT EACCES",
    "fallocate": "ENOSPC EOPNOTSUPP",
    "fork": "EAGAIN ENOMEM",
    "ftruncate": "EIO",
    "if_nameindex": "ENOBUFS",
    "landlock": "ENOMEM E2BIG",
    "poll": "EINTR",
    "pread": "EIO EINTR",
    "pthread_create": "EAGAIN",
    "pwrite": "ENOSPC EIO EINTR",
    "read": "EIO EINTR",
    "recv": "ENOMEM EINTR",
    "recvfrom": "ENOMEM EINTR",
    "recvmsg": "ENOMEM EINTR",
    "seccomp": "ENOMEM EINVAL",
    "send": "ENOBUFS EINTR",
    "sendmsg": "ENOBUFS EINTR",
    "sendto": "ENOBUFS EINTR",
    "setsockopt": "ENOMEM EPERM",
    "syscall": "EPERM",
    "waitpid": "EINTR",
    "write": "ENOSPC EIO EINTR",
    "writev": "ENOSPC EIO EINTR",
}
NO_MEMORY = {"memory", "mmap", "madvise", "fopencookie", "epoll_create1"}
DESCRIPTORS = {
    "dup", "dup2", "dup3", "eventfd", "fdopendir", "fopen", "memfd_create", "open", "openat",
    "opendir", "pipe2", "signalfd", "socket", "socketpair", "timerfd_create", "mkostemp",
}  # fmt: skip
REFUSED = {
    "capset", "fchown", "initgroups", "setgroups", "setns", "setresgid", "setresuid",
    "setrlimit", "unlink", "rename", "mkdir",
}  # fmt: skip


def errors_of(kind):
    if kind in ERRORS:
        return ERRORS[kind].split()
    if kind in NO_MEMORY:
        return ["ENOMEM"]
    if kind in DESCRIPTORS:
        return ["EMFILE"]
    if kind == "prctl":
        return ["EINVAL"]
    return ["EPERM"] if kind in REFUSED else ["EIO"]


class Fault(collections.namedtuple("Fault", "scenario role kind nth error own where")):
    """`where` names the functions of the program that led to the call, the innermost first."""

    def __str__(self):
        return f"{self.scenario}:{self.role}:{self.kind}:{self.error} {self.where}"

    def plan(self):
        return self.role, self.kind, self.nth, getattr(errno, self.error)


COUNT = Fault("", "", "", 0, "", 0, "")

# Each of these was found by a run. A pattern is searched in the text of Fault.__str__().
FINDINGS = [
    ("the end does not wait for a keeper that was not told of it",
     r"^pcap:running:sendmsg:ENOBUFS .*\bskw_keeper_finish\b"),
    ("a keeper that can't begin says why, in one line",
     r"^any:keeper:(open|dup2|signalfd):EMFILE .*\bsettle\b"),
    ("a keeper without memory says so", r"^pcap:keeper:memory:ENOMEM .*\bcollect_kept\b"),
    ("a keeper that dies gives the reason",
     r"^(zst|events):keeper:(recvmsg:ENOMEM|sendmsg:ENOBUFS) .*\b(serve_one|skw_keeper_serve)\b"),
    ("a keeper that can't return to its namespace gives the reason",
     r"^top:keeper:setns:EPERM .*\bskw_netns_inside\b"),
    ("a capture that can't say that it listens does not begin",
     r"^any:worker:memory:ENOMEM .*\bsay_listening\b"),
    ("a line is written again after a signal", r"^pcap:worker:write:EINTR .*\bskw_say\b"),
    ("without the number of CPUs nothing is captured, and that is said",
     r"^(any|top):start:(open:EMFILE|read:EIO|memory:ENOMEM) .*\bskw_libbpf_init\b"),
    ("libbpf prints nothing by itself", r"^pcap:start:fopen:EMFILE .*\bskw_skb_access_probe\b"),
    ("a program without its mapped memory is not used",
     r"^any:start:bpf:EPERM .*\bcapture_bpf__load\b"),
    ("errors of libbpf have words", r"^any:start:memory:ENOMEM .*\bcapture_bpf__open"),
    ("the list of interfaces fails with its reason",
     r"^any:start:(socket:EMFILE|if_nameindex:ENOBUFS|ioctl:EIO) .*\bskw_iface_list\b"),
    ("memory use that can't be read is not taken for all memory",
     r"^any:start:fopen:EMFILE .*\bskw_memory_free_bytes\b"),
    ("a filter without memory is no wrong usage",
     r"^(pcap:start|read:keeper):memory:ENOMEM .*\b(skw_handle_compile|skw_offline_filter_compile)\b"),
    ("a command's end is seen after a signal", r"^pcapng:keeper:waitpid:EINTR "),
    ("groups that can't be read are told from groups that are refused",
     r"^pcapng:keeper:memory:ENOMEM .*\bskw_rights_borrow\b"),
    ("a command whose end can't be heard of gives the reason",
     r"^command:running:recv:ENOMEM .*\bhear<on_message\b"),
    ("secrets that were not read after a failure are no bad lines",
     r"^keylog:worker:memory:ENOMEM .*\bskw_pcapng_secrets\b"),
    ("a key log that can't be asked for is told once",
     r"^keylog:worker:recvmsg:ENOMEM .*\bskw_keeper_call_fd<ask\b"),
    ("kill does not take sockets that can't be read for no sockets",
     r"^kill:(keeper:bpf:EPERM|running:read:EIO) .*\b(skw_conn_iter_open|skw_conn_reader_slice)\b"),
    ("top -b ends with status 1 if sockets could not be read",
     r"^top:(keeper:bpf:EPERM|running:read:EIO) .*\b(skw_conn_iter_open|skw_conn_reader_slice)\b"),
]  # fmt: skip
RUNS_PER_FINDING = 4
RUNS_PER_ACTING = 3

# In these functions of libraries a lack of memory ends the program, whatever it does.
LIBRARIES = {
    "getpwnam_r": "the C library's name service aborts or follows a null pointer",
    "getgrouplist": "likewise",
    "initgroups": "likewise",
    "bpf_object__open_skeleton": "libbpf opens an object that is not whole, and crashes later",
    "seccomp_load": "libseccomp frees what it has not made",
    "pcap_compile": "libpcap's scanner exits or follows a null pointer",
}


def ends_the_program(fault, findings, trace):
    """Whether a library has ended the program, and no other fault was seen."""
    return (
        findings
        and fault.kind == "memory"
        and not fault.own
        and any(name in LIBRARIES for name in trace)
        and all(re.match("crash|status [^0]|not our line|(2 messages: )?out of dynamic|cannot allocate memory for thread", f) for f in findings)
    )


# ---- which calls ----


def function_names(skwatch, offsets):
    """The functions at each offset, with those that the compiler has put into others."""
    offsets = sorted(offsets)
    said = subprocess.run(
        ["addr2line", "-f", "-i", "-a", "-e", skwatch], text=True, capture_output=True,
        input="\n".join(hex(o) for o in offsets)).stdout  # fmt: skip
    names = {}
    for block in re.split(r"^0x", said, flags=re.M)[1:]:
        address, *lines = block.splitlines()
        names[int(address, 16)] = lines[::2]
    return names


def choose(calls, scenario, names):
    """Faults for each place from which calls come: the first call with each error, and the last."""
    places = collections.OrderedDict()
    for call in calls:
        places.setdefault((call.role, call.kind, call.stack), []).append(call)
    for alike in places.values():
        first, last = alike[0], alike[-1]
        where = "<".join(name for offset in first.where for name in names.get(offset, ["?"]))
        errors = errors_of(first.kind)
        for error in errors if first.own else errors[:1]:
            yield Fault(scenario, first.role, first.kind, first.nth, error, first.own, where)
        if last is not first and last.own:
            yield Fault(scenario, last.role, last.kind, last.nth, errors[-1], last.own, where)


def choose_all(counted, skwatch):
    offsets = {o for calls in counted.values() for c in calls for o in c.where}
    names = function_names(skwatch, offsets)
    return [f for scenario in SCENARIOS if scenario in counted
            for f in choose(counted[scenario], scenario, names)]  # fmt: skip


# ---- the runs ----

Result = collections.namedtuple("Result", "fault findings fired trace said calls")


def work(number, options, jobs, results, remains):
    libc = ctypes.CDLL(None)
    libc.prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    lane = Lane(options.directory, options.traffic, number)
    signal.signal(signal.SIGTERM, lambda *_: (lane.kill_all(), os._exit(1)))
    lane.make_input()
    objects = Objects()
    for fault in iter(jobs.get, None):
        findings = lane.run(fault)
        calls = None if fault.kind else list(lane.board.calls())
        objects.add(fault, lane.board.objects())
        results.put(
            Result(fault, findings, lane.board.fired(), lane.board.trace(), lane.said, calls))  # fmt: skip
        for late in objects.left():
            remains.put(late)
    for late in objects.left(wait=True):
        remains.put(late)
    remains.put(None)


class Lanes:
    """Several runs at a time."""

    def __init__(self, options):
        self.jobs, self.results, self.remains = (multiprocessing.Queue() for _ in range(3))
        queues = self.jobs, self.results, self.remains
        self.processes = [
            multiprocessing.Process(target=work, args=(i, options, *queues), daemon=True)
            for i in range(options.jobs)
        ]
        for p in self.processes:
            p.start()

    def run(self, faults):
        for f in faults:
            self.jobs.put(f)
        for _ in faults:
            yield self.results.get()

    def end(self):
        """Ends all, and returns what stayed behind, as (fault, text)."""
        for _ in self.processes:
            self.jobs.put(None)
        left = [one for _ in self.processes for one in iter(self.remains.get, None)]
        for p in self.processes:
            p.join()
        return left


# ---- what is printed ----

COLUMNS = "injected", "copes", "fails", "library", "bad"


class Tally:
    def __init__(self):
        self.kinds = collections.defaultdict(collections.Counter)
        self.bad = []  # (fault, text)

    def take(self, result, log):
        """Counts a run. Returns whether it is good."""
        if not result.fired:
            self.kinds[result.fault.kind]["missed"] += 1
            return True
        counts = self.kinds[result.fault.kind]
        counts["injected"] += 1
        lines = [l for l in result.said.splitlines() if not FIGURES.match(l)]
        is_library = ends_the_program(result.fault, result.findings, result.trace)
        bad = "" if is_library else "; ".join(result.findings)
        if result.findings:
            counts["library" if is_library else "bad"] += 1
        else:
            counts["fails" if lines else "copes"] += 1
        if bad:
            self.bad.append((result.fault, bad))
        if log:
            verdict = "bad" if bad else "library" if is_library else "good"
            print(verdict, result.fault, result.fault.nth, bad, " / ".join(lines), sep=" | ", file=log)
        return not bad

    def print(self):
        print(f"{'kind':<18}" + "".join(f"{c:>10}" for c in COLUMNS))
        total = collections.Counter()
        for kind in sorted(self.kinds):
            total.update(self.kinds[kind])
        for kind, counts in [*sorted(self.kinds.items()), ("all", total)]:
            print(f"{kind:<18}" + "".join(f"{counts[c]:>10}" for c in COLUMNS))
        if total["missed"]:
            print(f"{total['missed']} more calls were not reached again.")


def count(lanes, names):
    """Runs without a fault. Returns the calls of each command."""
    counted = {}
    for result in lanes.run([COUNT._replace(scenario=n) for n in names]):
        if result.findings:
            sys.exit(f"{result.fault.scenario} without a fault: {result.findings}\n{result.said}")
        counted[result.fault.scenario] = result.calls
    return counted


def run_all(lanes, faults, tally, log):
    for result in lanes.run(faults):
        if not tally.take(result, log):
            fault, text = tally.bad[-1]
            print(f"bad: {fault}: {text}", flush=True)
    for fault, text in lanes.end():
        tally.kinds[fault.kind]["bad"] += 1
        tally.bad.append((fault, f"left: {text}"))
        print(f"bad: {fault}: left: {text}")
    tally.print()


def run_sample(lanes, faults, size, tally, log):
    """The findings, and some of the others. Prints TAP."""
    groups = []
    for name, pattern in FINDINGS:
        found = [f for f in faults if re.search(pattern, str(f))]
        groups.append((name, found[:: max(1, len(found) // RUNS_PER_FINDING)][:RUNS_PER_FINDING]))
    chance = random.Random(1)
    for scenario in SCENARIOS:
        all_of_it = [f for f in faults if f.scenario == scenario]
        most = size // len(ORDINARY) if scenario in ORDINARY else RUNS_PER_ACTING
        some = chance.sample(all_of_it, min(most, len(all_of_it)))
        groups.append((f"{scenario}: {len(some)} faults end well", some))
    wanted = list(dict.fromkeys(f for _, some in groups for f in some))
    for result in lanes.run(wanted):
        tally.take(result, log)
    tally.bad += [(fault, f"left: {text}") for fault, text in lanes.end()]
    for i, (name, some) in enumerate(groups, 1):
        bad = [f"{fault}: {text}" for fault, text in tally.bad if fault in some]
        print(f"{'ok' if some and not bad else 'not ok'} {i} - {name}")
        for line in bad if some else ["no call fits: was the function renamed?"]:
            print(f"#   {line}")
    print(f"1..{len(groups)}")


def main():
    parser = argparse.ArgumentParser(description="Makes calls of skwatch fail, one in each run.")
    parser.add_argument("--skwatch", default="build/skwatch", help="the program (%(default)s)")
    parser.add_argument("--built", default="build", help="the build folder (%(default)s)")
    parser.add_argument("-j", dest="jobs", type=int, default=os.cpu_count(), help="runs at a time")
    parser.add_argument("--only", default="", metavar="REGEX", help="only these, see --list")
    parser.add_argument("--list", action="store_true", help="print the faults and run none")
    parser.add_argument("--log", metavar="FILE", help="write a line about each run")
    parser.add_argument("--sample", type=int, metavar="N",
                        help="run what was found before and N others, and print TAP")  # fmt: skip
    parser.add_argument("commands", nargs="*", metavar="COMMAND",
                        help=f"of {' '.join(SCENARIOS)} (default: those before policy)")  # fmt: skip
    options = parser.parse_args()
    if set(options.commands) - set(SCENARIOS):
        parser.error(f"the commands are {' '.join(SCENARIOS)}")
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    options.traffic = os.path.abspath(os.path.join(options.built, "tests/live/traffic"))
    options.directory = tempfile.mkdtemp(prefix="skw-faults-")
    os.chmod(options.directory, 0o755)
    try:
        # A build in the meantime changes nothing.
        shutil.copy(options.skwatch, os.path.join(options.directory, "skwatch"))
        shutil.copy(os.path.join(options.built, "tests/live/faults/fault.so"), options.directory)
        sys.exit(run(options))
    finally:
        shutil.rmtree(options.directory, ignore_errors=True)
        remove_cgroups(os.getpid())


def run(options):
    log = open(options.log, "w", buffering=1) if options.log else None
    tally, lanes = Tally(), Lanes(options)
    usual = ORDINARY if options.sample is None else list(SCENARIOS)
    counted = count(lanes, options.commands or usual)
    faults = choose_all(counted, os.path.join(options.directory, "skwatch"))
    faults = [f for f in faults if re.search(options.only, str(f))]
    if options.list:
        print(*faults, sep="\n")
    elif options.sample is not None:
        run_sample(lanes, faults, options.sample, tally, log)
    else:
        run_all(lanes, faults, tally, log)
    return 1 if tally.bad else 0


if __name__ == "__main__":
    main()
