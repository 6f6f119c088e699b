// The strict reader of header blocks: what it takes, and what two programs could read in two ways.
#include <boost/test/unit_test.hpp>
#include <string>

#include "bridges/http/head.hpp"

namespace nightshift::tests {

using bridges::http::Head;
using bridges::http::HeadScanner;
using bridges::http::Method;
using bridges::http::parse_head;

namespace {

struct Read {
  Result<void> result;
  Head head;
};

/// Scans and parses as a connection does. The text must outlive the result.
Read read(const std::string& text) {
  Read out;
  const auto size = HeadScanner().scan(text);
  if (!size) {
    out.result = std::unexpected(size.error());
  } else if (*size == 0) {
    out.result = fail(ErrorCode::bug, "the block has no end");
  } else {
    out.result = parse_head(std::string_view(text).substr(0, *size), out.head);
  }
  return out;
}

std::string code_of(const Result<void>& result) {
  return result ? "ok" : std::string(info(result.error().code).name);
}

const std::string host = "Host: localhost\r\n";

}  // namespace

BOOST_AUTO_TEST_SUITE(head)

BOOST_AUTO_TEST_CASE(a_whole_request_is_taken_apart) {
  const std::string text =
      "POST /v1/counter/c/add?x=1 HTTP/1.1\r\nhOST:localhost:80\r\nContent-Length:  12 \r\n"
      "Expect: 100-Continue\r\nEmpty:\r\nUser-Agent: caf\xc3\xa9\r\n\r\nbody";
  const auto [result, head] = read(text);
  BOOST_TEST(code_of(result) == "ok");
  BOOST_TEST((head.method == Method::post));
  BOOST_TEST(head.target == "/v1/counter/c/add?x=1");
  BOOST_TEST(head.host == "localhost:80");
  BOOST_TEST(head.content_length == 12u);
  BOOST_TEST(head.expects_continue);
  BOOST_TEST(head.keep_alive);
  BOOST_TEST(head.fields().size() == 5u);
  BOOST_TEST(head.find("USER-AGENT") == "caf\xc3\xa9");
  BOOST_TEST(head.find("empty").empty());
}

BOOST_AUTO_TEST_CASE(connections_go_on_or_end_as_the_version_and_the_peer_say) {
  const auto keeps = [](const std::string& version, const std::string& connection) {
    const std::string text = "GET / " + version + "\r\n" + host + connection + "\r\n";
    return read(text).head.keep_alive;
  };
  BOOST_TEST(keeps("HTTP/1.1", ""));
  BOOST_TEST(!keeps("HTTP/1.1", "Connection: close\r\n"));
  BOOST_TEST(!keeps("HTTP/1.1", "Connection: keep-alive, Close\r\n"));
  BOOST_TEST(!keeps("HTTP/1.0", ""));
  BOOST_TEST(keeps("HTTP/1.0", "Connection: Keep-Alive\r\n"));
}

BOOST_AUTO_TEST_CASE(proxies_absolute_form_counts_as_path_and_host) {
  const std::string text = "GET HTTP://one.example/a?b HTTP/1.1\r\nHost: two.example\r\n\r\n";
  const auto [result, head] = read(text);
  BOOST_TEST(code_of(result) == "ok");
  BOOST_TEST(head.target == "/a?b");
  BOOST_TEST(head.host == "one.example");
}

BOOST_AUTO_TEST_CASE(what_can_be_read_in_two_ways_is_refused) {
  struct Row {
    std::string text;
    const char* code;
  };
  const std::string get = "GET / HTTP/1.1\r\n";
  const std::string post = "POST / HTTP/1.1\r\n" + host;
  const Row rows[] = {
      {get + host + "\r\n", "ok"},
      // request line
      {"\r\n" + get + host + "\r\n", "invalid"},
      {"GET /\r\n" + host + "\r\n", "invalid"},
      {"GET  / HTTP/1.1\r\n" + host + "\r\n", "invalid"},
      {"GET / HTTP/1.1 \r\n" + host + "\r\n", "invalid"},
      {"GET\t/ HTTP/1.1\r\n" + host + "\r\n", "invalid"},
      {" GET / HTTP/1.1\r\n" + host + "\r\n", "invalid"},
      {"GET / HTTP/2.0\r\n" + host + "\r\n", "invalid"},
      {"GET / http/1.1\r\n" + host + "\r\n", "invalid"},
      {"GET / HTTP/1.1\r\nHost: a b\r\n\r\n", "ok"},
      {"GET / HTTP/1.10\r\n" + host + "\r\n", "invalid"},
      {"G(T / HTTP/1.1\r\n" + host + "\r\n", "invalid"},
      {"GET v1 HTTP/1.1\r\n" + host + "\r\n", "invalid"},
      {"GET * HTTP/1.1\r\n" + host + "\r\n", "invalid"},
      {"GET /a#b HTTP/1.1\r\n" + host + "\r\n", "invalid"},
      {"GET /caf\xc3\xa9 HTTP/1.1\r\n" + host + "\r\n", "invalid"},
      {"GET https://localhost/ HTTP/1.1\r\n" + host + "\r\n", "invalid"},
      // line ends
      {"GET / HTTP/1.1\n" + host + "\r\n", "invalid"},
      {get + "Host: localhost\n\r\n", "invalid"},
      {get + "Host: local\rhost\r\n\r\n", "invalid"},
      {get + "Host: localhost\r\r\n\r\n", "invalid"},
      {get + host + "\n", "invalid"},
      {get + "A: b\r\n" + host + "X: " + std::string(1, '\0') + "\r\n\r\n", "invalid"},
      // field syntax
      {get + host + "A : b\r\n\r\n", "invalid"},
      {get + host + " A: b\r\n\r\n", "invalid"},
      {get + host + "A: b\r\n c\r\n\r\n", "invalid"},
      {get + host + "A: b\r\n\tc\r\n\r\n", "invalid"},
      {get + host + "A\r\n\r\n", "invalid"},
      {get + host + ": b\r\n\r\n", "invalid"},
      {get + host + "A\x01: b\r\n\r\n", "invalid"},
      {get + host + "A: b\x7f\r\n\r\n", "invalid"},
      {get + host + "A: b\x0b\r\n\r\n", "invalid"},
      // one host
      {get + "\r\n", "invalid"},
      {"GET / HTTP/1.0\r\n\r\n", "invalid"},
      {get + "Host:\r\n\r\n", "invalid"},
      {get + host + host + "\r\n", "invalid"},
      {"GET http://localhost/ HTTP/1.1\r\n\r\n", "invalid"},
      // one length
      {post + "Content-Length: 5\r\n\r\n", "ok"},
      {post + "Content-Length: 5\r\nContent-Length: 5\r\n\r\n", "invalid"},
      {post + "Content-Length: 5\r\ncontent-length: 6\r\n\r\n", "invalid"},
      {post + "Content-Length: 5, 5\r\n\r\n", "invalid"},
      {post + "Content-Length: +5\r\n\r\n", "invalid"},
      {post + "Content-Length: -1\r\n\r\n", "invalid"},
      {post + "Content-Length: 0x5\r\n\r\n", "invalid"},
      {post + "Content-Length: 5 5\r\n\r\n", "invalid"},
      {post + "Content-Length:\r\n\r\n", "invalid"},
      {post + "Content-Length: 18446744073709551621\r\n\r\n", "invalid"},
      {post + "Transfer-Encoding: chunked\r\n\r\n", "invalid"},
      {post + "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n", "invalid"},
      {post + "Content-Length: 5\r\ntransfer-encoding: identity\r\n\r\n", "invalid"},
      {post + "Transfer-Encoding: xchunked\r\n\r\n", "invalid"},
      // one meaning
      {get + host + "Authorization: Bearer a\r\nAuthorization: Bearer b\r\n\r\n", "invalid"},
      {get + host + "Idempotency-Key: a\r\nIdempotency-Key: b\r\n\r\n", "invalid"},
      {get + host + "If-Match: \"1\"\r\nIf-Match: \"2\"\r\n\r\n", "invalid"},
      {get + host + "Origin: a\r\nOrigin: b\r\n\r\n", "invalid"},
      {get + host + "Content-Encoding: gzip\r\n\r\n", "invalid"},
  };
  for (const Row& row : rows) {
    BOOST_TEST_CONTEXT(row.text) { BOOST_TEST(code_of(read(row.text).result) == row.code); }
  }
}

BOOST_AUTO_TEST_CASE(lines_blocks_and_counts_are_bounded) {
  const std::string get = "GET / HTTP/1.1\r\n" + host;
  const auto filled = [&](std::size_t lines, std::size_t bytes) {
    std::string text = get;
    for (std::size_t i = 0; i < lines; ++i) text += "A: " + std::string(bytes - 5, 'x') + "\r\n";
    return text + "\r\n";
  };
  BOOST_TEST(code_of(read(filled(1, 8192)).result) == "ok");
  BOOST_TEST(code_of(read(filled(1, 8193)).result) == "too_large");
  BOOST_TEST(code_of(read(filled(3, 8192)).result) == "ok");
  BOOST_TEST(code_of(read(filled(4, 8192)).result) == "too_large");
  BOOST_TEST(code_of(read(filled(99, 10)).result) == "ok");
  BOOST_TEST(code_of(read(filled(100, 10)).result) == "too_large");
  const std::string target = "GET /" + std::string(9000, 'x') + " HTTP/1.1\r\n" + host + "\r\n";
  BOOST_TEST(code_of(read(target).result) == "too_large");
}

BOOST_AUTO_TEST_CASE(a_block_in_pieces_ends_where_it_ends) {
  const std::string text = "GET / HTTP/1.1\r\n" + host + "\r\n";
  HeadScanner scanner;
  for (std::size_t size = 0; size < text.size(); ++size) {
    const auto so_far = scanner.scan(std::string_view(text).substr(0, size));
    BOOST_REQUIRE(so_far.has_value());
    BOOST_TEST(*so_far == 0u);
  }
  BOOST_TEST(*scanner.scan(text + "GET /next") == text.size());
}

BOOST_AUTO_TEST_CASE(what_no_later_byte_can_mend_is_refused_at_once) {
  BOOST_TEST(!HeadScanner().scan("GET / HTTP/1.1\n").has_value());
  BOOST_TEST(!HeadScanner().scan("GET / HTTP/1.1\rX").has_value());
  BOOST_TEST(!HeadScanner().scan(std::string(9000, 'x')).has_value());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace nightshift::tests
