# SPDX-License-Identifier: BSD-2-Clause
"""A good tree that every check accepts, and faults that each make one check refuse it."""
SPDX = "// SPDX-License-Identifier: BSD-2-Clause\n"
DUAL = "// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause\n"
SHELL = "#!/bin/sh\n# SPDX-License-Identifier: BSD-2-Clause\ncat <<'E'\n%sE\n"
HELP = SHELL % "Commands:\n  capture  x\n\n%s"


def call(*names):
    """A function that calls others, which the compiler can't do without."""
    return "".join("int %s(int);\n" % name for name in names) + (
        "int skw_bad(int x);\nint skw_bad(int x)\n{\n\treturn %s;\n}\n" % " + ".join(
            "%s(x)" % name for name in names))


def lines(count):
    """A function whose body has `count` lines, braces included."""
    return SPDX + "int skw_bad(int x)\n{\n%s\treturn x;\n}\n" % ("\tx++;\n" * (count - 3))


LEVELS = SPDX + """int skw_bad(int x)
{
	while (x) {
		if (x < 3) {
			for (int i = 0; i < x; i++)
%s		}
	}
	return x;
}
"""

RESULT = SPDX + "int skw_bad(int x)\n{\n\tint %s = x + 1;\n\n\treturn %s;\n}\n"
UNUSED = "int %s(int x)\n{\n\treturn 1;\n}\n"

GOOD = {
    "src/filter/good.h": SPDX + '#include "model/good.h"\n',
    "src/filter/good.c": SPDX + '#include "filter/good.h"\n\n#include <pcap/pcap.h>\n\n'
                                '/* printf() in a comment calls nothing. */\n',
    "src/kern/good.h": SPDX + "#include <bpf/libbpf.h>\n",
    "src/session/good.h": SPDX + '#include "capture/good.h"\n\n#include <pcap/dlt.h>\n',
    "src/capture/good.h": SPDX + '#include "kern/good.h"\n',
    "src/model/good.h": SPDX + "#pragma once\nstruct skw_row {\n\tint figure;\n};\n",
    "src/util/buf.h": SPDX + "int skw_buf_len(const char *text);\n",
    "src/util/buf.c": SPDX + '#include "util/buf.h"\n\n#include <string.h>\n\n'
                             "int skw_buf_len(const char *text)\n{\n"
                             "\treturn (int)strlen(text);\n}\n",
    "src/util/clock.h": SPDX + "long skw_clock_now(void);\n",
    "src/util/clock.c": SPDX + '#include "util/clock.h"\n\n#include <time.h>\n\n'
                               "long skw_clock_now(void)\n{\n\treturn time(NULL);\n}\n",
    # Dissectors call in a circle.
    "src/dissect/dissect.h": SPDX + "int skw_dissect_packet(int depth);\n",
    "src/dissect/dissect.c": SPDX + '#include "dissect/dissect.h"\n\n#include "dissect/ip/ipv4.h"\n\n'
                                    "int skw_dissect_packet(int depth)\n{\n"
                                    "\treturn skw_ipv4_header(depth - 1);\n}\n",
    "src/dissect/ip/ipv4.h": SPDX + "int skw_ipv4_header(int depth);\n",
    "src/dissect/ip/ipv4.c": SPDX + '#include "dissect/ip/ipv4.h"\n\n'
                                    '#include "dissect/dissect.h"\n\n'
                                    "int skw_ipv4_header(int depth)\n{\n"
                                    "\treturn depth > 0 ? skw_dissect_packet(depth) : 0;\n}\n",
    "src/table/table.h": SPDX + """#pragma once
#include "model/good.h"

#define SKW_TABLE_MOST 3

struct skw_table;

enum skw_table_order { SKW_TABLE_UP, SKW_TABLE_DOWN = (1 << 1) };

int skw_table_len(const struct skw_table *t, const struct skw_row *row);
/* For tests. */
int skw_table_cells(int x);

static inline int skw_table_most(void)
{
	return SKW_TABLE_MOST;
}
""",
    # Just within the caps.
    "src/table/table.c": SPDX + """#include "table/table.h"

struct skw_table {
	int len, last;
};

int skw_table_len(const struct skw_table *t, const struct skw_row *row)
{
	if (t->len) {
		for (int i = 0; i < t->len; i++)
			if (skw_table_cells(row->figure) + skw_table_cells(t->last) + t->last ==
				    i &&
			    i)
				return i;
	}
	return t->len;
}

int skw_table_cells(int x)
{
%s	return x;
}
""" % ("\tx++;\n" * 57),
    "src/view/view.h": SPDX + '#include "view/order.h"\n\nint skw_view_rows(void);\n',
    "src/view/view.c": SPDX + '#include "view/view.h"\n\n#include "table/table.h"\n'
                              '#include "util/buf.h"\n\n'
                              "int skw_view_rows(void)\n{\n"
                              "\tstatic const struct skw_row row = { 1 };\n"
                              '\tint ret = skw_order_by(skw_buf_len("x"));\n\n'
                              "\tret += skw_table_len((void *)&row, &row);\n"
                              "\treturn ret + skw_table_most() + SKW_TABLE_DOWN;\n}\n",
    "src/view/order.h": SPDX + "int skw_order_by(int column);\n",
    "src/view/order.c": SPDX + '#include "view/order.h"\n\n#include <stdlib.h>\n\n'
                               "int skw_order_by(int column)\n{\n\treturn abs(column);\n}\n",
    "src/sink/rows.h": SPDX + "int skw_rows_write(void);\n",
    "src/sink/rows.c": SPDX + '#include "sink/rows.h"\n\n#include <stdio.h>\n\n'
                              '#include "dissect/dissect.h"\n#include "util/clock.h"\n'
                              '#include "view/view.h"\n\nint skw_rows_write(void)\n{\n'
                              '\treturn printf("%d %ld", skw_view_rows(), skw_clock_now()) + '
                              "skw_dissect_packet(1);\n}\n",
    "src/session/show.h": SPDX + "int skw_show_rows(void);\n",
    "src/session/show.c": SPDX + '#include "session/show.h"\n\n#include "sink/rows.h"\n\n'
                                 "int skw_show_rows(void)\n{\n"
                                 "\treturn skw_rows_write();\n}\n",
    "src/cmd/top.h": SPDX + "int skw_top_run(void);\n",
    "src/cmd/top.c": SPDX + '#include "cmd/top.h"\n\n#include "session/show.h"\n\n'
                            "int skw_top_run(void)\n{\n\treturn skw_show_rows();\n}\n",
    "src/main.c": SPDX + '#include "cmd/top.h"\n\nint main(void)\n{\n'
                         "\treturn skw_top_run();\n}\n",
    "tests/unit/test_table.c": SPDX + '#include "table/table.h"\n\nint main(void)\n{\n'
                                      "\treturn skw_table_cells(0) != 57;\n}\n",
    "bench/table.c": SPDX + "int main(void)\n{\n\treturn 0;\n}\n",
    "bpf/good.bpf.c": DUAL,
    "bpf/vmlinux.h": DUAL + "\n" * 600,
    "man/skwatch-capture.8": '.\\" SPDX-License-Identifier: BSD-2-Clause\n.Dd November 20, 2026\n'
                             ".Dt X 8\n.Os\n.Sh NAME\n.Nm x\n.Nd y\n.Sh DESCRIPTION\n"
                             ".Bl -tag -width Ds\n.It Fl w , -write Ar file\nx\n.El\n",
    "completions/skwatch": "_skwatch_capture_options='-w --write'\n",
    "completions/_skwatch": "_skwatch_capture() {\n\techo {-w,--write}\n}\n",
    "program": HELP % "  -w, --write FILE  x\n",
    "README.md": "Sees what the network does.\n",
}

GOOD["Makefile.am"] = "# SPDX-License-Identifier: BSD-2-Clause\nEXTRA_DIST = %s\n" % " ".join(
    name for name in GOOD if name.endswith(".h"))

# Faults: the script, the number of its check that must complain, and the file or files to add to
# the good tree with their text.
FAULTS = [
    ("arrows.py", 1, "src/pcap/bad.c", SPDX + '#include "filter/good.h"\n'),
    ("arrows.py", 1, "src/kern/bad.c", SPDX + '#include "session/good.h"\n'),
    ("arrows.py", 1, "src/cmd/bad.c", SPDX + '#include "kern/good.h"\n'),
    ("arrows.py", 1, "src/util/bad.c", SPDX + '#include "model/good.h"\n'),
    ("arrows.py", 1, "src/out/bad.c", SPDX + '#include "../util/buf.h"\n'),
    ("arrows.py", 1, "src/capture/bad.c", SPDX + '#include "sink/rows.h"\n'),
    ("arrows.py", 1, "src/dissect/app/bad.c", SPDX + '#include "table/table.h"\n'),
    ("arrows.py", 1, "src/row/bad.c", SPDX + '#include "dissect/ip/ipv4.h"\n'),
    ("arrows.py", 1, "src/sink/bad.c", SPDX + '#include "dissect/ip/ipv4.h"\n'),
    ("arrows.py", 1, "src/cellar/bad.c", SPDX),
    ("arrows.py", 1, "src/dissect/cellar/bad.c", SPDX),
    ("arrows.py", 2, "src/view/order.h", SPDX + '#include "view/view.h"\n'),
    ("arrows.py", 3, "src/filter/good.c", SPDX + '#include <stdio.h>\n#include "filter/good.h"\n'),
    ("arrows.py", 4, "src/session/bad.c", SPDX + "#include <bpf/libbpf.h>\n"),
    ("arrows.py", 4, "src/session/bad.c", SPDX + '#include "bpf/capture.skel.h"\n'),
    ("arrows.py", 4, "src/out/bad.c", SPDX + "#include <pcap/pcap.h>\n"),
    ("arrows.py", 4, "src/dissect/ip/bad.c", SPDX + "#include <pcap.h>\n"),
    ("arrows.py", 4, "src/view/bad.c", SPDX + "#include <jansson.h>\n"),

    ("symbols.py", 1, "src/row/bad.c", SPDX + "#error\n"),
    ("symbols.py", 2, "src/view/order.c", SPDX + GOOD["src/view/order.c"].replace(
        "abs(", "skw_view_rows() + (").replace("view/order", "view/view")),
    ("symbols.py", 3, "src/table/bad.c", SPDX + call("skw_order_by")),
    ("symbols.py", 3, "src/out/bad.c", SPDX + call("skw_ipv4_header")),
    ("symbols.py", 3, "src/sink/bad.c", SPDX + call("skw_ipv4_header")),
    ("symbols.py", 4, "src/row/bad.c", SPDX + call("puts")),
    ("symbols.py", 4, "src/row/bad.c", SPDX + call("fread")),
    ("symbols.py", 4, "src/pcap/bad.c", SPDX + call("fopen")),
    ("symbols.py", 4, "src/filter/bad.c", SPDX + call("time")),
    ("symbols.py", 4, "src/dissect/ip/bad.c", SPDX + call("getenv")),
    ("symbols.py", 4, "src/table/bad.c", SPDX + call("skw_clock_now")),
    ("symbols.py", 4, "src/util/buf.c", SPDX + call("write")),

    ("caps.py", 1, ["src/dissect/ip/bad%d.c" % n for n in range(25)], SPDX),
    ("caps.py", 1, "src/table/bad.c", SPDX + "\n" * 4000),
    ("caps.py", 1, "src/verbs/bad.h", SPDX + "\n" * 1200),
    ("caps.py", 2, "src/out/bad.c", lines(61)),
    ("caps.py", 2, "src/out/bad.h", lines(61)),
    ("caps.py", 3, "src/out/bad.c", LEVELS % "\t\t\t\tif (i)\n\t\t\t\t\tx--;\n"),
    ("caps.py", 3, "src/out/bad.c", LEVELS % "\t\t\t\tif (i) {\n\t\t\t\t\tx--;\n\t\t\t\t}\n"),

    ("names.py", 1, "src/table/bad.h", SPDX + "int skw_other_len(int x);\n"),
    ("names.py", 1, "src/table/bad.h", SPDX + "int len(int x);\n"),
    ("names.py", 1, "src/table/bad.h", SPDX + "extern const int skw_other_len;\n"),
    ("names.py", 1, "src/view/bad.h", SPDX + "struct skw_row;\nint skw_row_len(struct skw_row *);\n"),
    ("names.py", 2, "src/sink/table.h", SPDX + "int skw_table_rows(int x);\n"),
    ("names.py", 3, "src/view/bad.c", SPDX + "struct skw_table {\n\tint x;\n};\n"),
    ("names.py", 3, "src/view/bad.h", SPDX + "#define SKW_TABLE_MOST 3\n"),
    ("names.py", 3, "src/view/bad.h", SPDX + "enum { SKW_VIEW_X, SKW_TABLE_DOWN };\n"),
    ("names.py", 4, "src/view/bad.c", RESULT % ("err", "err")),
    ("names.py", 4, "src/view/bad.c", RESULT % ("x2, rc", "rc")),
    ("names.py", 5, "src/view/bad.h", SPDX + "int skw_view_bad(void);\n"),
    ("names.py", 5, "src/view/view.c",
     GOOD["src/view/view.c"].replace("return ret", "return 1").replace("skw_order_by", "")),
    ("names.py", 5, "src/table/table.h", GOOD["src/table/table.h"].replace("For tests", "It's")),

    ("analysis.py", 1, "src/view/bad.c", SPDX + UNUSED % "skw_bad"),
    ("analysis.py", 1, "src/table/table.h",
     GOOD["src/table/table.h"] + "static inline " + UNUSED % "skw_table_bad"),
    ("analysis.py", 1, "tests/unit/bad.c", SPDX + UNUSED % "bad"),
    ("analysis.py", 1, "bench/bad.c", SPDX + UNUSED % "bad"),
    ("analysis.py", 2, "tests/unit/bad.c",
     SPDX + "int bad(void)\n{\n\tint a[2] = { 0 };\n\n\treturn a[2];\n}\n"),

    ("files.py", 1, "src/out/bad.c", SPDX + "\n" * 500),
    ("files.py", 1, "src/cmd/bad.c", SPDX + "\n" * 300),
    ("files.py", 1, "scripts/bad", "#!/bin/sh\n# SPDX-License-Identifier: BSD-2-Clause\n" * 251),
    ("files.py", 2, "src/out/bad.c", "int x;\n"),
    ("files.py", 2, "scripts/bad", "#!/bin/sh\n"),
    ("files.py", 2, "man/bad.8", ".Dd today\n"),
    ("files.py", 2, "bpf/bad.bpf.c", SPDX),
    ("files.py", 2, "src/out/bad.c", DUAL),
    ("files.py", 3, "doc/bad.md", "see /" + "home/somebody/notes\n"),
    ("files.py", 3, "README.md", "in /" + "root/src\n"),
    ("files.py", 4, "src/out/bad.c", SPDX + "int x; \n"),
    ("files.py", 4, "src/out/bad.c", SPDX + "int x;"),
    ("files.py", 5, "src/out/bad.h", SPDX),
    ("words.py", 1, "src/out/bad.c", SPDX + "int x; /* What is left is shut. */\n"),
    ("format.py", 1, "src/out/bad.c", SPDX + "int  x ;\n"),
    ("manual.py", 1, "man/bad.8", ".Dd x\n.Dt X 8\n.Xx\n"),
    ("manual.py", 2, "program", HELP % "  -w, --write FILE  x\n      --new  y\n"),
    ("manual.py", 2, "program", HELP % ""),
    ("manual.py", 2, "program", HELP % "  -v, --write FILE  x\n"),
    ("manual.py", 2, "program", SHELL % "  -w, --write FILE  x\n"),
    ("manual.py", 2, "program",
     SHELL % "Commands:\n  capture  x\n  top  x\n\n  -w, --write FILE  x\n"),
    ("manual.py", 3, "completions/skwatch", "_skwatch_capture_options='-w --write'\nif\n"),
    ("manual.py", 4, "completions/_skwatch", "_skwatch_capture() {\n{-w,--write}\n}\nif\n"),
]
