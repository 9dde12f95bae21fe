/* SPDX-License-Identifier: BSD-2-Clause */
/* Pipes whose reader has stopped reading. Results are exit statuses. */
#ifndef LIVE_PIPES_H
#define LIVE_PIPES_H

/* Makes the pipe of this fifo, which somebody has open, as small as can be: one page. */
int pipe_narrow(const char *fifo);
/* Returns once the pipe of this fifo takes nothing more. */
int pipe_await_full(const char *fifo);

#endif
