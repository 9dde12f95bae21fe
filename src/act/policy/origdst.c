// SPDX-License-Identifier: BSD-2-Clause
#include "act/policy/origdst.h"

#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include "row/address.h"

/* The same for IPv4 and IPv6: include/uapi/linux/netfilter_ipv4.h and netfilter_ipv6/. */
#define ORIGINAL_DST 80

int skw_origdst_print(int fd, struct skw_error *err)
{
	char out[SKW_ENDPOINT_SIZE];
	struct sockaddr_in ip4;
	struct sockaddr_in6 ip6;
	socklen_t len4 = sizeof(ip4), len6 = sizeof(ip6);
	uint8_t addr[16] = { 0 };

	if (getsockopt(fd, IPPROTO_IPV6, ORIGINAL_DST, &ip6, &len6) == 0 && len6 == sizeof(ip6)) {
		memcpy(addr, &ip6.sin6_addr, sizeof(addr));
		skw_address_endpoint(out, AF_INET6, addr, ntohs(ip6.sin6_port), NULL);
	} else if (getsockopt(fd, IPPROTO_IP, ORIGINAL_DST, &ip4, &len4) == 0 &&
		   len4 == sizeof(ip4)) {
		memcpy(addr, &ip4.sin_addr, sizeof(ip4.sin_addr));
		skw_address_endpoint(out, AF_INET, addr, ntohs(ip4.sin_port), NULL);
	} else if (errno == ENOTSOCK) {
		return skw_error_set(err, -ENOTSOCK, "standard input is no connection");
	} else {
		return skw_error_set(err, -errno, "the connection was not redirected: %s",
				     strerror(errno));
	}
	printf("%s\n", out);
	return fflush(stdout) ? skw_error_set(err, -errno, "standard output: %s", strerror(errno))
			      : 0;
}
