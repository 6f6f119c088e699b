// The endpoint of the Model Context Protocol, which another bridge answers.
#include <algorithm>

#include "bridges/http/call.hpp"
#include "bridges/http/query.hpp"
#include "messages/crypto.hpp"
#include "runtime/endpoint.hpp"

namespace nightshift::bridges::http {
namespace {

runtime::EndpointRequest request_of(const Call& call) {
  runtime::EndpointRequest request{.body = std::string(call.request.body),
                                   .caller = *call.caller,
                                   .token = to_hex(as_bytes(call.who.token_hash))};
  for (const auto& field : call.request.head.fields()) {
    std::string name(field.name);
    std::ranges::transform(name, name.begin(), [](char c) {
      return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    });
    request.fields.emplace_back(std::move(name), field.value);
  }
  request.patience = patience_of(call.request.head).value_or(std::chrono::milliseconds(0));
  return request;
}

}  // namespace

Response post_mcp(const Call& call) {
  const auto endpoint = call.services.options.mcp;
  if (!endpoint) {
    return call.refuse({ErrorCode::not_found, "this node serves no MCP", {}});
  }
  Response out;
  out.later = std::make_unique<Later>();
  out.later->longest = endpoint->longest();
  out.later->begin = [endpoint, request = request_of(call)](Finish finish) mutable {
    endpoint->answer(std::move(request),
                     [finish = std::move(finish)](runtime::EndpointAnswer&& answer) mutable {
                       Response response;
                       response.status = answer.status;
                       response.content_type = answer.content_type;
                       response.headers = std::move(answer.fields);
                       response.body = std::move(answer.body);
                       finish(std::move(response));
                     });
  };
  return out;
}

}  // namespace nightshift::bridges::http
