// SPDX-License-Identifier: BSD-2-Clause
#include "act/policy/policy_existing_find.h"

#include <errno.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "act/policy/policy_image.h"
#include "model/row.h"
#include "util/cleanup.h"

#define PORTS 65536

/* A half-open socket of SYN_RECV was accepted, and one of TIME_WAIT has closed. */
#define OPEN_STATES                                                                                \
	(1U << SKW_STATE_ESTABLISHED | 1U << SKW_STATE_SYN_SENT | 1U << SKW_STATE_FIN_WAIT1 |      \
	 1U << SKW_STATE_FIN_WAIT2 | 1U << SKW_STATE_CLOSE_WAIT | 1U << SKW_STATE_LAST_ACK |       \
	 1U << SKW_STATE_CLOSING)

/* The counters of a busy socket change while the kernel copies them. */
#define LOOKS_MAX  16
#define LOOKS_SURE 2

struct finding {
	const struct skw_policy_image *image;
	const struct skw_policy_members *members;
	struct skw_policy_found *out;
	uint8_t listens[PORTS / 8]; /* bits of the ports of TCP */
};

int skw_policy_open_add(struct skw_policy_open_list *list, const struct skw_policy_open *it)
{
	if (list->len == list->size) {
		size_t size = list->size ? 2 * list->size : 64;
		struct skw_policy_open *all = reallocarray(list->all, size, sizeof(*all));

		if (!all)
			return -ENOMEM;
		list->all = all;
		list->size = size;
	}
	list->all[list->len++] = *it;
	return 0;
}

static void set_call(struct skw_policy_image_call *call, const struct skw_tuple *t, size_t group)
{
	*call = (struct skw_policy_image_call){
		.what = SKW_POLICY_CONNECT,
		.proto = t->proto == IPPROTO_TCP ? SKW_POLICY_TCP : SKW_POLICY_UDP,
		.port = t->remote_port,
		.group = group,
	};
	if (t->family == AF_INET6) {
		memcpy(call->addr, t->remote_addr, sizeof(call->addr));
		return;
	}
	call->addr[10] = call->addr[11] = 0xff;
	memcpy(call->addr + 12, t->remote_addr, 4);
}

static bool is_proxy(const struct skw_policy_image *image, const struct skw_policy_image_call *call)
{
	for (size_t i = 0; i < image->set.words * 64 && i < SKW_POLICY_RULES; i++) {
		const struct skw_policy_action *action = &image->set.action[i];

		if (action->verdict == SKW_POLICY_REDIRECT &&
		    ntohs(action->via_port) == call->port &&
		    memcmp(action->via, call->addr, sizeof(call->addr)) == 0)
			return true;
	}
	return false;
}

enum skw_policy_fate skw_policy_existing_judge(const struct skw_policy_image *image,
					       const struct skw_policy_members *members,
					       struct skw_policy_open *it)
{
	struct skw_policy_image_call call;

	it->member = skw_policy_members_get(members, it->found.cgroup_id);
	if (!it->member || !it->id.tuple.remote_port)
		return SKW_POLICY_FATE_PASS;
	set_call(&call, &it->id.tuple, it->member->group);
	size_t rule = skw_policy_image_judge(image, &call);
	if (rule == SKW_POLICY_RULES || image->set.action[rule].verdict != SKW_POLICY_DENY)
		return SKW_POLICY_FATE_PASS;
	it->rule = (uint16_t)rule;
	return is_proxy(image, &call) ? SKW_POLICY_FATE_PROXIED : SKW_POLICY_FATE_END;
}

static int note_listener(void *ctx, const struct skw_socket_id *id,
			 const struct skw_sock_diag *socket)
{
	struct finding *f = ctx;
	uint16_t port = id->tuple.local_port;

	(void)socket;
	f->listens[port / 8] |= (uint8_t)(1U << port % 8);
	return 0;
}

static int note_open(void *ctx, const struct skw_socket_id *id, const struct skw_sock_diag *socket)
{
	struct finding *f = ctx;
	struct skw_policy_open it = { .id = *id, .found = *socket };
	uint16_t port = id->tuple.local_port;
	enum skw_policy_fate fate = skw_policy_existing_judge(f->image, f->members, &it);

	if (fate == SKW_POLICY_FATE_PASS)
		return 0;
	/* No process has it open, or it was not accepted yet. */
	if (!socket->inode)
		f->out->closing++;
	else if (fate == SKW_POLICY_FATE_PROXIED)
		f->out->proxied++;
	else if (id->tuple.proto == IPPROTO_TCP && f->listens[port / 8] >> port % 8 & 1)
		f->out->accepted++;
	else
		return skw_policy_open_add(&f->out->list, &it);
	return 0;
}

int skw_policy_existing_find(int fd, const struct skw_policy_image *image,
			     const struct skw_policy_members *members, struct skw_policy_found *out)
{
	static const uint8_t families[] = { AF_INET, AF_INET6 };
	struct finding f = { .image = image, .members = members, .out = out };
	int ret = 0;

	/* All listeners first: a connection that one of them accepts later is met with its port. */
	for (size_t i = 0; !ret && i < SKW_ARRAY_SIZE(families); i++)
		ret = skw_sock_diag_each(fd, families[i], IPPROTO_TCP, 1U << SKW_STATE_LISTEN,
					 note_listener, &f);
	for (size_t i = 0; !ret && i < SKW_ARRAY_SIZE(families); i++) {
		ret = skw_sock_diag_each(fd, families[i], IPPROTO_TCP, OPEN_STATES, note_open, &f);
		if (!ret)
			ret = skw_sock_diag_each(fd, families[i], IPPROTO_UDP,
						 1U << SKW_STATE_ESTABLISHED, note_open, &f);
	}
	return ret;
}

int skw_policy_existing_make_sure(int fd, struct skw_policy_open *it)
{
	unsigned sure = 0;

	for (unsigned i = 0; i < LOOKS_MAX && sure < LOOKS_SURE; i++) {
		int ret = skw_sock_diag_find(fd, &it->id, &it->found);

		if (ret)
			return ret;
		/* A socket of TIME_WAIT has the cookie of its connection. */
		if (!(OPEN_STATES >> it->found.state & 1) || !it->found.inode)
			return -ENOENT;
		sure = it->found.opened ? sure + 1 : 0;
	}
	return sure == LOOKS_SURE ? 0 : -EUCLEAN;
}
