// One HTTP request, by libcurl.
#include "bridges/cli/http_client.hpp"

#include <curl/curl.h>

#include <cassert>
#include <cstdlib>

namespace nightshift::bridges::cli {
namespace {

struct FreeList {
  void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};
using HeaderList = std::unique_ptr<curl_slist, FreeList>;

HeaderList header_list(const HttpRequest& request) {
  HeaderList list;
  for (const auto& [name, value] : request.headers) {
    // curl takes the list over and returns its head.
    list.reset(curl_slist_append(list.release(), (name + ": " + value).c_str()));
  }
  // No 100-continue for small bodies: it costs a round trip.
  list.reset(curl_slist_append(list.release(), "Expect:"));
  return list;
}

std::size_t take_body(char* data, std::size_t, std::size_t size, void* response) {
  auto& body = static_cast<HttpResponse*>(response)->body;
  if (body.size() + size > response_bytes_max) return 0;
  body.append(data, size);
  return size;
}

/// An exchange whose body is taken as it comes.
struct Streaming {
  CURL* curl;
  HttpResponse& response;
  const HttpClient::Take& take;
  bool enough = false;
};

std::size_t take_part(char* data, std::size_t one, std::size_t size, void* exchange) {
  auto& streaming = *static_cast<Streaming*>(exchange);
  long status = 0;
  curl_easy_getinfo(streaming.curl, CURLINFO_RESPONSE_CODE, &status);
  if (status != 200) return take_body(data, one, size, &streaming.response);
  streaming.enough = !streaming.take({data, size});
  return streaming.enough ? 0 : size;
}

std::unexpected<Error> explain(CURLcode code, const std::string& base, const char* detail) {
  const std::string reason = *detail != '\0' ? detail : curl_easy_strerror(code);
  switch (code) {
    case CURLE_COULDNT_CONNECT:
    case CURLE_COULDNT_RESOLVE_HOST:
      return fail(ErrorCode::unreachable,
                  "no node answers at " + base + " (" + reason +
                      "); is it running? \"nightshift up\" starts one",
                  base);
    case CURLE_URL_MALFORMAT:
    case CURLE_UNSUPPORTED_PROTOCOL:
      return fail(ErrorCode::usage, "\"" + base + "\" is not a URL such as http://127.0.0.1:2308",
                  "--url");
    case CURLE_OPERATION_TIMEDOUT:
      return fail(ErrorCode::timed_out, "the node at " + base + " did not answer in time", base);
    default:
      return fail(ErrorCode::unavailable, "the connection to " + base + " broke (" + reason + ")",
                  base);
  }
}

}  // namespace

struct HttpClient::Handle {
  CURL* curl = curl_easy_init();
  HeaderList headers;
  char detail[CURL_ERROR_SIZE] = "";
  ~Handle() { curl_easy_cleanup(curl); }
};

HttpClient::HttpClient() : handle_(std::make_unique<Handle>()) { assert(handle_->curl != nullptr); }
HttpClient::~HttpClient() = default;

Result<HttpResponse> HttpClient::send(const std::string& base, const HttpRequest& request) {
  HttpResponse response;
  prepare(base, request);
  curl_easy_setopt(handle_->curl, CURLOPT_WRITEFUNCTION, take_body);
  curl_easy_setopt(handle_->curl, CURLOPT_WRITEDATA, &response);
  curl_easy_setopt(handle_->curl, CURLOPT_TIMEOUT_MS, static_cast<long>(request.timeout.count()));
  return perform(base, response);
}

Result<HttpResponse> HttpClient::stream(const std::string& base, const HttpRequest& request,
                                        const Take& take) {
  HttpResponse response;
  Streaming streaming{handle_->curl, response, take};
  prepare(base, request);
  curl_easy_setopt(handle_->curl, CURLOPT_WRITEFUNCTION, take_part);
  curl_easy_setopt(handle_->curl, CURLOPT_WRITEDATA, &streaming);
  curl_easy_setopt(handle_->curl, CURLOPT_LOW_SPEED_LIMIT, 1L);
  curl_easy_setopt(handle_->curl, CURLOPT_LOW_SPEED_TIME,
                   static_cast<long>(stream_silence_max.count()));
  auto answer = perform(base, response);
  if (streaming.enough) return HttpResponse{200, {}, 0};
  return answer;
}

void HttpClient::prepare(const std::string& base, const HttpRequest& request) {
  CURL* curl = handle_->curl;
  curl_easy_reset(curl);
  handle_->headers = header_list(request);
  *handle_->detail = '\0';
  curl_easy_setopt(curl, CURLOPT_URL, (base + request.target).c_str());
  curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
  curl_easy_setopt(curl, CURLOPT_NOPROXY, "localhost,127.0.0.1,::1");
  curl_easy_setopt(curl, CURLOPT_HTTPHEADER, handle_->headers.get());
  curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, handle_->detail);
  curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT_MS, 5'000L);
  if (request.method == "GET") return;
  curl_easy_setopt(curl, CURLOPT_CUSTOMREQUEST, request.method.c_str());
  curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(request.body.size()));
  curl_easy_setopt(curl, CURLOPT_POSTFIELDS, request.body.data());
}

Result<HttpResponse> HttpClient::perform(const std::string& base, HttpResponse& response) {
  CURL* curl = handle_->curl;
  if (const auto code = curl_easy_perform(curl); code != CURLE_OK) {
    return explain(code, base, handle_->detail);
  }
  long status = 0;
  curl_off_t retry_after = 0;
  curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
  curl_easy_getinfo(curl, CURLINFO_RETRY_AFTER, &retry_after);
  response.status = static_cast<int>(status);
  response.retry_after_s = static_cast<int>(std::min<curl_off_t>(retry_after, 3600));
  return std::move(response);
}

}  // namespace nightshift::bridges::cli
