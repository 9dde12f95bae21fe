// SPDX-License-Identifier: BSD-2-Clause
#include "flow/wifi.h"

#include "util/cleanup.h"

enum {
	ADDRESSES_THREE = 24,
	ADDRESSES_FOUR = 30,
	QOS_LEN = 2,
	RADIOTAP_EXT = 31, /* another word of bits follows */
	RADIOTAP_TSFT = 0,
	RADIOTAP_FLAGS = 1,
};

uint32_t skw_wifi_header_len(uint16_t control, bool padded)
{
	/* From the control wrapper on, up to CF-End with an acknowledgment. */
	static const uint8_t control_lens[] = {
		[7] = 16,  [8] = 20,  [9] = 10,  [10] = 16, [11] = 16,
		[12] = 10, [13] = 10, [14] = 16, [15] = 16,
	};
	uint16_t ds = SKW_WIFI_TO_DS | SKW_WIFI_FROM_DS;
	uint32_t len = 0;

	if (skw_wifi_type(control) == SKW_WIFI_MANAGEMENT) {
		len = ADDRESSES_THREE;
	} else if (skw_wifi_type(control) == SKW_WIFI_CONTROL) {
		len = control_lens[skw_wifi_subtype(control)];
	} else if (skw_wifi_type(control) == SKW_WIFI_DATA) {
		len = (control & ds) == ds ? ADDRESSES_FOUR : ADDRESSES_THREE;
		if (skw_wifi_subtype(control) & SKW_WIFI_QOS)
			len += QOS_LEN;
	}
	return padded ? (len + 3u) & ~3u : len;
}

int skw_wifi_skip_radiotap(struct skw_bytes *b, uint8_t *flags)
{
	int ret = skw_bytes_need(*b, 0, SKW_WIFI_RADIOTAP);

	if (ret)
		return ret;

	uint32_t len = skw_bytes_le16(b->p + 2), present = skw_bytes_le32(b->p + 4), at = 4;

	if (len < SKW_WIFI_RADIOTAP)
		return -EBADMSG;
	ret = skw_bytes_need(*b, 0, len);
	if (ret)
		return ret;
	while (at + 4 <= len && skw_bytes_le32(b->p + at) >> RADIOTAP_EXT)
		at += 4;
	at += 4;
	if (at > len)
		return -EBADMSG;
	/* Fields are aligned in the header, and the flags are the second of them. */
	if (present >> RADIOTAP_TSFT & 1)
		at = ((at + 7u) & ~7u) + 8;
	*flags = present >> RADIOTAP_FLAGS & 1 && at < len ? b->p[at] : 0;
	*b = skw_bytes_skip(*b, len);
	return 0;
}

int skw_wifi_skip_avs(struct skw_bytes *b)
{
	int ret = skw_bytes_need(*b, 0, SKW_WIFI_AVS);

	if (ret)
		return ret;

	uint32_t len = skw_bytes_be32(b->p + 4);

	if (len < SKW_WIFI_AVS)
		return -EBADMSG;
	ret = skw_bytes_need(*b, 0, len);
	if (!ret)
		*b = skw_bytes_skip(*b, len);
	return ret;
}

int skw_wifi_skip_prism(struct skw_bytes *b)
{
	int ret = skw_bytes_need(*b, 0, 4);

	if (ret)
		return ret;

	uint32_t cookie = skw_bytes_be32(b->p);

	if (cookie == SKW_WIFI_AVS_COOKIE || cookie == SKW_WIFI_AVS_COOKIE_2)
		return skw_wifi_skip_avs(b);
	ret = skw_bytes_need(*b, 0, SKW_WIFI_PRISM);
	if (!ret)
		*b = skw_bytes_skip(*b, SKW_WIFI_PRISM);
	return ret;
}
