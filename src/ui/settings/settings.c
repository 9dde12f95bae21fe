// SPDX-License-Identifier: BSD-2-Clause
#include "ui/settings/settings.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "util/buf.h"
#include "util/cleanup.h"

#define LONGEST_PATH 4096
/* A longer file was not written by this program. */
#define LONGEST_FILE 65536

/* A line of the file. `read` returns false if the value is not valid. */
struct setting {
	const char *key;
	bool (*read)(struct skw_settings *s, const char *value);
	void (*write)(const struct skw_settings *s, struct skw_buf *out);
};

static bool read_word(const char *value, const char *yes, const char *no, bool *out)
{
	if (strcmp(value, yes) != 0 && strcmp(value, no) != 0)
		return false;
	*out = strcmp(value, yes) == 0;
	return true;
}

static bool read_sort(struct skw_settings *s, const char *value)
{
	return skw_view_sort_find(value, &s->sort);
}

static void write_sort(const struct skw_settings *s, struct skw_buf *out)
{
	skw_buf_add_str(out, skw_fields[s->sort].name);
}

static bool read_order(struct skw_settings *s, const char *value)
{
	return read_word(value, "ascending", "descending", &s->ascending);
}

static void write_order(const struct skw_settings *s, struct skw_buf *out)
{
	skw_buf_add_str(out, s->ascending ? "ascending" : "descending");
}

static bool read_group(struct skw_settings *s, const char *value)
{
	if (strcmp(value, skw_group_names[SKW_GROUP_NONE]) == 0) {
		s->group = SKW_GROUP_NONE;
		return true;
	}
	return skw_group_find(value, &s->group);
}

static void write_group(const struct skw_settings *s, struct skw_buf *out)
{
	skw_buf_add_str(out, skw_group_names[s->group]);
}

static bool read_listeners(struct skw_settings *s, const char *value)
{
	return read_word(value, "yes", "no", &s->listeners);
}

static void write_listeners(const struct skw_settings *s, struct skw_buf *out)
{
	skw_buf_add_str(out, s->listeners ? "yes" : "no");
}

static bool read_datagrams(struct skw_settings *s, const char *value)
{
	return read_word(value, "yes", "no", &s->datagrams);
}

static bool read_messages(struct skw_settings *s, const char *value)
{
	return read_word(value, "yes", "no", &s->messages);
}

static void write_messages(const struct skw_settings *s, struct skw_buf *out)
{
	skw_buf_add_str(out, s->messages ? "yes" : "no");
}

static bool read_names(struct skw_settings *s, const char *value)
{
	return read_word(value, "yes", "no", &s->names);
}

static void write_names(const struct skw_settings *s, struct skw_buf *out)
{
	skw_buf_add_str(out, s->names ? "yes" : "no");
}

static void write_datagrams(const struct skw_settings *s, struct skw_buf *out)
{
	skw_buf_add_str(out, s->datagrams ? "yes" : "no");
}

static bool read_columns(struct skw_settings *s, const char *value)
{
	struct skw_settings read = { .columns_len = 0 };

	for (const char *p = value; *p; p += strspn(p, " ")) {
		size_t len = strcspn(p, " ");
		enum skw_column column = skw_column_find(p, len);

		if (column == SKW_COLUMNS || read.columns_len == SKW_LAYOUT_COLUMNS ||
		    memchr(read.columns, (int)column, read.columns_len))
			return false;
		read.columns[read.columns_len++] = (uint8_t)column;
		p += len;
	}
	memcpy(s->columns, read.columns, sizeof(s->columns));
	s->columns_len = read.columns_len;
	return true;
}

static void write_columns(const struct skw_settings *s, struct skw_buf *out)
{
	for (unsigned i = 0; i < s->columns_len; i++)
		skw_buf_printf(out, "%s%s", i ? " " : "", skw_columns[s->columns[i]].name);
}

static const struct setting settings[] = {
	{ "sort", read_sort, write_sort },
	{ "order", read_order, write_order },
	{ "group", read_group, write_group },
	{ "listeners", read_listeners, write_listeners },
	{ "datagrams", read_datagrams, write_datagrams },
	{ "messages", read_messages, write_messages },
	{ "names", read_names, write_names },
	{ "columns", read_columns, write_columns },
};

void skw_settings_default(struct skw_settings *s)
{
	*s = (struct skw_settings){ .sort = SKW_FIELD_SRTT_US, .group = SKW_GROUP_NONE };
}

/* The folder of the settings (XDG Base Directory Specification 0.8). -ENOENT if HOME is not set. */
static int config_folder(char *out, size_t size)
{
	const char *config = getenv("XDG_CONFIG_HOME"), *home = getenv("HOME");
	int n;

	if (config && config[0] == '/')
		n = snprintf(out, size, "%s/skwatch", config);
	else if (home && home[0] == '/')
		n = snprintf(out, size, "%s/.config/skwatch", home);
	else
		return -ENOENT;
	return n < (int)size ? 0 : -ENAMETOOLONG;
}

/* Reads the whole file and adds a terminating zero. -ENOENT if there is no such file. */
static int read_file(const char *path, struct skw_buf *out)
{
	SKW_AUTO_FD int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	ssize_t n = 1;

	if (fd < 0)
		return -errno;
	while (n > 0 && out->len < LONGEST_FILE) {
		uint8_t *p = skw_buf_reserve(out, 4096);

		if (!p)
			return -ENOMEM;
		n = read(fd, p, 4096);
		if (n < 0)
			return -errno;
		out->len += (size_t)n;
	}
	skw_buf_add_char(out, '\0');
	return out->failed ? -ENOMEM : 0;
}

/*
 * Cuts a line into key and value without the blanks around them. Returns false for a line that has
 * no key and value, such as an empty line or a comment.
 */
static bool cut_line(char *line, char **key, char **value)
{
	char *equals = strchr(line, '='), *end;

	*key = line + strspn(line, " \t");
	if (!**key || **key == '#' || !equals)
		return false;
	for (end = equals; end > *key && (end[-1] == ' ' || end[-1] == '\t'); end--)
		;
	*end = '\0';
	*value = equals + 1 + strspn(equals + 1, " \t");
	for (end = *value + strlen(*value);
	     end > *value && (end[-1] == ' ' || end[-1] == '\t' || end[-1] == '\r'); end--)
		;
	*end = '\0';
	return true;
}

static const struct setting *find(const char *key)
{
	for (size_t i = 0; i < SKW_ARRAY_SIZE(settings); i++)
		if (strcmp(settings[i].key, key) == 0)
			return &settings[i];
	return NULL;
}

static bool blank(const char *line)
{
	line += strspn(line, " \t\r");
	return !*line || *line == '#';
}

int skw_settings_load(struct skw_settings *s, unsigned *skipped)
{
	SKW_CLEANUP(skw_buf_free) struct skw_buf text = SKW_BUF_INIT;
	char path[LONGEST_PATH], *line, *rest, *key, *value;
	int ret = config_folder(path, sizeof(path) - sizeof("/top"));

	*skipped = 0;
	if (ret == -ENOENT)
		return 0;
	if (ret)
		return ret;
	strcat(path, "/top");
	ret = read_file(path, &text);
	if (ret)
		return ret == -ENOENT || ret == -ENOTDIR ? 0 : ret;
	for (rest = (char *)text.data; (line = strsep(&rest, "\n"));) {
		const struct setting *setting;

		if (blank(line))
			continue;
		if (!cut_line(line, &key, &value)) {
			(*skipped)++;
			continue;
		}
		setting = find(key);
		if (setting && !setting->read(s, value))
			(*skipped)++;
	}
	return 0;
}

/* Keeps the lines that this version did not write: comments, and keys of other versions. */
static void keep_others(struct skw_buf *out, char *old)
{
	char *line, *rest = old, *key, *value;

	while ((line = strsep(&rest, "\n"))) {
		SKW_AUTO_FREE char *copy = strdup(line);

		if (!copy)
			out->failed = true;
		else if (*line && !(cut_line(copy, &key, &value) && find(key)))
			skw_buf_printf(out, "%s\n", line);
	}
}

static int make_folders(const char *folder)
{
	char path[LONGEST_PATH];

	snprintf(path, sizeof(path), "%s", folder);
	for (char *p = path + 1; *p; p++) {
		if (*p != '/')
			continue;
		*p = '\0';
		if (mkdir(path, 0700) && errno != EEXIST)
			return -errno;
		*p = '/';
	}
	return mkdir(path, 0700) && errno != EEXIST ? -errno : 0;
}

static int write_all(int fd, const struct skw_buf *text)
{
	for (size_t done = 0; done < text->len;) {
		ssize_t n = write(fd, text->data + done, text->len - done);

		if (n < 0 && errno != EINTR)
			return -errno;
		if (n > 0)
			done += (size_t)n;
	}
	return 0;
}

static bool sort_differs(const struct skw_settings *before, const struct skw_settings *after)
{
	return after->sort != before->sort || after->ascending != before->ascending;
}

static bool columns_differ(const struct skw_settings *before, const struct skw_settings *after)
{
	return after->columns_len != before->columns_len ||
	       memcmp(after->columns, before->columns, after->columns_len) != 0;
}

bool skw_settings_differ(const struct skw_settings *before, const struct skw_settings *after)
{
	return sort_differs(before, after) || columns_differ(before, after) ||
	       after->group != before->group || after->listeners != before->listeners ||
	       after->datagrams != before->datagrams || after->messages != before->messages ||
	       after->names != before->names;
}

void skw_settings_merge(struct skw_settings *s, const struct skw_settings *before,
			const struct skw_settings *after)
{
	if (sort_differs(before, after)) {
		s->sort = after->sort;
		s->ascending = after->ascending;
	}
	if (after->group != before->group)
		s->group = after->group;
	if (after->listeners != before->listeners)
		s->listeners = after->listeners;
	if (after->datagrams != before->datagrams)
		s->datagrams = after->datagrams;
	if (after->messages != before->messages)
		s->messages = after->messages;
	if (after->names != before->names)
		s->names = after->names;
	if (columns_differ(before, after)) {
		memcpy(s->columns, after->columns, sizeof(s->columns));
		s->columns_len = after->columns_len;
	}
}

/* The bytes of a bool that another process sent may be any. */
static bool is_bool(const bool *b)
{
	unsigned char byte;

	memcpy(&byte, b, sizeof(byte));
	return byte <= 1;
}

bool skw_settings_are_valid(const struct skw_settings *s)
{
	if (s->sort >= SKW_FIELDS || s->group >= SKW_GROUPS ||
	    s->columns_len > SKW_ARRAY_SIZE(s->columns) || !is_bool(&s->ascending) ||
	    !is_bool(&s->listeners) || !is_bool(&s->datagrams) || !is_bool(&s->messages) ||
	    !is_bool(&s->names))
		return false;
	for (size_t i = 0; i < s->columns_len; i++)
		if (s->columns[i] >= SKW_COLUMNS)
			return false;
	return true;
}

int skw_settings_save(const struct skw_settings *s)
{
	SKW_CLEANUP(skw_buf_free) struct skw_buf old = SKW_BUF_INIT;
	SKW_CLEANUP(skw_buf_free) struct skw_buf text = SKW_BUF_INIT;
	char folder[LONGEST_PATH], path[LONGEST_PATH + 8], beside[LONGEST_PATH + 16];
	int ret = config_folder(folder, sizeof(folder));

	if (ret)
		return ret;
	snprintf(path, sizeof(path), "%s/top", folder);
	snprintf(beside, sizeof(beside), "%s/top.XXXXXX", folder);
	ret = read_file(path, &old);
	if (!ret)
		keep_others(&text, (char *)old.data);
	else if (ret != -ENOENT)
		return ret;
	for (size_t i = 0; i < SKW_ARRAY_SIZE(settings); i++) {
		skw_buf_printf(&text, "%s = ", settings[i].key);
		settings[i].write(s, &text);
		skw_buf_add_char(&text, '\n');
	}
	if (text.failed)
		return -ENOMEM;
	ret = make_folders(folder);
	if (ret)
		return ret;
	SKW_AUTO_FD int fd = mkostemp(beside, O_CLOEXEC);
	if (fd < 0)
		return -errno;
	ret = write_all(fd, &text);
	if (!ret && rename(beside, path))
		ret = -errno;
	if (ret)
		unlink(beside);
	return ret;
}
