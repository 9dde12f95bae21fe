# SPDX-License-Identifier: BSD-2-Clause
"""The memory that the library of faults shares with its runner: see board.h."""

import collections
import mmap
import struct

HEADER = struct.Struct("6I")  # fired, fired_pid, n_pids, n_objects, n_calls, n_kinds
PIDS_AT, PIDS = HEADER.size, 32
OBJECTS_AT, OBJECTS = PIDS_AT + 4 * PIDS, 992
KINDS_AT, KIND_BYTES = OBJECTS_AT + 8 * OBJECTS, 16
TRACE_AT = KINDS_AT + 128 * KIND_BYTES
CALLS_AT, CALLS = TRACE_AT + 4096, 32768
CALL = struct.Struct("4IQ6I")
BYTES = CALLS_AT + CALLS * CALL.size

ROLES = ["start", "worker", "running", "keeper", "child"]

Call = collections.namedtuple("Call", "role kind nth own stack where")


class Board:
    def __init__(self, path):
        self.path = path
        with open(path, "w+b") as f:
            f.truncate(BYTES)
            self.map = mmap.mmap(f.fileno(), BYTES)

    def clear(self):
        self.map[:CALLS_AT] = bytes(CALLS_AT)

    def header(self):
        return HEADER.unpack_from(self.map)

    def fired(self):
        return self.header()[0] != 0

    def pids(self):
        n = min(self.header()[2], PIDS)
        return list(struct.unpack_from(f"{n}I", self.map, PIDS_AT))

    def objects(self):
        n = min(self.header()[3], OBJECTS)
        numbers = struct.unpack_from(f"{2 * n}I", self.map, OBJECTS_AT)
        return list(zip(numbers[::2], numbers[1::2]))

    def text(self, at, size):
        return self.map[at : at + size].split(b"\0")[0].decode()

    def trace(self):
        return self.text(TRACE_AT, CALLS_AT - TRACE_AT).split()

    def calls(self):
        n_calls, n_kinds = self.header()[4:6]
        kinds = [self.text(KINDS_AT + KIND_BYTES * i, KIND_BYTES) for i in range(n_kinds)]
        for i in range(min(n_calls, CALLS)):
            role, kind, nth, own, stack, *where = CALL.unpack_from(
                self.map, CALLS_AT + i * CALL.size
            )
            yield Call(ROLES[role], kinds[kind], nth, own, stack, tuple(filter(None, where)))
