// SPDX-License-Identifier: BSD-2-Clause
#include "session/show.h"

#include <errno.h>
#include <linux/bpf.h>
#include <pcap/dlt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "filter/disasm.h"
#include "filter/dump.h"
#include "filter/translate.h"
#include "kern/compile.h"
#include "out/input.h"
#include "pcap/reader.h"
#include "util/cleanup.h"
#include "verbs/filters.h"

static int put(struct skw_buf *text, struct skw_error *err)
{
	int ret = text->failed ? skw_error_set(err, -ENOMEM, "out of memory") : 0;

	if (!ret)
		fwrite(text->data, 1, text->len, stdout);
	skw_buf_free(text);
	return ret;
}

int skw_show_interfaces(struct skw_error *err)
{
	struct skw_buf text = SKW_BUF_INIT;
	int ret = skw_iface_describe_all(&text, err);

	if (ret) {
		skw_buf_free(&text);
		return ret;
	}
	return put(&text, err);
}

/* The plan's interface, or the first that is up and Ethernet. */
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

int skw_show_link_types(const struct skw_capture_plan *plan, struct skw_error *err)
{
	struct skw_buf text = SKW_BUF_INIT;
	struct skw_handle *handle = NULL;
	struct skw_iface_info info;
	int ret = an_interface(plan, &info, err);

	if (!ret)
		ret = skw_handle_open(info.name, plan->snaplen, &handle, err);
	if (!ret)
		ret = skw_handle_list_dlts(handle, &text, err);
	skw_handle_close(handle);
	if (ret) {
		skw_buf_free(&text);
		return ret;
	}
	return put(&text, err);
}

/* For the link type of the file that -r names. */
static int compile_for_file(const struct skw_capture_plan *plan, struct skw_compiled *c,
			    struct skw_error *err)
{
	struct skw_reader *reader = NULL;
	FILE *in;
	int ret = skw_input_open(plan->read_file, &in, err);

	if (!ret)
		ret = skw_reader_open(in, plan->read_file, &reader, err);
	if (ret)
		return ret;
	const struct skw_iface *first = skw_reader_iface(reader, 0);
	ret = skw_filters_compile_dead(plan, first ? first->dlt : DLT_EN10MB, c, err);
	skw_reader_close(reader);
	return ret;
}

static int compile(const struct skw_capture_plan *plan, struct skw_compiled *c,
		   struct skw_error *err)
{
	struct skw_iface_info info;
	struct skw_error trouble = { 0 };
	int ret;

	if (plan->read_file)
		return compile_for_file(plan, c, err);
	ret = an_interface(plan, &info, &trouble);
	if (!ret)
		ret = skw_filters_compile(plan, &info, c, &trouble);
	if (!ret)
		return 0;
	if (trouble.usage)
		return skw_error_usage(err, "%s", trouble.text);
	if (ret == -EPERM || (ret == -ENODEV && !plan->ifaces_len))
		return skw_filters_compile_dead(plan, DLT_EN10MB, c, err);
	return skw_error_set(err, ret, "%s", trouble.text);
}

static int show_ebpf(const struct skw_capture_plan *plan, const struct skw_cbpf *cbpf,
		     struct skw_buf *text, struct skw_error *err)
{
	/* The maps stand for those that a capture makes. */
	struct skw_filter_frame frame = { .counters_fd = 0,
					  .next_fd = 0,
					  .direction = plan->direction };
	SKW_AUTO_FREE struct bpf_insn *insns = NULL;
	size_t len = 0;
	int ret = skw_filter_translate(cbpf, &frame, &insns, &len);

	if (ret)
		return skw_error_set(err, ret,
				     "filter: it can't be translated and runs in user space: %s",
				     strerror(-ret));
	skw_disasm(insns, len, text);
	return 0;
}

int skw_show_filter(const struct skw_capture_plan *plan, struct skw_error *err)
{
	struct skw_compiled c = { 0 };
	struct skw_buf text = SKW_BUF_INIT;
	int ret = compile(plan, &c, err);

	if (ret)
		return ret;
	const struct skw_cbpf *program = c.user ? skw_offline_filter_program(c.user) : &c.cbpf;

	switch (plan->dump) {
	case SKW_DUMP_NONE:
		break;
	case SKW_DUMP_TEXT:
		skw_dump_text(program, &text);
		break;
	case SKW_DUMP_C:
		skw_dump_c(program, &text);
		break;
	case SKW_DUMP_NUMBERS:
		skw_dump_numbers(program, &text);
		break;
	case SKW_DUMP_EBPF:
		ret = show_ebpf(plan, program, &text, err);
		break;
	}
	skw_compiled_free(&c);
	if (ret) {
		skw_buf_free(&text);
		return ret;
	}
	return put(&text, err);
}
