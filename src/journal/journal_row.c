// SPDX-License-Identifier: BSD-2-Clause
#include "journal/journal_row.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <string.h>

#include "row/field.h"
#include "row/row.h"
#include "util/cleanup.h"

void skw_journal_row_begin(struct skw_journal_entry *e)
{
	skw_row_blank(&e->row);
	e->local[0] = e->remote[0] = '\0';
	e->far = (struct skw_remote){ .cookie = SKW_NONE64, .host = SKW_NONE32 };
	e->owners.set.refs = 1;
	e->owners.set.len = 0;
}

/* The place of a word in the list of a field's values, which may have gaps. -1: it is not there. */
static int place_of(enum skw_field field, const struct skw_journal_text *value)
{
	const struct skw_field_info *info = &skw_fields[field];

	for (int i = 0; i < info->values_len; i++)
		if (info->values[i] && skw_journal_text_is(value, info->values[i]))
			return i;
	return -1;
}

static bool set_word(uint8_t *at, enum skw_field field, const struct skw_journal_text *value)
{
	int place = place_of(field, value);

	if (place >= 0)
		*at = (uint8_t)place;
	return place >= 0;
}

static bool set_proto(struct skw_journal_entry *e, const struct skw_journal_text *value)
{
	bool udp = skw_journal_text_is(value, "udp");

	skw_row_set_proto(&e->row, udp ? IPPROTO_UDP : IPPROTO_TCP);
	if (udp && !e->row.datagrams) {
		memset(&e->datagrams, 0xff, sizeof(e->datagrams));
		e->row.datagrams = &e->datagrams;
	}
	return udp || skw_journal_text_is(value, "tcp");
}

static bool set_family(struct skw_journal_entry *e, const struct skw_journal_text *value)
{
	bool six = skw_journal_text_is(value, "inet6");

	e->row.tuple.family = six ? AF_INET6 : AF_INET;
	return six || skw_journal_text_is(value, "inet");
}

static bool set_port(uint16_t *port, const struct skw_journal_text *value)
{
	uint64_t number;
	bool fits = skw_journal_text_number(value, UINT16_MAX, &number);

	if (fits)
		*port = (uint16_t)number;
	return fits;
}

static bool set_local_addr(struct skw_journal_entry *e, const struct skw_journal_text *value)
{
	return skw_journal_text_copy(value, e->local, sizeof(e->local));
}

static bool set_remote_addr(struct skw_journal_entry *e, const struct skw_journal_text *value)
{
	return skw_journal_text_copy(value, e->remote, sizeof(e->remote));
}

static bool set_local_port(struct skw_journal_entry *e, const struct skw_journal_text *value)
{
	return set_port(&e->row.tuple.local_port, value);
}

static bool set_remote_port(struct skw_journal_entry *e, const struct skw_journal_text *value)
{
	return set_port(&e->row.tuple.remote_port, value);
}

static bool set_state(struct skw_journal_entry *e, const struct skw_journal_text *value)
{
	return set_word(&e->row.state, SKW_FIELD_STATE, value);
}

static bool set_direction(struct skw_journal_entry *e, const struct skw_journal_text *value)
{
	return set_word(&e->row.direction, SKW_FIELD_DIRECTION, value);
}

static bool set_owner_source(struct skw_journal_entry *e, const struct skw_journal_text *value)
{
	return set_word(&e->row.owner_source, SKW_FIELD_OWNER_SOURCE, value);
}

static bool set_timer(struct skw_journal_entry *e, const struct skw_journal_text *value)
{
	return set_word(&e->row.timer, SKW_FIELD_TIMER, value);
}

static bool set_close_reason(struct skw_journal_entry *e, const struct skw_journal_text *value)
{
	return set_word(&e->row.close_reason, SKW_FIELD_CLOSE_REASON, value);
}

static bool set_netns_name(struct skw_journal_entry *e, const struct skw_journal_text *value)
{
	e->row.netns_name = e->netns_name;
	return skw_journal_text_copy(value, e->netns_name, sizeof(e->netns_name));
}

static bool set_cgroup(struct skw_journal_entry *e, const struct skw_journal_text *value)
{
	e->row.cgroup = e->cgroup;
	return skw_journal_text_copy(value, e->cgroup, sizeof(e->cgroup));
}

static bool set_remote_host(struct skw_journal_entry *e, const struct skw_journal_text *value)
{
	uint64_t host;

	if (!skw_journal_text_number(value, UINT32_MAX, &host))
		return false;
	e->far.host = (uint32_t)host;
	e->row.remote = &e->far;
	return true;
}

/* These two come after the host. */
static bool set_remote_cookie(struct skw_journal_entry *e, const struct skw_journal_text *value)
{
	return skw_journal_text_number(value, UINT64_MAX, &e->far.cookie);
}

static bool set_remote_comm(struct skw_journal_entry *e, const struct skw_journal_text *value)
{
	return skw_journal_text_copy(value, e->far.comm, sizeof(e->far.comm));
}

static bool set_congestion(struct skw_journal_entry *e, const struct skw_journal_text *value)
{
	e->row.congestion = e->congestion;
	return skw_journal_text_copy(value, e->congestion, sizeof(e->congestion));
}

static bool set_app_limited(struct skw_journal_entry *e, const struct skw_journal_text *value)
{
	bool limited = skw_journal_text_is(value, "true");

	e->row.flags = limited ? SKW_ROW_APP_LIMITED : 0;
	return limited || skw_journal_text_is(value, "false");
}

/* "913 nginx" */
static bool add_owner(struct skw_journal_entry *e, const struct skw_journal_text *value)
{
	struct skw_owner *owner = &e->owners.set.list[e->owners.set.len];
	const char *blank = memchr(value->at, ' ', value->len);
	uint64_t pid;

	if (!blank || e->owners.set.len == SKW_JOURNAL_OWNERS)
		return false;
	struct skw_journal_text number = { value->at, (size_t)(blank - value->at) };
	struct skw_journal_text comm = { blank + 1, value->len - number.len - 1 };

	memset(owner, 0, sizeof(*owner));
	if (!skw_journal_text_number(&number, UINT32_MAX, &pid) ||
	    !skw_journal_text_copy(&comm, owner->comm, sizeof(owner->comm)))
		return false;
	for (char *c = owner->comm; *c; c++)
		if ((unsigned char)*c < ' ' || *c == 0x7f)
			*c = '?';
	/* They are sorted by pid. */
	if (e->owners.set.len && pid <= owner[-1].pid)
		return false;
	owner->pid = (uint32_t)pid;
	e->owners.set.len++;
	e->row.owners = &e->owners.set;
	return true;
}

/* Counts with commas between them. */
static bool set_hist(struct skw_journal_entry *e, const struct skw_journal_text *value)
{
	struct skw_journal_text left = *value;
	uint64_t count;

	for (int i = 0; i < SKW_RTT_BUCKETS; i++) {
		const char *comma = memchr(left.at, ',', left.len);
		struct skw_journal_text one = { left.at,
						comma ? (size_t)(comma - left.at) : left.len };

		if (!comma != (i == SKW_RTT_BUCKETS - 1) ||
		    !skw_journal_text_number(&one, UINT32_MAX, &count))
			return false;
		e->rtt_hist[i] = (uint32_t)count;
		left.at += one.len + (comma != NULL);
		left.len -= one.len + (comma != NULL);
	}
	e->row.rtt_hist = e->rtt_hist;
	return true;
}

/* The others are numbers of the row. PID and COMM are those of the first owner. */
static bool (*const setters[SKW_FIELDS])(struct skw_journal_entry *,
					 const struct skw_journal_text *) = {
	[SKW_FIELD_NETNS_NAME] = set_netns_name,
	[SKW_FIELD_PROTO] = set_proto,
	[SKW_FIELD_FAMILY] = set_family,
	[SKW_FIELD_LOCAL_ADDR] = set_local_addr,
	[SKW_FIELD_LOCAL_PORT] = set_local_port,
	[SKW_FIELD_REMOTE_ADDR] = set_remote_addr,
	[SKW_FIELD_REMOTE_PORT] = set_remote_port,
	[SKW_FIELD_STATE] = set_state,
	[SKW_FIELD_DIRECTION] = set_direction,
	[SKW_FIELD_OWNERS] = add_owner,
	[SKW_FIELD_OWNER_SOURCE] = set_owner_source,
	[SKW_FIELD_CGROUP] = set_cgroup,
	[SKW_FIELD_RTT_HIST] = set_hist,
	[SKW_FIELD_APP_LIMITED] = set_app_limited,
	[SKW_FIELD_TIMER] = set_timer,
	[SKW_FIELD_CONGESTION] = set_congestion,
	[SKW_FIELD_CLOSE_REASON] = set_close_reason,
	[SKW_FIELD_REMOTE_HOST] = set_remote_host,
	[SKW_FIELD_REMOTE_COOKIE] = set_remote_cookie,
	[SKW_FIELD_REMOTE_COMM] = set_remote_comm,
};

static bool set_number(struct skw_journal_entry *e, const struct skw_field_info *info,
		       const struct skw_journal_text *value)
{
	char *at = (info->udp ? (char *)&e->datagrams : (char *)&e->row) + info->offset;
	uint64_t number;
	uint32_t small;

	if (info->kind == SKW_KIND_TIME) {
		if (!skw_journal_text_time(value, &number))
			return false;
	} else if (!skw_journal_text_number(value,
					    info->size == sizeof(number) ? UINT64_MAX : UINT32_MAX,
					    &number)) {
		return false;
	}
	small = (uint32_t)number;
	if (info->size == sizeof(number))
		memcpy(at, &number, sizeof(number));
	else
		memcpy(at, &small, sizeof(small));
	return true;
}

int skw_journal_row_set(struct skw_journal_entry *e, const struct skw_journal_text *name,
			const struct skw_journal_text *value)
{
	unsigned field = 0;

	while (field < SKW_FIELDS && !skw_journal_text_is_name(name, skw_fields[field].name))
		field++;
	if (field == SKW_FIELDS)
		return 0;
	if (setters[field])
		return setters[field](e, value) ? 0 : -EBADMSG;
	if (!skw_fields[field].size || (skw_fields[field].udp && e->row.tuple.proto != IPPROTO_UDP))
		return 0;
	return set_number(e, &skw_fields[field], value) ? 0 : -EBADMSG;
}

/* An address with its scope, in the form that a tuple has. */
static bool set_address(struct skw_journal_entry *e, char *text, uint8_t addr[16])
{
	char *scope = strchr(text, '%');
	struct skw_journal_text name = { "", 0 };

	if (!*text)
		return true;
	if (scope) {
		*scope = '\0';
		name = (struct skw_journal_text){ scope + 1, strlen(scope + 1) };
		if (!skw_journal_text_copy(&name, e->far.scope, sizeof(e->far.scope)))
			return false;
		e->row.remote = &e->far;
	}
	if (e->row.tuple.family == AF_INET)
		return inet_pton(AF_INET, text, addr) == 1;
	/* An IPv4-mapped one is shown as IPv4. */
	if (!strchr(text, ':')) {
		addr[10] = addr[11] = 0xff;
		return inet_pton(AF_INET, text, addr + 12) == 1;
	}
	return inet_pton(AF_INET6, text, addr) == 1;
}

int skw_journal_row_finish(struct skw_journal_entry *e)
{
	struct skw_row *row = &e->row;

	if (!set_address(e, e->local, row->tuple.local_addr) ||
	    !set_address(e, e->remote, row->tuple.remote_addr))
		return -EBADMSG;
	if (!row->cookie)
		return -EBADMSG;
	if (row->closed_ns != SKW_NONE64)
		row->state_ns = row->closed_ns;
	return 0;
}
