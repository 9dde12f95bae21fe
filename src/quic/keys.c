// SPDX-License-Identifier: BSD-2-Clause
#include "config.h"

#include "quic/keys.h"

#ifdef HAVE_NETTLE

#include <stdio.h>
#include <string.h>

#include <nettle/aes.h>
#include <nettle/gcm.h>
#include <nettle/hkdf.h>
#include <nettle/hmac.h>

#define DRAFT_32 0xff000020 /* the last one with keys of its own */

enum {
	ID_MAX = 20,
	SECRET = SHA256_DIGEST_SIZE,
	SALT = 20,
	TAG = 16,
	NUMBER_MAX = 4, /* bytes of a packet number */
};

struct way {
	uint8_t salt[SALT];
	const char *key, *iv, *header; /* labels */
};

static const struct way *way_of(uint32_t version)
{
	static const struct way v1 = {
		{ 0x38, 0x76, 0x2c, 0xf7, 0xf5, 0x59, 0x34, 0xb3, 0x4d, 0x17,
		  0x9a, 0xe6, 0xa4, 0xc8, 0x0c, 0xad, 0xcc, 0xbb, 0x7f, 0x0a },
		"quic key",
		"quic iv",
		"quic hp"
	};
	static const struct way v2 = {
		{ 0x0d, 0xed, 0xe3, 0xde, 0xf7, 0x00, 0xa6, 0xdb, 0x81, 0x93,
		  0x81, 0xbe, 0x6e, 0x26, 0x9d, 0xcb, 0xf9, 0xbd, 0x2e, 0xd9 },
		"quicv2 key",
		"quicv2 iv",
		"quicv2 hp"
	};
	static const struct way draft_29 = { { 0xaf, 0xbf, 0xec, 0x28, 0x99, 0x93, 0xd2,
					       0x4c, 0x9e, 0x97, 0x86, 0xf1, 0x9c, 0x61,
					       0x11, 0xe0, 0x43, 0x90, 0xa8, 0x99 },
					     "quic key",
					     "quic iv",
					     "quic hp" };

	if (version == SKW_QUIC_V2)
		return &v2;
	if (version >= SKW_QUIC_DRAFT_FIRST && version <= DRAFT_32)
		return &draft_29;
	return SKW_QUIC_IS_KNOWN(version) ? &v1 : NULL;
}

/* HKDF-Expand-Label of RFC 8446, section 7.1, without a context. */
static void expand(const uint8_t *secret, const char *label, uint8_t *out, size_t len)
{
	char info[32] = { 0, (char)len };
	/* The empty context is a byte of 0, which stands there already. */
	int n = snprintf(info + 3, sizeof(info) - 3, "tls13 %s", label);
	struct hmac_sha256_ctx ctx;

	info[2] = (char)n;
	hmac_sha256_set_key(&ctx, SECRET, secret);
	hkdf_expand(&ctx, (nettle_hash_update_func *)hmac_sha256_update,
		    (nettle_hash_digest_func *)hmac_sha256_digest, SECRET, 3 + (size_t)n + 1,
		    (const uint8_t *)info, len, out);
}

bool skw_quic_keys_derive(uint32_t version, struct skw_bytes id, bool of_client,
			  struct skw_quic_keys *keys)
{
	const struct way *way = way_of(version);
	uint8_t initial[SECRET], secret[SECRET];
	struct hmac_sha256_ctx ctx;

	if (!way || id.caplen > ID_MAX)
		return false;
	hmac_sha256_set_key(&ctx, SALT, way->salt);
	hkdf_extract(&ctx, (nettle_hash_update_func *)hmac_sha256_update,
		     (nettle_hash_digest_func *)hmac_sha256_digest, SECRET, id.caplen, id.p,
		     initial);
	expand(initial, of_client ? "client in" : "server in", secret, SECRET);
	expand(secret, way->key, keys->key, sizeof(keys->key));
	expand(secret, way->iv, keys->iv, sizeof(keys->iv));
	expand(secret, way->header, keys->header, sizeof(keys->header));
	return true;
}

/* Takes the protection off the header (RFC 9001, section 5.4). The length of its packet number. */
static uint32_t open_header(const struct skw_quic_keys *keys, uint8_t *p, uint32_t number_at)
{
	uint8_t mask[AES_BLOCK_SIZE];
	struct aes128_ctx aes;
	uint32_t len;

	aes128_set_encrypt_key(&aes, keys->header);
	aes128_encrypt(&aes, sizeof(mask), mask, p + number_at + NUMBER_MAX);
	p[0] ^= mask[0] & 0x0f;
	len = (p[0] & 3U) + 1;
	for (uint32_t i = 0; i < len; i++)
		p[number_at + i] ^= mask[1 + i];
	return len;
}

bool skw_quic_keys_open(const struct skw_quic_keys *keys, const struct skw_quic_packet *p,
			uint8_t *room, struct skw_bytes *frames)
{
	uint8_t nonce[sizeof(keys->iv)], tag[TAG];
	uint32_t len = p->whole.caplen, head;
	struct gcm_aes128_ctx gcm;

	if (p->whole.caplen < p->whole.len || len > SKW_QUIC_INITIAL_MAX ||
	    len < p->number_at + NUMBER_MAX + TAG)
		return false;
	memcpy(room, p->whole.p, len);
	head = open_header(keys, room, p->number_at);
	memcpy(nonce, keys->iv, sizeof(nonce));
	for (uint32_t i = 0; i < head; i++)
		nonce[sizeof(nonce) - head + i] ^= room[p->number_at + i];
	head += p->number_at;

	uint8_t *body = room + head;
	uint32_t body_len = len - head - TAG;

	gcm_aes128_set_key(&gcm, keys->key);
	gcm_aes128_set_iv(&gcm, sizeof(nonce), nonce);
	gcm_aes128_update(&gcm, head, room);
	gcm_aes128_decrypt(&gcm, body_len, body, body);
	gcm_aes128_digest(&gcm, TAG, tag);
	*frames = (struct skw_bytes){ body, body_len, body_len };
	return memcmp(tag, body + body_len, TAG) == 0;
}

#else

bool skw_quic_keys_derive(uint32_t version, struct skw_bytes id, bool of_client,
			  struct skw_quic_keys *keys)
{
	(void)version, (void)id, (void)of_client, (void)keys;
	return false;
}

bool skw_quic_keys_open(const struct skw_quic_keys *keys, const struct skw_quic_packet *p,
			uint8_t *room, struct skw_bytes *frames)
{
	(void)keys, (void)p, (void)room, (void)frames;
	return false;
}

#endif
