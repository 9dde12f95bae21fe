// SPDX-License-Identifier: BSD-2-Clause
#include "dissect/link/iface.h"

#include <string.h>

#include "dissect/text.h"
#include "util/cleanup.h"

const char *skw_dissect_pkt_type(uint32_t type)
{
	static const char *const names[] = { "In", "B", "M", "P", "Out" };

	return type < SKW_ARRAY_SIZE(names) ? names[type] : "?";
}

static void pad_from(struct skw_dissect *d, size_t start, unsigned width)
{
	while (!d->out->failed && d->out->len - start < width)
		skw_buf_add_char(d->out, ' ');
	skw_buf_add_char(d->out, ' ');
}

void skw_dissect_iface(struct skw_dissect *d, const char *name, uint32_t ifindex, const char *dir)
{
	size_t start = d->out->len;

	if (name)
		skw_dissect_text(d, (const uint8_t *)name, strlen(name));
	else if (ifindex == 1)
		/* In every network namespace, the interface with index 1 is lo. */
		skw_buf_add_str(d->out, "lo");
	else if (ifindex)
		skw_text_field(d->out, "if", ifindex);
	else
		skw_buf_add_char(d->out, '?');
	pad_from(d, start, 5);
	start = d->out->len;
	skw_buf_add_str(d->out, dir);
	pad_from(d, start, 3);
}
