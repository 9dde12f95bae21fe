/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The attempts of a worker that an attacker has taken over. Each is one function that tries to do
 * something to the host. All of them use raw system calls, as the attacker's code would.
 */
#ifndef HOSTILE_WORKER_ATTEMPT_H
#define HOSTILE_WORKER_ATTEMPT_H

#include <errno.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <unistd.h>

/* Attempts on held descriptors try each number below this. */
#define HOSTILE_FDS      128
#define HOSTILE_MAPPINGS 64

/* The result of an attempt that finds nothing to try on, for example no keeper. */
#define HOSTILE_NOTHING (-100000L)

/* A shared mapping of a descriptor, as the worker made it before its privileges were dropped. */
struct hostile_mapping {
	volatile uint8_t *at;
	size_t len;
	int prot;
	/* The first page of a ring, which a reader has to write. */
	int is_position;
};

/* The attacker's knowledge of the process and of the machine. */
struct hostile {
	pid_t keeper;    /* 0: there is no keeper */
	int keeper_fd;   /* the worker's end of the socket to the keeper; -1: there is no keeper */
	pid_t minder;    /* of the command; 0: there is no command, and no minder */
	int minder_fd;   /* -1 */
	pid_t bystander; /* a process of the same user in the same session */
	const char *dir; /* a folder that everybody may change, with files likewise */
	const char *output;  /* the file that the worker writes; NULL: there is none */
	const char *bpffs;   /* a BPF file system that everybody may change; NULL: there is none */
	uint32_t map_id;     /* of another program's map */
	uint32_t program_id; /* of another program's BPF program */
	uint16_t port;       /* of a TCP server on the loopback interface */
	struct hostile_mapping mappings[HOSTILE_MAPPINGS];
	size_t mappings_len;
	char *note; /* an attempt's addition to its result */
	size_t note_size;
};

/* Flags of an attempt. */
enum {
	/* If it succeeds, the process is another one than before: it ends, and the next goes on. */
	HOSTILE_ENDS = 1,
	/* It is not tried with privileges, as it would harm the machine. */
	HOSTILE_HARMFUL = 2,
	/* It works only on what the worker holds, and a good worker holds nothing of that kind. */
	HOSTILE_HELD = 4,
};

struct hostile_attempt {
	const char *name;
	const char *text; /* tells in one line, for people */
	/* Returns 0 or more if it succeeded, -errno, or HOSTILE_NOTHING. */
	long (*run)(struct hostile *h, long arg);
	long arg;
	unsigned flags;
};

struct hostile_group {
	const char *name;
	const struct hostile_attempt *attempts;
	size_t len;
};

/* The result of a system call as a number: -errno if it failed. */
#define HOSTILE_CALL(...) hostile_result(syscall(__VA_ARGS__))

static inline long hostile_result(long ret)
{
	return ret < 0 ? -(long)errno : ret;
}

/*
 * Tries `each` on every descriptor until one succeeds. Returns that result, and notes the
 * descriptor. Otherwise returns the refusal that tells most.
 */
long hostile_each_fd(struct hostile *h, long (*each)(struct hostile *h, int fd, long arg),
		     long arg);

/* Adds to the result of this attempt. */
void hostile_note(struct hostile *h, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* More verbs than the keeper has. */
#define HOSTILE_VERBS 32

/* Asks the keeper for a verb. Returns its error, or what kept it from being asked. */
long hostile_ask(const struct hostile *h, uint32_t verb, const void *payload, size_t len);

/* Before main(): an attempt to write to memory must not end the process. */
void hostile_catch_faults(void);

/* Writes a name in the folder of decoys to `path`. */
const char *hostile_decoy(const struct hostile *h, char path[256], const char *name);

extern const struct hostile_group hostile_files, hostile_signals, hostile_keeper_memory,
	hostile_bpf, hostile_held_bpf, hostile_sockets, hostile_held, hostile_processes,
	hostile_namespaces, hostile_host, hostile_kernel, hostile_kill, hostile_requests,
	hostile_minder;

/* All groups, in the order in which they are tried. The last is NULL. */
extern const struct hostile_group *const hostile_groups[];
size_t hostile_count(void);

#endif
