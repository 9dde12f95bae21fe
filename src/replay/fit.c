// SPDX-License-Identifier: BSD-2-Clause
#include "replay/fit.h"

#include <errno.h>
#include <pcap/dlt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "pcap/linktype.h"
#include "replay/fit_filter.h"
#include "util/cleanup.h"
#include "util/say.h"

/* A file may have a link type for each interface. These many are told. */
#define TOLD_MAX 8

struct skw_fit_kind {
	int dlt;
	bool swapped, directions;
	struct skw_offline_filter *filters[SKW_FIT_EXPRESSIONS]; /* owned; all, or none */
	/* Why packets do not pass: those of the kind, or those of it that have no direction. */
	struct skw_error why;
	bool met;  /* such packets came */
	bool told; /* and the user knows it */
};

void skw_fit_init(struct skw_fit *f, const char *filter, enum skw_direction direction,
		  bool no_optimize)
{
	*f = (struct skw_fit){ .snaplen = UINT32_MAX, .compiler.no_optimize = no_optimize };
	if (direction != SKW_DIR_UNKNOWN)
		f->expressions[f->compiler.len++] =
			direction == SKW_DIR_IN ? "inbound" : "outbound";
	f->has_filter = filter[0] != '\0';
	if (f->has_filter)
		f->expressions[f->compiler.len++] = filter;
	f->compiler.list = f->expressions;
	skw_verbs_program_prepare(&f->compiler);
}

static void free_filters(struct skw_fit_kind *kind)
{
	for (size_t i = 0; i < SKW_FIT_EXPRESSIONS; i++) {
		skw_offline_filter_free(kind->filters[i]);
		kind->filters[i] = NULL;
	}
}

void skw_fit_free(struct skw_fit *f)
{
	for (size_t i = 0; i < f->kinds_len; i++)
		free_filters(&f->kinds[i]);
	free(f->kinds);
}

/* If the expression is that of -Q, the user has not written it. */
static int refused(const struct skw_fit *f, size_t number, const struct skw_error *why,
		   struct skw_error *err)
{
	const char *reason = strstr(why->text, ": ");
	bool of_user = number + 1 == f->compiler.len && f->has_filter;

	if (of_user || !reason)
		return skw_error_usage(err, "%s", why->text);
	return skw_error_usage(err, "-Q %s%s",
			       strcmp(f->expressions[number], "inbound") == 0 ? "in" : "out",
			       reason);
}

/* Compiles all expressions. Returns 0, -EINVAL with a usage error, or -errno. */
static int compile(const struct skw_fit *f, struct skw_keeper *keeper, struct skw_fit_kind *kind,
		   struct skw_error *err)
{
	const struct skw_offline_link link = { .dlt = kind->dlt,
					       .snaplen = f->snaplen,
					       .swapped = kind->swapped,
					       .directions = kind->directions };

	for (size_t i = 0; i < f->compiler.len; i++) {
		struct skw_error why = { 0 };
		int ret = skw_fit_filter_compile(&f->compiler, keeper, i, &link, &kind->filters[i],
						 &why);

		if (!ret)
			continue;
		free_filters(kind);
		return why.usage ? refused(f, i, &why, err)
				 : skw_error_set(err, ret, "%s", why.text);
	}
	return 0;
}

/* These errors do not depend on the link type. Looking for a name again takes time. */
static bool is_wrong_anywhere(const struct skw_error *why)
{
	return strstr(why->text, ": unknown ") || strstr(why->text, "syntax error");
}

int skw_fit_check(const struct skw_fit *f, struct skw_error *err)
{
	/* Each has words that no other has: 802.11, packet filters of BSD, ATM, telephony. */
	static const int dlts[] = { DLT_EN10MB, DLT_LINUX_SLL2, DLT_IEEE802_11_RADIO,
				    DLT_PFLOG,  DLT_SUNATM,     DLT_MTP2_WITH_PHDR };
	struct skw_error first = { 0 };
	int ret = 0;

	for (size_t i = 0; i < SKW_ARRAY_SIZE(dlts); i++) {
		struct skw_fit_kind kind = { .dlt = dlts[i], .directions = true };

		ret = compile(f, NULL, &kind, &first);
		free_filters(&kind);
		if (!ret || !first.usage || is_wrong_anywhere(&first))
			break;
	}
	if (!ret)
		return 0;
	return first.usage ? skw_error_usage(err, "%s", first.text)
			   : skw_error_set(err, ret, "%s", first.text);
}

/* Makes the kind of this interface. Returns NULL with err filled if that fails. */
static struct skw_fit_kind *make_kind(struct skw_fit *f, const struct skw_iface *iface,
				      struct skw_error *err)
{
	struct skw_fit_kind kind = { .dlt = iface->dlt,
				     .swapped = iface->swapped,
				     .directions = iface->directions };
	struct skw_fit_kind *kinds = reallocarray(f->kinds, f->kinds_len + 1, sizeof(*kinds));

	if (!kinds) {
		skw_error_set(err, -ENOMEM, "filter: out of memory");
		return NULL;
	}
	f->kinds = kinds;
	int ret = compile(f, f->keeper, &kind, &kind.why);
	if (ret && !kind.why.usage) {
		skw_error_set(err, ret, "%s", kind.why.text);
		return NULL;
	}
	kinds[f->kinds_len] = kind;
	return &kinds[f->kinds_len++];
}

static struct skw_fit_kind *kind_of(struct skw_fit *f, const struct skw_iface *iface,
				    struct skw_error *err)
{
	for (size_t i = 0; i < f->kinds_len; i++)
		if (f->kinds[i].dlt == iface->dlt && f->kinds[i].swapped == iface->swapped &&
		    f->kinds[i].directions == iface->directions)
			return &f->kinds[i];
	return make_kind(f, iface, err);
}

static bool fits(const struct skw_fit_kind *kind)
{
	return kind->filters[0] != NULL;
}

int skw_fit_iface(struct skw_fit *f, const struct skw_iface *iface, struct skw_error *err)
{
	const struct skw_fit_kind *kind = f->compiler.len ? kind_of(f, iface, err) : NULL;

	if (!kind)
		return f->compiler.len ? -ENOMEM : 0;
	return fits(kind) ? 0 : skw_error_usage(err, "%s", kind->why.text);
}

void skw_fit_tell(struct skw_fit *f)
{
	for (size_t i = 0; f->untold && i < f->kinds_len; i++) {
		struct skw_fit_kind *kind = &f->kinds[i];
		const char *name = skw_linktype_dlt_name(kind->dlt);
		char number[16];

		if (!kind->met || kind->told)
			continue;
		kind->told = true;
		if (++f->told > TOLD_MAX)
			continue;
		snprintf(number, sizeof(number), "%d", kind->dlt);
		skw_say("%s: no packet of link type %s%s matches: %s", f->file,
			name ? name : number, fits(kind) ? " without a direction" : "",
			kind->why.text);
	}
	f->untold = false;
}

/* A packet came that can't match. */
static int meet(struct skw_fit *f, struct skw_fit_kind *kind)
{
	if (!kind->met) {
		kind->met = true;
		f->untold = true;
		if (f->fits)
			skw_fit_tell(f);
	}
	return 0;
}

static bool asks_direction(const struct skw_fit_kind *kind)
{
	for (size_t i = 0; i < SKW_FIT_EXPRESSIONS && kind->filters[i]; i++)
		if (skw_offline_filter_asks_direction(kind->filters[i]))
			return true;
	return false;
}

/* Learns libpcap's words for an expression that asks for a direction where there is none. */
static void learn_why(const struct skw_fit *f, struct skw_fit_kind *kind)
{
	struct skw_fit_kind undirected = { .dlt = kind->dlt, .swapped = kind->swapped };

	if (!kind->met)
		compile(f, f->keeper, &undirected, &kind->why);
	free_filters(&undirected);
}

int skw_fit_packet(struct skw_fit *f, const struct skw_packet *pkt, const struct skw_iface *iface,
		   struct skw_error *err)
{
	struct skw_fit_kind *kind = f->compiler.len ? kind_of(f, iface, err) : NULL;

	if (!kind)
		return f->compiler.len ? -ENOMEM : 1;
	if (!fits(kind))
		return meet(f, kind);
	if (pkt->direction == SKW_DIR_UNKNOWN && asks_direction(kind)) {
		learn_why(f, kind);
		return meet(f, kind);
	}
	f->fits = true;
	if (f->untold)
		skw_fit_tell(f);
	for (size_t i = 0; i < f->compiler.len; i++)
		if (!skw_offline_filter_match(kind->filters[i], pkt))
			return 0;
	return 1;
}

int skw_fit_end(struct skw_fit *f, struct skw_error *err)
{
	for (size_t i = 0; !f->fits && i < f->kinds_len; i++)
		if (f->kinds[i].met)
			return skw_error_usage(err, "%s", f->kinds[i].why.text);
	return 0;
}
