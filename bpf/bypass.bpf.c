// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Moves what one end of a connection sends straight into the receive queue of the other end, past
 * TCP, when both ends are sockets of one cgroup in one network namespace.
 *
 * A direction is taken over when TCP has nothing of it that is under way or unread, which later
 * bytes would overtake, and when no reader can be inside of TCP's own receive function, where
 * redirected bytes wake no process. It can go back to TCP at any time: the receiver reads what was
 * redirected before it reads what came by TCP.
 *
 * Entries of the map of sockets are never deleted here: the kernel would drop bytes that are
 * unread. It removes a socket when that is closed.
 */
#include "ring.bpf.h"
#include "task.bpf.h"
#include "abi/bypass.h"
#include "bypass.bpf.h"
#include "bypass_tell.bpf.h"

char LICENSE[] SEC("license") = "Dual BSD/GPL";

#define SK_PASS       1
#define BPF_F_INGRESS 1

/* include/uapi/linux/bpf.h */
enum {
	BPF_SOCK_OPS_RWND_INIT = 2,
	BPF_SOCK_OPS_ACTIVE_ESTABLISHED_CB = 4,
	BPF_SOCK_OPS_PASSIVE_ESTABLISHED_CB = 5,
	BPF_SOCK_OPS_STATE_CB = 10,
};
#define BPF_SOCK_OPS_STATE_CB_FLAG 4
#define TCP_CLOSE                  7

#define ENDS_MAX                   65536
#define SYNS_MAX                   8192
#define WAITERS_MAX                8

const volatile __u64 max_queue; /* bytes of a direction that are unread; set before loading */

/* User space sets this. The sockets of a tool that has ended still run these programs. */
__u32 stopped; /* everything passes */

struct {
	__uint(type, BPF_MAP_TYPE_SOCKHASH);
	__uint(max_entries, ENDS_MAX);
	__type(key, struct end_key);
	__type(value, __u64);
} sockets SEC(".maps");

/* The kernel's tcp_sock of each end in `sockets`, from its establishment to its close. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(max_entries, ENDS_MAX);
	__type(key, struct end_key);
	__type(value, __u64);
} ends SEC(".maps");

/*
 * SYNs that a listener of the cgroup got from this host, in the form of the end that connects, with
 * sequence numbers 0. They keep sockets out of the map whose other end is outside of the cgroup:
 * an application loses something by being in there.
 */
struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, SYNS_MAX);
	__type(key, struct end_key);
	__type(value, __u8);
} syns SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_SK_STORAGE);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, int);
	__type(value, struct direction);
} directions SEC(".maps");

/* ---- sockets come and go ---- */

/* A listener of the cgroup answers this SYN. */
static __always_inline void on_syn(struct bpf_sock_ops *ctx)
{
	const __u8 seen = 1;
	struct end_key key, client;

	read_key(ctx, &key);
	if (!is_near(&key))
		return;
	turn(&key, &client);
	bpf_map_update_elem(&syns, &client, &seen, BPF_ANY);
}

/* Whether the other end is in the map, or will be. */
static __always_inline bool has_peer(const struct end_key *key, bool connects)
{
	struct end_key look;

	if (!connects) {
		turn(key, &look);
		return bpf_map_lookup_elem(&ends, &look);
	}
	look = *key;
	look.local_seq = look.remote_seq = 0;
	return bpf_map_delete_elem(&syns, &look) == 0;
}

static __always_inline void join(struct bpf_sock_ops *ctx, struct end_key *key, bool connects)
{
	struct bpf_sock *sk = ctx->sk;
	const struct tcp_sock *tp = sk ? bpf_skc_to_tcp_sock(sk) : NULL;
	struct direction *own = NULL;
	__u64 tcp = (__u64)(const void *)tp;

	if (sk && tp && !is_of_kernel(tp))
		own = bpf_sk_storage_get(&directions, sk, NULL, BPF_SK_STORAGE_GET_F_CREATE);
	if (!own || bpf_map_update_elem(&ends, key, &tcp, BPF_ANY)) {
		COUNT(refused);
		return;
	}
	turn(key, &own->peer);
	own->cookie = bpf_get_socket_cookie(ctx);
	own->direction = connects ? SKW_CONN_OUT : SKW_CONN_IN;
	if (bpf_sock_hash_update(ctx, &sockets, key, BPF_NOEXIST)) {
		bpf_map_delete_elem(&ends, key);
		COUNT(refused);
		return;
	}
	COUNT(joined);
	/* The flags of other programs stay. They remain on the socket, and are harmless. */
	bpf_sock_ops_cb_flags_set(
		ctx, (int)(LOAD(ctx->bpf_sock_ops_cb_flags) | BPF_SOCK_OPS_STATE_CB_FLAG));
}

static __always_inline void on_established(struct bpf_sock_ops *ctx, bool connects)
{
	struct end_key key;

	if (stopped)
		return;
	read_key(ctx, &key);
	if (!is_near(&key))
		return;
	key.local_seq = LOAD(ctx->snd_nxt);
	key.remote_seq = LOAD(ctx->rcv_nxt);
	if (has_peer(&key, connects))
		join(ctx, &key, connects);
	else
		COUNT(strangers);
}

static __always_inline void on_close(struct bpf_sock_ops *ctx)
{
	struct bpf_sock *sk = ctx->sk;
	const struct tcp_sock *tp;
	struct direction *own;
	struct end_key key;

	if (!sk)
		return;
	own = bpf_sk_storage_get(&directions, sk, NULL, 0);
	if (!own)
		return;
	turn(&own->peer, &key);
	bpf_map_delete_elem(&ends, &key);
	tp = bpf_skc_to_tcp_sock(sk);
	if (tp && own->messages)
		tell(tp, own, SKW_BYPASS_CLOSED);
}

/* The result does not matter to the kernel, and `reply` stays as it is: it is for other programs.
 */
SEC("sockops")
int skw_sockops(struct bpf_sock_ops *ctx)
{
	switch (ctx->op) {
	case BPF_SOCK_OPS_RWND_INIT:
		/* Of a socket that connects it is asked, too. */
		if (!ctx->is_fullsock)
			on_syn(ctx);
		break;
	case BPF_SOCK_OPS_ACTIVE_ESTABLISHED_CB:
		on_established(ctx, true);
		break;
	case BPF_SOCK_OPS_PASSIVE_ESTABLISHED_CB:
		on_established(ctx, false);
		break;
	case BPF_SOCK_OPS_STATE_CB:
		if (LOAD(ctx->args[1]) == TCP_CLOSE)
			on_close(ctx);
		break;
	}
	return 1;
}

/* ---- messages ---- */

/*
 * The lowest bits of sk_user_data are flags: include/net/sock.h. The kernel empties it before the
 * socket goes, and takes the socket out of the map before that.
 */
#define USER_DATA_FLAGS 7ULL

/* The bytes that the peer has not read are at most this. */
static __always_inline __u64 queued(struct direction *own, const struct tcp_sock *peer)
{
	const struct sk_psock *psock;
	const struct list_head *next = NULL;
	__u64 data = 0;

	bpf_core_read(&data, sizeof(data), &peer->inet_conn.icsk_inet.sk.sk_user_data);
	psock = (const void *)(data & ~USER_DATA_FLAGS);
	bpf_core_read(&next, sizeof(next), &psock->ingress_msg.next);
	if (next == &psock->ingress_msg)
		own->read = own->bytes;
	if (own->bytes - own->read > max_queue / 2 && bpf_core_field_exists(psock->msg_tot_len)) {
		__u32 unread = 0;

		/* Kernels that count them tell how many they are for a reader that lags a bit. */
		bpf_core_read(&unread, sizeof(unread), &psock->msg_tot_len);
		if (unread < own->bytes - own->read)
			own->read = own->bytes - unread;
	}
	return own->bytes - own->read;
}

/*
 * Whether a process may wait for bytes inside of a system call on this socket. epoll's entry has no
 * task, and waits outside.
 */
static __always_inline bool has_waiter(const struct sock *sk)
{
	const struct list_head *head, *next = NULL;
	const struct socket_wq *wq = NULL;

	bpf_core_read(&wq, sizeof(wq), &sk->sk_wq);
	if (!wq) /* it is not accepted yet */
		return false;
	head = &wq->wait.head;
	bpf_core_read(&next, sizeof(next), &head->next);
	for (int i = 0; i < WAITERS_MAX; i++) {
		const struct wait_queue_entry *entry =
			(const void *)next - bpf_core_field_offset(struct wait_queue_entry, entry);
		void *task = NULL;

		if (next == head)
			return false;
		bpf_core_read(&task, sizeof(task), &entry->private);
		if (task)
			return true;
		bpf_core_read(&next, sizeof(next), &next->next);
	}
	return true;
}

static __always_inline bool is_owned(const struct sock *sk)
{
	int owned = 1;

	bpf_core_read(&owned, sizeof(owned), &sk->sk_lock.owned);
	return owned;
}

/*
 * A reader with MSG_WAITALL stays in TCP's receive function after it has read all there is. It
 * holds the lock of the socket, or sleeps in its queue until it has the lock again; so asking for
 * the lock before and after finds it. A reader who comes later asks for redirected bytes first.
 */
static __always_inline bool has_reader_inside(const struct sock *sk)
{
	return is_owned(sk) || has_waiter(sk) || is_owned(sk);
}

/*
 * Another thread may sleep in the middle of a message that it gives to TCP, as the buffer was full.
 * The lock of the socket is ours.
 */
static __always_inline bool has_sender_inside(const struct tcp_sock *tp)
{
	return has_waiter(&tp->inet_conn.icsk_inet.sk);
}

/* Whether the other end is there, and TCP has nothing of this direction. */
static __always_inline __u8 judge_start(struct direction *own, const struct tcp_sock *tp)
{
	const __u64 *at = bpf_map_lookup_elem(&ends, &own->peer);
	__u32 copied = 0, next = 0, written = tp->write_seq;
	const struct tcp_sock *peer;
	int lowat = 0;

	if (!at)
		return SKW_BYPASS_UNPAIRED;
	peer = (const void *)*at;
	bpf_core_read(&copied, sizeof(copied), &peer->copied_seq);
	bpf_core_read(&next, sizeof(next), &peer->rcv_nxt);
	bpf_core_read(&lowat, sizeof(lowat), &peer->inet_conn.icsk_inet.sk.sk_rcvlowat);
	if (tp->snd_una != written || copied != written || next != written)
		return SKW_BYPASS_BUSY;
	if (lowat > 1)
		return SKW_BYPASS_LOWAT;
	/* Before the first byte no reader has ever found any by TCP. */
	if (written != own->peer.remote_seq &&
	    (has_sender_inside(tp) || has_reader_inside(&peer->inet_conn.icsk_inet.sk)))
		return SKW_BYPASS_BUSY;
	own->peer_tcp = *at;
	return SKW_BYPASS_REASONS;
}

static __always_inline __u8 judge(struct direction *own, const struct tcp_sock *tp, __u32 size)
{
	if (own->way == BY_TCP)
		return own->reason;
	if (stopped)
		return SKW_BYPASS_STOPPED;
	if (tp->inet_conn.icsk_ulp_ops)
		return SKW_BYPASS_ULP;
	if (own->way == UNDECIDED) {
		__u8 reason = judge_start(own, tp);

		if (reason != SKW_BYPASS_REASONS)
			return reason;
	}
	if (queued(own, (const void *)own->peer_tcp) + size > max_queue)
		return SKW_BYPASS_QUEUE;
	return SKW_BYPASS_REASONS;
}

static __always_inline void count_moved(struct direction *own, __u32 size)
{
	struct skw_bypass_counters *count = counters_here();

	own->messages++;
	own->bytes += size;
	if (!count)
		return;
	__sync_fetch_and_add(&count->messages, 1);
	__sync_fetch_and_add(&count->bytes, size);
}

static __always_inline void count_passed(__u8 reason, __u32 size)
{
	struct skw_bypass_counters *count = counters_here();

	if (!count || reason >= SKW_BYPASS_REASONS)
		return;
	__sync_fetch_and_add(&count->passed[reason], 1);
	__sync_fetch_and_add(&count->passed_bytes[reason], size);
}

static __always_inline void take(struct direction *own, const struct tcp_sock *tp)
{
	const struct task_struct *leader = bpf_get_current_task_btf()->group_leader;

	own->way = MOVED;
	own->tgid = process_id(leader);
	process_comm(own->comm, leader);
	COUNT(taken);
	tell(tp, own, SKW_BYPASS_TAKEN);
}

static __always_inline void leave(struct direction *own, const struct tcp_sock *tp, __u8 reason)
{
	bool was_moved = own->way == MOVED;

	if (!was_moved && (reason == SKW_BYPASS_UNPAIRED || reason == SKW_BYPASS_BUSY ||
			   reason == SKW_BYPASS_LOWAT))
		return; /* it may still begin */
	own->way = BY_TCP;
	own->reason = reason;
	if (!was_moved)
		return;
	COUNT(left);
	tell(tp, own, SKW_BYPASS_LEFT);
}

/*
 * Runs with the socket locked. The result is always SK_PASS: if the redirection has succeeded, the
 * kernel remembers it in the message. If the other end is not there, the result of
 * bpf_msg_redirect_hash() would make the application's send() fail.
 */
SEC("sk_msg")
int skw_message(struct sk_msg_md *msg)
{
	struct bpf_sock *sk = msg->sk;
	const struct tcp_sock *tp;
	struct direction *own;
	__u32 size = msg->size;
	__u8 reason;

	if (!sk)
		return SK_PASS;
	own = bpf_sk_storage_get(&directions, sk, NULL, 0);
	tp = bpf_skc_to_tcp_sock(sk);
	if (!own || !tp) {
		count_passed(SKW_BYPASS_UNPAIRED, size);
		return SK_PASS;
	}
	reason = judge(own, tp, size);
	if (reason == SKW_BYPASS_REASONS &&
	    bpf_msg_redirect_hash(msg, &sockets, &own->peer, BPF_F_INGRESS) != SK_PASS)
		reason = SKW_BYPASS_GONE;
	if (reason == SKW_BYPASS_REASONS) {
		if (own->way == UNDECIDED)
			take(own, tp);
		count_moved(own, size);
		if (recording)
			record(msg, tp, own, size);
		return SK_PASS;
	}
	if (own->way != BY_TCP)
		leave(own, tp, reason);
	count_passed(reason, size);
	return SK_PASS;
}
