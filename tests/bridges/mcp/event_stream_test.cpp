// Server-sent events in pieces, with the forms that the standard allows.
#include "bridges/mcp/protocol/event_stream.hpp"

#include <boost/test/unit_test.hpp>
#include <vector>

namespace nightshift::tests {
namespace {

struct Stream {
  bridges::mcp::EventStream events{64};
  std::vector<std::string> data;

  bool take(std::string_view bytes) {
    return events.take(bytes, [this](std::string_view text) { data.emplace_back(text); });
  }
};

using Data = std::vector<std::string>;

}  // namespace

BOOST_AUTO_TEST_SUITE(mcp_event_stream)

BOOST_AUTO_TEST_CASE(events_come_whole_however_the_bytes_are_cut) {
  const std::string_view text =
      "\xEF\xBB\xBF: hello\nid: 1\ndata:\n\nevent: message\ndata: one\r\n\r\ndata:two\ndata:  "
      "lines\n"
      "more\nid:2\n\nevent: other\ndata: x\n\nretry: 250\rdata: three\r\rdata: unfinished\n";
  for (std::size_t size = 1; size <= text.size(); ++size) {
    Stream stream;
    for (std::size_t at = 0; at < text.size(); at += size) {
      BOOST_TEST(stream.take(text.substr(at, size)));
    }
    BOOST_TEST(stream.data == (Data{"one", "two\n lines", "three"}), "in pieces of " << size);
    BOOST_TEST(stream.events.last_id() == "2");
    BOOST_TEST(stream.events.retry()->count() == 250);
  }
}

BOOST_AUTO_TEST_CASE(an_event_that_is_too_large_ends_the_stream) {
  Stream one_line;
  BOOST_TEST(one_line.take("data: ok\n\n"));
  BOOST_TEST(!one_line.take("data: " + std::string(64, 'x')));
  BOOST_TEST(!one_line.take("\n\ndata: more\n\n"));
  BOOST_TEST(one_line.data == Data{"ok"});
  Stream many_lines;
  bool taken = true;
  for (int i = 0; i < 64 && taken; ++i) taken = many_lines.take("data: x\n");
  BOOST_TEST(!taken);
}

BOOST_AUTO_TEST_CASE(ids_and_pauses_that_are_none_are_overlooked) {
  Stream stream;
  using namespace std::string_view_literals;
  stream.take("id: good\nid: a\0b\nretry: soon\nretry: -1\nretry: 99999999999\n\n"sv);
  BOOST_TEST(stream.events.last_id() == "good");
  BOOST_TEST(!stream.events.retry().has_value());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace nightshift::tests
