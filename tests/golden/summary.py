#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""The summary of each sample with TCP counts the retransmissions that tshark counts.

tshark's `tcp.analysis.retransmission` stands for fast and spurious ones, too. A sample where both
differ is in DIFFERENCES, with the reason; doc/TESTING.md tells the reasons at length.
"""
import glob
import json
import os
import shutil
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
SRCDIR = os.environ.get("srcdir", os.path.join(HERE, "..", ".."))
SAMPLES = os.path.join(SRCDIR, "pcap-samples")
SKWATCH = os.environ.get("SKWATCH") or os.path.join(os.environ.get("builddir", "."), "skwatch")

# sample: (retransmissions of skwatch, of tshark, the reason)
DIFFERENCES = {
    "format-gso.pcap":
        (1, 0, "tshark takes data that was captured before for late, as it comes soon"),
    "pcapng-section-lengths.pcapng":
        (2, 1, "a SYN that is sent again makes tshark forget the data behind it"),
    "tcp-malformed.pcap":
        (2, 1, "tshark takes a header that is too short for data"),
}

count = 0
failed = 0


def ok(good, name, detail=""):
    global count, failed
    count += 1
    print("%s %d - %s" % ("ok" if good else "not ok", count, name))
    if not good:
        failed += 1
        print("#   " + str(detail).replace("\n", "\n#   "))


def connections(path):
    done = subprocess.run([SKWATCH, "capture", "-r", path, "--summary", "--json",
                           "--where", "proto = tcp and packets > 1"],
                          capture_output=True, text=True, check=True)
    return [json.loads(line) for line in done.stdout.splitlines()]


def tshark_counts(path):
    # Its status is 2 for samples whose last packet is cut.
    done = subprocess.run(["tshark", "-n", "-r", path, "-Y",
                           "tcp.analysis.retransmission and not icmp and not icmpv6"],
                          capture_output=True, text=True, check=False)
    return len(done.stdout.splitlines())


def compare(path):
    name = os.path.basename(path)
    found = connections(path)
    if not found:
        return
    ours = sum(c["retrans"] or 0 for c in found)
    theirs = tshark_counts(path)
    want = DIFFERENCES.get(name)
    if want:
        ok((ours, theirs) == want[:2], "%s: other than tshark, as %s" % (name, want[2]),
           "skwatch %d, tshark %d" % (ours, theirs))
    else:
        ok(ours == theirs, "%s: %d retransmissions, as tshark says" % (name, theirs),
           "skwatch %d, tshark %d" % (ours, theirs))


def main():
    if not shutil.which("tshark"):
        print("1..0 # SKIP tshark is not installed")
        return 0
    for path in sorted(glob.glob(os.path.join(SAMPLES, "*.pcap*"))):
        compare(path)
    ok(count > 20, "there are samples with TCP")
    print("1..%d" % count)
    return failed > 0


sys.exit(main())
