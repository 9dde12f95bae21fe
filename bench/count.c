// SPDX-License-Identifier: BSD-2-Clause
/*
 * Counts the frames of generate in a pcap file: how many there are, how many are missing between
 * the first and the last, how many are there twice, and how many records are out of time order. The
 * file was written on this machine, so only its byte order is read.
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "wire.h"

#define MAGIC_USEC          0xa1b2c3d4u
#define MAGIC_NSEC          0xa1b23c4du

#define LINKTYPE_ETHERNET   1
#define LINKTYPE_LINUX_SLL  113
#define LINKTYPE_LINUX_SLL2 276

/* Sequence numbers above this can't come from generate within a run. */
#define SEQ_MAX (1ull << 33)

struct file_header {
	uint32_t magic;
	uint16_t major, minor;
	uint32_t zone, sigfigs, snaplen, linktype;
};

struct record_header {
	uint32_t sec, frac, caplen, len;
};

struct tally {
	uint64_t records;  /* of any kind */
	uint64_t marked;   /* with generate's mark */
	uint64_t distinct; /* ... and each number once */
	uint64_t first_seq, last_seq;
	uint64_t first_sent_ns;  /* when the first of them was sent */
	uint64_t first_stamp_ns; /* its time in the file */
	uint64_t time_backwards;
	bool truncated; /* the file ends inside a record */
};

/* The sequence numbers that were met. It grows with them. */
struct bitmap {
	uint64_t *words;
	uint64_t size; /* in words */
};

static void die(const char *what)
{
	fprintf(stderr, "count: %s: %s\n", what, strerror(errno));
	exit(1);
}

/* True if the bit was clear before. */
static bool bitmap_set(struct bitmap *b, uint64_t bit)
{
	uint64_t word = bit / 64, mask = 1ull << bit % 64;

	if (word >= b->size) {
		uint64_t size = (word + 1) * 2;
		uint64_t *words = realloc(b->words, size * sizeof(*words));

		if (!words)
			die("memory");
		memset(words + b->size, 0, (size - b->size) * sizeof(*words));
		b->words = words;
		b->size = size;
	}
	bool fresh = !(b->words[word] & mask);
	b->words[word] |= mask;
	return fresh;
}

/* The headers in front of the IP header, for the link types that captures of our frames have. */
static const struct link {
	uint32_t type;
	size_t len, ethertype; /* of the header, and the offset in it */
} links[] = {
	{ LINKTYPE_ETHERNET, WIRE_ETH_LEN, 12 },
	{ LINKTYPE_LINUX_SLL, 16, 14 },
	{ LINKTYPE_LINUX_SLL2, 20, 0 },
};

static const struct link *link_find(uint32_t type)
{
	for (size_t i = 0; i < sizeof(links) / sizeof(links[0]); i++)
		if (links[i].type == type)
			return &links[i];
	return NULL;
}

/* The offset of the mark in a frame, or 0 if generate did not make the frame. */
static size_t mark_offset(const struct link *link, const uint8_t *frame, uint32_t caplen)
{
	size_t l4 = link->len + WIRE_IP_LEN;

	if (caplen < l4 || frame[link->ethertype] != 0x08 || frame[link->ethertype + 1] != 0x00 ||
	    frame[link->len] != 0x45)
		return 0;
	size_t mark = l4 + (frame[link->len + 9] == 6 ? WIRE_TCP_LEN : WIRE_UDP_LEN);
	return caplen >= mark + sizeof(struct wire_mark) ? mark : 0;
}

static void tally_frame(struct tally *t, struct bitmap *seen, const struct link *link,
			const uint8_t *frame, uint32_t caplen, uint64_t stamp_ns)
{
	size_t at = mark_offset(link, frame, caplen);
	struct wire_mark mark;

	if (!at)
		return;
	memcpy(&mark, frame + at, sizeof(mark));
	if (mark.magic != WIRE_MAGIC || mark.seq >= SEQ_MAX)
		return;
	if (!t->marked || mark.seq < t->first_seq) {
		t->first_seq = mark.seq;
		t->first_sent_ns = mark.ts_ns;
		t->first_stamp_ns = stamp_ns;
	}
	if (mark.seq > t->last_seq)
		t->last_seq = mark.seq;
	t->marked++;
	t->distinct += bitmap_set(seen, mark.seq);
}

static int tally_file(const uint8_t *data, size_t size, struct tally *t, struct bitmap *seen)
{
	struct file_header file;
	struct record_header rec;
	uint64_t before_ns = 0;
	size_t at = sizeof(file);

	if (size < sizeof(file))
		return -EINVAL;
	memcpy(&file, data, sizeof(file));
	if (file.magic != MAGIC_USEC && file.magic != MAGIC_NSEC)
		return -EINVAL;
	uint64_t unit = file.magic == MAGIC_NSEC ? 1 : 1000;
	const struct link *link = link_find(file.linktype);

	if (!link)
		return -EINVAL;

	for (; at < size; at += sizeof(rec) + rec.caplen) {
		if (size - at < sizeof(rec)) {
			t->truncated = true;
			break;
		}
		memcpy(&rec, data + at, sizeof(rec));
		if (size - at - sizeof(rec) < rec.caplen) {
			t->truncated = true;
			break;
		}
		uint64_t stamp_ns = rec.sec * 1000000000ull + rec.frac * unit;
		t->records++;
		t->time_backwards += stamp_ns < before_ns;
		before_ns = stamp_ns;
		tally_frame(t, seen, link, data + at + sizeof(rec), rec.caplen, stamp_ns);
	}
	return 0;
}

int main(int argc, char **argv)
{
	struct bitmap seen = { 0 };
	struct tally t = { 0 };
	struct stat st;

	if (argc != 2) {
		fprintf(stderr, "usage: count FILE.pcap\n");
		return 2;
	}
	int fd = open(argv[1], O_RDONLY | O_CLOEXEC);
	if (fd < 0 || fstat(fd, &st) < 0)
		die(argv[1]);
	if (st.st_size == 0) {
		errno = ENODATA;
		die(argv[1]);
	}
	uint8_t *data = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
	if (data == MAP_FAILED)
		die(argv[1]);
	madvise(data, (size_t)st.st_size, MADV_SEQUENTIAL);
	int ret = tally_file(data, (size_t)st.st_size, &t, &seen);
	if (ret) {
		errno = -ret;
		die("not a pcap file of this machine's byte order");
	}
	printf("{\"records\": %" PRIu64 ", \"marked\": %" PRIu64 ", \"distinct\": %" PRIu64
	       ", \"gaps\": %" PRIu64 ", \"first_seq\": %" PRIu64 ", \"last_seq\": %" PRIu64
	       ", \"first_sent_ns\": %" PRIu64 ", \"first_stamp_ns\": %" PRIu64
	       ", \"time_backwards\": %" PRIu64 ", \"truncated\": %s}\n",
	       t.records, t.marked, t.distinct,
	       t.marked ? t.last_seq - t.first_seq + 1 - t.distinct : 0, t.first_seq, t.last_seq,
	       t.first_sent_ns, t.first_stamp_ns, t.time_backwards, t.truncated ? "true" : "false");
	free(seen.words);
	munmap(data, (size_t)st.st_size);
	close(fd);
	return 0;
}
