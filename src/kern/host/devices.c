// SPDX-License-Identifier: BSD-2-Clause
#include "kern/host/devices.h"

#include <errno.h>
#include <inttypes.h>
#include <pcap/pcap.h>
#include <stdio.h>
#include <string.h>

#include "kern/host/iface.h"
#include "util/cleanup.h"
#include "util/escape.h"

/* The beginnings of the names that libpcap takes for other sources than network interfaces. */
static bool is_taken(const char *name)
{
	static const char *const prefixes[] = { "bluetooth", "dag", "dbus",  "nflog",
						"nfqueue",   "snf", "usbmon" };

	for (size_t i = 0; i < SKW_ARRAY_SIZE(prefixes); i++)
		if (strncmp(name, prefixes[i], strlen(prefixes[i])) == 0)
			return true;
	return false;
}

/*
 * The kernel ignores everything from a colon on, as that was the mark of an alias (dev_ioctl() in
 * net/core/dev_ioctl.c). libpcap compares only the part from a slash on with its own names. It
 * refuses names that are as long as IFNAMSIZ.
 */
const char *skw_devices_pcap_name(const char *ifname, char out[SKW_DEVICE_NAME_BYTES])
{
	bool marked = is_taken(ifname) && strlen(ifname) + 2 < IFNAMSIZ;

	snprintf(out, SKW_DEVICE_NAME_BYTES, "%.*s%s", IFNAMSIZ - 1, ifname, marked ? ":/" : "");
	return out;
}

/* Whether this entry is a network interface, or "any", that was not listed before. */
static bool is_interface(const pcap_if_t *all, const pcap_if_t *dev)
{
	struct skw_iface_info info;

	if (strcmp(dev->name, "any") == 0)
		return true;
	for (const pcap_if_t *before = all; before != dev; before = before->next)
		if (strcmp(before->name, dev->name) == 0)
			return false;
	return skw_iface_by_name(dev->name, &info, NULL) == 0;
}

/* In the form of tcpdump. */
static void add_flags(struct skw_buf *out, bpf_u_int32 flags)
{
	static const struct {
		bpf_u_int32 flag;
		const char *name;
	} names[] = { { PCAP_IF_UP, "Up" },
		      { PCAP_IF_RUNNING, "Running" },
		      { PCAP_IF_LOOPBACK, "Loopback" },
		      { PCAP_IF_WIRELESS, "Wireless" } };
	static const struct {
		bpf_u_int32 status;
		const char *wired, *wireless;
	} links[] = {
		{ PCAP_IF_CONNECTION_STATUS_UNKNOWN, "", ", Association status unknown" },
		{ PCAP_IF_CONNECTION_STATUS_CONNECTED, ", Connected", ", Associated" },
		{ PCAP_IF_CONNECTION_STATUS_DISCONNECTED, ", Disconnected", ", Not associated" },
	};
	const char *separator = " [";

	if (!flags)
		return;
	for (size_t i = 0; i < SKW_ARRAY_SIZE(names); i++)
		if (flags & names[i].flag) {
			skw_buf_printf(out, "%s%s", separator, names[i].name);
			separator = ", ";
		}
	if (separator[0] == ' ')
		skw_buf_add_str(out, " [none");
	for (size_t i = 0; i < SKW_ARRAY_SIZE(links); i++)
		if ((flags & PCAP_IF_CONNECTION_STATUS) == links[i].status)
			skw_buf_add_str(out, flags & PCAP_IF_WIRELESS ? links[i].wireless
								      : links[i].wired);
	skw_buf_add_char(out, ']');
}

static int find_all(pcap_if_t **all, struct skw_error *err)
{
	char text[PCAP_ERRBUF_SIZE] = "";

	if (pcap_findalldevs(all, text) < 0)
		return skw_error_set(err, -EIO, "interfaces: %s", text);
	return 0;
}

int skw_devices_describe(struct skw_buf *out, struct skw_error *err)
{
	pcap_if_t *all = NULL;
	int number = 0;
	int ret = find_all(&all, err);

	for (const pcap_if_t *dev = all; !ret && dev; dev = dev->next) {
		char name[SKW_ESCAPED_BYTES(IFNAMSIZ)];

		if (!is_interface(all, dev))
			continue;
		skw_buf_printf(out, "%d.%s", ++number, skw_escape(dev->name, name, sizeof(name)));
		/* libpcap may have described its own source of that name. */
		if (dev->description && !is_taken(dev->name))
			skw_buf_printf(out, " (%s)", dev->description);
		add_flags(out, dev->flags);
		skw_buf_add_char(out, '\n');
	}
	pcap_freealldevs(all);
	return ret;
}

int skw_devices_by_number(uint64_t number, char name[IFNAMSIZ], struct skw_error *err)
{
	pcap_if_t *all = NULL;
	const pcap_if_t *found = NULL;
	uint64_t at = 0;
	int ret = find_all(&all, err);

	for (const pcap_if_t *dev = all; !ret && dev && !found; dev = dev->next)
		if (is_interface(all, dev) && ++at == number)
			found = dev;
	if (found)
		snprintf(name, IFNAMSIZ, "%s", found->name);
	else if (!ret)
		ret = skw_error_usage(err,
				      "-i %" PRIu64 ": no interface has this name or this number; "
				      "list them: skwatch capture -D",
				      number);
	pcap_freealldevs(all);
	return ret;
}
