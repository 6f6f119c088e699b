// What a task's file says, and what the node writes into it.
#include "bridges/vault/task_text.hpp"

#include <functional>
#include <vector>

#include "messages/time.hpp"
#include "tests/bridges/vault/temporary_folder.hpp"

namespace nightshift::bridges::vault {
namespace {

const std::string watched =
    "---\ntype: email\nfrom: Ines <ines@example.com>\nsubject: \"Order 4471\"\n"
    "priority: high\ncreated: 2026-11-21T07:00:00Z\nstatus: new\nthread: 77\ntags: [a, b]\n---\n\n"
    "Please reply.\n";

Assignment content_of(const TaskText& said) {
  Assignment content;
  content.set_title(said.content.subject());
  content.set_text(said.content.text());
  content.set_type(said.content.type());
  content.set_priority(said.content.priority());
  *content.mutable_created() = said.content.created();
  content.set_from(said.content.from());
  content.set_subject(said.content.subject());
  *content.mutable_notes() = said.content.notes();
  return content;
}

const Marks marks{.id = "T1", .status = "waiting", .digest = "0123", .note = "waits"};

}  // namespace

BOOST_AUTO_TEST_SUITE(task_text)

BOOST_AUTO_TEST_CASE(fields_of_a_watcher_are_read_and_the_rest_become_notes) {
  const auto said = read_task(watched, "T1").value();
  BOOST_TEST(said.content.type() == "email");
  BOOST_TEST(said.content.from() == "Ines <ines@example.com>");
  BOOST_TEST(said.content.subject() == "Order 4471");
  BOOST_TEST((said.content.priority() == PRIORITY_HIGH));
  BOOST_TEST(said.content.text() == "Please reply.");
  BOOST_TEST(to_rfc3339(from_proto(said.content.created())) == "2026-11-21T07:00:00Z");
  BOOST_REQUIRE(said.content.notes_size() == 2);
  BOOST_TEST(said.content.notes(0).key() == "tags");
  BOOST_TEST(said.content.notes(0).value() == "a, b");
  BOOST_TEST(said.content.notes(1).key() == "thread");
  BOOST_TEST(said.content.notes(1).value() == "77");
}

BOOST_AUTO_TEST_CASE(a_file_that_says_nothing_has_its_name_as_title) {
  BOOST_TEST(read_task("", "Call John").value().content.title() == "Call John");
  BOOST_TEST(read_task("Call him", "x").value().content.title().empty());
}

BOOST_AUTO_TEST_CASE(what_is_marked_reads_as_before_and_keeps_every_other_byte) {
  const auto content = content_of(read_task(watched, "T1").value());
  const auto text = with_marks(watched, content, marks).value();
  const auto said = read_task(text, "T1").value();
  BOOST_TEST((said.marks == marks));
  BOOST_TEST(says_the_same(said, content));
  BOOST_TEST(text.ends_with("---\n\nPlease reply.\n"));
  BOOST_TEST(text.find("from: Ines <ines@example.com>\nsubject: \"Order 4471\"\n") !=
             std::string::npos);
  BOOST_TEST(with_marks(text, content, marks).value() == text);
}

BOOST_AUTO_TEST_CASE(a_file_without_front_matter_is_given_one) {
  const auto content = content_of(read_task("Please reply\n", "T1").value());
  const auto text = with_marks("Please reply\n", content, marks).value();
  BOOST_TEST(text.starts_with("---\nid: T1\n"));
  BOOST_TEST(says_the_same(read_task(text, "T1").value(), content));
}

BOOST_AUTO_TEST_CASE(a_watchers_own_id_is_kept_under_another_key) {
  const std::string text = "---\nid: 18f3\nsubject: Hello\n---\n";
  const auto said = read_task(text, "T1").value();
  BOOST_REQUIRE(said.content.notes_size() == 1);
  BOOST_TEST(said.content.notes(0).key() == "source_id");
  const auto again = read_task(with_marks(text, content_of(said), marks).value(), "T1").value();
  BOOST_TEST(again.marks.id == "T1");
  BOOST_TEST(says_the_same(again, content_of(said)));
}

BOOST_AUTO_TEST_CASE(a_rendered_task_reads_as_itself) {
  const auto content = content_of(read_task(watched, "T1").value());
  const auto said = read_task(render(content, marks), "T1").value();
  BOOST_TEST((said.marks == marks));
  BOOST_TEST(says_the_same(said, content));
}

BOOST_AUTO_TEST_CASE(every_changed_field_is_seen) {
  const auto said = read_task(watched, "T1").value();
  const auto same = content_of(said);
  BOOST_TEST(says_the_same(said, same));
  const std::vector<std::function<void(Assignment&)>> changes{
      [](Assignment& content) { content.set_text("x"); },
      [](Assignment& content) { content.set_type("x"); },
      [](Assignment& content) { content.set_channel(CHANNEL_X); },
      [](Assignment& content) { content.set_priority(PRIORITY_LOW); },
      [](Assignment& content) { content.mutable_created()->set_seconds(0); },
      [](Assignment& content) { content.set_from("x"); },
      [](Assignment& content) { content.add_to("x"); },
      [](Assignment& content) { content.set_subject("x"); },
      [](Assignment& content) { content.set_account("x"); },
      [](Assignment& content) { content.mutable_notes(0)->set_value("x"); },
  };
  for (std::size_t i = 0; i < changes.size(); ++i) {
    auto other = same;
    changes[i](other);
    BOOST_TEST(!says_the_same(said, other), "change " << i);
  }
}

BOOST_AUTO_TEST_CASE(unknown_words_are_refused_with_those_that_are_known) {
  const auto refused = read_task("---\npriority: urgnet\n---\n", "x");
  BOOST_REQUIRE(!refused.has_value());
  BOOST_TEST(refused.error().message().find("urgent, high, normal or low") != std::string::npos);
  BOOST_TEST(!read_task("---\nchannel: fax\n---\n", "x").has_value());
  BOOST_TEST((read_task("---\npriority: Medium\n---\n", "x").value().content.priority() ==
              PRIORITY_NORMAL));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace nightshift::bridges::vault
