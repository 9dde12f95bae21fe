// SPDX-License-Identifier: BSD-2-Clause
#include "util/locale.h"

#include <langinfo.h>
#include <locale.h>
#include <string.h>

void skw_locale_take(void)
{
	setlocale(LC_CTYPE, "");
}

bool skw_locale_is_utf8(void)
{
	return strcmp(nl_langinfo(CODESET), "UTF-8") == 0;
}
