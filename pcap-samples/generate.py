#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""
Writes the generated samples into its own folder. It always writes the same bytes. With
--check it writes nothing and fails if a file differs. With --list it prints the names.
"""

import importlib
import os
import sys

MODULES = [
    "link",
    "llc",
    "linktypes",
    "wifi",
    "ip",
    "icmp",
    "icmp6",
    "tcp",
    "dns",
    "dns_odd",
    "payload",
    "formats",
    "blocks",
    "broken",
    "joined",
]


def samples():
    sys.dont_write_bytecode = True
    out = {}
    for module in MODULES:
        for name, data in importlib.import_module("generator." + module).samples():
            if name in out:
                raise SystemExit("generate.py: %s: two modules make this file" % name)
            out[name] = data
    return out


def main(argv):
    here = os.path.dirname(os.path.abspath(__file__))
    status = 0
    for name, data in samples().items():
        path = os.path.join(here, name)
        if argv[1:] == ["--list"]:
            print(name)
        elif argv[1:] == ["--check"]:
            try:
                with open(path, "rb") as f:
                    same = f.read() == data
            except OSError:
                same = False
            if not same:
                print("generate.py: %s: differs from what is generated" % name, file=sys.stderr)
                status = 1
        elif argv[1:]:
            print("usage: generate.py [--check | --list]", file=sys.stderr)
            return 2
        else:
            with open(path, "wb") as f:
                f.write(data)
    return status


if __name__ == "__main__":
    sys.exit(main(sys.argv))
