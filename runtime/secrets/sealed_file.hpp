// The file of sealed secrets, as text and taken apart. For this folder alone.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "messages/error.hpp"
#include "messages/time.hpp"

namespace nightshift::runtime {

struct SealedEntry {
  Time written_at{};
  /// As `seal` makes it.
  std::string sealed;
};

/// Format: docs/formats/secrets.md.
struct SealedFile {
  std::string node;
  std::string zone;
  std::map<std::string, SealedEntry, std::less<>> entries;

  std::string encode() const;
  /// `newer_version` for a later format, `corrupt` for all else that `encode` does not make; the
  /// errors name the line.
  static Result<SealedFile> decode(std::string_view text);
};

}  // namespace nightshift::runtime
