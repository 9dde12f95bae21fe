/* SPDX-License-Identifier: BSD-2-Clause */
/* Tells what a capture can do on this host, for `skwatch check`. */
#ifndef SKW_CAPTURE_PROBE_H
#define SKW_CAPTURE_PROBE_H

struct skw_check;

/* The parts of the kernel that all commands are made of. */
void skw_capture_probe_kernel(struct skw_check *check);

/* The memory that rings can have. */
void skw_capture_probe_memory(struct skw_check *check);

/* The versions of the libraries that a capture runs with, as text. */
const char *skw_capture_libbpf(void);
const char *skw_capture_libpcap(void);

/* Loads the programs of a capture and attaches one to a packet socket that receives nothing. */
void skw_capture_probe(struct skw_check *check);

#endif
