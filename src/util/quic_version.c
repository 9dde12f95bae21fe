// SPDX-License-Identifier: BSD-2-Clause
#include "util/quic_version.h"

#include <stddef.h>

#include "abi/quic.h"

const char *skw_quic_version_name(uint32_t version)
{
	static const char *const drafts[] = { "draft-29", "draft-30", "draft-31",
					      "draft-32", "draft-33", "draft-34" };

	if (!SKW_QUIC_IS_KNOWN(version))
		return NULL;
	if (version >= SKW_QUIC_DRAFT_FIRST)
		return drafts[version - SKW_QUIC_DRAFT_FIRST];
	return version == SKW_QUIC_V1 ? "v1" : "v2";
}
