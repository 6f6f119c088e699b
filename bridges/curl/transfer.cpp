// libcurl, with everything off that would send somewhere else or once more.
#include "bridges/curl/transfer.hpp"

#include <cassert>

namespace nightshift::bridges {
namespace {

constexpr long connect_timeout_ms = 10'000;

/// libcurl has to be started once, before threads use it.
CURL* new_handle() {
  static const CURLcode started = curl_global_init(CURL_GLOBAL_DEFAULT);
  assert(started == CURLE_OK);
  static_cast<void>(started);
  return curl_easy_init();
}

}  // namespace

Transfer::Transfer(const char* protocols, const std::filesystem::path& ca_file)
    : curl_(new_handle(), curl_easy_cleanup) {
  assert(curl_);
  set(CURLOPT_PROTOCOLS_STR, protocols);
  set(CURLOPT_DISALLOW_USERNAME_IN_URL, 1L);
  set(CURLOPT_FOLLOWLOCATION, 0L);
  // Not even one of the environment.
  set(CURLOPT_PROXY, "");
  set(CURLOPT_NETRC, static_cast<long>(CURL_NETRC_IGNORED));
  set(CURLOPT_NOSIGNAL, 1L);
  set(CURLOPT_CONNECTTIMEOUT_MS, connect_timeout_ms);
  set(CURLOPT_SSL_VERIFYPEER, 1L);
  set(CURLOPT_SSL_VERIFYHOST, 2L);
  set(CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
  if (!ca_file.empty()) {
    set(CURLOPT_CAINFO, ca_file.c_str());
    set(CURLOPT_CAPATH, static_cast<const char*>(nullptr));
  }
  set(CURLOPT_ERRORBUFFER, error_.data());
}

void Transfer::check(CURLcode code) {
  assert(code == CURLE_OK);
  static_cast<void>(code);
}

void Transfer::add(CURLoption list, const std::string& line) {
  auto& lines = lists_.try_emplace(list, nullptr, curl_slist_free_all).first->second;
  lines.reset(curl_slist_append(lines.release(), line.c_str()));
  set(list, lines.get());
}

void Transfer::connect_anew() {
  set(CURLOPT_FRESH_CONNECT, 1L);
  set(CURLOPT_FORBID_REUSE, 1L);
}

std::string Transfer::why(CURLcode result) const {
  return error_[0] != '\0' ? error_.data() : curl_easy_strerror(result);
}

}  // namespace nightshift::bridges
