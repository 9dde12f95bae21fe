/* SPDX-License-Identifier: BSD-2-Clause */
/* A line at the end of the screen that the user types and edits, with what is wrong with it. */
#ifndef SKW_UI_DRAW_ASK_H
#define SKW_UI_DRAW_ASK_H

#include <stddef.h>

#include "ui/draw/paint.h"
#include "util/error.h"

#define SKW_ASK_SIZE    256
#define SKW_ASK_PROBLEM 256

struct skw_ask {
	const char *label; /* static */
	char text[SKW_ASK_SIZE];
	char before[SKW_ASK_SIZE];     /* the text that Esc restores */
	size_t len, at;                /* in bytes; `at` is the cursor */
	char problem[SKW_ASK_PROBLEM]; /* empty if the text is valid */
	/* A column of the text, from 1; 0 if the problem has no column. */
	int problem_column;
};

void skw_ask_begin(struct skw_ask *a, const char *label, const char *text);
/* Obeys a key of ui/draw/key.h that types or edits. */
void skw_ask_key(struct skw_ask *a, int key);

/* Sets the problem; an empty text is none. */
void skw_ask_problem(struct skw_ask *a, const char *text, int column);
/*
 * The problem is an error of an expression, "column N: reason". The column is not printed, a caret
 * points at it.
 */
void skw_ask_wrong(struct skw_ask *a, const struct skw_error *err);

/* The number of lines that it takes. */
int skw_ask_rows(const struct skw_ask *a, const struct skw_paint *paint);
/* Draws it in skw_ask_rows() lines that end with line `y`, and puts the cursor there. */
void skw_ask_draw(const struct skw_ask *a, const struct skw_paint *paint, int y);

#endif
