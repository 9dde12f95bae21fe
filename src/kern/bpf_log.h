/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The messages of libbpf. It would print several lines for one failure, so this keeps the first of
 * them, for our own message.
 */
#ifndef SKW_KERN_BPF_LOG_H
#define SKW_KERN_BPF_LOG_H

#include "util/error.h"

/* From now on libbpf prints nothing. Forgets what it has said before. */
void skw_bpf_log_begin(void);

/*
 * Fills err for a failure `ret` of loading: "BPF: what: why; advice (libbpf: line)", where the line
 * is the first warning since the beginning. `advice` may be "". Returns ret, or the errno that
 * libbpf has named where `ret` is only a consequence of it.
 */
int skw_bpf_log_failure(struct skw_error *err, int ret, const char *what, const char *advice);

#endif
