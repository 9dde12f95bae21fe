# SPDX-License-Identifier: BSD-2-Clause
"""
The page cache before a run. On a virtual machine the first use of a page that the host has taken
back costs a fault there. A tool that writes through the page cache loses packets because of that,
so each figure tells the state of the cache.
"""

import os
import time

CHUNK = 1 << 20


def cool(seconds):
    """Empties the cache and leaves its pages idle, so that a host can take them back."""
    os.sync()
    with open("/proc/sys/vm/drop_caches", "w", encoding="ascii") as f:
        f.write("3\n")
    time.sleep(seconds)


def warm(directory, size_bytes):
    """Uses as many pages as the run will need, so that the host has them ready."""
    path = os.path.join(directory, "warm")
    chunk = bytes(CHUNK)
    fd = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
    try:
        for _ in range(size_bytes // CHUNK + 1):
            os.write(fd, chunk)
    finally:
        os.close(fd)
        os.unlink(path)
