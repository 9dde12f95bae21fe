/* SPDX-License-Identifier: BSD-2-Clause */
/* Questions and resource records of DNS messages. */
#ifndef SKW_DISSECT_APP_DNS_RECORD_H
#define SKW_DISSECT_APP_DNS_RECORD_H

#include "dissect/dissect.h"

/* A message that is being printed. `at` is the place of the next question or record. */
struct skw_dns {
	struct skw_bytes msg;
	bool multicast;
	uint32_t at;
};

/*
 * Print a question or a record, with a space in front, and move on to the next. Return false if the
 * message is cut or malformed.
 */
bool skw_dns_question_print(struct skw_dissect *d, struct skw_dns *m);
bool skw_dns_record_print(struct skw_dissect *d, struct skw_dns *m);

/*
 * Looks for an OPT record in the third section and returns the upper bits of the response code that
 * it holds (RFC 6891), 0 if there is none.
 */
uint16_t skw_dns_extended_rcode(const struct skw_dns *m, uint32_t questions, uint32_t before,
				uint32_t extra);

/* Short names of types and response codes. NULL: there is none. */
const char *skw_dns_type_name(uint16_t type);
const char *skw_dns_rcode_name(uint16_t rcode); /* of 0: "" */

#endif
