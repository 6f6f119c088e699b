// Host and Origin.
#include "bridges/http/guard.hpp"

#include <algorithm>

namespace nightshift::bridges::http {
namespace {

/// The host of `HOST[:PORT]`, an IPv6 literal without its brackets; empty where that is malformed.
std::string_view host_of(std::string_view authority) {
  std::string_view host = authority;
  std::string_view rest;
  if (host.starts_with('[')) {
    const std::size_t end = host.find(']');
    if (end == std::string_view::npos) return {};
    rest = host.substr(end + 1);
    host = host.substr(1, end - 1);
  } else {
    const std::size_t colon = std::min(host.find(':'), host.size());
    rest = host.substr(colon);
    host = host.substr(0, colon);
  }
  const bool port =
      rest.empty() ||
      (rest.front() == ':' && rest.size() <= 6 &&
       std::ranges::all_of(rest.substr(1), [](char c) { return c >= '0' && c <= '9'; }));
  return port ? host : std::string_view();
}

/// Shape is enough: a name of the web never looks like this.
bool is_literal(std::string_view host) {
  const auto of = [&](std::string_view chars) {
    return host.find_first_not_of(chars) == std::string_view::npos;
  };
  return !host.empty() &&
         (of("0123456789.") || (host.contains(':') && of("0123456789abcdefABCDEF:.")));
}

}  // namespace

Guard::Guard(std::string bound, std::vector<std::string> names) : names_(std::move(names)) {
  any_literal_ = bound == "0.0.0.0" || bound == "::" || bound.empty();
  names_.push_back(std::move(bound));
  for (const char* loopback : {"localhost", "127.0.0.1", "::1"}) names_.emplace_back(loopback);
}

bool Guard::is_ours(std::string_view authority) const {
  const std::string_view host = host_of(authority);
  if (host.empty()) return false;
  if (any_literal_ && is_literal(host)) return true;
  return std::ranges::any_of(
      names_, [&](const std::string& name) { return equal_ignoring_case(name, host); });
}

Result<void> Guard::check(const Head& head) const {
  if (!is_ours(head.host)) {
    return fail(ErrorCode::forbidden,
                "the Host '" + std::string(head.host.substr(0, 256)) +
                    "' is not a name of this node; add it to [http] hosts if it should be",
                "Host");
  }
  const std::string_view origin = head.find("origin");
  if (origin.empty()) return {};
  const std::size_t scheme = origin.find("://");
  if (scheme == std::string_view::npos || !is_ours(origin.substr(scheme + 3))) {
    return fail(ErrorCode::forbidden,
                "pages of '" + std::string(origin.substr(0, 256)) + "' may not use this node",
                "Origin");
  }
  return {};
}

}  // namespace nightshift::bridges::http
