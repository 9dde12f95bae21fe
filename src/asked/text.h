/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Names as they come in packets, and as they are shown. Both are hostile input. Internal to this
 * room.
 */
#ifndef SKW_ASKED_TEXT_H
#define SKW_ASKED_TEXT_H

#include <stdbool.h>
#include <stdint.h>

#include "asked/asked.h"
#include "util/bytes.h"

#define SKW_ASKED_WIRE_BYTES 255

/* A name of DNS in lower case, without compression and with the root's empty label. */
struct skw_asked_wire {
	uint8_t len;
	uint8_t bytes[SKW_ASKED_WIRE_BYTES];
};

/*
 * Reads the name at *at of a message and moves *at behind it. Pointers are followed to earlier
 * places only. False: it does not end, or is too long, or was not captured so far.
 */
bool skw_asked_wire_read(struct skw_bytes msg, uint32_t *at, struct skw_asked_wire *out);
bool skw_asked_wire_is(const struct skw_asked_wire *a, const struct skw_asked_wire *b);

/*
 * Names as text, in lower case: all but letters, digits, - and _ is \DDD, as in RFC 1035. False:
 * the text would be empty, longer than SKW_ASKED_TEXT, or could be taken for an address.
 */
bool skw_asked_wire_text(const struct skw_asked_wire *name, char out[SKW_ASKED_TEXT + 1]);
bool skw_asked_host_text(struct skw_bytes host, char out[SKW_ASKED_TEXT + 1]);

#endif
