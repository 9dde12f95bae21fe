// SPDX-License-Identifier: BSD-2-Clause
#include "capture/extcap.h"

#include <linux/types.h>
#include <pcap/dlt.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "abi/packet.h"
#include "kern/compile.h"
#include "kern/host/iface.h"
#include "kern/host/process.h"
#include "pcap/linktype.h"
#include "util/cleanup.h"
#include "util/utf8.h"

/* Interfaces of Wireshark's list that are ours begin like this. */
#define PREFIX "skwatch-"

/* The interfaces of the list that are none of the machine's. All of them capture on every
 * interface. */
static const struct extcap_extra {
	const char *name, *display;
	bool by_owner;
} extras[] = {
	{ "any", "any", false },
	{ "processes", "processes", true },
};

/* Returns NULL if the name is that of an interface of the machine. */
static const struct extcap_extra *extra_of(const char *name)
{
	for (size_t i = 0; i < SKW_ARRAY_SIZE(extras); i++)
		if (strcmp(name, extras[i].name) == 0)
			return &extras[i];
	return NULL;
}

/* A brace would end the word in a sentence. Wireshark shows names as UTF-8. */
static bool is_plain(const char *name)
{
	for (; *name; name++)
		if (*name <= ' ' || *name > '~' || *name == '{' || *name == '}')
			return false;
	return true;
}

static void add_interface(struct skw_buf *text, const char *name, const char *display)
{
	skw_buf_printf(text, "interface {value=" PREFIX "%s}{display=skwatch: %s}\n", name,
		       display);
}

int skw_extcap_list(struct skw_buf *text, struct skw_error *err)
{
	SKW_AUTO_FREE struct skw_iface_info *list = NULL;
	size_t n = 0;
	int ret = skw_iface_list(&list, &n, err);

	for (size_t i = 0; i < SKW_ARRAY_SIZE(extras); i++)
		add_interface(text, extras[i].name, extras[i].display);
	for (size_t i = 0; !ret && i < n; i++)
		if (is_plain(list[i].name) && !extra_of(list[i].name))
			add_interface(text, list[i].name, list[i].name);
	return ret;
}

int skw_extcap_choose(const char *name, struct skw_capture_plan *plan, struct skw_error *err)
{
	size_t len = strlen(PREFIX);
	struct skw_iface_info info;

	if (strncmp(name, PREFIX, len) != 0)
		return skw_error_usage(err, "%s: no such interface; see --extcap-interfaces", name);
	plan->ifaces_len = 0;
	if (extra_of(name + len))
		return 0;
	if (skw_iface_by_name(name + len, &info, NULL) < 0)
		return skw_error_usage(err, "%s: no such interface; see --extcap-interfaces", name);
	plan->ifaces[plan->ifaces_len++] = name + len;
	return 0;
}

bool skw_extcap_is_by_owner(const char *name)
{
	size_t len = strlen(PREFIX);
	const struct extcap_extra *extra =
		strncmp(name, PREFIX, len) == 0 ? extra_of(name + len) : NULL;

	return extra && extra->by_owner;
}

/* A process chooses its name itself. */
static void add_name(struct skw_buf *text, const char *name)
{
	while (*name)
		if (*name == '{' || *name == '}') {
			skw_buf_add_char(text, '_');
			name++;
		} else {
			name = skw_utf8_add_visible(text, name);
		}
}

int skw_extcap_list_processes(unsigned setting, struct skw_buf *text, struct skw_error *err)
{
	SKW_AUTO_FREE struct skw_owner *list = NULL;
	size_t n = 0;
	int ret = skw_process_list(&list, &n);

	if (ret)
		return skw_error_set(err, ret, "the list of processes: %s", strerror(-ret));
	skw_buf_printf(text, "value {arg=%u}{value=}{display=(none)}{default=true}\n", setting);
	for (size_t i = 0; i < n; i++) {
		skw_buf_printf(text, "value {arg=%u}{value=%u}{display=", setting, list[i].pid);
		add_name(text, list[i].comm);
		skw_buf_printf(text, " [%u]}{default=false}\n", list[i].pid);
	}
	return 0;
}

/* The link type of an interface, or the usual one if that takes privileges that are missing. */
static int dlt_of(const struct skw_iface_info *info)
{
	int dlt = skw_iface_plain_dlt(info->arphrd);
	struct skw_handle *handle = NULL;

	if (dlt < 0 && skw_handle_open(info->name, SKW_SNAPLEN_MAX, &handle, NULL) == 0)
		dlt = skw_handle_dlt(handle);
	skw_handle_close(handle);
	return dlt < 0 || !skw_linktype_dlt_name(dlt) ? DLT_EN10MB : dlt;
}

int skw_extcap_describe_link(const struct skw_capture_plan *plan, struct skw_buf *text,
			     struct skw_error *err)
{
	/* The file tells the link type of each interface. This one is only shown. */
	int dlt = DLT_EN10MB;
	struct skw_iface_info info;

	if (plan->ifaces_len) {
		int ret = skw_iface_by_name(plan->ifaces[0], &info, err);

		if (ret)
			return ret;
		dlt = dlt_of(&info);
	}
	skw_buf_printf(text, "dlt {number=%d}{name=%s}{display=%s}\n", dlt,
		       skw_linktype_dlt_name(dlt),
		       plan->ifaces_len ? skw_linktype_dlt_text(dlt) : "that of each interface");
	return 0;
}
