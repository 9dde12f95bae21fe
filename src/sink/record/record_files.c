// SPDX-License-Identifier: BSD-2-Clause
#include "sink/record/record_files.h"

#include <errno.h>
#include <pcap/dlt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/utsname.h>

#include "out/rotate.h"
#include "util/clock.h"
#include "util/say.h"

/* A time that is too late for a clock. */
#define NEVER UINT64_MAX

static void name_file(const struct skw_record_files *f, const struct skw_file_id *id,
		      char name[PATH_MAX])
{
	const struct skw_file_plan *plan = f->file.plan;

	if (f->trigger)
		memmove(name, f->name[0] ? f->name : plan->name,
			strlen(f->name[0] ? f->name : plan->name) + 1);
	else if (strcmp(plan->name, "-") == 0)
		strcpy(name, "standard output");
	else if (skw_rotate_plan_name(plan, id, name))
		snprintf(name, PATH_MAX, "%s", plan->name);
}

void skw_record_files_init(struct skw_record_files *f)
{
	const struct skw_file_plan *plan = f->file.plan;
	struct utsname uts;

	f->turn_ns = NEVER;
	f->pipe_fd = -1;
	f->format = plan->format == SKW_FILE_PCAPNG ? &skw_record_format_pcapng
						    : &skw_record_format_pcap;
	f->file.copy.repeats = plan->rotate_bytes || plan->rotate_s;
	f->file.copy.waits = plan->rotate_s > 0;
	if (uname(&uts) == 0)
		snprintf(f->file.os, sizeof(f->file.os), "%s %s", uts.sysname, uts.release);
	f->file.name = f->name;
	name_file(f, &f->id, f->name);
}

void skw_record_files_free(struct skw_record_files *f)
{
	skw_record_file_free(&f->file);
	free(f->open_ids);
}

static void run_commands(struct skw_record_files *f)
{
	uint64_t closed = skw_out_files_closed(f->file.out);

	while (f->done < closed && f->open_ids_len) {
		if (f->file.plan->command)
			skw_verbs_files_done(f->verbs, f->keeper, &f->open_ids[0]);
		f->open_ids_len--;
		memmove(f->open_ids, f->open_ids + 1, f->open_ids_len * sizeof(*f->open_ids));
		f->done++;
	}
}

/*
 * The file that could not be written is the oldest of those that are not complete. The files that
 * were queued behind it were only opened: a new one is empty, an older one keeps what it had.
 */
int skw_record_files_failed(struct skw_record_files *f, int ret, struct skw_error *err)
{
	char name[PATH_MAX];

	f->left |= ret == -EPIPE;
	run_commands(f);
	name_file(f, skw_out_error(f->file.out) && f->open_ids_len ? &f->open_ids[0] : &f->id,
		  name);
	if (ret == -EPIPE)
		return skw_error_set(err, ret, "%s: the reader went away: %s", name,
				     strerror(-ret));
	if (ret == -ETIMEDOUT)
		return skw_error_set(err, ret, "%s: nobody takes the packets", name);
	return skw_error_set(err, ret, "%s: %s; what was written before can be read", name,
			     strerror(-ret));
}

int skw_record_files_done(struct skw_record_files *f, struct skw_error *err)
{
	int ret = skw_out_error(f->file.out);

	run_commands(f);
	return ret ? skw_record_files_failed(f, ret, err) : 0;
}

/* Opens the file that f->id says, and begins it. */
static int open_file(struct skw_record_files *f, struct skw_error *err)
{
	struct skw_file_id *ids =
		reallocarray(f->open_ids, f->open_ids_len + 1, sizeof(*f->open_ids));
	struct skw_out *out = f->file.out;
	struct stat st;

	if (!ids)
		return skw_record_files_failed(f, -ENOMEM, err);
	f->open_ids = ids;
	int fd = f->trigger ? skw_verbs_files_open_trigger(f->verbs, f->keeper, f->trigger, &f->id,
							   f->name, err)
			    : skw_verbs_files_open(f->verbs, f->keeper, &f->id, err);
	if (fd < 0)
		return fd;
	f->stream = fstat(fd, &st) == 0 && !S_ISREG(st.st_mode);
	f->pipe_fd = f->stream && S_ISFIFO(st.st_mode) && f->file.plan->may_leave ? fd : -1;
	name_file(f, &f->id, f->name);
	ids[f->open_ids_len++] = f->id;
	f->bytes_before += f->opened ? skw_out_bytes(out) : 0;
	int ret = f->opened++ ? skw_out_switch(out, fd) : skw_out_open(out, fd);
	if (!ret)
		ret = f->format->begin(&f->file);
	f->head_bytes = skw_out_bytes(out) + f->file.copy.held.len;
	return ret ? skw_record_files_failed(f, ret, err) : 0;
}

/* When the period ends that begins at start_ns. */
static uint64_t period_end(const struct skw_record_files *f, uint64_t start_ns)
{
	uint64_t end_ns;

	if (!f->file.plan->rotate_s ||
	    __builtin_mul_overflow(f->file.plan->rotate_s, SKW_NS_PER_S, &end_ns) ||
	    __builtin_add_overflow(start_ns, end_ns, &end_ns))
		return NEVER;
	return end_ns;
}

int skw_record_files_start(struct skw_record_files *f, uint64_t now_ns, struct skw_error *err)
{
	f->file.start_ns = now_ns;
	f->id.start_s = now_ns / SKW_NS_PER_S;
	f->turn_ns = period_end(f, now_ns);
	if (f->file.dlt < 0)
		f->file.dlt = DLT_EN10MB;
	return open_file(f, err);
}

int skw_record_files_stats(struct skw_record_files *f, uint64_t real_ns)
{
	return f->opened && f->format->stats ? f->format->stats(&f->file, real_ns) : 0;
}

/* Ends the current file; the caller has said in f->id which is next. */
static int next_file(struct skw_record_files *f, uint64_t now_ns, struct skw_error *err)
{
	int ret = skw_record_files_stats(f, now_ns);

	if (ret)
		return skw_record_files_failed(f, ret, err);
	f->file.start_ns = now_ns;
	ret = open_file(f, err);
	return ret ? ret : skw_record_files_done(f, err);
}

int skw_record_files_turn(struct skw_record_files *f, uint64_t now_ns, struct skw_error *err)
{
	const struct skw_file_plan *plan = f->file.plan;

	if (!f->opened || f->turn_ns == NEVER || now_ns < f->turn_ns)
		return 0;
	if (skw_rotate_plan_over(plan, f->opened))
		return 1;

	/* A leap of the time is no reason for as many empty files. */
	uint64_t end_ns = f->turn_ns;
	uint64_t leaps = (now_ns - end_ns) / SKW_NS_PER_S / plan->rotate_s;

	f->turn_ns = period_end(f, end_ns + leaps * plan->rotate_s * SKW_NS_PER_S);
	f->id.start_s += (leaps + 1) * plan->rotate_s;
	f->id.number = 0;
	return next_file(f, end_ns, err);
}

int skw_record_files_turn_for(struct skw_record_files *f, const struct skw_packet *pkt,
			      struct skw_error *err)
{
	bool known = pkt->ts_ns != SKW_PACKET_TIME_UNKNOWN;

	if (!f->opened) {
		if (f->file.dlt < 0)
			f->file.dlt = pkt->dlt;
		return skw_record_files_start(f, known ? pkt->ts_ns : 0, err);
	}
	if (known && pkt->ts_ns >= f->turn_ns) {
		int ret = skw_record_files_turn(f, pkt->ts_ns, err);

		if (ret)
			return ret;
	}
	return skw_record_files_turn_full(f, known ? pkt->ts_ns : f->file.start_ns, err);
}

int skw_record_files_turn_full(struct skw_record_files *f, uint64_t now_ns, struct skw_error *err)
{
	const struct skw_file_plan *plan = f->file.plan;
	uint64_t bytes = skw_out_bytes(f->file.out);

	if (!plan->rotate_bytes || bytes <= plan->rotate_bytes)
		return 0;
	/* A file that begins with much gets as much again, so that files do not consist of that. */
	if (bytes < 2 * f->head_bytes) {
		f->large = true;
		return 0;
	}
	f->id.number = skw_rotate_plan_next(plan, f->id.number);
	return next_file(f, now_ns, err);
}

void skw_record_files_clock_set(struct skw_record_files *f, int64_t by_ns)
{
	if (f->turn_ns == NEVER)
		return;
	f->turn_ns += (uint64_t)by_ns;
	f->id.start_s += (uint64_t)(by_ns / (int64_t)SKW_NS_PER_S);
}

uint64_t skw_record_files_bytes(const struct skw_record_files *f)
{
	return f->bytes_before + (f->opened ? skw_out_bytes(f->file.out) : 0);
}

int skw_record_files_put(struct skw_record_files *f, const struct skw_packet *run, size_t n,
			 size_t *put, struct skw_error *err)
{
	const struct skw_out *out = f->file.out;

	*put = 0;
	/* A block for which there is no room is held back, and so are those behind it. */
	while (*put < n && run[*put].ts_ns < f->turn_ns && !f->file.copy.held.len &&
	       skw_out_fits(out, SKW_RECORD_FILES_ROOM)) {
		int ret = f->format->packet(&f->file, &run[*put], err);

		if (ret)
			return skw_record_files_failed(f, ret, err);
		++*put;
	}
	return 0;
}

bool skw_record_files_are_full(const struct skw_record_files *f)
{
	uint64_t limit = f->file.plan->stop_bytes;

	return limit && skw_record_files_bytes(f) >= limit;
}

void skw_record_files_say_form(const struct skw_record_files *f, const struct skw_packet_kind *kind)
{
	const struct skw_file_plan *plan = f->file.plan;

	if (kind->is_file || kind->dlt >= 0)
		return;
	if (plan->format == SKW_FILE_PCAP)
		skw_say("%s: a pcap file holds one link type: packets get LINUX_SLL2 headers, "
			"without destination MAC addresses; a .pcapng file keeps them",
			plan->name);
	else if (!kind->any)
		skw_say("%s: the interfaces have different link types: read it with Wireshark "
			"or skwatch",
			plan->name);
}
