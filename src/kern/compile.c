// SPDX-License-Identifier: BSD-2-Clause
#include "kern/compile.h"

#include <errno.h>
#include <pcap/pcap.h>
#include <stdlib.h>
#include <string.h>

#include "filter/sets/classic.h"
#include "filter/sets/lists.h"
#include "kern/host/devices.h"
#include "util/escape.h"

/* The handle's own packet ring is never read, so it is as small as libpcap allows. */
#define HANDLE_BUFFER_BYTES 65536
#define HANDLE_SNAPLEN      256

struct skw_handle {
	pcap_t *pcap;
	char name[IFNAMSIZ];
	int snaplen;
};

void skw_handle_close(struct skw_handle *h)
{
	if (!h)
		return;
	if (h->pcap)
		pcap_close(h->pcap);
	free(h);
}

/* Turns libpcap's status of a failed activation into our form of message. */
static int activation_error(pcap_t *pcap, const char *ifname, int status, struct skw_error *err)
{
	const char *detail = pcap_geterr(pcap);

	switch (status) {
	case PCAP_ERROR_NO_SUCH_DEVICE:
		return skw_error_set(err, -ENODEV, "%s: no such interface", ifname);
	case PCAP_ERROR_IFACE_NOT_UP:
		return skw_error_set(err, -ENETDOWN,
				     "%s: the interface is not up; bring it up: ip link set %s up",
				     ifname, ifname);
	case PCAP_ERROR_PERM_DENIED:
		return skw_error_set(err, -EPERM, "%s: %s", ifname,
				     detail[0] ? detail : pcap_statustostr(status));
	default:
		return skw_error_set(err, -EIO, "%s: %s%s%s", ifname, pcap_statustostr(status),
				     detail[0] ? ": " : "", detail);
	}
}

int skw_handle_open(const char *ifname, uint32_t snaplen, struct skw_handle **out,
		    struct skw_error *err)
{
	char text[PCAP_ERRBUF_SIZE] = "", name[SKW_DEVICE_NAME_BYTES];
	struct skw_handle *h = calloc(1, sizeof(*h));

	if (!h)
		return skw_error_set(err, -ENOMEM, "%s: out of memory", ifname);
	h->snaplen = (int)snaplen;
	strncpy(h->name, ifname, sizeof(h->name) - 1);
	h->pcap = pcap_create(skw_devices_pcap_name(ifname, name), text);
	if (!h->pcap) {
		skw_handle_close(h);
		return skw_error_set(err, -EIO, "%s: %s", ifname, text);
	}
	pcap_set_snaplen(h->pcap, HANDLE_SNAPLEN);
	pcap_set_buffer_size(h->pcap, HANDLE_BUFFER_BYTES);
	pcap_set_timeout(h->pcap, 1000);

	int status = pcap_activate(h->pcap);
	if (status < 0) {
		int ret = activation_error(h->pcap, ifname, status, err);

		skw_handle_close(h);
		return ret;
	}
	/* No interface of Linux has this type: libpcap leaves it behind when memory is short. */
	if (pcap_datalink(h->pcap) == DLT_NULL) {
		skw_handle_close(h);
		return skw_error_set(err, -EIO, "%s: libpcap can't tell its link type", ifname);
	}
	*out = h;
	return 0;
}

int skw_handle_dlt(const struct skw_handle *h)
{
	return pcap_datalink(h->pcap);
}

int skw_handle_set_dlt(struct skw_handle *h, int dlt, struct skw_error *err)
{
	if (pcap_set_datalink(h->pcap, dlt) == 0)
		return 0;
	return skw_error_usage(err, "-y %s: %s has no such link type; see skwatch capture -L -i %s",
			       pcap_datalink_val_to_name(dlt), h->name, h->name);
}

int skw_handle_list_dlts(struct skw_handle *h, struct skw_buf *out, struct skw_error *err)
{
	char shown[SKW_ESCAPED_BYTES(IFNAMSIZ)];
	int *dlts = NULL;
	int n = pcap_list_datalinks(h->pcap, &dlts);

	if (n < 0)
		return skw_error_set(err, -EIO, "%s: %s", h->name, pcap_geterr(h->pcap));
	skw_buf_printf(out, "Data link types for %s (use option -y to set):\n",
		       skw_escape(h->name, shown, sizeof(shown)));
	for (int i = 0; i < n; i++) {
		const char *name = pcap_datalink_val_to_name(dlts[i]);
		const char *what = pcap_datalink_val_to_description(dlts[i]);

		skw_buf_printf(out, "  %s (%s)\n", name ? name : "DLT", what ? what : "not named");
	}
	pcap_free_datalinks(dlts);
	return 0;
}

/* A handle, and whether its netmask counts. */
struct masked_handle {
	struct skw_handle *handle;
	uint32_t mask;
};

static int compile_by_libpcap(void *arg, const char *expression, bool optimize,
			      struct skw_cbpf *out, struct skw_error *err)
{
	_Static_assert(sizeof(struct skw_cbpf_insn) == sizeof(struct bpf_insn), "layout");
	const struct masked_handle *c = arg;
	struct bpf_program program;

	errno = 0;
	if (pcap_compile(c->handle->pcap, &program, expression, optimize, c->mask) < 0)
		/* Only errno tells a lack of memory from a wrong expression. */
		return errno == ENOMEM ? skw_error_set(err, -ENOMEM, "filter: out of memory")
				       : skw_error_usage(err, "filter \"%s\": %s", expression,
							 pcap_geterr(c->handle->pcap));

	const struct skw_cbpf compiled = { .insns = (struct skw_cbpf_insn *)program.bf_insns,
					   .len = program.bf_len };
	int ret = skw_classic_copy(&compiled, out);

	pcap_freecode(&program);
	return ret ? skw_error_set(err, ret, "filter: out of memory") : 0;
}

int skw_handle_compile(struct skw_handle *h, const char *expression, unsigned how, bool one_iface,
		       struct skw_cbpf *out, struct skw_error *err)
{
	struct masked_handle c = { .handle = h };

	/* Without a mask, `ip broadcast` means 255.255.255.255, as in tcpdump. */
	if (one_iface)
		skw_iface_netmask(h->name, &c.mask);
	int ret = skw_lists_compile(expression, how, compile_by_libpcap, &c, out, err);
	if (ret)
		return ret;
	/*
	 * The handle has a small snapshot length to keep its own ring small. A match must
	 * return the caller's.
	 */
	for (size_t i = 0; i < out->len; i++)
		if (out->insns[i].code == (BPF_RET | BPF_K) && out->insns[i].k == HANDLE_SNAPLEN)
			out->insns[i].k = (uint32_t)h->snaplen;
	return 0;
}
