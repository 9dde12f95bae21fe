/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Bypass tells user space its counters, events, and copies of the data that is moved. */
#ifndef SKW_BYPASS_TELL_BPF_H
#define SKW_BYPASS_TELL_BPF_H

#include "ring.bpf.h"
#include "abi/bypass.h"
#include "bypass.bpf.h"

const volatile __u8 recording; /* the data that is moved is copied, too; set before loading */

__u32 silent; /* no process reads the events; user space sets it */

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, 1); /* the number of possible CPUs, set before loading */
	__type(key, __u32);
	__type(value, struct skw_bypass_counters);
} counters SEC(".maps");

/* Made only for a recording, so that its records never take the room of events. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY_OF_MAPS);
	__uint(max_entries, 1); /* resized to rings_len before loading */
	__type(key, __u32);
	__array(values, struct ring);
} data_rings SEC(".maps");

enum way { UNDECIDED, MOVED, BY_TCP };

struct direction {
	struct end_key peer;
	__u64 cookie;
	__u64 peer_tcp; /* the tcp_sock; 0: not looked up yet */
	__u64 bytes, messages;
	__u64 read; /* at least this number of the bytes was read */
	__u8 way;   /* enum way */
	__u8 reason;
	__u8 direction; /* enum skw_conn_direction */
	__u8 reserved[5];
	__u32 tgid;
	__u32 reserved2;
	char comm[SKW_BYPASS_COMM_LEN];
};

static __always_inline struct skw_bypass_counters *counters_here(void)
{
	__u32 cpu = bpf_get_smp_processor_id();

	return bpf_map_lookup_elem(&counters, &cpu);
}

/* A softirq can interrupt these programs and run them again on the same CPU. */
#define COUNT(member)                                                                              \
	do {                                                                                       \
		struct skw_bypass_counters *count_ = counters_here();                              \
                                                                                                   \
		if (count_)                                                                        \
			__sync_fetch_and_add(&count_->member, 1);                                  \
	} while (0)

/* ---- events ---- */

static __always_inline void fill(struct skw_bypass_rec *rec, const struct tcp_sock *tp,
				 const struct direction *own, __u8 type)
{
	const struct sock *sk = &tp->inet_conn.icsk_inet.sk;

	/* The reader needs the clock to be read after the record was reserved: kern/ring/ring.h. */
	rec->ts_ns = bpf_ktime_get_ns();
	rec->cookie = own->cookie;
	rec->cgroup_id = sock_cgroup(sk);
	rec->messages = own->messages;
	rec->bytes = own->bytes;
	rec->type = type;
	rec->reason = own->reason;
	rec->direction = own->direction;
	rec->netns = sock_netns(&sk->__sk_common);
	rec->uid = sk->sk_uid.val;
	rec->tgid = own->tgid;
	rec->seq = tp->write_seq + (__u32)own->bytes;
	rec->ack = tp->rcv_nxt;
	rec->first_seq = own->peer.remote_seq;
	rec->first_ack = own->peer.local_seq;
	rec->reserved = 0;
	((__u64 *)rec->comm)[0] = ((const __u64 *)own->comm)[0];
	((__u64 *)rec->comm)[1] = ((const __u64 *)own->comm)[1];
	SOCK_TUPLE(rec, &sk->__sk_common);
}

static __always_inline void tell(const struct tcp_sock *tp, const struct direction *own, __u8 type)
{
	struct skw_bypass_rec *rec = NULL;
	void *ring;

	if (silent)
		return;
	ring = ring_of_cpu(bpf_get_smp_processor_id());
	if (ring)
		rec = bpf_ringbuf_reserve(ring, sizeof(*rec), 0);
	if (!rec) {
		COUNT(lost);
		return;
	}
	fill(rec, tp, own, type);
	bpf_ringbuf_submit(rec, BPF_RB_NO_WAKEUP);
}

/* ---- what is moved, for a recording ---- */

#define PIECES_MAX 64 /* of a message */

/* How far a message is looked at, in bytes. */
struct place {
	__u32 inside; /* of an element: where the next piece begins */
	__u32 done;
	__u32 full; /* that found no room */
};

/* A message on its way into records. */
struct walk {
	struct sk_msg_md *msg;
	const struct sk_msg *kernel; /* the same */
	const void *from;            /* the piece, in the kernel */
	__u32 len;                   /* of the piece */
	__u32 size;                  /* of the message */
	__u32 element;               /* that the next piece is in */
	struct place at;
	__u32 reserved;
	struct skw_bypass_rec head; /* of the piece */
};

static __always_inline void count_recorded(__u32 recorded, __u32 full, __u32 rest)
{
	struct skw_bypass_counters *count = counters_here();

	if (!count)
		return;
	__sync_fetch_and_add(&count->recorded, recorded);
	__sync_fetch_and_add(&count->unrecorded[SKW_BYPASS_GAP_FULL], full);
	if (silent)
		__sync_fetch_and_add(&count->unrecorded[SKW_BYPASS_GAP_LATE], rest);
	else
		__sync_fetch_and_add(&count->unrecorded[SKW_BYPASS_GAP_HIDDEN], rest);
}

/* The kernel reserves records of constant sizes only. */
#define KEEP_IN(room)                                                                              \
	do {                                                                                       \
		struct skw_bypass_data *data_ =                                                    \
			bpf_ringbuf_reserve(ring, sizeof(*data_) + (room), 0);                     \
		__u64 len_ = w->len;                                                               \
                                                                                                   \
		if (!data_)                                                                        \
			return false;                                                              \
		/* Old verifiers have forgotten the limit by now, and clang would not repeat it.   \
		 */                                                                                \
		asm volatile("" : "+r"(len_));                                                     \
		if (len_ > (room))                                                                 \
			len_ = (room);                                                             \
		data_->rec = w->head;                                                              \
		data_->rec.ts_ns = bpf_ktime_get_ns();                                             \
		data_->len = (__u32)len_;                                                          \
		data_->more = w->size - w->at.done;                                                \
		bpf_probe_read_kernel(data_->bytes, (__u32)len_, w->from);                         \
		bpf_ringbuf_submit(data_, BPF_RB_NO_WAKEUP);                                       \
	} while (0)

/* Returns false if there is no room. */
static __always_inline bool keep(const struct walk *w)
{
	void *ring = ring_in(&data_rings, bpf_get_smp_processor_id());

	if (!ring)
		return false;
	if (w->len <= 256)
		KEEP_IN(256);
	else if (w->len <= 2048)
		KEEP_IN(2048);
	else if (w->len <= 8192)
		KEEP_IN(8192);
	else if (w->len <= 16384)
		KEEP_IN(16384);
	else
		KEEP_IN(SKW_BYPASS_PIECE_MAX);
	return true;
}

/* As a number: programs may not look behind the pointer that they get. */
static __always_inline const struct sk_msg *kernel_msg(struct sk_msg_md *msg)
{
	void *on_stack = msg;
	const struct sk_msg *out = NULL;

	bpf_probe_read_kernel(&out, sizeof(out), &on_stack);
	return out;
}

static __always_inline __u32 element_len(const struct sk_msg *msg, __u32 i)
{
	const struct scatterlist *element = (const void *)msg +
					    bpf_core_field_offset(struct sk_msg, sg.data) +
					    i * bpf_core_type_size(struct scatterlist);
	__u32 len = 0;

	bpf_core_read(&len, sizeof(len), &element->length);
	return len;
}

/* The elements are a ring. The last one is not part of it. */
static __always_inline __u32 element_after(const struct sk_msg *msg, __u32 i)
{
	const __u32 elements =
		bpf_core_field_size(msg->sg.data) / bpf_core_type_size(struct scatterlist) - 1;

	return i + 1 < elements ? i + 1 : 0;
}

/* Returns 1 after the last piece. */
static long record_piece(__u32 number, struct walk *w)
{
	__u32 left = element_len(w->kernel, w->element) - w->at.inside;
	__u32 len = left > SKW_BYPASS_PIECE_MAX ? SKW_BYPASS_PIECE_MAX : left;

	if (silent || !left || w->at.done >= w->size || len > w->size - w->at.done ||
	    bpf_msg_pull_data(w->msg, w->at.done, w->at.done + len, 0))
		return 1;
	w->from = w->msg->data;
	w->len = len;
	w->at.done += len;
	if (!keep(w))
		w->at.full += len;
	w->head.seq += len;
	w->at.inside = len < left ? w->at.inside + len : 0;
	if (!w->at.inside)
		w->element = element_after(w->kernel, w->element);
	return 0;
}

/*
 * Copies a message that is redirected. A piece ends where an element of the message does, since
 * only then is it shown without being copied inside of the message. Pages that sendfile() or
 * splice() brought are copied by the kernel before they are shown, which changes no byte.
 */
static __always_inline void record(struct sk_msg_md *msg, const struct tcp_sock *tp,
				   const struct direction *own, __u32 size)
{
	const struct sk_msg *kernel = kernel_msg(msg);
	const struct place zero = { 0 };
	struct walk w = { .msg = msg, .kernel = kernel, .size = size };

	fill(&w.head, tp, own, SKW_BYPASS_DATA);
	w.head.seq -= size;
	/*
	 * The first values are read like others, which hides them: the verifier would follow each
	 * number of bytes by itself.
	 */
	bpf_probe_read_kernel(&w.at, sizeof(w.at), &zero);
	bpf_core_read(&w.element, sizeof(w.element), &kernel->sg.start);
	bpf_loop(PIECES_MAX, record_piece, &w, 0);
	count_recorded(w.at.done - w.at.full, w.at.full, w.size - w.at.done);
}

#endif
