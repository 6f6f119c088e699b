// One request by libcurl, and what came back.
#include "bridges/mcp/transport/http_exchange.hpp"

#include <algorithm>

namespace nightshift::bridges::mcp {
namespace {

constexpr std::size_t head_bytes_max = 64u << 10;
constexpr std::size_t session_bytes_max = 1024;
/// Of what waits for no answer.
constexpr long errand_timeout_ms = 30'000;

bool same_word(std::string_view a, std::string_view b) {
  const auto low = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; };
  return std::ranges::equal(a, b, {}, low, low);
}

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view blanks = " \t\r\n";
  const auto from = text.find_first_not_of(blanks);
  if (from == text.npos) return {};
  return text.substr(from, text.find_last_not_of(blanks) - from + 1);
}

bool is_visible(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return c > 0x20 && c < 0x7F; });
}

}  // namespace

HttpExchange::HttpExchange(const HttpAddress& address, Verb verb, Outgoing message,
                           const std::vector<std::string>& fields)
    : verb_(verb), message_(std::move(message)), transfer_("http,https", address.ca_file) {
  set_request(address, fields);
  set_transport();
  set_callbacks();
}

template <class Value>
void HttpExchange::set(CURLoption option, Value value) {
  transfer_.set(option, value);
}

void HttpExchange::set_request(const HttpAddress& address, const std::vector<std::string>& fields) {
  set(CURLOPT_URL, address.url.c_str());
  set(CURLOPT_PRIVATE, this);
  if (verb_ == Verb::post) {
    set(CURLOPT_POST, 1L);
    set(CURLOPT_POSTFIELDS, message_.text.data());
    set(CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(message_.text.size()));
  } else if (verb_ == Verb::remove) {
    set(CURLOPT_CUSTOMREQUEST, "DELETE");
  }
  const auto add = [this](const std::string& field) { transfer_.add(CURLOPT_HTTPHEADER, field); };
  // Without "Expect:" libcurl may wait for a go-ahead, and send anew without one.
  add("Expect:");
  for (const auto& field : fields) add(field);
  for (const auto& field : address.headers) {
    const runtime::WipedString text(std::string(field.reveal()));
    add(text.text());
  }
  const bool is_errand = verb_ == Verb::remove || message_.kind != Outgoing::Kind::request;
  if (is_errand && verb_ != Verb::get) set(CURLOPT_TIMEOUT_MS, errand_timeout_ms);
}

void HttpExchange::set_transport() {
  set(CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_1_1));
  // A kept connection may turn out dead, and libcurl would then send once more.
  if (message_.method == "tools/call" && verb_ == Verb::post) transfer_.connect_anew();
}

void HttpExchange::set_callbacks() {
  set(CURLOPT_PREREQFUNCTION, &HttpExchange::on_connected);
  set(CURLOPT_PREREQDATA, this);
  set(CURLOPT_HEADERFUNCTION, &HttpExchange::on_line);
  set(CURLOPT_HEADERDATA, this);
  set(CURLOPT_WRITEFUNCTION, &HttpExchange::on_body);
  set(CURLOPT_WRITEDATA, this);
}

int HttpExchange::on_connected(void* self, char*, char*, int, int) {
  static_cast<HttpExchange*>(self)->begun_ = true;
  return CURL_PREREQFUNC_OK;
}

std::size_t HttpExchange::on_line(char* bytes, std::size_t, std::size_t size, void* self) {
  auto& exchange = *static_cast<HttpExchange*>(self);
  exchange.head_bytes_ += size;
  if (exchange.head_bytes_ > head_bytes_max) return 0;
  exchange.take_line(trimmed({bytes, size}));
  return size;
}

void HttpExchange::take_line(std::string_view line) {
  // Trailers say nothing more.
  if (status_ != 0) return;
  if (line.empty()) {
    long status = 0;
    curl_easy_getinfo(handle(), CURLINFO_RESPONSE_CODE, &status);
    if (status >= 200) status_ = static_cast<int>(status);
    return;
  }
  const auto colon = line.find(':');
  if (colon == line.npos) return;
  const auto name = line.substr(0, colon);
  const auto value = trimmed(line.substr(colon + 1));
  if (same_word(name, "content-type")) {
    const auto type = trimmed(value.substr(0, value.find(';')));
    is_stream_ = same_word(type, "text/event-stream");
    is_json_ = same_word(type, "application/json");
  } else if (same_word(name, "mcp-session-id") && value.size() <= session_bytes_max &&
             is_visible(value)) {
    session_ = value;
  }
}

std::size_t HttpExchange::on_body(char* bytes, std::size_t, std::size_t size, void* self) {
  return static_cast<HttpExchange*>(self)->take_body({bytes, size}) ? size : 0;
}

bool HttpExchange::take_body(std::string_view bytes) {
  if (is_stream_ && status_ == 200 && ear_ != nullptr) {
    too_large_ = !events_.take(bytes, [this](std::string_view data) { ear_->received(data); });
    return !too_large_;
  }
  too_large_ = bytes.size() > message_bytes_max - body_.size();
  if (!too_large_) body_ += bytes;
  return !too_large_;
}

std::string HttpExchange::why(CURLcode result) const { return transfer_.why(result); }

}  // namespace nightshift::bridges::mcp
