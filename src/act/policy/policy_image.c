// SPDX-License-Identifier: BSD-2-Clause
#include "act/policy/policy_image.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "util/cleanup.h"

#define PORTS      65536
#define MAPPED_LEN 96

/* All addresses, and those of IPv4. The trie has both in any case. */
static const struct skw_policy_prefix everything = { .len = 0 };
static const struct skw_policy_prefix every_ip4 = { .len = MAPPED_LEN,
						    .addr = { [10] = 0xff, [11] = 0xff } };

static void set_bit(struct skw_policy_bits *bits, size_t rule)
{
	bits->word[rule / 64] |= 1ULL << rule % 64;
}

static bool contains(const struct skw_policy_prefix *outer, const struct skw_policy_prefix *inner)
{
	unsigned bytes = outer->len / 8, rest = outer->len % 8;
	uint8_t mask = (uint8_t)(0xff00 >> rest);

	return outer->len <= inner->len && memcmp(outer->addr, inner->addr, bytes) == 0 &&
	       (!rest || !((outer->addr[bytes] ^ inner->addr[bytes]) & mask));
}

/*
 * Whether a rule matches all addresses of a prefix. Addresses of IPv4 are IPv4-mapped here, but a
 * rule for ::/0 does not mean them.
 */
static bool matches_all(const struct skw_policy_rule *rule, const struct skw_policy_prefix *prefix)
{
	if (!rule->has_prefix)
		return true;
	if (contains(&every_ip4, prefix) && !contains(&every_ip4, &rule->prefix))
		return false;
	return contains(&rule->prefix, prefix);
}

static bool has_leaf(const struct skw_policy_image *image, const struct skw_policy_prefix *prefix)
{
	for (size_t i = 0; i < image->leaves; i++)
		if (memcmp(&image->leaf[i].prefix, prefix, sizeof(*prefix)) == 0)
			return true;
	return false;
}

static void add_leaf(struct skw_policy_image *image, const struct skw_policy_rules *rules,
		     const struct skw_policy_prefix *prefix)
{
	struct skw_policy_leaf *leaf = &image->leaf[image->leaves];

	if (has_leaf(image, prefix))
		return;
	leaf->prefix = *prefix;
	for (size_t i = 0; i < rules->len; i++)
		if (matches_all(&rules->rule[i], prefix))
			set_bit(&leaf->bits, i);
	image->leaves++;
}

static void make_leaves(struct skw_policy_image *image, const struct skw_policy_rules *rules)
{
	add_leaf(image, rules, &everything);
	add_leaf(image, rules, &every_ip4);
	for (size_t i = 0; i < rules->len; i++)
		if (rules->rule[i].has_prefix)
			add_leaf(image, rules, &rules->rule[i].prefix);
}

static void make_set(struct skw_policy_set *set, const struct skw_policy_rules *rules)
{
	set->words = (uint32_t)((rules->len + 63) / 64);
	for (size_t i = 0; i < rules->len; i++) {
		const struct skw_policy_rule *rule = &rules->rule[i];

		set->action[i] = rule->action;
		set->groups |= rule->glob[0] != 0;
		for (unsigned kind = 0; kind < SKW_POLICY_KINDS; kind++)
			if (rule->whats >> kind / SKW_POLICY_PROTOS & 1 &&
			    rule->protos >> kind % SKW_POLICY_PROTOS & 1)
				set_bit(&set->kind[kind], i);
	}
}

static bool has_port(const struct skw_policy_rule *rule, unsigned port)
{
	for (unsigned i = 0; i < rule->ranges_len; i++)
		if (rule->ranges[i].from <= port && port <= rule->ranges[i].to)
			return true;
	return !rule->ranges_len;
}

/* Returns the class of ports with these rules, a new one if need be, or -ENOSPC. */
static int find_class(struct skw_policy_ports *ports, unsigned *classes,
		      const struct skw_policy_bits *bits)
{
	for (unsigned i = 0; i < *classes; i++)
		if (memcmp(&ports->bits[i], bits, sizeof(*bits)) == 0)
			return (int)i;
	if (*classes == SKW_POLICY_PORT_CLASSES)
		return -ENOSPC;
	ports->bits[*classes] = *bits;
	return (int)(*classes)++;
}

/* Where the rules for ports can change. `starts` has an element for each port and one more. */
static void mark_starts(const struct skw_policy_rules *rules, bool *starts)
{
	starts[0] = true;
	for (size_t i = 0; i < rules->len; i++)
		for (unsigned j = 0; j < rules->rule[i].ranges_len; j++) {
			starts[rules->rule[i].ranges[j].from] = true;
			starts[rules->rule[i].ranges[j].to + 1] = true;
		}
}

static int make_ports(struct skw_policy_ports *ports, const struct skw_policy_rules *rules)
{
	SKW_AUTO_FREE bool *starts = calloc(PORTS + 1, sizeof(*starts));
	unsigned classes = 0;
	int class = 0;

	if (!starts)
		return -ENOMEM;
	mark_starts(rules, starts);
	for (unsigned port = 0; port < PORTS; port++) {
		struct skw_policy_bits bits = { 0 };

		for (size_t i = 0; starts[port] && i < rules->len; i++)
			if (has_port(&rules->rule[i], port))
				set_bit(&bits, i);
		if (starts[port])
			class = find_class(ports, &classes, &bits);
		if (class < 0)
			return class;
		ports->of_port[port] = (uint16_t) class;
	}
	return 0;
}

int skw_policy_image_make(const struct skw_policy_rules *rules, uint32_t generation,
			  struct skw_policy_image **out, struct skw_error *err)
{
	SKW_AUTO_FREE struct skw_policy_image *image = calloc(1, sizeof(*image));
	int ret = image ? make_ports(&image->ports, rules) : -ENOMEM;

	if (ret == -ENOSPC)
		return skw_error_usage(err, "the rules name too many different sets of ports; "
					    "write ranges instead of single ports");
	if (ret)
		return skw_error_set(err, ret, "out of memory");
	make_set(&image->set, rules);
	image->set.generation = generation;
	make_leaves(image, rules);
	*out = SKW_TAKE_PTR(image);
	return 0;
}

size_t skw_policy_image_judge(const struct skw_policy_image *image,
			      const struct skw_policy_image_call *call)
{
	const struct skw_policy_bits *kind =
		&image->set.kind[call->what * SKW_POLICY_PROTOS + call->proto];
	const struct skw_policy_bits *by_port =
		&image->ports.bits[image->ports.of_port[call->port]];
	const struct skw_policy_leaf *longest = &image->leaf[0];
	struct skw_policy_prefix asked = { .len = 128 };

	memcpy(asked.addr, call->addr, sizeof(asked.addr));
	for (size_t i = 1; i < image->leaves; i++)
		if (contains(&image->leaf[i].prefix, &asked) &&
		    image->leaf[i].prefix.len > longest->prefix.len)
			longest = &image->leaf[i];
	const struct skw_policy_bits *group =
		image->set.groups ? &image->group[call->group].bits : &longest->bits;
	for (size_t i = 0; i < image->set.words; i++) {
		uint64_t word =
			kind->word[i] & by_port->word[i] & longest->bits.word[i] & group->word[i];

		if (word)
			return i * 64 + (size_t)__builtin_ctzll(word);
	}
	return SKW_POLICY_RULES;
}
