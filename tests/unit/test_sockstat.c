// SPDX-License-Identifier: BSD-2-Clause
/* The kernel's numbers of sockets in a network namespace. */
#include "kern/host/sockstat.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

/* The lines of Linux 6.18, with these numbers of TCP, TIME_WAIT and UDP. */
static bool none(int tcp, int tw, int udp, int tcp6, int udp6, bool asks_udp)
{
	char v4[512], v6[512];

	snprintf(v4, sizeof(v4),
		 "sockets: used 12\n"
		 "TCP: inuse %d orphan 0 tw %d alloc 7 mem 3\n"
		 "UDP: inuse %d mem 9\n"
		 "UDPLITE: inuse 0\nRAW: inuse 3\nFRAG: inuse 0 memory 0\n",
		 tcp, tw, udp);
	snprintf(v6, sizeof(v6),
		 "TCP6: inuse %d\nUDP6: inuse %d\nUDPLITE6: inuse 0\nRAW6: inuse 1\n"
		 "FRAG6: inuse 0 memory 0\n",
		 tcp6, udp6);
	return skw_sockstat_tells_none(v4, v6, asks_udp);
}

static void any_socket_counts(void **state)
{
	(void)state;
	assert_true(none(0, 0, 5, 0, 5, false));
	assert_false(none(1, 0, 0, 0, 0, false));
	assert_false(none(0, 3, 0, 0, 0, false));
	assert_false(none(0, 0, 0, 2, 0, false));
	assert_true(none(4, 4, 0, 4, 0, true));
	assert_false(none(0, 0, 1, 0, 0, true));
	assert_false(none(0, 0, 0, 0, 10, true));
}

static void without_ipv6_there_is_one_text(void **state)
{
	(void)state;
	assert_true(
		skw_sockstat_tells_none("TCP: inuse 0 orphan 0 tw 0 alloc 0 mem 0\n", "", false));
	assert_false(skw_sockstat_tells_none("TCP: inuse 2 orphan 0 tw 0\n", "", false));
}

/* Then the sockets are looked for. */
static void a_text_that_tells_nothing_is_no_answer(void **state)
{
	static const char *const texts[] = {
		"",
		"TCP:",
		"TCP: orphan 0 tw 0\n",
		"TCP: inuse 0 orphan 0\nUDP: tw 0\n",
		"inuse 0 tw 0",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++)
		assert_false(skw_sockstat_tells_none(texts[i], "", false));
	assert_false(skw_sockstat_tells_none("TCP: inuse 0 tw 0\n", "FRAG6: inuse 0\n", false));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(any_socket_counts),
		cmocka_unit_test(without_ipv6_there_is_one_text),
		cmocka_unit_test(a_text_that_tells_nothing_is_no_answer),
	};

	return cmocka_run_group_tests_name("sockstat", tests, NULL, NULL);
}
