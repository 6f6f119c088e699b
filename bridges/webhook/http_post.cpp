// One POST by libcurl, and what came back.
#include "bridges/webhook/http_post.hpp"

#include <sys/socket.h>

#include <algorithm>

#include "bridges/curl/transfer.hpp"
#include "bridges/webhook/address.hpp"

namespace nightshift::bridges::webhook {
namespace {

class Call {
 public:
  Call(const Post& post, const Probe& probe)
      : post_(post), probe_(probe), transfer_("http,https", post.ca_file) {}

  Answer run() {
    set_request();
    set_bounds();
    set_callbacks();
    pass("webhook.connect");
    const auto result = curl_easy_perform(transfer_.handle());
    if (result != CURLE_OK) answer_.error = transfer_.why(result);
    curl_off_t seconds = 0;
    curl_easy_getinfo(transfer_.handle(), CURLINFO_RETRY_AFTER, &seconds);
    answer_.retry_after = std::chrono::seconds(std::max<curl_off_t>(seconds, 0));
    pass("webhook.end");
    return std::move(answer_);
  }

 private:
  template <class Value>
  void set(CURLoption option, Value value) {
    transfer_.set(option, value);
  }

  void set_request() {
    set(CURLOPT_URL, post_.url.c_str());
    set(CURLOPT_POST, 1L);
    set(CURLOPT_POSTFIELDS, post_.body.data());
    set(CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(post_.body.size()));
    // Without "Expect:" libcurl may wait for a go-ahead, and send anew without one.
    for (const auto* header : {"Expect:", "Accept: */*"}) {
      transfer_.add(CURLOPT_HTTPHEADER, header);
    }
    for (const auto& header : post_.headers) transfer_.add(CURLOPT_HTTPHEADER, header);
  }

  void set_bounds() {
    const auto timeout = static_cast<long>(post_.timeout.count());
    const long connect = std::chrono::milliseconds(connect_timeout).count();
    set(CURLOPT_TIMEOUT_MS, timeout);
    set(CURLOPT_CONNECTTIMEOUT_MS, std::min(timeout, connect));
    set(CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_1_1));
    transfer_.connect_anew();
  }

  void set_callbacks() {
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
    curl_easy_getinfo(call.transfer_.handle(), CURLINFO_RESPONSE_CODE, &status);
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
  Transfer transfer_;
  Answer answer_;
  AnswerReader reader_{answer_};
  bool answered_ = false;
};

}  // namespace

Answer post(const Post& post, const Probe& probe) { return Call(post, probe).run(); }

}  // namespace nightshift::bridges::webhook
