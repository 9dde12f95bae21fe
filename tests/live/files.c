// SPDX-License-Identifier: BSD-2-Clause
#include "files.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <unistd.h>

#include <pcap/pcap.h>

#include "frame.h"
#include "util/cleanup.h"

#define SENDERS_MAX 64
#define SEQ_MAX     (1U << 28)
/* A packet may wait in a queue between its two time stamps, longer than the others do. */
#define LATE_FACTOR 1000

static pcap_t *open_file(const char *file)
{
	char text[PCAP_ERRBUF_SIZE];
	pcap_t *p = pcap_open_offline_with_tstamp_precision(file, PCAP_TSTAMP_PRECISION_NANO, text);

	if (!p)
		fprintf(stderr, "traffic: %s: %s\n", file, text);
	return p;
}

static uint64_t time_ns(const struct pcap_pkthdr *h)
{
	return (uint64_t)h->ts.tv_sec * 1000000000 + (uint64_t)h->ts.tv_usec;
}

/* ---- check ---- */

struct sender {
	uint8_t *seen; /* owned; one byte per number */
	uint64_t size;
	uint64_t next; /* the highest number plus 1 */
	uint64_t last;
};

struct findings {
	struct sender senders[SENDERS_MAX];
	uint64_t numbered, other, duplicates, disorder, backward, damaged, truncated;
	uint64_t last_ns;
};

static void note_number(struct findings *f, struct frame_number n)
{
	if (n.sender >= SENDERS_MAX || n.seq >= SEQ_MAX) {
		f->damaged++;
		return;
	}
	struct sender *s = &f->senders[n.sender];
	if (n.seq >= s->size) {
		uint64_t size = s->size ? s->size : 4096;

		while (size <= n.seq)
			size *= 2;
		s->seen = realloc(s->seen, size);
		if (!s->seen)
			abort();
		memset(s->seen + s->size, 0, size - s->size);
		s->size = size;
	}
	if (s->seen[n.seq])
		f->duplicates++;
	else if (n.seq < s->last)
		f->disorder++;
	s->seen[n.seq] = 1;
	s->last = n.seq;
	if (n.seq >= s->next)
		s->next = n.seq + 1;
	f->numbered++;
}

static bool check_file(struct findings *f, const char *file)
{
	pcap_t *p = open_file(file);
	struct pcap_pkthdr *h;
	const uint8_t *data;
	struct frame_number n;
	int got;

	if (!p)
		return false;
	int dlt = pcap_datalink(p);
	while ((got = pcap_next_ex(p, &h, &data)) == 1) {
		if (time_ns(h) < f->last_ns)
			f->backward++;
		f->last_ns = time_ns(h);
		if (h->caplen < h->len)
			f->truncated++;
		switch (frame_read(data, h->caplen, h->len, dlt, &n)) {
		case FRAME_NUMBERED:
			note_number(f, n);
			break;
		case FRAME_DAMAGED:
			f->damaged++;
			break;
		case FRAME_OTHER:
			f->other++;
			break;
		}
	}
	if (got == PCAP_ERROR)
		fprintf(stderr, "traffic: %s: %s\n", file, pcap_geterr(p));
	pcap_close(p);
	return got != PCAP_ERROR;
}

/* The numbers between the first and the last that are not there. */
static uint64_t holes(const struct sender *s)
{
	uint64_t n = 0, at = 0;

	while (at < s->next && !s->seen[at])
		at++;
	for (; at < s->next; at++)
		n += !s->seen[at];
	return n;
}

int files_check(char *const files[], int n, uint64_t expect)
{
	static struct findings f;
	uint64_t missing, up_to = 0, lost = 0;

	for (int i = 0; i < n; i++)
		if (!check_file(&f, files[i]))
			return 1;
	for (size_t i = 0; i < SENDERS_MAX; i++) {
		up_to += f.senders[i].next;
		lost += holes(&f.senders[i]);
		free(f.senders[i].seen);
	}
	uint64_t unique = f.numbered - f.duplicates;
	if (expect == UINT64_MAX)
		missing = up_to - unique;
	else
		missing = unique < expect ? expect - unique : 0;
	printf("numbered=%llu other=%llu missing=%llu holes=%llu duplicates=%llu disorder=%llu "
	       "backward=%llu "
	       "damaged=%llu truncated=%llu\n",
	       (unsigned long long)f.numbered, (unsigned long long)f.other,
	       (unsigned long long)missing, (unsigned long long)lost,
	       (unsigned long long)f.duplicates, (unsigned long long)f.disorder,
	       (unsigned long long)f.backward, (unsigned long long)f.damaged,
	       (unsigned long long)f.truncated);
	bool wrong_count = expect != UINT64_MAX && unique != expect;
	return wrong_count || f.duplicates || f.disorder || f.backward || f.damaged;
}

/* ---- compare ---- */

struct packet {
	const uint8_t *data;
	uint32_t caplen;
	uint32_t len;
	uint64_t ns;
	size_t index;
};

struct packets {
	struct packet *list;
	size_t n, size;
	uint64_t backward;
	int dlt;
};

static void keep(struct packets *all, const struct pcap_pkthdr *h, const uint8_t *data)
{
	if (all->n == all->size) {
		all->size = all->size ? 2 * all->size : 1024;
		all->list = realloc(all->list, all->size * sizeof(*all->list));
		if (!all->list)
			abort();
	}
	uint8_t *copy = malloc(h->caplen ? h->caplen : 1);
	if (!copy)
		abort();
	memcpy(copy, data, h->caplen);
	all->list[all->n] = (struct packet){ copy, h->caplen, h->len, time_ns(h), all->n };
	if (all->n && all->list[all->n - 1].ns > time_ns(h))
		all->backward++;
	all->n++;
}

/* Loads the packets between the two marks. */
static bool load(struct packets *all, const char *file)
{
	enum { BEFORE, BETWEEN, AFTER } where = BEFORE;
	struct frame_number number;
	pcap_t *p = open_file(file);
	struct pcap_pkthdr *h;
	const uint8_t *data;
	int got;

	if (!p)
		return false;
	all->dlt = pcap_datalink(p);
	while ((got = pcap_next_ex(p, &h, &data)) == 1 && where != AFTER) {
		bool mark =
			frame_read(data, h->caplen, h->len, all->dlt, &number) == FRAME_NUMBERED;

		if (mark && number.sender == MARK_END)
			where = AFTER;
		else if (mark && number.sender == MARK_BEGIN)
			where = BETWEEN;
		else if (where == BETWEEN)
			keep(all, h, data);
	}
	if (got == PCAP_ERROR)
		fprintf(stderr, "traffic: %s: %s\n", file, pcap_geterr(p));
	pcap_close(p);
	if (got != PCAP_ERROR && where != AFTER)
		fprintf(stderr, "traffic: %s: the frames that mark begin and end are not there\n",
			file);
	return got != PCAP_ERROR && where == AFTER;
}

static int by_content(const struct packet *a, const struct packet *b)
{
	if (a->len != b->len)
		return a->len < b->len ? -1 : 1;
	if (a->caplen != b->caplen)
		return a->caplen < b->caplen ? -1 : 1;
	return memcmp(a->data, b->data, a->caplen);
}

/* Packets of the same content keep their order, so that each meets its own counterpart. */
static int by_content_and_place(const void *va, const void *vb)
{
	const struct packet *a = va, *b = vb;
	int order = by_content(a, b);

	return order ? order : (a->index > b->index) - (a->index < b->index);
}

static void unload(struct packets *all)
{
	for (size_t i = 0; i < all->n; i++)
		free((void *)all->list[i].data);
	free(all->list);
}

struct differences {
	uint64_t only_a, only_b;
	/* How far apart the times of a packet are that both have. Owned. */
	uint64_t *ns;
	size_t same;
};

static int by_value(const void *va, const void *vb)
{
	const uint64_t *a = va, *b = vb;

	return (*a > *b) - (*a < *b);
}

/* Sorts both. */
static struct differences match(struct packets *a, struct packets *b)
{
	struct differences d = { .ns = calloc(a->n + 1, sizeof(*d.ns)) };

	if (!d.ns)
		abort();
	if (a->n)
		qsort(a->list, a->n, sizeof(*a->list), by_content_and_place);
	if (b->n)
		qsort(b->list, b->n, sizeof(*b->list), by_content_and_place);
	for (size_t i = 0, j = 0; i < a->n || j < b->n;) {
		int order = i == a->n ? 1 : j == b->n ? -1 : by_content(&a->list[i], &b->list[j]);

		if (order < 0) {
			d.only_a++;
			i++;
		} else if (order > 0) {
			d.only_b++;
			j++;
		} else {
			uint64_t x = a->list[i++].ns, y = b->list[j++].ns;

			d.ns[d.same++] = x > y ? x - y : y - x;
		}
	}
	qsort(d.ns, d.same, sizeof(*d.ns), by_value);
	return d;
}

int files_compare(const char *file_a, const char *file_b, uint64_t tolerance_us)
{
	struct packets a = { 0 }, b = { 0 };

	bool ok = load(&a, file_a) && load(&b, file_b);
	if (ok && a.dlt != b.dlt) {
		fprintf(stderr, "traffic: link types differ: %d, %d\n", a.dlt, b.dlt);
		ok = false;
	}
	if (ok) {
		struct differences d = match(&a, &b);
		uint64_t most_us = d.same ? d.ns[d.same * 9 / 10] / 1000 : 0;
		uint64_t max_us = d.same ? d.ns[d.same - 1] / 1000 : 0;

		printf("same=%zu only_a=%llu only_b=%llu most_us=%llu max_us=%llu backward_a=%llu "
		       "backward_b=%llu\n",
		       d.same, (unsigned long long)d.only_a, (unsigned long long)d.only_b,
		       (unsigned long long)most_us, (unsigned long long)max_us,
		       (unsigned long long)a.backward, (unsigned long long)b.backward);
		ok = !d.only_a && !d.only_b && most_us <= tolerance_us &&
		     max_us <= tolerance_us * LATE_FACTOR && !a.backward;
		free(d.ns);
	}
	unload(&a);
	unload(&b);
	return !ok;
}

/* ---- hold ---- */

/* How many whole packets the file has now: none, if its header is not there yet. */
static uint64_t count_packets(const char *file)
{
	char text[PCAP_ERRBUF_SIZE];
	pcap_t *p = pcap_open_offline(file, text);
	struct pcap_pkthdr *h;
	const uint8_t *data;
	uint64_t n = 0;

	if (!p)
		return 0;
	while (pcap_next_ex(p, &h, &data) == 1)
		n++;
	pcap_close(p);
	return n;
}

int files_hold(const char *file, uint64_t packets)
{
	SKW_AUTO_FD int fd = inotify_init1(IN_CLOEXEC);
	char event[4096];

	/* Watched before it is counted, so that no change in between goes unseen. */
	if (fd < 0 || inotify_add_watch(fd, file, IN_MODIFY) < 0) {
		perror(file);
		return 1;
	}
	while (count_packets(file) < packets)
		if (read(fd, event, sizeof(event)) <= 0)
			return 1;
	return 0;
}
