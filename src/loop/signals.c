// SPDX-License-Identifier: BSD-2-Clause
#include "loop/signals.h"

#include <stdint.h>
#include <unistd.h>

#include "util/cleanup.h"
#include "util/clock.h"
#include "util/error.h"

#define PATIENCE_NS SKW_NS_PER_S

/* A signal handler gets no pointer, so this is a global variable. */
static uint64_t stopped_ns;

static void on_stop(int signo)
{
	(void)signo;
	if (skw_clock_monotonic_ns() - stopped_ns > PATIENCE_NS)
		_exit(SKW_EXIT_FAILURE);
}

void skw_signals_stop_set(sigset_t *set)
{
	struct sigaction action;

	sigemptyset(set);
	sigaddset(set, SIGINT);
	sigaddset(set, SIGTERM);
	if (sigaction(SIGHUP, NULL, &action) == 0 && action.sa_handler != SIG_IGN)
		sigaddset(set, SIGHUP);
}

void skw_signals_default(void)
{
	sigset_t requests;

	signal(SIGINT, SIG_DFL);
	signal(SIGTERM, SIG_DFL);
	sigemptyset(&requests);
	sigaddset(&requests, SIGUSR1);
	sigaddset(&requests, SIGUSR2);
	sigprocmask(SIG_BLOCK, &requests, NULL);
}

void skw_signals_catch(void)
{
	static const int signals[] = { SIGINT, SIGTERM, SIGHUP };
	const struct sigaction action = { .sa_handler = on_stop, .sa_flags = SA_RESTART };
	sigset_t set;

	stopped_ns = skw_clock_monotonic_ns();
	skw_signals_stop_set(&set);
	for (size_t i = 0; i < SKW_ARRAY_SIZE(signals); i++)
		if (sigismember(&set, signals[i]) == 1)
			sigaction(signals[i], &action, NULL);
	sigprocmask(SIG_UNBLOCK, &set, NULL);
}
