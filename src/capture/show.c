// SPDX-License-Identifier: BSD-2-Clause
#include "capture/show.h"

#include <errno.h>
#include <pcap/dlt.h>
#include <stdlib.h>
#include <string.h>

#include "filter/offline.h"
#include "kern/compile.h"
#include "kern/filters.h"
#include "util/cleanup.h"

int skw_show_interfaces(struct skw_buf *text, struct skw_error *err)
{
	return skw_compile_describe_ifaces(text, err);
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

int skw_show_link_types(const struct skw_capture_plan *plan, struct skw_buf *text,
			struct skw_error *err)
{
	struct skw_handle *handle = NULL;
	struct skw_iface_info info;
	int ret = an_interface(plan, &info, err);

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
	SKW_AUTO_FREE struct skw_cbpf_insn *insns = calloc(program->len, sizeof(*insns));
	if (insns) {
		memcpy(insns, program->insns, program->len * sizeof(*insns));
		*out = (struct skw_cbpf){ SKW_TAKE_PTR(insns), program->len };
	} else {
		ret = skw_error_set(err, -ENOMEM, "filter: out of memory");
	}
	skw_compiled_free(&c);
	return ret;
}
