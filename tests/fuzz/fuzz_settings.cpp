// Reads any bytes as the configuration file.
#include <fstream>

#include "runtime/settings.hpp"
#include "tests/fuzz/fuzzer.hpp"
#include "tests/support/temporary_folder.hpp"

namespace nightshift::fuzz {

void settings(std::string_view input) {
  static const tests::TemporaryFolder folder;
  const auto file = folder / "nightshift.toml";
  std::ofstream(file, std::ios::binary) << input;
  const auto loaded = runtime::load_settings({.file = file, .environment = {}, .flags = {}});
  if (loaded) return;
  require(loaded.error().code == ErrorCode::config, "another error than config");
  require(!loaded.error().detail.empty(), "an error says nothing");
}

}  // namespace nightshift::fuzz

NIGHTSHIFT_FUZZER(settings)
