// SPDX-License-Identifier: BSD-2-Clause
#include "session/outputs.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "keeper/rights.h"
#include "util/random.h"

/* The default of --summary-size. */
#define SUMMARY_BYTES (64ULL << 20)

static int status_figures(void *ctx, struct skw_status_figures *figures)
{
	const struct skw_outputs *o = ctx;

	*figures = (struct skw_status_figures){ .packets = o->tee.packets };
	if (o->triggers) {
		const struct skw_record_triggers_figures now =
			skw_record_triggers_figures(o->triggers);

		figures->bytes = now.bytes;
		figures->file = now.name;
	} else {
		figures->bytes = skw_recorder_bytes(o->recorder);
		figures->file = skw_recorder_name(o->recorder);
	}
	figures->dropped = o->source->dropped(o->source->ctx);
	return 0;
}

/* The stage that keeps packets in memory, and what is behind it. */
static int add_flight(struct skw_outputs *o, const struct skw_recorder_options *opt,
		      struct skw_error *err)
{
	int ret = skw_flight_session_make(&o->flight, o->plan, err);

	if (ret)
		return ret;
	o->files.list.events = o->flight.texts;
	o->files.list.events_len = SKW_TRIGGERS_END;
	if (o->plan->file.triggers_max)
		ret = skw_record_triggers_new(opt, o->plan->flight.any, &o->triggers, err);
	else
		ret = skw_recorder_new(opt, &o->recorder, err);
	if (ret)
		return ret;
	o->flight.files = o->triggers;
	o->flight.inner = o->triggers ? skw_record_triggers_sink(o->triggers)
				      : skw_recorder_sink(o->recorder);
	skw_tee_add(&o->tee, skw_flight_session_sink(&o->flight));
	return 0;
}

static int add_recorder(struct skw_outputs *o, const struct skw_recorder_options *opt,
			struct skw_error *err)
{
	int ret = skw_recorder_new(opt, &o->recorder, err);

	if (!ret)
		skw_tee_add(&o->tee, skw_recorder_sink(o->recorder));
	return ret;
}

static int add_files(struct skw_outputs *o, struct skw_error *err)
{
	bool flight = o->plan->flight.on != NULL;
	const struct skw_recorder_options opt = {
		.files = &o->files,
		.kind = o->source->kind,
		.iface = o->source->iface,
		.stats = o->source->stats,
		.ctx = o->source->ctx,
		.names = o->plan->named ? &o->asked_options : NULL,
		.events = o->plan->recorded.wanted && !flight ? &o->plan->recorded.what : NULL
	};

	o->files.list.plan = &o->plan->file;
	o->files.who = o->plan->user ? &o->who : NULL;
	skw_verbs_files_prepare(&o->files);
	o->tables[0] = &o->files.table;
	int ret = flight ? add_flight(o, &opt, err) : add_recorder(o, &opt, err);
	if (ret)
		return ret;
	if (!o->source->dropped || o->plan->lines || o->plan->command || o->plan->capture.quiet ||
	    !isatty(STDERR_FILENO))
		return 0;
	o->status = (struct skw_status){ .figures = status_figures, .ctx = o };
	skw_tee_add(&o->tee, skw_status_sink(&o->status));
	return 0;
}

/* The process for the names is made here, before there is anything that it must not have. */
static int add_names(struct skw_outputs *o, struct skw_error *err)
{
	const struct skw_resolve_options opt = { .who = o->plan->user ? &o->who : NULL,
						 .waits = o->plan->read_files_len > 0,
						 .no_domains = o->plan->no_domains };
	int ret = skw_resolve_new(&opt, &o->names, err);

	if (ret)
		return ret;
	o->print.names = skw_resolve_print(o->names);
	skw_tee_add(&o->tee, skw_resolve_sink(o->names));
	return 0;
}

/* Names that the packets tell. */
static int add_asked(struct skw_outputs *o, struct skw_error *err)
{
	if (skw_asked_lines_init(&o->asked, &o->asked_options))
		return skw_error_set(err, -ENOMEM, "--names: out of memory");
	o->print.names = &o->asked.print;
	return 0;
}

static int add_lines(struct skw_outputs *o, struct skw_error *err)
{
	o->print = o->plan->print;
	o->print.owners = o->plan->owner || (!o->plan->no_owner &&
					     (!o->plan->read_files_len || isatty(STDOUT_FILENO)));
	int ret = o->plan->resolve ? add_names(o, err) : o->plan->named ? add_asked(o, err) : 0;

	o->lines = (struct skw_packet_lines){ .print = &o->print,
					      .kind = o->source->kind,
					      .names = o->asked.asked ? &o->asked : NULL,
					      .events = o->plan->read_files_len &&
							!o->plan->recorded.off,
					      .some = o->plan->recorded.what.only_captured };
	skw_tee_add(&o->tee, skw_packet_lines_sink(&o->lines));
	return ret;
}

static int add_keylog(struct skw_outputs *o, struct skw_error *err)
{
	o->keylog_plan = (struct skw_keylog_plan){ .name = o->plan->keylog,
						   .who = o->plan->user ? &o->who : NULL,
						   .grows = o->source->is_pressed != NULL,
						   .quiet = o->plan->capture.quiet,
						   .is_pressed = o->source->is_pressed,
						   .ctx = o->source->ctx };
	int ret = skw_keylog_new(&o->keylog_plan, &o->keylog);

	return ret ? skw_error_set(err, ret, "--keylog: out of memory") : 0;
}

static int add_summary(struct skw_outputs *o, struct skw_error *err)
{
	struct skw_conversations_options *opt = &o->summary.options;

	o->summary.choice = &o->plan->summary_choice;
	opt->max_bytes = o->plan->summary_bytes ? o->plan->summary_bytes : SUMMARY_BYTES;
	skw_tee_add(&o->tee, skw_summary_sink(&o->summary));
	return skw_random_key(opt->key, "the summary", err);
}

int skw_outputs_make(struct skw_outputs *o, const struct skw_session_plan *plan,
		     const struct skw_outputs_source *source, struct skw_error *err)
{
	int ret = 0;

	*o = (struct skw_outputs){ .plan = plan, .source = source, .files.dir_fd = -EACCES };
	o->tee.limit = plan->count;
	if (plan->user)
		ret = skw_identity_lookup(plan->user, &o->who, err);
	if (plan->user && !ret)
		skw_rights_keep_groups(&o->who);
	if (!ret && plan->named) {
		o->asked_options = (struct skw_asked_options){ .max_bytes = SKW_ASKED_MAX_BYTES,
							       .live = !plan->read_files_len };
		ret = skw_random_key(o->asked_options.key, "names", err);
	}
	if (!ret && plan->file.name)
		ret = add_files(o, err);
	if (!ret && plan->keylog)
		ret = add_keylog(o, err);
	if (!ret && plan->summary)
		ret = add_summary(o, err);
	return ret || !plan->lines ? ret : add_lines(o, err);
}

void skw_outputs_free(struct skw_outputs *o)
{
	skw_flight_session_free(&o->flight);
	skw_recorder_free(o->recorder);
	skw_record_triggers_free(o->triggers);
	skw_keylog_free(o->keylog);
	skw_resolve_free(o->names);
	skw_asked_lines_free(&o->asked);
	skw_verbs_files_settle(&o->files);
}

void skw_outputs_plan(struct skw_outputs *o, const struct skw_source *sources, size_t len,
		      struct skw_loop_plan *plan)
{
	size_t n = 0;

	/* Secrets go before the packets. */
	if (o->keylog)
		o->sources[n++] = skw_keylog_source(o->keylog);
	for (size_t i = 0; i < len; i++)
		o->sources[n++] = sources[i];
	plan->sources = o->sources;
	plan->sources_len = n;
	o->sink = skw_tee_sink(&o->tee);
	plan->sink = &o->sink;
	plan->tables = o->tables;
	plan->tables_len = o->plan->file.name != NULL;
	plan->who = o->plan->user ? &o->who : NULL;
	/* A file is written by a thread. */
	plan->writes_files = o->plan->file.name != NULL;
	plan->no_sandbox = o->plan->no_sandbox;
	plan->duration_ns = o->plan->duration_ns;
}

uint64_t skw_outputs_lost(const struct skw_outputs *o)
{
	if (o->triggers)
		return skw_record_triggers_figures(o->triggers).lost;
	return o->recorder ? skw_recorder_lost(o->recorder) : 0;
}

void skw_outputs_print_count(const struct skw_outputs *o)
{
	if (o->plan->count_only)
		printf("%" PRIu64 " packet%s\n", o->tee.packets, o->tee.packets == 1 ? "" : "s");
}
