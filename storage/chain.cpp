// Hashes of the chain, and the text form of a head.
#include "storage/chain.hpp"

#include <charconv>
#include <cstring>

#include "storage/audit.hpp"
#include "storage/bytes.hpp"

namespace nightshift::storage {
namespace {

constexpr std::string_view head_word = "nightshift.head.v1";
constexpr std::string_view signed_word = "signed";

std::string signed_bytes(std::string_view line) {
  return std::string("nightshift.signed_head.v1\n").append(line);
}

std::string_view take_word(std::string_view& text) {
  const auto end = std::min(text.find(' '), text.size());
  const auto word = text.substr(0, end);
  text.remove_prefix(std::min(end + 1, text.size()));
  return word;
}

std::optional<std::uint64_t> parse_number(std::string_view word) {
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), number);
  if (error != std::errc() || end != word.data() + word.size()) return std::nullopt;
  return number;
}

}  // namespace

Digest leaf_of(const Salt& salt, std::string_view bytes) {
  return sha256({{reinterpret_cast<const char*>(salt.data()), salt.size()}, bytes});
}

Digest first_head(std::string_view identity_bytes) {
  return sha256({"nightshift.log.v1\n", identity_bytes});
}

Digest restored_head(std::string_view restoration) {
  return sha256({"nightshift.restore.v1\n", restoration});
}

Digest next_head(const Digest& previous, std::uint64_t first_offset, Time written_at,
                 std::string_view leaves) {
  return sha256({"nightshift.batch.v1\n", as_bytes(previous), view_of(big_endian(first_offset)),
                 view_of(big_endian(static_cast<std::uint64_t>(to_us(written_at)))), leaves});
}

std::string to_text(const ChainHead& head) {
  std::string text(head_word);
  for (const auto& word : {head.log_id, std::to_string(head.offset), to_hex(as_bytes(head.head)),
                           to_rfc3339(head.written_at)})
    text.append(" ").append(word);
  return text;
}

Result<ChainHead> parse_head(std::string_view text) {
  if (text.ends_with('\n')) text.remove_suffix(1);
  const auto refused = fail(ErrorCode::invalid,
                            "this is not the head of a journal; `audit head` prints one: "
                            "nightshift.head.v1 LOG OFFSET HEAD WRITTEN");
  if (take_word(text) != head_word) return refused;
  ChainHead head;
  head.log_id = take_word(text);
  const auto offset = parse_number(take_word(text));
  const auto digest = from_hex(take_word(text));
  const auto written = from_rfc3339(take_word(text));
  if (head.log_id.empty() || !offset || !digest || digest->size() != head.head.size() || !written ||
      !text.empty())
    return refused;
  head.offset = *offset;
  std::memcpy(head.head.data(), digest->data(), head.head.size());
  head.written_at = *written;
  return head;
}

std::string to_signed_text(const ChainHead& head, const SigningKey& key) {
  auto text = to_text(head);
  const auto signature = key.sign(signed_bytes(text));
  return text.append("\n")
      .append(signed_word)
      .append(" ")
      .append(to_base64url(key.public_key()))
      .append(" ")
      .append(to_base64url(signature));
}

Result<SavedHead> parse_saved_head(std::string_view text) {
  if (text.ends_with('\n')) text.remove_suffix(1);
  const auto line = text.substr(0, text.find('\n'));
  auto head = parse_head(line);
  if (!head) return std::unexpected(head.error());
  if (line.size() == text.size()) return SavedHead(std::move(*head));
  auto rest = text.substr(line.size() + 1);
  const bool begins = take_word(rest) == signed_word;
  const auto key = from_base64url(take_word(rest)).value_or("");
  const auto signature = from_base64url(rest).value_or("");
  if (!begins || !verify_signature(key, signed_bytes(line), signature))
    return fail(ErrorCode::bad_signature,
                "the signature of this head is not that of the key that it names: it was changed "
                "since it was saved");
  return SavedHead(std::move(*head), key);
}

}  // namespace nightshift::storage
