// SPDX-License-Identifier: BSD-2-Clause
#include "act/list.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "act/kind.h"
#include "format/format_pins.h"
#include "util/cleanup.h"
#include "util/say.h"

static const struct skw_act_kind *kind_of(const struct skw_act_list_plan *plan,
					  const struct skw_pin *pin)
{
	for (size_t i = 0; plan->kinds[i]; i++)
		if (strcmp(plan->kinds[i]->name, pin->meta.kind) == 0)
			return plan->kinds[i];
	return NULL;
}

struct listing {
	const struct skw_act_list_plan *plan;
	struct skw_buf text;
	struct skw_format_pin_part *parts; /* owned, of the pin at hand */
	size_t len, size;
	bool failed; /* out of memory */
	int ret;     /* the first failure */
	struct skw_error *err;
};

static void add_part(void *ctx, const char *text, uint64_t count)
{
	struct listing *l = ctx;

	if (l->len == l->size) {
		size_t size = l->size ? 2 * l->size : 16;
		struct skw_format_pin_part *parts = realloc(l->parts, size * sizeof(*parts));

		if (!parts) {
			l->failed = true;
			return;
		}
		l->parts = parts;
		l->size = size;
	}
	char *copy = strdup(text);
	if (copy)
		l->parts[l->len++] = (struct skw_format_pin_part){ .text = copy, .count = count };
	else
		l->failed = true;
}

static void forget_parts(struct listing *l)
{
	while (l->len)
		free(l->parts[--l->len].text);
}

/* A pin that can't be repaired must not hide the others: it is told, and the status tells. */
static void repair(struct listing *l, const struct skw_pin *pin, const struct skw_act_kind *kind)
{
	struct skw_error why = { 0 };
	int n = kind->repair ? kind->repair(pin, &why) : 0;

	if (n > 0)
		skw_say("%s: %d part%s registered again", pin->name, n, n == 1 ? "" : "s");
	if (n < 0) {
		skw_say("%s: %s", pin->name, why.text[0] ? why.text : skw_error_why(n));
		l->ret = l->ret ? l->ret
				: skw_error_set(l->err, n, "%s was not repaired", pin->name);
	}
}

static void describe(struct listing *l, const struct skw_pin *pin, const struct skw_act_kind *kind)
{
	const struct skw_act_listing to = { add_part, l };
	struct skw_error why = { 0 };
	int ret = kind->describe(pin, &to, &why);

	if (ret)
		skw_say("%s: %s", pin->name, why.text[0] ? why.text : skw_error_why(ret));
}

static int list_pin(void *ctx, const struct skw_pin *pin)
{
	const struct skw_act_kind *kind = kind_of(((struct listing *)ctx)->plan, pin);
	struct listing *l = ctx;
	struct skw_pin_links links = { 0 };

	if (kind && l->plan->repair)
		repair(l, pin, kind);
	if (kind)
		describe(l, pin, kind);
	skw_pins_count_links(pin, &links);
	const struct skw_format_pin line = { .name = pin->name,
					     .kind = pin->meta.kind,
					     .where = pin->meta.where,
					     .what = pin->meta.what,
					     .since_ns = pin->meta.since_ns,
					     .links = links.links,
					     .attached = links.attached,
					     .parts = l->parts,
					     .parts_len = l->len };

	if (l->plan->json) {
		skw_format_pin_json(&l->text, &line);
	} else {
		if (!l->text.len)
			skw_format_pin_title(&l->text);
		skw_format_pin_lines(&l->text, &line);
	}
	forget_parts(l);
	return 0;
}

int skw_act_list(const struct skw_act_list_plan *plan, struct skw_error *err)
{
	struct listing l = { .plan = plan, .err = err };
	int ret = plan->mount ? skw_pins_mount(plan->bpffs, err) : 0;

	if (!ret)
		ret = skw_pins_each(plan->bpffs, list_pin, &l, err);
	if (!ret && (l.failed || l.text.failed))
		ret = skw_error_set(err, -ENOMEM, "out of memory");
	if (!ret)
		fwrite(l.text.data, 1, l.text.len, stdout);
	free(l.parts);
	skw_buf_free(&l.text);
	return ret ? ret : l.ret;
}

int skw_act_detach(const char *bpffs, const char *name, bool dry_run, struct skw_error *err)
{
	struct skw_pin_links links = { 0 };
	struct skw_pin pin;
	int ret = skw_pins_open(bpffs, name, &pin, err);

	if (ret)
		return ret;
	skw_pins_count_links(&pin, &links);
	if (!dry_run)
		ret = skw_pins_remove(&pin, err);
	if (!ret)
		skw_say("%s %s of %s%s: %s", dry_run ? "would detach" : "detached", name,
			pin.meta.where[0] ? pin.meta.where : "this host",
			links.attached ? "" : " (it was attached to nothing any more)",
			pin.meta.what);
	return ret;
}
