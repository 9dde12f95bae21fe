/* SPDX-License-Identifier: BSD-2-Clause */
/* Questions and resource records of DNS messages. */
#ifndef SKW_DISSECT_APP_DNS_RECORD_H
#define SKW_DISSECT_APP_DNS_RECORD_H

#include "dissect/dissect.h"

/* A message being printed; the offset is where the next question or record begins. */
struct skw_dns {
	struct skw_bytes msg;
	bool multicast;
	uint32_t at;
};

/* Both print one, with a space in front, and move on. False if the message does not allow it. */
bool skw_dns_question_print(struct skw_dissect *d, struct skw_dns *m);
bool skw_dns_record_print(struct skw_dissect *d, struct skw_dns *m);

/* The upper bits of the response code, which an OPT record in the third section holds (RFC 6891).
 */
uint16_t skw_dns_extended_rcode(const struct skw_dns *m, uint32_t questions, uint32_t before,
				uint32_t extra);

#endif
