// libcurl, with everything off that would send somewhere else or once more.
#include "bridges/webhook/http_post.hpp"

#include <curl/curl.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cassert>
#include <memory>

#include "bridges/webhook/address.hpp"

namespace nightshift::bridges::webhook {
namespace {

/// libcurl has to be started once, before threads use it.
void start_library() {
  static const CURLcode started = curl_global_init(CURL_GLOBAL_DEFAULT);
  assert(started == CURLE_OK);
  static_cast<void>(started);
}

class Call {
 public:
  Call(const Post& post, const Probe& probe)
      : post_(post),
        probe_(probe),
        curl_((start_library(), curl_easy_init()), curl_easy_cleanup),
        headers_(nullptr, curl_slist_free_all) {
    assert(curl_);
  }

  Answer run() {
    set_request();
    set_bounds();
    set_transport();
    set_callbacks();
    pass("webhook.connect");
    const auto result = curl_easy_perform(curl_.get());
    if (result != CURLE_OK) {
      answer_.error = error_[0] != '\0' ? error_.data() : curl_easy_strerror(result);
    }
    curl_off_t seconds = 0;
    curl_easy_getinfo(curl_.get(), CURLINFO_RETRY_AFTER, &seconds);
    answer_.retry_after = std::chrono::seconds(std::max<curl_off_t>(seconds, 0));
    pass("webhook.end");
    return std::move(answer_);
  }

 private:
  template <class Value>
  void set(CURLoption option, Value value) {
    const auto code = curl_easy_setopt(curl_.get(), option, value);
    // Each of them is known to the library that this was built with, and takes these values.
    assert(code == CURLE_OK);
    static_cast<void>(code);
  }

  void set_request() {
    set(CURLOPT_URL, post_.url.c_str());
    set(CURLOPT_POST, 1L);
    set(CURLOPT_POSTFIELDS, post_.body.data());
    set(CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(post_.body.size()));
    // Without "Expect:" libcurl may wait for a go-ahead, and send anew without one.
    for (const auto* header : {"Expect:", "Accept: */*"}) add_header(header);
    for (const auto& header : post_.headers) add_header(header.c_str());
    set(CURLOPT_HTTPHEADER, headers_.get());
  }

  void add_header(const char* header) {
    headers_.reset(curl_slist_append(headers_.release(), header));
  }

  void set_bounds() {
    const auto timeout = static_cast<long>(post_.timeout.count());
    const long connect = std::chrono::milliseconds(connect_timeout).count();
    set(CURLOPT_TIMEOUT_MS, timeout);
    set(CURLOPT_CONNECTTIMEOUT_MS, std::min(timeout, connect));
    set(CURLOPT_NOSIGNAL, 1L);
    set(CURLOPT_FOLLOWLOCATION, 0L);
  }

  void set_transport() {
    set(CURLOPT_PROTOCOLS_STR, "http,https");
    set(CURLOPT_DISALLOW_USERNAME_IN_URL, 1L);
    set(CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_1_1));
    // A connection that was used before may turn out dead, and libcurl would then send once more.
    set(CURLOPT_FRESH_CONNECT, 1L);
    set(CURLOPT_FORBID_REUSE, 1L);
    // Not even one of the environment.
    set(CURLOPT_PROXY, "");
    set(CURLOPT_SSL_VERIFYPEER, 1L);
    set(CURLOPT_SSL_VERIFYHOST, 2L);
    set(CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
    if (!post_.ca_file.empty()) {
      set(CURLOPT_CAINFO, post_.ca_file.c_str());
      set(CURLOPT_CAPATH, static_cast<const char*>(nullptr));
    }
  }

  void set_callbacks() {
    set(CURLOPT_ERRORBUFFER, error_.data());
    set(CURLOPT_OPENSOCKETFUNCTION, &Call::on_socket);
    set(CURLOPT_OPENSOCKETDATA, this);
    set(CURLOPT_PREREQFUNCTION, &Call::on_connected);
    set(CURLOPT_PREREQDATA, this);
    set(CURLOPT_HEADERFUNCTION, &Call::on_line);
    set(CURLOPT_HEADERDATA, this);
    set(CURLOPT_WRITEFUNCTION, &Call::on_body);
    set(CURLOPT_WRITEDATA, this);
  }

  static curl_socket_t on_socket(void* self, curlsocktype, curl_sockaddr* address) {
    auto& call = *static_cast<Call*>(self);
    if (!call.post_.allow_private && !is_public(address->addr)) {
      call.answer_.private_address = address_text(address->addr);
      return CURL_SOCKET_BAD;
    }
    return ::socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
  }

  static int on_connected(void* self, char*, char*, int, int) {
    auto& call = *static_cast<Call*>(self);
    call.pass("webhook.send");
    call.answer_.begun = true;
    return CURL_PREREQFUNC_OK;
  }

  static std::size_t on_line(char* bytes, std::size_t, std::size_t size, void* self) {
    auto& call = *static_cast<Call*>(self);
    long status = 0;
    curl_easy_getinfo(call.curl_.get(), CURLINFO_RESPONSE_CODE, &status);
    const bool taken = call.reader_.take_line({bytes, size}, static_cast<int>(status));
    if (call.answer_.status != 0 && !call.answered_) {
      call.answered_ = true;
      call.pass("webhook.answer");
    }
    return taken ? size : 0;
  }

  static std::size_t on_body(char* bytes, std::size_t, std::size_t size, void* self) {
    return static_cast<Call*>(self)->reader_.take_body({bytes, size}) ? size : 0;
  }

  void pass(std::string_view point) const {
    if (probe_) probe_(point);
  }

  const Post& post_;
  const Probe& probe_;
  const std::unique_ptr<CURL, void (*)(CURL*)> curl_;
  std::unique_ptr<curl_slist, void (*)(curl_slist*)> headers_;
  std::array<char, CURL_ERROR_SIZE> error_{};
  Answer answer_;
  AnswerReader reader_{answer_};
  bool answered_ = false;
};

}  // namespace

Answer post(const Post& post, const Probe& probe) { return Call(post, probe).run(); }

}  // namespace nightshift::bridges::webhook
