// `Logs/{Cloud,Local}/errors.md`: what was refused, once per content, in words for people.
// Format: docs/formats/vault.md.
#pragma once

#include <functional>
#include <set>
#include <string>
#include <string_view>

#include "bridges/vault/files.hpp"
#include "messages/time.hpp"

namespace nightshift::bridges::vault {

/// Not thread-safe.
class ErrorsLog {
 public:
  /// `role` is the node's. `also` is told every new line as well; may be empty.
  ErrorsLog(const Folder& root, std::string_view role, std::function<void(std::string_view)> also);

  /// Appends a row unless one with the same file, error and content is there, from this run or an
  /// earlier one. A log that cannot be written is told to `also` alone.
  void record(Time now, std::string_view file, std::string_view error, std::string_view content);

 private:
  void read_earlier();
  Result<void> append(std::string_view text) const;

  const Folder& root_;
  std::string folder_;
  std::function<void(std::string_view)> also_;
  std::set<std::string, std::less<>> written_;
};

}  // namespace nightshift::bridges::vault
