// SPDX-License-Identifier: BSD-2-Clause
#include "act/relay/lane_kernel.h"

#include <errno.h>
#include <linux/sockios.h>
#include <linux/tcp.h>
#include <linux/types.h>
#include <netinet/in.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include "abi/conduit.h"

static int info_of(const struct skw_relay_end *end, struct tcp_info *info)
{
	socklen_t len = sizeof(*info);

	return getsockopt(end->watch.fd, IPPROTO_TCP, TCP_INFO, info, &len) < 0 ? -errno : 0;
}

/*
 * The number of bytes that the socket's TCP has taken since it was connected, with some constant.
 * An acknowledgement between the two calls makes the result too small, never too large.
 */
static int count_taken(const struct skw_relay_end *end, uint64_t *taken)
{
	struct tcp_info info = { 0 };
	int queued = 0, ret = info_of(end, &info);

	if (!ret && ioctl(end->watch.fd, SIOCOUTQ, &queued) < 0)
		ret = -errno;
	if (!ret)
		*taken = info.tcpi_bytes_acked + (uint64_t)queued;
	return ret;
}

int skw_relay_lane_kernel_begin(struct skw_relay_lane *lane, struct skw_conduit *conduit)
{
	int ret = count_taken(lane->to, &lane->taken);

	if (ret)
		return ret;
	lane->conduit = conduit;
	/* Neither splice() nor FIONREAD see what a program has passed to the socket. */
	lane->no_splice = true;
	return 0;
}

uint64_t skw_relay_lane_kernel_moved(const struct skw_relay_lane *lane)
{
	return lane->conduit ? __atomic_load_n(&lane->conduit->redirected, __ATOMIC_ACQUIRE) : 0;
}

static uint64_t passed(const struct skw_relay_lane *lane)
{
	return __atomic_load_n(&lane->conduit->passed, __ATOMIC_ACQUIRE);
}

uint64_t skw_relay_lane_kernel_waiting(const struct skw_relay_lane *lane)
{
	uint64_t came = passed(lane) + skw_relay_lane_kernel_moved(lane), taken;

	if (count_taken(lane->to, &taken))
		return 0;
	taken -= lane->taken;
	return came > taken ? came - taken : 0;
}

void skw_relay_lane_kernel_sent(struct skw_relay_lane *lane)
{
	__atomic_store_n(&lane->conduit->relayed, lane->bytes, __ATOMIC_RELEASE);
}

/* Whether TCP has taken all that was redirected and sent, so that no byte can be overtaken. */
static bool receiver_has_all(struct skw_relay_lane *lane)
{
	uint64_t redirected = skw_relay_lane_kernel_moved(lane), taken;

	/* TCP takes at once the bytes that this process sends, so only redirected bytes matter. */
	if (redirected == lane->cleared)
		return true;
	if (count_taken(lane->to, &taken) || taken - lane->taken < redirected + lane->bytes)
		return false;
	lane->cleared = redirected;
	return true;
}

static bool has_error(const struct skw_relay_end *end)
{
	socklen_t len = sizeof(int);
	int error = 0;

	return getsockopt(end->watch.fd, SOL_SOCKET, SO_ERROR, &error, &len) < 0 || error;
}

/*
 * Whether the program has had all bytes before the FIN, which is counted like a byte. TCP_INFO
 * takes the socket's lock, so no run of the program for earlier bytes goes on after that.
 */
static bool program_has_all(const struct skw_relay_lane *lane)
{
	const int lowat = 1;
	struct tcp_info info = { 0 };

	if (info_of(lane->from, &info))
		return false;
	if (skw_relay_lane_kernel_moved(lane) + passed(lane) + 1 >= info.tcpi_bytes_received)
		return true;
	/* This makes the kernel look at what it has received. */
	setsockopt(lane->from->watch.fd, SOL_SOCKET, SO_RCVLOWAT, &lowat, sizeof(lowat));
	return false;
}

enum skw_relay_moved skw_relay_lane_kernel_look(struct skw_relay_lane *lane)
{
	struct skw_relay_end *from = lane->from, *to = lane->to;

	/* No read or write of ours finds out about a reset. */
	from->failed |= from->ending && has_error(from);
	if (from->failed)
		return SKW_RELAY_FAILED;
	to->failed |= to->ending && has_error(to);
	if (to->failed)
		return SKW_RELAY_DONE;
	if (passed(lane) == lane->bytes) {
		if (!from->ending)
			return SKW_RELAY_WAITS;
		/* `passed` may have grown meanwhile, so look at it again. */
		return program_has_all(lane) && passed(lane) == lane->bytes &&
				       receiver_has_all(lane)
			       ? SKW_RELAY_DONE
			       : SKW_RELAY_POLLS;
	}
	if (!to->writable)
		return SKW_RELAY_WAITS;
	if (receiver_has_all(lane) && from->readable)
		return SKW_RELAY_MORE;
	/* Passed bytes reach the socket a little later. The next attempt reads in any case. */
	from->readable = true;
	return SKW_RELAY_POLLS;
}
