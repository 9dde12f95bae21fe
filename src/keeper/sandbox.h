/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The walls around a process that reads what strangers have sent. A process that was taken over can
 * still read and write the descriptors that it has, and compute. It can't open a file, start a
 * process, make a socket, load a program or signal another process.
 */
#ifndef SKW_KEEPER_SANDBOX_H
#define SKW_KEEPER_SANDBOX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "util/error.h"

/* A session that relays TCP connections. */
struct skw_sandbox_relay {
	/* The only ports that it connects to, in host order, where Landlock knows ports. */
	const uint16_t *ports;
	size_t ports_len;
	/* The number of descriptors that it opens. */
	unsigned descriptors;
	/* It puts sockets into maps, and asks TCP how far they are. */
	bool sockmap;
};

/* A session needs these besides the descriptors that are open already. */
struct skw_sandbox {
	bool threads;
	/* A thread writes files. */
	bool writes_files;
	/* Changes the modes of its terminal. */
	bool terminal;
	/* Accepts connections at a socket that listens already, and answers them. */
	bool serves;
	/* Lists the folders below this descriptor. -1: no folder. */
	int folder_fd;
	/*
	 * Makes TCP sockets and pipes, accepts, connects and splices. NULL: no. It still can't bind
	 * a TCP socket, where Landlock knows ports.
	 */
	const struct skw_sandbox_relay *relay;
};

/* The layers, as bits, for skw_sandbox_close(). */
enum skw_sandbox_layer {
	SKW_SANDBOX_LANDLOCK = 1, /* the file system, and TCP ports where the kernel has that */
	SKW_SANDBOX_SECCOMP = 2,  /* the system calls, an allow-list */
	SKW_SANDBOX_LIMITS = 4,   /* no core dump, no process, few descriptors */
};

/*
 * Closes the sandbox for good. The privileges are dropped by now, and there is no thread yet.
 * *closed gets the layers that this kernel has; one that it has not is no error. Returns 0, or
 * -errno with err filled if a layer that the kernel has could not be closed.
 */
int skw_sandbox_close(const struct skw_sandbox *s, unsigned *closed, struct skw_error *err);

#endif
