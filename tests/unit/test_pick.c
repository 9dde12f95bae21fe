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

/* Whether the filter lets a packet through, with an Ethernet header in front of it. */
static bool lets_through(struct skw_offline_filter *f, uint16_t type, const void *packet,
			 size_t len)
{
	uint8_t frame[14 + 256] = { [12] = (uint8_t)(type >> 8), [13] = (uint8_t)type };

	assert_in_range(len, 1, 256);
	memcpy(frame + 14, packet, len);
	const struct skw_packet pkt = { .data = frame,
					.caplen = (uint32_t)len + 14,
					.len = (uint32_t)len + 14,
					.dlt = ETHERNET };

	return skw_offline_filter_match(f, &pkt);
}

/* A packet of IPv4 and one of IPv6 with this transport header and payload. */
static bool names_pass(struct skw_offline_filter *f, uint8_t proto, const void *data, size_t len)
{
	uint8_t ip4[256] = { [0] = 0x45, [8] = 64, [9] = proto };
	uint8_t ip6[256] = { [0] = 0x60, [6] = proto, [7] = 64 };

	ip4[3] = (uint8_t)(20 + len);
	ip6[5] = (uint8_t)len;
	memcpy(ip4 + 20, data, len);
	memcpy(ip6 + 40, data, len);
	bool passed = lets_through(f, 0x800, ip4, 20 + len);

	assert_int_equal(lets_through(f, 0x86dd, ip6, 40 + len), passed);
	return passed;
}

#define PASSES(proto, bytes) names_pass(f, proto, bytes, sizeof(bytes) - 1)
#define TCP(flags)           "\x10\0\x20\0\0\0\0\1\0\0\0\1\x50" flags "\1\0\0\0\0\0"
#define TCP_WITH_OPTIONS     "\x10\0\x20\0\0\0\0\1\0\0\0\1\x80\x18\1\0\0\0\0\0\1\1\1\1\1\1\1\1\1\1\1\1"
#define UDP(port)            port port "\0\x20\0\0"

static void names_are_told_by_few_packets(void **state)
{
	const struct skw_pick pick = { .kind = SKW_PICK_NAMES };
	struct skw_offline_filter *f = NULL;
	struct skw_error err = { 0 };
	char out[SKW_PICK_FILTER_SIZE];

	(void)state;
	assert_int_equal(skw_pick_filter(&pick, out), 0);
	assert_int_equal(skw_offline_filter_compile_dead(out, ETHERNET, 65535, true, &f, &err), 0);
	assert_true(PASSES(IPPROTO_UDP, UDP("\0\x35") "x"));
	assert_true(PASSES(IPPROTO_TCP, TCP("\2")));
	assert_true(PASSES(IPPROTO_TCP, TCP("\x12")));
	assert_false(PASSES(IPPROTO_TCP, TCP("\x10")));
	assert_false(PASSES(IPPROTO_TCP, TCP("\x18") "GET / HTTP/1.1"));
	/* A ClientHello, a ServerHello, data of TLS. */
	assert_true(PASSES(IPPROTO_TCP, TCP("\x18") "\x16\3\1\0\5\1\0\0\1x"));
	assert_true(PASSES(IPPROTO_TCP, TCP_WITH_OPTIONS "\x16\3\1\0\5\1\0\0\1x"));
	assert_false(PASSES(IPPROTO_TCP, TCP("\x18") "\x16\3\3\0\5\2\0\0\1x"));
	assert_false(PASSES(IPPROTO_TCP, TCP("\x18") "\x17\3\3\0\5\1\0\0\1x"));
	/* Initial packets of QUIC v1 and v2, a packet of a connection, and one of another version.
	 */
	assert_true(PASSES(IPPROTO_UDP, UDP("\1\xbb") "\xc3\0\0\0\1\x08"));
	assert_true(PASSES(IPPROTO_UDP, UDP("\1\xbb") "\xd3\x6b\x33\x43\xcf\x08"));
	assert_false(PASSES(IPPROTO_UDP, UDP("\1\xbb") "\x43\0\0\0\1\x08"));
	assert_false(PASSES(IPPROTO_UDP, UDP("\1\xbb") "\xc3\0\0\0\2\x08"));
	assert_false(PASSES(IPPROTO_UDP, UDP("\1\xbb") "\xc3"));
	skw_offline_filter_free(f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_connection_is_told_by_both_ends),
		cmocka_unit_test(names_are_told_by_few_packets),
		cmocka_unit_test(the_longest_addresses_fit),
		cmocka_unit_test(packets_have_the_ipv4_form_of_a_mapped_address),
		cmocka_unit_test(a_socket_without_a_peer_is_told_by_its_own_end),
		cmocka_unit_test(groups_have_their_expressions),
		cmocka_unit_test(wrong_numbers_are_refused),
		cmocka_unit_test(a_name_has_no_special_character),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
