// SPDX-License-Identifier: BSD-2-Clause
#include "filter/sets/expression.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "util/cleanup.h"

#define DEPTH_MAX 500

struct expression_parser {
	const struct skw_sets_token *at;
	struct skw_sets_term *room; /* the next free term */
	struct skw_sets_head head;  /* the qualifiers that hold for the next id */
	unsigned depth;
	bool failed;
	unsigned heads; /* qualifiers that were read so far, and terms that hide them */
	/*
	 * The last of them stand in a parenthesis that has just ended. An id behind it has those
	 * from before it, says libpcap's grammar.
	 */
	bool head_is_inside;
};

static struct skw_sets_term *read_chain(struct expression_parser *p, bool ids_only);

static bool ends_term(const struct skw_sets_token *t)
{
	return t->kind == SKW_SETS_AND || t->kind == SKW_SETS_OR || t->kind == SKW_SETS_CLOSE ||
	       t->kind == SKW_SETS_END;
}

/* The number of tokens of an address, a name or a port, with what belongs to it; 0: none. */
static size_t id_tokens(const struct skw_sets_token *t)
{
	if (t[0].kind != SKW_SETS_WORD)
		return 0;
	if (ends_term(&t[1]))
		return 1;
	bool slash = t[1].kind == SKW_SETS_OTHER && t[1].text[0] == '/';
	bool mask = skw_sets_token_is(&t[1], "mask");

	return (slash || mask) && t[2].kind == SKW_SETS_WORD && ends_term(&t[3]) ? 3 : 0;
}

/* A word that can only be an id. Some names are left, since they might be words of libpcap. */
static bool is_bare_id(const struct skw_sets_token *t)
{
	return id_tokens(t) && (isdigit((unsigned char)t->text[0]) ||
				memchr(t->text, '.', t->len) || memchr(t->text, ':', t->len));
}

static bool read_value(const struct skw_sets_head *h, const char *text, size_t len,
		       struct skw_sets_value *out)
{
	bool found = h->type == SKW_SETS_PORTS ? skw_sets_value_port(text, len, out)
		     : h->type == SKW_SETS_NET ? skw_sets_value_net(text, len, out)
					       : skw_sets_value_host(text, len, out);

	return found && skw_sets_head_fits(h, out->family);
}

static void read_id(struct expression_parser *p, struct skw_sets_term *t)
{
	size_t n = id_tokens(p->at);

	if (!n) {
		p->failed = true;
		return;
	}
	const struct skw_sets_token *last = p->at + n - 1;
	t->head = p->head;
	t->text = p->at->text;
	t->len = (size_t)(last->text - t->text) + last->len;
	t->kind = read_value(&t->head, t->text, t->len, &t->value) ? SKW_SETS_VALUE : SKW_SETS_NAME;
	p->at += n;
}

/* Takes all up to the next word that joins terms. */
static void read_opaque(struct expression_parser *p, struct skw_sets_term *t)
{
	const struct skw_sets_token *last = p->at;

	t->kind = SKW_SETS_OPAQUE;
	t->text = p->at->text;
	while (!ends_term(p->at)) {
		size_t n = p->at->kind == SKW_SETS_OPEN   ? p->at->pair + 1
			   : skw_sets_head_is_both(p->at) ? 3
							  : 1;

		last = p->at + n - 1;
		p->at += n;
	}
	t->len = (size_t)(last->text - t->text) + last->len;
	p->head.known = false;
	p->heads++;
}

/* Whether a parenthesis begins with an id that has its qualifiers from before it. */
static bool begins_with_id(const struct skw_sets_token *t)
{
	while (t->kind == SKW_SETS_OPEN || t->kind == SKW_SETS_NOT)
		t++;
	return is_bare_id(t);
}

static void read_group(struct expression_parser *p, struct skw_sets_term *t, bool ids_only)
{
	const struct skw_sets_token *close = p->at + p->at->pair;
	unsigned heads = p->heads;

	t->kind = SKW_SETS_GROUP;
	if (++p->depth > DEPTH_MAX) {
		p->failed = true;
		return;
	}
	ids_only = ids_only || (p->head.known && begins_with_id(p->at));
	p->at++;
	t->first = read_chain(p, ids_only);
	p->failed = p->failed || p->at != close;
	p->at = close + 1;
	p->depth--;
	p->head_is_inside = p->heads != heads;
}

/* Reads a term that begins with a word. */
static void read_words(struct expression_parser *p, struct skw_sets_term *t)
{
	struct skw_sets_head head;
	size_t n = skw_sets_head_read(p->at, &head);

	if (n) {
		p->head = head;
		p->head_is_inside = false;
		p->heads++;
		p->at += n;
		if (p->at->kind == SKW_SETS_OPEN)
			read_group(p, t, true);
		else
			read_id(p, t);
	} else if (p->head.known && is_bare_id(p->at)) {
		p->failed = p->failed || p->head_is_inside;
		read_id(p, t);
	} else if (!p->head.known || !id_tokens(p->at) || skw_sets_head_is_term(p->at)) {
		read_opaque(p, t);
	} else {
		p->failed = true;
	}
}

static void read_term(struct expression_parser *p, struct skw_sets_term *t, bool ids_only)
{
	for (; p->at->kind == SKW_SETS_NOT; p->at++)
		t->nots++;
	if (ends_term(p->at))
		p->failed = true;
	else if (p->at->kind == SKW_SETS_OPEN && ends_term(p->at + p->at->pair + 1))
		read_group(p, t, ids_only);
	else if (ids_only)
		read_id(p, t);
	else if (p->at->kind == SKW_SETS_WORD)
		read_words(p, t);
	else
		read_opaque(p, t);
}

/* A parenthesis can be left out if all in it is joined as it is itself, or if it comes first. */
static bool is_needless(const struct skw_sets_term *group, bool is_first)
{
	if (group->kind != SKW_SETS_GROUP || group->nots)
		return false;
	for (const struct skw_sets_term *t = group->first->next; t && !is_first; t = t->next)
		if (t->joined_by_or != group->joined_by_or)
			return false;
	return true;
}

/* Puts the terms of a parenthesis into its place. Returns the place of the next term. */
static struct skw_sets_term **open_group(struct skw_sets_term **place)
{
	const struct skw_sets_term *group = *place;

	*place = group->first;
	(*place)->joined_by_or = group->joined_by_or;
	while (*place)
		place = &(*place)->next;
	return place;
}

/* Returns NULL only if it has failed. */
static struct skw_sets_term *read_chain(struct expression_parser *p, bool ids_only)
{
	struct skw_sets_term *first = NULL, **place = &first;

	for (;;) {
		struct skw_sets_term *t = p->room++;
		bool joined_by_or = p->at->kind == SKW_SETS_OR;

		if (first)
			p->at++;
		t->joined_by_or = first && joined_by_or;
		read_term(p, t, ids_only);
		if (p->failed)
			return NULL;
		*place = t;
		place = is_needless(t, t == first) ? open_group(place) : &t->next;
		if (p->at->kind != SKW_SETS_AND && p->at->kind != SKW_SETS_OR)
			return first;
	}
}

int skw_sets_expression_read(const char *expr, struct skw_sets_expression *out)
{
	SKW_AUTO_FREE struct skw_sets_token *tokens = NULL;
	ptrdiff_t n = skw_sets_scan(expr, &tokens);

	if (n < 0)
		return (int)n;
	/* Each term has at least a token: a word, or its first parenthesis. */
	SKW_AUTO_FREE struct skw_sets_term *terms = calloc((size_t)n + 1, sizeof(*terms));
	if (!terms)
		return -ENOMEM;
	struct expression_parser p = { .at = tokens, .room = terms };
	struct skw_sets_term *first = read_chain(&p, false);

	if (p.failed || p.at->kind != SKW_SETS_END)
		return -EINVAL;
	*out = (struct skw_sets_expression){ SKW_TAKE_PTR(terms), first };
	return 0;
}
