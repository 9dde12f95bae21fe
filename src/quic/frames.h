/* SPDX-License-Identifier: BSD-2-Clause */
/* The frames of an Initial packet (RFC 9000, sections 12.4 and 19). */
#ifndef SKW_QUIC_FRAMES_H
#define SKW_QUIC_FRAMES_H

#include <stdbool.h>
#include <stdint.h>

#include "util/bytes.h"

enum skw_quic_frame_type {
	SKW_QUIC_FRAME_CRYPTO,
	SKW_QUIC_FRAME_CLOSE,
	SKW_QUIC_FRAME_END, /* there are no others, or what follows makes no sense */
};

struct skw_quic_frame {
	enum skw_quic_frame_type type;
	uint64_t offset;       /* of CRYPTO */
	struct skw_bytes data; /* of CRYPTO; borrowed */
	uint64_t error;        /* of CLOSE */
};

/* The next frame that tells something, taken off *frames. */
struct skw_quic_frame skw_quic_frames_next(struct skw_bytes *frames);

/* The name of an error; NULL: it has none. An alert of TLS has the name of the alert. */
const char *skw_quic_frames_error(uint64_t error);

#endif
