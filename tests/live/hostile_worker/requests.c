// SPDX-License-Identifier: BSD-2-Clause
/*
 * Attempts on the keeper by its socket. An attempt has succeeded if the keeper answers that it has
 * done as it was asked. The keeper may also end the session, which is a refusal.
 */
#include "attempt.h"

#include <netinet/in.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <time.h>

#include "keeper/wire.h"
#include "model/file_plan.h"
#include "model/pick.h"
#include "model/file_trigger.h"
#include "util/cleanup.h"

#define VERBS   HOSTILE_VERBS
#define LEN_MAX 8192
/* A number that no request of the program itself has. */
#define SEQ         0x40000000
#define DESCRIPTORS 200
#define FLOOD       1000
/* A rotation may rightly ask for a few files. */
#define FILES_ALLOWED 8
/* A sender connects again and again to a receiver that is not there, but not so often. */
#define CONNECTIONS_ALLOWED 64

/* The faults of a pick. */
enum { WRONG_KIND, WRONG_PROTO, WRONG_FAMILY, WRONG_COMM, WRONG_PID, WRONG_CGROUP };

union control {
	struct cmsghdr head;
	char bytes[CMSG_SPACE(sizeof(int) * DESCRIPTORS)];
};

static long send_with(const struct hostile *h, const void *data, size_t len, size_t fds)
{
	struct iovec iov = { (void *)data, len };
	union control control = { .bytes = { 0 } };
	struct msghdr msg = { .msg_iov = &iov, .msg_iovlen = 1 };

	if (fds) {
		msg.msg_control = control.bytes;
		msg.msg_controllen = CMSG_SPACE(sizeof(int) * fds);
		control.head = (struct cmsghdr){ .cmsg_len = CMSG_LEN(sizeof(int) * fds),
						 .cmsg_level = SOL_SOCKET,
						 .cmsg_type = SCM_RIGHTS };
		for (size_t i = 0; i < fds; i++)
			((int *)(void *)CMSG_DATA(&control.head))[i] = STDERR_FILENO;
	}
	return HOSTILE_CALL(SYS_sendmsg, h->keeper_fd, &msg, MSG_NOSIGNAL);
}

static unsigned received; /* descriptors of answers */

/* Waits for the keeper's next answer and closes what comes with it. Returns its error. */
static long answer(const struct hostile *h, const struct skw_wire_header *asked)
{
	static uint8_t payload[LEN_MAX];
	struct skw_wire_header head;
	union control control;

	for (;;) {
		struct iovec iov[] = { { &head, sizeof(head) }, { payload, sizeof(payload) } };
		struct msghdr msg = { .msg_iov = iov,
				      .msg_iovlen = 2,
				      .msg_control = control.bytes,
				      .msg_controllen = sizeof(control) };
		long n = HOSTILE_CALL(SYS_recvmsg, h->keeper_fd, &msg, 0);

		if (n <= 0)
			return n ? n : -EPIPE;
		for (struct cmsghdr *c = CMSG_FIRSTHDR(&msg); c; c = CMSG_NXTHDR(&msg, c))
			for (size_t i = 0; CMSG_LEN((i + 1) * sizeof(int)) <= c->cmsg_len; i++) {
				syscall(SYS_close, ((int *)(void *)CMSG_DATA(c))[i]);
				received++;
			}
		if (head.seq == asked->seq)
			return head.error;
	}
}

static uint32_t sequence = SEQ;

static long ask(const struct hostile *h, uint32_t verb, const void *payload, size_t len, size_t fds)
{
	static uint8_t message[sizeof(struct skw_wire_header) + LEN_MAX];
	struct skw_wire_header head = { .seq = sequence++, .verb = verb };

	memcpy(message, &head, sizeof(head));
	if (len)
		memcpy(message + sizeof(head), payload, len);
	long ret = send_with(h, message, sizeof(head) + len, fds);

	return ret < 0 ? ret : answer(h, &head);
}

long hostile_ask(const struct hostile *h, uint32_t verb, const void *payload, size_t len)
{
	return ask(h, verb, payload, len, 0);
}

/* Asks for each verb. Returns the first that the keeper has done, or the last refusal. */
static long ask_each(struct hostile *h, const void *payload, size_t len)
{
	long ret = HOSTILE_NOTHING;

	for (uint32_t verb = 0; h->keeper && verb < VERBS; verb++) {
		long got = ask(h, verb, payload, len, 0);

		if (got >= 0) {
			hostile_note(h, "verb %u, %zu bytes", verb, len);
			return got;
		}
		/* That there is no such verb tells less than a refusal. */
		if (got != -ENOSYS || ret == HOSTILE_NOTHING)
			ret = got;
		if (got == -EPIPE)
			break;
	}
	return ret;
}

static long unknown_verb(struct hostile *h, long verb)
{
	return h->keeper ? ask(h, (uint32_t)verb, NULL, 0, 0) : HOSTILE_NOTHING;
}

/* Too long by a byte for one request, and too short for another. */
static long odd_length(struct hostile *h, long len)
{
	uint8_t payload[LEN_MAX] = { 0 };

	return ask_each(h, payload, (size_t)len);
}

/* The largest numbers, as long as any request may be. */
static long huge_numbers(struct hostile *h, long arg)
{
	uint8_t payload[64];
	long ret = HOSTILE_NOTHING;

	(void)arg;
	memset(payload, 0xff, sizeof(payload));
	for (size_t len = 4; len <= sizeof(payload); len += 4) {
		ret = ask_each(h, payload, len);
		if (ret >= 0 || ret == -EPIPE || ret == HOSTILE_NOTHING)
			break;
	}
	return ret;
}

static long ask_file(struct hostile *h, uint64_t start_s, uint64_t number)
{
	struct skw_file_id id = { .start_s = start_s, .number = number };

	return h->output ? ask_each(h, &id, sizeof(id)) : HOSTILE_NOTHING;
}

static long distant_file(struct hostile *h, long number)
{
	return ask_file(h, (uint64_t)time(NULL), (uint64_t)number);
}

static long old_file(struct hostile *h, long arg)
{
	(void)arg;
	/* 1969. */
	return ask_file(h, (uint64_t)-86400, 1);
}

static long future_file(struct hostile *h, long arg)
{
	(void)arg;
	return ask_file(h, (uint64_t)time(NULL) + 86400 * 365, 1);
}

static long many_files(struct hostile *h, long arg)
{
	long n = 0;

	if (!h->output)
		return HOSTILE_NOTHING;
	for (long i = 1; i <= arg; i++) {
		long ret = ask_file(h, (uint64_t)time(NULL), (uint64_t)i);

		if (ret == -EPIPE)
			return ret;
		n += ret >= 0;
	}
	hostile_note(h, "%ld files", n);
	return n > FILES_ALLOWED ? 0 : -EPERM;
}

/* A connection that anybody may capture who may start top on a screen. */
static struct skw_pick good_pick(void)
{
	struct skw_pick pick = { .kind = SKW_PICK_SOCKET, .comm = "a/../b", .port = 1, .pid = 1 };
	const uint8_t localhost[4] = { 127, 0, 0, 1 };

	memcpy(pick.tuple.local_addr, localhost, sizeof(localhost));
	memcpy(pick.tuple.remote_addr, localhost, sizeof(localhost));
	pick.tuple.local_port = pick.tuple.remote_port = 1;
	pick.tuple.family = AF_INET;
	pick.tuple.proto = IPPROTO_TCP;
	return pick;
}

static long wrong_pick(struct hostile *h, long which)
{
	struct skw_pick pick = good_pick();

	switch (which) {
	case WRONG_KIND:
		pick.kind = SKW_PICKS;
		break;
	case WRONG_PROTO:
		pick.tuple.proto = IPPROTO_ICMP;
		break;
	case WRONG_FAMILY:
		pick.tuple.family = AF_PACKET;
		break;
	case WRONG_COMM:
		memset(pick.comm, 'a', sizeof(pick.comm));
		break;
	case WRONG_PID:
		pick.kind = SKW_PICK_PID;
		pick.pid = INT32_MAX;
		break;
	default:
		pick.kind = SKW_PICK_CGROUP;
		pick.cgroup_id = UINT64_MAX;
		break;
	}
	return ask_each(h, &pick, sizeof(pick));
}

/* The first capture is what the key c would begin. */
static long second_pick(struct hostile *h, long arg)
{
	struct skw_pick pick = good_pick();

	(void)arg;
	return ask_each(h, &pick, sizeof(pick)) >= 0 ? ask_each(h, &pick, sizeof(pick))
						     : HOSTILE_NOTHING;
}

/* A file of a trigger. Only the setup with such files may open some, in its folder. */
static long ask_trigger(struct hostile *h, struct skw_file_trigger *t, const char *comm)
{
	memcpy(t->comm, comm, strnlen(comm, sizeof(t->comm)));
	return h->output ? ask_each(h, t, sizeof(*t)) : HOSTILE_NOTHING;
}

/* The keeper may open a file, but not there: hostile_worker.sh looks, as the worker can't. */
static long trigger_elsewhere(struct hostile *h, long arg)
{
	static const char *const names[] = { "../stolen", "/../../stolen", "..", ".stolen" };
	long ret = HOSTILE_NOTHING;

	for (size_t i = 0; i < SKW_ARRAY_SIZE(names) && ret != -EPIPE; i++) {
		struct skw_file_trigger t = { .ts_ns = (uint64_t)time(NULL) * 1000000000,
					      .what = (uint32_t)arg };

		ret = ask_trigger(h, &t, names[i]);
	}
	return ret >= 0 ? -EPERM : ret;
}

static long trigger_unknown(struct hostile *h, long what)
{
	struct skw_file_trigger t = { .ts_ns = (uint64_t)time(NULL) * 1000000000,
				      .what = (uint32_t)what };

	return ask_trigger(h, &t, "x");
}

static long trigger_old(struct hostile *h, long s)
{
	struct skw_file_trigger t = { .ts_ns = ((uint64_t)time(NULL) + (uint64_t)s) * 1000000000 };

	return ask_trigger(h, &t, "x");
}

static long many_triggers(struct hostile *h, long arg)
{
	long n = 0;

	if (!h->output)
		return HOSTILE_NOTHING;
	for (long i = 1; i <= arg; i++) {
		struct skw_file_trigger t = { .ts_ns = (uint64_t)time(NULL) * 1000000000 };
		long ret = ask_trigger(h, &t, "many");

		if (ret == -EPIPE)
			return ret;
		n += ret >= 0;
	}
	hostile_note(h, "%ld files", n);
	return n > FILES_ALLOWED ? 0 : -EPERM;
}

/*
 * The keeper connects to the receiver of the command line only: no address is taken.
 * hostile_worker.sh says whether lines are sent; otherwise these bytes may mean something else.
 */
static long connect_elsewhere(struct hostile *h, long port)
{
	struct sockaddr_in to = { .sin_family = AF_INET, .sin_port = htons((uint16_t)port) };

	if (!getenv("HOSTILE_SENDS"))
		return HOSTILE_NOTHING;
	to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	return ask_each(h, &to, sizeof(to));
}

/* Only where lines are sent: otherwise descriptors are of something else. */
static long connect_often(struct hostile *h, long n)
{
	const uint32_t next = 1;

	if (!getenv("HOSTILE_SENDS"))
		return HOSTILE_NOTHING;
	received = 0;
	for (long i = 0; i < n; i++)
		for (uint32_t verb = 0; verb < VERBS; verb++)
			if (ask(h, verb, &next, sizeof(next), 0) == -EPIPE)
				return -EPIPE;
	hostile_note(h, "%u connections", received);
	if (!received)
		return HOSTILE_NOTHING;
	return received > CONNECTIONS_ALLOWED ? 0 : -EAGAIN;
}

static long descriptors(struct hostile *h, long n)
{
	/* No verb takes a descriptor, so this is refused before the verb is looked at. */
	return h->keeper ? ask(h, 0, NULL, 0, (size_t)n) : HOSTILE_NOTHING;
}

static long too_short(struct hostile *h, long len)
{
	static const uint8_t bytes[sizeof(struct skw_wire_header)];

	if (!h->keeper)
		return HOSTILE_NOTHING;
	long ret = send_with(h, bytes, (size_t)len, 0);
	const struct skw_wire_header head = { 0 };

	return ret < 0 ? ret : answer(h, &head);
}

/* Reads no answer, so the keeper has to wait; it must still end with the worker. */
static long flood(struct hostile *h, long arg)
{
	const struct skw_wire_header head = { .seq = SEQ, .verb = VERBS };

	(void)arg;
	for (int i = 0; h->keeper && i < FLOOD; i++) {
		struct iovec iov = { (void *)&head, sizeof(head) };
		struct msghdr msg = { .msg_iov = &iov, .msg_iovlen = 1 };
		long ret =
			HOSTILE_CALL(SYS_sendmsg, h->keeper_fd, &msg, MSG_NOSIGNAL | MSG_DONTWAIT);

		if (ret < 0)
			return ret;
	}
	return HOSTILE_NOTHING;
}

static const struct hostile_attempt requests[] = {
	{ "verb-unknown", "ask the keeper for a verb that it has not", unknown_verb, VERBS, 0 },
	{ "verb-largest", "ask the keeper for the verb with the largest number but one",
	  unknown_verb, 0xfffffffe, 0 },
	{ "request-byte", "ask for each verb with one byte", odd_length, 1, 0 },
	{ "request-odd", "ask for each verb with 17 bytes", odd_length, 17, 0 },
	{ "request-long", "ask for each verb with 8,192 bytes", odd_length, LEN_MAX, 0 },
	{ "request-ones", "ask for each verb with the largest numbers", huge_numbers, 0, 0 },
	{ "file-distant", "open an output file with the number 999,999", distant_file, 999999, 0 },
	{ "file-old", "open an output file of 1969", old_file, 0, 0 },
	{ "file-future", "open an output file of the next year", future_file, 0, 0 },
	{ "file-many", "open 100 output files", many_files, 100, 0 },
	{ "pick-kind", "capture what can't be picked", wrong_pick, WRONG_KIND, 0 },
	{ "pick-proto", "capture another protocol", wrong_pick, WRONG_PROTO, 0 },
	{ "pick-family", "capture another family", wrong_pick, WRONG_FAMILY, 0 },
	{ "pick-comm", "capture a process whose name has no end", wrong_pick, WRONG_COMM, 0 },
	{ "pick-pid", "capture a process that is not there", wrong_pick, WRONG_PID, 0 },
	{ "pick-cgroup", "capture a cgroup that is not there", wrong_pick, WRONG_CGROUP, 0 },
	{ "pick-second", "capture twice at a time", second_pick, 0, 0 },
	{ "trigger-elsewhere", "open a file of a trigger in the folder above", trigger_elsewhere, 4,
	  0 },
	{ "trigger-unknown", "open a file of a trigger that the keeper does not know",
	  trigger_unknown, 1000000, 0 },
	{ "trigger-old", "open a file of a trigger of yesterday", trigger_old, -86400, 0 },
	{ "trigger-future", "open a file of a trigger of tomorrow", trigger_old, 86400, 0 },
	{ "trigger-many", "open 100 files of triggers", many_triggers, 100, 0 },
	{ "connect-elsewhere", "have the keeper connect to another port", connect_elsewhere, 22,
	  0 },
	{ "connect-often", "have the keeper connect 200 times at once", connect_often, 200, 0 },
	{ "send-fd", "send the keeper a descriptor", descriptors, 1, 0 },
	{ "send-fds", "send the keeper 200 descriptors", descriptors, DESCRIPTORS, 0 },
	{ "request-empty", "send the keeper a message without a byte", too_short, 0,
	  HOSTILE_ENDS | HOSTILE_HARMFUL },
	{ "request-half", "send the keeper half a request", too_short, 7,
	  HOSTILE_ENDS | HOSTILE_HARMFUL },
	{ "flood", "flood the keeper and read no answer", flood, 0, HOSTILE_ENDS },
};

const struct hostile_group hostile_requests = { "requests to the keeper", requests,
						SKW_ARRAY_SIZE(requests) };
