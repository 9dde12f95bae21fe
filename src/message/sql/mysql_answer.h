/* SPDX-License-Identifier: BSD-2-Clause */
/* The packets of MySQL's server: which of them ends the answer to which command. */
#ifndef SKW_MESSAGE_APP_MYSQL_ANSWER_H
#define SKW_MESSAGE_APP_MYSQL_ANSWER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "message/sql/sql_names.h"
#include "message/talk.h"
#include "util/bytes.h"

/* The kind of a preparation begins with it. */
#define SKW_MYSQL_ANSWER_PREPARE "PREPARE "

/* Whether an EOF packet follows definitions of columns. */
enum skw_mysql_ends { SKW_MYSQL_ENDS_UNKNOWN, SKW_MYSQL_ENDS_EOF, SKW_MYSQL_ENDS_NOT };

/* A zeroed struct is empty. */
struct skw_mysql_answer {
	struct skw_talk_part part;
	struct skw_sql_names statements;
	uint32_t columns; /* definitions that follow */
	uint8_t phase;    /* of the answer */
	uint8_t ends;     /* enum skw_mysql_ends */
	uint8_t eofs;     /* that follow a preparation's definitions */
	bool wants_file;  /* LOCAL INFILE: the client sends it now */
	bool logged_in;
};

/* The server's first packet, which belongs to no answer. */
bool skw_mysql_answer_greets(struct skw_mysql_answer *a, uint8_t number, struct skw_bytes packet);
/* 0, -errno or enum skw_recogniser_next. */
int skw_mysql_answer_packet(struct skw_talk *t, struct skw_mysql_answer *a, struct skw_bytes packet,
			    uint64_t ts_ns);
/* Tells the part that has come so far as the answer. */
int skw_mysql_answer_finish(struct skw_talk *t, struct skw_mysql_answer *a, const char *status);
void skw_mysql_answer_reset(struct skw_mysql_answer *a);
/* These bytes have a packet at their end that ends rows. */
bool skw_mysql_answer_ends(struct skw_bytes b);

/* The kind of the statement that an EXECUTE names; NULL: it is not known. */
const char *skw_mysql_answer_statement(struct skw_mysql_answer *a, struct skw_bytes execute);
void skw_mysql_answer_forget(struct skw_mysql_answer *a, struct skw_bytes close);

size_t skw_mysql_answer_memory(const struct skw_mysql_answer *a);
void skw_mysql_answer_free(struct skw_mysql_answer *a);

#endif
