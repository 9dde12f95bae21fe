// SPDX-License-Identifier: BSD-2-Clause
/* The ring reader, tested on files that have the layout of the kernel's ring buffers. */
#include "kern/ring/ring.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include <linux/bpf.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define RING_BYTES 65536
#define RINGS      2

/* The side of a ring that the producer writes. */
struct fake {
	int fd;
	unsigned long *consumer, *producer;
	uint8_t *data;
};

struct state {
	struct fake fake[RINGS];
	struct skw_rings *rings;
};

static void fake_open(struct fake *f)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE);

	f->fd = memfd_create("ring", MFD_CLOEXEC);
	assert_true(f->fd >= 0);
	assert_int_equal(ftruncate(f->fd, (off_t)(2 * page + 2 * RING_BYTES)), 0);
	uint8_t *p =
		mmap(NULL, 2 * page + 2 * RING_BYTES, PROT_READ | PROT_WRITE, MAP_SHARED, f->fd, 0);
	assert_ptr_not_equal(p, MAP_FAILED);
	f->consumer = (unsigned long *)p;
	f->producer = (unsigned long *)(p + page);
	f->data = p + 2 * page;
}

/* Writes both copies of the data, because the kernel maps the data twice. */
static void fake_put(struct fake *f, unsigned long pos, const void *bytes, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		size_t at = (pos + i) % RING_BYTES;

		f->data[at] = f->data[at + RING_BYTES] = ((const uint8_t *)bytes)[i];
	}
}

/* Reserves a record that is busy. Returns its position. */
static unsigned long reserve(struct fake *f, uint32_t size)
{
	unsigned long pos = *f->producer;
	uint32_t header[2] = { size | BPF_RINGBUF_BUSY_BIT, 0 };

	fake_put(f, pos, header, sizeof(header));
	*f->producer = pos + (size + 8 + 7) / 8 * 8;
	return pos;
}

static void submit(struct fake *f, unsigned long pos, uint64_t ts_ns, uint32_t flags)
{
	uint32_t len;

	memcpy(&len, f->data + pos % RING_BYTES, sizeof(len));
	len = (len & ~BPF_RINGBUF_BUSY_BIT) | flags;
	fake_put(f, pos + 8, &ts_ns, sizeof(ts_ns));
	fake_put(f, pos, &len, sizeof(len));
}

static void produce(struct fake *f, uint64_t ts_ns, uint32_t size)
{
	submit(f, reserve(f, size), ts_ns, 0);
}

static int set_up(void **arg)
{
	struct state *s = calloc(1, sizeof(*s));
	int fds[RINGS];

	for (int i = 0; i < RINGS; i++) {
		fake_open(&s->fake[i]);
		fds[i] = s->fake[i].fd;
	}
	assert_int_equal(skw_rings_open(fds, RINGS, RING_BYTES, &s->rings), 0);
	*arg = s;
	return 0;
}

static int tear_down(void **arg)
{
	struct state *s = *arg;

	skw_rings_close(s->rings);
	for (int i = 0; i < RINGS; i++) {
		munmap(s->fake[i].consumer, 2 * (size_t)sysconf(_SC_PAGESIZE) + 2 * RING_BYTES);
		close(s->fake[i].fd);
	}
	free(s);
	return 0;
}

/* The time stamp of the next record that the reader gives out, 0 if there is none. */
static uint64_t next_ts(struct state *s)
{
	size_t size;
	const void *rec = skw_rings_next(s->rings, UINT64_MAX, &size);
	uint64_t ts_ns;

	if (!rec)
		return 0;
	memcpy(&ts_ns, rec, sizeof(ts_ns));
	return ts_ns;
}

#define EXPECT(s, ...)                                                                             \
	do {                                                                                       \
		const uint64_t want[] = { __VA_ARGS__ };                                           \
		for (size_t i_ = 0; i_ < sizeof(want) / sizeof(want[0]); i_++)                     \
			assert_int_equal(next_ts(s), want[i_]);                                    \
		assert_int_equal(next_ts(s), 0);                                                   \
	} while (0)

static void merges_rings_by_time(void **arg)
{
	struct state *s = *arg;

	produce(&s->fake[0], 10, 64);
	produce(&s->fake[0], 30, 64);
	produce(&s->fake[1], 20, 128);
	produce(&s->fake[1], 40, 64);
	assert_int_equal(skw_rings_look(s->rings, 100), 0);
	EXPECT(s, 10, 20, 30, 40);
}

static void tells_the_size_that_was_reserved(void **arg)
{
	struct state *s = *arg;
	size_t size = 0;

	produce(&s->fake[1], 5, 104);
	assert_int_equal(skw_rings_look(s->rings, 100), 0);
	assert_non_null(skw_rings_next(s->rings, UINT64_MAX, &size));
	assert_int_equal(size, 104);
}

static void keeps_back_what_is_younger_than_the_clock(void **arg)
{
	struct state *s = *arg;

	produce(&s->fake[0], 10, 64);
	produce(&s->fake[0], 120, 64);
	assert_int_equal(skw_rings_look(s->rings, 100), 0);
	EXPECT(s, 10);
	assert_int_equal(skw_rings_look(s->rings, 200), 0);
	EXPECT(s, 120);
}

/* The time of the busy record can be any time after the look before it was reserved. */
static void a_busy_record_holds_back_what_it_might_precede(void **arg)
{
	struct state *s = *arg;

	assert_int_equal(skw_rings_look(s->rings, 50), 0);
	EXPECT(s, 0);
	produce(&s->fake[1], 40, 64);
	unsigned long busy = reserve(&s->fake[0], 64);
	produce(&s->fake[0], 70, 64);
	produce(&s->fake[1], 80, 64);
	assert_int_equal(skw_rings_look(s->rings, 100), 0);
	EXPECT(s, 40);
	/*
	 * The record is still busy at the next look, so the records that may come after it still
	 * wait.
	 */
	assert_int_equal(skw_rings_look(s->rings, 150), 0);
	EXPECT(s, 0);
	submit(&s->fake[0], busy, 60, 0);
	assert_int_equal(skw_rings_look(s->rings, 200), 0);
	EXPECT(s, 60, 70, 80);
}

static void sorts_a_ring_that_cpus_share(void **arg)
{
	struct state *s = *arg;

	produce(&s->fake[0], 10, 64);
	produce(&s->fake[0], 30, 64);
	produce(&s->fake[0], 20, 64);
	produce(&s->fake[1], 25, 64);
	produce(&s->fake[0], 15, 64);
	produce(&s->fake[0], 40, 64);
	assert_int_equal(skw_rings_look(s->rings, 100), 0);
	EXPECT(s, 10, 15, 20, 25, 30, 40);
}

/* A record that one look held back may belong after a record of the next look. */
static void sorts_across_looks(void **arg)
{
	struct state *s = *arg;

	produce(&s->fake[0], 10, 64);
	produce(&s->fake[0], 130, 64);
	assert_int_equal(skw_rings_look(s->rings, 100), 0);
	EXPECT(s, 10);
	produce(&s->fake[0], 120, 64);
	assert_int_equal(skw_rings_look(s->rings, 200), 0);
	EXPECT(s, 120, 130);
	skw_rings_release(s->rings);
	assert_int_equal(skw_rings_fill(s->rings), 0);
}

static void skips_discarded_records(void **arg)
{
	struct state *s = *arg;

	produce(&s->fake[0], 10, 64);
	submit(&s->fake[0], reserve(&s->fake[0], 64), 11, BPF_RINGBUF_DISCARD_BIT);
	produce(&s->fake[0], 12, 64);
	assert_int_equal(skw_rings_look(s->rings, 100), 0);
	EXPECT(s, 10, 12);
	skw_rings_release(s->rings);
	assert_int_equal(skw_rings_fill(s->rings), 0);
}

static void gives_back_only_what_was_lent_out(void **arg)
{
	struct state *s = *arg;

	produce(&s->fake[0], 10, 64);
	produce(&s->fake[0], 110, 64);
	assert_int_equal(skw_rings_look(s->rings, 100), 0);
	EXPECT(s, 10);
	skw_rings_release(s->rings);
	assert_int_equal(*s->fake[0].consumer, 72);
	assert_int_equal(skw_rings_fill(s->rings), 72);
}

/*
 * The record at the older position is given out later. Until then it must not be overwritten,
 * although the record after it was released.
 */
static void an_older_position_stays_until_its_turn(void **arg)
{
	struct state *s = *arg;

	produce(&s->fake[0], 110, 64);
	produce(&s->fake[0], 10, 64);
	assert_int_equal(skw_rings_look(s->rings, 100), 0);
	EXPECT(s, 10);
	skw_rings_release(s->rings);
	assert_int_equal(*s->fake[0].consumer, 0);
	assert_int_equal(skw_rings_look(s->rings, 200), 0);
	EXPECT(s, 110);
	skw_rings_arm(s->rings);
	assert_int_equal(*s->fake[0].consumer, 144);
}

/*
 * A record whose position is the consumer's wakes the reader, so nothing does while the last record
 * is kept back.
 */
static void the_last_record_is_kept_back_until_the_reader_sleeps(void **arg)
{
	struct state *s = *arg;

	produce(&s->fake[0], 10, 64);
	produce(&s->fake[0], 11, 64);
	assert_int_equal(skw_rings_look(s->rings, 100), 0);
	EXPECT(s, 10, 11);
	skw_rings_release(s->rings);
	assert_int_equal(*s->fake[0].consumer, 72);
	assert_int_equal(skw_rings_fill(s->rings), 0);
	skw_rings_arm(s->rings);
	assert_int_equal(*s->fake[0].consumer, 144);
	/* The space stays given back. */
	assert_int_equal(skw_rings_look(s->rings, 200), 0);
	skw_rings_release(s->rings);
	assert_int_equal(*s->fake[0].consumer, 144);
	produce(&s->fake[0], 210, 64);
	assert_int_equal(skw_rings_look(s->rings, 300), 0);
	EXPECT(s, 210);
	skw_rings_release(s->rings);
	assert_int_equal(*s->fake[0].consumer, 144);
}

/* Its space would be missing. */
static void a_large_record_is_not_kept_back(void **arg)
{
	struct state *s = *arg;

	produce(&s->fake[0], 10, RING_BYTES / 8);
	assert_int_equal(skw_rings_look(s->rings, 100), 0);
	EXPECT(s, 10);
	skw_rings_release(s->rings);
	assert_int_equal(*s->fake[0].consumer, RING_BYTES / 8 + 8);
}

static void without_producers_all_is_lent_out(void **arg)
{
	struct state *s = *arg;

	produce(&s->fake[0], 1000, 64);
	assert_int_equal(skw_rings_look(s->rings, 100), 0);
	EXPECT(s, 0);
	assert_int_equal(skw_rings_look(s->rings, UINT64_MAX), 0);
	EXPECT(s, 1000);
}

static void a_reader_may_stop_at_a_time(void **arg)
{
	struct state *s = *arg;
	size_t size;

	produce(&s->fake[0], 10, 64);
	produce(&s->fake[1], 20, 64);
	produce(&s->fake[0], 30, 64);
	assert_int_equal(skw_rings_look(s->rings, 100), 0);
	assert_non_null(skw_rings_next(s->rings, 20, &size));
	assert_non_null(skw_rings_next(s->rings, 20, &size));
	assert_null(skw_rings_next(s->rings, 20, &size));
	EXPECT(s, 30);
}

static void a_peek_tells_the_oldest_or_what_will_not_come(void **arg)
{
	struct state *s = *arg;
	uint64_t ts_ns = 0;

	produce(&s->fake[1], 20, 64);
	produce(&s->fake[0], 10, 64);
	assert_int_equal(skw_rings_look(s->rings, 100), 0);
	assert_true(skw_rings_peek(s->rings, &ts_ns));
	assert_int_equal(ts_ns, 10);
	EXPECT(s, 10, 20);
	assert_false(skw_rings_peek(s->rings, &ts_ns));
	assert_int_equal(ts_ns, 100);
}

/* The records of a run keep their space until the whole run was handed on. */
static void space_is_given_back_when_it_is_much_and_only_when_asked(void **arg)
{
	struct state *s = *arg;

	for (uint64_t ts = 1; ts <= 9; ts++)
		produce(&s->fake[0], ts, 504);
	produce(&s->fake[1], 10, 64);
	assert_int_equal(skw_rings_look(s->rings, 100), 0);
	EXPECT(s, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10);
	assert_int_equal(*s->fake[0].consumer, 0);
	skw_rings_release_some(s->rings);
	assert_int_equal(*s->fake[0].consumer, 8 * 512);
	assert_int_equal(*s->fake[1].consumer, 0);
}

/* A run that waits for its sink is still in use, however often the reader looks meanwhile. */
static void a_look_gives_no_space_back(void **arg)
{
	struct state *s = *arg;

	produce(&s->fake[0], 10, 64);
	assert_int_equal(skw_rings_look(s->rings, 100), 0);
	EXPECT(s, 10);
	produce(&s->fake[0], 110, 64);
	assert_int_equal(skw_rings_look(s->rings, 200), 0);
	assert_int_equal(*s->fake[0].consumer, 0);
	EXPECT(s, 110);
	skw_rings_arm(s->rings);
	assert_int_equal(*s->fake[0].consumer, 144);
}

/* Many times around the ring, with random sizes, disorder and busy records. */
static void survives_many_rounds(void **arg)
{
	struct state *s = *arg;
	uint64_t clock_ns = 1, last_ns = 0, produced = 0, lent = 0;
	unsigned seed = 7;

	for (int round = 0; round < 3000; round++) {
		for (int i = 0; i < 20; i++) {
			struct fake *f = &s->fake[rand_r(&seed) % RINGS];
			uint32_t size = 32 + (uint32_t)rand_r(&seed) % 1000;

			if (*f->producer - *f->consumer + 2 * size + 64 > RING_BYTES)
				continue;
			/*
			 * On two CPUs, the record that is reserved later can have the earlier time.
			 */
			unsigned long first = reserve(f, size), second = reserve(f, size);
			clock_ns += 10;
			submit(f, second, clock_ns, 0);
			submit(f, first, clock_ns + (uint64_t)rand_r(&seed) % 9, 0);
			clock_ns += 10;
			produced += 2;
		}
		assert_int_equal(skw_rings_look(s->rings, ++clock_ns), 0);
		for (uint64_t ts; (ts = next_ts(s)) != 0; lent++) {
			assert_true(ts >= last_ns);
			last_ns = ts;
		}
		skw_rings_release(s->rings);
	}
	assert_true(produced > 10000);
	assert_int_equal(lent, produced);
	assert_int_equal(skw_rings_fill(s->rings), 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(merges_rings_by_time),
		TEST(tells_the_size_that_was_reserved),
		TEST(keeps_back_what_is_younger_than_the_clock),
		TEST(a_busy_record_holds_back_what_it_might_precede),
		TEST(sorts_a_ring_that_cpus_share),
		TEST(sorts_across_looks),
		TEST(skips_discarded_records),
		TEST(gives_back_only_what_was_lent_out),
		TEST(an_older_position_stays_until_its_turn),
		TEST(the_last_record_is_kept_back_until_the_reader_sleeps),
		TEST(a_large_record_is_not_kept_back),
		TEST(without_producers_all_is_lent_out),
		TEST(a_reader_may_stop_at_a_time),
		TEST(a_peek_tells_the_oldest_or_what_will_not_come),
		TEST(space_is_given_back_when_it_is_much_and_only_when_asked),
		TEST(a_look_gives_no_space_back),
		TEST(survives_many_rounds),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
