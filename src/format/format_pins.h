/* SPDX-License-Identifier: BSD-2-Clause */
/* The list of the pins, which the verbs leave in the kernel, as text and JSON. */
#ifndef SKW_FORMAT_FORMAT_PINS_H
#define SKW_FORMAT_FORMAT_PINS_H

#include <stddef.h>
#include <stdint.h>

#include "util/buf.h"

/* A rule, a port or another part of a pin. */
struct skw_format_pin_part {
	char *text;
	uint64_t count; /* SKW_NONE64: it has no counter */
};

/* Strings are those of the caller. */
struct skw_format_pin {
	const char *name, *kind, *where, *what;
	uint64_t since_ns; /* real time; 0: unknown */
	unsigned links, attached;
	const struct skw_format_pin_part *parts;
	size_t parts_len;
};

/* The title line of the text form. */
void skw_format_pin_title(struct skw_buf *out);
/* A line for the pin, and a line for each of its parts. */
void skw_format_pin_lines(struct skw_buf *out, const struct skw_format_pin *pin);
/* A JSON object and a newline. 0 or -ENOMEM. */
int skw_format_pin_json(struct skw_buf *out, const struct skw_format_pin *pin);

#endif
