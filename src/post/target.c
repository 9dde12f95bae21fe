// SPDX-License-Identifier: BSD-2-Clause
#include "post/target.h"

#include <ctype.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "post/base64.h"
#include "util/units.h"

#define HTTP_PORT "80"

static int fail(struct skw_error *err)
{
	return skw_error_set(err, -ENOMEM, "out of memory");
}

/* ---- host and port ---- */

/* `text` may have a password, so messages name a part of it only. */
static int take_host(struct skw_post_target *t, const char *text, size_t len, struct skw_error *err)
{
	if (!len || len > SKW_POST_HOST_MAX)
		return skw_error_usage(err, "--to: the host is %s", len ? "too long" : "missing");
	for (size_t i = 0; i < len; i++)
		if (!isalnum((unsigned char)text[i]) && !strchr(".-_:%", text[i]))
			return skw_error_usage(err, "--to: a host has no character '%c'",
					       isprint((unsigned char)text[i]) ? text[i] : '?');
	memcpy(t->host, text, len);
	t->host[len] = '\0';
	return 0;
}

static int take_port(struct skw_post_target *t, const char *text, size_t len, struct skw_error *err)
{
	char port[sizeof(t->port)] = "";
	uint16_t number;

	if (len < sizeof(port))
		memcpy(port, text, len);
	if (!skw_units_parse_port(port, &number) || !number)
		return skw_error_usage(err, "--to: %.*s: no port from 1 to 65535", (int)len, text);
	snprintf(t->port, sizeof(t->port), "%u", number);
	return 0;
}

/* "HOST", "HOST:PORT", "[ADDRESS]" or "[ADDRESS]:PORT". */
static int take_place(struct skw_post_target *t, const char *text, size_t len, const char *port,
		      struct skw_error *err)
{
	const char *end = text + len, *host = text, *colon;
	size_t host_len;
	int ret;

	if (len && text[0] == '[') {
		const char *close = memchr(text, ']', len);

		if (!close || (close + 1 < end && close[1] != ':'))
			return skw_error_usage(err, "--to: a ']' is missing behind the address");
		host++;
		host_len = (size_t)(close - host);
		colon = close + 1 < end ? close + 1 : NULL;
	} else {
		colon = memchr(text, ':', len);
		host_len = colon ? (size_t)(colon - text) : len;
		if (colon && memchr(colon + 1, ':', (size_t)(end - colon - 1)))
			return skw_error_usage(err, "--to: write an IPv6 address in brackets: "
						    "[ADDRESS]:PORT");
	}
	if (!colon && !port)
		return skw_error_usage(err, "--to: the port is missing: tcp:HOST:PORT");
	ret = take_host(t, host, host_len, err);
	if (!ret && colon)
		ret = take_port(t, colon + 1, (size_t)(end - colon - 1), err);
	else if (!ret)
		snprintf(t->port, sizeof(t->port), "%s", port);
	return ret;
}

static bool is_ip6(const struct skw_post_target *t)
{
	return strchr(t->host, ':') != NULL;
}

static void set_name(struct skw_post_target *t, const char *scheme)
{
	snprintf(t->name, sizeof(t->name), is_ip6(t) ? "%s[%s]:%s" : "%s%s:%s", scheme, t->host,
		 t->port);
}

/* ---- HTTP ---- */

/* A URL has no such bytes, so they are escaped for the user. */
static bool is_escaped(unsigned char c)
{
	return c <= ' ' || c >= 0x7f || strchr("\"<>\\^`{|}", c);
}

static void add_path(struct skw_buf *out, const char *path)
{
	if (path[0] != '/')
		skw_buf_add_char(out, '/');
	for (; *path; path++)
		if (is_escaped((unsigned char)*path))
			skw_buf_printf(out, "%%%02X", (unsigned char)*path);
		else
			skw_buf_add_char(out, *path);
}

static int hex(char c)
{
	return isdigit((unsigned char)c)    ? c - '0'
	       : isxdigit((unsigned char)c) ? tolower((unsigned char)c) - 'a' + 10
					    : -1;
}

/* "USER:PASSWORD", with bytes as %XX, as the value of a field (RFC 7617). */
static int add_user(struct skw_post_target *t, const char *text, size_t len, struct skw_error *err)
{
	struct skw_buf plain = SKW_BUF_INIT;
	int ret = 0;

	for (size_t i = 0; i < len; i++) {
		int high = text[i] == '%' && i + 2 < len ? hex(text[i + 1]) : -1;
		int low = high >= 0 ? hex(text[i + 2]) : -1;

		skw_buf_add_char(&plain, low < 0 ? text[i] : (char)(high << 4 | low));
		i += low < 0 ? 0 : 2;
	}
	if (!memchr(text, ':', len))
		skw_buf_add_char(&plain, ':');
	skw_buf_add_str(&t->fields, "Authorization: Basic ");
	if (!plain.failed)
		skw_post_base64(&t->fields, plain.data, plain.len);
	skw_buf_add_str(&t->fields, "\r\n");
	if (plain.failed || t->fields.failed)
		ret = fail(err);
	skw_buf_free(&plain);
	return ret;
}

static int parse_http(struct skw_post_target *t, const char *text, struct skw_error *err)
{
	size_t len = strcspn(text, "/?#");
	const char *path = text + len;
	const char *at = NULL;
	int ret = 0;

	t->kind = SKW_POST_HTTP;
	if (strchr(path, '#'))
		return skw_error_usage(err, "--to: a URL to send to has no #; write it as %%23");
	/* A password may have an @. */
	for (size_t i = 0; i < len; i++)
		if (text[i] == '@')
			at = text + i;
	if (at) {
		ret = add_user(t, text, (size_t)(at - text), err);
		len -= (size_t)(at + 1 - text);
		text = at + 1;
	}
	if (!ret)
		ret = take_place(t, text, len, HTTP_PORT, err);
	if (ret)
		return ret;
	set_name(t, "http://");
	skw_buf_add_str(&t->head, "POST ");
	add_path(&t->head, path);
	skw_buf_add_str(&t->head, " HTTP/1.1\r\n");
	return t->head.failed ? fail(err) : 0;
}

static int parse_unix(struct skw_post_target *t, const char *path, struct skw_error *err)
{
	size_t len = strlen(path);

	t->kind = SKW_POST_UNIX;
	if (!len || len > SKW_POST_PATH_MAX)
		return skw_error_usage(err, "--to unix:%.20s%s: a path has 1 to %d bytes", path,
				       len > 20 ? "..." : "", SKW_POST_PATH_MAX);
	memcpy(t->host, path, len + 1);
	snprintf(t->name, sizeof(t->name), "unix:%s", path);
	return 0;
}

int skw_post_target_parse(const char *text, struct skw_post_target *out, struct skw_error *err)
{
	int ret;

	*out = (struct skw_post_target){ 0 };
	if (strlen(text) > SKW_POST_TEXT_MAX)
		return skw_error_usage(err, "--to: it is longer than %d bytes", SKW_POST_TEXT_MAX);
	if (strncmp(text, "unix:", 5) == 0)
		return parse_unix(out, text + 5, err);
	if (strncasecmp(text, "http://", 7) == 0)
		return parse_http(out, text + 7, err);
	if (strncasecmp(text, "https://", 8) == 0)
		return skw_error_usage(err, "--to: skwatch does not speak TLS; send to a program "
					    "on this host that does (Vector, Fluent Bit, stunnel)");
	if (strncmp(text, "tcp:", 4) == 0) {
		out->kind = SKW_POST_TCP;
		ret = take_place(out, text + 4, strlen(text + 4), NULL, err);
		set_name(out, "tcp:");
		return ret;
	}
	return skw_error_usage(err,
			       "--to: write unix:PATH, tcp:HOST:PORT or http://HOST:PORT/PATH");
}

/* ---- fields ---- */

/* A token of RFC 9110. */
static bool is_token(const char *text, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if (!isalnum((unsigned char)text[i]) &&
		    !(text[i] && strchr("!#$%&'*+-.^_`|~", text[i])))
			return false;
	return len > 0;
}

static bool is_value(const char *text, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if ((unsigned char)text[i] < ' ' && text[i] != '\t')
			return false;
	return true;
}

static bool is_name(const char *text, size_t len, const char *name)
{
	return strlen(name) == len && strncasecmp(text, name, len) == 0;
}

/* The field of that name, or NULL. */
static const char *find(const struct skw_post_target *t, const char *name)
{
	const char *at = (const char *)t->fields.data;
	const char *end = at ? at + t->fields.len : NULL;
	size_t len = strlen(name);

	while (at && at < end) {
		const char *line_end = memchr(at, '\n', (size_t)(end - at));

		if ((size_t)(end - at) > len && at[len] == ':' && is_name(at, len, name))
			return at;
		at = line_end ? line_end + 1 : end;
	}
	return NULL;
}

int skw_post_target_field(struct skw_post_target *t, const char *text, size_t len,
			  struct skw_error *err)
{
	/* These say where the request ends, and that is told by the body. */
	static const char *const ours[] = { "Content-Length", "Transfer-Encoding",
					    "Connection",     "Content-Encoding",
					    "Expect",         "Trailer",
					    "Upgrade" };
	const char *colon = memchr(text, ':', len);
	size_t name_len = colon ? (size_t)(colon - text) : 0;

	/* The value may be a secret, so it is not printed. */
	if (!colon || !is_token(text, name_len) || !is_value(colon + 1, len - name_len - 1))
		return skw_error_usage(err, "--to-header: write 'NAME: VALUE', in one line");
	for (size_t i = 0; i < sizeof(ours) / sizeof(ours[0]); i++)
		if (is_name(text, name_len, ours[i]))
			return skw_error_usage(err, "--to-header: %s is set by skwatch", ours[i]);
	if (t->kind != SKW_POST_HTTP)
		return skw_error_usage(err, "--to-header: only http:// has headers");
	if (is_name(text, name_len, "Authorization") && find(t, "Authorization"))
		return skw_error_usage(err, "--to-header: Authorization is there already, from the "
					    "URL or another header");
	if (t->fields.len + len > SKW_POST_TEXT_MAX)
		return skw_error_usage(err, "--to-header: more than %d bytes together",
				       SKW_POST_TEXT_MAX);
	skw_buf_add(&t->fields, text, len);
	skw_buf_add_str(&t->fields, "\r\n");
	return t->fields.failed ? fail(err) : 0;
}

int skw_post_target_finish(struct skw_post_target *t, const char *agent)
{
	if (t->kind != SKW_POST_HTTP)
		return 0;
	if (!find(t, "Host")) {
		skw_buf_printf(&t->head, is_ip6(t) ? "Host: [%s]" : "Host: %s", t->host);
		if (strcmp(t->port, HTTP_PORT) != 0)
			skw_buf_printf(&t->head, ":%s", t->port);
		skw_buf_add_str(&t->head, "\r\n");
	}
	if (!find(t, "User-Agent"))
		skw_buf_printf(&t->head, "User-Agent: %s\r\n", agent);
	if (!find(t, "Content-Type"))
		skw_buf_add_str(&t->head, "Content-Type: application/x-ndjson\r\n");
	skw_buf_add(&t->head, t->fields.data, t->fields.len);
	skw_buf_add_str(&t->head, "Content-Length: ");
	return t->head.failed ? -ENOMEM : 0;
}

void skw_post_target_request(const struct skw_post_target *t, size_t body, struct skw_buf *out)
{
	skw_buf_add(out, t->head.data, t->head.len);
	skw_buf_add_uint(out, body);
	skw_buf_add_str(out, "\r\n\r\n");
}

void skw_post_target_free(struct skw_post_target *t)
{
	skw_buf_free(&t->head);
	skw_buf_free(&t->fields);
}
