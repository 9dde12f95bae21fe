// SPDX-License-Identifier: BSD-2-Clause
#include "cmd/words/name_list.h"

#include <arpa/inet.h>
#include <netdb.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "util/cleanup.h"

struct skw_listed_name {
	char *text; /* owned */
	bool is_user;
	uint32_t number;
};

static const struct skw_listed_name *find(const struct skw_name_list *l, const char *text,
					  bool is_user)
{
	for (size_t i = 0; i < l->len; i++)
		if (l->all[i].is_user == is_user && strcmp(l->all[i].text, text) == 0)
			return &l->all[i];
	return NULL;
}

/* The first number that a name is given stays. A name for which memory is short is left out. */
static void add(struct skw_name_list *l, const char *text, bool is_user, uint32_t number)
{
	if (find(l, text, is_user))
		return;
	if (l->len == l->size) {
		size_t size = l->size ? l->size * 2 : 64;
		struct skw_listed_name *all = reallocarray(l->all, size, sizeof(*all));

		if (!all)
			return;
		l->all = all;
		l->size = size;
	}
	char *copy = strdup(text);

	if (copy)
		l->all[l->len++] = (struct skw_listed_name){ copy, is_user, number };
}

static bool find_user(void *ctx, const char *name, uint32_t *out)
{
	struct skw_name_list *l = ctx;
	const struct skw_listed_name *found;

	if (!l->sealed) {
		const struct passwd *user = getpwnam(name);

		if (user)
			add(l, name, true, user->pw_uid);
	}
	found = find(l, name, true);
	if (found)
		*out = found->number;
	return found != NULL;
}

static bool find_service(void *ctx, const char *name, uint16_t *out)
{
	struct skw_name_list *l = ctx;
	const struct skw_listed_name *found;

	if (!l->sealed) {
		const struct servent *service = getservbyname(name, "tcp");

		if (!service)
			service = getservbyname(name, "udp");
		if (service)
			add(l, name, false, ntohs((uint16_t)service->s_port));
	}
	found = find(l, name, false);
	if (found)
		*out = (uint16_t)found->number;
	return found != NULL;
}

void skw_name_list_begin(struct skw_name_list *l)
{
	*l = (struct skw_name_list){ .names = { find_user, find_service, l } };
}

/*
 * The file is read itself: getpwent() may ask a server for thousands of users, and wait for it. A
 * user of such a server is known if the command line has named it.
 */
static void read_users(struct skw_name_list *l)
{
	SKW_AUTO_FILE FILE *f = fopen("/etc/passwd", "re");
	const struct passwd *user;

	while (f && (user = fgetpwent(f)))
		add(l, user->pw_name, true, user->pw_uid);
}

/* Reads "https 443/tcp www", see services(5). Ports of TCP come before those of other protocols. */
static void read_services(struct skw_name_list *l, bool tcp)
{
	SKW_AUTO_FILE FILE *f = fopen("/etc/services", "re");
	SKW_AUTO_FREE char *line = NULL;
	size_t size = 0;

	while (f && getline(&line, &size, f) > 0) {
		char *rest, *name, *port, *proto;

		line[strcspn(line, "#\n")] = '\0';
		name = strtok_r(line, " \t", &rest);
		port = name ? strtok_r(NULL, " \t", &rest) : NULL;
		proto = port ? strchr(port, '/') : NULL;
		if (!proto || (strcmp(proto, "/tcp") == 0) != tcp)
			continue;
		unsigned long number = strtoul(port, NULL, 10);

		for (; name && number <= UINT16_MAX; name = strtok_r(NULL, " \t", &rest))
			add(l, name, false, (uint32_t)number);
	}
}

void skw_name_list_seal(struct skw_name_list *l)
{
	read_users(l);
	read_services(l, true);
	read_services(l, false);
	l->sealed = true;
}

void skw_name_list_free(struct skw_name_list *l)
{
	for (size_t i = 0; i < l->len; i++)
		free(l->all[i].text);
	free(l->all);
	*l = (struct skw_name_list){ 0 };
}
