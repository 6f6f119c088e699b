// Reads any bytes as what secrets are imported from, and as the file of sealed secrets. An error
// must not repeat what it found.
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

void require_discreet(const Error& error, std::string_view input) {
  require(!error.detail.empty(), "an error says nothing");
  for (std::size_t at = 0; at + leak_bytes <= input.size(); at += leak_bytes) {
    require(error.detail.find(input.substr(at, leak_bytes)) == std::string::npos,
            "an error repeats its input");
  }
}

void read_as(ImportFormat format, std::string_view input, const SecretText* key) {
  Import import;
  import.text = input;
  import.format = format;
  import.key = key;
  const auto secrets = runtime::read_import(import);
  if (!secrets) return require_discreet(secrets.error(), input);
  require(!secrets->empty(), "an import of nothing");
  for (const auto& [name, secret] : *secrets) {
    require(!secret.empty(), "an empty secret");
    require(secret.reveal().size() <= input.size(), "a secret larger than its file");
  }
}

void read_as_store(std::string_view input) {
  const auto file = runtime::SealedFile::decode(input);
  if (!file) return require_discreet(file.error(), input);
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
