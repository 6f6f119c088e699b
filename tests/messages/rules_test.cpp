// The rules of command fields.
#include <boost/test/unit_test.hpp>

#include "messages/json.hpp"
#include "messages/principal.pb.h"
#include "tests/messages/sample.pb.h"

namespace nightshift {
namespace {

using tests::Ruled;

Ruled valid() {
  Ruled ruled;
  ruled.set_text("12345678");
  ruled.set_colour(tests::COLOUR_RED);
  ruled.add_list("abc");
  ruled.mutable_part()->set_name("name");
  ruled.set_count(1);
  ruled.set_many(0);
  return ruled;
}

void check_refused(const Ruled& ruled, ErrorCode code, std::string_view instance) {
  const auto checked = check_rules(ruled);
  BOOST_REQUIRE_MESSAGE(!checked.has_value(), instance);
  BOOST_TEST(info(checked.error().code).name == info(code).name, instance);
  BOOST_TEST(checked.error().instance == instance);
  BOOST_TEST(checked.error().detail.find('`' + std::string(instance) + '`') != std::string::npos);
}

BOOST_AUTO_TEST_SUITE(rules)

BOOST_AUTO_TEST_CASE(values_up_to_their_bounds_pass) {
  auto ruled = valid();
  ruled.set_maybe("");
  ruled.add_parts()->set_name("x");
  ruled.set_raw("12");
  ruled.set_few(3);
  ruled.set_many(9'007'199'254'740'993);
  const auto checked = check_rules(ruled);
  BOOST_TEST(checked.has_value());
}

BOOST_AUTO_TEST_CASE(an_empty_required_field_is_invalid) {
  const auto without = [](auto clear) {
    auto ruled = valid();
    clear(ruled);
    return ruled;
  };
  constexpr auto invalid = ErrorCode::invalid;
  check_refused(without([](auto& r) { r.clear_text(); }), invalid, "text");
  check_refused(without([](auto& r) { r.clear_colour(); }), invalid, "colour");
  check_refused(without([](auto& r) { r.clear_list(); }), invalid, "list");
  check_refused(without([](auto& r) { r.clear_part(); }), invalid, "part");
  check_refused(without([](auto& r) { r.clear_count(); }), invalid, "count");
  check_refused(without([](auto& r) { r.clear_many(); }), invalid, "many");
  check_refused(without([](auto& r) { r.mutable_part()->clear_name(); }), invalid, "part.name");
  check_refused(without([](auto& r) { r.add_parts(); }), invalid, "parts[0].name");
}

BOOST_AUTO_TEST_CASE(a_value_over_its_bound_is_too_large) {
  const auto with = [](auto change) {
    auto ruled = valid();
    change(ruled);
    return ruled;
  };
  constexpr auto too_large = ErrorCode::too_large;
  check_refused(with([](auto& r) { r.set_text("123456789"); }), too_large, "text");
  check_refused(with([](auto& r) { r.add_list("abcd"); }), too_large, "list[1]");
  check_refused(with([](auto& r) { r.mutable_part()->set_name("12345"); }), too_large, "part.name");
  check_refused(with([](auto& r) { r.set_maybe("123"); }), too_large, "maybe");
  check_refused(with([](auto& r) { r.set_raw("123"); }), too_large, "raw");
  check_refused(with([](auto& r) {
                  r.add_parts()->set_name("x");
                  r.add_parts()->set_name("12345");
                }),
                too_large, "parts[1].name");
}

BOOST_AUTO_TEST_CASE(a_number_over_its_bound_is_invalid) {
  auto ruled = valid();
  ruled.set_few(4);
  check_refused(ruled, ErrorCode::invalid, "few");
  ruled = valid();
  ruled.set_many(9'007'199'254'740'994);
  check_refused(ruled, ErrorCode::invalid, "many");
}

BOOST_AUTO_TEST_CASE(a_required_list_of_scopes_may_not_be_empty) {
  principal::Issue issue;
  issue.set_token_hash(std::string(64, 'a'));
  const auto refused = check_rules(issue);
  BOOST_REQUIRE(!refused.has_value());
  BOOST_TEST(refused.error().instance == "scopes");
  issue.add_scopes(SCOPE_READ);
  BOOST_TEST(check_rules(issue).has_value());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace nightshift
