// SPDX-License-Identifier: BSD-2-Clause
#include "filter/ancillary.h"

#include <errno.h>
#include <linux/bpf.h>
#include <linux/filter.h>
#include <stddef.h>

enum ancillary_kind { ANC_INVALID, ANC_FIELD, ANC_FIELD_BE16, ANC_HELPER, ANC_XOR, ANC_NONE };

/* Indexed by (offset - SKF_AD_OFF) / 4. The width of the load is ignored, as in the kernel. */
static const struct ancillary {
	enum ancillary_kind kind;
	int arg;
} ancillaries[SKF_AD_MAX / 4] = {
	[SKF_AD_PROTOCOL / 4] = { ANC_FIELD_BE16, SKW_CTX(protocol) },
	[SKF_AD_PKTTYPE / 4] = { ANC_FIELD, SKW_CTX(pkt_type) },
	[SKF_AD_IFINDEX / 4] = { ANC_FIELD, SKW_CTX(ifindex) },
	[SKF_AD_NLATTR / 4] = { ANC_NONE, 0 },
	[SKF_AD_NLATTR_NEST / 4] = { ANC_NONE, 0 },
	[SKF_AD_MARK / 4] = { ANC_FIELD, SKW_CTX(mark) },
	[SKF_AD_QUEUE / 4] = { ANC_FIELD, SKW_CTX(queue_mapping) },
	[SKF_AD_HATYPE / 4] = { ANC_NONE, 0 },
	[SKF_AD_RXHASH / 4] = { ANC_FIELD, SKW_CTX(hash) },
	[SKF_AD_CPU / 4] = { ANC_HELPER, BPF_FUNC_get_smp_processor_id },
	[SKF_AD_ALU_XOR_X / 4] = { ANC_XOR, 0 },
	[SKF_AD_VLAN_TAG / 4] = { ANC_FIELD, SKW_CTX(vlan_tci) },
	[SKF_AD_VLAN_TAG_PRESENT / 4] = { ANC_FIELD, SKW_CTX(vlan_present) },
	[SKF_AD_PAY_OFFSET / 4] = { ANC_NONE, 0 },
	[SKF_AD_RANDOM / 4] = { ANC_HELPER, BPF_FUNC_get_prandom_u32 },
	[SKF_AD_VLAN_TPID / 4] = { ANC_FIELD_BE16, SKW_CTX(vlan_proto) },
};

bool skw_ancillary_is(uint32_t k)
{
	return k >= (uint32_t)SKF_AD_OFF;
}

static struct ancillary ancillary(uint32_t k)
{
	uint32_t ad = k - (uint32_t)SKF_AD_OFF;

	if (ad >= SKF_AD_MAX || ad % 4)
		return (struct ancillary){ ANC_INVALID, 0 };
	return ancillaries[ad / 4];
}

bool skw_ancillary_is_valid(uint32_t k)
{
	return ancillary(k).kind != ANC_INVALID;
}

int skw_ancillary_load(struct skw_emitter *e, uint32_t k)
{
	struct ancillary a = ancillary(k);

	switch (a.kind) {
	case ANC_INVALID:
	case ANC_NONE:
		return -EOPNOTSUPP;
	case ANC_XOR:
		skw_emit(e, BPF_ALU | BPF_XOR | BPF_X, SKW_REG_A, SKW_REG_X, 0, 0);
		break;
	case ANC_HELPER:
		skw_emit_call(e, a.arg);
		break;
	case ANC_FIELD:
	case ANC_FIELD_BE16:
		skw_emit_load(e, BPF_W, SKW_REG_A, SKW_REG_CTX, a.arg);
		break;
	}
	/* These fields are in network order in struct sk_buff, and so in struct __sk_buff. */
	if (a.kind == ANC_FIELD_BE16)
		skw_emit(e, BPF_ALU | BPF_END | BPF_TO_BE, SKW_REG_A, 0, 0, 16);
	return 0;
}
