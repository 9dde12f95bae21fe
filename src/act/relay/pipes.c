// SPDX-License-Identifier: BSD-2-Clause
#include "act/relay/pipes.h"

#include <fcntl.h>
#include <unistd.h>

bool skw_relay_pipes_take(struct skw_relay_pipes *p, struct skw_relay_pipe *out)
{
	int fds[2];

	if (p->idle_len) {
		*out = p->idle[--p->idle_len];
		return true;
	}
	if (p->made == SKW_RELAY_PIPES_MAX || pipe2(fds, O_NONBLOCK | O_CLOEXEC) < 0)
		return false;
	/* If this fails, the pipe is smaller, and works. */
	(void)fcntl(fds[1], F_SETPIPE_SZ, SKW_RELAY_PIPE_BYTES);
	p->made++;
	*out = (struct skw_relay_pipe){ .in = fds[1], .out = fds[0] };
	return true;
}

static void close_pipe(struct skw_relay_pipes *p, const struct skw_relay_pipe *pipe)
{
	close(pipe->in);
	close(pipe->out);
	p->made--;
}

void skw_relay_pipes_put(struct skw_relay_pipes *p, struct skw_relay_pipe *pipe, bool empty)
{
	if (pipe->in >= 0 && empty)
		p->idle[p->idle_len++] = *pipe;
	else if (pipe->in >= 0)
		close_pipe(p, pipe);
	*pipe = (struct skw_relay_pipe){ -1, -1 };
}

void skw_relay_pipes_free(struct skw_relay_pipes *p)
{
	while (p->idle_len)
		close_pipe(p, &p->idle[--p->idle_len]);
}
