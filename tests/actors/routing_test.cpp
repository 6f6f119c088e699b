// How the manager chooses, and what the drafts are called.
#include "actors/task/routing.hpp"

#include <boost/test/unit_test.hpp>

#include "actors/task/draft_id.hpp"
#include "messages/ids.hpp"
#include "tests/support/world.hpp"

namespace nightshift::tests {
namespace {

struct Case {
  const char* title;
  const char* text;
  const char* agent;
  Channel channel;
};

task::Route routed(const Assignment& content, std::string_view named = "") {
  return actors::route(content, named, World().node.owners<RoutingTable>());
}

Assignment content(std::string title, std::string text = "") {
  Assignment made;
  made.set_title(std::move(title));
  made.set_text(std::move(text));
  return made;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(routing)

BOOST_AUTO_TEST_CASE(the_agent_with_most_keywords_gets_it_and_the_first_keyword_breaks_a_tie) {
  const Case cases[] = {
      {"Reply to the customer", "", "email", CHANNEL_EMAIL},
      {"REPLY!", "", "email", CHANNEL_EMAIL},
      {"Post on Twitter", "", "social", CHANNEL_X},
      {"Announce it", "First on Instagram, then on facebook.", "social", CHANNEL_INSTAGRAM},
      {"Invoice for Duarte", "by email", "accounting", CHANNEL_ODOO},
      {"An invoice: reply by email", "", "email", CHANNEL_EMAIL},
      {"Reply about the invoice", "", "email", CHANNEL_EMAIL},
      {"The invoice needs a reply", "", "accounting", CHANNEL_ODOO},
      {"gmail_reply_4471", "", "email", CHANNEL_EMAIL},
      {"Replying machines", "emailed invoices", "", CHANNEL_UNSPECIFIED},
      {"", "", "", CHANNEL_UNSPECIFIED},
  };
  for (const auto& [title, text, agent, channel] : cases) {
    const auto route = routed(content(title, text));
    BOOST_TEST(route.agent() == agent, title << " went to " << route.agent());
    BOOST_TEST(route.channel() == channel, title << " on " << Channel_Name(route.channel()));
  }
}

BOOST_AUTO_TEST_CASE(front_matter_goes_before_keywords) {
  auto task = content("Reply to the customer");
  BOOST_TEST(routed(task, "social").agent() == "social");
  BOOST_TEST(routed(task, "nobody").agent().empty());
  BOOST_TEST(routed(task, "nobody").why() == "no agent 'nobody' is configured");
  task.set_channel(CHANNEL_WHATSAPP);
  BOOST_TEST(routed(task).channel() == CHANNEL_WHATSAPP);
  task.set_title("see there");
  task.set_type("invoice");
  BOOST_TEST(routed(task).agent() == "accounting");
}

BOOST_AUTO_TEST_CASE(a_persons_choice_goes_before_all) {
  auto task = content("Reply to the customer");
  task.set_channel(CHANNEL_WHATSAPP);
  const World world;
  const auto& table = world.node.owners<RoutingTable>();
  const auto route = actors::route_to(task, "social", CHANNEL_FACEBOOK, table);
  BOOST_TEST(route.agent() == "social");
  BOOST_TEST(route.channel() == CHANNEL_FACEBOOK);
}

BOOST_AUTO_TEST_CASE(drafts_are_called_by_channel_type_and_task) {
  using actors::draft_id;
  BOOST_TEST(draft_id(CHANNEL_EMAIL, "", "order-4471", 1) == "EMAIL_DRAFT_order-4471");
  BOOST_TEST(draft_id(CHANNEL_EMAIL, "Reply", "order-4471", 1) == "EMAIL_REPLY_order-4471");
  BOOST_TEST(draft_id(CHANNEL_EMAIL, "reply", "EMAIL_DRAFT_7", 1) == "EMAIL_REPLY_7");
  BOOST_TEST(draft_id(CHANNEL_EMAIL, "email reply", "EMAIL_7", 1) == "EMAIL_REPLY_7");
  BOOST_TEST(draft_id(CHANNEL_LINKEDIN, "", "launch", 2) == "LINKEDIN_POST_launch-2");
  BOOST_TEST(draft_id(CHANNEL_FACEBOOK, "", "launch", 1) == "SOCIAL_POST_FACEBOOK_launch");
  BOOST_TEST(draft_id(CHANNEL_X, "", "launch", 1) == "SOCIAL_POST_X_launch");
  BOOST_TEST(draft_id(CHANNEL_WHATSAPP, "", "a", 1) == "WHATSAPP_REPLY_a");
  BOOST_TEST(draft_id(CHANNEL_ODOO, "", "a", 1) == "ODOO_DRAFT_INVOICE_a");
  BOOST_TEST(draft_id(CHANNEL_ODOO, "post_invoice", "a", 1) == "ODOO_POST_INVOICE_a");
  BOOST_TEST(draft_id(CHANNEL_ODOO, "payment", "a", 1) == "ODOO_PAYMENT_a");
}

BOOST_AUTO_TEST_CASE(a_long_name_is_cut_and_stays_its_own) {
  const auto one = actors::draft_id(CHANNEL_ODOO, "", std::string(127, 'x') + "a", 1);
  const auto other = actors::draft_id(CHANNEL_ODOO, "", std::string(127, 'x') + "b", 1);
  BOOST_TEST(is_id(one + "-100"));
  BOOST_TEST(one != other);
  BOOST_TEST(one != actors::draft_id(CHANNEL_ODOO, "", std::string(127, 'x') + "a", 2));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace nightshift::tests
