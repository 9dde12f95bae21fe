# SPDX-License-Identifier: BSD-2-Clause
"""Many open connections in this network namespace, and what the kernel spends on things."""

import re
import subprocess

from measure import BenchError


class Crowd:
    """So many TCP sockets over loopback, held by other processes while it is entered."""

    def __init__(self, conns, sockets):
        self.argv = [conns, "many", str(sockets)]
        self.sockets = sockets
        self.process = None

    def __enter__(self):
        if not self.sockets:
            return self
        self.process = subprocess.Popen(self.argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        if self.process.stdout.readline() != b"ready\n":
            self.__exit__()
            raise BenchError(f"{self.sockets} sockets could not be opened")
        return self

    def __exit__(self, *exc):
        if self.process:
            self.process.kill()
            self.process.communicate()
            self.process = None


def slab_bytes():
    """Memory of kernel objects: what socket storage is made of, and much else."""
    with open("/proc/meminfo", encoding="ascii") as f:
        return int(re.search(r"SUnreclaim:\s+(\d+) kB", f.read()).group(1)) * 1024
