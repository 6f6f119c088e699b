// The drafter that needs nothing.
#include "bridges/agent/template_drafter.hpp"

#include <algorithm>
#include <boost/test/unit_test.hpp>

namespace nightshift::bridges::agent {
namespace {

draft::Write drafted(Channel channel, const std::string& title, const std::string& text) {
  effect::ComposeDraft task;
  task.set_channel(channel);
  task.mutable_content()->set_title(title);
  task.mutable_content()->set_text(text);
  task.mutable_content()->set_from("ines@example.com");
  const auto draft = TemplateDrafter().write(task, [] { return false; });
  BOOST_TEST_REQUIRE(draft.has_value());
  return *draft;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(template_drafter)

BOOST_AUTO_TEST_CASE(it_says_of_itself_what_it_is_wherever_it_writes) {
  for (int n = CHANNEL_EMAIL; n <= CHANNEL_X; ++n) {
    const auto draft = drafted(static_cast<Channel>(n), "Order 4471", "Where is it?");
    BOOST_TEST(draft.written_by() == "built-in template; no model has read the task");
    BOOST_TEST(draft.body().contains("A template: no model has read the task."));
    BOOST_TEST(draft.body().contains("Order 4471"));
  }
}

BOOST_AUTO_TEST_CASE(an_answer_quotes_what_it_answers) {
  const auto draft = drafted(CHANNEL_EMAIL, "Order 4471", "Where is it?\nInes");
  BOOST_TEST(draft.subject() == "Re: Order 4471");
  BOOST_TEST(draft.body().contains("> Where is it?\n> Ines\n"));
}

BOOST_AUTO_TEST_CASE(it_fits_the_shortest_channel_however_long_the_task) {
  std::string title;
  for (int n = 0; n < 400; ++n) title += "ü";
  const auto draft = drafted(CHANNEL_X, title, std::string(100'000, 'x'));
  const auto begins = [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; };
  BOOST_TEST(std::ranges::count_if(draft.body(), begins) <= 280);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace nightshift::bridges::agent
