// Master keys and the file that they lie in.
#include "runtime/secrets/master_key.hpp"

#include <utility>

#include "messages/crypto.hpp"
#include "runtime/data_folder.hpp"
#include "runtime/secrets/cipher.hpp"
#include "runtime/secrets/secret_file.hpp"

namespace nightshift::runtime {
namespace {

constexpr std::string_view file_header = "nightshift.master-key.v1\n";
constexpr std::size_t id_bytes = 8;

}  // namespace

MasterKey::MasterKey(SecretText key) : key_(std::move(key)) {
  const auto digest = sha256({file_header, key_.reveal()});
  id_ = to_hex(as_bytes(digest).substr(0, id_bytes));
}

MasterKey MasterKey::generate() {
  WipedString bytes(random_bytes(cipher::gcm_key_bytes));
  return MasterKey(SecretText::taken_from(bytes.text()));
}

Result<MasterKey> MasterKey::parse(std::string_view text) {
  auto bytes =
      text.size() == 2 * cipher::gcm_key_bytes ? from_hex(text) : cipher::from_any_base64(text);
  const WipedString copy(bytes ? std::move(*bytes) : std::string());
  if (copy.text().size() != cipher::gcm_key_bytes) {
    return fail(ErrorCode::config,
                "a master key is 32 bytes: 64 hex digits, such as \"openssl rand -hex 32\" prints, "
                "or base64");
  }
  return MasterKey(SecretText(copy.text()));
}

Result<KeyRing> read_key_file(const std::filesystem::path& file) {
  const auto text = read_secret_file(file);
  if (!text && text.error().code == ErrorCode::not_found && !std::filesystem::exists(file)) {
    return KeyRing();
  }
  if (!text) return std::unexpected(text.error());
  const auto damaged = [&] {
    return fail(ErrorCode::corrupt,
                "the master key in " + file.string() + " is damaged; put it back from a backup",
                file.string());
  };
  auto rest = text->reveal();
  if (!rest.starts_with(file_header)) return damaged();
  rest.remove_prefix(file_header.size());
  KeyRing ring;
  while (!rest.empty()) {
    auto key = MasterKey::parse(rest.substr(0, rest.find('\n')));
    if (!key) return damaged();
    ring.push_back(std::move(*key));
    rest.remove_prefix(std::min(rest.size(), rest.find('\n')));
    if (!rest.empty()) rest.remove_prefix(1);
  }
  if (ring.empty()) return damaged();
  return ring;
}

Result<void> write_key_file(const std::filesystem::path& file, const KeyRing& ring) {
  WipedString text;
  text.text().reserve(file_header.size() + ring.size() * (2 * cipher::gcm_key_bytes + 1));
  text.text() = file_header;
  for (const auto& key : ring) {
    const WipedString hex(to_hex(key.reveal()));
    text.text() += hex.text();
    text.text() += '\n';
  }
  return write_private_file(file, text.text());
}

}  // namespace nightshift::runtime
