// SPDX-License-Identifier: BSD-2-Clause
#include "capture/show.h"

#include <errno.h>
#include <pcap/dlt.h>
#include <stdlib.h>

#include "filter/offline.h"
#include "filter/sets/classic.h"
#include "kern/compile.h"
#include "kern/host/devices.h"
#include "kern/filters.h"
#include "pcap/linktype.h"
#include "util/cleanup.h"
#include "util/escape.h"

int skw_show_interfaces(struct skw_buf *text, struct skw_error *err)
{
	return skw_devices_describe(text, err);
}

/* Finds the plan's interface, or the first Ethernet interface that is up. */
static int an_interface(const struct skw_capture_plan *plan, struct skw_iface_info *info,
			struct skw_error *err)
{
	SKW_AUTO_FREE struct skw_iface_info *list = NULL;
	size_t n = 0;

	if (plan->ifaces_len)
		return skw_iface_by_name(plan->ifaces[0], info, err);
	int ret = skw_iface_list(&list, &n, err);
	for (size_t i = 0; !ret && i < n; i++)
		if ((list[i].flags & IFF_UP) && skw_iface_plain_dlt(list[i].arphrd) == DLT_EN10MB) {
			*info = list[i];
			return 0;
		}
	return ret ? ret : skw_error_set(err, -ENODEV, "no interface is up; name one with -i");
}

int skw_show_name_of(const char *given, uint64_t number, char name[IFNAMSIZ], struct skw_error *err)
{
	struct skw_iface_info info;

	if (skw_iface_by_name(given, &info, NULL) < 0)
		return skw_devices_by_number(number, name, err);
	memcpy(name, info.name, IFNAMSIZ);
	return 0;
}

int skw_show_time_stamp_types(const struct skw_capture_plan *plan, struct skw_buf *text,
			      struct skw_error *err)
{
	char name[SKW_ESCAPED_BYTES(IFNAMSIZ)] = "any";
	struct skw_iface_info info;

	if (plan->ifaces_len) {
		int ret = skw_iface_by_name(plan->ifaces[0], &info, err);

		if (ret)
			return ret;
		skw_escape(info.name, name, sizeof(name));
	}
	skw_buf_printf(text, "Time stamp types for %s (use option -j to set):\n  host (Host)\n",
		       name);
	return 0;
}

/* The link types that -y can set for "any". */
static int show_of_any(struct skw_buf *text)
{
	static const int dlts[] = { DLT_LINUX_SLL, DLT_LINUX_SLL2 };

	skw_buf_add_str(text, "Data link types for any (use option -y to set):\n");
	for (size_t i = 0; i < SKW_ARRAY_SIZE(dlts); i++)
		skw_buf_printf(text, "  %s (%s)\n", skw_linktype_dlt_name(dlts[i]),
			       skw_linktype_dlt_text(dlts[i]));
	return 0;
}

int skw_show_link_types(const struct skw_capture_plan *plan, struct skw_buf *text,
			struct skw_error *err)
{
	struct skw_handle *handle = NULL;
	struct skw_iface_info info;

	if (!plan->ifaces_len)
		return show_of_any(text);
	int ret = skw_iface_by_name(plan->ifaces[0], &info, err);
	if (!ret)
		ret = skw_handle_open(info.name, plan->snaplen, &handle, err);
	if (!ret)
		ret = skw_handle_list_dlts(handle, text, err);
	skw_handle_close(handle);
	return ret;
}

static int compile(const struct skw_capture_plan *plan, struct skw_compiled *out,
		   struct skw_error *err)
{
	struct skw_iface_info info;
	struct skw_error trouble = { 0 };

	/* Without an interface any link type will do. */
	if (!plan->ifaces_len && plan->dlt >= 0)
		return skw_filters_compile_dead(plan, plan->dlt, out, err);
	int ret = an_interface(plan, &info, &trouble);
	if (!ret)
		ret = skw_filters_compile(plan, &info, out, &trouble);
	if (!ret)
		return 0;
	if (trouble.usage)
		return skw_error_usage(err, "%s", trouble.text);
	if (ret == -EPERM || (ret == -ENODEV && !plan->ifaces_len))
		return skw_filters_compile_dead(plan, DLT_EN10MB, out, err);
	return skw_error_set(err, ret, "%s", trouble.text);
}

int skw_show_compile(const struct skw_capture_plan *plan, struct skw_cbpf *out,
		     struct skw_error *err)
{
	struct skw_compiled c = { 0 };
	int ret = compile(plan, &c, err);

	if (ret)
		return ret;
	const struct skw_cbpf *program = c.user ? skw_offline_filter_program(c.user, 0) : &c.cbpf;
	ret = skw_classic_copy(program, out);
	if (ret)
		skw_error_set(err, ret, "filter: out of memory");
	skw_compiled_free(&c);
	return ret;
}
