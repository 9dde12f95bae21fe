// SPDX-License-Identifier: BSD-2-Clause
#include "act/bypass_file.h"

#include <errno.h>
#include <inttypes.h>
#include <pcap/dlt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "act/bypass_talks.h"
#include "keeper/create.h"
#include "loop/loop.h"
#include "sink/record/record_format.h"
#include "sink/record/recorder.h"
#include "util/cleanup.h"
#include "util/escape.h"
#include "util/say.h"

#define PACKET_MAX (SKW_RAW_TCP_HEADERS_MAX + SKW_BYPASS_PIECE_MAX)

_Static_assert(SKW_BYPASS_PIECE_MAX <= SKW_RAW_TCP_DATA_MAX, "a piece fits into a packet");

struct skw_bypass_file {
	struct skw_file_plan plan;
	struct skw_verbs_files files;
	struct skw_packet_kind kind;
	struct skw_iface iface;
	struct skw_recorder *recorder;  /* owned */
	struct skw_bypass_talks *talks; /* owned */
	struct skw_loop *loop;
	int fd; /* owned; -1: the file is not created yet */

	/* The packets of a record, and which of them is the next. The last one has the data. */
	struct skw_packet packets[SKW_BYPASS_TALKS_PACKETS];
	size_t at, len;
	uint64_t ts_ns; /* CLOCK_MONOTONIC */
	uint32_t data_len;
	char comments[SKW_BYPASS_TALKS_PACKETS][320];
	uint8_t heads[SKW_BYPASS_TALKS_PACKETS - 1][SKW_RAW_TCP_HEADERS_MAX];
	uint8_t data[PACKET_MAX];

	uint64_t written_packets, written_bytes; /* bytes of data */
};

static const struct skw_iface *iface(void *ctx, uint32_t place)
{
	return place ? NULL : &((struct skw_bypass_file *)ctx)->iface;
}

static int check_name(const struct skw_bypass_file *f, struct skw_error *err)
{
	if (strcmp(f->plan.name, "-") == 0)
		return skw_error_usage(err, "-w -: standard output has the events; name a file");
	if (f->plan.format != SKW_FILE_PCAPNG)
		return skw_error_usage(err,
				       "-w %s: its name must end in .pcapng (or .pcapng.gz or "
				       ".pcapng.zst): only this format has a place for the "
				       "remark that the packets are made up",
				       f->plan.name);
	return 0;
}

int skw_bypass_file_new(const char *name, struct skw_bypass_file **out, struct skw_error *err)
{
	struct skw_bypass_file *f = calloc(1, sizeof(*f));

	if (!f)
		return skw_error_set(err, -ENOMEM, "out of memory");
	f->fd = -1;
	f->plan = (struct skw_file_plan){ .name = name, .nano = true };
	skw_record_format_by_name(&f->plan);
	f->files = (struct skw_verbs_files){ .list.plan = &f->plan,
					     .dir_fd = -EACCES,
					     .given_fd = &f->fd };
	f->kind = (struct skw_packet_kind){ .dlt = DLT_RAW, .snaplen = PACKET_MAX };
	f->iface = (struct skw_iface){
		.name = "bypass", .dlt = DLT_RAW, .snaplen = PACKET_MAX, .directions = true
	};
	const struct skw_recorder_options opt = {
		.files = &f->files, .kind = &f->kind, .iface = iface, .ctx = f
	};
	int ret = check_name(f, err);
	if (!ret)
		ret = skw_recorder_new(&opt, &f->recorder, err);
	f->talks = ret ? NULL : skw_bypass_talks_new();
	if (!ret && !f->talks)
		ret = skw_error_set(err, -ENOMEM, "out of memory");
	if (ret) {
		skw_bypass_file_free(f);
		return ret;
	}
	*out = f;
	return 0;
}

void skw_bypass_file_free(struct skw_bypass_file *f)
{
	if (!f)
		return;
	skw_recorder_free(f->recorder);
	skw_bypass_talks_free(f->talks);
	skw_cleanup_fd(&f->fd);
	free(f);
}

int skw_bypass_file_create(struct skw_bypass_file *f, struct skw_error *err)
{
	const struct skw_create_options how = { .dir_fd = -EACCES };

	f->fd = skw_create_output(&how, f->plan.name, err);
	if (f->fd >= 0)
		return 0;
	/* Nothing was changed. */
	if (err)
		err->usage = true;
	return f->fd;
}

struct skw_sink skw_bypass_file_sink(struct skw_bypass_file *f)
{
	return skw_recorder_sink(f->recorder);
}

/* "comm[pid]", or words for an end that has sent nothing. */
static const char *name_process(const struct skw_bypass_process *p, char *out, size_t size)
{
	char comm[SKW_ESCAPED_BYTES(SKW_BYPASS_COMM_LEN)];

	if (!p->pid)
		return "an unknown process";
	snprintf(out, size, "%s[%" PRIu32 "]", skw_escape(p->comm, comm, sizeof(comm)), p->pid);
	return out;
}

static void make_packet(struct skw_bypass_file *f, size_t i, const struct skw_bypass_packet *from,
			const struct skw_bypass_data *data)
{
	uint8_t *to = from->len ? f->data : f->heads[i];
	size_t len = skw_raw_tcp_make(&from->tcp, data->bytes, from->len, to);
	char names[2][96];

	snprintf(f->comments[i], sizeof(f->comments[i]),
		 "made up by skwatch bypass, %s: from %s to %s",
		 from->len ? "the data is real" : "no data",
		 name_process(&from->from, names[0], sizeof(names[0])),
		 name_process(&from->to, names[1], sizeof(names[1])));
	f->packets[i] = (struct skw_packet){
		.ts_ns = skw_loop_real_ns(skw_loop_clock(f->loop), f->ts_ns),
		.data = to,
		.caplen = (uint32_t)len,
		.len = (uint32_t)len,
		.dlt = DLT_RAW,
		.from = &f->iface,
		.comment = f->comments[i],
	};
}

int skw_bypass_file_take(struct skw_bypass_file *f, struct skw_loop *loop, const void *record,
			 size_t len, struct skw_error *err)
{
	struct skw_bypass_packet packets[SKW_BYPASS_TALKS_PACKETS];
	const struct skw_bypass_data *data = record;
	bool has_data = data->rec.type == SKW_BYPASS_DATA;

	if (has_data && (len < sizeof(*data) || data->len > SKW_BYPASS_PIECE_MAX ||
			 data->len > len - sizeof(*data)))
		return skw_error_set(err, -EINVAL, "BPF: a record of bypass is damaged");
	f->loop = loop;
	f->ts_ns = data->rec.ts_ns;
	f->data_len = has_data ? data->len : 0;
	f->at = 0;
	f->len = skw_bypass_talks_follow(f->talks, &data->rec, f->data_len,
					 has_data ? data->more : 0, packets);
	for (size_t i = 0; i < f->len; i++)
		make_packet(f, i, &packets[i], data);
	return skw_bypass_file_go_on(f, err);
}

bool skw_bypass_file_is_held(const struct skw_bypass_file *f, uint64_t *ts_ns)
{
	if (f->at == f->len)
		return false;
	*ts_ns = f->ts_ns;
	return true;
}

int skw_bypass_file_go_on(struct skw_bypass_file *f, struct skw_error *err)
{
	int taken = f->at < f->len
			    ? skw_loop_packets(f->loop, f->packets + f->at, f->len - f->at, err)
			    : 0;

	if (taken <= 0)
		return taken;
	f->at += (size_t)taken;
	f->written_packets += (uint64_t)taken;
	if (f->at == f->len)
		f->written_bytes += f->data_len;
	return 0;
}

static const char *const gaps[] = {
	[SKW_BYPASS_GAP_FULL] = "a ring was full",
	[SKW_BYPASS_GAP_HIDDEN] = "the kernel did not show them",
	[SKW_BYPASS_GAP_LATE] = "they came while the recording ended",
};
_Static_assert(SKW_ARRAY_SIZE(gaps) == SKW_BYPASS_GAPS, "each has words");

void skw_bypass_file_report(const struct skw_bypass_file *f, const struct skw_bypass_counters *c,
			    bool final)
{
	uint64_t lost = final ? skw_recorder_lost(f->recorder) : 0;

	skw_say("%s%" PRIu64 " bytes recorded in %s, as %" PRIu64 " packets made up for them",
		lost ? "less than " : "", f->written_bytes, f->plan.name,
		f->written_packets - lost);
	for (unsigned i = 0; i < SKW_BYPASS_GAPS; i++)
		if (c->unrecorded[i])
			skw_say("%llu bytes not recorded, because %s", c->unrecorded[i], gaps[i]);
	if (final && c->recorded > f->written_bytes)
		skw_say("%" PRIu64 " bytes not recorded, because the command had ended",
			(uint64_t)c->recorded - f->written_bytes);
	if (lost)
		skw_say("%" PRIu64 " of the packets were lost, as the file could not be written",
			lost);
}
