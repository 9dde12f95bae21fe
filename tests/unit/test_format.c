// SPDX-License-Identifier: BSD-2-Clause
#include "format/format.h"
#include "row/address.h"
#include "row/cgroup_name.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#define LEN(a) (sizeof(a) / sizeof((a)[0]))

struct cell {
	int width;
	uint64_t v;
	const char *text;
};

static void check(int (*format)(char *, int, uint64_t), const struct cell *list, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		char *out = malloc((size_t)list[i].width + 1);

		int n = format(out, list[i].width, list[i].v);
		if (strcmp(out, list[i].text) != 0)
			fail_msg("%llu in %d: \"%s\", not \"%s\"", (unsigned long long)list[i].v,
				 list[i].width, out, list[i].text);
		assert_int_equal(n, strlen(list[i].text));
		free(out);
	}
}

static void numbers_fit_with_a_unit(void **state)
{
	static const struct cell list[] = {
		{ 4, 0, "0" },
		{ 4, 999, "999" },
		{ 4, 1000, "1.0k" },
		{ 4, 4100, "4.1k" },
		{ 4, 9949, "9.9k" },
		{ 4, 9950, "10k" },
		{ 4, 88000, "88k" },
		{ 5, 88400, "88.4k" },
		{ 4, 999499, "999k" },
		{ 4, 999500, "1.0M" },
		{ 6, 999949, "999.9k" },
		{ 6, 999950, "1.0M" },
		{ 4, 1234567, "1.2M" },
		{ 4, 1900000000, "1.9G" },
		{ 4, 61000000000, "61G" },
		{ 4, 1ULL << 60, "1.2E" },
		{ 4, UINT64_MAX - 1, "18E" },
		{ 4, UINT64_MAX, "--" },
		{ 6, UINT64_MAX - 1, "18.4E" },
		{ 10, 1234, "1.2k" },
		{ 8, 1000000, "1.0M" },
	};

	(void)state;
	check(skw_format_number, list, LEN(list));
}

static void times_fit_with_a_unit(void **state)
{
	static const struct cell list[] = {
		{ 4, 0, "0us" },          { 4, 99, "99us" },          { 6, 300, "0.3ms" },
		{ 5, 300, "0.3ms" },      { 4, 300, ".3ms" },         { 6, 41200, "41.2ms" },
		{ 5, 41200, "41ms" },     { 4, 41200, "41ms" },       { 5, 1200, "1.2ms" },
		{ 4, 1200, "1ms" },       { 7, 201000, "201.0ms" },   { 5, 201000, "201ms" },
		{ 4, 412000, "0.4s" },    { 4, 949, ".9ms" },         { 4, 950, "1ms" },
		{ 7, 999949, "999.9ms" }, { 7, 999950, "1.0s" },      { 4, 1234567, "1.2s" },
		{ 4, 12345678, "12s" },   { 5, 12345678, "12.3s" },   { 7, 133000000, "2m13s" },
		{ 4, 133000000, "2m" },   { 7, 7980000000, "2h13m" }, { 4, UINT64_MAX, "--" },
	};

	(void)state;
	check(skw_format_us, list, LEN(list));
}

static void ages_fit_with_units(void **state)
{
	const uint64_t s = 1000000, h = 3600 * s, day = 24 * h;
	const struct cell list[] = {
		{ 4, 0, "0.0s" },
		{ 4, 300000, "0.3s" },
		{ 4, 3 * s, "3s" },
		{ 4, 59 * s + s / 2, "59s" },
		{ 4, 60 * s, "1m" },
		{ 4, 69 * s, "1m9s" },
		{ 4, 72 * s, "1m" },
		{ 5, 72 * s, "1m12s" },
		{ 5, 7980 * s, "2h13m" },
		{ 4, 7980 * s, "2h" },
		{ 4, 2 * h + 180 * s, "2h3m" },
		{ 5, 76 * h, "3d4h" },
		{ 4, 999 * day, "999d" },
		{ 4, 1000 * day, "2y" },
		{ 5, 365000 * day, "999y" },
		{ 4, UINT64_MAX - 1, "999y" },
		{ 4, UINT64_MAX, "--" },
	};

	(void)state;
	check(skw_format_age, list, LEN(list));
}

static void no_number_is_wider_than_its_cell(void **state)
{
	int (*const formats[])(char *, int, uint64_t) = { skw_format_number, skw_format_us,
							  skw_format_age };

	(void)state;
	for (size_t f = 0; f < LEN(formats); f++)
		for (int width = 4; width <= 8; width++)
			for (uint64_t v = 1; v < UINT64_MAX / 3; v += v / 20 + 1) {
				char *out = malloc((size_t)width + 1);
				int n = formats[f](out, width, v);

				assert_in_range(n, 1, width);
				assert_int_equal(strlen(out), n);
				free(out);
			}
}

static void rfc3339_is_utc_with_nine_digits(void **state)
{
	char out[SKW_RFC3339_SIZE];

	(void)state;
	skw_format_rfc3339(out, 1700000000123456789ULL);
	assert_string_equal(out, "2023-11-14T22:13:20.123456789Z");
	skw_format_rfc3339(out, 951782400000000001ULL);
	assert_string_equal(out, "2000-02-29T00:00:00.000000001Z");
	skw_format_rfc3339(out, 0);
	assert_string_equal(out, "1970-01-01T00:00:00.000000000Z");
	skw_format_rfc3339(out, UINT64_MAX);
	assert_string_equal(out, "2554-07-21T23:34:33.709551615Z");

	const struct skw_format_env early = { .offset_ns = -5 };
	assert_int_equal(skw_format_real_ns(&early, 7), 2);
	assert_int_equal(skw_format_real_ns(&early, 3), 0);
}

static void endpoints(void **state)
{
	static const struct {
		const char *addr;
		uint16_t port;
		const char *text;
		const char *scope;
	} list[] = {
		{ "fe80::1", 22, "[fe80::1%eth0]:22", "eth0" },
		{ "ff02::1", 22, "[ff02::1%eth0]:22", "eth0" },
		{ "fe80::1", 22, "[fe80::1]:22", NULL },
		{ "2001:db8::1", 22, "[2001:db8::1]:22", "eth0" },
		{ "::", 22, "*:22", "eth0" },
		{ "fe80:2222:3333:4444:5555:6666:7777:8888", 65535,
		  "[fe80:2222:3333:4444:5555:6666:7777:8888%0123456789abcdef]:65535",
		  "0123456789abcdef" },
		{ "10.0.3.7", 5432, "10.0.3.7:5432", NULL },
		{ "255.255.255.255", 65535, "255.255.255.255:65535", NULL },
		{ "0.0.0.0", 80, "*:80", NULL },
		{ "0.0.0.0", 0, "*:*", NULL },
		{ "::", 80, "*:80", NULL },
		{ "2001:db8::1", 443, "[2001:db8::1]:443", NULL },
		{ "::1", 9, "[::1]:9", NULL },
		{ "::ffff:192.0.2.1", 80, "192.0.2.1:80", NULL },
		{ "1111:2222:3333:4444:5555:6666:7777:8888", 65535,
		  "[1111:2222:3333:4444:5555:6666:7777:8888]:65535", NULL },
	};

	(void)state;
	for (size_t i = 0; i < LEN(list); i++) {
		int family = strchr(list[i].addr, ':') ? AF_INET6 : AF_INET;
		char out[SKW_ENDPOINT_SIZE];
		uint8_t addr[16];

		/* Only the first four bytes of an IPv4 address may be used. */
		memset(addr, 0xee, sizeof(addr));
		assert_int_equal(inet_pton(family, list[i].addr, addr), 1);
		skw_address_endpoint(out, (uint8_t)family, addr, list[i].port, list[i].scope);
		assert_string_equal(out, list[i].text);
	}
}

#define ID  "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
#define ID2 "fedcba9876543210fedcba9876543210fedcba9876543210fedcba9876543210"

static void cgroups_by_the_names_people_use(void **state)
{
	static const struct {
		const char *path, *name;
	} list[] = {
		{ "/", "/" },
		{ "", "/" },
		{ "/init.scope", "init.scope" },
		{ "/system.slice", "system.slice" },
		{ "/system.slice/nginx.service", "nginx.service" },
		{ "/system.slice/nginx.service/", "nginx.service" },
		{ "/system.slice/foo.service/workers/3", "foo.service" },
		{ "/system.slice/system-getty.slice/getty@tty1.service", "getty@tty1.service" },
		{ "/user.slice/user-1000.slice", "user-1000" },
		{ "/user.slice/user-1000.slice/session-3.scope", "user-1000" },
		{ "/user.slice/user-1000.slice/user@1000.service/app.slice/app-foo.scope",
		  "app-foo.scope" },
		{ "/user.slice/user-1000.slice/user@1000.service/init.scope", "user@1000.service" },
		{ "/user.slice", "user.slice" },
		{ "/system.slice/docker-" ID ".scope", "0123456789ab" },
		{ "/docker/" ID, "0123456789ab" },
		{ "/docker/" ID "/system.slice/nginx.service", "0123456789ab" },
		{ "/docker/" ID "/docker/" ID2, "fedcba987654" },
		{ "/machine.slice/libpod-" ID ".scope/container", "0123456789ab" },
		{ "/kubepods.slice/kubepods-burstable.slice/"
		  "kubepods-burstable-pod1a2b3c4d_0000_1111_2222_333344445555.slice/"
		  "cri-containerd-" ID ".scope",
		  "0123456789ab" },
		{ "/kubepods.slice/kubepods-pod1a2b3c4d_0000_1111_2222_333344445555.slice/crio-" ID
		  ".scope",
		  "0123456789ab" },
		{ "/system.slice/containerd.service/kubepods-besteffort-"
		  "pod1a2b3c4d_0000_1111_2222_333344445555.slice:cri-containerd:" ID,
		  "0123456789ab" },
		{ "/kubepods/burstable/pod1a2b3c4d-0000-1111-2222-333344445555/" ID,
		  "0123456789ab" },
		{ "/kubepods/burstable/pod1a2b3c4d-0000-1111-2222-333344445555",
		  "pod1a2b3c4d-0000-1111-2222-333344445555" },
		{ "/kubepods.slice/kubepods-burstable.slice/"
		  "kubepods-burstable-pod1a2b3c4d_0000_1111_2222_333344445555.slice",
		  "pod1a2b3c4d-0000-1111-2222-333344445555" },
		{ "/kubepods/pod0123456789abcdef0123456789abcdef",
		  "pod0123456789abcdef0123456789abcdef" },
		{ "/kubepods.slice", "kubepods.slice" },
		{ "/mygroup/inner", "inner" },
		/*
		 * These are no container names: a digit too many, a digit too few, a letter that is
		 * no digit.
		 */
		{ "/docker/" ID "0",
		  "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcde" },
		{ "/lxc/0123456789ab", "0123456789ab" },
		{ "/pods/podium", "podium" },
		{ "/evil/\033[2Jx", "?[2Jx" },
		/* The name is cut before the character that does not fit. */
		{ "/0123456789012345678901234567890123456789012345678901234567890\xe2\x82\xacx",
		  "0123456789012345678901234567890123456789012345678901234567890" },
	};
	char out[SKW_CGROUP_NAME_SIZE];

	(void)state;
	for (size_t i = 0; i < LEN(list); i++) {
		assert_ptr_equal(skw_cgroup_name_of(out, list[i].path), out);
		if (strcmp(out, list[i].name) != 0)
			fail_msg("%s: %s, not %s", list[i].path, out, list[i].name);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(numbers_fit_with_a_unit),
		cmocka_unit_test(times_fit_with_a_unit),
		cmocka_unit_test(ages_fit_with_units),
		cmocka_unit_test(no_number_is_wider_than_its_cell),
		cmocka_unit_test(rfc3339_is_utc_with_nine_digits),
		cmocka_unit_test(endpoints),
		cmocka_unit_test(cgroups_by_the_names_people_use),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
