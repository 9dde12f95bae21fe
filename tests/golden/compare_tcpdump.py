#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Compares our lines with those of tcpdump: each sample with each set of options.

Intended differences are in differences/SAMPLE.txt, with a section for each set of options. The
lines of tcpdump follow a minus, our lines follow a plus. README.md tells the reasons. The test
fails if a difference is not in the file, and if a difference of the file is not found any more.

	compare_tcpdump.py [--update] [SAMPLE...]

--update replaces the sections by the current differences. Read the change before you commit it.
"""
import difflib
import os
import re
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

HERE = os.path.dirname(os.path.abspath(__file__))
SRCDIR = os.environ.get("srcdir", os.path.join(HERE, "..", ".."))
SAMPLES = os.path.join(SRCDIR, "pcap-samples")
DIFFERENCES = os.path.join(SRCDIR, "tests", "golden", "differences")
PRINTER = os.environ.get(
    "PRINT_PCAP", os.path.join(os.environ.get("builddir", "."), "tests", "golden", "print_pcap"))

# Sets that change the description of a packet. Every sample is printed with all of them.
LINES = ["", "-q", "-v", "-vv", "-e", "-e -q", "-e -vv", "-S", "-v -K"]
# Sets that add to the line without changing it. They are not used for samples whose lines differ
# or that have cut packets. For a cut packet tcpdump sometimes shows the bytes of the link header
# too, depending on the function that found the end.
ADDITIONS = ["-t", "-tt", "-ttt", "-tttt", "-ttttt", "-x", "-xx", "-X", "-XX", "-A", "-AA", "-#",
             "--nano", "-tt --nano", "-ttt --nano", "-tttt --nano"]

# If the program is built, it must print the same lines as print_pcap.
SKWATCH = os.environ.get("SKWATCH", "")
SKWATCH_SETS = ["", "-e -vv -K", "-tttt -# -X"]

TITLE = "=== tcpdump -nn"
VERSION = "4.99.3"  # the lines of other versions differ


# tcpdump shows names of this machine's interfaces, even if the file is from another machine.
SLL2_IFACE = re.compile(r"\S+ +(In |Out|B  |M  |P  |\?  ) ")


def output(command, options, files):
    """The output of a program, or None if it fails."""
    env = dict(os.environ, TZ="UTC")
    done = subprocess.run(command + options.split() + ["-r"] + files, stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, env=env, check=False)
    if done.returncode:
        sys.stderr.buffer.write(done.stderr)
        return None
    return done.stdout.decode("latin-1")


def lines_of(text, name):
    """The lines of a text without their ends, or None for None."""
    if text is None:
        return None
    lines = text.split("\n")
    if "sll2" in name:
        lines = [SLL2_IFACE.sub(r"IFACE \1 ", line, count=1) for line in lines]
    return lines


def path_of(name):
    return os.path.join(SAMPLES, name + ".pcap")


def run(command, options, name):
    """The lines that a program prints of a sample, or None if it fails."""
    return lines_of(output(command, options, [path_of(name)]), name)


class Printed:
    """Our lines of all samples. The printer starts once for each set of options, as starting it
    under the sanitizers costs more than what it does."""

    def __init__(self, names, pool):
        sets = sorted({*LINES, *ADDITIONS, *SKWATCH_SETS})
        files = [path_of(name) for name in names]
        self.texts = {}
        texts = pool.map(lambda options: output([PRINTER], options, files), sets)
        for options, text in zip(sets, texts):
            parts = text.split("\f\n") if text is not None else []
            self.texts[options] = dict(zip(names, parts))

    def lines(self, options, name):
        """The lines of a sample, or None if the printer failed."""
        return lines_of(self.texts[options].get(name), name)


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


def difference(options, name, printed):
    """The lines of a unified diff without context and places, or a string: what failed."""
    theirs = run(["tcpdump", "-nn"], options, name)
    ours = printed.lines(options, name)
    if theirs is None or ours is None:
        return "%s failed" % ("tcpdump" if theirs is None else "print_pcap")
    if theirs == ours:
        return []
    lines = difflib.unified_diff(theirs, ours, n=0, lineterm="")
    return [line for line in list(lines)[2:] if not line.startswith("@@")]


def check_sample(name, update, printed):
    """The faults of a sample: lines to be shown."""
    known = {} if update else read_sections(name)
    found = {}
    wrong = []

    def look(options):
        lines = difference(options, name, printed)
        if isinstance(lines, str):
            wrong.append("%s: %s" % (options, lines))
        elif lines:
            found[options] = lines

    for options in LINES:
        look(options)
    if not found and not any("[|" in line for line in printed.lines("", name) or []):
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


def check_skwatch(name, printed):
    """The faults of the program's lines for a sample."""
    return ["%s with options [%s]" % (name, options) for options in SKWATCH_SETS
            if run([SKWATCH, "capture", "--no-events"], options, name) != printed.lines(options, name)]


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
        print("Bail out! this program is missing: " + PRINTER)
        return 1
    failed = False
    tests = 0

    def result(what, wrong):
        nonlocal failed, tests
        tests += 1
        for line in wrong:
            print("# " + line)
        print("%s %d - %s" % ("not ok" if wrong else "ok", tests, what))
        failed |= bool(wrong)

    with ThreadPoolExecutor(os.cpu_count()) as pool:
        printed = Printed(names, pool)
        found = pool.map(lambda name: check_sample(name, update, printed), names)
        for name, wrong in zip(names, found):
            result(name + " is printed as tcpdump does", wrong)
        found = pool.map(lambda name: check_skwatch(name, printed), names)
        result("skwatch capture -r prints the same", [line for part in found for line in part])
    print("1..%d" % tests)
    return failed


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
