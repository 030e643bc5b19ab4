# SPDX-License-Identifier: Apache-2.0
# Directory options reach barge's own targets, examples and tests, and are never exported.
if(CMAKE_CXX_COMPILER_ID MATCHES "GNU|Clang")
  add_compile_options(-Wall -Wextra -Wpedantic -Wconversion -Wshadow)
  if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    # GCC 12 at -O3 sees uninitialised strings in std::variant where there are none.
    add_compile_options(-Wno-maybe-uninitialized)
  endif()
  if(BARGE_WERROR)
    add_compile_options(-Werror)
  endif()
endif()
