// SPDX-License-Identifier: BSD-2-Clause
#include "row/close_reason.h"

#include <errno.h>
#include <stddef.h>

/*
 * The errors that end a connection. tcp_reset() sets ECONNREFUSED for a connect() and ECONNRESET
 * otherwise, tcp_write_err() sets ETIMEDOUT, and tcp_abort(), which ends a socket from outside,
 * sets ECONNABORTED.
 */
static enum skw_close_reason by_error(uint8_t old_state, int err)
{
	switch (err) {
	case ECONNREFUSED:
		/* After the connect() an ICMP message leaves it on a socket that goes on. */
		return old_state == SKW_STATE_SYN_SENT ? SKW_CLOSE_REFUSED : SKW_CLOSE_UNKNOWN;
	case ECONNRESET:
		return SKW_CLOSE_RESET_BY_PEER;
	case EPIPE:
		/* tcp_reset() sets it after the peer's FIN. */
		return old_state == SKW_STATE_CLOSE_WAIT ? SKW_CLOSE_RESET_BY_PEER
							 : SKW_CLOSE_UNKNOWN;
	case ETIMEDOUT:
		return SKW_CLOSE_TIMEOUT;
	case ECONNABORTED:
		/* In this state there is nobody to send a reset to. */
		return old_state == SKW_STATE_SYN_SENT ? SKW_CLOSE_ABORTED : SKW_CLOSE_RESET_BY_US;
	default:
		return SKW_CLOSE_UNKNOWN;
	}
}

/*
 * A connect() that had no answer. If its process ends it, nothing is sent; it may do so because of
 * an ICMP message. Otherwise a reset or an ICMP message has ended it at once, or its timer. The
 * application may have taken the error already, so that none is left on the socket.
 */
static enum skw_close_reason of_connect(uint8_t ending)
{
	if (ending & SKW_END_LOCAL)
		return ending & SKW_END_ICMP ? SKW_CLOSE_REFUSED : SKW_CLOSE_ABORTED;
	return ending & SKW_END_GAVE_UP ? SKW_CLOSE_TIMEOUT : SKW_CLOSE_REFUSED;
}

/* Without a FIN in each direction. */
static enum skw_close_reason of_broken(int err, uint8_t ending, bool held)
{
	/* tcp_write_err() prefers an error that ICMP has told before. */
	if (err && ending & SKW_END_GAVE_UP)
		return SKW_CLOSE_TIMEOUT;
	/*
	 * A close with unread data or with SO_LINGER. A connection that is not accepted yet is
	 * reset with its listener.
	 */
	if (ending & SKW_END_LOCAL || !held)
		return SKW_CLOSE_RESET_BY_US;
	/* Only a packet or a timer can have ended it, and the application has taken the error. */
	return ending & SKW_END_GAVE_UP ? SKW_CLOSE_TIMEOUT : SKW_CLOSE_RESET_BY_PEER;
}

/* In FIN_WAIT2 the own FIN was acknowledged. */
static enum skw_close_reason of_fin_wait2(int err, uint8_t ending, bool held)
{
	if (ending & SKW_END_PEER_FIN)
		return SKW_CLOSE_FIN;
	/* A TIME_WAIT socket waits for the peer's FIN instead. */
	if (ending & SKW_END_REPLACED || !(ending & SKW_END_LOCAL || held))
		return SKW_CLOSE_HALF_CLOSED;
	return of_broken(err, ending, held);
}

enum skw_close_reason skw_close_reason(uint8_t old_state, int err, uint8_t ending, bool held)
{
	enum skw_close_reason reason = by_error(old_state, err);

	/* A listener has no other end that could have closed it. */
	if (old_state == SKW_STATE_LISTEN)
		return SKW_CLOSE_UNKNOWN;
	if (reason != SKW_CLOSE_UNKNOWN)
		return reason;
	switch (old_state) {
	case SKW_STATE_SYN_SENT:
		return of_connect(ending);
	case SKW_STATE_FIN_WAIT2:
		return of_fin_wait2(err, ending, held);
	case SKW_STATE_TIME_WAIT:
		return SKW_CLOSE_FIN;
	case SKW_STATE_CLOSING:
	case SKW_STATE_LAST_ACK:
		/* The peer's FIN brought it there, and it waits for the acknowledgement of ours. */
		if (ending & SKW_END_ACKED)
			return SKW_CLOSE_FIN;
		break;
	default:
		break;
	}
	return of_broken(err, ending, held);
}

const char *skw_close_reason_words(uint8_t reason)
{
	static const char *const words[SKW_CLOSE_REASONS] = {
		[SKW_CLOSE_FIN] = "closed",
		[SKW_CLOSE_HALF_CLOSED] = "half closed",
		[SKW_CLOSE_RESET_BY_PEER] = "reset by peer",
		[SKW_CLOSE_RESET_BY_US] = "reset by us",
		[SKW_CLOSE_TIMEOUT] = "timed out",
		[SKW_CLOSE_REFUSED] = "refused",
		[SKW_CLOSE_ABORTED] = "aborted",
	};

	return reason < SKW_CLOSE_REASONS ? words[reason] : NULL;
}
