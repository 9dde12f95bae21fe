/* SPDX-License-Identifier: BSD-2-Clause */
/* The parts of a JSON object. They append to a buffer. For this room and the stamps of post/. */
#ifndef SKW_FORMAT_FORMAT_JSON_H
#define SKW_FORMAT_FORMAT_JSON_H

#include "format/format.h"

/* A comma unless the object was just opened, and the key. */
void skw_format_json_key(struct skw_buf *out, const char *name);

void skw_format_json_null(struct skw_buf *out);
void skw_format_json_string(struct skw_buf *out, const char *text);
void skw_format_json_time(struct skw_buf *out, uint64_t ns, const struct skw_format_env *env);

/* Opens the object of an event: its time, its type and the name of the host. */
void skw_format_json_head(struct skw_buf *out, uint64_t ts_ns, const char *type,
			  const struct skw_format_env *env);

/* The fields of a row from `first` to `last`; unknown values are null. */
void skw_format_json_fields(struct skw_buf *out, const struct skw_row *row, enum skw_field first,
			    enum skw_field last, const struct skw_format_env *env);

/* The keys and values of the update and the host. */
void skw_format_json_update(struct skw_buf *out, const struct skw_format_env *env);

/* The end of an object and of its line. 0 or -ENOMEM. */
int skw_format_json_end(struct skw_buf *out);

#endif
