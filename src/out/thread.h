/* SPDX-License-Identifier: BSD-2-Clause */
/* Starts the threads that read and write files. */
#ifndef SKW_OUT_THREAD_H
#define SKW_OUT_THREAD_H

#include <pthread.h>
#include <signal.h>

/* The process handles its signals in other threads. Returns 0 or -errno. */
static inline int skw_thread_start(pthread_t *thread, void *(*run)(void *), void *arg)
{
	sigset_t all, saved;

	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &saved);
	int ret = pthread_create(thread, NULL, run, arg);
	pthread_sigmask(SIG_SETMASK, &saved, NULL);
	return -ret;
}

#endif
