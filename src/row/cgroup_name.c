// SPDX-License-Identifier: BSD-2-Clause
#include "row/cgroup_name.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "util/cleanup.h"

/* Container engines use SHA-256 sums in hexadecimal as ids, and show the first 12 digits. */
#define ID_DIGITS   64
#define ID_SHOWN    12
#define UID_LEN_MAX 36 /* of a pod: RFC 9562, or 32 digits for a static one */

/* A part of the path, not terminated. */
struct part {
	const char *at;
	size_t len;
};

static bool ends_with(struct part p, const char *end)
{
	size_t len = strlen(end);

	return p.len >= len && memcmp(p.at + p.len - len, end, len) == 0;
}

static bool starts_with(struct part p, const char *start)
{
	size_t len = strlen(start);

	return p.len >= len && memcmp(p.at, start, len) == 0;
}

static struct part without(struct part p, const char *end)
{
	if (ends_with(p, end))
		p.len -= strlen(end);
	return p;
}

/* The part of the path that ends before `p`. Its length is 0 if there is none. */
static struct part part_before(const char *path, const char *p)
{
	while (p > path && p[-1] == '/')
		p--;
	struct part part = { p, 0 };

	while (part.at > path && part.at[-1] != '/') {
		part.at--;
		part.len++;
	}
	return part;
}

/*
 * "docker-ID.scope", "cri-containerd-ID.scope", "crio-ID.scope", "libpod-ID.scope", "a:b:ID" or
 * "ID".
 */
static bool find_container(struct part p, struct part *name)
{
	p = without(p, ".scope");
	if (p.len < ID_DIGITS)
		return false;
	struct part id = { p.at + p.len - ID_DIGITS, ID_DIGITS };

	if (p.len > ID_DIGITS && id.at[-1] != '-' && id.at[-1] != ':')
		return false;
	if (strspn(id.at, "0123456789abcdef") < ID_DIGITS)
		return false;
	*name = (struct part){ id.at, ID_SHOWN };
	return true;
}

/* "podUID", or "kubepods-burstable-podU_I_D.slice" if systemd made it. */
static bool find_pod(struct part p, struct part *name)
{
	p = without(p, ".slice");
	while (p.len > 3 && !starts_with(p, "pod")) {
		const char *dash = memchr(p.at, '-', p.len);

		if (!dash)
			return false;
		p.len -= (size_t)(dash + 1 - p.at);
		p.at = dash + 1;
	}
	if (p.len < 3 + 32 || p.len > 3 + UID_LEN_MAX)
		return false;
	if (strspn(p.at + 3, "0123456789abcdef-_") < p.len - 3)
		return false;
	*name = p;
	return true;
}

/* A service or a scope. The scopes of sessions and of init only hold other cgroups. */
static bool find_unit(struct part p, struct part *name)
{
	*name = p;
	if (starts_with(p, "session-") && ends_with(p, ".scope"))
		return false;
	return ends_with(p, ".service") ||
	       (ends_with(p, ".scope") && !(p.len == 10 && starts_with(p, "init.")));
}

static bool find_slice(struct part p, struct part *name)
{
	*name = starts_with(p, "user-") ? without(p, ".slice") : p;
	return ends_with(p, ".slice");
}

static bool find_any(struct part p, struct part *name)
{
	*name = p;
	return true;
}

/* They are tried in this order. Each finds the innermost part that it knows. */
static bool (*const finders[])(struct part p, struct part *name) = {
	find_container, find_pod, find_unit, find_slice, find_any,
};

static struct part find(const char *path)
{
	const char *end = path + strlen(path);
	struct part name = { "/", 1 };

	for (size_t i = 0; i < SKW_ARRAY_SIZE(finders); i++)
		for (struct part p = part_before(path, end); p.len; p = part_before(path, p.at))
			if (finders[i](p, &name))
				return name;
	return name;
}

const char *skw_cgroup_name_of(char *out, const char *path)
{
	struct part name = find(path);
	bool pod = starts_with(name, "pod") && strstr(path, "kubepods");
	size_t len = name.len < SKW_CGROUP_NAME_SIZE ? name.len : SKW_CGROUP_NAME_SIZE - 1;

	/* A cut must not leave half of a UTF-8 character. */
	while (len < name.len && len && ((unsigned char)name.at[len] & 0xc0) == 0x80)
		len--;
	for (size_t i = 0; i < len; i++) {
		unsigned char c = (unsigned char)name.at[i];

		out[i] = c < ' ' || c == 0x7f ? '?' : pod && c == '_' ? '-' : (char)c;
	}
	out[len] = '\0';
	return out;
}
