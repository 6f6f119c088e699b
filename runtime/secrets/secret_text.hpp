// A secret in memory.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

namespace nightshift::runtime {

/// Bytes that must not be seen. They lie on pages of their own that are kept from swap and core
/// dumps where the system allows it, and are wiped when this goes. It cannot be copied, printed,
/// formatted or turned into a string but by `reveal`, which is the word to search for in a review.
class SecretText {
 public:
  /// A secret of `bytes`; the caller wipes their own.
  explicit SecretText(std::string_view bytes);
  /// Takes over `text`, and wipes it.
  static SecretText taken_from(std::string& text);

  SecretText(SecretText&& other) noexcept = default;
  SecretText& operator=(SecretText&& other) noexcept = default;
  SecretText(const SecretText&) = delete;
  SecretText& operator=(const SecretText&) = delete;
  ~SecretText() = default;

  /// The bytes, for whom they are meant: a key, a header of a request. Do not keep a copy, and wipe
  /// what had to be copied (`wipe`). Empty once moved from.
  std::string_view reveal() const { return {bytes_.get(), bytes_ ? size_ : 0}; }
  bool empty() const { return reveal().empty(); }

  /// In a time that depends on the lengths alone.
  bool equals(std::string_view other) const;

 private:
  struct Wipe {
    void operator()(char* bytes) const;
  };
  std::unique_ptr<char, Wipe> bytes_;
  std::size_t size_ = 0;
};

template <class Stream>
Stream& operator<<(Stream& stream, const SecretText& secret) = delete;

/// Overwrites the whole buffer of `text`, and empties it.
void wipe(std::string& text);

/// A text that is wiped when it goes, for the way between a secret and a library that wants a
/// string.
class WipedString {
 public:
  WipedString() = default;
  explicit WipedString(std::string text) : text_(std::move(text)) {}
  WipedString(WipedString&& other) noexcept : text_(std::move(other.text_)) { wipe(other.text_); }
  WipedString& operator=(WipedString&& other) noexcept {
    wipe(text_);
    text_.swap(other.text_);
    return *this;
  }
  ~WipedString() { wipe(text_); }

  std::string& text() { return text_; }
  const std::string& text() const { return text_; }

 private:
  std::string text_;
};

}  // namespace nightshift::runtime
