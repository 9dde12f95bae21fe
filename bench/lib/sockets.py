# SPDX-License-Identifier: BSD-2-Clause
"""Many open connections in this network namespace, and the memory that the kernel uses."""

import subprocess
import time

from measure import BenchError


STEADY_BYTES = 50000


class Crowd:
    """A number of TCP sockets over loopback, held by other processes while it is entered."""

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


def settled_kernel_bytes():
    """As kernel_bytes(), once the memory of earlier runs is free, some time after their end."""
    readings = [kernel_bytes()]
    for _ in range(30):
        time.sleep(0.3)
        readings.append(kernel_bytes())
        last = readings[-4:]
        if len(last) == 4 and max(last) - min(last) < STEADY_BYTES:
            break
    return readings[-1]


def kernel_bytes():
    """
    Bytes of the objects in use in the kernel's general caches, where socket storage lives. The
    number of pages would tell nothing, as those of freed objects are used again.
    """
    total = 0
    with open("/proc/slabinfo", encoding="ascii") as f:
        for line in f:
            words = line.split()
            if words[0].startswith("kmalloc-"):
                total += int(words[1]) * int(words[3])
    return total
