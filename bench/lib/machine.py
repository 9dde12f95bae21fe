# SPDX-License-Identifier: BSD-2-Clause
"""The machine on which figures were measured. Nothing here names the machine or its user."""

import os
import platform
import subprocess


def _first(path, key):
    with open(path, encoding="utf-8") as f:
        for line in f:
            name, _, value = line.partition(":")
            if name.strip() == key:
                return value.strip()
    return "unknown"


def version(argv):
    done = subprocess.run(argv, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
    lines = done.stdout.decode(errors="replace").splitlines()
    return lines[0] if lines else "unknown"


def _file_system(directory):
    best = ("", "unknown")
    with open("/proc/self/mounts", encoding="utf-8") as f:
        for line in f:
            _, where, kind, *_ = line.split()
            inside = where == "/" or (directory + "/").startswith(where + "/")
            if inside and len(where) >= len(best[0]):
                best = (where, kind)
    return best[1]


def _virtual():
    with open("/proc/cpuinfo", encoding="utf-8") as f:
        return "virtual" if " hypervisor" in f.read() else "bare metal"


def base():
    """The lines that every report begins with."""
    memory_kib = int(_first("/proc/meminfo", "MemTotal").split()[0])
    return {
        "machine": f"{_first('/proc/cpuinfo', 'model name')}, {os.cpu_count()} CPUs, "
                   f"{memory_kib / 1048576:.0f} GiB, {_virtual()}",
        "kernel": f"Linux {platform.release().split('-')[0]} {platform.machine()}",
        "load before": f"{os.getloadavg()[0]:.2f}",
    }


def describe(plan):
    out = base()
    out["files on"] = _file_system(os.path.realpath(plan.directory))
    out["rounds"] = f"{plan.rounds}, the cases interleaved" + (", quick" if plan.divide > 1 else "")
    for tool in plan.tools:
        out[tool.name] = version(tool.version)
    return out
