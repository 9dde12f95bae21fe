// SPDX-License-Identifier: BSD-2-Clause
#include "filter/pick.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "filter/offline.h"

#define ETHERNET 1 /* DLT_EN10MB */

static struct skw_pick a_socket(const char *local, uint16_t lport, const char *remote,
				uint16_t rport)
{
	struct skw_pick pick = { .kind = SKW_PICK_SOCKET, .comm = "curl", .port = 443 };
	struct skw_tuple *t = &pick.tuple;

	t->proto = IPPROTO_TCP;
	t->family = strchr(local, ':') ? AF_INET6 : AF_INET;
	inet_pton(t->family, local, t->local_addr);
	inet_pton(t->family, remote, t->remote_addr);
	t->local_port = lport;
	t->remote_port = rport;
	return pick;
}

/* The expression, which libpcap must understand. */
static const char *filter_of(const struct skw_pick *pick)
{
	static char out[SKW_PICK_FILTER_SIZE];
	struct skw_offline_filter *f = NULL;
	struct skw_error err = { 0 };

	assert_int_equal(skw_pick_filter(pick, out), 0);
	assert_int_equal(skw_offline_filter_compile_dead(out, ETHERNET, 65535, true, &f, &err), 0);
	skw_offline_filter_free(f);
	return out;
}

static void a_connection_is_told_by_both_ends(void **state)
{
	struct skw_pick pick = a_socket("10.0.0.1", 5000, "10.0.0.2", 443);

	(void)state;
	assert_string_equal(
		filter_of(&pick),
		"tcp and ((src host 10.0.0.1 and src port 5000 and dst host 10.0.0.2 and dst port "
		"443) or (src host 10.0.0.2 and src port 443 and dst host 10.0.0.1 and dst port "
		"5000))");
	pick = a_socket("2001:db8::1", 5000, "2001:db8::2", 443);
	assert_non_null(strstr(filter_of(&pick), "dst host 2001:db8::2 and dst port 443"));
}

static void the_longest_addresses_fit(void **state)
{
	static const char longest[] = "2001:1111:2222:3333:4444:5555:6666:7777";
	struct skw_pick pick = a_socket(longest, 65535, longest, 65535);

	(void)state;
	assert_non_null(strstr(filter_of(&pick), "dst port 65535))"));
}

static void packets_have_the_ipv4_form_of_a_mapped_address(void **state)
{
	struct skw_pick pick = a_socket("::ffff:10.0.0.1", 5000, "::ffff:10.0.0.2", 443);

	(void)state;
	assert_non_null(strstr(filter_of(&pick), "src host 10.0.0.1 and"));
}

static void a_socket_without_a_peer_is_told_by_its_own_end(void **state)
{
	struct skw_pick pick = a_socket("0.0.0.0", 53, "0.0.0.0", 0);

	(void)state;
	pick.tuple.proto = IPPROTO_UDP;
	assert_string_equal(filter_of(&pick), "udp port 53");
	pick = a_socket("10.0.0.1", 80, "0.0.0.0", 0);
	assert_string_equal(filter_of(&pick),
			    "tcp and ((src host 10.0.0.1 and src port 80) or (dst host 10.0.0.1 "
			    "and dst port 80))");
}

static void groups_have_their_expressions(void **state)
{
	struct skw_pick pick = a_socket("10.0.0.1", 1, "10.0.0.2", 2);

	(void)state;
	pick.kind = SKW_PICK_REMOTE;
	assert_string_equal(filter_of(&pick), "ip host 10.0.0.2");
	pick = a_socket("::1", 1, "::2", 2);
	pick.kind = SKW_PICK_REMOTE;
	assert_string_equal(filter_of(&pick), "ip6 host ::2");
	pick.kind = SKW_PICK_PORT;
	assert_string_equal(filter_of(&pick), "port 443");
	pick.kind = SKW_PICK_COMM;
	assert_string_equal(filter_of(&pick), "");
}

/* Each of these may come from a worker that was taken over. */
static void wrong_numbers_are_refused(void **state)
{
	char out[SKW_PICK_FILTER_SIZE], name[SKW_PICK_NAME_SIZE];
	struct skw_pick good = a_socket("10.0.0.1", 1, "10.0.0.2", 2), pick;

	(void)state;
#define REFUSED(change)                                                                            \
	do {                                                                                       \
		pick = good;                                                                       \
		change;                                                                            \
		assert_int_equal(skw_pick_filter(&pick, out), -EINVAL);                            \
	} while (0)
	REFUSED(pick.kind = SKW_PICKS);
	REFUSED(pick.kind = 255);
	REFUSED(pick.tuple.proto = IPPROTO_ICMP);
	REFUSED(pick.tuple.family = AF_UNIX);
	REFUSED(pick.tuple.local_port = 0);
	REFUSED((pick.kind = SKW_PICK_REMOTE, memset(pick.tuple.remote_addr, 0, 16)));
	REFUSED((pick.kind = SKW_PICK_PORT, pick.port = 0));
	REFUSED((pick.kind = SKW_PICK_COMM, pick.comm[0] = '\0'));
	REFUSED(pick.kind = SKW_PICK_PID);
	REFUSED(pick.kind = SKW_PICK_CGROUP);
	REFUSED(memset(pick.comm, 'x', sizeof(pick.comm)));
	assert_int_equal(skw_pick_name(&pick, "", NULL, 1, name), -EINVAL);
}

static void a_name_has_no_special_character(void **state)
{
	struct skw_pick pick = a_socket("10.0.0.1", 1, "2001:db8::2", 2);
	char name[SKW_PICK_NAME_SIZE];

	(void)state;
	strcpy(pick.comm, "../a b;\n\x1b\xc3\xa9");
	assert_int_equal(skw_pick_name(&pick, "20261127-140231", NULL, 1, name), 0);
	assert_string_equal(name, "skwatch-20261127-140231-.._a_b_____-443.pcapng");
	strcpy(pick.comm, "curl");
	assert_int_equal(skw_pick_name(&pick, "20261127-140231", NULL, 12, name), 0);
	assert_string_equal(name, "skwatch-20261127-140231-curl-443-12.pcapng");
	pick.kind = SKW_PICK_CGROUP;
	assert_int_equal(skw_pick_name(&pick, "x", "/system.slice/a@b.service", 1, name), 0);
	assert_string_equal(name, "skwatch-x-a_b.service.pcapng");
	pick.kind = SKW_PICK_PID;
	pick.pid = 4194304;
	assert_int_equal(skw_pick_name(&pick, "x", NULL, 1, name), 0);
	assert_string_equal(name, "skwatch-x-curl-4194304.pcapng");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_connection_is_told_by_both_ends),
		cmocka_unit_test(the_longest_addresses_fit),
		cmocka_unit_test(packets_have_the_ipv4_form_of_a_mapped_address),
		cmocka_unit_test(a_socket_without_a_peer_is_told_by_its_own_end),
		cmocka_unit_test(groups_have_their_expressions),
		cmocka_unit_test(wrong_numbers_are_refused),
		cmocka_unit_test(a_name_has_no_special_character),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
