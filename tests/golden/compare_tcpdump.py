#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Our lines against tcpdump's: each sample with each set of options.

Where the two differ on purpose, differences/SAMPLE.txt holds the differing lines, tcpdump's behind
a minus and ours behind a plus, one section per set of options; README.md says why. A difference
that is not there fails, and so does one that is there and no longer found.

	compare_tcpdump.py [--update] [SAMPLE...]

--update rewrites the sections from what is printed now: read the change before you commit it.
"""
import difflib
import os
import re
import shutil
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
SRCDIR = os.environ.get("srcdir", os.path.join(HERE, "..", ".."))
SAMPLES = os.path.join(SRCDIR, "pcap-samples")
DIFFERENCES = os.path.join(SRCDIR, "tests", "golden", "differences")
PRINTER = os.environ.get(
    "PRINT_PCAP", os.path.join(os.environ.get("builddir", "."), "tests", "golden", "print_pcap"))

# Sets that change what is said of a packet; every sample goes through all of them.
LINES = ["", "-q", "-v", "-vv", "-e", "-e -q", "-e -vv", "-S", "-v -K"]
# Sets that add to the line without changing it. They are left out for samples whose lines differ,
# and for those with cut packets: of these tcpdump sometimes shows the link header's bytes too,
# depending on which of its functions noticed the end.
ADDITIONS = ["-t", "-tt", "-ttt", "-tttt", "-ttttt", "-x", "-xx", "-X", "-XX", "-A", "-AA", "-#",
             "--nano", "-tt --nano", "-ttt --nano", "-tttt --nano"]

# The program itself, where it is built, prints what print_pcap prints.
SKWATCH = os.environ.get("SKWATCH", "")
SKWATCH_SETS = ["", "-e -vv -K", "-tttt -# -X"]

TITLE = "=== tcpdump -nn"
VERSION = "4.99.3"  # other versions print other lines


# tcpdump shows the names that this machine's interfaces have, whatever machine the file is from.
SLL2_IFACE = re.compile(r"\S+ +(In |Out|B  |M  |P  |\?  ) ")


def run(command, options, sample):
    """The lines that a program prints, without their ends, or None if it fails."""
    env = dict(os.environ, TZ="UTC")
    done = subprocess.run(command + options.split() + ["-r", sample], stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, env=env, check=False)
    if done.returncode:
        sys.stderr.buffer.write(done.stderr)
        return None
    lines = done.stdout.decode("latin-1").split("\n")
    if "sll2" in os.path.basename(sample):
        lines = [SLL2_IFACE.sub(r"IFACE \1 ", line, count=1) for line in lines]
    return lines


def tcpdump_version():
    if not shutil.which("tcpdump"):
        return "none"
    text = subprocess.run(["tcpdump", "--version"], stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, check=False).stdout.decode()
    found = re.search(r"tcpdump version (\S+)", text)
    return found.group(1) if found else "unknown"


def read_sections(name):
    sections = {}
    try:
        with open(os.path.join(DIFFERENCES, name + ".txt"), encoding="latin-1", newline="") as f:
            for part in f.read().split(TITLE)[1:]:
                lines = part.split("\n")
                sections[lines[0].strip()] = lines[1:-1]
    except FileNotFoundError:
        pass
    return sections


def write_sections(name, sections):
    path = os.path.join(DIFFERENCES, name + ".txt")
    if not sections:
        if os.path.exists(path):
            os.unlink(path)
        return
    os.makedirs(DIFFERENCES, exist_ok=True)
    with open(path, "w", encoding="latin-1", newline="") as f:
        for options, lines in sections.items():
            f.write("\n".join([(TITLE + " " + options).rstrip()] + lines) + "\n")


def difference(options, path):
    """The lines of a unified diff without context and places, or a string: what failed."""
    theirs = run(["tcpdump", "-nn"], options, path)
    ours = run([PRINTER], options, path)
    if theirs is None or ours is None:
        return "%s failed" % ("tcpdump" if theirs is None else "print_pcap")
    if theirs == ours:
        return []
    lines = difflib.unified_diff(theirs, ours, n=0, lineterm="")
    return [line for line in list(lines)[2:] if not line.startswith("@@")]


def check_sample(name, update):
    """What is wrong with a sample: lines to be shown."""
    path = os.path.join(SAMPLES, name + ".pcap")
    known = {} if update else read_sections(name)
    found = {}
    wrong = []

    def look(options):
        lines = difference(options, path)
        if isinstance(lines, str):
            wrong.append("%s: %s" % (options, lines))
        elif lines:
            found[options] = lines

    for options in LINES:
        look(options)
    if not found and not any("[|" in line for line in run([PRINTER], "", path) or []):
        for options in ADDITIONS:
            look(options)
    if update:
        write_sections(name, found)
        return wrong
    for options in {**known, **found}:
        if known.get(options) == found.get(options):
            continue
        wrong.append("with options [%s], - in the file of differences, + found:" % options)
        wrong += list(difflib.unified_diff(known.get(options, []), found.get(options, []), n=0,
                                           lineterm=""))[2:]
    return wrong


def check_skwatch(names):
    """What is wrong with the program's lines."""
    wrong = []
    for name in names:
        path = os.path.join(SAMPLES, name + ".pcap")
        for options in SKWATCH_SETS:
            if run([SKWATCH, "capture"], options, path) != run([PRINTER], options, path):
                wrong.append("%s with options [%s]" % (name, options))
    return wrong


def main(arguments):
    update = "--update" in arguments
    names = [a for a in arguments if a != "--update"]
    if not names:
        names = sorted(f[:-5] for f in os.listdir(SAMPLES) if f.endswith(".pcap"))
    version = tcpdump_version()
    if version != VERSION:
        print("1..0 # SKIP the lines are those of tcpdump %s; found: %s" % (VERSION, version))
        return 0
    if not os.access(PRINTER, os.X_OK):
        print("Bail out! no program " + PRINTER)
        return 1
    failed = False
    for number, name in enumerate(names, 1):
        wrong = check_sample(name, update)
        for line in wrong:
            print("# " + line)
        print("%s %d - %s is printed as tcpdump does" % ("not ok" if wrong else "ok", number, name))
        failed |= bool(wrong)
    tests = len(names)
    # A build of the pure rooms alone has no program.
    if os.environ.get("SKW_BPF") != "no":
        tests += 1
        wrong = check_skwatch(names)
        for line in wrong:
            print("# " + line)
        print("%s %d - skwatch capture -r prints the same" % ("not ok" if wrong else "ok", tests))
        failed |= bool(wrong)
    print("1..%d" % tests)
    return failed


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
