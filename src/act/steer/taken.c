// SPDX-License-Identifier: BSD-2-Clause
#include "act/steer/taken.h"

#include <errno.h>
#include <limits.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "kern/host/waiting.h"
#include "util/units.h"

enum meaning { EITHER, PORT, DESCRIPTOR };

struct word {
	const char *text;
	uint32_t pid;
	uint32_t number;
	enum meaning meaning;
	uint8_t proto;
};

static int parse(const char *text, struct word *out, struct skw_error *err)
{
	char pid[16];
	size_t len = strcspn(text, ":");
	const char *rest = text[len] ? text + len + 1 : "";
	uint64_t p = 0, n = 0;

	out->text = text;
	if (strncmp(rest, "port:", 5) == 0)
		out->meaning = PORT;
	else if (strncmp(rest, "fd:", 3) == 0)
		out->meaning = DESCRIPTOR;
	rest = out->meaning ? strchr(rest, ':') + 1 : rest;
	snprintf(pid, sizeof(pid), "%.*s", (int)len, text);
	if (!skw_units_parse_uint(pid, &p) || !skw_units_parse_uint(rest, &n) || !p ||
	    p > INT_MAX || n > INT_MAX)
		return skw_error_usage(err,
				       "%s: write PID:PORT or PID:FD, the number of a process and "
				       "its port or descriptor",
				       text);
	out->pid = (uint32_t)p;
	out->number = (uint32_t)n;
	return 0;
}

static int note(struct skw_taken_list *list, const struct word *word, int number,
		struct skw_error *err)
{
	struct skw_taken it = { .pid = word->pid };

	if (list->len == SKW_TAKEN_MAX)
		return skw_error_usage(err, "%s: there are more than %d sockets", word->text,
				       SKW_TAKEN_MAX);
	int ret = it.fd = skw_foreign_get(word->pid, number, err);

	if (ret < 0)
		return ret;
	ret = skw_foreign_describe(it.fd, &it.is);
	if (ret) {
		close(it.fd);
		return skw_error_set(err, ret, "descriptor %d of process %u is no socket", number,
				     word->pid);
	}
	list->all[list->len++] = it;
	return 0;
}

struct taking {
	const struct word *word;
	const struct skw_waiting *listeners;
	size_t n;
	struct skw_taken_list *list;
	struct skw_error *err;
	unsigned found;
	uint32_t inode_of_fd; /* of the descriptor that has the number; 0: none */
};

static bool is_noted(const struct skw_taken_list *list, uint32_t inode)
{
	for (size_t i = 0; i < list->len; i++)
		if (list->all[i].is.inode == inode)
			return true;
	return false;
}

static int look(void *ctx, int fd, uint32_t inode)
{
	struct taking *s = ctx;

	if ((uint32_t)fd == s->word->number)
		s->inode_of_fd = inode;
	for (size_t i = 0; s->word->meaning != DESCRIPTOR && i < s->n; i++) {
		if (s->listeners[i].inode != inode || s->listeners[i].port != s->word->number ||
		    is_noted(s->list, inode))
			continue;
		s->found++;
		return note(s->list, s->word, fd, s->err);
	}
	return 0;
}

/* Whether the descriptor of that number is one of the listeners, and another than those found. */
static bool is_ambiguous(const struct taking *s)
{
	if (s->word->meaning || !s->found || !s->inode_of_fd || is_noted(s->list, s->inode_of_fd))
		return false;
	for (size_t i = 0; i < s->n; i++)
		if (s->listeners[i].inode == s->inode_of_fd)
			return true;
	return false;
}

static int find(struct taking *s)
{
	const struct word *w = s->word;
	int ret = skw_foreign_each(w->pid, look, s);

	if (ret == -ENOENT)
		return skw_error_usage(s->err, "%s: there is no process %u", w->text, w->pid);
	if (ret == -EACCES || ret == -EPERM)
		return skw_error_usage(s->err,
				       "%s: the files of process %u can't be seen: %s; it takes "
				       "CAP_SYS_PTRACE",
				       w->text, w->pid, strerror(-ret));
	if (ret)
		return skw_error_usage(s->err, "%s: %s", w->text, strerror(-ret));
	if (is_ambiguous(s))
		return skw_error_usage(s->err,
				       "%s: process %u has this port and another listener as this "
				       "descriptor; write %u:port:%u or %u:fd:%u",
				       w->text, w->pid, w->pid, w->number, w->pid, w->number);
	if (s->found)
		return 0;
	if (w->meaning != PORT && s->inode_of_fd)
		return note(s->list, w, (int)w->number, s->err);
	return skw_error_usage(s->err, "%s: process %u has no %s %s %u%s", w->text, w->pid,
			       w->meaning == DESCRIPTOR  ? "socket"
			       : w->proto == IPPROTO_TCP ? "TCP listener"
							 : "UDP socket",
			       w->meaning == DESCRIPTOR ? "with descriptor" : "on port", w->number,
			       w->meaning == EITHER ? ", and no socket with this descriptor" : "");
}

int skw_taken_add(struct skw_taken_list *list, const char *word, uint8_t proto,
		  struct skw_error *err)
{
	struct word w = { .proto = proto };
	struct skw_error why = { 0 };
	struct skw_waiting *listeners = NULL;
	size_t n = 0;
	int ret = parse(word, &w, err);

	if (ret)
		return ret;
	if (w.meaning != DESCRIPTOR)
		ret = skw_waiting_read(w.pid, proto, &listeners, &n);
	/* A process that has gone is told of below. */
	if (ret && ret != -ENOENT && ret != -ESRCH)
		return skw_error_usage(err, "%s: the sockets of process %u: %s", word, w.pid,
				       strerror(-ret));
	struct taking s = { .word = &w, .listeners = listeners, .n = n, .list = list, .err = &why };
	ret = find(&s);
	free(listeners);
	/* Nothing was changed yet. */
	return ret ? skw_error_usage(err, "%s", why.text) : 0;
}

void skw_taken_close(struct skw_taken_list *list)
{
	while (list->len)
		close(list->all[--list->len].fd);
}
