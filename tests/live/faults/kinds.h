/* SPDX-License-Identifier: BSD-2-Clause */
/* The functions of the C library that can be made to fail, besides those that fault.c defines. */
#ifndef SKW_TESTS_FAULTS_KINDS_H
#define SKW_TESTS_FAULTS_KINDS_H

/* They return -1 and set errno. */
#define FAULT_MINUS(X)                                                                             \
	X(bind)                                                                                    \
	X(capget)                                                                                  \
	X(capset)                                                                                  \
	X(close_range)                                                                             \
	X(dup)                                                                                     \
	X(dup2)                                                                                    \
	X(dup3)                                                                                    \
	X(epoll_create1)                                                                           \
	X(epoll_ctl)                                                                               \
	X(epoll_wait)                                                                              \
	X(eventfd)                                                                                 \
	X(execvp)                                                                                  \
	X(fallocate)                                                                               \
	X(fchown)                                                                                  \
	X(fcntl)                                                                                   \
	X(fstat)                                                                                   \
	X(ftruncate)                                                                               \
	X(getrlimit)                                                                               \
	X(getsockname)                                                                             \
	X(getsockopt)                                                                              \
	X(initgroups)                                                                              \
	X(ioctl)                                                                                   \
	X(lseek)                                                                                   \
	X(madvise)                                                                                 \
	X(memfd_create)                                                                            \
	X(mkdir)                                                                                   \
	X(mkostemp)                                                                                \
	X(mmap)                                                                                    \
	X(open)                                                                                    \
	X(openat)                                                                                  \
	X(pipe2)                                                                                   \
	X(poll)                                                                                    \
	X(prctl)                                                                                   \
	X(pread)                                                                                   \
	X(pwrite)                                                                                  \
	X(read)                                                                                    \
	X(readlink)                                                                                \
	X(recv)                                                                                    \
	X(recvfrom)                                                                                \
	X(recvmsg)                                                                                 \
	X(rename)                                                                                  \
	X(send)                                                                                    \
	X(sendmsg)                                                                                 \
	X(sendto)                                                                                  \
	X(setgroups)                                                                               \
	X(setns)                                                                                   \
	X(setresgid)                                                                               \
	X(setresuid)                                                                               \
	X(setrlimit)                                                                               \
	X(setsockopt)                                                                              \
	X(signalfd)                                                                                \
	X(socket)                                                                                  \
	X(socketpair)                                                                              \
	X(stat)                                                                                    \
	X(statfs)                                                                                  \
	X(tcgetattr)                                                                               \
	X(tcsetattr)                                                                               \
	X(timerfd_create)                                                                          \
	X(timerfd_settime)                                                                         \
	X(uname)                                                                                   \
	X(unlink)                                                                                  \
	X(waitpid)                                                                                 \
	X(write)                                                                                   \
	X(writev)

/* They return NULL and set errno. */
#define FAULT_NULL(X)                                                                              \
	X(fdopendir)                                                                               \
	X(fopen)                                                                                   \
	X(if_nameindex)                                                                            \
	X(opendir)                                                                                 \
	X(realpath)

/* They return the errno. */
#define FAULT_CODE(X) X(pthread_create)

/* They do their work, and then return -1 and set errno. */
#define FAULT_DONE(X) X(close)

/* Other names of the same functions, which return -1. */
#define FAULT_ALIAS(X)                                                                             \
	X(fallocate64, fallocate)                                                                  \
	X(fcntl64, fcntl)                                                                          \
	X(fstat64, fstat)                                                                          \
	X(ftruncate64, ftruncate)                                                                  \
	X(getrlimit64, getrlimit)                                                                  \
	X(lseek64, lseek)                                                                          \
	X(mkostemp64, mkostemp)                                                                    \
	X(mmap64, mmap)                                                                            \
	X(open64, open)                                                                            \
	X(openat64, openat)                                                                        \
	X(pread64, pread)                                                                          \
	X(pwrite64, pwrite)                                                                        \
	X(setrlimit64, setrlimit)                                                                  \
	X(stat64, stat)                                                                            \
	X(statfs64, statfs)

/* Other names of functions that return NULL. */
#define FAULT_ALIAS_NULL(X) X(fopen64, fopen) X(__realpath_chk, realpath)

#endif
