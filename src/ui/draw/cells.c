// SPDX-License-Identifier: BSD-2-Clause
#include "ui/draw/cells.h"

#include <stdio.h>
#include <string.h>

#include "util/utf8.h"

/*
 * Takes the next character of the text. Returns L'?' for a character that must not reach a
 * terminal.
 */
static wchar_t next_char(const char **text, bool utf8, mbstate_t *state)
{
	const unsigned char *p = (const unsigned char *)*text;
	wchar_t c;
	size_t n;

	if (*p < 0x80) {
		(*text)++;
		return *p < 0x20 || *p == 0x7f ? L'?' : (wchar_t)*p;
	}
	if (!utf8) {
		do
			p++;
		while ((*p & 0xc0) == 0x80);
		*text = (const char *)p;
		return L'?';
	}
	n = mbrtowc(&c, *text, strlen(*text), state);
	if (n == (size_t)-1 || n == (size_t)-2) {
		memset(state, 0, sizeof(*state));
		(*text)++;
		return L'?';
	}
	*text += n;
	return wcwidth(c) > 0 && !skw_utf8_is_hidden((uint32_t)c) ? c : L'?';
}

int skw_cells_make(wchar_t *out, int width, const char *text, bool utf8)
{
	mbstate_t state = { 0 };
	int used = 0;

	while (*text) {
		wchar_t c = next_char(&text, utf8, &state);
		int columns = c < 0x80 ? 1 : wcwidth(c);

		if (used + columns > width)
			break;
		*out++ = c;
		used += columns;
	}
	*out = 0;
	return used;
}

int skw_cells_width(const char *text, bool utf8)
{
	wchar_t cells[SKW_CELLS_MAX + 1];

	return skw_cells_make(cells, SKW_CELLS_MAX, text, utf8);
}

void skw_cells_elide(char *out, size_t size, const char *endpoint, int width, bool utf8)
{
	const char *dots = utf8 ? "…" : "~", *port = strrchr(endpoint, ':');
	int len = (int)strlen(endpoint), tail, head;

	if (len <= width || !port) {
		snprintf(out, size, "%.*s", width > 0 ? width : 0, endpoint);
		return;
	}
	tail = (int)strlen(port);
	/* In "...]:443" the bracket is kept, because it shows where the address ends. */
	if (port > endpoint && port[-1] == ']')
		tail++;
	if (tail + 1 >= width) {
		snprintf(out, size, "%.*s", width > 0 ? width : 0, endpoint + len - tail);
		return;
	}
	/*
	 * Two thirds of the room go to the beginning of the address, because it names the network.
	 */
	head = (width - tail - 1) * 2 / 3;
	tail = width - 1 - head;
	snprintf(out, size, "%.*s%s%s", head, endpoint, dots, endpoint + len - tail);
}
