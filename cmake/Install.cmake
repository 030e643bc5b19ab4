# SPDX-License-Identifier: Apache-2.0
# Headers, libraries, the CMake package (components policy and audit) and pkg-config files.
include(CMakePackageConfigHelpers)

set(barge_cmakedir "${CMAKE_INSTALL_LIBDIR}/cmake/barge")
set(barge_pkgconfigdir "${CMAKE_INSTALL_LIBDIR}/pkgconfig")

install(DIRECTORY "${PROJECT_SOURCE_DIR}/include/barge" DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}
        FILES_MATCHING PATTERN "*.hpp")
install(FILES "${PROJECT_SOURCE_DIR}/LICENSE" DESTINATION ${CMAKE_INSTALL_DOCDIR})
install(FILES "${PROJECT_SOURCE_DIR}/data/tones.json" DESTINATION ${CMAKE_INSTALL_DATADIR}/barge)

# One export set per component, so that a component that is not asked for needs nothing.
foreach(target IN ITEMS barge barge_policy barge_audit)
  install(TARGETS ${target} EXPORT ${target}-targets)
  install(EXPORT ${target}-targets NAMESPACE barge:: DESTINATION ${barge_cmakedir})
endforeach()

get_target_property(barge_library_type barge TYPE)
# Whoever links an archive links what it needs, so a static package asks for it itself.
set(BARGE_NEEDS_HIGHWAY OFF)
set(BARGE_NEEDS_OPENSSL OFF)
set(BARGE_NEEDS_THREADS OFF)
set(barge_pc_requires "")
set(barge_pc_openssl "")
set(barge_pc_threads "")
if(barge_library_type STREQUAL "STATIC_LIBRARY")
  set(BARGE_NEEDS_OPENSSL ON)
  set(barge_pc_openssl ", libcrypto")
  set(BARGE_NEEDS_THREADS ON)
  set(barge_pc_threads " -pthread")
  if(BARGE_WITH_HIGHWAY)
    set(BARGE_NEEDS_HIGHWAY ON)
    set(barge_pc_requires libhwy)
  endif()
endif()

configure_package_config_file(
  cmake/barge-config.cmake.in "${PROJECT_BINARY_DIR}/barge-config.cmake"
  INSTALL_DESTINATION ${barge_cmakedir})
# Below 1.0 a minor version may break the API.
write_basic_package_version_file("${PROJECT_BINARY_DIR}/barge-config-version.cmake"
                                 COMPATIBILITY SameMinorVersion)
install(FILES "${PROJECT_BINARY_DIR}/barge-config.cmake"
              "${PROJECT_BINARY_DIR}/barge-config-version.cmake" DESTINATION ${barge_cmakedir})

# barge_pkgconfig(<name> <libraries> <description> <requires>): paths are relative to the .pc file,
# so that an installed tree can be moved.
function(barge_pkgconfig name libraries description requires)
  file(RELATIVE_PATH pc_to_prefix "/p/${barge_pkgconfigdir}" "/p")
  string(REGEX REPLACE "/$" "" pc_to_prefix "${pc_to_prefix}")
  configure_file(cmake/barge.pc.in "${PROJECT_BINARY_DIR}/${name}.pc" @ONLY)
  install(FILES "${PROJECT_BINARY_DIR}/${name}.pc" DESTINATION ${barge_pkgconfigdir})
endfunction()
set(barge_pc_same "barge = ${PROJECT_VERSION}")
barge_pkgconfig(barge -lbarge "${PROJECT_DESCRIPTION}" "${barge_pc_requires}")
barge_pkgconfig(barge-policy -lbarge_policy "Policy documents for barge" "${barge_pc_same}${barge_pc_openssl}")
barge_pkgconfig(barge-audit "-lbarge_audit${barge_pc_threads}" "Audit sinks for barge" "${barge_pc_same}")
