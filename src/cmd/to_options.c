// SPDX-License-Identifier: BSD-2-Clause
#include <config.h>

#include "cmd/to_options.h"

#include <errno.h>
#include <string.h>

#include "cmd/words/read_text.h"
#include "post/ring.h"
#include "util/cleanup.h"
#include "util/clock.h"

#define BATCH_BYTES   (4ULL << 20) /* or a quarter of the room, if that is less */
#define BATCH_MAX     (256ULL << 20)
#define BATCH_NS      SKW_NS_PER_S
#define BATCH_MAX_NS  (3600 * SKW_NS_PER_S)
#define TIMEOUT_NS    (30 * SKW_NS_PER_S)
#define QUEUE_BYTES   (16ULL << 20)
#define QUEUE_MAX     (16ULL << 30)
#define SPOOL_BYTES   (256ULL << 20)
#define SPOOL_MAX     (1ULL << 40)
#define SECOND_MIN_NS (10 * SKW_NS_PER_MS)

#define AT(field)     offsetof(struct skw_to_options, field)

static int add_header(void *values, const char *arg, struct skw_error *err)
{
	struct skw_to_options *o = values;

	if (o->headers_len == SKW_TO_OPTIONS_HEADERS)
		return skw_error_usage(err, "--to-header: more than %d; write them into a file",
				       SKW_TO_OPTIONS_HEADERS);
	o->headers[o->headers_len++] = arg;
	return 0;
}

static const struct skw_option options[] = {
	{ .name = "to",
	  .arg = "TARGET",
	  .help = "send lines of JSON to unix:PATH, tcp:HOST:PORT or http://HOST:PORT/PATH, "
		  "instead "
		  "of printing lines",
	  .kind = SKW_OPT_STRING,
	  .offset = AT(plan.to) },
	{ .name = "to-header",
	  .arg = "HEADER",
	  .help = "add 'NAME: VALUE' to requests by HTTP, or the lines of a file (@FILE); "
		  "repeatable",
	  .kind = SKW_OPT_CALL,
	  .call = add_header },
	{ .name = "to-timeout",
	  .arg = "TIME",
	  .help = "send again what a server has not answered after TIME (default 30s)",
	  .kind = SKW_OPT_DURATION,
	  .offset = AT(plan.timeout_ns),
	  .min = SECOND_MIN_NS,
	  .max = BATCH_MAX_NS,
	  .limits = "10 ms to an hour" },
	{ .name = "batch-size",
	  .arg = "SIZE",
	  .help = "send a request when SIZE has come together (default 4M)",
	  .kind = SKW_OPT_SIZE,
	  .offset = AT(plan.batch_bytes),
	  .min = 1,
	  .max = BATCH_MAX,
	  .limits = "1 to 256M" },
	{ .name = "batch-time",
	  .arg = "TIME",
	  .help = "or when its first line has waited for TIME (default 1s)",
	  .kind = SKW_OPT_DURATION,
	  .offset = AT(plan.batch_ns),
	  .min = SKW_NS_PER_MS,
	  .max = BATCH_MAX_NS,
	  .limits = "1 ms to an hour" },
	{ .name = "queue",
	  .arg = "SIZE",
	  .help = "memory for what waits for the receiver (default 16M)",
	  .kind = SKW_OPT_SIZE,
	  .offset = AT(plan.queue_bytes),
	  .min = SKW_POST_RING_MIN,
	  .max = QUEUE_MAX,
	  .limits = "256K to 16G" },
	{ .name = "spool",
	  .arg = "DIR",
	  .help = "let it wait in a file in DIR, which outlives skwatch",
	  .kind = SKW_OPT_STRING,
	  .offset = AT(plan.spool) },
	{ .name = "spool-size",
	  .arg = "SIZE",
	  .help = "size of that file (default 256M)",
	  .kind = SKW_OPT_SIZE,
	  .offset = AT(plan.spool_bytes),
	  .min = SKW_POST_RING_MIN,
	  .max = SPOOL_MAX,
	  .limits = "256K to 1T" },
};

const struct skw_option_table skw_to_options_all = { options, SKW_ARRAY_SIZE(options) };

/* ---- headers ---- */

/* Each line is a header; empty lines and lines with # are left out. */
static int add_file(struct skw_post_target *t, const char *name, struct skw_error *err)
{
	SKW_CLEANUP(skw_buf_free) struct skw_buf text = SKW_BUF_INIT;
	int ret = skw_read_text("--to-header", name, "a list of headers", &text, err);
	const char *at = (const char *)text.data;
	const char *end = at ? at + text.len : NULL;

	while (!ret && at < end) {
		const char *newline = memchr(at, '\n', (size_t)(end - at));
		size_t len = (size_t)((newline ? newline : end) - at);
		size_t used = len && at[len - 1] == '\r' ? len - 1 : len;

		if (used && at[0] != '#')
			ret = skw_post_target_field(t, at, used, err);
		at += len + (newline != NULL);
	}
	return ret;
}

static int add_headers(struct skw_to_options *o, struct skw_error *err)
{
	int ret = 0;

	for (size_t i = 0; !ret && i < o->headers_len; i++)
		ret = o->headers[i][0] == '@'
			      ? add_file(&o->plan.target, o->headers[i] + 1, err)
			      : skw_post_target_field(&o->plan.target, o->headers[i],
						      strlen(o->headers[i]), err);
	return ret;
}

/* ---- what goes together ---- */

static int check(const struct skw_to_options *o, struct skw_error *err)
{
	const struct skw_post_plan *plan = &o->plan;
	const char *alone = o->headers_len      ? "--to-header"
			    : plan->timeout_ns  ? "--to-timeout"
			    : plan->batch_bytes ? "--batch-size"
			    : plan->batch_ns    ? "--batch-time"
			    : plan->queue_bytes ? "--queue"
			    : plan->spool       ? "--spool"
			    : plan->spool_bytes ? "--spool-size"
						: NULL;

	if (!plan->to && alone)
		return skw_error_usage(err, "%s: it goes with --to", alone);
	if (plan->spool_bytes && !plan->spool)
		return skw_error_usage(err, "--spool-size: it goes with --spool DIR");
	if (plan->spool && !plan->spool[0])
		return skw_error_usage(err, "--spool: the folder's name is empty");
	if (plan->spool && plan->queue_bytes)
		return skw_error_usage(err, "--queue: with --spool, everything waits in its file; "
					    "give --spool-size");
	return 0;
}

static uint64_t room_of(const struct skw_post_plan *plan)
{
	return plan->spool ? plan->spool_bytes : plan->queue_bytes;
}

static void set_defaults(struct skw_post_plan *plan)
{
	if (!plan->batch_ns)
		plan->batch_ns = BATCH_NS;
	if (!plan->timeout_ns)
		plan->timeout_ns = TIMEOUT_NS;
	if (!plan->queue_bytes)
		plan->queue_bytes = QUEUE_BYTES;
	if (!plan->spool_bytes)
		plan->spool_bytes = SPOOL_BYTES;
	if (!plan->batch_bytes)
		plan->batch_bytes =
			room_of(plan) / 4 < BATCH_BYTES ? room_of(plan) / 4 : BATCH_BYTES;
}

/* A batch that never becomes full would wait although there is no more room. */
static int check_sizes(const struct skw_post_plan *plan, struct skw_error *err)
{
	if (plan->batch_bytes <= room_of(plan) / 2)
		return 0;
	return skw_error_usage(err, "--batch-size: more than half of --%s",
			       plan->spool ? "spool-size" : "queue");
}

int skw_to_options_finish(struct skw_to_options *o, struct skw_error *err)
{
	struct skw_post_plan *plan = &o->plan;
	int ret = check(o, err);

	if (ret || !plan->to)
		return ret;
	ret = skw_post_target_parse(plan->to, &plan->target, err);
	if (!ret)
		ret = add_headers(o, err);
	if (!ret && skw_post_target_finish(&plan->target, "skwatch/" PACKAGE_VERSION))
		ret = skw_error_set(err, -ENOMEM, "out of memory");
	if (!ret && plan->target.kind != SKW_POST_HTTP && (plan->batch_bytes || plan->batch_ns))
		ret = skw_error_usage(err, "--batch-size, --batch-time: only http:// has batches");
	set_defaults(plan);
	return ret ? ret : check_sizes(plan, err);
}

void skw_to_options_free(struct skw_to_options *o)
{
	skw_post_target_free(&o->plan.target);
}
