#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""No output has the data of users unless --content asks for it: conversations of all protocols with
a secret in all places where such data are, as lines, JSON, tables and error output, in whole
packets, in small ones and with gaps. The live outputs are those of tests/live/messages_secrets.sh.
"""
import json
import os
import subprocess
import sys
import tempfile

import secret_talks

SKWATCH = os.environ.get("SKWATCH") or os.path.join(os.environ.get("builddir", "."), "skwatch")
SECRET = secret_talks.SECRET.decode()
OUTPUTS = [[], ["--json"], ["--slow", "1ms"], ["--summary"], ["--summary", "--json"],
           ["--summary", "--csv"], ["--summary", "--sort", "kind", "--groups", "3"]]

count = 0
failed = 0


def ok(good, name, detail=""):
    global count, failed
    count += 1
    print("%s %d - %s" % ("ok" if good else "not ok", count, name))
    if not good:
        failed += 1
        print("#   " + str(detail).replace("\n", "\n#   "))


def skwatch(path, *options):
    done = subprocess.run([SKWATCH, "messages", "-r", path, *options], capture_output=True,
                          text=True, check=True)
    return done.stdout + done.stderr


def found(text):
    return [line for line in text.splitlines() if SECRET in line.lower()]


def protocols():
    shown = subprocess.run([SKWATCH, "messages", "-t", "?"], capture_output=True, text=True,
                           check=False).stderr
    return shown.split("there are ")[1].strip().split(",")


def cut(path, to, step):
    """The same without each packet whose number can be divided by step."""
    with open(path, "rb") as file:
        data = file.read()
    out, at, number = data[:24], 24, 0
    while at < len(data):
        size = 16 + int.from_bytes(data[at + 8:at + 12], "little")
        number += 1
        out += data[at:at + size] if number % step else b""
        at += size
    with open(to, "wb") as file:
        file.write(out)


def hide(path, name):
    for options in OUTPUTS:
        lines = found(skwatch(path, *options))
        ok(not lines, "%s: nothing in %s" % (name, " ".join(options) or "lines"),
           "\n".join(lines))


def show(path):
    known = protocols()
    told = [json.loads(line) for line in skwatch(path, "--json").splitlines() if line[0] == "{"]
    for name in known:
        # A recogniser without a talk here would be one that nobody has looked at.
        answered = [m for m in told if m["protocol"] == name and m["outcome"] == "answered"]
        ok(answered, "%s is recognised" % name, told)
    for name, _, shown, _ in secret_talks.TALKS:
        if name not in known:
            continue
        for options in OUTPUTS[:-1]:
            lines = found(skwatch(path, "--content", "-t", name, *options))
            ok(bool(lines) == shown, "%s: --content %s, with %s" % (
                name, "shows it" if shown else "has none", " ".join(options) or "lines"), lines)


def main():
    with tempfile.TemporaryDirectory() as folder:
        whole = os.path.join(folder, "whole.pcap")
        other = os.path.join(folder, "other.pcap")
        secret_talks.write(whole)
        show(whole)
        hide(whole, "whole packets")
        secret_talks.write(other, 3)
        hide(other, "packets of 3 bytes")
        for step in 2, 3, 5, 7:
            cut(whole, other, step)
            hide(other, "1 packet of %d is lost" % step)
        secret_talks.write(whole, 11)
        for step in 4, 9, 13:
            cut(whole, other, step)
            hide(other, "packets of 11 bytes, 1 of %d is lost" % step)
    print("1..%d" % count)
    return failed > 0


if __name__ == "__main__":
    sys.exit(main())
