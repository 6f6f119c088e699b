// Keeps web pages out: a browser reaches loopback too, so Host and Origin must be ours.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "bridges/http/head.hpp"
#include "messages/error.hpp"

namespace nightshift::bridges::http {

/// Immutable. Ports are not compared: what protects against rebinding is the name.
class Guard {
 public:
  /// `bound` is the address that the server listens on, `names` what else it is called.
  Guard(std::string bound, std::vector<std::string> names);

  /// `forbidden` unless Host, and Origin where there is one, is a name of this server.
  Result<void> check(const Head& head) const;

 private:
  bool is_ours(std::string_view authority) const;

  std::vector<std::string> names_;
  /// Bound to every address: then a literal one may be any of this machine's. A rebound name is
  /// never a literal.
  bool any_literal_ = false;
};

}  // namespace nightshift::bridges::http
