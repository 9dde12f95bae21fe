// SPDX-License-Identifier: BSD-2-Clause
#include "quic/frames.h"

#include <stddef.h>

#include "dissect/app/tls_record.h"
#include "quic/packet.h"
#include "util/cleanup.h"

enum {
	PADDING = 0x00,
	PING = 0x01,
	ACK = 0x02,
	ACK_ECN = 0x03,
	CRYPTO = 0x06,
	CLOSE = 0x1c,
	ACK_FIELDS = 4, /* largest, delay, number of ranges, first range */
	ACK_RANGES = 2, /* which of them is the number of ranges */
	RANGE_FIELDS = 2,
	ECN_FIELDS = 3,
	CRYPTO_ERROR = 0x100, /* and 255 more, one for each alert */
};

static bool skip_numbers(struct skw_bytes *b, uint64_t n)
{
	uint64_t skipped;

	while (n && skw_quic_packet_number(b, &skipped))
		n--;
	return n == 0;
}

static bool skip_ack(struct skw_bytes *b, bool ecn)
{
	uint64_t fields[ACK_FIELDS];

	for (size_t i = 0; i < ACK_FIELDS; i++)
		if (!skw_quic_packet_number(b, &fields[i]))
			return false;
	/* Each number has a byte at least. */
	return fields[ACK_RANGES] <= b->caplen &&
	       skip_numbers(b, fields[ACK_RANGES] * RANGE_FIELDS) &&
	       (!ecn || skip_numbers(b, ECN_FIELDS));
}

static bool take_crypto(struct skw_bytes *b, struct skw_quic_frame *f)
{
	uint64_t len;

	if (!skw_quic_packet_number(b, &f->offset) || !skw_quic_packet_number(b, &len) ||
	    len > b->caplen)
		return false;
	f->data = skw_bytes_first(*b, (uint32_t)len);
	*b = skw_bytes_skip(*b, (uint32_t)len);
	f->type = SKW_QUIC_FRAME_CRYPTO;
	return true;
}

struct skw_quic_frame skw_quic_frames_next(struct skw_bytes *frames)
{
	struct skw_quic_frame f = { .type = SKW_QUIC_FRAME_END };
	bool ok = true;

	while (ok && frames->caplen) {
		uint8_t type = frames->p[0];

		*frames = skw_bytes_skip(*frames, 1);
		if (type == ACK || type == ACK_ECN) {
			ok = skip_ack(frames, type == ACK_ECN);
		} else if (type == CRYPTO) {
			if (take_crypto(frames, &f))
				return f;
			ok = false;
		} else if (type == CLOSE) {
			if (skw_quic_packet_number(frames, &f.error))
				f.type = SKW_QUIC_FRAME_CLOSE;
			ok = false;
		} else {
			ok = type == PADDING || type == PING;
		}
	}
	frames->caplen = frames->len = 0;
	return f;
}

const char *skw_quic_frames_error(uint64_t error)
{
	static const char *const names[] = {
		"no_error",
		"internal_error",
		"connection_refused",
		"flow_control_error",
		"stream_limit_error",
		"stream_state_error",
		"final_size_error",
		"frame_encoding_error",
		"transport_parameter_error",
		"connection_id_limit_error",
		"protocol_violation",
		"invalid_token",
		"application_error",
		"crypto_buffer_exceeded",
		"key_update_error",
		"aead_limit_reached",
		"no_viable_path",
	};

	if (error >= CRYPTO_ERROR && error <= CRYPTO_ERROR + UINT8_MAX)
		return skw_tls_record_alert((uint8_t)error);
	return error < SKW_ARRAY_SIZE(names) ? names[error] : NULL;
}
