// SPDX-License-Identifier: BSD-2-Clause
#include "view/choice.h"

#include "expr/expr.h"

int skw_choice_expr_about(const struct skw_expr_subject *subject, const char *option,
			  const char *text, const struct skw_expr_names *names,
			  struct skw_expr **out, struct skw_error *err)
{
	struct skw_error why = { 0 };
	int ret = skw_expr_parse_about(subject, text, names, out, &why);

	if (ret && why.usage)
		return skw_error_usage(err, "%s: %s", option, why.text);
	return ret ? skw_error_set(err, ret, "%s: out of memory", option) : 0;
}

int skw_choice_expr(const char *option, const char *text, const struct skw_expr_names *names,
		    struct skw_expr **out, struct skw_error *err)
{
	return skw_choice_expr_about(&skw_expr_rows, option, text, names, out, err);
}

int skw_choice_take(struct skw_choice *choice, const struct skw_choice_words *words,
		    struct skw_error *err)
{
	struct skw_view_options *view = &choice->view;

	if (words->sort) {
		bool turned = words->sort[0] == '-';

		if (!skw_view_sort_find(words->sort + turned, &view->sort))
			return skw_error_usage(err,
					       "-s %s: not a field to sort by; skwatch top --help "
					       "lists the fields",
					       words->sort);
		view->ascending = turned;
	}
	if (words->group && !skw_group_find(words->group, &view->group))
		return skw_error_usage(err,
				       "-g %s: not process, pid, remote, port, cgroup, netns or "
				       "state",
				       words->group);
	if (!words->filter)
		return 0;
	int ret = skw_choice_expr("-f", words->filter, words->names, &choice->filter, err);

	view->filter = choice->filter;
	return ret;
}

void skw_choice_free(struct skw_choice *choice)
{
	skw_expr_free(choice->filter);
	choice->filter = NULL;
	choice->view.filter = NULL;
}

void skw_choice_help(struct skw_buf *out)
{
	skw_buf_add_str(out, "\nFields:\n");
	skw_expr_help(out);
}
