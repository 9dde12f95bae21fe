/* SPDX-License-Identifier: BSD-2-Clause */
/* Texts, numbers and times for the page. Strangers choose texts, so all of them are escaped. */
#ifndef SKW_REPORT_SHEET_TEXT_H
#define SKW_REPORT_SHEET_TEXT_H

#include <stddef.h>
#include <stdint.h>

#include "model/tuple.h"
#include "util/buf.h"

/* For an element's text and for an attribute in quotes. */
void skw_sheet_text_html(struct skw_buf *out, const char *text);
/* A string of JSON with its quotes, in ASCII, which could stand in a script as well. */
void skw_sheet_text_json(struct skw_buf *out, const char *text);
void skw_sheet_text_base64(struct skw_buf *out, const uint8_t *bytes, size_t n);

/* These append UTF-8 that needs no escape. All ones is unknown: an em dash. */
void skw_sheet_text_count(struct skw_buf *out, uint64_t n);                    /* 12,345 */
void skw_sheet_text_bytes(struct skw_buf *out, uint64_t n);                    /* 1.24 MB */
void skw_sheet_text_rate(struct skw_buf *out, uint64_t bps);                   /* 3.4 Mbit/s */
void skw_sheet_text_us(struct skw_buf *out, uint64_t us);                      /* 12.3 ms */
void skw_sheet_text_ratio(struct skw_buf *out, uint64_t part, uint64_t whole); /* 1.2 % */
/* "2026-11-21 09:41:07.123"; with `day` false without the date. Always UTC. */
void skw_sheet_text_time(struct skw_buf *out, uint64_t real_ns, int digits, int day);

/* "192.0.2.1:80"; `remote`: the other end. */
void skw_sheet_text_end(struct skw_buf *out, const struct skw_tuple *tuple, int remote);

#endif
