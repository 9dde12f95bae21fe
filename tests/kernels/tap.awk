# SPDX-License-Identifier: BSD-2-Clause
#
# From what run-checks prints to numbered TAP. Variables: kernel (put in front
# of each name), number (the last one given), status (how the run ended),
# reason (why there was none; empty if there was).

function result(verdict, text)
{
	printf "%s %d - %s: %s\n", verdict, ++number, kernel, text
}

/^(not )?ok - / {
	verdict = /^not / ? "not ok" : "ok"
	sub(/^(not )?ok - /, "")
	results++
	failures += verdict == "not ok"
	result(verdict, $0)
	next
}

$1 == "begin" && NF == 2 {
	results = failures = 0
	last = $2
	printf "# %s: %s\n", kernel, $2
	next
}

# A check that ended early has said "ok" to too little.
$1 == "end" && NF == 3 {
	if ($3 == 143 || $3 == 137)
		result("not ok", $2 " was not over in time")
	else if ($3 != 0 && !failures)
		result("not ok", $2 " ended with status " $3)
	else if (!results)
		result("not ok", $2 " had no result")
	next
}

$1 == "finished" && NF == 1 {
	finished = 1
	next
}

{
	print /^#/ ? $0 : "# " $0
}

END {
	if (reason != "")
		result("ok", "all checks # SKIP " reason)
	else if (finished && status == 0)
		result("ok", "came to its end")
	else
		result("not ok", "came to its end (status " status \
		       (last == "" ? ", before the first check" : ", last in " last) ")")
}
