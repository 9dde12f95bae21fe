/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Prints packets as lines in the format of tcpdump. Pure: bytes in, text out. The printer remembers
 * what later lines need: sequence numbers, times, the count.
 */
#ifndef SKW_DISSECT_PRINTER_H
#define SKW_DISSECT_PRINTER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "model/packet.h"
#include "util/buf.h"

/* The time formats of tcpdump, in the order of the number of t's. */
enum skw_print_time {
	SKW_TIME_DEFAULT,    /* 12:34:56.123456 local time */
	SKW_TIME_NONE,       /* -t */
	SKW_TIME_EPOCH,      /* -tt */
	SKW_TIME_DELTA,      /* -ttt: since the previous packet */
	SKW_TIME_DATE,       /* -tttt: with the date */
	SKW_TIME_SINCE_FIRST /* -ttttt */
};

/* The formats of tcpdump's -x, -xx, -X, -XX, -A and -AA. */
enum skw_print_bytes {
	SKW_BYTES_NONE,
	SKW_BYTES_HEX,
	SKW_BYTES_HEX_LINK,
	SKW_BYTES_HEX_ASCII,
	SKW_BYTES_HEX_ASCII_LINK,
	SKW_BYTES_ASCII,
	SKW_BYTES_ASCII_LINK
};

/*
 * Names to print instead of numbers. The caller looks them up: nothing is looked up here. Each
 * function returns text that needs no escapes and stays valid until the next call, or NULL where no
 * name is known.
 */
struct skw_print_names {
	/* The address has 4 or 16 bytes. */
	const char *(*host)(void *ctx, const uint8_t *addr, size_t len);
	/* `proto` is the number of the protocol in the IP header. */
	const char *(*port)(void *ctx, uint8_t proto, uint16_t port);
	void *ctx;
};

struct skw_print_options {
	/* Borrowed; NULL: numbers. */
	const struct skw_print_names *names;
	enum skw_print_time time;
	enum skw_print_bytes bytes;
	bool nano;         /* nine digits of the second, not six */
	bool quiet;        /* -q */
	unsigned verbose;  /* number of -v */
	bool link_header;  /* -e */
	bool absolute_seq; /* -S */
	bool no_checksum;  /* -K: do not verify checksums */
	bool number;       /* -#: packet number in front */
	bool color;
	/* Owners at the end of the line, where they are known. */
	bool owners;
	/*
	 * Interface and direction in front, as tcpdump -i any does, for captures on several
	 * interfaces.
	 */
	bool interface;
};

struct skw_printer;

/* Returns NULL with errno set on failure. */
struct skw_printer *skw_printer_new(const struct skw_print_options *opt);
/* NULL is allowed. */
void skw_printer_free(struct skw_printer *p);

/* Sets opt->interface, for the case that a second interface appears later. */
void skw_printer_show_interface(struct skw_printer *p);

/*
 * Appends the line for a packet (several lines with -v or -x), including the newline. `iface` may
 * be NULL. All bytes of the packet are escaped. If memory runs out, out->failed is set.
 */
void skw_printer_packet(struct skw_printer *p, const struct skw_packet *pkt,
			const struct skw_iface *iface, struct skw_buf *out);

/* Appends a line that is no packet: the time and a text, which needs no escapes. */
void skw_printer_remark(struct skw_printer *p, uint64_t ts_ns, const char *text,
			struct skw_buf *out);

#endif
