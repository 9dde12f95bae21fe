// SPDX-License-Identifier: BSD-2-Clause
#include "report/sheet_write.h"

#include <errno.h>
#include <nettle/sha2.h>
#include <string.h>

#include "report/sheet_drawn.h"
#include "report/sheet_overview.h"
#include "report/sheet_table.h"
#include "report/sheet_text.h"
/* The build makes this of report.css and report.js: skw_sheet_style[] and skw_sheet_script[]. */
#include "report/sheet_assets.inc"

/* Connections that are drawn for paper and for browsers without scripts. */
#define DRAWN 10
/*
 * The bytes of details: this, and more if there are more than the usual number of them. Of the
 * points of a connection, the worst ones get more.
 */
#define DETAILS_BYTES 1300000
#define DETAILS_USUAL 1000
#define POINTS        100000
#define POINTS_LEAST  32
#define POINTS_MOST   4000
#define WORST_SHARE   4
/* Details are packed again with fewer points if they have too many bytes. */
#define TRIES 4

/* ---- head ---- */

static void add_hash(struct skw_buf *out, const char *text)
{
	struct sha256_ctx ctx;
	uint8_t digest[SHA256_DIGEST_SIZE];

	sha256_init(&ctx);
	sha256_update(&ctx, strlen(text), (const uint8_t *)text);
	sha256_digest(&ctx, sizeof(digest), digest);
	skw_buf_add_str(out, "'sha256-");
	skw_sheet_text_base64(out, digest, sizeof(digest));
	skw_buf_add_str(out, "'");
}

static void add_title(struct skw_buf *out, const struct skw_sheet_write_options *opt)
{
	for (size_t i = 0; i < opt->files_len && i < 3; i++) {
		const char *slash = strrchr(opt->files[i], '/');

		skw_buf_add_str(out, i ? ", " : "");
		skw_sheet_text_html(out, slash ? slash + 1 : opt->files[i]);
	}
	if (opt->files_len > 3)
		skw_buf_printf(out, " and %zu more", opt->files_len - 3);
}

/* The page may load nothing, and run nothing but its own script. */
static void add_head(struct skw_buf *out, const struct skw_sheet_write_options *opt)
{
	skw_buf_add_str(out, "<!doctype html>\n<html lang=en><head><meta charset=utf-8>\n"
			     "<meta http-equiv=Content-Security-Policy content=\"default-src "
			     "'none'; style-src ");
	add_hash(out, skw_sheet_style);
	skw_buf_add_str(out, "; script-src ");
	add_hash(out, skw_sheet_script);
	skw_buf_add_str(out, "; base-uri 'none'; form-action 'none'\">\n"
			     "<meta name=viewport content=\"width=device-width,initial-scale=1\">"
			     "<meta name=color-scheme content=\"light dark\">"
			     "<meta name=referrer content=no-referrer>\n<title>");
	add_title(out, opt);
	skw_buf_add_str(out, " \xe2\x80\x93 skwatch report</title>\n<style>");
	skw_buf_add_str(out, skw_sheet_style);
	skw_buf_add_str(out, "</style></head>\n");
}

static void add_period(struct skw_buf *out, const struct skw_sheet_figures *f)
{
	if (f->first_ns == SKW_SHEET_UNKNOWN) {
		skw_buf_add_str(out, "<p class=when>No packet has a time.</p>");
		return;
	}
	skw_buf_add_str(out, "<p class=when><time>");
	skw_sheet_text_time(out, f->first_ns, 3, 1);
	skw_buf_add_str(out, "</time> to <time>");
	skw_sheet_text_time(out, f->last_ns, 3, 1);
	skw_buf_add_str(out, "</time> <b>UTC</b></p>");
}

static void add_top(struct skw_buf *out, const struct skw_sheet *s,
		    const struct skw_sheet_write_options *opt)
{
	skw_buf_add_str(out, "<header><p class=brand>skwatch report</p><h1>");
	add_title(out, opt);
	skw_buf_add_str(out, "</h1>");
	add_period(out, skw_sheet_figures(s));
	skw_buf_add_str(out, "</header>\n<main><section id=figures>");
	skw_sheet_overview_figures(out, s);
	skw_buf_add_str(out, "<ul class=missing>");
	if (opt->trouble) {
		skw_buf_add_str(out, "<li class=x><b>The input has ended early:</b> ");
		skw_sheet_text_html(out, opt->trouble);
		skw_buf_add_str(out, "</li>");
	}
	skw_sheet_overview_missing(out, s);
	skw_buf_add_str(out, "</ul></section>\n");
}

/* ---- connections ---- */

static size_t details_of(const struct skw_sheet *s, const struct skw_sheet_write_options *opt)
{
	size_t len;

	skw_sheet_rows(s, &len);
	return len < opt->details_max ? len : opt->details_max;
}

/* How many of all are listed and have details. */
static void add_extent(struct skw_buf *out, const struct skw_sheet *s, size_t details)
{
	const struct skw_sheet_figures *f = skw_sheet_figures(s);
	size_t len;
	const struct skw_sheet_connection *const *rows = skw_sheet_rows(s, &len);
	size_t drawn = 0;

	for (size_t i = 0; i < details; i++)
		drawn += rows[i]->detail != NULL;
	skw_buf_add_str(out, "<p class=extent>");
	if (len < f->connections) {
		skw_sheet_text_count(out, len);
		skw_buf_add_str(out, " of ");
		skw_sheet_text_count(out, f->connections);
		skw_buf_add_str(out, " connections are listed, the worst first. ");
	}
	skw_sheet_text_count(out, drawn);
	skw_buf_add_str(out, " of ");
	skw_sheet_text_count(out, f->connections);
	skw_buf_add_str(out, " connections have details.</p>");
}

static void add_connections(struct skw_buf *out, const struct skw_sheet *s, size_t details)
{
	size_t len;

	skw_sheet_rows(s, &len);
	if (!len)
		return;
	skw_buf_add_str(out, "<section id=connections><h2>Connections</h2>"
			     "<div class=tools hidden><input type=search id=filter "
			     "placeholder=\"Filter: address, port, process, end\" "
			     "aria-label=\"Filter connections\" spellcheck=false "
			     "autocomplete=off><output id=matches></output></div>");
	add_extent(out, s, details);
	skw_sheet_table_html(out, s);
	skw_buf_add_str(out, "</section>\n");
}

static int add_drawn(struct skw_buf *out, const struct skw_sheet *s)
{
	size_t len;
	const struct skw_sheet_connection *const *rows = skw_sheet_rows(s, &len);
	int ret = 0;

	if (!len)
		return 0;
	skw_buf_printf(out, "<section id=worst><h2>%s</h2>",
		       len == 1 ? "The connection" : "The connections with the most trouble");
	for (size_t i = 0; !ret && i < len && i < DRAWN; i++)
		ret = skw_sheet_drawn_add(out, rows[i], i + 1);
	skw_buf_add_str(out, "</section>");
	return ret;
}

/* ---- data for the script ---- */

static int add_index(struct skw_buf *out, const struct skw_sheet *s,
		     const struct skw_sheet_write_options *opt)
{
	struct skw_buf json = SKW_BUF_INIT;
	int ret;

	skw_buf_add_char(&json, '{');
	skw_sheet_table_json(&json, s);
	skw_buf_add_char(&json, ',');
	skw_sheet_overview_json(&json, s);
	skw_buf_add_char(&json, '}');
	ret = json.failed ? -ENOMEM
			  : skw_sheet_packed_element(out, "id=index", &json, opt->deflate);
	skw_buf_free(&json);
	return ret;
}

/* `points` is the number for all together. */
static uint32_t points_of(size_t points, size_t first, size_t details)
{
	size_t each = points / (details ? details : 1);

	if (first < 2 * SKW_SHEET_PACKED_TOGETHER)
		each *= WORST_SHARE;
	return each < POINTS_LEAST  ? POINTS_LEAST
	       : each > POINTS_MOST ? POINTS_MOST
				    : (uint32_t)each;
}

static int pack_details(struct skw_buf *out, const struct skw_sheet *s,
			const struct skw_sheet_write_options *opt, size_t details, size_t points)
{
	size_t len, n;
	const struct skw_sheet_connection *const *rows = skw_sheet_rows(s, &len);
	struct skw_buf json = SKW_BUF_INIT;
	int ret = 0;

	for (size_t i = 0; !ret && i < details; i += n) {
		n = details - i < SKW_SHEET_PACKED_TOGETHER ? details - i
							    : SKW_SHEET_PACKED_TOGETHER;
		skw_buf_reset(&json);
		ret = skw_sheet_packed_json(&json, rows + i, n, points_of(points, i, details));
		if (!ret)
			ret = skw_sheet_packed_element(out, "class=d", &json, opt->deflate);
	}
	skw_buf_free(&json);
	return ret;
}

static int add_details(struct skw_buf *out, const struct skw_sheet *s,
		       const struct skw_sheet_write_options *opt, size_t details)
{
	size_t before = out->len, most = DETAILS_BYTES, points = POINTS;
	int ret = 0;

	if (details > DETAILS_USUAL)
		most = most / DETAILS_USUAL * details;
	for (unsigned i = 0; !ret && i < TRIES; i++) {
		out->len = before;
		ret = pack_details(out, s, opt, details, points);
		if (out->len - before <= most)
			break;
		points =
			(size_t)((double)points * 0.9 * (double)most / (double)(out->len - before));
	}
	return ret;
}

int skw_sheet_write(const struct skw_sheet *s, const struct skw_sheet_write_options *opt,
		    struct skw_buf *out)
{
	size_t details = details_of(s, opt);
	int ret;

	add_head(out, opt);
	skw_buf_printf(out, "<body data-packed=%s data-together=%d data-details=%zu>\n",
		       opt->deflate ? "deflate" : "plain", SKW_SHEET_PACKED_TOGETHER, details);
	add_top(out, s, opt);
	skw_sheet_overview_charts(out, s);
	add_connections(out, s, details);
	ret = add_drawn(out, s);
	skw_buf_add_str(out,
			"</main>\n<footer>Times are in UTC. Made by skwatch.</footer>\n"
			"<dialog id=detail aria-label=\"Details of a connection\"></dialog>\n");
	if (!ret)
		ret = add_index(out, s, opt);
	if (!ret)
		ret = add_details(out, s, opt, details);
	skw_buf_add_str(out, "<script>");
	skw_buf_add_str(out, skw_sheet_script);
	skw_buf_add_str(out, "</script></body></html>\n");
	return ret ? ret : out->failed ? -ENOMEM : 0;
}
