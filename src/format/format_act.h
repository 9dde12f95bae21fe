/* SPDX-License-Identifier: BSD-2-Clause */
/* Events of the verbs that act, as text and JSON. */
#ifndef SKW_FORMAT_FORMAT_ACT_H
#define SKW_FORMAT_FORMAT_ACT_H

#include "format/format.h"
#include "model/act_event.h"

/* As skw_format_event_line(), with the facts behind it. */
void skw_format_act_line(struct skw_buf *out, const struct skw_act_event *event,
			 const struct skw_format_env *env);
/* As skw_format_event_json(), with the facts before the fields of the row. 0 or -ENOMEM. */
int skw_format_act_json(struct skw_buf *out, const struct skw_act_event *event,
			const struct skw_format_env *env);

#endif
