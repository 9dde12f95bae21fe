// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Both ends of a TCP connection tell each other who they are, by an option in SYN and SYN-ACK. A
 * SYN-ACK has it only if its SYN had one, so nobody is told who has not told. The kernel calls back
 * for a header only where a flag of the socket asks for it: the flag is set for connect() and
 * listen(), and gone when the SYN is written or the connection is accepted, so data costs nothing.
 */
#include "event.bpf.h"
#include "holder.bpf.h"

#include "abi/mark.h"

char LICENSE[] SEC("license") = "Dual BSD/GPL";

/* include/uapi/linux/bpf.h */
#define OP_TCP_CONNECT            3
#define OP_ACTIVE_ESTABLISHED     4
#define OP_PASSIVE_ESTABLISHED    5
#define OP_TCP_LISTEN             11
#define OP_HDR_OPT_LEN            14
#define OP_WRITE_HDR_OPT          15

#define FLAG_WRITE_HDR_OPT        0x40

#define HDR_TCP_SYNACK_COOKIE     2 /* BPF_WRITE_HDR_TCP_SYNACK_COOKIE */
#define LOAD_HDR_OPT_TCP_SYN      1 /* BPF_LOAD_HDR_OPT_TCP_SYN */

#define SOL_TCP                   6
#define TCP_BPF_SOCK_OPS_CB_FLAGS 1008

#define TCPHDR_SYN                0x02
#define TCPHDR_ACK                0x10

#define ENOSPC                    28
#define COMM_STEP                 4

/* These are set before loading. */

/* The number of this host, in network order. */
const volatile __u32 host = 1;
/* Somebody reads the rings. */
const volatile bool tell;
/*
 * Another program is attached that may want the same callbacks: flags that it may have set stay.
 */
const volatile bool shared;

/* The iterator takes the flags of listeners away. */
bool leaving;

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, 1); /* the number of possible CPUs, set before loading */
	__type(key, __u32);
	__type(value, struct skw_mark_counters);
} marks SEC(".maps");

/*
 * An array, as an entry of a hash for each connection makes connecting a tenth dearer. The kernel
 * counts cookies up, so an entry stays until that many sockets more were made.
 */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, SKW_MARK_PEERS);
	__type(key, __u32);
	__type(value, struct skw_mark_peer);
} peers SEC(".maps");

/* The mark that waits for its header: between its two callbacks nothing else runs on the CPU. */
struct waiting {
	__u64 cookie;
	__u64 name; /* bytes of the name */
};

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct waiting);
} waiting SEC(".maps");

/* Sockets whose flag was set by another program. The sockets that a listener accepts inherit that.
 */
struct {
	__uint(type, BPF_MAP_TYPE_SK_STORAGE);
	__uint(map_flags, BPF_F_NO_PREALLOC | BPF_F_CLONE);
	__type(key, int);
	__type(value, __u32);
} theirs SEC(".maps");

/* Listeners whose flag we have set. */
struct {
	__uint(type, BPF_MAP_TYPE_SK_STORAGE);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, int);
	__type(value, __u32);
} ours SEC(".maps");

#define MARK_COUNT(member)                                                                         \
	do {                                                                                       \
		__u32 cpu_ = bpf_get_smp_processor_id();                                           \
		struct skw_mark_counters *count_ = bpf_map_lookup_elem(&marks, &cpu_);             \
                                                                                                   \
		if (count_)                                                                        \
			__sync_fetch_and_add(&count_->member, 1);                                  \
	} while (0)

static __always_inline const struct sock *sock_of(const struct tcp_sock *tp)
{
	return &tp->inet_conn.icsk_inet.sk;
}

/* ---- flags ---- */

static __always_inline bool is_theirs(struct bpf_sock *sk)
{
	return shared && bpf_sk_storage_get(&theirs, sk, NULL, 0);
}

/* The call overwrites the socket's one byte of flags, so all others are passed on. */
static __always_inline void flag_set(struct bpf_sock_ops *skops, struct bpf_sock *sk, bool listens)
{
	__u32 flags = skops->bpf_sock_ops_cb_flags;

	if (!(flags & FLAG_WRITE_HDR_OPT)) {
		if (shared && listens)
			bpf_sk_storage_get(&ours, sk, NULL, BPF_SK_STORAGE_GET_F_CREATE);
		bpf_sock_ops_cb_flags_set(skops, flags | FLAG_WRITE_HDR_OPT);
		return;
	}
	if (shared && !bpf_sk_storage_get(&ours, sk, NULL, 0))
		bpf_sk_storage_get(&theirs, sk, NULL, BPF_SK_STORAGE_GET_F_CREATE);
}

static __always_inline void flag_drop(struct bpf_sock_ops *skops, struct bpf_sock *sk)
{
	__u32 flags = skops->bpf_sock_ops_cb_flags;

	if (flags & FLAG_WRITE_HDR_OPT && !is_theirs(sk))
		bpf_sock_ops_cb_flags_set(skops, flags & ~FLAG_WRITE_HDR_OPT);
}

/* ---- peers ---- */

static __always_inline struct skw_mark_peer *peer_slot(__u64 cookie)
{
	__u32 at = cookie & (SKW_MARK_PEERS - 1);

	return bpf_map_lookup_elem(&peers, &at);
}

static __always_inline struct skw_mark_peer *peer_find(__u64 cookie)
{
	struct skw_mark_peer *peer = peer_slot(cookie);

	return peer && peer->cookie == cookie ? peer : NULL;
}

static __always_inline struct skw_mark_peer *peer_keep(__u64 cookie,
						       const struct skw_mark_option *opt)
{
	struct skw_mark_peer *peer = peer_slot(cookie), told;

	if (!peer)
		return NULL;
	told.cookie = cookie;
	told.remote_cookie = __builtin_bswap64(*(const __u64 *)opt->cookie);
	told.remote_host = __builtin_bswap32(*(const __u32 *)opt->host);
	__builtin_memcpy(told.remote_comm, opt->comm, SKW_COMM_LEN);
	told.check = skw_mark_check(&told);
	peer->cookie = 0;
	barrier();
	peer->remote_cookie = told.remote_cookie;
	peer->remote_host = told.remote_host;
	peer->check = told.check;
	__builtin_memcpy(peer->remote_comm, told.remote_comm, SKW_COMM_LEN);
	barrier();
	peer->cookie = cookie;
	return peer;
}

/* Reads the peer's option: from the packet of this callback, or with a flag from the SYN. */
static __always_inline bool option_load(struct bpf_sock_ops *skops, struct skw_mark_option *opt,
					__u64 flags)
{
	int ret;

	__builtin_memset(opt, 0, sizeof(*opt));
	opt->kind = SKW_MARK_KIND;
	/* The call looks for the kind and the identifier, which end at this length. */
	opt->len = 4;
	opt->exid[0] = SKW_MARK_EXID >> 8;
	opt->exid[1] = SKW_MARK_EXID & 0xff;
	ret = bpf_load_hdr_opt(skops, opt, sizeof(*opt), flags);
	if (ret >= SKW_MARK_LEN && *(const __u32 *)opt->host)
		return true;
	if (ret >= 0 || ret == -ENOSPC)
		MARK_COUNT(malformed);
	return false;
}

/* ---- writing ---- */

static __always_inline __u32 name_len(const struct holder *name)
{
	const __u32 *words = (const __u32 *)name->comm;

	return words[3] ? 16 : words[2] ? 12 : words[1] ? 8 : words[0] ? 4 : 0;
}

/* Reserves as much as there is room for. Returns the length, or 0. */
static __always_inline __u32 room_take(struct bpf_sock_ops *skops, __u32 name)
{
	for (int i = 0; i <= SKW_COMM_LEN / COMM_STEP; i++) {
		__u32 len = SKW_COMM_LEN - i * COMM_STEP;

		if (len <= name && !bpf_reserve_hdr_opt(skops, SKW_MARK_LEN + len, 0))
			return SKW_MARK_LEN + len;
	}
	return 0;
}

static __always_inline bool room_reserve(struct bpf_sock_ops *skops, __u64 cookie)
{
	struct holder name = {};
	__u32 zero = 0;
	struct waiting *w = bpf_map_lookup_elem(&waiting, &zero);
	__u32 len;

	if (!w)
		return false;
	name_of(skops, &name);
	len = room_take(skops, name_len(&name));
	if (!len) {
		MARK_COUNT(no_room);
		return false;
	}
	w->cookie = cookie;
	w->name = len - SKW_MARK_LEN;
	return true;
}

/*
 * A SYN that is sent again goes without a mark, as the flag is gone then: the first one may be lost
 * because a box on the way does not like it.
 */
static __always_inline void on_syn_len(struct bpf_sock_ops *skops)
{
	struct bpf_sock *sk = skops->sk;

	if (!sk || (skops->skb_tcp_flags & (TCPHDR_SYN | TCPHDR_ACK)) != TCPHDR_SYN)
		return;
	if (skops->total_retrans || !room_reserve(skops, bpf_get_socket_cookie(skops)))
		flag_drop(skops, sk);
}

/* The slot without a host tells at establishment that this SYN was marked. */
static __always_inline void syn_marked(struct bpf_sock_ops *skops, __u64 cookie)
{
	struct skw_mark_option nobody = {};
	struct bpf_sock *sk = skops->sk;

	MARK_COUNT(syns);
	peer_keep(cookie, &nobody);
	if (sk)
		flag_drop(skops, sk);
}

/* The request has the cookie that its socket gets, so the words of the SYN can be kept already. */
static __always_inline void on_synack_len(struct bpf_sock_ops *skops)
{
	struct skw_mark_option opt;
	__u64 cookie;

	if (!option_load(skops, &opt, LOAD_HDR_OPT_TCP_SYN))
		return;
	if (skops->args[0] == HDR_TCP_SYNACK_COOKIE) {
		MARK_COUNT(syncookies);
		return;
	}
	cookie = bpf_get_socket_cookie(skops);
	peer_keep(cookie, &opt);
	room_reserve(skops, cookie);
}

static __always_inline void on_len(struct bpf_sock_ops *skops)
{
	if (skops->is_fullsock)
		on_syn_len(skops);
	else
		on_synack_len(skops);
}

static __always_inline void on_write(struct bpf_sock_ops *skops)
{
	struct skw_mark_option opt = { .kind = SKW_MARK_KIND,
				       .exid = { SKW_MARK_EXID >> 8, SKW_MARK_EXID & 0xff } };
	__u64 cookie = bpf_get_socket_cookie(skops);
	__u64 name;
	__u32 zero = 0;
	struct waiting *w = bpf_map_lookup_elem(&waiting, &zero);

	/* Other programs reserve room, too. */
	if (!w || w->cookie != cookie)
		return;
	w->cookie = 0;
	name = w->name;
	if (name > SKW_COMM_LEN)
		return;
	opt.len = SKW_MARK_LEN + name;
	*(__u32 *)opt.host = host;
	*(__u64 *)opt.cookie = __builtin_bswap64(cookie);
	if (name)
		name_of(skops, (struct holder *)opt.comm);
	if (bpf_store_hdr_opt(skops, &opt, SKW_MARK_LEN + name, 0))
		MARK_COUNT(unwritten);
	else if (skops->is_fullsock)
		syn_marked(skops, cookie);
	else
		MARK_COUNT(answers);
}

/* ---- the life of a connection ---- */

static __always_inline void established_event(struct bpf_sock_ops *skops, struct bpf_sock *sk,
					      __u64 cookie, const struct skw_mark_peer *peer,
					      __u8 direction)
{
	struct tcp_sock *tp = tell ? bpf_skc_to_tcp_sock(sk) : NULL;
	struct skw_mark_rec *rec = tp ? event_reserve(sizeof(*rec)) : NULL;

	if (!rec)
		return;
	event_fill(&rec->event, sock_of(tp), cookie, SKW_EVENT_ESTABLISHED);
	rec->event.head.direction = direction;
	rec->event.handshake_us = or_none32(tp->srtt_us >> 3);
	rec->peer = *peer;
	event_submit(rec);
}

static __always_inline void on_established(struct bpf_sock_ops *skops, struct bpf_sock *sk,
					   __u8 direction)
{
	__u64 cookie = bpf_get_socket_cookie(skops);
	struct skw_mark_peer *peer = peer_find(cookie);
	struct skw_mark_option opt;
	bool marked = peer;

	/*
	 * An accepted socket has the flag of its listener. Another program may have set it for this
	 * socket just now, and nothing tells that; then it must stay.
	 */
	if (!shared)
		flag_drop(skops, sk);
	/* This is the SYN-ACK, or a SYN with data that is answered by fast open. */
	if (!(peer && peer->remote_host) && skops->skb_tcp_flags & TCPHDR_SYN &&
	    option_load(skops, &opt, 0))
		peer = peer_keep(cookie, &opt);
	if (peer && peer->remote_host)
		MARK_COUNT(learned);
	else if (marked && skops->total_retrans)
		MARK_COUNT(retried);
	if (peer)
		established_event(skops, sk, cookie, peer, direction);
}

static __always_inline void on_listen(struct bpf_sock_ops *skops, struct bpf_sock *sk)
{
	struct holder holder = {};
	struct tcp_sock *tp;
	struct end end;

	flag_set(skops, sk, true);
	if (!names)
		return;
	tp = bpf_skc_to_tcp_sock(sk);
	if (!tp || !holder_current(&holder))
		return;
	end_of_sock(&end, &sock_of(tp)->__sk_common);
	holder_keep(&end, &holder);
}

/*
 * The kernel ignores the return value here. Other programs may have set `reply`, so leave it
 * alone.
 */
SEC("sockops")
int skw_mark(struct bpf_sock_ops *skops)
{
	__u32 op = skops->op;
	struct bpf_sock *sk;

	if (op == OP_HDR_OPT_LEN) {
		on_len(skops);
		return 1;
	}
	if (op == OP_WRITE_HDR_OPT) {
		on_write(skops);
		return 1;
	}
	if (op != OP_TCP_CONNECT && op != OP_ACTIVE_ESTABLISHED && op != OP_PASSIVE_ESTABLISHED &&
	    op != OP_TCP_LISTEN)
		return 1;
	sk = skops->sk;
	if (!sk)
		return 1;
	if (op == OP_TCP_CONNECT)
		flag_set(skops, sk, false);
	else if (op == OP_TCP_LISTEN)
		on_listen(skops, sk);
	else
		on_established(skops, sk,
			       op == OP_PASSIVE_ESTABLISHED ? SKW_CONN_IN : SKW_CONN_OUT);
	return 1;
}

/* ---- listeners that are there before, and at the end ---- */

static __always_inline int listener_write(struct tcp_sock *tp, int flags)
{
	return bpf_setsockopt(tp, SOL_TCP, TCP_BPF_SOCK_OPS_CB_FLAGS, &flags, sizeof(flags));
}

static __always_inline void listener_enrol(struct tcp_sock *tp, int flags)
{
	if (flags & FLAG_WRITE_HDR_OPT) {
		if (shared && !bpf_sk_storage_get(&ours, tp, NULL, 0))
			bpf_sk_storage_get(&theirs, tp, NULL, BPF_SK_STORAGE_GET_F_CREATE);
		return;
	}
	if (listener_write(tp, flags | FLAG_WRITE_HDR_OPT)) {
		MARK_COUNT(refused);
		return;
	}
	MARK_COUNT(enrolled);
	if (shared)
		bpf_sk_storage_get(&ours, tp, NULL, BPF_SK_STORAGE_GET_F_CREATE);
}

static __always_inline void listener_leave(struct tcp_sock *tp, int flags)
{
	if (flags & FLAG_WRITE_HDR_OPT && !(shared && bpf_sk_storage_get(&theirs, tp, NULL, 0)))
		listener_write(tp, flags & ~FLAG_WRITE_HDR_OPT);
}

SEC("iter/tcp")
int skw_mark_listeners(struct bpf_iter__tcp *ctx)
{
	struct sock_common *common = ctx->sk_common;
	struct tcp_sock *tp;

	if (!common || common->skc_state != TCP_LISTEN)
		return 0;
	tp = bpf_skc_to_tcp_sock(common);
	if (!tp || !in_subtree(sock_of(tp)))
		return 0;
	if (leaving)
		listener_leave(tp, tp->bpf_sock_ops_cb_flags);
	else
		listener_enrol(tp, tp->bpf_sock_ops_cb_flags);
	return 0;
}

/* The processes that hold them, in all network namespaces. */
SEC("iter/task_file")
int skw_mark_holders(struct bpf_iter__task_file *ctx)
{
	struct task_struct *task = ctx->task;
	struct file *file = ctx->file;
	struct holder holder = {};
	struct socket *socket;
	const struct sock *sk;
	struct end end;

	if (!task || !file)
		return 0;
	socket = bpf_sock_from_file(file);
	if (!socket)
		return 0;
	sk = socket->sk;
	if (!sk || sk->sk_protocol != IPPROTO_TCP || sk->__sk_common.skc_state != TCP_LISTEN ||
	    !in_subtree(sk))
		return 0;
	process_comm(holder.comm, task->group_leader);
	end_of_sock(&end, &sk->__sk_common);
	holder_keep(&end, &holder);
	return 0;
}
