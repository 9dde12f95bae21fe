// SPDX-License-Identifier: BSD-2-Clause
#include "format/format_group.h"

#include <stddef.h>

#include "format/format_csv.h"
#include "format/format_json.h"
#include "util/cleanup.h"

/* The counts and sums, which are unsigned numbers of 64 bits. */
static const struct {
	const char *name;
	size_t offset;
} sums[] = {
#define SUM(member)                                                                                \
	{                                                                                          \
#member, offsetof(struct skw_group_row, member)                                    \
	}
	SUM(open),          SUM(connections),    SUM(closed),      SUM(rx_bps),
	SUM(tx_bps),        SUM(bytes_received), SUM(bytes_acked), SUM(srtt_us),
	SUM(worst_srtt_us), SUM(retrans_segs),   SUM(rto_count),   SUM(requests),
	SUM(req_rate),      SUM(latency_p99_us), SUM(errors),
#undef SUM
};

_Static_assert(sizeof(((struct skw_group_row *)NULL)->open) == sizeof(uint64_t),
	       "counts are as wide as sums");

static uint64_t value_of(const struct skw_group_row *row, size_t i)
{
	uint64_t value;

	memcpy(&value, (const char *)row + sums[i].offset, sizeof(value));
	return value;
}

int skw_format_group_json(struct skw_buf *out, enum skw_group by, const struct skw_group_row *row,
			  const struct skw_format_env *env)
{
	const char *const texts[][2] = { { "name", row->known ? row->name : NULL },
					 { "cgroup", row->cgroup } };

	skw_buf_add_str(out, "{\"ts\":");
	skw_format_json_time(out, env->sweep_ns, env);
	skw_format_json_key(out, "group");
	skw_format_json_string(out, skw_group_names[by]);
	for (size_t i = 0; i < SKW_ARRAY_SIZE(texts); i++) {
		skw_format_json_key(out, texts[i][0]);
		if (texts[i][1])
			skw_format_json_string(out, texts[i][1]);
		else
			skw_format_json_null(out);
	}
	skw_format_json_key(out, "number");
	if (row->known && row->number)
		skw_buf_add_uint(out, row->number);
	else
		skw_format_json_null(out);
	for (size_t i = 0; i < SKW_ARRAY_SIZE(sums); i++) {
		skw_format_json_key(out, sums[i].name);
		if (value_of(row, i) == SKW_NONE64)
			skw_format_json_null(out);
		else
			skw_buf_add_uint(out, value_of(row, i));
	}
	skw_format_json_update(out, env);
	return skw_format_json_end(out);
}

void skw_format_group_csv_head(struct skw_buf *out)
{
	skw_buf_add_str(out, "ts,group,name,cgroup,number");
	for (size_t i = 0; i < SKW_ARRAY_SIZE(sums); i++)
		skw_buf_printf(out, ",%s", sums[i].name);
	skw_buf_add_str(out, ",update,host\n");
}

int skw_format_group_csv(struct skw_buf *out, enum skw_group by, const struct skw_group_row *row,
			 const struct skw_format_env *env)
{
	char ts[SKW_RFC3339_SIZE];

	skw_format_rfc3339(ts, skw_format_real_ns(env, env->sweep_ns));
	skw_buf_printf(out, "%s,%s,", ts, skw_group_names[by]);
	if (row->known)
		skw_format_csv_text(out, row->name);
	skw_buf_add_char(out, ',');
	if (row->cgroup)
		skw_format_csv_text(out, row->cgroup);
	skw_buf_add_char(out, ',');
	if (row->known && row->number)
		skw_buf_add_uint(out, row->number);
	for (size_t i = 0; i < SKW_ARRAY_SIZE(sums); i++) {
		skw_buf_add_char(out, ',');
		if (value_of(row, i) != SKW_NONE64)
			skw_buf_add_uint(out, value_of(row, i));
	}
	return skw_format_csv_end(out, env);
}
