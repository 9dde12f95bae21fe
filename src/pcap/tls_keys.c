// SPDX-License-Identifier: BSD-2-Clause
#include "pcap/tls_keys.h"

#include <stdbool.h>

#define LABEL_MAX 64
/* "RSA" has 8 bytes of the secret as it is sent, the other labels 32 bytes of the client. */
#define SHORT_ID 16
#define LONG_ID  64

/* Labels are not listed, as programs log new ones. A reader skips those that it does not know. */
static size_t label_len(const char *p, size_t len)
{
	size_t n = 0;

	while (n < len && n < LABEL_MAX &&
	       ((p[n] >= 'A' && p[n] <= 'Z') || (n && p[n] >= '0' && p[n] <= '9') ||
		(n && p[n] == '_')))
		n++;
	return n;
}

static size_t hex_len(const char *p, size_t len)
{
	size_t n = 0;

	while (n < len && ((p[n] >= '0' && p[n] <= '9') || (p[n] >= 'a' && p[n] <= 'f') ||
			   (p[n] >= 'A' && p[n] <= 'F')))
		n++;
	return n;
}

/* Takes n bytes and a space behind them. */
static bool take(const char **p, size_t *len, size_t n)
{
	if (!n || n >= *len || (*p)[n] != ' ')
		return false;
	*p += n + 1;
	*len -= n + 1;
	return true;
}

enum skw_tls_keys_line skw_tls_keys_line(const char *line, size_t len)
{
	if (len && line[len - 1] == '\r')
		len--;
	if (!len || line[0] == '#')
		return SKW_TLS_KEYS_COMMENT;
	if (len > SKW_TLS_KEYS_LINE_MAX || !take(&line, &len, label_len(line, len)))
		return SKW_TLS_KEYS_BAD;
	size_t id = hex_len(line, len);

	if ((id != SHORT_ID && id != LONG_ID) || !take(&line, &len, id))
		return SKW_TLS_KEYS_BAD;
	return len && len % 2 == 0 && hex_len(line, len) == len ? SKW_TLS_KEYS_SECRET
								: SKW_TLS_KEYS_BAD;
}
