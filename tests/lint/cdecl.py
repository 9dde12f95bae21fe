# SPDX-License-Identifier: BSD-2-Clause
"""Lists the declarations of a C file outside functions, as clang-format has formatted them."""
import re
from collections import namedtuple

import rooms

# kind: function, object, typedef, tag (a struct, enum or union with its body), forward (one
# without), enumerator, macro. is_defined: a function has its body here. is_static: as in C.
Name = namedtuple("Name", "line kind name is_defined is_static")

ATTRIBUTE = re.compile(r"__attribute__ *\(\((?:[^()]|\([^()]*\))*\)\)|SKW_CLEANUP\([^()]*\)")
TAG = re.compile(r"(?:typedef )?(?:static |const |extern )*(struct|enum|union)(?: (\w+))?$")
DEFINE = re.compile(r"[ \t]*#[ \t]*define[ \t]+(\w+)")


def names(path):
    text = rooms.without_comments(path)
    yield from macros(text)
    text = re.sub(r"(?m)^[ \t]*#(?:[^\n]*\\\n)*[^\n]*", blank, text)
    text = ATTRIBUTE.sub(blank, text)
    yield from declarations(text)


def functions(path):
    """Number of its first line and lines of each function's body. clang-format puts the braces
    of functions, and of nothing else, at the start of a line."""
    start, body = None, []
    for number, line in enumerate(rooms.without_comments(path).split("\n"), 1):
        if line == "{":
            start, body = number, []
        if start:
            body.append(line)
        if start and line.startswith("}"):
            yield start, body
            start = None


def blank(match):
    return re.sub(r"[^\n]", " ", match.group(0))


def macros(text):
    for number, line in enumerate(text.split("\n"), 1):
        found = DEFINE.match(line)
        if found:
            yield Name(number, "macro", found.group(1), True, False)


def end_of_braces(text, at):
    depth = 0
    for found in re.compile(r"[{}]").finditer(text, at):
        depth += 1 if found.group(0) == "{" else -1
        if depth == 0:
            return found.end()
    return len(text)


def declarations(text):
    """Reads the text before each semicolon and before each body in braces, outside of bodies."""
    head, at, line = "", 0, 1
    for found in iter(lambda: re.compile(r"[;{]").search(text, at), None):
        part = text[at:found.start()]
        if not head.strip():
            line = text.count("\n", 0, found.start()) - part.lstrip().count("\n") + 1
        head += part
        code, at = " ".join(head.split()), found.end()
        if found.group(0) == ";":
            yield from declared(line, code, False)
            head = ""
            continue
        at = end_of_braces(text, found.start())
        tag = TAG.match(code)
        if tag:
            # An object of this type may follow its body.
            yield from body(line, tag, text[found.end():at - 1])
            head = "struct "
        elif "=" not in code:
            yield from declared(line, code, True)
            head = ""


def body(line, tag, text):
    if tag.group(2):
        yield Name(line, "tag", tag.group(2), True, False)
    if tag.group(1) != "enum":
        return
    depth, at = 0, 0
    for found in re.compile(r"[(),]|$").finditer(text):
        depth += {"(": 1, ")": -1}.get(found.group(0), 0)
        if found.group(0) in ("", ",") and not depth:
            word = re.match(r"\s*(\w+)", text[at:found.start()])
            if word:
                yield Name(line, "enumerator", word.group(1), True, False)
            at = found.end()


def declared(line, head, is_defined):
    is_static = "static" in head.split()
    head = head.split("=")[0].strip()
    forward = re.match(r"(?:struct|enum|union) (\w+)$", head)
    function = re.search(r"(\w+) ?\(", head)
    if head in ("", "struct") or head.startswith(("_Static_assert", "static_assert")):
        return
    if forward:
        yield Name(line, "forward", forward.group(1), False, False)
    elif head.startswith("typedef"):
        pointer = re.search(r"\( ?\*(\w+)\)", head)
        name = pointer or function or re.search(r"(\w+)(?:\[.*\])?$", head)
        yield Name(line, "typedef", name.group(1), True, False)
    elif function and "(*" not in head[:function.end() + 1]:
        yield Name(line, "function", function.group(1), is_defined, is_static)
    else:
        for part in re.sub(r"\(.*?\)|\[.*?\]", "", head).split(","):
            name = re.search(r"(\w+)$", part.strip())
            if name:
                yield Name(line, "object", name.group(1), True, is_static)
