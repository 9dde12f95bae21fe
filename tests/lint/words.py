#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Comments and documents use plain words.

A reader who is no native speaker should understand a comment on the first reading. A program
can't judge that, but it can find the worst kinds: sentences whose subject is a bare pronoun, and
words that are old-fashioned or hide the subject.
"""
import re

import lintlib

# A comment or a sentence with one of these beginnings has no named subject.
# Pattern -> an example that it must find, and a good sentence that it must not find.
BEGINNINGS = {
    r"(What|Whatever)\b": ("What is refused is left out.", "The parts that are refused."),
    r"(Who|Whose|Whom|Whoever)\b": ("Who holds it may close it.", "The owner may close it."),
    r"(Those|Nobody|Nowhere)\b": ("Those that fail are tried again.", "These tests need root."),
    r"One (that|who|whose|which|is|has|may|can|must|more|too)\b":
        ("One that has gone has no rows.", "One byte is enough."),
    r"(Some|None) (is|are|has|have|was|were|may|can|must|do|does)\b":
        ("None is left.", "None of them is required."),
}

# Comments and documents don't use these words at all.
WORDS = {
    r"\b(shall|whom|whoever|whosoever|whence|whither|thence|hitherto|thereof|lest)\b":
        ("It shall not block.", "It must not block."),
    r"\b(folks?|naught|nought|ere|albeit|anew)\b": ("Draws it anew.", "Draws it again."),
    r"\bso many\b(?! \w+ that\b)": ("Waits for so many packets.", "There are so many rows that"),
    r"\bnobody's\b|\bothers'(?! \w)": ("Its result is nobody's.", "It keeps the others' flags."),
    r"\bone's\b": ("It has bytes of one's own.", "It has its own bytes."),
    r"\b(he|she|him|his|hers?)\b": ("The user has his own file.", "Users have their own file."),
}

C_COMMENT = re.compile(r'"(?:\\.|[^"\\\n])*"|/\*(.*?)\*/|//([^\n]*)', re.S)
DOCSTRING = re.compile(r'"""(.*?)"""', re.S)
HASH_COMMENT = re.compile(r"((?:^[ \t]*(?:#|dnl\b)(?!!).*\n)+)", re.M)
DOCUMENTS = {".md", ".8"}
UNCHECKED = {"COPYING"}


def parts(path):
    """Yields (line number, text) of each comment, or of each line of a document."""
    text = path.read_text(encoding="utf-8", errors="replace")
    if path.suffix in DOCUMENTS or path.name == "NEWS":
        yield from enumerate(text.splitlines(), 1)
        return
    patterns = [C_COMMENT] if path.suffix in {".c", ".h"} else [HASH_COMMENT]
    if path.suffix == ".py":
        patterns.append(DOCSTRING)
    for pattern in patterns:
        for found in pattern.finditer(text):
            comment = next((group for group in found.groups() if group), "")
            yield text.count("\n", 0, found.start()) + 1, plain(comment)


def plain(comment):
    """Returns a comment's text on one line, without comment marks."""
    lines = [re.sub(r"^\s*(\*|#|dnl\b)?\s*", "", line) for line in comment.split("\n")]
    return re.sub(r"SPDX-License-Identifier:.*?(\.h|-Clause)\b", "", " ".join(lines)).strip()


def faults(text, is_comment):
    """Yields the words of a text that should be replaced."""
    if is_comment:
        for pattern in BEGINNINGS:
            first = re.match(pattern, text, re.I)
            later = re.search(r"[.;:?!] +(?=%s)(\w+ \w+)" % pattern, text)
            if first:
                yield first.group(0)
            if later:
                yield later.group(later.lastindex)
    for pattern in WORDS:
        found = re.search(pattern, text, re.I)
        if found:
            yield found.group(0)


def plain_words(top):
    for path in lintlib.files(top):
        is_document = path.suffix in DOCUMENTS or path.name == "NEWS"
        if path.name in UNCHECKED or not (is_document or lintlib.is_code(path)):
            continue
        for number, text in parts(path):
            for fault in faults(text, not is_document):
                yield '%s:%d: "%s" is not plain; name the subject, and use common words' % (
                    path.relative_to(top), number, fault)


def patterns_work(_):
    for table, is_comment in ((BEGINNINGS, True), (WORDS, False)):
        for pattern, (bad, good) in table.items():
            if not list(faults(bad, is_comment)):
                yield "%s does not find: %s" % (pattern, bad)
            if list(faults(good, True)):
                yield "%s finds: %s" % (pattern, good)


lintlib.run({
    plain_words: "comments and documents use plain words",
    patterns_work: "each pattern finds its example and nothing else",
})
