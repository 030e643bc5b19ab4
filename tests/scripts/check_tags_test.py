#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""scripts/check_tags.py reports each violation that is planted, and nothing else."""

import unittest

from planted import PlantedCase

ANY_YES = "/// It.\n/// Thread: any. Realtime-safe: yes.\n"
ANY_NO = "/// It.\n/// Thread: any. Realtime-safe: no.\n"
MEDIA = "/// It.\n/// Thread: media. Realtime-safe: yes.\n"


class Tags(PlantedCase):
    script = "check_tags.py"

    def in_header(self, text):
        return {"include/barge/x.hpp": f"#pragma once\nBARGE_NAMESPACE_BEGIN\n{text}\n"
                                       "BARGE_NAMESPACE_END\n"}

    def clean(self, text):
        self.assert_clean(self.in_header(text))

    def reported(self, text, *expected):
        self.assert_reported(self.in_header(text), *expected)

    def test_a_function_without_tags(self):
        self.reported("\nBARGE_API int f(int x = 3);\n", r"^include/barge/x\.hpp:4: `f`: has no tags")
        self.reported("/// It.\nint f();", r":4: `f`: has no tags")
        self.reported("template <class T>\nconstexpr T f(T x) {\n  return T{x};\n}", r":3: `f`: has")
        self.reported("bool operator==(A a, B b) noexcept;", r"`operator==`: has no tags")
        self.clean(ANY_YES + "template <class T>\nconstexpr T f(T x) {\n  return T{x};\n}")

    def test_tags_must_be_the_declarations_own(self):
        self.reported(ANY_NO + "int f();\nint g();", r":6: `g`: has no tags")
        self.reported(ANY_NO + "\nint g();", r":6: `g`: has no tags")

    def test_half_a_tag_and_a_wrong_word(self):
        self.reported("/// Thread: any.\nint f();", r"`f`: expected the tag `Realtime-safe: yes\|no")
        self.reported("/// Thread: main. Realtime-safe: no.\nint f();",
                      r"`f`: expected the tag `Thread: .*, found `main`")

    def test_a_media_function_is_barge_realtime(self):
        self.clean(MEDIA + "bool f(int x) BARGE_REALTIME;")
        self.reported(MEDIA + "bool f(int x) noexcept;", r"`f`: `Thread: media\.` but not BARGE_REAL")

    def test_a_realtime_safe_function_cannot_throw(self):
        self.reported(ANY_YES + "int f();", r"`f`: `Realtime-safe: yes\.` but not")
        self.clean(ANY_YES + "int f() noexcept;\n" + ANY_YES + "constexpr int g() { return 1; }")

    def test_barge_realtime_is_tagged_so(self):
        self.reported(ANY_NO + "int f() BARGE_REALTIME;", r"`f`: BARGE_REALTIME but tagged otherwise")

    def test_members(self):
        self.reported("class BARGE_API A {\n public:\n  explicit A(int x);\n  ~A();\n"
                      "  A(A&&) noexcept;\n  A& operator=(A&& other) noexcept;\n"
                      "  A(const A&) = delete;\n  int f() const;\n private:\n  int g();\n"
                      "  int x_ = int(3);\n};",
                      r":5: `A`: has no tags", r":10: `f`: has no tags")
        self.reported("struct A {\n  int f();\n};", r":4: `f`: has no tags")
        self.reported("class A : public B<int> {\n public:\n  A(int x) : x_{x}, y_(x) { h(); }\n"
                      "  virtual int f() = 0;\n  int g() override;\n};",
                      r":5: `A`: has no tags", r":6: `f`: has no tags")

    def test_tags_of_a_class_hold_for_what_is_defined_inside_it(self):
        start = ANY_NO + "class A {\n public:\n  int f() const { return x_; }\n"
        self.clean(start + "};")
        self.reported(start + "  int g() const;\n};", r":8: `g`: has no tags")
        self.reported(ANY_YES + "class A {\n public:\n  int f() { return 1; }\n};",
                      r":7: `f`: `Realtime-safe: yes")

    def test_what_is_no_public_function(self):
        self.clean("static_assert(f(1) == 2);\nusing F = int (*)(int);\nenum class E { a, b = f(1) };\n"
                   "inline constexpr auto x = g(1);\nstruct S {\n  int x{1};\n  int y = f(2);\n"
                   '  const char* z = "int f();";\n  // int f();\n};\n'
                   "#define M(x) \\\n  int f(x);\nnamespace detail {\nint f();\n}")

    def test_a_tree_without_headers_is_no_success(self):
        self.assertEqual(1, self.run_on({"src/a.cpp": ""})[0])


if __name__ == "__main__":
    unittest.main()
