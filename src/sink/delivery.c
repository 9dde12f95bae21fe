// SPDX-License-Identifier: BSD-2-Clause
#include "sink/delivery.h"

#include <errno.h>
#include <string.h>

/* Lines are given out at the latest when there are so many bytes of them. */
#define LINES_BYTES 65536

int skw_delivery_open(struct skw_delivery *d, const struct skw_capture_plan *plan,
		      const struct skw_recorder_options *recorder, struct skw_error *err)
{
	memset(d, 0, sizeof(*d));
	d->plan = plan;
	skw_lines_open(&d->out);
	if (plan->lines) {
		d->printer = skw_printer_new(&plan->print);
		if (!d->printer)
			return skw_error_set(err, -errno, "lines: %s", strerror(errno));
	}
	return plan->write_file ? skw_recorder_new(recorder, &d->recorder, err) : 0;
}

void skw_delivery_several(struct skw_delivery *d)
{
	if (d->printer)
		skw_printer_show_interface(d->printer);
}

bool skw_delivery_ready(const struct skw_delivery *d)
{
	return !d->recorder || skw_recorder_ready(d->recorder);
}

void skw_delivery_hurry(struct skw_delivery *d)
{
	skw_lines_hurry(&d->out);
	if (d->recorder)
		skw_recorder_hurry(d->recorder);
}

int skw_delivery_packet(struct skw_delivery *d, const struct skw_packet *pkt,
			const struct skw_iface *iface, struct skw_error *err)
{
	if (d->recorder) {
		int ret = skw_recorder_packet(d->recorder, pkt, iface, err);

		if (ret)
			return ret;
	}
	if (d->printer) {
		skw_printer_packet(d->printer, pkt, iface, &d->lines);
		if (d->lines.len >= LINES_BYTES || d->lines.failed) {
			int ret = skw_lines_write(&d->out, &d->lines, err);

			if (ret)
				return ret;
		}
	}
	d->packets++;
	return d->plan->count && d->packets >= d->plan->count ? SKW_DELIVERED_ENOUGH
							      : SKW_DELIVERED;
}

int skw_delivery_pause(struct skw_delivery *d, struct skw_error *err)
{
	int ret = d->lines.len || d->lines.failed ? skw_lines_write(&d->out, &d->lines, err) : 0;

	if (!ret && d->recorder)
		ret = skw_recorder_pause(d->recorder, err);
	return ret;
}

int skw_delivery_close(struct skw_delivery *d, uint64_t now_ns, struct skw_error *err)
{
	int ret = d->lines.len ? skw_lines_write(&d->out, &d->lines, err) : 0;
	int finished = skw_recorder_finish(d->recorder, now_ns, &d->lost, err);

	skw_printer_free(d->printer);
	skw_buf_free(&d->lines);
	d->recorder = NULL;
	d->printer = NULL;
	return ret ? ret : finished;
}
