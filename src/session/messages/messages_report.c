// SPDX-License-Identifier: BSD-2-Clause
#include "session/messages/messages_report.h"

#include <inttypes.h>

#include "util/say.h"

static void say_some(uint64_t n, const char *what)
{
	if (n)
		skw_say("%" PRIu64 " %s", n, what);
}

static void report_names(const struct skw_asked_figures *f)
{
	skw_say("%" PRIu64 " answers and %" PRIu64 " hellos with names", f->answers, f->hellos);
	say_some(f->unasked, "answers of DNS were not believed, as nobody has asked");
	say_some(f->strange, "answers or hellos have no usable name");
	say_some(f->questions_forgotten + f->addresses_forgotten + f->connections_forgotten +
			 f->pieces_forgotten,
		 "names, connections or questions were forgotten because memory is limited");
}

void skw_messages_report(struct skw_message_lines *lines)
{
	const struct skw_messages_figures *f = &lines->figures;
	const struct skw_payloads_figures *p = &lines->payloads;

	skw_message_lines_count(lines);
	skw_say("%" PRIu64 " messages, %" PRIu64 " %s; %" PRIu64 " with an error, %" PRIu64
		" without an answer, %" PRIu64 " answers without a request",
		f->messages, lines->printed,
		lines->summary  ? "in the table"
		: lines->out.to ? "taken"
				: "printed",
		f->errors, f->unanswered, f->orphans);
	skw_say("%" PRIu64 " packets, %" PRIu64 " connections recognised, %" PRIu64
		" not recognised",
		p->packets, f->recognised, f->unrecognised);
	if (p->streams.holes)
		skw_say("%" PRIu64 " holes of %" PRIu64 " bytes in streams, %" PRIu64
			" messages have one",
			p->streams.holes, p->streams.missing_bytes, f->with_holes);
	if (lines->names)
		report_names(&lines->named);
	if (lines->summary && lines->summary->others)
		skw_say("%" PRIu64 " messages are counted as other kinds, as the table has %zu "
			"groups",
			lines->summary->others, lines->summary->max);
	say_some(f->given_up, "times a connection made no sense any more");
	say_some(f->opaque, "connections can't be read further, as they are encrypted");
	say_some(f->crowded, "requests were given up because too many waited");
	say_some(p->forgotten, "connections were forgotten because memory is limited");
	say_some(p->cut_datagrams, "datagrams were captured in part");
	say_some(p->fragments, "IP fragments did not become whole");
	say_some(p->late, "segments came after the end of their connection");
	say_some(p->streams.strange, "segments were left out, as their numbers make no sense");
	say_some(p->unreadable, "packets are cut or damaged before their payload");
}
