# SPDX-License-Identifier: BSD-2-Clause
# Makes a C string of a text in ASCII: awk -v name=NAME -f embed.awk FILE. Lines that begin with the
# notice of a licence, and blanks before a line, are left out.
BEGIN { printf "static const char %s[] =\n", name }
/SPDX-License-Identifier/ { next }
{
	sub(/^[ \t]+/, "")
	gsub(/\\/, "&&")
	gsub(/"/, "\\\\&")
	if ($0 != "")
		printf "\t\"%s\\n\"\n", $0
}
END { print "\t\"\";" }
