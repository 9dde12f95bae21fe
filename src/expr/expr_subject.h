/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The records that expressions are about, and their fields: rows of the kernel's sockets, or
 * connections that were put together from packets.
 */
#ifndef SKW_EXPR_EXPR_SUBJECT_H
#define SKW_EXPR_EXPR_SUBJECT_H

#include "expr/expr_addr.h"
#include "row/field.h"

/* Stands for no field. */
#define SKW_EXPR_NO_FIELD UINT8_MAX

/* Names that stand for a field of either side. The table ends with a NULL name. */
struct skw_expr_either {
	const char *name;
	uint8_t field, other;
	const char *help;
};

/* Fields whose operands may be more than plain numbers and texts. */
enum skw_expr_role {
	SKW_EXPR_PLAIN,
	SKW_EXPR_PORT, /* a number, or the name of a service */
	SKW_EXPR_USER, /* a number, or the name of a user */
	SKW_EXPR_PID,  /* of any of the processes that hold the socket */
	SKW_EXPR_COMM, /* of any of them, too */
};

struct skw_expr_subject {
	/* Fields are numbers from 0 to fields - 1. */
	uint8_t fields;
	const struct skw_field_info *(*info)(uint8_t field);
	uint8_t (*role)(uint8_t field); /* enum skw_expr_role */
	/* The field that a share in percent refers to; SKW_EXPR_NO_FIELD if there is none. */
	uint8_t (*whole)(uint8_t field);
	const struct skw_expr_either *eithers;
	const char *field;   /* one of the fields, for messages */
	const char *example; /* a short expression */
	const char *shares;  /* which fields can be compared with a share, for a message */
	const char *time; /* the field to compare instead of one of SKW_KIND_TIME, for a message */

	/* Sets all of *out. */
	void (*value)(const void *record, uint8_t field, struct skw_value *out);
	/* The end whose address the field is. */
	void (*end)(const void *record, uint8_t field, struct skw_expr_end *out);
	/* NULL: unknown. Only for fields that are SKW_EXPR_PID or SKW_EXPR_COMM. */
	const struct skw_owners *(*owners)(const void *record);
};

/* struct skw_row with the fields of row/field.h. */
extern const struct skw_expr_subject skw_expr_rows;

#endif
