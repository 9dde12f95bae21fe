# SPDX-License-Identifier: BSD-2-Clause
"""
The page cache before a run. On a virtual machine the first use of a page that
the host has taken back costs a fault there, which is what loses packets of a
tool that writes through the page cache: so each figure states the condition.
"""

import os
import time

CHUNK = 1 << 20


def cool(seconds):
    """Empties the cache and leaves its pages idle, so that a host that reclaims them does."""
    os.sync()
    with open("/proc/sys/vm/drop_caches", "w", encoding="ascii") as f:
        f.write("3\n")
    time.sleep(seconds)


def warm(directory, size_bytes):
    """Has just used as many pages as the run will, so that they are at hand."""
    path = os.path.join(directory, "warm")
    chunk = bytes(CHUNK)
    fd = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
    try:
        for _ in range(size_bytes // CHUNK + 1):
            os.write(fd, chunk)
    finally:
        os.close(fd)
        os.unlink(path)
