// SPDX-License-Identifier: BSD-2-Clause
#include "out/trigger_name.h"

#include <arpa/inet.h>
#include <errno.h>
#include <inttypes.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "out/name.h"
#include "out/rotate.h"
#include "util/cleanup.h"
#include "util/clock.h"
#include "util/mapped.h"

#define UNKNOWN "unknown"
/* A name can be cut by a field, but not so that nothing of it is left. */
#define FIELD_MAX 48

static void put_comm(const struct skw_trigger_name *n, char *out, size_t size)
{
	char comm[sizeof(n->trigger->comm) + 1] = "";

	memcpy(comm, n->trigger->comm, sizeof(n->trigger->comm));
	snprintf(out, size, "%s", comm[0] ? comm : UNKNOWN);
}

static void put_pid(const struct skw_trigger_name *n, char *out, size_t size)
{
	if (n->trigger->pid)
		snprintf(out, size, "%" PRIu32, n->trigger->pid);
	else
		snprintf(out, size, UNKNOWN);
}

static void put_event(const struct skw_trigger_name *n, char *out, size_t size)
{
	snprintf(out, size, "%s", n->event);
}

/* An IPv4-mapped address is shown as IPv4, as everywhere. */
static void put_addr(uint8_t family, const uint8_t addr[16], char *out, size_t size)
{
	bool is_mapped = family == AF_INET6 && skw_mapped_is(addr);
	char text[INET6_ADDRSTRLEN] = UNKNOWN;

	if (is_mapped)
		inet_ntop(AF_INET, addr + SKW_MAPPED_AT, text, sizeof(text));
	else if (family == AF_INET || family == AF_INET6)
		inet_ntop(family, addr, text, sizeof(text));
	snprintf(out, size, "%s", text);
}

static void put_local_addr(const struct skw_trigger_name *n, char *out, size_t size)
{
	put_addr(n->trigger->tuple.family, n->trigger->tuple.local_addr, out, size);
}

static void put_local_port(const struct skw_trigger_name *n, char *out, size_t size)
{
	snprintf(out, size, "%" PRIu16, n->trigger->tuple.local_port);
}

static void put_remote_addr(const struct skw_trigger_name *n, char *out, size_t size)
{
	put_addr(n->trigger->tuple.family, n->trigger->tuple.remote_addr, out, size);
}

static void put_remote_port(const struct skw_trigger_name *n, char *out, size_t size)
{
	snprintf(out, size, "%" PRIu16, n->trigger->tuple.remote_port);
}

static void put_number(const struct skw_trigger_name *n, char *out, size_t size)
{
	snprintf(out, size, "%" PRIu64, n->made.number);
}

static void put_time(const struct skw_trigger_name *n, char *out, size_t size)
{
	uint64_t s = n->trigger->ts_ns / SKW_NS_PER_S, ns = n->trigger->ts_ns % SKW_NS_PER_S;

	snprintf(out, size, "%" PRIu64 ".%09" PRIu64, s, ns);
}

static const struct field {
	const char *name;     /* in a template; NULL: strftime() has it */
	const char *variable; /* of the environment */
	void (*put)(const struct skw_trigger_name *n, char *out, size_t size);
} fields[] = {
	{ "comm", "SKWATCH_COMM", put_comm },
	{ "pid", "SKWATCH_PID", put_pid },
	{ "event", "SKWATCH_EVENT", put_event },
	{ "local_addr", "SKWATCH_LOCAL_ADDR", put_local_addr },
	{ "local_port", "SKWATCH_LOCAL_PORT", put_local_port },
	{ "remote_addr", "SKWATCH_REMOTE_ADDR", put_remote_addr },
	{ "remote_port", "SKWATCH_REMOTE_PORT", put_remote_port },
	{ "number", "SKWATCH_NUMBER", put_number },
	{ NULL, "SKWATCH_TIME", put_time },
};

_Static_assert(SKW_ARRAY_SIZE(fields) + 1 == SKW_TRIGGER_NAME_VARIABLES, "the file is one more");

static bool is_safe(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
	       c == '.' || c == '_' || c == '+' || c == '-';
}

static void make_safe(char *text)
{
	for (; *text; text++)
		if (!is_safe(*text))
			*text = '_';
}

/* The field whose name stands at `at`, behind "%{". NULL: there is none. */
static const struct field *field_at(const char *at, size_t len)
{
	for (size_t i = 0; i < SKW_ARRAY_SIZE(fields); i++)
		if (fields[i].name && strlen(fields[i].name) == len &&
		    memcmp(fields[i].name, at, len) == 0)
			return &fields[i];
	return NULL;
}

const char *skw_trigger_name_base(const char *name)
{
	const char *slash = strrchr(name, '/');

	return slash ? slash + 1 : name;
}

/*
 * Puts the trigger's fields in the place of their names, and leaves those of strftime(). The values
 * have no '%'. Returns 0 or -ENAMETOOLONG.
 */
static int fill(const struct skw_trigger_name *n, const char *base, char *out, size_t size)
{
	size_t len = 0;

	out[0] = '\0';
	while (*base) {
		char value[FIELD_MAX + 1];
		size_t name_len = strcspn(base, "}"), part = 1;
		const struct field *f = NULL;

		if (base[0] == '%' && base[1] == '{' && base[name_len])
			f = field_at(base + 2, name_len - 2);
		if (f) {
			f->put(n, value, sizeof(value));
			make_safe(value);
		} else {
			/* "%%" must not be taken for the begin of a field. */
			part = base[0] == '%' && base[1] ? 2 : 1;
			snprintf(value, sizeof(value), "%.*s", (int)part, base);
		}
		if (len + strlen(value) >= size)
			return -ENAMETOOLONG;
		strcpy(out + len, value);
		len += strlen(value);
		base += f ? name_len + 1 : part;
	}
	return 0;
}

/* Where a number is put into a name: before the suffixes, so that programs know the file. */
static size_t stem_len(const char *base)
{
	size_t stem = skw_out_name_stem(base);

	for (size_t at = stem; at-- > 1;)
		if (base[at] == '.')
			return at;
	return stem;
}

static int make_base(const struct skw_trigger_name *n, char base[NAME_MAX + 1])
{
	const char *template = skw_trigger_name_base(n->template);
	char filled[PATH_MAX], timed[PATH_MAX];
	int ret = fill(n, template, filled, sizeof(filled));

	if (!ret)
		ret = skw_rotate_time(filled, (time_t)(n->trigger->ts_ns / SKW_NS_PER_S), timed,
				      sizeof(timed));
	if (ret)
		return ret;
	/* The user's own fields may have it: %D. */
	for (char *c = timed; *c; c++)
		*c = *c == '/' ? '_' : *c;
	if (timed[0] == '.' && template[0] != '.')
		timed[0] = '_';
	if (!timed[0])
		return -EINVAL;

	char number[24] = "";
	int stem = (int)stem_len(timed);

	if (n->made.copy)
		snprintf(number, sizeof(number), "-%" PRIu64, n->made.copy);
	int len = snprintf(base, NAME_MAX + 1, "%.*s%s%s", stem, timed, number, timed + stem);
	return len < 0 || len > NAME_MAX ? -ENAMETOOLONG : 0;
}

int skw_trigger_name_make(const struct skw_trigger_name *n, char name[PATH_MAX])
{
	const char *from = skw_trigger_name_base(n->template);
	char base[NAME_MAX + 1];
	int ret = make_base(n, base);

	if (ret)
		return ret;
	int len = snprintf(name, PATH_MAX, "%.*s%s", (int)(from - n->template), n->template, base);
	return len < 0 || len >= PATH_MAX ? -ENAMETOOLONG : 0;
}

static int check_fields(const char *base, struct skw_error *err)
{
	for (const char *at = base; (at = strchr(at, '%')); at += 2) {
		size_t len = strcspn(at, "}");

		if (!at[1])
			return skw_error_usage(err, "-w: there is no field behind the last %%; "
						    "%%%% stands for one %%");
		if (at[1] != '{')
			continue;
		if (!at[len])
			return skw_error_usage(err, "-w: \"%s\" has no }", at);
		if (!field_at(at + 2, len - 2))
			return skw_error_usage(
				err,
				"-w: there is no field \"%.*s\"; there are %%{comm}, "
				"%%{pid}, %%{event}, %%{local_addr}, "
				"%%{local_port}, %%{remote_addr}, %%{remote_port}, "
				"%%{number} and those of strftime(3)",
				(int)len + 1, at);
	}
	return 0;
}

int skw_trigger_name_check(const char *template, const char *event, struct skw_error *err)
{
	const char *base = skw_trigger_name_base(template);
	/* The longest values. */
	struct skw_file_trigger trigger = { .pid = UINT32_MAX };
	const struct skw_trigger_name longest = { .template = template,
						  .trigger = &trigger,
						  .event = event,
						  .made = { UINT32_MAX, UINT16_MAX } };
	char name[PATH_MAX];

	if (memchr(template, '%', (size_t)(base - template)))
		return skw_error_usage(err, "-w: the name of the folder can't have %% fields, only "
					    "that of the file");
	if (check_fields(base, err))
		return -EINVAL;
	memset(trigger.comm, 'c', sizeof(trigger.comm));
	memset(&trigger.tuple, 0xee, sizeof(trigger.tuple));
	trigger.tuple.family = AF_INET6;
	if (skw_trigger_name_make(&longest, name))
		return skw_error_usage(err, "-w: names of files would be too long: give it fewer "
					    "fields");
	return 0;
}

void skw_trigger_name_tell(const struct skw_trigger_name *n, const char *file,
			   struct skw_trigger_name_environment *env)
{
	size_t i;

	for (i = 0; i < SKW_ARRAY_SIZE(fields); i++) {
		char *text = env->texts[i];
		int len = snprintf(text, SKW_TRIGGER_NAME_TEXT, "%s=", fields[i].variable);

		fields[i].put(n, text + len, SKW_TRIGGER_NAME_TEXT - (size_t)len);
		/* A script may print it, or put it into a command without quotes. */
		if (fields[i].put == put_comm)
			make_safe(text + len);
		env->list[i] = text;
	}
	snprintf(env->file, sizeof(env->file), "SKWATCH_FILE=%s", file);
	env->list[i++] = env->file;
	env->list[i] = NULL;
}
