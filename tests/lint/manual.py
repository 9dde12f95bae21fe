#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""The manual is well-formed, and help, manual and completions name the same options."""
import os
import re
import shutil
import subprocess

import lintlib

# mandoc looks for the manuals that are referred to on this machine, which may not have them.
OF_THE_MACHINE = ("referenced manual not found", "outdated mandoc.db")


def mandoc():
    name = os.environ.get("MANDOC", "no")
    return name if name != "no" else shutil.which("mandoc")


def manual_is_clean(top):
    done = subprocess.run([mandoc(), "-Tlint", *map(str, sorted((top / "man").glob("*.8")))],
                          cwd=top, capture_output=True, text=True, check=False)
    for line in (done.stdout + done.stderr).splitlines():
        if not any(word in line for word in OF_THE_MACHINE):
            yield line.replace(str(top) + "/", "")


def commands():
    """The commands that the program's help lists."""
    done = subprocess.run([os.environ["SKWATCH"], "--help"], capture_output=True, text=True,
                          check=True)
    listed = re.search(r"^Commands:\n((?:  .*\n)+)", done.stdout, re.M)
    return re.findall(r"^  ([\w-]+)", listed.group(1), re.M) if listed else []


def help_options(command):
    """Returns {long option: its letter or ''} from the program's help."""
    done = subprocess.run([os.environ["SKWATCH"], command, "--help"], capture_output=True,
                          text=True, check=True)
    return {found.group(2): found.group(1) or ""
            for found in re.finditer(r"^ +(?:-(.), )?--([\w-]+)", done.stdout, re.M)}


def manual_options(top, command):
    text = (top / "man" / ("skwatch-%s.8" % command)).read_text()
    return {found.group(2): found.group(1) or ""
            for found in re.finditer(r"^\.It Fl (?:(\S) , )?-([\w-]+)", text, re.M)}


def bash_options(top, command):
    text = (top / "completions/skwatch").read_text()
    words = re.search(r"_skwatch_%s_options='([^']*)'" % command, text)
    return {word.lstrip("-") for word in words.group(1).split()} if words else set()


def zsh_options(top, command):
    text = (top / "completions/_skwatch").read_text()
    body = re.search(r"_skwatch_%s\(\) \{(.*?)\n\}" % command, text, re.S)
    options = set()
    for found in re.finditer(r"\{-\\?(.),--([\w-]+)\}|'--([\w-]+)\[",
                             body.group(1) if body else ""):
        options.update(name for name in found.groups() if name)
    return options


def differences(title, want, have):
    for name in sorted(want - have):
        yield "%s does not tell of %s" % (title, name)
    for name in sorted(have - want):
        yield "%s tells of %s, which the help does not have" % (title, name)


def same_options(top):
    found = commands()
    if not found:
        yield "the help names no command"
    for command in found:
        if not (top / "man" / ("skwatch-%s.8" % command)).is_file():
            yield "%s has no manual" % command
            continue
        helped = help_options(command)
        manual = manual_options(top, command)
        yield from differences("the manual of %s" % command, set(helped.items()),
                               set(manual.items()))
        both = set(helped) | set(filter(None, helped.values()))
        yield from differences("bash's completion", both, bash_options(top, command))
        yield from differences("zsh's completion", both, zsh_options(top, command))


def shell_accepts(shell, name):
    def check(top):
        done = subprocess.run([shell, "-n", str(top / "completions" / name)],
                              capture_output=True, text=True, check=False)
        yield from done.stderr.splitlines()
    return check


def skip(reason):
    """Makes a check that can't run here. Its TAP line has the reason."""
    def check(_):
        return []
    check.reason = reason
    return check


CHECKS = {}
CHECKS[manual_is_clean if mandoc() else skip("no mandoc")] = "mandoc has no complaint"
CHECKS[same_options if os.access(os.environ.get("SKWATCH", ""), os.X_OK)
       else skip("the program is not built")] = "help, manual and completions name the same options"
CHECKS[shell_accepts("bash", "skwatch")] = "bash reads its completion"
CHECKS[shell_accepts("zsh", "_skwatch") if shutil.which("zsh")
       else skip("no zsh")] = "zsh reads its completion"

lintlib.run(CHECKS)
