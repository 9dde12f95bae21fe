// SPDX-License-Identifier: BSD-2-Clause
/*
 * Runs skwatch with the library of worker.c until each attempt has been made.
 *
 *	run list                     prints all attempts: their group, name and text
 *	run try [OPTION...] COMMAND  makes them and prints the results
 *	--uid UID --caps N,N    as that user, with these capabilities (numbers), as if the
 *	                        program had them as file capabilities
 *	--library FILE          the library
 *	--dir FOLDER            an empty folder for decoys
 *	--output FILE           the file that skwatch writes
 *	--bpffs FOLDER          a BPF file system
 *	--input FIFO            made for each process, with the contents of --sample FILE, and
 *	                        not closed, so that skwatch waits for more
 *	--screen                standard output is the terminal, too
 *	--talk                  standard error is the terminal, too
 *	--witness               the attempts are made before the privileges are dropped
 *
 * Each result is a line of five fields with tabs between them: state, group, name, text, reason.
 * The command has a terminal of its own, on which its standard input is. Its output goes to
 * standard error if it never came to the attempts. Exit status: 0 if all attempts were made.
 */
#include "attempt.h"
#include "results.h"
#include "victim.h"

#include <arpa/inet.h>
#include <bpf/bpf.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/bpf.h>
#include <linux/capability.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include "util/cleanup.h"

/* Until a session must have ended, keeper included. */
#define PATIENCE_S 60

struct options {
	uid_t uid; /* 0: stay root */
	uint64_t caps;
	const char *library, *dir, *output, *bpffs, *input, *sample;
	bool witness, screen, talk;
	char **command;
};

static void die(const char *what)
{
	fprintf(stderr, "hostile: %s: %s\n", what, strerror(errno));
	exit(99);
}

static long must(long result, const char *what)
{
	if (result < 0)
		die(what);
	return result;
}

static int list(void)
{
	for (size_t g = 0; hostile_groups[g]; g++)
		for (size_t i = 0; i < hostile_groups[g]->len; i++)
			printf("%s\t%s\t%s\n", hostile_groups[g]->name,
			       hostile_groups[g]->attempts[i].name,
			       hostile_groups[g]->attempts[i].text);
	return 0;
}

/* ---- the decoys ---- */

static void set_number(const char *name, long value)
{
	char text[32];

	snprintf(text, sizeof(text), "%ld", value);
	setenv(name, text, 1);
}

static void make_file(const char *dir, const char *name, uid_t uid)
{
	char path[4096];

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	int fd = (int)must(open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0666), path);

	must(fchmod(fd, 0666), path);
	must(fchown(fd, uid, (gid_t)-1), path);
	must(ftruncate(fd, 4096), path);
	close(fd);
}

static void make_decoys(const struct options *o)
{
	static const char *const names[] = { "victim", "truncated", "unlinked", "renamed", "own" };
	char path[4096];

	must(chmod(o->dir, 0777), o->dir);
	for (size_t i = 0; i < SKW_ARRAY_SIZE(names); i++)
		make_file(o->dir, names[i], o->uid);
	snprintf(path, sizeof(path), "%s/below", o->dir);
	if (mkdir(path, 0777) < 0 && errno != EEXIST)
		die(path);
	setenv(HOSTILE_DIR, o->dir, 1);
	if (o->output)
		setenv(HOSTILE_OUTPUT, o->output, 1);
}

static uint32_t id_of_map(int fd)
{
	struct bpf_map_info info = { 0 };
	uint32_t len = sizeof(info);

	must(bpf_obj_get_info_by_fd(fd, &info, &len), "map's number");
	return info.id;
}

static uint32_t id_of_program(int fd)
{
	struct bpf_prog_info info = { 0 };
	uint32_t len = sizeof(info);

	must(bpf_obj_get_info_by_fd(fd, &info, &len), "program's number");
	return info.id;
}

/* Another program's map and program, which stay open here, and a pin of the map. */
static void make_bpf_decoys(const struct options *o)
{
	const struct bpf_insn insns[] = {
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = BPF_REG_0, .imm = 0 },
		{ .code = BPF_JMP | BPF_EXIT },
	};
	char path[4096];
	int map = (int)must(bpf_map_create(BPF_MAP_TYPE_ARRAY, "decoy", 4, 4, 1, NULL), "map");
	int program = (int)must(bpf_prog_load(BPF_PROG_TYPE_SOCKET_FILTER, "decoy", "GPL", insns,
					      SKW_ARRAY_SIZE(insns), NULL),
				"program");

	set_number(HOSTILE_MAP, id_of_map(map));
	set_number(HOSTILE_PROGRAM, id_of_program(program));
	if (!o->bpffs)
		return;
	must(chmod(o->bpffs, 0777), o->bpffs);
	snprintf(path, sizeof(path), "%s/decoy", o->bpffs);
	unlink(path);
	must(bpf_obj_pin(map, path), path);
	must(chmod(path, 0666), path);
	setenv(HOSTILE_BPFFS, o->bpffs, 1);
}

static void make_server(void)
{
	struct sockaddr_in at = { .sin_family = AF_INET,
				  .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t len = sizeof(at);
	int fd = (int)must(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), "socket");

	must(bind(fd, (struct sockaddr *)&at, len), "bind");
	must(listen(fd, 64), "listen");
	must(getsockname(fd, (struct sockaddr *)&at, &len), "getsockname");
	set_number(HOSTILE_PORT, ntohs(at.sin_port));
	hostile_victim_make(fd);
}

/* ---- the processes ---- */

static void become(const struct options *o)
{
	struct __user_cap_header_struct head = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct set[2];

	if (!o->uid)
		return;
	must(prctl(PR_SET_KEEPCAPS, 1, 0, 0, 0), "keepcaps");
	must(setgroups(0, NULL), "setgroups");
	must(setresgid(o->uid, o->uid, o->uid), "setresgid");
	must(setresuid(o->uid, o->uid, o->uid), "setresuid");
	for (unsigned i = 0; i < 2; i++) {
		uint32_t part = (uint32_t)(o->caps >> (32 * i));

		set[i] = (struct __user_cap_data_struct){ part, part, part };
	}
	must(syscall(SYS_capset, &head, set), "capset");
	for (unsigned long cap = 0; cap < 64; cap++)
		if (o->caps >> cap & 1)
			must(prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, cap, 0, 0), "ambient");
	/* The set of user numbers made this process unreadable for itself, as after setuid. */
	prctl(PR_SET_DUMPABLE, 1, 0, 0, 0);
}

/* A process of the same user, in the same session and group. It ends with this process. */
static pid_t start_bystander(const struct options *o)
{
	pid_t pid = (pid_t)must(fork(), "fork");

	if (!pid) {
		if (o->uid) {
			must(setresgid(o->uid, o->uid, o->uid), "setresgid");
			must(setresuid(o->uid, o->uid, o->uid), "setresuid");
		}
		/* As after exec, other processes of the user may trace it. */
		prctl(PR_SET_DUMPABLE, 1, 0, 0, 0);
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		for (;;)
			pause();
	}
	set_number(HOSTILE_BYSTANDER, pid);
	return pid;
}

/* A new session whose terminal is a new one. Returns the terminal, for standard input. */
static int make_terminal(void)
{
	int unlock = 0;
	int master = (int)must(open("/dev/ptmx", O_RDWR | O_NOCTTY | O_CLOEXEC), "/dev/ptmx");

	must(ioctl(master, TIOCSPTLCK, &unlock), "terminal");
	int slave =
		(int)must(ioctl(master, TIOCGPTPEER, O_RDWR | O_NOCTTY | O_CLOEXEC), "terminal");
	must(setsid(), "setsid");
	must(ioctl(slave, TIOCSCTTY, 0), "controlling terminal");
	return slave;
}

/* Makes the FIFO. Returns a descriptor that keeps it open, or -1 if there is none. */
static int feed(const struct options *o)
{
	char bytes[32768];

	if (!o->input)
		return -1;
	unlink(o->input);
	must(mkfifo(o->input, 0666), o->input);
	must(chmod(o->input, 0666), o->input);
	int fifo = (int)must(open(o->input, O_RDWR | O_CLOEXEC), o->input);
	int sample = (int)must(open(o->sample, O_RDONLY | O_CLOEXEC), o->sample);
	ssize_t n = must(read(sample, bytes, sizeof(bytes)), o->sample);

	must(write(fifo, bytes, (size_t)n), o->input);
	close(sample);
	return fifo;
}

static pid_t session;

/* SIGKILL tells judge() that the time was over. */
static void on_alarm(int signo)
{
	(void)signo;
	kill(session, SIGKILL);
}

/*
 * Runs the command once. Its output is read until the last process that has it has ended, so
 * also the keeper. Returns the status of waitpid().
 */
static int run_once(const struct options *o, int terminal, char *said, size_t size)
{
	int out[2], status;
	size_t len = 0;

	must(pipe2(out, O_CLOEXEC), "pipe");
	pid_t pid = (pid_t)must(fork(), "fork");
	if (!pid) {
		dup2(terminal, STDIN_FILENO);
		dup2(o->screen ? terminal : out[1], STDOUT_FILENO);
		dup2(o->talk ? terminal : out[1], STDERR_FILENO);
		signal(SIGHUP, SIG_DFL);
		become(o);
		setenv("LD_PRELOAD", o->library, 1);
		setenv("TERM", "xterm", 1);
		execv(o->command[0], o->command);
		die(o->command[0]);
	}
	close(out[1]);
	session = pid;
	alarm(PATIENCE_S);
	for (;;) {
		char rest[4096];
		bool fits = len + 1 < size;
		ssize_t n = read(out[0], fits ? said + len : rest,
				 fits ? size - 1 - len : sizeof(rest));

		if (n == 0 || (n < 0 && errno != EINTR))
			break;
		len += fits && n > 0 ? (size_t)n : 0;
	}
	said[len] = '\0';
	close(out[0]);
	must(waitpid(pid, &status, 0), "waitpid");
	alarm(0);
	return status;
}

/* The worker has ended during this attempt, in a way that the library could not tell. */
static void judge(struct hostile_outcome *outcome, int status)
{
	outcome->state = HOSTILE_ENDED;
	if (WIFSIGNALED(status)) {
		outcome->state = WTERMSIG(status) == SIGKILL ? HOSTILE_HUNG : HOSTILE_KILLED;
		outcome->error = WTERMSIG(status);
	} else if (WEXITSTATUS(status) == 0) {
		/* Another program has taken the place of the worker, and has ended well. */
		outcome->state = HOSTILE_SUCCEEDED;
	}
}

static void print_results(const struct hostile_results *results)
{
	static const char *const words[] = { "untried", "trying", "refused", "absent",
					     "killed",  "ended",  "HUNG",    "SUCCEEDED" };
	const struct hostile_outcome *outcome = results->outcomes;

	for (size_t g = 0; hostile_groups[g]; g++) {
		const struct hostile_group *group = hostile_groups[g];

		for (size_t i = 0; i < group->len; i++, outcome++)
			printf("%s\t%s\t%s\t%s\t%s%s\n", words[outcome->state], group->name,
			       group->attempts[i].name, group->attempts[i].text,
			       outcome->state == HOSTILE_REFUSED  ? strerrorname_np(outcome->error)
			       : outcome->state == HOSTILE_KILLED ? strsignal(outcome->error)
								  : "",
			       outcome->state == HOSTILE_SUCCEEDED ? outcome->note : "");
	}
}

static int try_all(const struct options *o)
{
	static char said[65536];
	char file[4096];

	signal(SIGHUP, SIG_IGN);
	signal(SIGTTOU, SIG_IGN);
	sigaction(SIGALRM, &(struct sigaction){ .sa_handler = on_alarm }, NULL);
	/* Not a folder that the worker may change. */
	snprintf(file, sizeof(file), "%s.results", o->dir);
	int fd = (int)must(open(file, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0666), file);
	must(fchmod(fd, 0666), file);
	must(ftruncate(fd, sizeof(struct hostile_results)), file);
	struct hostile_results *results =
		mmap(NULL, sizeof(*results), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (results == MAP_FAILED)
		die(file);
	setenv(HOSTILE_RESULTS, file, 1);
	if (o->witness)
		setenv(HOSTILE_WITNESS, "1", 1);
	for (char **word = o->command; *word; word++)
		if (strcmp(*word, "--") == 0)
			setenv(HOSTILE_COMMAND, "1", 1);
	make_bpf_decoys(o);
	make_server();
	int terminal = make_terminal();
	while (!results->done) {
		uint32_t before = results->reached;

		make_decoys(o);
		pid_t bystander = start_bystander(o);
		int input = feed(o);
		int status = run_once(o, terminal, said, sizeof(said));

		if (input >= 0)
			close(input);
		kill(bystander, SIGKILL);
		waitpid(bystander, NULL, 0);
		if (results->reached == before) {
			fprintf(stderr, "the worker never came to the attempts:\n%s", said);
			return 99;
		}
		for (size_t i = 0; i < hostile_count(); i++)
			if (results->outcomes[i].state == HOSTILE_TRYING)
				judge(&results->outcomes[i], status);
	}
	print_results(results);
	printf("%s\ta connection and its listener\tkill-result\tend it by any attempt\t\n",
	       hostile_victim_lives() ? "refused" : "SUCCEEDED");
	return 0;
}

/* ---- the command line ---- */

static uint64_t parse_caps(const char *text)
{
	uint64_t caps = 0;

	while (*text) {
		char *end;

		caps |= 1ULL << strtoul(text, &end, 10);
		text = *end ? end + 1 : end;
	}
	return caps;
}

static int set_option(struct options *o, const char *name, const char *value)
{
	const struct {
		const char *name, **value;
	} texts[] = {
		{ "library", &o->library }, { "dir", &o->dir },     { "output", &o->output },
		{ "bpffs", &o->bpffs },     { "input", &o->input }, { "sample", &o->sample },
	};

	for (size_t i = 0; i < SKW_ARRAY_SIZE(texts); i++) {
		if (strcmp(name, texts[i].name) == 0) {
			*texts[i].value = value;
			return 0;
		}
	}
	if (strcmp(name, "uid") == 0)
		o->uid = (uid_t)strtoul(value, NULL, 10);
	else if (strcmp(name, "caps") == 0)
		o->caps = parse_caps(value);
	else
		return -1;
	return 0;
}

static int parse(int argc, char **argv, struct options *o)
{
	int at = 2;

	for (; at < argc && strncmp(argv[at], "--", 2) == 0; at++) {
		const char *name = argv[at] + 2;

		if (strcmp(name, "witness") == 0 || strcmp(name, "screen") == 0 ||
		    strcmp(name, "talk") == 0) {
			o->witness |= name[0] == 'w';
			o->talk |= name[0] == 't';
			o->screen |= name[0] == 's';
			continue;
		}
		if (++at == argc)
			return -1;
		if (set_option(o, name, argv[at]))
			return -1;
	}
	o->command = argv + at;
	return at < argc && o->library && o->dir && !o->input == !o->sample ? 0 : -1;
}

int main(int argc, char **argv)
{
	struct options o = { 0 };

	if (argc == 2 && strcmp(argv[1], "list") == 0)
		return list();
	if (argc < 3 || strcmp(argv[1], "try") != 0 || parse(argc, argv, &o)) {
		fprintf(stderr, "usage: run list | run try [OPTION...] COMMAND\n");
		return 99;
	}
	return try_all(&o);
}
