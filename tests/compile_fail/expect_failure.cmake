# SPDX-License-Identifier: Apache-2.0
# cmake -Dcompiler= -Dincludes=dir|dir -Dsource= -Dregex= -P expect_failure.cmake
string(REPLACE "|" ";-I" flags "-I${includes}")
list(APPEND flags -std=c++17 -fsyntax-only)

execute_process(
  COMMAND "${CMAKE_COMMAND}" -E env LC_ALL=C "${compiler}" ${flags} -DBARGE_POSITIVE "${source}"
  RESULT_VARIABLE status ERROR_VARIABLE diagnostics)
if(NOT status EQUAL 0)
  message(FATAL_ERROR "the positive twin does not compile:\n${diagnostics}")
endif()

execute_process(
  COMMAND "${CMAKE_COMMAND}" -E env LC_ALL=C "${compiler}" ${flags} "${source}"
  RESULT_VARIABLE status ERROR_VARIABLE diagnostics)
if(status EQUAL 0)
  message(FATAL_ERROR "it compiles and must not")
endif()
if(NOT diagnostics MATCHES "${regex}")
  message(FATAL_ERROR "refused, but not with `${regex}`:\n${diagnostics}")
endif()
