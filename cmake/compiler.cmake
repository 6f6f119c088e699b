# How our own code is compiled: language, warnings, sanitizers, linker, compiler cache.
set(NIGHTSHIFT_SANITIZE "" CACHE STRING "Sanitizers, as in -fsanitize=")
option(NIGHTSHIFT_FUZZ "Build libFuzzer programs (needs clang)" OFF)
option(NIGHTSHIFT_COVERAGE "Count executed lines" OFF)
option(NIGHTSHIFT_PCH "Use precompiled headers" ON)

set(CMAKE_CXX_STANDARD 23)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)

# Asserts guard our own invariants and stay on everywhere: NDEBUG is never defined. (libstdc++'s
# own, _GLIBCXX_ASSERTIONS, would stop CAF 0.17, which dereferences empty pointers to empty types.)
set(CMAKE_CXX_FLAGS_DEBUG "-O1 -g1")
set(CMAKE_CXX_FLAGS_RELEASE "-O2 -g1 -fstack-protector-strong -D_FORTIFY_SOURCE=2")

# Third-party headers are system headers, and generated code is compiled with -w (product.cmake),
# so these fall on our own code alone.
add_compile_options(-Wall -Wextra -Werror -Wnon-virtual-dtor -Woverloaded-virtual)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  # g++ 12 reports these falsely through inlined std::string, std::function and containers (GCC PR
  # 105329, 105651). Uninitialised values are left to clang-tidy and to the fuzz preset's clang.
  add_compile_options(-Wshadow=local -Wno-restrict -Wno-maybe-uninitialized -Wno-error=array-bounds
                      -Wno-error=stringop-overflow -Wno-error=stringop-overread)
else()
  add_compile_options(-Wshadow)
endif()

if(NIGHTSHIFT_SANITIZE)
  # CAF's headers bind references to null on purpose, hence -fno-sanitize=null.
  add_compile_options(-fsanitize=${NIGHTSHIFT_SANITIZE} -fno-sanitize=null -fno-sanitize-recover=all
                      -fno-omit-frame-pointer)
  add_link_options(-fsanitize=${NIGHTSHIFT_SANITIZE})
endif()
if(NIGHTSHIFT_FUZZ)
  add_compile_options(-fsanitize=fuzzer-no-link)
endif()
if(NIGHTSHIFT_COVERAGE)
  add_compile_options(--coverage)
  add_link_options(--coverage)
endif()

find_program(MOLD mold)
if(MOLD)
  add_link_options(-fuse-ld=mold)
endif()

# Paths in debug information and __FILE__ start at the root of the clone, so that clones share
# objects in the cache.
add_compile_options(-ffile-prefix-map=${PROJECT_SOURCE_DIR}/=)
find_program(CCACHE ccache)
if(CCACHE AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
  set(CMAKE_CXX_COMPILER_LAUNCHER
      env CCACHE_BASEDIR=${PROJECT_SOURCE_DIR} CCACHE_NOHASHDIR=1
      CCACHE_SLOPPINESS=pch_defines,time_macros,include_file_mtime,include_file_ctime ${CCACHE})
endif()
