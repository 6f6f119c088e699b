// HMAC-SHA256 and base64, as OpenSSL has them.
#include "tests/support/web/standard_webhooks.hpp"

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <array>

namespace nightshift::tests {
namespace {

const unsigned char* bytes_of(const std::string& text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

std::string from_base64(std::string text) {
  std::string bytes(text.size(), '\0');
  const int size = EVP_DecodeBlock(reinterpret_cast<unsigned char*>(bytes.data()), bytes_of(text),
                                   static_cast<int>(text.size()));
  if (size < 0) return {};
  const auto padding = text.size() - text.find_last_not_of('=') - 1;
  bytes.resize(static_cast<std::size_t>(size) - padding);
  return bytes;
}

std::string header(const Received& request, const std::string& name) {
  const auto found = request.headers.find(name);
  return found == request.headers.end() ? "" : found->second;
}

}  // namespace

std::string expected_signature(const std::string& secret, const std::string& id,
                               const std::string& timestamp, const std::string& body) {
  const auto key = from_base64(secret.substr(std::string("whsec_").size()));
  const auto text = id + "." + timestamp + "." + body;
  std::array<unsigned char, 32> hash{};
  unsigned size = 0;
  HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()), bytes_of(text), text.size(),
       hash.data(), &size);
  std::array<unsigned char, 64> base64{};
  EVP_EncodeBlock(base64.data(), hash.data(), static_cast<int>(size));
  return std::string("v1,") + reinterpret_cast<const char*>(base64.data());
}

bool is_signed(const Received& request, const std::string& secret) {
  const auto id = header(request, "webhook-id");
  const auto timestamp = header(request, "webhook-timestamp");
  return !id.empty() && !timestamp.empty() &&
         header(request, "webhook-signature") ==
             expected_signature(secret, id, timestamp, request.body);
}

}  // namespace nightshift::tests
