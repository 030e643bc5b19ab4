#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""scripts/check_layers.py reports each violation that is planted, and nothing else."""

import unittest

from planted import PlantedCase


class Layers(PlantedCase):
    script = "check_layers.py"

    def header(self, name, *includes, **more):
        files = {"include/barge/config.hpp": "#pragma once\n"}
        files[f"include/barge/{name}.hpp"] = "".join(f"#include {i}\n" for i in includes)
        files.update(more)
        return files

    def source(self, path, *includes):
        return {"include/barge/config.hpp": "", path: "".join(f"#include {i}\n" for i in includes)}

    def test_a_header_may_include_its_own_level_and_lower_ones(self):
        self.assert_clean(self.header("mode", "<barge/config.hpp>", "<barge/participant.hpp>",
                                      "<gsl/span>", "<cstdint>"))

    def test_a_header_may_not_include_a_higher_level(self):
        self.assert_reported(self.header("ids", "<cstdint>", "<barge/mode.hpp>"),
                             r"^include/barge/ids\.hpp:2: L0 `ids` includes L1 `mode`")

    def test_an_include_with_spaces_is_seen(self):
        files = {"include/barge/ids.hpp": "  #  include  <barge/mode.hpp>\n"}
        self.assert_reported(files, r"ids\.hpp:1: L0 `ids` includes L1 `mode`")

    def test_the_three_worlds_do_not_know_each_other(self):
        self.assert_reported(self.header("policy", "<barge/audit.hpp>"),
                             r"policy\.hpp:1: `policy` and `audit` must not know each other")

    def test_an_unknown_header_is_reported(self):
        self.assert_reported(self.header("surprise"), r"surprise\.hpp:1: `surprise` has no level")

    def test_media_is_guarded_against_what_reaches_it_through_others(self):
        files = self.header("media", "<barge/mode.hpp>")
        files["include/barge/mode.hpp"] = "#include <barge/ids.hpp>\n"
        files["include/barge/ids.hpp"] = "#include <string>\n#include <functional>\n"
        self.assert_reported(files, r"^include/barge/ids\.hpp:2: <functional> reaches media\.hpp "
                                    r"\(media\.hpp → mode\.hpp → ids\.hpp\)")

    def test_nothing_below_l4_prints_or_locks(self):
        self.assert_reported(self.header("bridge", "<mutex>"), r"bridge\.hpp:1: <mutex>: no threads")
        for path in ("src/bridge/a.cpp", "src/bridge.cpp", "src/media/a.hpp", "src/mix/a.cpp",
                     "src/policy/policy.cpp"):
            for include in ("<mutex>", "<thread>", "<iostream>", "<cstdio>"):
                self.assert_reported(self.source(path, include), rf"^{path}:1: {include}: no thr")
        self.assert_clean(self.source("src/audit/json_lines_sink.cpp", "<thread>"))

    def test_public_headers_use_two_headers_of_gsl(self):
        self.assert_reported(self.header("media", "<gsl/gsl>"), r"media\.hpp:1: <gsl/gsl>: not all")
        self.assert_reported(self.header("audio", "<gsl/pointers>"), r"audio\.hpp:1: <gsl/point")
        self.assert_reported(self.header("config", "<gsl/span>"), r"config\.hpp:1: <gsl/span>")
        self.assert_reported(self.header("audit", "<fmt/format.h>"), r"audit\.hpp:1: <fmt/format")

    def test_libraries_stay_where_they_belong(self):
        self.assert_clean(self.source("src/mix/a.cpp", "<hwy/highway.h>"))
        self.assert_reported(self.source("src/media/a.cpp", "<hwy/highway.h>"),
                             r"src/media/a\.cpp:1: <hwy/highway\.h>: only in src/mix")
        self.assert_reported(self.source("src/bridge/a.cpp", "<boost/asio.hpp>"),
                             r"src/bridge/a\.cpp:1: .*`boost` is no dependency")
        self.assert_reported(self.source("tests/unit/a.cpp", "<boost/asio.hpp>"),
                             r"tests/unit/a\.cpp:1: .*Boost stays under examples/")
        self.assert_clean(self.source("examples/sip_bridge/a.cpp", "<boost/asio.hpp>"))
        self.assert_reported(self.source("src/policy/policy.cpp", "<nlohmann/json.hpp>"),
                             r"src/policy/policy\.cpp:1: <nlohmann/json\.hpp>: only in")

    def test_sources_of_the_media_side_do_not_know_the_control_side(self):
        self.assert_reported(self.source("src/media/a.cpp", "<barge/policy.hpp>"),
                             r"src/media/a\.cpp:1: src/media must not know `policy`")
        files = self.source("src/mix/a.cpp", '"bridge/b.hpp"')
        files["src/bridge/b.hpp"] = ""
        self.assert_reported(files, r"src/mix/a\.cpp:1: src/mix includes from src/bridge")

    def test_the_umbrella_holds_exactly_the_core(self):
        files = {"include/barge/barge.hpp": "#include <barge/policy_document.hpp>\n",
                 "include/barge/ids.hpp": ""}
        self.assert_reported(files, r"barge\.hpp:1: <barge/policy_document\.hpp> does not belong",
                             r"barge\.hpp:1: <barge/ids\.hpp> is missing")

    def test_a_tree_without_headers_is_no_success(self):
        self.assertEqual(1, self.run_on({"src/a.cpp": ""})[0])


if __name__ == "__main__":
    unittest.main()
