// Lines in pieces, lines that are too long, and what is kept of them.
#include "bridges/mcp/protocol/line_reader.hpp"

#include <boost/test/unit_test.hpp>
#include <vector>

namespace nightshift::tests {
namespace {

struct Reading {
  bridges::mcp::LineReader reader{8};
  std::vector<std::string> lines;
  std::size_t lost = 0;

  void take(std::string_view bytes) {
    lost += reader.take(bytes, [this](std::string_view line) { lines.emplace_back(line); });
  }
};

using Lines = std::vector<std::string>;

}  // namespace

BOOST_FIXTURE_TEST_SUITE(mcp_line_reader, Reading)

BOOST_AUTO_TEST_CASE(lines_come_whole_however_the_bytes_are_cut) {
  const std::string_view text = "one\n\ntwo\r\n\r\n12345678\nend";
  for (std::size_t size = 1; size <= text.size(); ++size) {
    Reading reading;
    for (std::size_t at = 0; at < text.size(); at += size) reading.take(text.substr(at, size));
    BOOST_TEST(reading.lines == (Lines{"one", "two", "12345678"}), "in pieces of " << size);
    BOOST_TEST(reading.lost == 0);
  }
}

BOOST_AUTO_TEST_CASE(a_line_that_is_too_long_is_thrown_away_and_the_next_is_read) {
  const std::string_view text = "one\n123456789\nthree\n";
  for (std::size_t size = 1; size <= text.size(); ++size) {
    Reading reading;
    for (std::size_t at = 0; at < text.size(); at += size) reading.take(text.substr(at, size));
    BOOST_TEST(reading.lines == (Lines{"one", "three"}), "in pieces of " << size);
    BOOST_TEST(reading.lost == 1);
    BOOST_TEST(reading.reader.thrown_away() == 0);
  }
}

BOOST_AUTO_TEST_CASE(a_line_without_end_is_counted_and_not_kept) {
  for (int i = 0; i < 1000; ++i) take(std::string(1000, 'x'));
  BOOST_TEST(lost == 1);
  BOOST_TEST(reader.thrown_away() == 1'000'000);
  take("\nok\n");
  BOOST_TEST(lines == Lines{"ok"});
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace nightshift::tests
