// SPDX-License-Identifier: BSD-2-Clause
#include "config.h"

#include "out/rotate.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "out/name.h"

/* The number of digits of the highest number: 0 if there is one file only, as in tcpdump. */
static int number_width(unsigned files)
{
	int width = 0;

	for (unsigned highest = files ? files - 1 : 0; highest; highest /= 10)
		width++;
	return width;
}

int skw_rotate_time(const char *template, time_t when, char *out, size_t size)
{
	struct tm tm;
	char marked[PATH_MAX + 2];

	if (!localtime_r(&when, &tm))
		return -EINVAL;
	/*
	 * strftime() returns 0 if the text does not fit, but also if it is empty. The added mark
	 * keeps it from being empty.
	 */
	int n = snprintf(marked, sizeof(marked), "%s|", template);
	if (n < 0 || (size_t)n >= sizeof(marked))
		return -ENAMETOOLONG;
	size_t len = strftime(out, size, marked, &tm);
	if (!len)
		return -ENAMETOOLONG;
	out[len - 1] = '\0';
	return 0;
}

int skw_rotate_name(const struct skw_rotate *r, time_t when, unsigned count, char *name,
		    size_t size)
{
	char base[PATH_MAX + 1];
	char number[32] = "";
	int width = r->by_size ? number_width(r->files) : 0;

	if (r->by_time) {
		int ret = skw_rotate_time(r->template, when, base, sizeof(base));

		if (ret)
			return ret;
	} else {
		if (strlen(r->template) >= sizeof(base))
			return -ENAMETOOLONG;
		strcpy(base, r->template);
	}
	if (r->by_size && (count || width))
		snprintf(number, sizeof(number), "%0*u", width, count);

	size_t stem = skw_out_name_stem(base);
	if (stem + strlen(number) + strlen(base + stem) >= size)
		return -ENAMETOOLONG;
	snprintf(name, size, "%.*s%s%s", (int)stem, base, number, base + stem);
	return 0;
}

unsigned skw_rotate_next(const struct skw_rotate *r, unsigned count)
{
	return r->files && count + 1 >= r->files ? 0 : count + 1;
}

static struct skw_rotate rotate_of_plan(const struct skw_file_plan *plan)
{
	return (struct skw_rotate){ .template = plan->name,
				    .by_time = plan->rotate_s != 0,
				    .by_size = plan->rotate_bytes != 0,
				    .files = plan->files_max };
}

int skw_rotate_plan_name(const struct skw_file_plan *plan, const struct skw_file_id *id,
			 char name[PATH_MAX])
{
	const struct skw_rotate rotate = rotate_of_plan(plan);

	return skw_rotate_name(&rotate, (time_t)id->start_s, (unsigned)id->number, name, PATH_MAX);
}

uint64_t skw_rotate_plan_next(const struct skw_file_plan *plan, uint64_t number)
{
	const struct skw_rotate rotate = rotate_of_plan(plan);

	return skw_rotate_next(&rotate, (unsigned)number);
}

bool skw_rotate_plan_over(const struct skw_file_plan *plan, uint64_t files)
{
	return plan->rotate_s && !plan->rotate_bytes && plan->files_max && files >= plan->files_max;
}
