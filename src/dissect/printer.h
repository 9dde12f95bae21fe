/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Packets to lines, in tcpdump's form. Pure: bytes in, text out. The printer
 * keeps what lines need to know of earlier ones (relative sequence numbers,
 * time differences, the count).
 */
#ifndef SKW_DISSECT_PRINTER_H
#define SKW_DISSECT_PRINTER_H

#include <stdbool.h>

#include "model/packet.h"
#include "util/buf.h"

/* tcpdump's -t, -tt, ... in order of the number of t's. */
enum skw_print_time {
	SKW_TIME_DEFAULT,    /* 12:34:56.123456 local time */
	SKW_TIME_NONE,       /* -t */
	SKW_TIME_EPOCH,      /* -tt */
	SKW_TIME_DELTA,      /* -ttt: since the previous packet */
	SKW_TIME_DATE,       /* -tttt: with the date */
	SKW_TIME_SINCE_FIRST /* -ttttt */
};

/* tcpdump's -x, -xx, -X, -XX, -A, -AA. */
enum skw_print_bytes {
	SKW_BYTES_NONE,
	SKW_BYTES_HEX,
	SKW_BYTES_HEX_LINK,
	SKW_BYTES_HEX_ASCII,
	SKW_BYTES_HEX_ASCII_LINK,
	SKW_BYTES_ASCII,
	SKW_BYTES_ASCII_LINK
};

struct skw_print_options {
	enum skw_print_time time;
	enum skw_print_bytes bytes;
	bool nano;         /* nine digits of the second rather than six */
	bool quiet;        /* -q */
	unsigned verbose;  /* number of -v */
	bool link_header;  /* -e */
	bool absolute_seq; /* -S */
	bool no_checksum;  /* -K: do not verify checksums */
	bool number;       /* -#: packet number in front */
	bool color;
	bool interface; /* several interfaces: name and direction in front, as tcpdump -i any does
			 */
};

struct skw_printer;

struct skw_printer *skw_printer_new(const struct skw_print_options *opt); /* NULL, errno */
void skw_printer_free(struct skw_printer *p);                             /* NULL allowed */

/* From now on as if opt->interface had been set: more than one has turned up. */
void skw_printer_show_interface(struct skw_printer *p);

/*
 * Appends the line (several with -v or -x) for one packet, newline included. `iface` may be
 * NULL. Bytes of the packet are only ever printed escaped. Out of memory shows in out->failed.
 */
void skw_printer_packet(struct skw_printer *p, const struct skw_packet *pkt,
			const struct skw_iface *iface, struct skw_buf *out);

#endif
