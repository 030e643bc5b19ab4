# SPDX-License-Identifier: Apache-2.0
# How tests are declared, for barge and its examples. Labels: unit, behaviour, kernels, rt (real-time
# guard), threads (also run under ThreadSanitizer), fuzz, compile_fail, scripts, packaging, e2e (real
# phones, run alone), models (protocols explored by spin), long (only by scripts/test --long).
find_package(GTest CONFIG REQUIRED)
include(GoogleTest)

# <label>_tests builds the programs of a label, for builds that run no others.
foreach(label IN ITEMS unit behaviour kernels threads)
  add_custom_target(${label}_tests)
endforeach()

# barge_test(<name> SOURCES <file>... [LIBS <target>...] [LABELS <label>...])
# A GoogleTest program; each of its tests becomes a test of ctest. Without labels it is a unit test.
function(barge_test name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "SOURCES;LIBS;LABELS")
  if(NOT arg_LABELS)
    set(arg_LABELS unit)
  endif()
  add_executable(${name} ${arg_SOURCES})
  target_link_libraries(${name} PRIVATE barge::barge GTest::gmock_main ${arg_LIBS})
  set_target_properties(${name} PROPERTIES CXX_EXTENSIONS OFF)
  gtest_discover_tests(
    ${name} TEST_PREFIX "${name}." TEST_LIST ${name}_tests DISCOVERY_TIMEOUT 60)
  # gtest_discover_tests takes a list of labels apart, so they are set where ctest reads the tests.
  set(properties "${CMAKE_CURRENT_BINARY_DIR}/${name}_properties.cmake")
  file(WRITE "${properties}"
       "set_tests_properties(\${${name}_tests} PROPERTIES TIMEOUT 300 LABELS \"${arg_LABELS}\")\n")
  set_property(DIRECTORY APPEND PROPERTY TEST_INCLUDE_FILES "${properties}")
  foreach(label IN LISTS arg_LABELS)
    if(TARGET ${label}_tests)
      add_dependencies(${label}_tests ${name})
    endif()
  endforeach()
endfunction()
