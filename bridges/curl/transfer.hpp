// One transfer of libcurl, as every bridge that calls out wants it.
#pragma once

#include <curl/curl.h>

#include <array>
#include <filesystem>
#include <map>
#include <memory>
#include <string>

namespace nightshift::bridges {

/// To the address that is given and to no other: no redirect, no proxy (not even one of the
/// environment), no `.netrc`, no user in the address. TLS 1.2 or later, with the certificate and
/// its name checked. Not thread-safe; several may run at once. The process must ignore SIGPIPE.
class Transfer {
 public:
  /// `protocols` as libcurl lists them, "http,https". `ca_file` stands instead of the system's
  /// certificates, unless it is empty.
  Transfer(const char* protocols, const std::filesystem::path& ca_file);
  Transfer(const Transfer&) = delete;
  Transfer& operator=(const Transfer&) = delete;

  CURL* handle() const { return curl_.get(); }

  template <class Value>
  void set(CURLoption option, Value value) {
    check(curl_easy_setopt(curl_.get(), option, value));
  }
  /// One more line of a list: header fields, recipients.
  void add(CURLoption list, const std::string& line);
  /// Over a connection of its own: one that was used before may turn out dead, and libcurl would
  /// then send once more.
  void connect_anew();

  /// Why it ended so, in libcurl's words.
  std::string why(CURLcode result) const;

 private:
  using List = std::unique_ptr<curl_slist, void (*)(curl_slist*)>;

  /// Every option is known to the library that this was built with, and takes the value.
  static void check(CURLcode code);

  const std::unique_ptr<CURL, void (*)(CURL*)> curl_;
  std::map<CURLoption, List> lists_;
  std::array<char, CURL_ERROR_SIZE> error_{};
};

}  // namespace nightshift::bridges
