// SPDX-License-Identifier: BSD-2-Clause
#include "filter_expr.h"

#include <dirent.h>
#include <errno.h>
#include <pcap/pcap.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "util/cleanup.h"

#define SNAPLEN 262144

struct test_handle {
	pcap_t *pcap;
};

static int add_expr(struct test_exprs *out, const char *text, const char *section)
{
	struct test_expr *list = realloc(out->list, (out->count + 1) * sizeof(*list));

	if (!list)
		return -ENOMEM;
	out->list = list;
	struct test_expr *e = &list[out->count];
	*e = (struct test_expr){ .text = strdup(text),
				 .live = strstr(section, " live"),
				 .offline = strstr(section, " offline") };
	if (!e->text)
		return -ENOMEM;
	snprintf(e->link_type, sizeof(e->link_type), "%.*s", (int)strcspn(section, " "), section);
	out->count++;
	return 0;
}

int test_exprs_read(const char *path, struct test_exprs *out)
{
	SKW_AUTO_FILE FILE *f = fopen(path, "r");
	char line[1024], section[64] = "EN10MB";
	int err = 0;

	if (!f)
		return -errno;
	while (!err && fgets(line, sizeof(line), f)) {
		line[strcspn(line, "\n")] = '\0';
		if (line[0] == '[')
			snprintf(section, sizeof(section), "%.*s", (int)strcspn(line + 1, "]"),
				 line + 1);
		else if (line[0] && line[0] != '#')
			err = add_expr(out, line, section);
	}
	return err;
}

void test_exprs_free(struct test_exprs *e)
{
	for (size_t i = 0; i < e->count; i++)
		free(e->list[i].text);
	free(e->list);
}

static int read_file(const char *path, struct test_corpus *c)
{
	char why[PCAP_ERRBUF_SIZE];
	pcap_t *pcap = pcap_open_offline(path, why);
	struct pcap_pkthdr *header;
	const u_char *data;
	int n = 0;

	if (!pcap)
		return -EINVAL;
	while (pcap_next_ex(pcap, &header, &data) == 1) {
		test_corpus_add(c, data, header->caplen);
		n++;
	}
	pcap_close(pcap);
	return n;
}

static int is_pcap(const struct dirent *e)
{
	size_t len = strlen(e->d_name);

	return len > 5 && strcmp(e->d_name + len - 5, ".pcap") == 0;
}

int test_corpus_read(const char *dir, struct test_corpus *c)
{
	struct dirent **names = NULL;
	int files = scandir(dir, &names, is_pcap, alphasort), total = 0;

	if (files < 0)
		return -errno;
	for (int i = 0; i < files; i++) {
		SKW_AUTO_FREE char *path = NULL;
		int n = asprintf(&path, "%s/%s", dir, names[i]->d_name) < 0 ? -ENOMEM
									    : read_file(path, c);

		free(names[i]);
		if (total >= 0)
			total = n < 0 ? n : total + n;
	}
	free(names);
	return total;
}

static struct skw_cbpf *compile(pcap_t *pcap, const char *text, char *why)
{
	struct bpf_program program;

	if (pcap_compile(pcap, &program, text, 1, 0) < 0) {
		snprintf(why, 256, "%s", pcap_geterr(pcap));
		return NULL;
	}
	struct skw_cbpf *prog = calloc(1, sizeof(*prog));

	if (!prog)
		abort();
	prog->len = program.bf_len;
	prog->insns = (struct skw_cbpf_insn *)program.bf_insns;
	return prog;
}

struct skw_cbpf *test_compile(const char *text, const char *link_type, char *why)
{
	pcap_t *pcap = pcap_open_dead(pcap_datalink_name_to_val(link_type), SNAPLEN);
	struct skw_cbpf *prog = compile(pcap, text, why);

	pcap_close(pcap);
	return prog;
}

struct test_handle *test_handle_open(const char *ifname, char *why)
{
	struct test_handle *h = calloc(1, sizeof(*h));

	if (!h)
		abort();
	h->pcap = pcap_open_live(ifname, SNAPLEN, 1, 1000, why);
	if (h->pcap)
		return h;
	free(h);
	return NULL;
}

void test_handle_close(struct test_handle *h)
{
	pcap_close(h->pcap);
	free(h);
}

struct skw_cbpf *test_handle_compile(struct test_handle *h, const char *text, char *why)
{
	return compile(h->pcap, text, why);
}

void test_program_free(struct skw_cbpf *prog)
{
	if (!prog)
		return;
	free(prog->insns);
	free(prog);
}

bool test_interpret(const struct skw_cbpf *prog, const struct test_packet *p)
{
	return bpf_filter((const struct bpf_insn *)prog->insns, p->data, p->len, p->len) != 0;
}
