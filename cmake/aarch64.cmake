# SPDX-License-Identifier: Apache-2.0
# Toolchain of the aarch64 preset: Debian's cross compiler, its arm64 libraries, which live beside
# the machine's own, and qemu to run what was built.
set(CMAKE_SYSTEM_NAME Linux)
set(CMAKE_SYSTEM_PROCESSOR aarch64)
set(CMAKE_CXX_COMPILER aarch64-linux-gnu-g++)
set(CMAKE_CROSSCOMPILING_EMULATOR qemu-aarch64)
# What pkg-config says of the machine's own libraries would come before them.
set(ENV{PKG_CONFIG_LIBDIR} /usr/lib/aarch64-linux-gnu/pkgconfig)
