// Attacks on the front, as bytes: what two programs could read in two ways is refused with 4xx, the
// connection is closed, and nothing behind it is carried out.
#include <boost/test/unit_test.hpp>
#include <string>
#include <vector>

#include "tests/bridges/http/served.hpp"

namespace nightshift::tests {

namespace {

struct Attack {
  const char* name;
  std::string bytes;
  int status = 400;
};

const std::string get = "GET /livez HTTP/1.1\r\n";
const std::string host = "Host: localhost\r\n";
const std::string post =
    "POST /v1/counter/c/add HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer admin-token\r\n";
const std::string chunked = post + "Transfer-Encoding: chunked\r\n";
const std::string nul(1, '\0');

/// The command that an attacker would have carried out under another's name.
const std::string hidden = post + "Content-Length: 10\r\n\r\n{\"by\":666}";

const std::vector<Attack> smuggling{
    // Two lengths, or a length and chunks (cpp-httplib takes both).
    {"length and chunks", chunked + "Content-Length: 4\r\n\r\n0\r\n\r\n"},
    {"chunks and length",
     post + "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"},
    {"two lengths", post + "Content-Length: 2\r\nContent-Length: 0\r\n\r\n{}"},
    {"the same length twice", post + "Content-Length: 2\r\nContent-Length: 2\r\n\r\n{}"},
    {"a list of lengths", post + "Content-Length: 2, 2\r\n\r\n{}"},
    {"a length in another case", post + "Content-Length: 2\r\ncontent-length: 0\r\n\r\n{}"},
    {"a negative length", post + "Content-Length: -1\r\n\r\n"},
    {"a length with a plus", post + "Content-Length: +2\r\n\r\n{}"},
    {"a length in hexadecimal", post + "Content-Length: 0x2\r\n\r\n{}"},
    {"a length with a fraction", post + "Content-Length: 2.0\r\n\r\n{}"},
    {"a length of two words", post + "Content-Length: 2 2\r\n\r\n{}"},
    {"no length where one is named", post + "Content-Length:\r\n\r\n"},
    {"a length beyond 64 bits", post + "Content-Length: 18446744073709551616\r\n\r\n"},
    {"a length of 400 digits", post + "Content-Length: " + std::string(400, '9') + "\r\n\r\n"},
    {"a length beyond the bound", post + "Content-Length: 999999999999999999\r\n\r\n", 413},
    // Chunks (CVE-2025-46728, 2025-53628, 2025-53629, 2026-45352).
    {"chunks", chunked + "\r\n2\r\n{}\r\n0\r\n\r\n"},
    {"a chunk of -2 bytes", chunked + "\r\n-2\r\n"},
    {"a chunk of 2^64-1 bytes", chunked + "\r\nffffffffffffffff\r\n"},
    {"a chunk beyond 64 bits", chunked + "\r\n10000000000000000\r\n"},
    {"a chunk with a long extension", chunked + "\r\n2;" + std::string(9000, 'x') + "\r\n"},
    {"chunks by another name", post + "Transfer-Encoding: xchunked\r\n\r\n"},
    {"chunks twice", post + "Transfer-Encoding: chunked, chunked\r\n\r\n0\r\n\r\n"},
    {"chunks behind identity", post + "Transfer-Encoding: identity, chunked\r\n\r\n0\r\n\r\n"},
    {"identity", post + "Transfer-Encoding: identity\r\nContent-Length: 2\r\n\r\n{}"},
    {"chunks behind a tab", post + "Transfer-Encoding:\tchunked\r\n\r\n0\r\n\r\n"},
    {"chunks with a vertical tab", post + "Transfer-Encoding: \vchunked\r\n\r\n0\r\n\r\n"},
    {"chunks with a space before the colon", post + "Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n"},
    {"chunks in HTTP/1.0",
     "POST /v1/counter/c/add HTTP/1.0\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n"},
    {"chunks of a GET", get + host + "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n"},
    // Ends of lines, folds, bytes that end strings.
    {"LF alone ends the request line", "GET /livez HTTP/1.1\n" + host + "\r\n"},
    {"LF alone ends a field", post + "Content-Length: 0\n\r\n"},
    {"LF alone ends the block", get + host + "\n"},
    {"CR alone in a value", get + host + "X: a\rContent-Length: 9\r\n\r\n"},
    {"CR twice", get + "Host: localhost\r\r\n\r\n"},
    {"a folded field", post + "X: y\r\n Content-Length: 9\r\n\r\n"},
    {"a field folded by a tab", post + "X: y\r\n\tContent-Length: 9\r\n\r\n"},
    {"a fold before all fields", get + " X: y\r\n" + host + "\r\n"},
    {"NUL in a value", get + host + "X: a" + nul + "b\r\n\r\n"},
    {"NUL in a name", get + host + "X" + nul + ": a\r\n\r\n"},
    {"NUL in the target", "GET /livez" + nul + " HTTP/1.1\r\n" + host + "\r\n"},
    {"NUL in the method", "G" + nul + "T /livez HTTP/1.1\r\n" + host + "\r\n"},
    {"a control character in a value", get + host + "X: \x01\r\n\r\n"},
    {"DEL in a value", get + host + "X: \x7f\r\n\r\n"},
    // Fields.
    {"a space before the colon", get + host + "Content-Length : 9\r\n\r\n"},
    {"a field without a name", get + host + ": x\r\n\r\n"},
    {"a field without a colon", get + host + "Content-Length 9\r\n\r\n"},
    {"a name with brackets", get + host + "X[]: y\r\n\r\n"},
    {"no host", get + "\r\n"},
    {"an empty host", get + "Host:\r\n\r\n"},
    {"two hosts", get + host + "Host: other\r\n\r\n"},
    {"two tokens", post + "Authorization: Bearer read-token\r\nContent-Length: 0\r\n\r\n"},
    {"two keys", post + "Idempotency-Key: a\r\nIdempotency-Key: b\r\nContent-Length: 0\r\n\r\n"},
    {"a compressed body", post + "Content-Encoding: gzip\r\nContent-Length: 2\r\n\r\n\x1f\x8b"},
    {"an expectation that nobody can meet", post + "Expect: 200-ok\r\nContent-Length: 0\r\n\r\n"},
    {"a line without end", get + "X: " + std::string(20'000, 'x'), 413},
    {"a block without end",
     get + host +
         [] {
           std::string lines;
           for (int i = 0; i < 90; ++i) lines += "X: " + std::string(500, 'x') + "\r\n";
           return lines;
         }(),
     413},
    {"too many fields",
     get + host +
         [] {
           std::string lines;
           for (int i = 0; i < 101; ++i) lines += "X: y\r\n";
           return lines + "\r\n";
         }(),
     413},
    // Request lines and other protocols.
    {"HTTP/0.9", "GET /livez\r\n\r\n"},
    {"HTTP/0.9 by name", "GET /livez HTTP/0.9\r\n" + host + "\r\n"},
    {"HTTP/1.2", "GET /livez HTTP/1.2\r\n" + host + "\r\n"},
    {"HTTP/1.01", "GET /livez HTTP/1.01\r\n" + host + "\r\n"},
    {"HTTP in lower case", "GET /livez http/1.1\r\n" + host + "\r\n"},
    {"the preface of HTTP/2", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"},
    {"HTTP/3", "GET /livez HTTP/3.0\r\n" + host + "\r\n"},
    {"an empty line first", "\r\n" + get + host + "\r\n"},
    {"a space first", " " + get + host + "\r\n"},
    {"two spaces", "GET  /livez HTTP/1.1\r\n" + host + "\r\n"},
    {"a tab between", "GET\t/livez HTTP/1.1\r\n" + host + "\r\n"},
    {"a space at the end", "GET /livez HTTP/1.1 \r\n" + host + "\r\n"},
    {"a target with a space", "GET /livez x HTTP/1.1\r\n" + host + "\r\n"},
    {"a target without a path", "GET livez HTTP/1.1\r\n" + host + "\r\n"},
    {"a target with a fragment", "GET /livez#x HTTP/1.1\r\n" + host + "\r\n"},
    {"a target beyond ASCII", "GET /\xc3\xa9 HTTP/1.1\r\n" + host + "\r\n"},
    {"the whole server", "OPTIONS * HTTP/1.1\r\n" + host + "\r\n"},
    {"a tunnel", "CONNECT localhost:80 HTTP/1.1\r\n" + host + "\r\n"},
    {"absolute form of another scheme", "GET https://localhost/livez HTTP/1.1\r\n" + host + "\r\n"},
    {"absolute form without Host", "GET http://localhost/livez HTTP/1.1\r\n\r\n"},
    {"a method with a separator", "GE(T /livez HTTP/1.1\r\n" + host + "\r\n"},
    {"TLS", "\x16\x03\x01\x02" + nul + "\x01\r\n\r\n"},
    {"SSH", "SSH-2.0-OpenSSH_9.2\r\n\r\n"},
};

void check_refused(Wire& wire, const Attack& attack) {
  const auto answer = wire.read();
  BOOST_TEST(answer.status == attack.status);
  BOOST_TEST(answer.fields.contains("connection"));
  BOOST_TEST(answer.member("status") == std::to_string(attack.status));
  BOOST_TEST(wire.closed());
}

}  // namespace

BOOST_AUTO_TEST_SUITE(attacks)

BOOST_AUTO_TEST_CASE(what_could_smuggle_a_request_is_refused_and_the_connection_closed) {
  Served served;
  for (const Attack& attack : smuggling) {
    BOOST_TEST_CONTEXT(attack.name) {
      Wire wire(served.port());
      wire.send(attack.bytes + hidden);
      check_refused(wire, attack);
    }
  }
  BOOST_TEST(served.node.commands_seen() == 0u);
}

BOOST_AUTO_TEST_CASE(it_is_refused_too_when_it_arrives_in_pieces_behind_an_honest_request) {
  Served served;
  for (const Attack& attack : smuggling) {
    BOOST_TEST_CONTEXT(attack.name) {
      Wire wire(served.port());
      BOOST_TEST(wire.ask(get + host + "\r\n").status == 200);
      const std::string bytes = attack.bytes + hidden;
      const std::size_t piece = bytes.size() < 1000 ? 1 : 997;
      for (std::size_t at = 0; at < bytes.size(); at += piece) wire.send(bytes.substr(at, piece));
      check_refused(wire, attack);
    }
  }
  BOOST_TEST(served.node.commands_seen() == 0u);
}

BOOST_AUTO_TEST_CASE(names_that_are_not_ours_are_forbidden_in_every_form) {
  Served served;
  const std::string rows[] = {
      get + "Host: evil.example\r\n\r\n",
      get + "Host: localhost@evil.example\r\n\r\n",
      get + "Host: localhost:80:80\r\n\r\n",
      get + "Host: localhost, evil.example\r\n\r\n",
      "GET http://evil.example/livez HTTP/1.1\r\nHost: localhost\r\n\r\n",
      get + host + "Origin: http://evil.example\r\n\r\n",
      get + host + "Origin: null\r\n\r\n",
  };
  for (const std::string& row : rows) {
    BOOST_TEST_CONTEXT(row) { BOOST_TEST(Wire(served.port()).ask(row).status == 403); }
  }
}

/// CVE-2025-66570, 2026-45372: names that a library gives to its own facts, and ends of lines that
/// it decodes. Here a field is its bytes, and nothing looks for those.
BOOST_AUTO_TEST_CASE(fields_mean_nothing_but_themselves) {
  Served served;
  const std::string rows[] = {
      "REMOTE_ADDR: 127.0.0.1\r\nREMOTE_PORT: 1\r\nLOCAL_ADDR: 1.2.3.4\r\n",
      "X: a%0D%0AContent-Length: 40\r\n",
      "X: a%0D%0ATransfer-Encoding: chunked\r\n",
      "X-HTTP-Method-Override: POST\r\nX-Original-URL: /v1/counter/c/add\r\n",
      "Upgrade: h2c\r\nConnection: Upgrade, HTTP2-Settings\r\nHTTP2-Settings: AAMAAABk\r\n",
      "Connection: Content-Length\r\n",
  };
  for (const std::string& row : rows) {
    BOOST_TEST_CONTEXT(row) {
      Wire wire(served.port());
      wire.send(get + host + row + "\r\n" + get + host + "\r\n");
      for (int i = 0; i < 2; ++i) {
        const auto answer = wire.read();
        BOOST_TEST(answer.status == 200);
        BOOST_TEST(!answer.fields.contains("x"));
        BOOST_TEST(answer.body == R"({"status":"alive"})");
      }
    }
  }
  BOOST_TEST(served.node.commands_seen() == 0u);
}

BOOST_AUTO_TEST_CASE(a_thousand_requests_at_once_are_answered_in_order) {
  Served served;
  Wire wire(served.port());
  std::string all;
  for (int i = 0; i < 500; ++i) {
    all += post + "Content-Length: 8\r\n\r\n{\"by\":1}" + get + host + "\r\n";
  }
  wire.send(all);
  for (int i = 1; i <= 500; ++i) {
    BOOST_REQUIRE(wire.read().member("value") == std::to_string(i));
    BOOST_REQUIRE(wire.read().member("status") == "alive");
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace nightshift::tests
