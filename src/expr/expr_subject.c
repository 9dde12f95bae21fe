// SPDX-License-Identifier: BSD-2-Clause
#include "expr/expr_subject.h"

#include <stddef.h>

#include "row/row.h"

static const struct skw_expr_either eithers[] = {
	{ "port", SKW_FIELD_LOCAL_PORT, SKW_FIELD_REMOTE_PORT, "port on either side" },
	{ "addr", SKW_FIELD_LOCAL_ADDR, SKW_FIELD_REMOTE_ADDR, "address on either side" },
	{ NULL, 0, 0, NULL },
};

static const struct skw_field_info *info(uint8_t field)
{
	return &skw_fields[field];
}

static uint8_t role(uint8_t field)
{
	static const uint8_t roles[SKW_FIELDS] = {
		[SKW_FIELD_LOCAL_PORT] = SKW_EXPR_PORT, [SKW_FIELD_REMOTE_PORT] = SKW_EXPR_PORT,
		[SKW_FIELD_UID] = SKW_EXPR_USER,        [SKW_FIELD_PID] = SKW_EXPR_PID,
		[SKW_FIELD_COMM] = SKW_EXPR_COMM,
	};

	return roles[field];
}

static uint8_t whole(uint8_t field)
{
	return field == SKW_FIELD_RETRANS_SEGS || field == SKW_FIELD_LOST_SEGS ? SKW_FIELD_SEGS_OUT
									       : SKW_EXPR_NO_FIELD;
}

static void value(const void *record, uint8_t field, struct skw_value *out)
{
	skw_field_value(record, (enum skw_field)field, out);
}

static void end(const void *record, uint8_t field, struct skw_expr_end *out)
{
	const struct skw_row *row = record;
	const struct skw_tuple *t = &row->tuple;
	bool local = field == SKW_FIELD_LOCAL_ADDR;

	*out = (struct skw_expr_end){ .family = t->family,
				      .addr = local ? t->local_addr : t->remote_addr,
				      .port = local ? t->local_port : t->remote_port,
				      .scope = skw_row_scope(row) };
}

static const struct skw_owners *owners(const void *record)
{
	return ((const struct skw_row *)record)->owners;
}

const struct skw_expr_subject skw_expr_rows = {
	.fields = SKW_FIELDS,
	.info = info,
	.role = role,
	.whole = whole,
	.eithers = eithers,
	.field = "srtt",
	.example = "srtt > 20ms",
	.shares = "a share of segs_out, for retrans and lost only",
	.time = "age, as in 'age < 10s'",
	.value = value,
	.end = end,
	.owners = owners,
};
