/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Sources and a sink that write down what the loop asks of them, and a run of the loop over them.
 * A run drops privileges and changes how signals are treated, so each has a process of its own;
 * what is written down is in memory that both processes share.
 */
#ifndef SKW_TESTS_UNIT_LOOP_FAKES_H
#define SKW_TESTS_UNIT_LOOP_FAKES_H

#include "loop/loop.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "keeper/keeper.h"
#include "util/cleanup.h"

#define DEADLINE_S 60 /* kills a test that hangs; no test waits for it */
#define FAILURE    (-71)
#define FOREVER    UINT64_MAX

/* The results of a run. */
struct told {
	int ret;
	struct skw_error err;
	char log[4096]; /* words with a blank behind each */
};
static struct told *told;

__attribute__((format(printf, 1, 2))) static inline void note(const char *fmt, ...)
{
	size_t len = strlen(told->log);
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(told->log + len, sizeof(told->log) - len - 1, fmt, ap);
	va_end(ap);
	strcat(told->log, " ");
}

/* In the run's process, where an assertion of cmocka would go on with the next test. */
static inline void must(bool ok)
{
	if (!ok)
		_exit(9);
}

/* A packet, and with which look it comes into sight. */
struct fake_rec {
	uint64_t ts_ns;
	unsigned look;
};

struct fake {
	const char *name;
	/* The step that fails, such as "begin A"; NULL: none. The same for all. */
	const char *fails;
	const struct fake_rec *recs;
	size_t len;
	/* By look, from 1 on: no record older than that will come. Past its end: FOREVER. */
	const uint64_t *bounds;
	size_t bounds_len;
	/* How often step() has more to do. */
	unsigned steps;
	/* Called by step(), with how often that was called so far, from 1 on. 0, 1 or -errno. */
	int (*at_step)(struct fake *f, unsigned n);
	int (*at_begin)(struct fake *f);
	void (*at_end)(struct fake *f);
	/* Write down looks, takes, steps and rests as well. */
	bool verbose;
	struct skw_keeper_table *table;

	struct skw_loop *loop;
	size_t at; /* the next record */
	unsigned looks, stepped;
	bool quiesced;
};

/* Writes a step down; FAILURE if it is the one that fails. */
static inline int step_of(const struct fake *f, const char *step, struct skw_error *err)
{
	char name[64];

	snprintf(name, sizeof(name), "%s %s", step, f->name);
	note("%s-%s", step, f->name);
	return f->fails && strcmp(f->fails, name) == 0
		       ? skw_error_set(err, FAILURE, "%s failed", name)
		       : 0;
}

static inline int fake_prepare(void *ctx, struct skw_error *err)
{
	return step_of(ctx, "prepare", err);
}

static inline struct skw_keeper_table *fake_verbs(void *ctx)
{
	return ((struct fake *)ctx)->table;
}

static inline int fake_begin(void *ctx, struct skw_loop *loop, struct skw_error *err)
{
	struct fake *f = ctx;
	int ret = step_of(f, "begin", err);

	f->loop = loop;
	return ret || !f->at_begin ? ret : f->at_begin(f);
}

static inline int fake_start(void *ctx, struct skw_error *err)
{
	return step_of(ctx, "start", err);
}

static inline int fake_look(void *ctx, uint64_t now_ns, struct skw_error *err)
{
	struct fake *f = ctx;

	f->looks = now_ns == UINT64_MAX ? UINT32_MAX : f->looks + 1;
	must((now_ns == UINT64_MAX) == f->quiesced);
	return f->verbose ? step_of(f, "look", err) : 0;
}

static inline bool fake_peek(void *ctx, uint64_t *ts_ns)
{
	const struct fake *f = ctx;
	bool in_sight = f->at < f->len && f->recs[f->at].look <= f->looks;

	*ts_ns = in_sight                    ? f->recs[f->at].ts_ns
		 : f->looks <= f->bounds_len ? f->bounds[f->looks - 1]
					     : FOREVER;
	return in_sight;
}

/* All that is in sight and not younger, as one run. */
static inline int fake_take(void *ctx, uint64_t until_ns, struct skw_error *err)
{
	struct fake *f = ctx;
	struct skw_packet run[16] = { 0 };
	size_t n = 0;
	int ret = f->verbose ? step_of(f, "take", err) : 0;

	if (ret)
		return ret;
	for (size_t i = f->at; i < f->len && f->recs[i].look <= f->looks; i++)
		if (f->recs[i].ts_ns <= until_ns)
			run[n++] = (struct skw_packet){ .ts_ns = f->recs[i].ts_ns,
							.comment = f->name };
	ret = skw_loop_packets(f->loop, run, n, err);
	if (ret < 0)
		return ret;
	f->at += (size_t)ret;
	return 0;
}

static inline int fake_step(void *ctx, struct skw_error *err)
{
	struct fake *f = ctx;
	int ret = f->verbose ? step_of(f, "step", err) : 0;

	f->stepped++;
	if (ret)
		return ret;
	if (f->at_step)
		return f->at_step(f, f->stepped);
	return f->stepped <= f->steps;
}

static inline int fake_rest(void *ctx)
{
	struct fake *f = ctx;

	if (f->verbose)
		note("rest-%s", f->name);
	return f->looks < f->bounds_len ? 0 : -1;
}

static inline void fake_quiesce(void *ctx)
{
	struct fake *f = ctx;

	f->quiesced = true;
	note("quiesce-%s", f->name);
}

static inline int fake_end(void *ctx, struct skw_error *err)
{
	struct fake *f = ctx;

	if (f->at_end)
		f->at_end(f);
	return step_of(f, "end", err);
}

static inline void fake_free(void *ctx)
{
	note("free-%s", ((struct fake *)ctx)->name);
}

static const struct skw_source_ops fake_ops = {
	.prepare = fake_prepare,
	.verbs = fake_verbs,
	.begin = fake_begin,
	.start = fake_start,
	.look = fake_look,
	.peek = fake_peek,
	.take = fake_take,
	.step = fake_step,
	.rest = fake_rest,
	.quiesce = fake_quiesce,
	.end = fake_end,
	.free = fake_free,
};

/* A sink: "A10 A20 " are packets of the source A. */
struct basin {
	const char *fails;
	/* It takes this number of packets, then none until wake_fd is written to; 0: all. */
	size_t room;
	/* After this number it is enough; 0: never. */
	size_t limit;
	/* Write pauses down, with the time up to which there is everything. */
	bool pauses;
	int wake_fd;

	struct skw_loop *loop;
	size_t packets, held;
};

static inline int step_of_basin(const struct basin *b, const char *step, struct skw_error *err)
{
	const struct fake as = { .name = "sink", .fails = b->fails };

	return step_of(&as, step, err);
}

static inline int basin_open(void *ctx, struct skw_loop *loop, struct skw_error *err)
{
	((struct basin *)ctx)->loop = loop;
	return step_of_basin(ctx, "open", err);
}

static inline int basin_start(void *ctx, struct skw_error *err)
{
	return step_of_basin(ctx, "start", err);
}

static inline int basin_packets(void *ctx, const struct skw_packet *run, size_t n, bool wait,
				struct skw_error *err)
{
	struct basin *b = ctx;

	if (b->fails && strcmp(b->fails, "packets sink") == 0)
		return step_of_basin(b, "packets", err);
	for (size_t i = 0; i < n; i++) {
		if (b->room && !wait && b->packets == b->room) {
			note("full");
			b->held++;
			return (int)i;
		}
		note("%s%llu", run[i].comment, (unsigned long long)run[i].ts_ns);
		if (++b->packets != b->limit)
			continue;
		skw_loop_enough(b->loop);
		return (int)i + 1;
	}
	return (int)n;
}

static inline int basin_pause(void *ctx, uint64_t until_ns, struct skw_error *err)
{
	const struct basin *b = ctx;
	uint64_t offset_ns = (uint64_t)skw_loop_clock(b->loop)->offset_ns;

	if (b->pauses)
		note("pause-%llu",
		     (unsigned long long)(until_ns ? until_ns - offset_ns : until_ns));
	return b->fails && strcmp(b->fails, "pause sink") == 0 ? step_of_basin(b, "pause", err) : 0;
}

static inline int basin_signal(void *ctx, int signo, struct skw_error *err)
{
	(void)ctx;
	(void)err;
	note("signal-%d", signo);
	return 0;
}

static inline void basin_hurry(void *ctx, unsigned ms)
{
	(void)ctx;
	note("hurry-%u", ms);
}

static inline int basin_close(void *ctx, uint64_t real_ns, struct skw_error *err)
{
	const struct basin *b = ctx;

	must(real_ns > 0);
	if (b->loop && skw_loop_has_failed(b->loop))
		note("failed");
	return step_of_basin(b, "close", err);
}

static const struct skw_sink_ops basin_ops = {
	.open = basin_open,
	.start = basin_start,
	.packets = basin_packets,
	.pause = basin_pause,
	.signal = basin_signal,
	.hurry = basin_hurry,
	.close = basin_close,
};

static inline void report(void *ctx, bool final)
{
	(void)ctx;
	note(final ? "report" : "figures");
}

/* A run, with what `plan` says beside the sources and the sink. Its process's wait status. */
static inline int run_plan(struct skw_loop_plan plan, struct fake *const *fakes, size_t n,
			   struct basin *basin)
{
	struct skw_source sources[SKW_LOOP_SOURCES_MAX];
	const struct skw_sink sink = { &basin_ops, basin };
	int status = 0;

	for (size_t i = 0; i < n; i++)
		sources[i] = (struct skw_source){ &fake_ops, fakes[i] };
	plan.sources = sources;
	plan.sources_len = n;
	plan.sink = &sink;
	plan.report = report;
	memset(told, 0, sizeof(*told));
	fflush(NULL);

	pid_t child = fork();

	if (child == 0) {
		alarm(DEADLINE_S);
		signal(SIGHUP, SIG_DFL);
		told->ret = skw_loop_run(&plan, &told->err);
		note("returned");
		_exit(0);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	return status;
}

/* The same, which ends in order. */
static inline void run(struct skw_loop_plan plan, struct fake *const *fakes, size_t n,
		       struct basin *basin)
{
	assert_int_equal(run_plan(plan, fakes, n, basin), 0);
}

#define RUN(basin, ...)                                                                            \
	run((struct skw_loop_plan){ 0 }, (struct fake *const[]){ __VA_ARGS__ },                    \
	    sizeof((struct fake *const[]){ __VA_ARGS__ }) / sizeof(struct fake *), basin)

/* For at_step: an orderly end at once. */
static inline int stop_at_once(struct fake *f, unsigned n)
{
	(void)n;
	skw_loop_stop(f->loop);
	return 0;
}

/* Whether the log has these words one behind the other. */
static inline bool has(const char *words)
{
	return strstr(told->log, words) != NULL;
}

/* How often the log has this. */
static inline unsigned count(const char *word)
{
	unsigned n = 0;

	for (const char *at = told->log; (at = strstr(at, word)); at += strlen(word))
		n++;
	return n;
}

/* The packets of the log, in their order. */
static inline void assert_packets(const char *want)
{
	char got[sizeof(told->log)] = "", log[sizeof(told->log)];

	memcpy(log, told->log, sizeof(log));
	for (char *word = strtok(log, " "); word; word = strtok(NULL, " "))
		if (word[0] >= 'A' && word[0] <= 'Z' && word[1] >= '0' && word[1] <= '9')
			strcat(strcat(got, word), " ");
	assert_string_equal(got, want);
}

static inline int share(void **state)
{
	(void)state;
	told = mmap(NULL, sizeof(*told), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	return told == MAP_FAILED ? -1 : 0;
}

#endif
