// JSON-RPC: what is a message, and what is told to the sender of what is none.
#include "bridges/mcp/protocol/message.hpp"

#include <boost/test/unit_test.hpp>

namespace nightshift::tests {
namespace {

using namespace bridges::mcp;

/// The kind of a message with its parts, or the code and reason of a bad one.
std::string read(std::string_view text) {
  const auto message = read_message(text);
  if (!message) {
    const auto& bad = message.error();
    return std::to_string(bad.code) + (bad.id ? " id " + to_json(*bad.id) : "") + ": " + bad.why;
  }
  if (const auto* request = std::get_if<Request>(&*message)) {
    return "request " + to_json(request->id) + " " + request->method + " " +
           std::string(request->params.raw());
  }
  if (const auto* notification = std::get_if<Notification>(&*message)) {
    return "notification " + notification->method + " " + std::string(notification->params.raw());
  }
  if (const auto* success = std::get_if<Success>(&*message)) {
    return "success " + to_json(success->id) + " " + std::string(success->result.raw());
  }
  const auto& failure = std::get<Failure>(*message);
  return "failure " + (failure.id ? to_json(*failure.id) : "none") + " " +
         std::to_string(failure.error.code) + " " + failure.error.message + " " +
         failure.error.data.raw();
}

constexpr auto no_id = "-32600: its id is neither a whole number of 53 bits nor a short text";

}  // namespace

BOOST_AUTO_TEST_SUITE(mcp_message)

BOOST_AUTO_TEST_CASE(messages_are_told_apart) {
  BOOST_TEST(read(R"({"jsonrpc":"2.0","id":1,"method":"m","params":{"a":1},"more":[]})") ==
             R"(request 1 m {"a":1})");
  BOOST_TEST(read(R"({"method":"m","id":"x","jsonrpc":"2.0","params":null})") ==
             R"(request "x" m null)");
  BOOST_TEST(read(R"({"jsonrpc":"2.0","method":"m"})") == "notification m null");
  BOOST_TEST(read(R"({"jsonrpc":"2.0","id":0,"result":{}})") == "success 0 {}");
  BOOST_TEST(read(R"({"jsonrpc":"2.0","id":-7,"error":{"code":1,"message":"no","data":[2]}})") ==
             "failure -7 1 no [2]");
  BOOST_TEST(read(R"({"jsonrpc":"2.0","id":null,"error":{"code":1,"message":""}})") ==
             "failure none 1  null");
  BOOST_TEST(read(R"({"jsonrpc":"2.0","error":{"code":1,"message":""}})") ==
             "failure none 1  null");
}

BOOST_AUTO_TEST_CASE(ids_are_whole_numbers_or_short_texts) {
  for (const auto* id : {"1.5", "1e2", "null", "true", "[]", "{}", "9007199254740993"}) {
    BOOST_TEST(read(R"({"jsonrpc":"2.0","method":"m","id":)" + std::string(id) + "}") == no_id, id);
  }
  const auto long_id = "\"" + std::string(id_bytes_max + 1, 'x') + "\"";
  BOOST_TEST(read(R"({"jsonrpc":"2.0","result":{},"id":)" + long_id + "}") == no_id);
  BOOST_TEST((RequestId(std::int64_t{1}) != RequestId(std::string("1"))));
}

BOOST_AUTO_TEST_CASE(what_is_none_is_refused_with_its_reason) {
  BOOST_TEST(read("{").starts_with("-32700: "));
  BOOST_TEST(read(R"([{"jsonrpc":"2.0","method":"m"}])") == "-32600: the message is no object");
  BOOST_TEST(read(R"({"jsonrpc":"1.0","method":"m"})") == "-32600: it is no JSON-RPC 2.0");
  BOOST_TEST(read(R"({"jsonrpc":"2.0","id":1,"method":"m","id":2})") ==
             "-32600: the message has a member twice");
  BOOST_TEST(read(R"({"jsonrpc":"2.0","id":1,"method":"m","params":[1]})") ==
             "-32600 id 1: its params are no object");
  BOOST_TEST(read(R"({"jsonrpc":"2.0","id":1,"method":7})") ==
             "-32600 id 1: its method is no text of 1 to 256 bytes");
  BOOST_TEST(read(R"({"jsonrpc":"2.0","id":1,"method":"m","result":{}})") ==
             "-32600 id 1: it is both a request and an answer");
  BOOST_TEST(read(R"({"jsonrpc":"2.0","id":1})") ==
             "-32600 id 1: it is neither a request nor an answer");
  BOOST_TEST(read(R"({"jsonrpc":"2.0","id":1,"result":{},"error":{"code":1,"message":""}})") ==
             "-32600: it has both a result and an error");
  BOOST_TEST(read(R"({"jsonrpc":"2.0","id":1,"result":[]})") == "-32600: its result is no object");
  BOOST_TEST(read(R"({"jsonrpc":"2.0","result":{}})") ==
             "-32600: it answers nothing: it has no id");
  BOOST_TEST(read(R"({"jsonrpc":"2.0","id":1,"error":{"code":"x","message":""}})") ==
             "-32600: its error has no code and message");
}

BOOST_AUTO_TEST_CASE(what_is_written_reads_the_same) {
  BOOST_TEST(read(write_request("a\n\"", "m\\", R"({"x":[]})")) ==
             R"(request "a\n\"" m\ {"x":[]})");
  BOOST_TEST(read(write_request(3, "m", "")) == "request 3 m null");
  BOOST_TEST(read(write_notification("m", "{}")) == "notification m {}");
  BOOST_TEST(read(write_success("s", "{}")) == R"(success "s" {})");
  BOOST_TEST(read(write_failure(std::nullopt, {-1, "why\t", {}})) == "failure none -1 why\t null");
  const RpcError error{2, "w", JsonText(*JsonView::read("[1]"))};
  BOOST_TEST(read(write_failure(4, error)) == "failure 4 2 w [1]");
  BOOST_TEST(write_request("a\n", "m", "").find('\n') == std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace nightshift::tests
