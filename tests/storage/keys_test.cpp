// Keys sort as what they stand for, and can be read back.
#include <algorithm>

#include <boost/test/unit_test.hpp>

#include "storage/bytes.hpp"
#include "storage/keys.hpp"

namespace nightshift::storage {
namespace {

using namespace std::string_literals;

BOOST_AUTO_TEST_SUITE(keys)

BOOST_AUTO_TEST_CASE(offsets_sort_as_numbers) {
  const std::vector<std::uint64_t> offsets{0, 1, 255, 256, 1u << 31, std::uint64_t{1} << 63};
  for (std::size_t i = 1; i < offsets.size(); ++i)
    BOOST_TEST((record_key(offsets[i - 1]) < record_key(offsets[i])));
  for (const auto offset : offsets) BOOST_TEST(offset_of(record_key(offset)).value() == offset);
}

BOOST_AUTO_TEST_CASE(streams_sort_by_kind_id_and_sequence) {
  const std::vector<PointerKey> pointers{{{"a", "x"}, 1},   {{"a", "x"}, 2},  {{"a", "x"}, 256},
                                         {{"a", "x.1"}, 1}, {{"a", "xy"}, 1}, {{"ab", "a"}, 1}};
  for (std::size_t i = 0; i < pointers.size(); ++i) {
    const auto key = pointer_key(pointers[i].entity, pointers[i].sequence);
    const auto read = pointer_of(key);
    BOOST_REQUIRE(read);
    BOOST_TEST((read->entity == pointers[i].entity));
    BOOST_TEST(read->sequence == pointers[i].sequence);
    if (i > 0) BOOST_TEST((pointer_key(pointers[i - 1].entity, pointers[i - 1].sequence) < key));
  }
}

BOOST_AUTO_TEST_CASE(work_sorts_by_kind_due_time_and_entity) {
  const auto at = [](std::int64_t us) { return time_from_us(us); };
  const std::vector<WorkKey> works{
      {WorkKind::effect, at(0), {"k", "a"}, "send"}, {WorkKind::effect, at(0), {"k", "b"}, "a"},
      {WorkKind::deadline, at(-5), {"k", "z"}, "x"}, {WorkKind::deadline, at(0), {"k", "a"}, ""},
      {WorkKind::deadline, at(7), {"k", "a"}, "x"},  {WorkKind::deadline, at(7), {"k", "a"}, "y"},
      {WorkKind::tell, at(0), {"k", "a"}, "1"}};
  BOOST_TEST(std::ranges::is_sorted(works));
  for (std::size_t i = 0; i < works.size(); ++i) {
    BOOST_TEST((work_of(work_key(works[i])) == works[i]));
    if (i > 0) BOOST_TEST((work_key(works[i - 1]) < work_key(works[i])));
  }
}

BOOST_AUTO_TEST_CASE(an_index_value_may_hold_any_bytes) {
  const std::vector<std::string> values{"",     "\0"s,   "\0\0"s, "\0\1"s, "\0\xff"s, "a",
                                        "a\0"s, "a\0b"s, "a\1b",  "b",     "\xff"};
  for (std::size_t i = 0; i < values.size(); ++i) {
    const auto key = index_key("kind", "status", values[i], "id-1");
    BOOST_TEST(id_of_index(key).value() == "id-1");
    const auto range = index_after("kind", "status", values[i], "");
    for (std::size_t other = 0; other < values.size(); ++other) {
      const auto found = index_key("kind", "status", values[other], "id-1");
      BOOST_TEST(((range.from <= found && found < range.until) == (other == i)));
    }
    if (i > 0) BOOST_TEST((index_key("kind", "status", values[i - 1], "z") < key));
  }
}

BOOST_AUTO_TEST_CASE(a_range_after_an_id_begins_behind_it) {
  const auto range = states_after("kind", "m");
  const auto inside = [&](const EntityRef& entity) {
    const auto key = state_key(entity);
    return range.from <= key && key < range.until;
  };
  BOOST_TEST(!inside({"kind", "l"}));
  BOOST_TEST(!inside({"kind", "m"}));
  BOOST_TEST(inside({"kind", "m-"}));
  BOOST_TEST(inside({"kind", "z"}));
  BOOST_TEST(!inside({"kind2", "z"}));
}

BOOST_AUTO_TEST_CASE(a_prefix_that_ends_with_the_highest_byte_has_an_end) {
  BOOST_TEST(keys_with_prefix("a\xff").until == "b");
}

BOOST_AUTO_TEST_CASE(damaged_keys_are_not_read) {
  for (const auto& key : {""s, "R"s, "R1234567"s, "P"s, "Pkind"s, "Pkind\0id"s, "W\1"s, "Skind"s,
                          "Skind\0"s, "I"s, "C\0"s}) {
    BOOST_TEST(!offset_of(key).has_value());
    BOOST_TEST(!pointer_of(key).has_value());
    BOOST_TEST(!work_of(key).has_value());
    BOOST_TEST(!id_of_state(key).has_value());
    BOOST_TEST(!id_of_index(key).has_value());
    BOOST_TEST(!day_of_command(key).has_value());
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace nightshift::storage
