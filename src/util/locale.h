/* SPDX-License-Identifier: BSD-2-Clause */
/* Which characters the user's terminal can show. */
#ifndef SKW_UTIL_LOCALE_H
#define SKW_UTIL_LOCALE_H

#include <stdbool.h>

/* Takes the locale of the environment for characters. It reads files, so call it before a split. */
void skw_locale_take(void);

/* Whether that locale has UTF-8. */
bool skw_locale_is_utf8(void);

#endif
