// SPDX-License-Identifier: BSD-2-Clause
#include "cmd/dialog.h"

#include <errno.h>
#include <linux/types.h>
#include <stdlib.h>
#include <string.h>

#include "abi/packet.h"
#include "cmd/words/owner_words.h"
#include "session/extcap.h"
#include "util/cleanup.h"

/* The first settings choose processes, and only one interface has them. */
enum { PID, CHILDREN, COMM, CGROUP, OWNER_SETTINGS };

#define AT(field) offsetof(struct skw_dialog, field)

/* Each setting has its option here, and its sentence in the next table. */
static const struct skw_option settings[] = {
	[PID] = { .name = "pid",
		  .arg = "LIST",
		  .help = "only packets of the processes with these numbers",
		  .kind = SKW_OPT_STRING,
		  .offset = AT(pids) },
	[CHILDREN] = { .name = "children",
		       .help = "with --pid, also packets of their children",
		       .kind = SKW_OPT_FLAG,
		       .offset = AT(plan.capture.owners.children) },
	[COMM] = { .name = "comm",
		   .arg = "LIST",
		   .help = "only packets of processes with these names",
		   .kind = SKW_OPT_STRING,
		   .offset = AT(comms) },
	[CGROUP] = { .name = "cgroup",
		     .arg = "PATH",
		     .help = "only packets of this cgroup and those below it",
		     .kind = SKW_OPT_STRING,
		     .offset = AT(cgroup) },
	{ .name = "filter",
	  .arg = "FILTER",
	  .help = "another expression, which packets must match as well",
	  .kind = SKW_OPT_STRING,
	  .offset = AT(filter) },
	{ .name = "snapshot-length",
	  .arg = "BYTES",
	  .help = "bytes to keep of each packet",
	  .kind = SKW_OPT_UINT32,
	  .max = SKW_SNAPLEN_MAX,
	  .limits = "262144",
	  .offset = AT(plan.capture.snaplen) },
	{ .name = "no-promiscuous-mode",
	  .help = "do not put the interface into promiscuous mode",
	  .kind = SKW_OPT_FLAG,
	  .offset = AT(plan.capture.no_promiscuous) },
	{ .name = "no-owner",
	  .help = "do not look for the processes of packets",
	  .kind = SKW_OPT_FLAG,
	  .offset = AT(plan.no_owner) },
	{ .name = "events",
	  .help = "put what TCP does as rows between the packets",
	  .kind = SKW_OPT_FLAG,
	  .offset = AT(plan.recorded.on) },
	{ .name = "keylog",
	  .arg = "FILE",
	  .help = "put the secrets of FILE, a TLS key log, between the packets",
	  .kind = SKW_OPT_STRING,
	  .offset = AT(plan.keylog) },
};

/* A validation has no braces, as they would end the sentence. */
static const char *const sentences[] = {
	[PID] = "{display=Process}{type=selector}{reload=true}{placeholder=Refresh}"
		"{tooltip=Only packets of this process; the list has those with a socket now}",
	[CHILDREN] = "{display=And its children}{type=boolflag}{default=false}"
		     "{tooltip=Also packets of the children of the process}",
	[COMM] = "{display=Names}{type=string}{validation=^[^,]+(,[^,]+)*$}"
		 "{tooltip=Only packets of processes with these names, with commas between them}",
	[CGROUP] = "{display=Cgroup}{type=string}{validation=^[^ ].*$}"
		   "{tooltip=Only packets of this cgroup and those below it, such as "
		   "/system.slice/nginx.service}",
	"{display=Capture filter}{type=string}"
	"{tooltip=A pcap-filter expression, besides the filter of the interface}",
	"{display=Snapshot length}{type=unsigned}{range=1,262144}{default=262144}"
	"{tooltip=Bytes to keep of each packet}",
	"{display=No promiscuous mode}{type=boolflag}{default=false}"
	"{tooltip=Do not put the interface into promiscuous mode}",
	"{display=No owners}{type=boolflag}{default=false}"
	"{tooltip=Do not look for the processes of packets}",
	"{display=Events}{type=boolflag}{default=false}"
	"{tooltip=Put what TCP does as rows between the packets}",
	"{display=TLS key log}{type=fileselect}{mustexist=false}"
	"{tooltip=A file to which a program writes its TLS secrets (SSLKEYLOGFILE)}",
};
_Static_assert(SKW_ARRAY_SIZE(sentences) == SKW_ARRAY_SIZE(settings), "a sentence for each option");

const struct skw_option_table skw_dialog_settings = { settings, SKW_ARRAY_SIZE(settings) };

int skw_dialog_print(const char *interface, struct skw_error *err)
{
	bool by_owner = skw_session_extcap_is_by_owner(interface);
	size_t first = by_owner ? 0 : OWNER_SETTINGS;

	for (size_t i = first; i < SKW_ARRAY_SIZE(settings); i++)
		printf("arg {number=%zu}{call=--%s}%s\n", i - first, settings[i].name,
		       sentences[i]);
	return by_owner ? skw_session_extcap_processes(PID, err) : 0;
}

int skw_dialog_print_again(const char *interface, const char *setting, struct skw_error *err)
{
	setting += strspn(setting, "-");
	if (!skw_session_extcap_is_by_owner(interface) || strcmp(setting, settings[PID].name) != 0)
		return 0;
	return skw_session_extcap_processes(PID, err);
}

/* Ends each word of the list in place, and adds it to the owners. */
static int add_words(struct skw_owner_plan *owners, char *list,
		     int (*add)(struct skw_owner_plan *owners, const char *word,
				struct skw_error *err),
		     struct skw_error *err)
{
	int ret = 0;

	while (!ret && list) {
		char *word = strsep(&list, ",");

		ret = add(owners, word, err);
	}
	return ret;
}

/* The dialog has an empty word for none. */
static bool has_text(const char *word)
{
	return word && word[0];
}

static int join_filters(struct skw_dialog *d, struct skw_error *err)
{
	struct skw_buf *out = &d->text;

	if (has_text(d->capture_filter) && has_text(d->filter))
		skw_buf_printf(out, "(%s) and (%s)", d->capture_filter, d->filter);
	else if (has_text(d->capture_filter))
		skw_buf_add_str(out, d->capture_filter);
	else if (has_text(d->filter))
		skw_buf_add_str(out, d->filter);
	skw_buf_add_char(out, '\0');
	d->plan.capture.filter = (const char *)out->data;
	return out->failed ? skw_error_set(err, -ENOMEM, "filter: out of memory") : 0;
}

static int choose_owners(struct skw_dialog *d, struct skw_error *err)
{
	struct skw_owner_plan *owners = &d->plan.capture.owners;
	const char *pids = has_text(d->pids) ? d->pids : "";
	const char *comms = has_text(d->comms) ? d->comms : "";
	size_t pids_len = strlen(pids) + 1, comms_len = strlen(comms) + 1;
	int ret = 0;

	d->words = malloc(pids_len + comms_len);
	if (!d->words)
		return skw_error_set(err, -ENOMEM, "out of memory");
	memcpy(d->words, pids, pids_len);
	memcpy(d->words + pids_len, comms, comms_len);
	if (pids[0])
		ret = add_words(owners, d->words, skw_owner_words_add_pid, err);
	if (!ret && comms[0])
		ret = add_words(owners, d->words + pids_len, skw_owner_words_add_comm, err);
	if (!ret && has_text(d->cgroup))
		ret = skw_owner_words_add_cgroup(owners, d->cgroup, err);
	return ret;
}

int skw_dialog_take(struct skw_dialog *d, struct skw_error *err)
{
	int ret = join_filters(d, err);

	if (!has_text(d->plan.keylog))
		d->plan.keylog = NULL;
	d->plan.recorded.off = !d->plan.recorded.on;
	return ret ? ret : choose_owners(d, err);
}

void skw_dialog_free(struct skw_dialog *d)
{
	skw_buf_free(&d->text);
	free(d->words);
	d->words = NULL;
}
