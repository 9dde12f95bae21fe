// SPDX-License-Identifier: BSD-2-Clause
#include "dissect/hexdata.h"

#include "dissect/text.h"

void skw_dissect_hexdata(struct skw_dissect *d, struct skw_bytes b, uint32_t n, const char *indent)
{
	if (n > b.caplen)
		n = b.caplen;
	for (uint32_t i = 0; i < n; i++) {
		if (i % 16 == 0) {
			skw_buf_add_str(d->out, indent);
			skw_buf_add(d->out, "0x", 2);
			skw_text_hex(d->out, i, 4);
			skw_buf_add(d->out, ": ", 2);
		}
		if (i % 2 == 0)
			skw_buf_add_char(d->out, ' ');
		skw_text_hex(d->out, b.p[i], 2);
	}
}
