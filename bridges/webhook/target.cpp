// Facts about a target, and their comparison.
#include "bridges/webhook/target.hpp"

#include <curl/curl.h>

#include <memory>

namespace nightshift::bridges::webhook {

Canonical facts_of(const runtime::WebhookSettings& target) {
  Canonical facts;
  facts.add("url", target.url);
  facts.add("class", target.receiver_class);
  return facts;
}

std::string difference(const Canonical& approved, const runtime::WebhookSettings& target) {
  const auto facts = facts_of(target);
  for (const auto& [name, value] : facts.fields()) {
    const auto then = approved.find(name).value_or("not known");
    if (then != value) return "its " + name + " was " + std::string(then) + " and is " + value;
  }
  return {};
}

Result<void> check_url(std::string_view name, const std::string& url) {
  const std::unique_ptr<CURLU, void (*)(CURLU*)> parsed(curl_url(), curl_url_cleanup);
  const auto error = curl_url_set(parsed.get(), CURLUPART_URL, url.c_str(), CURLU_DISALLOW_USER);
  if (error == CURLUE_OK) return {};
  const auto section = "[webhook." + std::string(name) + "]";
  return fail(ErrorCode::config,
              section + ": url is no address that can be called: " + curl_url_strerror(error),
              section);
}

}  // namespace nightshift::bridges::webhook
