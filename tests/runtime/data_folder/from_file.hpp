// Settings from the text of a file, and what is refused of them.
#pragma once

#include <boost/test/unit_test.hpp>
#include <string>
#include <vector>

#include "runtime/settings.hpp"
#include "tests/support/golden.hpp"
#include "tests/support/temporary_folder.hpp"

namespace nightshift::tests {

struct FromFile {
  TemporaryFolder folder;
  runtime::SettingsSources sources;

  explicit FromFile(const std::string& text) {
    sources.file = folder / "nightshift.toml";
    write_file(*sources.file, text);
  }
  Result<runtime::Settings> load() const { return runtime::load_settings(sources); }
};

inline void check_refused(const Result<runtime::Settings>& loaded,
                          const std::vector<std::string>& words) {
  BOOST_TEST_REQUIRE(!loaded.has_value());
  BOOST_TEST((loaded.error().code == ErrorCode::config));
  for (const auto& word : words) {
    BOOST_TEST((loaded.error().detail.find(word) != std::string::npos),
               "\"" << loaded.error().detail << "\" does not say \"" << word << "\"");
  }
}

}  // namespace nightshift::tests
