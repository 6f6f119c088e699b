// The keys that sealed secrets are sealed with.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "messages/error.hpp"
#include "runtime/secrets/secret_text.hpp"

namespace nightshift::runtime {

/// A key for AES-256.
class MasterKey {
 public:
  static MasterKey generate();
  /// 64 hex digits, or base64 of 32 bytes. Error `config`, without the text.
  static Result<MasterKey> parse(std::string_view text);

  /// 16 hex digits of a hash: tells keys apart, and says nothing about them.
  const std::string& id() const { return id_; }
  /// 32 bytes.
  std::string_view reveal() const { return key_.reveal(); }

 private:
  explicit MasterKey(SecretText key);

  SecretText key_;
  std::string id_;
};

/// The first is the one to seal with; the others open what was sealed before.
using KeyRing = std::vector<MasterKey>;

/// The ring of a file (docs/formats/secrets.md); empty where there is none. `corrupt`; `io` where
/// it cannot be read or is open to everybody.
Result<KeyRing> read_key_file(const std::filesystem::path& file);
/// At once or not at all, mode 0600.
Result<void> write_key_file(const std::filesystem::path& file, const KeyRing& ring);

}  // namespace nightshift::runtime
