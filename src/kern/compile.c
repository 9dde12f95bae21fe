// SPDX-License-Identifier: BSD-2-Clause
#include "kern/compile.h"

#include <errno.h>
#include <pcap/pcap.h>
#include <stdlib.h>
#include <string.h>

#include "util/cleanup.h"

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
	char text[PCAP_ERRBUF_SIZE] = "";
	struct skw_handle *h = calloc(1, sizeof(*h));

	if (!h)
		return skw_error_set(err, -ENOMEM, "%s: out of memory", ifname);
	h->snaplen = (int)snaplen;
	strncpy(h->name, ifname, sizeof(h->name) - 1);
	h->pcap = pcap_create(ifname, text);
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
	int *dlts = NULL;
	int n = pcap_list_datalinks(h->pcap, &dlts);

	if (n < 0)
		return skw_error_set(err, -EIO, "%s: %s", h->name, pcap_geterr(h->pcap));
	skw_buf_printf(out, "Data link types for %s (use option -y to set):\n", h->name);
	for (int i = 0; i < n; i++) {
		const char *name = pcap_datalink_val_to_name(dlts[i]);
		const char *what = pcap_datalink_val_to_description(dlts[i]);

		skw_buf_printf(out, "  %s (%s)\n", name ? name : "DLT", what ? what : "not named");
	}
	pcap_free_datalinks(dlts);
	return 0;
}

int skw_handle_compile(struct skw_handle *h, const char *expression, struct skw_cbpf *out,
		       struct skw_error *err)
{
	_Static_assert(sizeof(struct skw_cbpf_insn) == sizeof(struct bpf_insn), "layout");
	char text[PCAP_ERRBUF_SIZE];
	bpf_u_int32 net, mask;
	struct bpf_program program;

	if (pcap_lookupnet(h->name, &net, &mask, text) < 0)
		mask = PCAP_NETMASK_UNKNOWN;
	if (pcap_compile(h->pcap, &program, expression, 1, mask) < 0)
		return skw_error_usage(err, "filter \"%s\": %s", expression, pcap_geterr(h->pcap));

	size_t bytes = program.bf_len * sizeof(struct skw_cbpf_insn);
	struct skw_cbpf_insn *insns = malloc(bytes);

	if (insns)
		memcpy(insns, program.bf_insns, bytes);
	out->len = program.bf_len;
	pcap_freecode(&program);
	if (!insns)
		return skw_error_set(err, -ENOMEM, "filter: out of memory");
	out->insns = insns;
	/*
	 * The handle has a small snapshot length to keep its own ring small. A match must
	 * return the caller's.
	 */
	for (size_t i = 0; i < out->len; i++)
		if (insns[i].code == (BPF_RET | BPF_K) && insns[i].k == HANDLE_SNAPLEN)
			insns[i].k = (uint32_t)h->snaplen;
	return 0;
}

int skw_compile_describe_ifaces(struct skw_buf *out, struct skw_error *err)
{
	static const struct {
		bpf_u_int32 flag;
		const char *name;
	} flags[] = { { PCAP_IF_UP, "Up" },
		      { PCAP_IF_RUNNING, "Running" },
		      { PCAP_IF_LOOPBACK, "Loopback" },
		      { PCAP_IF_WIRELESS, "Wireless" } };
	char text[PCAP_ERRBUF_SIZE] = "";
	pcap_if_t *all = NULL;
	int number = 0;

	if (pcap_findalldevs(&all, text) < 0)
		return skw_error_set(err, -EIO, "interfaces: %s", text);
	for (const pcap_if_t *dev = all; dev; dev = dev->next) {
		const char *separator = " [";
		struct skw_iface_info info;

		/* libpcap also lists USB, D-Bus and nflog devices, which are no interfaces. */
		bool any = strcmp(dev->name, "any") == 0;
		if (!any && skw_iface_by_name(dev->name, &info, NULL) < 0)
			continue;
		skw_buf_printf(out, "%d.%s", ++number, dev->name);
		if (dev->description)
			skw_buf_printf(out, " (%s)", dev->description);
		for (size_t i = 0; i < SKW_ARRAY_SIZE(flags); i++)
			if (dev->flags & flags[i].flag) {
				skw_buf_printf(out, "%s%s", separator, flags[i].name);
				separator = ", ";
			}
		skw_buf_add_str(out, separator[0] == ',' ? "]\n" : "\n");
	}
	pcap_freealldevs(all);
	return 0;
}
