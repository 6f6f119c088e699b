# The few words in which the folders' CMakeLists speak: product_library, product_program,
# product_test, product_bench, product_fuzzer; and product_link_test for the architecture's tests.
#
# Common arguments:
#   SOURCES  files, relative to the folder
#   PROTOS   .proto files; their headers are "FOLDER/NAME.pb.h", imports are rooted too
#   DEPS     libraries: NAME means nightshift::NAME, dep::NAME a third party (dependencies.cmake)
#   PCH      light (std and Protobuf; the default), caf (and CAF), test (and Boost.Test), none
# Includes are rooted at the top of the repository: "runtime/node.hpp".

set(NIGHTSHIFT_TESTS "checked;release" CACHE STRING
    "Which tests to build: those labelled release (they need a fast program), the others, or both")
set(PRODUCT_CMAKE_DIR ${CMAKE_CURRENT_LIST_DIR})
set(PRODUCT_GENERATED_DIR ${PROJECT_BINARY_DIR}/generated)
add_custom_target(benches)
add_custom_target(fuzzers)

# product_library(NAME [SOURCES...] [PROTOS...] [DEPS...] [PRIVATE_DEPS...] [PCH p])
# A static library nightshift::NAME; without sources, a header-only one.
function(product_library NAME)
  cmake_parse_arguments(P "" "PCH" "SOURCES;PROTOS;DEPS;PRIVATE_DEPS" ${ARGN})
  product_refuse_unknown(${NAME} ${P_UNPARSED_ARGUMENTS})
  set(target nightshift_${NAME})
  if(P_SOURCES OR P_PROTOS)
    add_library(${target} STATIC)
    product_sources(${target})
    product_link(${target} PUBLIC ${P_DEPS})
    product_link(${target} PRIVATE ${P_PRIVATE_DEPS})
    set_property(GLOBAL APPEND PROPERTY NIGHTSHIFT_LIBRARIES ${NAME})
  else()
    add_library(${target} INTERFACE)
    target_include_directories(${target} INTERFACE ${PROJECT_SOURCE_DIR})
    product_link(${target} INTERFACE ${P_DEPS})
  endif()
  add_library(nightshift::${NAME} ALIAS ${target})
endfunction()

# product_program(NAME SOURCES... [PROTOS...] [DEPS...] [PCH p])
# An executable build/PRESET/NAME; the macro NIGHTSHIFT_VERSION is the project's version.
function(product_program NAME)
  cmake_parse_arguments(P "" "PCH" "SOURCES;PROTOS;DEPS" ${ARGN})
  product_executable(${NAME} ${PROJECT_BINARY_DIR} ${P_UNPARSED_ARGUMENTS})
  target_compile_definitions(${NAME} PRIVATE NIGHTSHIFT_VERSION="${PROJECT_VERSION}")
endfunction()

# product_test(NAME SOURCES... [PROTOS...] [DEPS...] [LABELS...] [TIMEOUT s] [PCH p] [RUN_SERIAL]
#              [WITHOUT_PROGRAM])
# A Boost.Test executable NAME_test (main is tests/support/test_main.cpp) and a CTest of that NAME:
# one per folder. It runs at the top of the repository, with the node's program, where there is one,
# in the environment as NIGHTSHIFT_PROGRAM, unless it goes WITHOUT_PROGRAM. Label `release`: built
# and run in the release preset alone.
function(product_test NAME)
  cmake_parse_arguments(P "RUN_SERIAL;WITHOUT_PROGRAM" "PCH;TIMEOUT" "SOURCES;PROTOS;DEPS;LABELS"
                        ${ARGN})
  set(when checked)
  if("release" IN_LIST P_LABELS)
    set(when release)
  endif()
  if(NOT when IN_LIST NIGHTSHIFT_TESTS)
    return()
  endif()
  product_default(P_PCH test)
  product_default(P_TIMEOUT 900)
  product_executable(${NAME}_test ${PROJECT_BINARY_DIR}/tests ${P_UNPARSED_ARGUMENTS})
  target_link_libraries(${NAME}_test PRIVATE nightshift_test_main dep::boost_test)
  add_test(NAME ${NAME} COMMAND ${NAME}_test WORKING_DIRECTORY ${PROJECT_SOURCE_DIR})
  set(environment "UBSAN_OPTIONS=print_stacktrace=1")
  if(TARGET nightshift AND NOT P_WITHOUT_PROGRAM)
    list(APPEND environment "NIGHTSHIFT_PROGRAM=$<TARGET_FILE:nightshift>")
    add_dependencies(${NAME}_test nightshift)
  endif()
  set_tests_properties(${NAME} PROPERTIES LABELS "${P_LABELS}" TIMEOUT ${P_TIMEOUT}
                       RUN_SERIAL ${P_RUN_SERIAL} ENVIRONMENT "${environment}")
endfunction()

# product_bench(NAME SOURCES... [PROTOS...] [DEPS...] [PCH p])
# A program build/PRESET/bench/NAME_bench, run by `tools/dev bench`; not in the default build.
function(product_bench NAME)
  cmake_parse_arguments(P "" "PCH" "SOURCES;PROTOS;DEPS" ${ARGN})
  product_executable(${NAME}_bench ${PROJECT_BINARY_DIR}/bench ${P_UNPARSED_ARGUMENTS})
  set_target_properties(${NAME}_bench PROPERTIES EXCLUDE_FROM_ALL ON)
  add_dependencies(benches ${NAME}_bench)
endfunction()

# product_fuzzer(NAME SOURCES... [PROTOS...] [DEPS...])
# A libFuzzer program build/fuzz/fuzzers/NAME, run by `tools/dev fuzz`; other presets leave it out.
function(product_fuzzer NAME)
  cmake_parse_arguments(P "" "PCH" "SOURCES;PROTOS;DEPS" ${ARGN})
  if(NOT NIGHTSHIFT_FUZZ)
    return()
  endif()
  product_executable(${NAME}_fuzzer ${PROJECT_BINARY_DIR}/fuzzers ${P_UNPARSED_ARGUMENTS})
  set_target_properties(${NAME}_fuzzer PROPERTIES OUTPUT_NAME ${NAME} EXCLUDE_FROM_ALL ON)
  target_compile_definitions(${NAME}_fuzzer PRIVATE NIGHTSHIFT_LIBFUZZER)
  target_link_options(${NAME}_fuzzer PRIVATE -fsanitize=fuzzer)
  add_dependencies(fuzzers ${NAME}_fuzzer)
endfunction()

# product_link_test(LIBRARY)
# A test link.LIBRARY: a program of the whole library and its DEPS and nothing else. It does not
# link when the library uses what it does not name. Linked by the test, so that an ordinary build
# does not stop for it.
function(product_link_test library)
  if(NOT "checked" IN_LIST NIGHTSHIFT_TESTS)
    return()
  endif()
  set(target link.${library})
  add_executable(${target} EXCLUDE_FROM_ALL ${PRODUCT_CMAKE_DIR}/link_main.cpp)
  target_link_libraries(${target} PRIVATE $<LINK_LIBRARY:WHOLE_ARCHIVE,nightshift_${library}>)
  set_target_properties(${target} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/tests)
  add_test(NAME ${target} WORKING_DIRECTORY ${PROJECT_BINARY_DIR}
           COMMAND ${CMAKE_COMMAND} --build . --target ${target})
  # One ninja at a time in a build folder.
  set_tests_properties(${target} PROPERTIES RUN_SERIAL ON LABELS link)
endfunction()

# --- private parts: they read the caller's P_ variables ---------------------------------------

macro(product_default variable value)
  if(NOT DEFINED ${variable})
    set(${variable} ${value})
  endif()
endmacro()

function(product_refuse_unknown name)
  if(ARGN)
    message(FATAL_ERROR "${name}: unknown arguments ${ARGN}")
  endif()
endfunction()

macro(product_executable target folder)
  product_refuse_unknown(${target} ${ARGN})
  add_executable(${target})
  product_sources(${target})
  product_link(${target} PRIVATE ${P_DEPS})
  set_target_properties(${target} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${folder})
endmacro()

# A bare name means one of our libraries.
function(product_link target scope)
  foreach(dep ${ARGN})
    if(NOT dep MATCHES "::")
      set(dep nightshift::${dep})
    endif()
    target_link_libraries(${target} ${scope} ${dep})
  endforeach()
endfunction()

macro(product_sources target)
  target_sources(${target} PRIVATE ${P_SOURCES})
  target_include_directories(${target} PUBLIC ${PROJECT_SOURCE_DIR})
  target_include_directories(${target} SYSTEM PUBLIC ${PRODUCT_GENERATED_DIR})
  product_default(P_PCH light)
  product_precompile(${target} ${P_PCH})
  if(P_PROTOS)
    product_protos(${target} ${P_PROTOS})
    target_link_libraries(${target} PUBLIC dep::protobuf)
  endif()
endmacro()

function(product_protos target)
  foreach(proto ${ARGN})
    set(source ${CMAKE_CURRENT_SOURCE_DIR}/${proto})
    file(RELATIVE_PATH rooted ${PROJECT_SOURCE_DIR} ${source})
    string(REGEX REPLACE "\\.proto$" ".pb" stem ${PRODUCT_GENERATED_DIR}/${rooted})
    add_custom_command(
      OUTPUT ${stem}.cc ${stem}.h
      COMMAND ${PROTOC} -I ${PROJECT_SOURCE_DIR} --cpp_out=${PRODUCT_GENERATED_DIR}
              --dependency_out=${stem}.d ${source}
      DEPENDS ${source} DEPFILE ${stem}.d COMMENT "protoc ${rooted}" VERBATIM)
    set_source_files_properties(${stem}.cc PROPERTIES COMPILE_OPTIONS -w)
    target_sources(${target} PRIVATE ${stem}.cc ${stem}.h)
  endforeach()
  file(MAKE_DIRECTORY ${PRODUCT_GENERATED_DIR})
endfunction()

# One precompiled header of a kind serves every target of the preset. Only <...> headers: with a
# path of this clone in it, the header could not come from another clone's cache.
function(product_precompiled_header kind)
  cmake_parse_arguments(H "" "" "HEADERS;DEPS" ${ARGN})
  add_library(nightshift_pch_${kind} OBJECT EXCLUDE_FROM_ALL ${PRODUCT_CMAKE_DIR}/pch.cpp)
  target_precompile_headers(nightshift_pch_${kind} PRIVATE ${H_HEADERS})
  target_link_libraries(nightshift_pch_${kind} PRIVATE ${H_DEPS})
endfunction()

function(product_precompile target kind)
  if(kind STREQUAL "none" OR NOT NIGHTSHIFT_PCH)
    return()
  endif()
  target_precompile_headers(${target} REUSE_FROM nightshift_pch_${kind})
endfunction()

if(NIGHTSHIFT_PCH)
  set(PRODUCT_LIGHT <algorithm> <chrono> <cstdint> <expected> <filesystem> <functional> <map>
      <memory> <optional> <span> <string> <string_view> <unordered_map> <variant> <vector>
      <google/protobuf/message.h>)
  product_precompiled_header(light HEADERS ${PRODUCT_LIGHT} DEPS dep::protobuf)
  product_precompiled_header(caf HEADERS ${PRODUCT_LIGHT} <caf/all.hpp> DEPS dep::protobuf)
  product_precompiled_header(test HEADERS ${PRODUCT_LIGHT} <boost/test/unit_test.hpp>
                             DEPS dep::protobuf dep::boost_test)
endif()
