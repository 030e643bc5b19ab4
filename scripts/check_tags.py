#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Checks the thread and real-time tags of every public function of barge.

usage: check_tags.py [ROOT]

Each function that include/barge/*.hpp declares says in its doc comment `Thread: media|control|any.`
and `Realtime-safe: yes|no.`, and the signature agrees: a function of the media thread is
BARGE_REALTIME, a real-time safe one BARGE_REALTIME, noexcept or constexpr, a BARGE_REALTIME one is
tagged real-time safe and not for control.

Tags in a class's doc comment hold for its members that have no tags of their own and are defined
inside the class. An override without tags has those of the function it overrides. Defaulted and
deleted functions, destructors, copying and moving need none.

Prints `file:line: what` for each violation; exit status 1 if there is one.
"""

import re
import sys
from pathlib import Path

THREAD = re.compile(r"\bThread: (\w+)\.")
REALTIME = re.compile(r"\bRealtime-safe: (\w+)\.")
# One token of C++ as far as this check cares; a comment, string or directive is a single token.
TOKEN = re.compile(
    r"""(?P<comment>//[^\n]*|/\*.*?\*/)
      | (?P<directive>^[ \t]*\#(?:[^\n]*\\\n)*[^\n]*)
      | (?P<string>R"(?P<tag>[^(\s]*)\(.*?\)(?P=tag)"|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])+')
      | (?P<word>[A-Za-z_]\w*)
      | (?P<space>\s+)
      | (?P<other>\d[\w.']*|::|.)""",
    re.VERBOSE | re.DOTALL | re.MULTILINE)
ACCESS = {"public", "protected", "private"}


class Tags:
    def __init__(self, doc):
        thread, realtime = THREAD.search(doc), REALTIME.search(doc)
        self.thread = thread[1] if thread else None
        self.realtime = realtime[1] if realtime else None


class Scope:
    """A namespace or a class whose members are being read."""

    def __init__(self, kind, public, doc=""):
        self.kind, self.public, self.doc = kind, public, doc


class Header:
    def __init__(self, path, shown):
        self.shown = shown
        self.violations = []
        self.tokens = []
        line = 1
        for match in TOKEN.finditer(path.read_text(encoding="utf-8")):
            if match.lastgroup != "space" and match["directive"] is None:
                kind = "comment" if match["comment"] else "word" if match["word"] else "other"
                text = match[0]
                if not re.fullmatch(r"BARGE_NAMESPACE_(BEGIN|END)", text):
                    self.tokens.append((kind, text, line))
            line += match[0].count("\n")
        self.at = 0

    def check(self):
        self.read_scope(Scope("namespace", True))
        return self.violations

    def read_scope(self, scope):
        """Reads declarations up to the scope's closing brace or the end of the file."""
        while self.at < len(self.tokens):
            if self.tokens[self.at][1] == "}":
                return
            self.read_declaration(scope)

    def read_declaration(self, scope):
        doc, head, depth, line = [], [], 0, None
        while self.at < len(self.tokens):
            kind, text, at_line = self.tokens[self.at]
            if kind == "comment":
                if not head and not text.startswith("///<"):
                    # A blank line, or anything else, between comment and declaration parts them.
                    if doc and doc[-1][1] + 1 != at_line:
                        doc = []
                    doc.append((text.lstrip("/ "), at_line))
                self.at += 1
                continue
            if text == "}" and depth == 0:
                return
            self.at += 1
            if line is None:
                line = at_line
            if text in ACCESS and not head and self.tokens[self.at][1] == ":":
                scope.public = text == "public"
                self.at += 1
                return
            depth += {"(": 1, "[": 1, ")": -1, "]": -1}.get(text, 0)
            if text == ";" and depth == 0:
                return self.finish(scope, self.doc_of(doc, line), head, line, inline=False)
            if text == "{" and depth == 0:
                if self.open_brace(scope, self.doc_of(doc, line), head, line):
                    return
                continue
            head.append(text)

    @staticmethod
    def doc_of(doc, line):
        return "\n".join(text for text, _ in doc) if doc and doc[-1][1] + 1 == line else ""

    def open_brace(self, scope, doc, head, line):
        """Reads a brace and what is in it; true if the declaration ends with it."""
        plain = self.without_template(head)
        keyword = next((w for w in plain if w in ("namespace", "class", "struct", "union", "enum")),
                       None) if "(" not in self.without_attributes(plain) else None
        if keyword == "namespace":
            hidden = bool({"detail", "internal"} & set(plain)) or len(plain) == 1
            self.read_scope(Scope("namespace", scope.public and not hidden))
            self.at += 1
            return True
        if keyword in ("class", "struct", "union"):
            self.read_scope(Scope("class", scope.public and keyword != "class", doc))
            self.at += 1
            self.skip_to_semicolon()
            return True
        self.skip_braces()
        if keyword == "enum":
            self.skip_to_semicolon()
            return True
        if self.is_function(head) and not self.in_initializer(head):
            self.finish(scope, doc, head, line, inline=True)
            return True
        head.append("{}")
        return False

    def skip_braces(self):
        depth = 1
        while depth and self.at < len(self.tokens):
            depth += {"{": 1, "}": -1}.get(self.tokens[self.at][1], 0)
            self.at += 1

    def skip_to_semicolon(self):
        while self.at < len(self.tokens) and self.tokens[self.at][1] != ";":
            self.at += 1
        self.at += 1

    @staticmethod
    def in_initializer(head):
        """Whether `name{` belongs to a constructor's initialiser list and not to its body."""
        depth = 0
        for i, text in enumerate(head):
            depth += {"(": 1, ")": -1}.get(text, 0)
            if text == ":" and depth == 0 and head[i - 1] in (")", "noexcept"):
                return re.fullmatch(r"\w+|>", head[-1]) is not None
        return False

    @staticmethod
    def without_template(head):
        head = list(head)
        while head and head[0] == "template":
            depth, end = 0, 1
            for end in range(1, len(head)):
                depth += {"<": 1, ">": -1}.get(head[end], 0)
                if depth == 0:
                    break
            head = head[end + 1:]
        return head

    @staticmethod
    def without_attributes(head):
        text = " ".join(head)
        return re.sub(r"(__attribute__|alignas|decltype) \( (\( .*? \)|[^()]*) \)", "", text).split()

    def is_function(self, head):
        head = self.without_attributes(self.without_template(head))
        if not head or head[0] in ("using", "typedef", "static_assert") or "(" not in head:
            return False
        if "operator" in head:
            return True
        first = head.index("(")
        name = head[first - 1] if first else ""
        return "=" not in head[:first] and re.fullmatch(r"[A-Za-z_]\w*", name) is not None

    @staticmethod
    def copies_or_moves(head):
        """Whether it is `X(X&&)`, `X(const X&)` or an assignment operator from X."""
        special = r"(\w+ & operator = |(explicit )?(\w+) )\( (const )?\w+ &( &)?( \w+)? \) ?(noexcept)?"
        match = re.fullmatch(special, " ".join(head))
        return match is not None and (match[3] is None or head.count(match[3]) == 2)

    def name_of(self, head):
        head = self.without_attributes(self.without_template(head))
        if "operator" in head:
            start = head.index("operator")
            stop = head.index("(", start + 2)
            return "operator" + "".join(head[start + 1:stop])
        return head[head.index("(") - 1]

    def finish(self, scope, doc, head, line, inline):
        if not scope.public or not self.is_function(head) or "~" in head:
            return
        tail = head[len(head) - 1 - head[::-1].index(")"):]
        if "default" in tail or "delete" in tail or self.copies_or_moves(head):
            return
        own = Tags(doc)
        if own.thread is None and own.realtime is None:
            if "override" in tail:
                return
            if inline:
                own = Tags(scope.doc)
        self.check_function(self.name_of(head), own, set(head), line)

    def check_function(self, name, tags, words, line):
        if tags.thread is None and tags.realtime is None:
            return self.report(line, name, "has no tags `Thread:` and `Realtime-safe:`")
        if tags.thread not in ("media", "control", "any"):
            self.report(line, name, "expected the tag `Thread: media|control|any.`", tags.thread)
        if tags.realtime not in ("yes", "no"):
            self.report(line, name, "expected the tag `Realtime-safe: yes|no.`", tags.realtime)
        marked = "BARGE_REALTIME" in words
        if tags.thread == "media" and not marked:
            self.report(line, name, "`Thread: media.` but not BARGE_REALTIME")
        if tags.realtime == "yes" and not words & {"BARGE_REALTIME", "noexcept", "constexpr"}:
            self.report(line, name,
                        "`Realtime-safe: yes.` but not BARGE_REALTIME, noexcept or constexpr")
        if marked and (tags.realtime == "no" or tags.thread == "control"):
            self.report(line, name, "BARGE_REALTIME but tagged otherwise")

    def report(self, line, name, message, found=None):
        suffix = f", found `{found}`" if found else ""
        self.violations.append(f"{self.shown}:{line}: `{name}`: {message}{suffix}")


def main():
    root = Path(sys.argv[1] if len(sys.argv) > 1 else Path(__file__).resolve().parent.parent)
    headers = sorted((root / "include/barge").glob("*.hpp"))
    if not headers:
        sys.exit(f"check_tags: no headers under `{root}/include/barge`")
    violations = []
    for path in headers:
        violations += Header(path, path.relative_to(root)).check()
    print(*violations, sep="\n", end="\n" if violations else "")
    return 1 if violations else 0


if __name__ == "__main__":
    sys.exit(main())
