// SPDX-License-Identifier: BSD-2-Clause
#include "capture/probe.h"

#include <errno.h>
#include <linux/bpf_common.h>
#include <linux/filter.h>
#include <string.h>
#include <unistd.h>

#include "filter/translate.h"
#include "keeper/privileges.h"
#include "kern/chosen.h"
#include "kern/host/memory.h"
#include "kern/probe.h"
#include "kern/libbpf.h"
#include "kern/skb_access.h"
#include "kern/tap.h"
#include "util/cleanup.h"
#include "util/report.h"

#define RING_BYTES 4096
/* With less free memory the rings are small enough to be full soon. */
#define MEMORY_SHORT (64ULL << 20)

/* "ip" on Ethernet: one load, one comparison. */
static struct skw_cbpf_insn ip[] = {
	{ BPF_LD | BPF_H | BPF_ABS, 0, 0, 12 },
	{ BPF_JMP | BPF_JEQ | BPF_K, 0, 1, 0x800 },
	{ BPF_RET | BPF_K, 0, 0, 262144 },
	{ BPF_RET | BPF_K, 0, 0, 0 },
};

/* Returns the descriptor of a filter as captures use it, or -errno with err filled. */
static int load_filter(const struct skw_tap *tap, const struct skw_skb_access *access,
		       struct skw_error *err)
{
	const struct skw_cbpf program = { .insns = ip, .len = SKW_ARRAY_SIZE(ip) };
	const struct skw_filter_frame frame = { .counters_fd = skw_tap_counters_fd(tap),
						.next_fd = skw_tap_next_fd(tap),
						.cpus = skw_libbpf_cpus(),
						.direction = SKW_DIR_UNKNOWN,
						.access = access };
	SKW_AUTO_FREE struct bpf_insn *insns = NULL;
	size_t len = 0;
	int ret = skw_filter_translate(&program, &frame, &insns, &len);

	return ret ? ret : skw_tap_load_filter(insns, len, err);
}

static enum skw_check_state state_of(int ret)
{
	return ret >= 0 ? SKW_CHECK_OK : ret == -EPERM ? SKW_CHECK_UNKNOWN : SKW_CHECK_MISSING;
}

/* The text of an error, or "" if there is none. */
static const char *reason(int ret, const struct skw_error *err)
{
	return ret >= 0 ? "" : err->text[0] ? err->text : strerror(-ret);
}

static void probe_access(struct skw_check *check, const struct skw_tap *tap)
{
	struct skw_check_line line = { .section = "packets",
				       .name = "filters read in place",
				       .commands = SKW_CHECK_CAPTURE,
				       .extra = true };
	struct skw_skb_access access;
	struct skw_error err = { 0 };
	int ret = skw_skb_access_probe(&access);
	SKW_AUTO_FD int fd = ret ? -1 : load_filter(tap, &access, &err);

	if (!ret && fd < 0)
		ret = fd;
	if (!ret) {
		skw_report_add(check, &line, "bpf_rdonly_cast");
		return;
	}
	line.state = SKW_CHECK_LIMITED;
	line.help = "Linux 6.2 or later with BTF and a JIT compiler";
	skw_report_add(check, &line, "filters call a function for each load: %s",
		       err.text[0]      ? err.text
		       : ret == -ENOENT ? "the kernel has no bpf_rdonly_cast"
					: strerror(-ret));
}

static void probe_socket(struct skw_check *check, const struct skw_tap *tap)
{
	struct skw_check_line line = { .section = "packets",
				       .name = "filter program",
				       .commands = SKW_CHECK_CAPTURE,
				       .vital = true };
	struct skw_error err = { 0 };
	SKW_AUTO_FD int fd = load_filter(tap, NULL, &err);
	int ret = fd < 0 ? -EPERM : skw_probe_packet_socket(fd);

	line.state = state_of(fd);
	skw_report_add(check, &line, "%s", reason(fd, &err));
	line.name = "packet socket";
	line.state = state_of(ret);
	line.help = ret ? "run it as root, or with CAP_NET_RAW" : NULL;
	skw_report_add(check, &line, "%s", reason(ret, &(struct skw_error){ 0 }));
	if (fd >= 0)
		probe_access(check, tap);
}

/* The rest of a capture's memory is small beside its rings. */
void skw_capture_probe_memory(struct skw_check *check)
{
	struct skw_check_line line = { .section = "limits",
				       .name = "memory cgroup",
				       .commands = SKW_CHECK_ALL };
	uint64_t limit, left;

	skw_memory_of_cgroup(&limit, &left);
	if (limit == UINT64_MAX || left == UINT64_MAX) {
		skw_report_add(check, &line, "no limit");
		return;
	}
	if (left < MEMORY_SHORT) {
		line.state = SKW_CHECK_LIMITED;
		line.help = "a higher limit";
	}
	skw_report_add(check, &line,
		       "%llu MiB free of %llu MiB; rings take an eighth of it, at most 64 MiB but "
		       "at least 1 MiB each, and small rings up to 2 MiB each",
		       (unsigned long long)left >> 20, (unsigned long long)limit >> 20);
}

const char *skw_capture_libbpf(void)
{
	return skw_probe_libbpf();
}

const char *skw_capture_libpcap(void)
{
	return skw_probe_libpcap();
}

void skw_capture_probe_kernel(struct skw_check *check)
{
	struct skw_check_line line = { .section = "kernel",
				       .name = "types (BTF)",
				       .commands = SKW_CHECK_WATCH,
				       .vital = true };
	int ret = skw_probe_btf();

	line.state = ret ? SKW_CHECK_MISSING : SKW_CHECK_OK;
	line.help = ret ? "a kernel with CONFIG_DEBUG_INFO_BTF" : NULL;
	skw_report_add(check, &line, "%s", ret ? strerror(-ret) : "");
	ret = skw_probe_ring();
	line.name = "ring buffer";
	line.commands = SKW_CHECK_ALL;
	line.state = state_of(ret);
	line.help = ret == -EPERM ? "run it as root, or with CAP_BPF"
		    : ret         ? "Linux 5.15 or later"
				  : NULL;
	skw_report_add(check, &line, "%s", ret ? strerror(-ret) : "");
}

/* It looks for the sockets of this process only. */
static void probe_owners(struct skw_check *check, struct skw_tap *tap)
{
	struct skw_check_line line = { .section = "packets",
				       .name = "owner filter",
				       .commands = SKW_CHECK_CAPTURE };
	const struct skw_owner_plan plan = { .pids = { (uint32_t)getpid() }, .pids_len = 1 };
	struct skw_chosen *chosen = NULL;
	struct skw_error err = { 0 };
	int ret = skw_privileges_missing(SKW_USE_WATCH, &err);

	if (!ret)
		ret = skw_chosen_open(&plan, tap, &chosen, &err);

	line.state = state_of(ret);
	line.help = ret == -EPERM ? "run it as root, or with the privileges above"
		    : ret         ? "a kernel with cgroup v2, CONFIG_CGROUP_BPF and "
				    "CONFIG_DEBUG_INFO_BTF"
				  : NULL;
	skw_report_add(check, &line, "%s%s",
		       ret ? "--pid, --comm, --cgroup and -- COMMAND do not work: " : "",
		       reason(ret, &err));
	skw_chosen_close(chosen);
}

void skw_capture_probe(struct skw_check *check)
{
	const struct skw_tap_options opt = { .ring_bytes = RING_BYTES, .rings = 1, .slots = 1 };
	struct skw_check_line line = { .section = "packets",
				       .name = "capture program",
				       .commands = SKW_CHECK_CAPTURE,
				       .vital = true };
	struct skw_error err = { 0 };
	struct skw_tap *tap = NULL;
	int ret = skw_tap_load(&opt, &tap, &err);

	line.state = state_of(ret);
	line.help = ret == -EPERM ? "run it as root, or with CAP_BPF" : NULL;
	skw_report_add(check, &line, "%s", reason(ret, &err));
	if (!ret)
		probe_socket(check, tap);
	if (!ret)
		probe_owners(check, tap);
	skw_tap_free(tap);
}
