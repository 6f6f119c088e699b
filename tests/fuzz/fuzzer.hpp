// How a fuzzed function becomes a libFuzzer program, and what it does when something is wrong.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string_view>

namespace nightshift::fuzz {

/// Ends the process, which is how a fuzzer reports; asserts would do the same without the text.
inline void require(bool holds, std::string_view what) {
  if (holds) return;
  std::fwrite(what.data(), 1, what.size(), stderr);
  std::fputc('\n', stderr);
  std::abort();
}

// Each of these reads any bytes and returns, or ends the process.
void agent(std::string_view input);
void command_body(std::string_view input);
void record(std::string_view input);
void canonical(std::string_view input);
void draft(std::string_view input);
void ecosystem(std::string_view input);
void front_matter(std::string_view input);
void head(std::string_view input);
void json(std::string_view input);
void mcp_server(std::string_view input);
void secrets(std::string_view input);
void settings(std::string_view input);

}  // namespace nightshift::fuzz

/// The entry of libFuzzer; other builds call the function from fuzz_test.cpp.
#ifdef NIGHTSHIFT_LIBFUZZER
#define NIGHTSHIFT_FUZZER(function)                                                   \
  extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) { \
    nightshift::fuzz::function({reinterpret_cast<const char*>(data), size});          \
    return 0;                                                                         \
  }
#else
#define NIGHTSHIFT_FUZZER(function)
#endif
