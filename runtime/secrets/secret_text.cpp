// Secrets in memory, by libsodium's guarded pages.
#include "runtime/secrets/secret_text.hpp"

#include <sodium.h>

#include <cstring>
#include <new>

namespace nightshift::runtime {

SecretText::SecretText(std::string_view bytes) : size_(bytes.size()) {
  // Also makes libsodium ready: without it, its pages have no canary.
  if (sodium_init() < 0) throw std::bad_alloc();
  bytes_.reset(static_cast<char*>(sodium_malloc(size_)));
  if (!bytes_) throw std::bad_alloc();
  if (size_ > 0) std::memcpy(bytes_.get(), bytes.data(), size_);
}

SecretText SecretText::taken_from(std::string& text) {
  SecretText secret{std::string_view(text)};
  wipe(text);
  return secret;
}

bool SecretText::equals(std::string_view other) const {
  const auto mine = reveal();
  return mine.size() == other.size() && sodium_memcmp(mine.data(), other.data(), mine.size()) == 0;
}

void SecretText::Wipe::operator()(char* bytes) const { sodium_free(bytes); }

void wipe(std::string& text) {
  // What was once longer still lies behind the end.
  text.resize(text.capacity());
  sodium_memzero(text.data(), text.size());
  text.clear();
}

}  // namespace nightshift::runtime
