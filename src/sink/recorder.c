// SPDX-License-Identifier: BSD-2-Clause
#include <config.h>

#include "sink/recorder.h"

#include <errno.h>
#include <pcap/dlt.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "out/out.h"
#include "out/rotate.h"
#include "pcap/linktype.h"
#include "pcap/pcap_write.h"
#include "pcap/pcapng_write.h"
#include "pcap/sll2.h"
#include "util/cleanup.h"
#include "util/clock.h"
#include "verbs/files.h"

/* How long a pipe whose reader has stopped may hold up the end. */
#define LINGER_MS 2000

/* A record of the largest size with all headers, and an interface's block before it. */
#define RECORD_ROOM (270u << 10)

struct skw_recorder {
	struct skw_recorder_options opt;
	const struct skw_capture_plan *plan;
	struct skw_out *out;
	int notify_fd;
	int dlt; /* of the pcap file; -1 not known yet */
	bool started;
	bool stream; /* somebody reads while we write: a pipe, a socket, a device */

	struct skw_file_id id;        /* the current file's */
	uint64_t files;               /* opened so far */
	struct skw_file_id *open_ids; /* owned: of files not known to be complete, oldest first */
	size_t open_ids_len;
	uint64_t files_done;
	char name[PATH_MAX];

	uint64_t start_ns;     /* when the current file's time began */
	uint64_t turn_ns;      /* when it ends (-G); UINT64_MAX: never */
	uint64_t bytes_before; /* in files that are complete */

	uint32_t *blocks; /* owned: by place, 1 + number of the interface's block in this file */
	size_t blocks_len;
	uint32_t *places; /* owned, as long as blocks: the same the other way round */
	uint32_t blocks_used;
	struct skw_buf scratch;
	char os[512];
};

static void name_file(const struct skw_recorder *r, const struct skw_file_id *id,
		      char name[PATH_MAX])
{
	if (strcmp(r->plan->write_file, "-") == 0)
		strcpy(name, "standard output");
	else if (skw_verbs_file_name(r->plan, id, name))
		snprintf(name, PATH_MAX, "%s", r->plan->write_file);
}

/* The -z command for files that are complete. */
static void files_done(struct skw_recorder *r)
{
	uint64_t closed = skw_out_files_closed(r->out);

	while (r->files_done < closed && r->open_ids_len) {
		if (r->plan->command)
			skw_verbs_file_done(r->opt.keeper, &r->open_ids[0]);
		r->open_ids_len--;
		memmove(r->open_ids, r->open_ids + 1, r->open_ids_len * sizeof(*r->open_ids));
		r->files_done++;
	}
}

/*
 * It is the oldest file not complete that could not be written. Those that were queued behind
 * it were opened, not more: a new one is empty, one that there was before keeps what it had.
 */
static int failed(struct skw_recorder *r, int ret, struct skw_error *err)
{
	char name[PATH_MAX];

	files_done(r);
	name_file(r, skw_out_error(r->out) && r->open_ids_len ? &r->open_ids[0] : &r->id, name);
	if (ret == -EPIPE)
		return skw_error_set(err, ret, "%s: the reader went away: %s", name,
				     strerror(-ret));
	if (ret == -ETIMEDOUT)
		return skw_error_set(err, ret, "%s: nobody takes the packets", name);
	return skw_error_set(err, ret, "%s: %s; what was written before can be read", name,
			     strerror(-ret));
}

int skw_recorder_new(const struct skw_recorder_options *opt, struct skw_recorder **out,
		     struct skw_error *err)
{
	struct skw_recorder *r = calloc(1, sizeof(*r));
	struct utsname uts;

	if (!r)
		return skw_error_set(err, -ENOMEM, "%s: out of memory", opt->plan->write_file);
	r->opt = *opt;
	r->plan = opt->plan;
	r->dlt = opt->dlt;
	r->turn_ns = UINT64_MAX;
	name_file(r, &r->id, r->name);
	if (uname(&uts) == 0)
		snprintf(r->os, sizeof(r->os), "%s %s", uts.sysname, uts.release);
	r->notify_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);

	struct skw_out_options how = { .compression = r->plan->compression,
				       .direct = true,
				       .shared = strcmp(r->plan->write_file, "-") == 0,
				       .notify_fd = r->notify_fd };
	int ret = r->notify_fd < 0 ? -errno : skw_out_new(&how, &r->out);
	if (ret) {
		if (ret == -ENOTSUP)
			skw_error_usage(err, "%s: this skwatch was built without that compression",
					r->name);
		else
			skw_error_set(err, ret, "%s: %s", r->name, strerror(-ret));
		skw_recorder_finish(r, 0, NULL, NULL);
		return ret;
	}
	*out = r;
	return 0;
}

/* Gives the scratch buffer to the file: whole blocks, none of them a packet. */
static int put_scratch(struct skw_recorder *r)
{
	int ret = r->scratch.failed ? -ENOMEM
				    : skw_out_write(r->out, r->scratch.data, r->scratch.len);

	return ret ? ret : skw_out_other_end(r->out);
}

static int put_file_header(struct skw_recorder *r)
{
	uint8_t header[SKW_PCAP_FILE_HEADER_BYTES];

	r->blocks_used = 0;
	memset(r->blocks, 0, r->blocks_len * sizeof(*r->blocks));
	if (r->plan->format == SKW_FILE_PCAPNG) {
		struct skw_pcapng_section section = { .os = r->os, .userappl = PACKAGE_STRING };

		skw_buf_reset(&r->scratch);
		skw_pcapng_section(&r->scratch, &section);
		return put_scratch(r);
	}
	skw_pcap_file_header(header, r->dlt, r->opt.snaplen, r->plan->nano);
	int ret = skw_out_write(r->out, header, sizeof(header));
	return ret ? ret : skw_out_other_end(r->out);
}

/* What is known of each interface that has packets in this file. */
static int put_statistics(struct skw_recorder *r, uint64_t now_ns)
{
	if (r->plan->format != SKW_FILE_PCAPNG || !r->opt.stats)
		return 0;
	skw_buf_reset(&r->scratch);
	for (uint32_t number = 0; number < r->blocks_used; number++) {
		struct skw_iface_stats stats;

		if (r->opt.stats(r->opt.ctx, r->places[number], &stats) == 0)
			skw_pcapng_stats(&r->scratch, number, &stats, r->start_ns, now_ns,
					 r->plan->nano);
	}
	return put_scratch(r);
}

/* Opens the file that r->id says, and begins it. */
static int open_file(struct skw_recorder *r, struct skw_error *err)
{
	struct skw_file_id *ids =
		realloc(r->open_ids, (r->open_ids_len + 1) * sizeof(*r->open_ids));

	if (!ids)
		return failed(r, -ENOMEM, err);
	r->open_ids = ids;
	int fd = skw_verbs_open_file(r->opt.keeper, r->plan, &r->id, err);
	if (fd < 0)
		return fd;
	struct stat st;
	r->stream = fstat(fd, &st) == 0 && !S_ISREG(st.st_mode);
	name_file(r, &r->id, r->name);
	ids[r->open_ids_len++] = r->id;
	r->bytes_before += r->files ? skw_out_bytes(r->out) : 0;
	int ret = r->files++ ? skw_out_switch(r->out, fd) : skw_out_open(r->out, fd);
	if (!ret)
		ret = put_file_header(r);
	return ret ? failed(r, ret, err) : 0;
}

int skw_recorder_start(struct skw_recorder *r, uint64_t now_ns, struct skw_error *err)
{
	r->started = true;
	r->start_ns = now_ns;
	r->id.start_s = now_ns / SKW_NS_PER_S;
	if (r->plan->rotate_s)
		r->turn_ns = now_ns + r->plan->rotate_s * SKW_NS_PER_S;
	if (r->dlt < 0)
		r->dlt = DLT_EN10MB;
	return open_file(r, err);
}

/* Ends the current file; the caller has said in r->id which is next. */
static int next_file(struct skw_recorder *r, uint64_t now_ns, struct skw_error *err)
{
	int ret = put_statistics(r, now_ns);

	if (ret)
		return failed(r, ret, err);
	r->start_ns = now_ns;
	ret = open_file(r, err);
	return ret ? ret : skw_recorder_news(r, err);
}

int skw_recorder_turn(struct skw_recorder *r, uint64_t now_ns, struct skw_error *err)
{
	while (r->started && now_ns >= r->turn_ns) {
		uint64_t end_ns = r->turn_ns;

		const struct skw_rotate rotate = { .by_time = true,
						   .by_size = r->plan->rotate_bytes != 0,
						   .files = r->plan->files_max };

		if (skw_rotate_over(&rotate, (unsigned)r->files))
			return 1;
		r->turn_ns += r->plan->rotate_s * SKW_NS_PER_S;
		r->id.start_s += r->plan->rotate_s;
		r->id.number = 0;
		/* A leap of the time is no reason for as many empty files. */
		if (now_ns >= r->turn_ns) {
			uint64_t skip = (now_ns - r->turn_ns) / SKW_NS_PER_S / r->plan->rotate_s;

			r->turn_ns += skip * r->plan->rotate_s * SKW_NS_PER_S;
			r->id.start_s += skip * r->plan->rotate_s;
		}
		int ret = next_file(r, end_ns, err);
		if (ret)
			return ret;
	}
	return 0;
}

uint64_t skw_recorder_turn_ns(const struct skw_recorder *r)
{
	return r->turn_ns;
}

void skw_recorder_clock_set(struct skw_recorder *r, int64_t by_ns)
{
	if (r->turn_ns == UINT64_MAX)
		return;
	r->turn_ns += (uint64_t)by_ns;
	r->id.start_s += (uint64_t)(by_ns / (int64_t)SKW_NS_PER_S);
}

/* The interface's number in this file; describes it first if it is new there. */
static int block_of(struct skw_recorder *r, uint32_t place, const struct skw_iface *iface,
		    uint32_t *number)
{
	if (place >= r->blocks_len) {
		size_t len = (size_t)place + 16;
		uint32_t *blocks = realloc(r->blocks, len * sizeof(*blocks));

		if (!blocks)
			return -ENOMEM;
		r->blocks = blocks;
		uint32_t *places = realloc(r->places, len * sizeof(*places));
		if (!places)
			return -ENOMEM;
		r->places = places;
		memset(blocks + r->blocks_len, 0, (len - r->blocks_len) * sizeof(*blocks));
		r->blocks_len = len;
	}
	if (!r->blocks[place]) {
		struct skw_iface described = *iface;

		/* One snapshot length for all, as libpcap reads no others. */
		described.snaplen = r->opt.snaplen;
		skw_buf_reset(&r->scratch);
		skw_pcapng_interface(&r->scratch, &described, r->plan->nano, r->os);
		int ret = put_scratch(r);
		if (ret)
			return ret;
		r->places[r->blocks_used] = place;
		r->blocks[place] = ++r->blocks_used;
	}
	*number = r->blocks[place] - 1;
	return 0;
}

static int put_pcapng(struct skw_recorder *r, const struct skw_packet *pkt,
		      const struct skw_iface *iface)
{
	struct skw_pcapng_packet block;
	uint32_t number = 0;
	int ret = block_of(r, pkt->iface, iface, &number);

	if (ret)
		return ret;
	skw_pcapng_packet(&block, pkt, number, r->plan->nano);
	ret = skw_out_write(r->out, block.head, sizeof(block.head));
	if (!ret)
		ret = skw_out_write(r->out, pkt->data, pkt->caplen);
	if (!ret && block.middle_len)
		ret = skw_out_write(r->out, block.middle, block.middle_len);
	if (!ret && block.comment_len)
		ret = skw_out_write(r->out, block.comment, block.comment_len);
	return ret ? ret : skw_out_write(r->out, block.tail, block.tail_len);
}

/* In a file of cooked packets the link-layer header gives way. */
static int put_pcap_cooked(struct skw_recorder *r, const struct skw_packet *pkt,
			   const struct skw_iface *iface)
{
	uint8_t header[SKW_PCAP_RECORD_HEADER_BYTES];
	struct skw_sll2 cooked;
	int ret = skw_sll2_make(pkt, iface->ifindex, iface->arphrd, &cooked);

	if (ret)
		return ret;
	uint32_t caplen = pkt->caplen - cooked.drop + SKW_SLL2_BYTES;
	uint32_t len = pkt->len - cooked.drop_len + SKW_SLL2_BYTES;

	if (caplen > r->opt.snaplen)
		caplen = r->opt.snaplen;
	uint32_t of_header = caplen < SKW_SLL2_BYTES ? caplen : SKW_SLL2_BYTES;
	skw_pcap_record_header(header, pkt->ts_ns, r->plan->nano, caplen, len);
	ret = skw_out_write(r->out, header, sizeof(header));
	if (!ret)
		ret = skw_out_write(r->out, cooked.header, of_header);
	return ret ? ret : skw_out_write(r->out, pkt->data + cooked.drop, caplen - of_header);
}

static int put_pcap(struct skw_recorder *r, const struct skw_packet *pkt,
		    const struct skw_iface *iface, struct skw_error *err)
{
	uint8_t header[SKW_PCAP_RECORD_HEADER_BYTES];

	if (pkt->dlt != r->dlt) {
		if (r->dlt == DLT_LINUX_SLL2 && skw_sll2_supported(pkt->dlt))
			return put_pcap_cooked(r, pkt, iface);
		return skw_error_set(err, -EINVAL,
				     "%s: a pcap file holds one link type, and after %s comes %s; "
				     "write a .pcapng file",
				     r->name, skw_linktype_dlt_name(r->dlt),
				     skw_linktype_dlt_name(pkt->dlt));
	}
	skw_pcap_record_header(header, pkt->ts_ns, r->plan->nano, pkt->caplen, pkt->len);
	int ret = skw_out_write(r->out, header, sizeof(header));
	return ret ? ret : skw_out_write(r->out, pkt->data, pkt->caplen);
}

/* Before a packet: is this still its file? */
static int turn_for(struct skw_recorder *r, const struct skw_packet *pkt, struct skw_error *err)
{
	if (!r->started) {
		if (r->dlt < 0)
			r->dlt = pkt->dlt;
		return skw_recorder_start(r, pkt->ts_ns, err);
	}
	if (pkt->ts_ns >= r->turn_ns) {
		int ret = skw_recorder_turn(r, pkt->ts_ns, err);

		if (ret)
			return ret;
	}
	if (r->plan->rotate_bytes && skw_out_bytes(r->out) > r->plan->rotate_bytes) {
		r->id.number = skw_verbs_next_number(r->plan, r->id.number);
		return next_file(r, pkt->ts_ns, err);
	}
	return 0;
}

int skw_recorder_packet(struct skw_recorder *r, const struct skw_packet *pkt,
			const struct skw_iface *iface, struct skw_error *err)
{
	int ret;

	if (!r->started || r->plan->rotate_bytes || pkt->ts_ns >= r->turn_ns) {
		ret = turn_for(r, pkt, err);
		if (ret)
			return ret;
	}
	ret = r->plan->format == SKW_FILE_PCAPNG ? put_pcapng(r, pkt, iface)
						 : put_pcap(r, pkt, iface, err);
	if (!ret)
		ret = skw_out_record_end(r->out);
	return ret ? failed(r, ret, err) : 0;
}

void skw_recorder_note(struct skw_recorder *r, uint64_t now_ns, const char *text)
{
	if (!r->started || r->plan->format != SKW_FILE_PCAPNG)
		return;
	skw_buf_reset(&r->scratch);
	skw_pcapng_note(&r->scratch, now_ns, text);
	/* A failure is found by the next packet. */
	put_scratch(r);
}

int skw_recorder_flush(struct skw_recorder *r, struct skw_error *err)
{
	int ret = r->started ? skw_out_flush(r->out) : 0;

	return ret ? failed(r, ret, err) : 0;
}

int skw_recorder_pause(struct skw_recorder *r, struct skw_error *err)
{
	return r->stream || r->plan->packet_buffered ? skw_recorder_flush(r, err) : 0;
}

int skw_recorder_fd(const struct skw_recorder *r)
{
	return r->notify_fd;
}

int skw_recorder_news(struct skw_recorder *r, struct skw_error *err)
{
	uint64_t ignored;
	ssize_t n = read(r->notify_fd, &ignored, sizeof(ignored));
	int ret = skw_out_error(r->out);

	(void)n; /* nothing new is no error */
	files_done(r);
	return ret ? failed(r, ret, err) : 0;
}

bool skw_recorder_ready(const struct skw_recorder *r)
{
	bool turns = r->plan->rotate_bytes || r->plan->rotate_s;

	/* A new file takes a new block: two must be free, or what is left of this one and one. */
	return !r->started || skw_out_error(r->out) ||
	       skw_out_has_room(r->out, turns ? 2 * SKW_OUT_BLOCK_BYTES : RECORD_ROOM);
}

void skw_recorder_hurry(struct skw_recorder *r)
{
	skw_out_hurry(r->out, LINGER_MS);
}

uint64_t skw_recorder_bytes(const struct skw_recorder *r)
{
	return r->bytes_before + (r->started ? skw_out_bytes(r->out) : 0);
}

const char *skw_recorder_name(const struct skw_recorder *r)
{
	return r->name;
}

int skw_recorder_finish(struct skw_recorder *r, uint64_t now_ns, uint64_t *lost,
			struct skw_error *err)
{
	int ret = 0;

	if (!r)
		return 0;
	if (r->started)
		ret = put_statistics(r, now_ns);
	if (r->out) {
		int closed = skw_out_end(r->out, LINGER_MS);

		ret = ret ? ret : closed;
		if (ret)
			failed(r, ret, err);
		files_done(r);
		if (lost)
			*lost = skw_out_records_lost(r->out);
		skw_out_close(r->out, LINGER_MS);
	}
	skw_cleanup_fd(&r->notify_fd);
	skw_buf_free(&r->scratch);
	free(r->blocks);
	free(r->places);
	free(r->open_ids);
	free(r);
	return ret;
}
