# SPDX-License-Identifier: GPL-2.0
# add_fuzzer(NAME DIRECTORY...): a libFuzzer target (clang only), part of the target "fuzzers". What
# it drives is compiled anew with it, since the fuzzer follows its branches.
#   SOURCES ...   INCLUDES ...   LIBRARIES ...
add_custom_target(fuzzers)
function(add_fuzzer name)
  cmake_parse_arguments(F "" "" "SOURCES;INCLUDES;LIBRARIES" ${ARGN})
  if(NOT (CMAKE_C_COMPILER_ID MATCHES Clang AND CMAKE_CXX_COMPILER_ID MATCHES Clang))
    return()
  endif()
  set(sanitizers -fsanitize=fuzzer,address,undefined -fno-sanitize-recover=all)
  add_executable(${name} EXCLUDE_FROM_ALL ${F_SOURCES})
  target_include_directories(${name} PRIVATE ${CMAKE_CURRENT_SOURCE_DIR} ${F_INCLUDES})
  target_compile_features(${name} PRIVATE cxx_std_20)
  target_compile_options(${name} PRIVATE ${sanitizers} -O1)
  target_link_options(${name} PRIVATE ${sanitizers})
  target_link_libraries(${name} PRIVATE siit_uapi siit_warnings ${F_LIBRARIES})
  set_target_properties(${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/fuzzers)
  add_dependencies(fuzzers ${name})
endfunction()
