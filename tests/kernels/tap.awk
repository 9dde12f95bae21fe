# SPDX-License-Identifier: BSD-2-Clause
#
# Turns the output of run-checks into numbered TAP. The variables are kernel (put before each name),
# number (the last number used), status (the exit status of the run) and reason (why the run was
# skipped, or empty).

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

# A check that ends early has not printed all of its results.
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
