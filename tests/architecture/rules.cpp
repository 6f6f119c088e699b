// The list of the rules; a sample in samples/ shows for each that it can fail.
#include "tests/architecture/rules.hpp"

#include <array>

namespace nightshift::architecture {

std::span<const Rule> rules() {
  static constexpr std::array all = {
      Rule{"includes", includes},
      Rule{"rooted_includes", rooted_includes},
      Rule{"line_length", line_length},
      Rule{"file_length", file_length, true},
      Rule{"opening_sentence", opening_sentence},
      Rule{"banned_calls", banned_calls},
      Rule{"unfinished_marks", unfinished_marks},
      Rule{"function_length", function_length},
      Rule{"folder_readme", folder_readme},
      Rule{"dead_sources", dead_sources},
      Rule{"dead_headers", dead_headers},
      Rule{"unreached_folders", unreached_folders},
  };
  return all;
}

}  // namespace nightshift::architecture
