# SPDX-License-Identifier: Apache-2.0
# A sanitizer has to see every object of a program, so it is set for the whole top-level build.
if(BARGE_SANITIZE STREQUAL "address")
  set(barge_sanitize -fsanitize=address,undefined -fno-sanitize-recover=all)
elseif(BARGE_SANITIZE STREQUAL "thread")
  set(barge_sanitize -fsanitize=thread)
elseif(NOT BARGE_SANITIZE STREQUAL "")
  message(FATAL_ERROR "BARGE_SANITIZE is `${BARGE_SANITIZE}`: expected address or thread")
endif()
if(barge_sanitize)
  add_compile_options(${barge_sanitize} -fno-omit-frame-pointer)
  add_link_options(${barge_sanitize})
endif()
