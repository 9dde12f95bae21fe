// SPDX-License-Identifier: BSD-2-Clause
/* Each row of the table of reasons in doc/FORMATS.md. */
#include "row/close_reason.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#define LEN(list) (sizeof(list) / sizeof((list)[0]))

#define LOCAL     SKW_END_LOCAL
#define PEER_FIN  SKW_END_PEER_FIN
#define ACKED     SKW_END_ACKED
#define GAVE_UP   SKW_END_GAVE_UP
#define REPLACED  SKW_END_REPLACED
#define ICMP      SKW_END_ICMP

struct fact {
	uint8_t old_state;
	int err;
	uint8_t ending;
	bool held;
	enum skw_close_reason reason;
};

static void check(const struct fact *list, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		enum skw_close_reason reason = skw_close_reason(list[i].old_state, list[i].err,
								list[i].ending, list[i].held);

		if (reason != list[i].reason)
			fail_msg("line %zu: reason %d, not %d", i, reason, list[i].reason);
	}
}

static void a_connect_that_was_not_answered(void **state)
{
	static const struct fact list[] = {
		{ SKW_STATE_SYN_SENT, ECONNREFUSED, 0, true, SKW_CLOSE_REFUSED },
		/* A reset that came while the process held the lock. */
		{ SKW_STATE_SYN_SENT, ECONNREFUSED, LOCAL, true, SKW_CLOSE_REFUSED },
		{ SKW_STATE_SYN_SENT, EHOSTUNREACH, 0, true, SKW_CLOSE_REFUSED },
		{ SKW_STATE_SYN_SENT, ENETUNREACH, 0, true, SKW_CLOSE_REFUSED },
		{ SKW_STATE_SYN_SENT, ENOPROTOOPT, 0, true, SKW_CLOSE_REFUSED },
		/* The application has taken the error. */
		{ SKW_STATE_SYN_SENT, 0, 0, true, SKW_CLOSE_REFUSED },
		{ SKW_STATE_SYN_SENT, 0, GAVE_UP, true, SKW_CLOSE_TIMEOUT },
		{ SKW_STATE_SYN_SENT, ETIMEDOUT, GAVE_UP, true, SKW_CLOSE_TIMEOUT },
		{ SKW_STATE_SYN_SENT, EHOSTUNREACH, GAVE_UP, true, SKW_CLOSE_TIMEOUT },
		/* An ICMP message came while the process held the lock, and it closes then. */
		{ SKW_STATE_SYN_SENT, 0, LOCAL | ICMP, true, SKW_CLOSE_REFUSED },
		{ SKW_STATE_SYN_SENT, ETIMEDOUT, GAVE_UP | ICMP, true, SKW_CLOSE_TIMEOUT },
		/* The process gave up, or was killed; nothing was sent. */
		{ SKW_STATE_SYN_SENT, 0, LOCAL, true, SKW_CLOSE_ABORTED },
		{ SKW_STATE_SYN_SENT, 0, LOCAL, false, SKW_CLOSE_ABORTED },
		{ SKW_STATE_SYN_SENT, ECONNABORTED, LOCAL, true, SKW_CLOSE_ABORTED },
	};

	(void)state;
	check(list, LEN(list));
}

static void an_end_in_order(void **state)
{
	static const struct fact list[] = {
		{ SKW_STATE_LAST_ACK, 0, PEER_FIN | ACKED, false, SKW_CLOSE_FIN },
		{ SKW_STATE_LAST_ACK, 0, PEER_FIN | ACKED, true, SKW_CLOSE_FIN },
		/* While another process works on the socket. */
		{ SKW_STATE_LAST_ACK, 0, PEER_FIN | ACKED | LOCAL, true, SKW_CLOSE_FIN },
		{ SKW_STATE_CLOSING, 0, PEER_FIN | ACKED | REPLACED, false, SKW_CLOSE_FIN },
		{ SKW_STATE_FIN_WAIT2, 0, PEER_FIN | ACKED | REPLACED, true, SKW_CLOSE_FIN },
		/* There were too many TIME_WAIT sockets. */
		{ SKW_STATE_FIN_WAIT2, 0, PEER_FIN | ACKED, false, SKW_CLOSE_FIN },
		/* An error that was told by IP_RECVERR, and that nobody has read. */
		{ SKW_STATE_LAST_ACK, EHOSTUNREACH, PEER_FIN | ACKED, true, SKW_CLOSE_FIN },
		{ SKW_STATE_LAST_ACK, ECONNREFUSED, PEER_FIN | ACKED, true, SKW_CLOSE_FIN },
	};

	(void)state;
	check(list, LEN(list));
}

static void only_one_side_has_closed(void **state)
{
	static const struct fact list[] = {
		/* close(), and its FIN is acknowledged. */
		{ SKW_STATE_FIN_WAIT2, 0, ACKED | REPLACED, false, SKW_CLOSE_HALF_CLOSED },
		/* shutdown(), and then close() without waiting for the peer. */
		{ SKW_STATE_FIN_WAIT2, 0, ACKED | REPLACED | LOCAL, false, SKW_CLOSE_HALF_CLOSED },
		{ SKW_STATE_FIN_WAIT2, 0, ACKED, false, SKW_CLOSE_HALF_CLOSED },
		/* ... with unread data or with SO_LINGER. */
		{ SKW_STATE_FIN_WAIT2, 0, ACKED | LOCAL, true, SKW_CLOSE_RESET_BY_US },
		/* The peer's reset, whose error the application has taken. */
		{ SKW_STATE_FIN_WAIT2, 0, ACKED, true, SKW_CLOSE_RESET_BY_PEER },
		{ SKW_STATE_FIN_WAIT2, ECONNRESET, ACKED, true, SKW_CLOSE_RESET_BY_PEER },
		/* The peer's FIN came, and our own was not acknowledged. */
		{ SKW_STATE_LAST_ACK, ETIMEDOUT, PEER_FIN | GAVE_UP, false, SKW_CLOSE_TIMEOUT },
		{ SKW_STATE_LAST_ACK, ECONNRESET, PEER_FIN, false, SKW_CLOSE_RESET_BY_PEER },
		{ SKW_STATE_CLOSING, ETIMEDOUT, PEER_FIN | GAVE_UP, false, SKW_CLOSE_TIMEOUT },
		{ SKW_STATE_FIN_WAIT1, ETIMEDOUT, GAVE_UP, false, SKW_CLOSE_TIMEOUT },
	};

	(void)state;
	check(list, LEN(list));
}

static void a_reset(void **state)
{
	static const struct fact list[] = {
		{ SKW_STATE_ESTABLISHED, ECONNRESET, 0, true, SKW_CLOSE_RESET_BY_PEER },
		{ 12, ECONNRESET, 0, false, SKW_CLOSE_RESET_BY_PEER },
		{ SKW_STATE_CLOSE_WAIT, EPIPE, PEER_FIN, true, SKW_CLOSE_RESET_BY_PEER },
		{ SKW_STATE_ESTABLISHED, 0, 0, true, SKW_CLOSE_RESET_BY_PEER },
		/* Unread data, or SO_LINGER. */
		{ SKW_STATE_ESTABLISHED, 0, LOCAL, false, SKW_CLOSE_RESET_BY_US },
		{ SKW_STATE_CLOSE_WAIT, 0, LOCAL | PEER_FIN, false, SKW_CLOSE_RESET_BY_US },
		{ SKW_STATE_FIN_WAIT1, 0, LOCAL, true, SKW_CLOSE_RESET_BY_US },
		/* It was never accepted, and its listener has closed. */
		{ SKW_STATE_ESTABLISHED, 0, 0, false, SKW_CLOSE_RESET_BY_US },
		/* From outside, as by ss -K. */
		{ SKW_STATE_ESTABLISHED, ECONNABORTED, LOCAL, true, SKW_CLOSE_RESET_BY_US },
		{ SKW_STATE_FIN_WAIT2, ECONNABORTED, ACKED | LOCAL, true, SKW_CLOSE_RESET_BY_US },
		/* An old error on the socket is no reason. */
		{ SKW_STATE_ESTABLISHED, EHOSTUNREACH, LOCAL, true, SKW_CLOSE_RESET_BY_US },
		{ SKW_STATE_ESTABLISHED, ECONNREFUSED, LOCAL, true, SKW_CLOSE_RESET_BY_US },
		{ SKW_STATE_ESTABLISHED, EPIPE, LOCAL, true, SKW_CLOSE_RESET_BY_US },
	};

	(void)state;
	check(list, LEN(list));
}

static void no_answer(void **state)
{
	static const struct fact list[] = {
		{ SKW_STATE_ESTABLISHED, ETIMEDOUT, GAVE_UP, true, SKW_CLOSE_TIMEOUT },
		/* ICMP has told why no answer comes. */
		{ SKW_STATE_ESTABLISHED, EHOSTUNREACH, GAVE_UP, true, SKW_CLOSE_TIMEOUT },
		{ SKW_STATE_ESTABLISHED, 0, GAVE_UP, true, SKW_CLOSE_TIMEOUT },
		{ SKW_STATE_CLOSE_WAIT, ETIMEDOUT, GAVE_UP | PEER_FIN, true, SKW_CLOSE_TIMEOUT },
	};

	(void)state;
	check(list, LEN(list));
}

static void a_listener_has_no_other_end(void **state)
{
	static const struct fact list[] = {
		{ SKW_STATE_LISTEN, 0, LOCAL, false, SKW_CLOSE_UNKNOWN },
		{ SKW_STATE_LISTEN, ECONNABORTED, LOCAL, true, SKW_CLOSE_UNKNOWN },
	};

	(void)state;
	check(list, LEN(list));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_connect_that_was_not_answered),
		cmocka_unit_test(an_end_in_order),
		cmocka_unit_test(only_one_side_has_closed),
		cmocka_unit_test(a_reset),
		cmocka_unit_test(no_answer),
		cmocka_unit_test(a_listener_has_no_other_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
