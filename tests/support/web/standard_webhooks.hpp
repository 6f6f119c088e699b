// A receiver's check of a Standard Webhooks signature, by OpenSSL: made from the specification, and
// shares nothing with the sender.
#pragma once

#include <string>

#include "tests/support/web/receiver.hpp"

namespace nightshift::tests {

/// `v1,BASE64` over `ID.TIMESTAMP.BODY` with the key in `whsec_BASE64`.
std::string expected_signature(const std::string& secret, const std::string& id,
                               const std::string& timestamp, const std::string& body);

/// True if the request carries id, timestamp and a signature of this secret over them and its body.
bool is_signed(const Received& request, const std::string& secret);

}  // namespace nightshift::tests
