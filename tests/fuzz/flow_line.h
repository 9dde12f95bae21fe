/* SPDX-License-Identifier: BSD-2-Clause */
/* Looking into the printer's lines, for flow_check. */
#ifndef SKW_TESTS_FLOW_LINE_H
#define SKW_TESTS_FLOW_LINE_H

#include <stdbool.h>

#include "flow/flow.h"
#include "model/packet.h"

#define LINE_HOSTS_LEN 128

bool line_has(const char *line, const char *text);
/* Whether this is the text of an IP header. */
bool line_is_ip(const char *line);
bool line_has_any(const char *line, const char *const *texts); /* the last one is NULL */

/* "a.1 > b.2: ", or "a > b: ", as lines have them. */
void line_hosts_text(const struct skw_flow *f, bool ports, char text[LINE_HOSTS_LEN]);

/*
 * The line without what LINUX_SLL2 always shows, the interface, without the types that the tags
 * behind a cooked header always show, and without the text that other link types print first.
 */
const char *line_skip_link(const struct skw_packet *pkt, const char *line);

/* Returns the text after "IP " or "IP6 ", or NULL if the line does not tell an IP packet. */
const char *line_skip_ip(const char *line, bool v6);

/* Whether there are two addresses with ports, or two ports, in the line. */
bool line_tells_ports(const char *line);

#endif
