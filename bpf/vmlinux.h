/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The few kernel types and constants that the programs here use. With this file a
 * build needs neither a kernel's BTF nor its headers. Values that are part of
 * the user ABI come from include/uapi/linux/{bpf,if_packet}.h. The kernel's own
 * structures carry preserve_access_index and have only the members that the
 * programs read: CO-RE finds their offsets in the running kernel.
 */
#ifndef SKW_VMLINUX_H
#define SKW_VMLINUX_H

typedef signed char __s8;
typedef unsigned char __u8;
typedef short __s16;
typedef unsigned short __u16;
typedef int __s32;
typedef unsigned int __u32;
typedef long long __s64;
typedef unsigned long long __u64;
typedef __u16 __be16;
typedef __u32 __be32;
typedef __u32 __wsum;
typedef __u16 __sum16;

typedef _Bool bool;
enum { false = 0, true = 1 };

enum bpf_map_type {
	BPF_MAP_TYPE_HASH = 1,
	BPF_MAP_TYPE_ARRAY = 2,
	BPF_MAP_TYPE_PROG_ARRAY = 3,
	BPF_MAP_TYPE_PERCPU_ARRAY = 6,
	BPF_MAP_TYPE_LRU_HASH = 9,
	BPF_MAP_TYPE_LPM_TRIE = 11,
	BPF_MAP_TYPE_ARRAY_OF_MAPS = 12,
	BPF_MAP_TYPE_SOCKMAP = 15,
	BPF_MAP_TYPE_SOCKHASH = 18,
	BPF_MAP_TYPE_QUEUE = 22,
	BPF_MAP_TYPE_SK_STORAGE = 24,
	BPF_MAP_TYPE_RINGBUF = 27,
};

enum {
	BPF_F_NO_PREALLOC = 1U << 0,
	BPF_F_CLONE = 1U << 9,
	BPF_F_MMAPABLE = 1U << 10,
};

enum {
	BPF_ANY = 0,
	BPF_NOEXIST = 1,
};

enum {
	BPF_SK_STORAGE_GET_F_CREATE = 1,
};

enum {
	BPF_RB_NO_WAKEUP = 1,
	BPF_RB_FORCE_WAKEUP = 2,
};

enum {
	BPF_RB_AVAIL_DATA = 0,
};

/* The context of a socket filter. The offsets are user ABI; the kernel rewrites the loads. */
struct __sk_buff {
	__u32 len;
	__u32 pkt_type;
	__u32 mark;
	__u32 queue_mapping;
	__u32 protocol;
	__u32 vlan_present;
	__u32 vlan_tci;
	__u32 vlan_proto;
	__u32 priority;
	__u32 ingress_ifindex;
	__u32 ifindex;
	__u32 tc_index;
	__u32 cb[5];
	__u32 hash;
	__u32 tc_classid;
	__u32 data;
	__u32 data_end;
	__u32 napi_id;
	__u32 family;
	__u32 remote_ip4;
	__u32 local_ip4;
	__u32 remote_ip6[4];
	__u32 local_ip6[4];
	__u32 remote_port;
	__u32 local_port;
	__u32 data_meta;
	struct bpf_flow_keys *flow_keys __attribute__((aligned(8)));
	__u64 tstamp;
	__u32 wire_len;
	__u32 gso_segs;
	struct bpf_sock *sk __attribute__((aligned(8)));
};

/* A socket in cgroup programs, also user ABI. */
struct bpf_sock {
	__u32 bound_dev_if;
	__u32 family;
	__u32 type;
	__u32 protocol;
	__u32 mark;
	__u32 priority;
	__u32 src_ip4;
	__u32 src_ip6[4];
	__u32 src_port; /* host byte order */
	__be16 dst_port;
	__u16 : 16;
	__u32 dst_ip4;
	__u32 dst_ip6[4];
	__u32 state;
};

/* The figures of TCP that go with it. Members after the last that we read are left out. */
struct bpf_tcp_sock {
	__u32 snd_cwnd;
	__u32 srtt_us;
	__u32 rtt_min;
	__u32 snd_ssthresh;
	__u32 rcv_nxt;
	__u32 snd_nxt;
	__u32 snd_una;
	__u32 mss_cache;
	__u32 ecn_flags;
	__u32 rate_delivered;
	__u32 rate_interval_us;
	__u32 packets_out;
	__u32 retrans_out;
	__u32 total_retrans;
	__u32 segs_in;
	__u32 data_segs_in;
	__u32 segs_out;
	__u32 data_segs_out;
	__u32 lost_out;
	__u32 sacked_out;
	__u64 bytes_received;
};

/* The context of the hooks in connect() and sendmsg(), also user ABI. */
struct bpf_sock_addr {
	__u32 user_family;
	__u32 user_ip4;
	__u32 user_ip6[4];
	__u32 user_port;
	__u32 family;
	__u32 type;
	__u32 protocol;
	__u32 msg_src_ip4;
	__u32 msg_src_ip6[4];
	struct bpf_sock *sk __attribute__((aligned(8)));
};

/* The context of getsockopt(), also user ABI. */
struct bpf_sockopt {
	struct bpf_sock *sk __attribute__((aligned(8)));
	void *optval __attribute__((aligned(8)));
	void *optval_end __attribute__((aligned(8)));
	__s32 level;
	__s32 optname;
	__s32 optlen;
	__s32 retval;
};

enum {
	BPF_HDR_START_NET = 1,
};

/* The context of sockops, also user ABI. Members after the last that we read are left out. */
struct bpf_sock_ops {
	__u32 op;
	union {
		__u32 args[4];
		__u32 reply;
		__u32 replylong[4];
	};
	__u32 family;
	__u32 remote_ip4;
	__u32 local_ip4;
	__u32 remote_ip6[4];
	__u32 local_ip6[4];
	__u32 remote_port;
	__u32 local_port;
	__u32 is_fullsock;
	__u32 snd_cwnd;
	__u32 srtt_us;
	__u32 bpf_sock_ops_cb_flags;
	__u32 state;
	__u32 rtt_min;
	__u32 snd_ssthresh;
	__u32 rcv_nxt;
	__u32 snd_nxt;
	__u32 snd_una;
	__u32 mss_cache;
	__u32 ecn_flags;
	__u32 rate_delivered;
	__u32 rate_interval_us;
	__u32 packets_out;
	__u32 retrans_out;
	__u32 total_retrans;
	__u32 segs_in;
	__u32 data_segs_in;
	__u32 segs_out;
	__u32 data_segs_out;
	__u32 lost_out;
	__u32 sacked_out;
	__u32 sk_txhash;
	__u64 bytes_received;
	__u64 bytes_acked;
	struct bpf_sock *sk __attribute__((aligned(8)));
	__u64 skb_data, skb_data_end; /* pointers */
	__u32 skb_len, skb_tcp_flags;
};

/* The context of a program for what a socket of a map sends, also user ABI. */
struct sk_msg_md {
	void *data __attribute__((aligned(8)));
	void *data_end __attribute__((aligned(8)));
	__u32 family;
	__u32 remote_ip4;
	__u32 local_ip4;
	__u32 remote_ip6[4];
	__u32 local_ip6[4];
	__u32 remote_port;
	__u32 local_port;
	__u32 size;
	struct bpf_sock *sk __attribute__((aligned(8)));
};

/*
 * The kernel's own structures follow. Where kernel versions differ, a structure has the members
 * of all versions, and skw.bpf.h asks which of them the running kernel has.
 */
#pragma clang attribute push(__attribute__((preserve_access_index)), apply_to = record)

typedef struct {
	int counter;
} atomic_t;

typedef struct {
	__s64 counter;
} atomic64_t;

typedef struct {
	atomic_t refs;
} refcount_t;

typedef struct {
	__u32 val;
} kuid_t;

struct ns_common {
	unsigned int inum;
};

struct hlist_node {
	struct hlist_node *next, **pprev;
};

struct hlist_head {
	struct hlist_node *first;
};

struct net_device {
	struct hlist_node index_hlist;
	int ifindex;
	char name[16];
};

struct net {
	struct ns_common ns;
	__u64 net_cookie;
	struct hlist_head *dev_index_head; /* 256 chains */
};

typedef struct {
	struct net *net;
} possible_net_t;

struct in6_addr {
	union {
		__be32 u6_addr32[4];
	} in6_u;
};

struct timer_list {
	struct hlist_node entry;
	unsigned long expires;
};

struct kernfs_node {
	__u64 id;
};

struct cgroup;

struct cgroup_subsys_state {
	struct cgroup *cgroup;
	struct cgroup_subsys_state *parent;
};

struct cgroup {
	struct cgroup_subsys_state self;
	struct kernfs_node *kn;
};

struct sock_cgroup_data {
	struct cgroup *cgroup;
};

struct inode {
	unsigned long i_ino;
};

struct file {
	struct inode *f_inode;
};

struct sock;

struct socket {
	struct file *file;
	struct sock *sk;
};

struct sock_common {
	__be32 skc_daddr;
	__be32 skc_rcv_saddr;
	__be16 skc_dport;
	__u16 skc_num;
	unsigned short skc_family;
	volatile unsigned char skc_state;
	unsigned char skc_ipv6only : 1;
	unsigned char skc_net_refcnt : 1; /* 0: a socket of the kernel's own */
	int skc_bound_dev_if;
	possible_net_t skc_net;
	struct in6_addr skc_v6_daddr;
	struct in6_addr skc_v6_rcv_saddr;
	atomic64_t skc_cookie;
	unsigned long skc_flags; /* enum sock_flags */
	struct hlist_node skc_node;
};

typedef struct {
	int owned;
} socket_lock_t;

struct list_head {
	struct list_head *next, *prev;
};

struct wait_queue_head {
	struct list_head head;
};

struct wait_queue_entry {
	void *private; /* the task that sleeps; NULL for epoll */
	struct list_head entry;
};

struct socket_wq {
	struct wait_queue_head wait;
};

struct numa_drop_counters {
	atomic_t drops0;
	atomic_t drops1;
};

struct sk_buff_head {
	__u32 qlen;
};

struct sock {
	struct sock_common __sk_common;
	socket_lock_t sk_lock;
	atomic_t sk_drops;
	struct numa_drop_counters *sk_drop_counters; /* for UDP, since 6.18 */
	struct {
		atomic_t rmem_alloc;
	} sk_backlog;
	int sk_err;
	int sk_err_soft;
	struct sk_buff_head sk_error_queue;
	struct socket *sk_socket;
	unsigned long sk_ino; /* since 6.18 */
	refcount_t sk_wmem_alloc;
	int sk_wmem_queued;
	int sk_sndbuf;
	unsigned long sk_pacing_rate;
	struct timer_list sk_timer;             /* keepalive, before 6.19 */
	struct timer_list tcp_retransmit_timer; /* since 6.19 */
	kuid_t sk_uid;
	__u8 sk_shutdown;
	__u16 sk_protocol;
	__u16 sk_type;
	__u32 sk_ack_backlog;
	__u32 sk_max_ack_backlog;
	int sk_rcvlowat;
	struct socket_wq *sk_wq;
	void *sk_user_data; /* of a socket in a map: its sk_psock, and flags */
	struct sock_cgroup_data sk_cgrp_data;
};

struct inet_sock {
	struct sock sk;
};

struct tcp_congestion_ops {
	char name[16] __attribute__((aligned(8))); /* read in two pieces */
};

struct inet_connection_sock {
	struct inet_sock icsk_inet;
	unsigned long icsk_timeout;              /* before 6.18 */
	struct timer_list icsk_retransmit_timer; /* before 6.19 */
	struct timer_list icsk_keepalive_timer;  /* since 6.19 */
	__u32 icsk_rto;
	const struct tcp_congestion_ops *icsk_ca_ops;
	const void *icsk_ulp_ops;
	__u8 icsk_retransmits;
	__u8 icsk_pending;
	__u8 icsk_probes_out;
};

struct minmax_sample {
	__u32 t;
	__u32 v;
};

struct minmax {
	struct minmax_sample s[3];
};

struct tcp_sock {
	struct inet_connection_sock inet_conn;
	__u64 bytes_received;
	__u32 segs_in;
	__u32 data_segs_in;
	__u32 rcv_nxt;
	__u32 copied_seq;
	__u32 snd_nxt;
	__u32 segs_out;
	__u64 bytes_acked;
	__u32 snd_una;
	__u32 snd_wnd;
	__u32 mss_cache;
	__u64 tcp_mstamp;
	__u32 chrono_start;
	__u32 chrono_stat[3];
	__u8 chrono_type : 2;
	__u8 rate_app_limited : 1;
	__u8 is_mptcp : 1; /* a subflow; where the kernel has MPTCP */
	__u32 srtt_us;
	__u32 mdev_us;
	struct minmax rtt_min;
	__u32 packets_out;
	__u32 reordering;
	__u32 snd_ssthresh;
	__u32 snd_cwnd;
	__u32 lost;
	__u32 rate_delivered;
	__u32 rate_interval_us;
	__u32 write_seq;
	__u32 sacked_out;
	__u64 bytes_retrans;
	__u32 total_retrans;
	struct {
		__u32 rtt_us;
	} rcv_rtt_est;
	__u8 bpf_sock_ops_cb_flags;
};

struct inet_timewait_sock {
	struct sock_common __tw_common;
	volatile unsigned char tw_substate;
	struct timer_list tw_timer;
};

struct tcp_timewait_sock {
	struct inet_timewait_sock tw_sk;
};

struct request_sock {
	struct sock_common __req_common;
	__u8 num_retrans;
	struct timer_list rsk_timer;
};

struct inet_request_sock {
	struct request_sock req;
};

struct tcp_request_sock {
	struct inet_request_sock req;
	__u32 snt_isn;
};

struct scatterlist {
	unsigned int length;
};

struct sk_msg_sg {
	__u32 start; /* the number of its first element in use */
	struct scatterlist data[1];
};

struct sk_msg {
	struct sk_msg_sg sg;
};

struct sk_psock {
	struct list_head ingress_msg; /* redirected and unread */
	__u32 msg_tot_len;            /* the bytes in it, since 6.18, and in later releases of older ones */
};

struct udp_sock {
	struct inet_sock inet;
	int forward_deficit;
};

struct pid_namespace {
	struct ns_common ns;
};

struct upid {
	int nr;
	struct pid_namespace *ns;
};

struct pid {
	unsigned int level;
	struct upid numbers[1];
};

struct css_set {
	struct cgroup *dfl_cgrp;
};

struct task_struct {
	unsigned int flags; /* PF_* */
	int tgid;
	__u64 start_time;
	struct task_struct *real_parent;
	struct task_struct *group_leader;
	struct css_set *cgroups;
	struct pid *thread_pid;
	char comm[16] __attribute__((aligned(8))); /* read in two pieces */
};

struct seq_file;

struct bpf_iter_meta {
	struct seq_file *seq;
};

struct bpf_iter__tcp {
	struct bpf_iter_meta *meta;
	struct sock_common *sk_common;
	unsigned int uid;
};

struct bpf_iter__udp {
	struct bpf_iter_meta *meta;
	struct udp_sock *udp_sk;
};

struct bpf_iter__task_file {
	struct bpf_iter_meta *meta;
	struct task_struct *task;
	__u32 fd;
	struct file *file;
};

#pragma clang attribute pop

#endif
