// Reads any bytes as what secrets are imported from, and as the file of sealed secrets. An error
// must not repeat what it found.
#include <optional>
#include <string>

#include "runtime/secrets/import.hpp"
#include "runtime/secrets/sealed_file.hpp"
#include "runtime/secrets/sealing.hpp"
#include "tests/fuzz/fuzzer.hpp"

namespace nightshift::fuzz {
namespace {

using runtime::Import;
using runtime::ImportFormat;
using runtime::SecretText;

/// Errors are words of ours: a run of the input that long is none of them.
constexpr std::size_t leak_bytes = 24;

/// Without the name that it begins with: that is no secret.
std::string_view said_by(const Error& error) {
  const std::string_view detail = error.detail;
  const auto name_end = detail.find(": ");
  return name_end == detail.npos ? detail : detail.substr(name_end);
}

/// `read` gives the error for an input, or nothing where it can be read. A run that stands in the
/// error may be of our words, which the fuzzer picks up; what is put in its place is none of them.
template <class Read>
void require_discreet(const Error& error, std::string_view input, Read read) {
  require(!error.detail.empty(), "an error says nothing");
  for (std::size_t at = 0; at + leak_bytes <= input.size(); at += leak_bytes) {
    if (!said_by(error).contains(input.substr(at, leak_bytes))) continue;
    const std::string canary(leak_bytes, 'x');
    auto changed = std::string(input);
    changed.replace(at, leak_bytes, canary);
    const std::optional<Error> other = read(changed);
    require(!other || !said_by(*other).contains(canary), "an error repeats its input");
  }
}

std::optional<Error> error_of(const auto& result) {
  if (result) return std::nullopt;
  return result.error();
}

void read_as(ImportFormat format, std::string_view input, const SecretText* key) {
  Import import;
  import.text = input;
  import.format = format;
  import.key = key;
  const auto secrets = runtime::read_import(import);
  if (!secrets) {
    return require_discreet(secrets.error(), input, [&](const std::string& other) {
      import.text = other;
      return error_of(runtime::read_import(import));
    });
  }
  require(!secrets->empty(), "an import of nothing");
  for (const auto& [name, secret] : *secrets) {
    require(!secret.empty(), "an empty secret");
    require(secret.reveal().size() <= input.size(), "a secret larger than its file");
  }
}

void read_as_store(std::string_view input) {
  const auto file = runtime::SealedFile::decode(input);
  if (!file) {
    return require_discreet(file.error(), input, [](const std::string& other) {
      return error_of(runtime::SealedFile::decode(other));
    });
  }
  const runtime::KeyRing ring;
  for (const auto& [name, entry] : file->entries) {
    const auto secret =
        runtime::unseal(ring, {.node = file->node, .zone = file->zone, .name = name}, entry.sealed);
    require(!secret.has_value(), "a secret opens without a key");
  }
  const auto again = runtime::SealedFile::decode(file->encode());
  require(again && again->entries.size() == file->entries.size(), "a file is not read back");
}

}  // namespace

void secrets(std::string_view input) {
  static const SecretText fernet("AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=");
  static const SecretText gcm("000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f");
  read_as(ImportFormat::detect, input, nullptr);
  read_as(ImportFormat::plain, input, &fernet);
  read_as(ImportFormat::fernet, input, &fernet);
  read_as(ImportFormat::gcm, input, &gcm);
  read_as_store(input);
}

}  // namespace nightshift::fuzz

NIGHTSHIFT_FUZZER(secrets)
