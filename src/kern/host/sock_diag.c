// SPDX-License-Identifier: BSD-2-Clause
#include "kern/host/sock_diag.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/inet_diag.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <linux/sock_diag.h>
#include <linux/tcp.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "kern/host/sock_opened.h"
#include "model/row.h"
#include "util/cleanup.h"

/* A dump is read in pieces of this size, which is the kernel's own. */
#define PIECE_BYTES 32768
/* The kernel's TCP_CLOSE, which stands for a UDP socket without a peer, too. */
#define CLOSED 7

struct diag_request {
	struct nlmsghdr head;
	struct inet_diag_req_v2 body;
};

/* The answers to one request, as they come. */
struct answers {
	const struct skw_socket_id *id;
	struct skw_sock_diag *out; /* NULL: they are not looked at */
	/* NULL: all but the socket that was asked for are left out. */
	int (*each)(void *ctx, const struct skw_socket_id *id, const struct skw_sock_diag *socket);
	void *ctx;
	bool found, ended;
	int error;  /* -errno */
	int failed; /* the first result of `each` that is not 0 */
};

int skw_sock_diag_open(void)
{
	SKW_AUTO_FD int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_SOCK_DIAG);
	struct sockaddr_nl kernel = { .nl_family = AF_NETLINK };

	if (fd < 0 || connect(fd, (struct sockaddr *)&kernel, sizeof(kernel)) < 0)
		return -errno;
	return SKW_TAKE_FD(fd);
}

static struct diag_request make(uint16_t type, uint16_t flags, const struct skw_socket_id *id)
{
	const struct skw_tuple *t = &id->tuple;
	struct diag_request r = { .head = { .nlmsg_len = sizeof(r),
					    .nlmsg_type = type,
					    .nlmsg_flags = (uint16_t)(NLM_F_REQUEST | flags) },
				  .body = { .sdiag_family = t->family,
					    .sdiag_protocol = t->proto,
					    .idiag_ext = 1U << (INET_DIAG_INFO - 1),
					    .idiag_states = UINT32_MAX } };
	struct inet_diag_sockid *ends = &r.body.id;

	ends->idiag_sport = htons(t->local_port);
	ends->idiag_dport = htons(t->remote_port);
	memcpy(ends->idiag_src, t->local_addr, sizeof(ends->idiag_src));
	memcpy(ends->idiag_dst, t->remote_addr, sizeof(ends->idiag_dst));
	ends->idiag_cookie[0] = (uint32_t)id->cookie;
	ends->idiag_cookie[1] = (uint32_t)(id->cookie >> 32);
	return r;
}

static bool is_it(const struct inet_diag_msg *msg, const struct skw_socket_id *id)
{
	const struct inet_diag_sockid *ends = &msg->id;
	const struct skw_tuple *t = &id->tuple;
	size_t len = t->family == AF_INET ? 4 : 16;

	return msg->idiag_family == t->family && ends->idiag_cookie[0] == (uint32_t)id->cookie &&
	       ends->idiag_cookie[1] == (uint32_t)(id->cookie >> 32) &&
	       ends->idiag_sport == htons(t->local_port) &&
	       ends->idiag_dport == htons(t->remote_port) &&
	       !memcmp(ends->idiag_src, t->local_addr, len) &&
	       !memcmp(ends->idiag_dst, t->remote_addr, len);
}

/* Takes what follows a message. Nothing follows that of a socket in TIME_WAIT. */
static void take_attributes(struct skw_sock_diag *out, struct skw_sock_sent *sent,
			    const struct nlmsghdr *head)
{
	const struct inet_diag_msg *msg = NLMSG_DATA(head);
	const struct rtattr *attr = (const void *)(msg + 1);
	int left = (int)(head->nlmsg_len - NLMSG_LENGTH(sizeof(*msg)));

	for (; RTA_OK(attr, left); attr = RTA_NEXT(attr, left)) {
		struct tcp_info info = { 0 };
		size_t len = RTA_PAYLOAD(attr);

		if (attr->rta_type == INET_DIAG_CGROUP_ID && len == sizeof(out->cgroup_id))
			memcpy(&out->cgroup_id, RTA_DATA(attr), len);
		if (attr->rta_type != INET_DIAG_INFO)
			continue;
		memcpy(&info, RTA_DATA(attr), len < sizeof(info) ? len : sizeof(info));
		sent->acked = info.tcpi_bytes_acked;
		sent->sent = info.tcpi_bytes_sent;
		sent->retrans = info.tcpi_bytes_retrans;
		sent->notsent = info.tcpi_notsent_bytes;
	}
}

static void read_socket(struct skw_sock_diag *out, uint8_t proto, const struct nlmsghdr *head)
{
	const struct inet_diag_msg *msg = NLMSG_DATA(head);
	struct skw_sock_sent sent = { .queued = msg->idiag_wqueue };
	bool udp = proto == IPPROTO_UDP;

	*out = (struct skw_sock_diag){
		.state = udp && msg->idiag_state == CLOSED ? SKW_STATE_UNCONN : msg->idiag_state,
		.inode = msg->idiag_inode,
		.interface = msg->id.idiag_if,
		.uid = msg->idiag_uid,
	};
	take_attributes(out, &sent, head);
	/* A socket of UDP has a peer because its program has called connect(). */
	out->opened =
		udp ? out->state == SKW_STATE_ESTABLISHED : skw_sock_opened(out->state, &sent);
}

static struct skw_socket_id id_of(const struct inet_diag_msg *msg, uint8_t proto)
{
	const struct inet_diag_sockid *ends = &msg->id;
	struct skw_socket_id id = {
		.tuple = { .family = msg->idiag_family,
			   .proto = proto,
			   .local_port = ntohs(ends->idiag_sport),
			   .remote_port = ntohs(ends->idiag_dport) },
		.cookie = ends->idiag_cookie[0] | (uint64_t)ends->idiag_cookie[1] << 32,
	};
	size_t len = msg->idiag_family == AF_INET ? 4 : 16;

	memcpy(id.tuple.local_addr, ends->idiag_src, len);
	memcpy(id.tuple.remote_addr, ends->idiag_dst, len);
	return id;
}

static void take_socket(struct answers *a, const struct nlmsghdr *head)
{
	const struct inet_diag_msg *msg = NLMSG_DATA(head);
	uint8_t proto = a->id->tuple.proto;

	if (head->nlmsg_len < NLMSG_LENGTH(sizeof(*msg)))
		return;
	if (a->each) {
		const struct skw_socket_id id = id_of(msg, proto);
		struct skw_sock_diag it;

		read_socket(&it, proto, head);
		/* The other answers are read all the same, as others may ask after this. */
		if (!a->failed && msg->idiag_family == a->id->tuple.family)
			a->failed = a->each(a->ctx, &id, &it);
		return;
	}
	if (!a->out || a->found || !is_it(msg, a->id))
		return;
	a->found = true;
	read_socket(a->out, proto, head);
}

static void take_answer(struct answers *a, const struct nlmsghdr *head, bool many)
{
	if (head->nlmsg_type == NLMSG_ERROR || head->nlmsg_type == NLMSG_DONE) {
		/* A number, and for an error the request behind it. */
		a->ended = true;
		if (head->nlmsg_len >= NLMSG_LENGTH(sizeof(int)))
			memcpy(&a->error, NLMSG_DATA(head), sizeof(a->error));
		return;
	}
	take_socket(a, head);
	/* A single answer has no message behind it. */
	a->ended = !many;
}

/* To the kernel, all ones stand for any socket (INET_DIAG_NOCOOKIE), and no socket has 0. */
static bool has_cookie(const struct skw_socket_id *id)
{
	return id->cookie && id->cookie != UINT64_MAX;
}

/* Returns 0 or -errno, -ENOENT if the socket was asked for and not found. */
static int ask(int fd, const struct diag_request *r, struct answers *a)
{
	union {
		struct nlmsghdr head;
		char bytes[PIECE_BYTES];
	} piece;
	bool many = r->head.nlmsg_flags & NLM_F_DUMP;

	if (send(fd, r, sizeof(*r), 0) < 0)
		return -errno;
	while (!a->ended) {
		ssize_t n = recv(fd, &piece, sizeof(piece), MSG_TRUNC);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0 || n > (ssize_t)sizeof(piece))
			return n < 0 ? -errno : -EPROTO;
		unsigned left = (unsigned)n;
		for (const struct nlmsghdr *head = &piece.head; !a->ended && NLMSG_OK(head, left);
		     head = NLMSG_NEXT(head, left))
			take_answer(a, head, many);
	}
	if (a->error)
		return a->error;
	return a->out && !a->found ? -ENOENT : 0;
}

int skw_sock_diag_check(int fd, struct skw_error *err)
{
	static const uint8_t protos[] = { IPPROTO_TCP, IPPROTO_UDP };

	for (size_t i = 0; i < SKW_ARRAY_SIZE(protos); i++) {
		const struct skw_socket_id any = { .tuple = { .family = AF_INET,
							      .proto = protos[i] } };
		struct diag_request r = make(SOCK_DIAG_BY_FAMILY, NLM_F_DUMP, &any);
		struct answers a = { .id = &any };

		/* No socket is in none of the states. */
		r.body.idiag_states = 0;
		int ret = ask(fd, &r, &a);
		if (ret)
			return skw_error_set(err, ret,
					     "this kernel does not tell of sockets (%s of "
					     "CONFIG_INET_DIAG): %s",
					     protos[i] == IPPROTO_TCP ? "tcp_diag" : "udp_diag",
					     strerror(-ret));
	}
	return 0;
}

/*
 * A socket that can't be there is not found, unless the kernel can't end any. It looks at
 * privileges later, but who asks here has been seen to have CAP_NET_ADMIN.
 */
int skw_sock_diag_can_end(int fd)
{
	/* With a port, the kernel does not answer with all sockets that it has. */
	static const struct skw_socket_id nobody = {
		.tuple = { .family = AF_INET, .proto = IPPROTO_TCP, .remote_port = 1 }, .cookie = 1
	};
	static const struct skw_sock_diag found;
	int ret = skw_sock_diag_end(fd, &nobody, &found);

	return ret == -EOPNOTSUPP ? ret : 0;
}

int skw_sock_diag_each(int fd, uint8_t family, uint8_t proto, uint32_t states,
		       int (*each)(void *ctx, const struct skw_socket_id *id,
				   const struct skw_sock_diag *socket),
		       void *ctx)
{
	const struct skw_socket_id any = { .tuple = { .family = family, .proto = proto } };
	struct diag_request r = make(SOCK_DIAG_BY_FAMILY, NLM_F_DUMP, &any);
	struct answers a = { .id = &any, .each = each, .ctx = ctx };

	r.body.idiag_states = states;
	int ret = ask(fd, &r, &a);
	return ret ? ret : a.failed;
}

int skw_sock_diag_find(int fd, const struct skw_socket_id *id, struct skw_sock_diag *out)
{
	struct skw_sock_diag found = { 0 };
	struct diag_request r = make(SOCK_DIAG_BY_FAMILY, 0, id);
	struct answers a = { .id = id, .out = &found };
	int ret = -ENOENT;

	if (!has_cookie(id))
		return -EINVAL;
	if (id->tuple.proto == IPPROTO_TCP)
		ret = ask(fd, &r, &a);
	/*
	 * The kernel finds no socket that is bound to an interface unless it is named, and takes
	 * the ends of UDP the other way round. All that are there can be looked through.
	 */
	if (ret == -ENOENT) {
		r = make(SOCK_DIAG_BY_FAMILY, NLM_F_DUMP, id);
		a = (struct answers){ .id = id, .out = &found };
		ret = ask(fd, &r, &a);
	}
	if (!ret)
		*out = found;
	return ret;
}

int skw_sock_diag_end(int fd, const struct skw_socket_id *id, const struct skw_sock_diag *found)
{
	struct diag_request r = make(SOCK_DESTROY, NLM_F_ACK, id);
	struct answers a = { .id = id };
	struct skw_sock_diag again;

	if (!has_cookie(id))
		return -EINVAL;
	r.body.id.idiag_if = found->interface;
	int ret = ask(fd, &r, &a);
	if (ret == -ENOENT && skw_sock_diag_find(fd, id, &again) == 0)
		return -ENOTUNIQ;
	return ret;
}
