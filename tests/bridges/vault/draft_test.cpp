// A file as a proposal and a proposal as a file.
#include "bridges/vault/draft.hpp"

#include <boost/test/unit_test.hpp>

#include "bridges/vault/layout.hpp"

namespace nightshift::bridges::vault {
namespace {

const Place email{.name = "EMAIL_DRAFT_1.md",
                  .category = approval::CATEGORY_EMAIL,
                  .path = "Pending_Approval/Email/EMAIL_DRAFT_1.md"};

Place social(const std::string& stem) {
  return {.name = stem + ".md",
          .category = approval::CATEGORY_SOCIAL,
          .path = "Pending_Approval/Social/" + stem + ".md"};
}

Result<std::string> no_files(const std::string&, std::size_t) {
  return fail(ErrorCode::not_found, "no such file");
}

Result<Draft> read(std::string_view text, const Place& place = email) {
  return read_draft(text, place, no_files);
}

std::string refusal(std::string_view text, const Place& place = email) {
  const auto draft = read(text, place);
  return draft ? "accepted" : std::string(draft.error().message());
}

template <class T>
std::string reason_of(const Result<T>& result) {
  return result ? "" : std::string(result.error().message());
}

bool contains(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

approval::Proposal proposal_of(const approval::Propose& content) {
  approval::Proposal proposal;
  std::string bytes;
  BOOST_REQUIRE(content.SerializeToString(&bytes));
  BOOST_REQUIRE(proposal.ParseFromString(bytes));  // both have the content's fields alike
  proposal.set_requester("vault");
  return proposal;
}

const Marks marks{.id = "EMAIL_DRAFT_1", .status = "pending", .digest = "00ff", .note = ""};

}  // namespace

BOOST_AUTO_TEST_SUITE(draft)

BOOST_AUTO_TEST_CASE(front_matter_and_body_become_a_proposal) {
  const auto one = read(
      "---\nto: jane@example.com, \"Doe, John\" <john@example.com>\ncc: [c@example.com]\n"
      "subject: \"Re: offer\"\naccount: me@example.com\ndeadline: 2026-11-22T07:00:00Z\n"
      "four_eyes: true\npriority: high\n---\n\nHello,\n\nyes.\n\n");
  BOOST_REQUIRE_MESSAGE(one.has_value(), reason_of(one));
  const auto& content = one->content;
  BOOST_TEST(content.title() == "Re: offer");
  BOOST_TEST(content.subject() == "Re: offer");
  BOOST_TEST(content.body() == "Hello,\n\nyes.");
  BOOST_REQUIRE(content.to_size() == 2);
  BOOST_TEST(content.to(1) == "\"Doe, John\" <john@example.com>");
  BOOST_TEST(content.cc(0) == "c@example.com");
  BOOST_TEST(content.account() == "me@example.com");
  BOOST_TEST(content.has_deadline());
  BOOST_TEST(content.four_eyes());
  BOOST_TEST(content.file() == email.path);
}

BOOST_AUTO_TEST_CASE(the_title_comes_from_the_first_that_has_one) {
  BOOST_TEST(read("---\ntitle: T\nsubject: S\n---\n# H\n")->content.title() == "T");
  BOOST_TEST(read("---\nsubject: S\n---\n# H\n")->content.title() == "S");
  BOOST_TEST(read("text\n\n## H \n")->content.title() == "H");
  BOOST_TEST(read("\n text \n#no heading\n")->content.title() == "text");
  std::string long_line;
  for (int i = 0; i < 61; ++i) long_line += "ü";
  BOOST_TEST(read(long_line)->content.title() == long_line.substr(0, 120));
  BOOST_TEST(read("---\nto: a@b.c\n---\n")->content.title() == "EMAIL_DRAFT_1");
}

BOOST_AUTO_TEST_CASE(wrong_values_are_refused_with_what_to_do) {
  BOOST_TEST(contains(refusal("\xff\xfe"), "save it as UTF-8"));
  BOOST_TEST(contains(refusal(std::string(draft_bytes_max + 1, 'x')), "1 MiB"));
  BOOST_TEST(contains(refusal("---\ndeadline: soon\n---\n"), "2026-11-21T07:00:00Z"));
  BOOST_TEST(contains(refusal("---\nfour_eyes: perhaps\n---\n"), "true or false"));
  BOOST_TEST(contains(refusal("---\naction:\n  webhook: {}\n---\n"), "outbox"));
  BOOST_TEST(contains(refusal("---\nchannel: whatsapp\n---\nHi\n"), "lies in Email/"));
  BOOST_TEST(contains(refusal("---\nchannel: twiter\n---\nHi\n", social("P")), "twiter"));
}

BOOST_AUTO_TEST_CASE(each_channel_has_its_limit_in_characters) {
  struct Row {
    const char* channel;
    std::size_t characters_max;
  };
  for (const Row& row :
       {Row{"x", 280}, Row{"twitter", 280}, Row{"instagram", 2'200}, Row{"facebook", 63'206}}) {
    const std::string head = std::string("---\nchannel: ") + row.channel + "\n---\n";
    std::string text;
    for (std::size_t i = 0; i < row.characters_max; ++i) text += "ü";
    BOOST_TEST(refusal(head + text, social("P")) == "accepted", row.channel);
    BOOST_TEST(contains(refusal(head + text + "!", social("P")), "shorten"), row.channel);
  }
  const Place linkedin{.name = "P.md", .category = approval::CATEGORY_LINKEDIN, .path = "P.md"};
  const Place whatsapp{.name = "P.md", .category = approval::CATEGORY_WHATSAPP, .path = "P.md"};
  BOOST_TEST(refusal(std::string(3'000, 'x'), linkedin) == "accepted");
  BOOST_TEST(contains(refusal(std::string(3'001, 'x'), linkedin), "3000"));
  BOOST_TEST(contains(refusal(std::string(4'097, 'x'), whatsapp), "4096"));
}

BOOST_AUTO_TEST_CASE(a_social_post_names_its_network_in_what_is_signed) {
  BOOST_TEST(read("---\nchannel: X\n---\nHi\n", social("P"))->content.account() == "x");
  BOOST_TEST(read("Hi\n", social("SOCIAL_POST_INSTAGRAM_7"))->content.account() == "instagram");
  BOOST_TEST(contains(refusal(std::string(281, 'x'), social("SOCIAL_POST_X_7")), "280"));
}

BOOST_AUTO_TEST_CASE(attachments_are_pinned_by_content_within_bounds) {
  const auto files = [](const std::string& path, std::size_t max) -> Result<std::string> {
    if (path == "Files/offer.pdf") return std::string("%PDF");
    if (max < attachment_bytes_max) return fail(ErrorCode::too_large, "too large");
    return fail(ErrorCode::invalid, "the path leads out of the vault");
  };
  const auto good = read_draft("---\nattachments: [Files/offer.pdf]\n---\n", email, files);
  BOOST_REQUIRE(good.has_value());
  BOOST_TEST(good->content.attachments(0).name() == "offer.pdf");
  BOOST_TEST(good->content.attachments(0).media_type() == "application/pdf");
  BOOST_TEST(good->content.attachments(0).bytes() == "%PDF");
  const auto out = read_draft("---\nattachments: [../secret]\n---\n", email, files);
  BOOST_TEST(contains(out.error().message(), "../secret"));
  const auto both = read_draft("---\nattachments: [Files/offer.pdf, b]\n---\n", email, files);
  BOOST_TEST((both.error().code == ErrorCode::too_large));
  std::string many = "---\nattachments:\n";
  for (int i = 0; i < 17; ++i) many += "- Files/offer.pdf\n";
  BOOST_TEST((read_draft(many + "---\n", email, files).error().code == ErrorCode::too_large));
}

BOOST_AUTO_TEST_CASE(a_projected_file_reads_back_as_the_same_content) {
  approval::Propose content;
  content.set_title("Title: with \"quotes\"");
  content.set_category(approval::CATEGORY_EMAIL);
  content.set_subject("Subject\nof two lines");
  content.set_body("\n---\nlooks: like front matter\n---\n\nBody 🚀 \n\n");
  content.add_to("\"Doe, John\" <j@example.com>");
  content.add_cc("c@example.com");
  content.set_account("me");
  content.set_four_eyes(true);
  content.mutable_deadline()->set_seconds(1'790'000'000);
  auto& attachment = *content.add_attachments();
  attachment.set_name("a.pdf");
  attachment.set_bytes("%PDF");
  const auto proposal = proposal_of(content);
  const std::string text = render(proposal, marks);
  const auto back = read(text);
  BOOST_REQUIRE_MESSAGE(back.has_value(), reason_of(back));
  BOOST_TEST(same_content(*back, proposal), text);
  BOOST_TEST(back->marks.id == "EMAIL_DRAFT_1");
  BOOST_TEST(back->marks.digest == "00ff");
}

BOOST_AUTO_TEST_CASE(an_edit_carries_what_changed_and_clears_what_was_emptied) {
  using Edit = approval::Edit;
  const auto before =
      *read("---\nto: a@b.c\ncc: d@e.f\nsubject: S\ndeadline: 2026-11-22T07:00:00Z\n---\nOne\n");
  const auto proposal = proposal_of(before.content);
  BOOST_TEST(same_content(before, proposal));

  const auto after = *read(
      "---\nto: [a@b.c, x@y.z]\ncc: d@e.f\nsubject: S\ndeadline: 2026-11-22T08:00:00Z\n---\nTwo\n");
  const Change change = compare(after, proposal);
  BOOST_TEST(change.any);
  BOOST_TEST(change.edit.body() == "Two");
  BOOST_TEST(change.edit.to_size() == 2);
  BOOST_TEST(change.edit.deadline().seconds() == proposal.deadline().seconds() + 3600);
  BOOST_TEST(!change.edit.has_subject());
  BOOST_TEST(change.edit.cc_size() == 0);
  BOOST_TEST(change.edit.clear_size() == 0);

  const auto emptied = *read("---\nto: a@b.c\nsubject: S\nfour_eyes: true\n---\nOne\n");
  const Change less = compare(emptied, proposal);
  BOOST_REQUIRE(less.edit.clear_size() == 2);
  BOOST_TEST(less.edit.clear(0) == Edit::FIELD_CC);
  BOOST_TEST(less.edit.clear(1) == Edit::FIELD_DEADLINE);
  BOOST_TEST(less.edit.four_eyes());
  BOOST_TEST(!less.takes_four_eyes_away);
}

BOOST_AUTO_TEST_CASE(a_file_takes_no_four_eyes_away) {
  const auto before = *read("---\nto: a@b.c\nfour_eyes: true\n---\nOne\n");
  const auto after = *read("---\nto: a@b.c\n---\nOne\n");
  const Change change = compare(after, proposal_of(before.content));
  BOOST_TEST(change.takes_four_eyes_away);
  BOOST_TEST(!change.any);
  BOOST_TEST(!same_content(after, proposal_of(before.content)));
}

BOOST_AUTO_TEST_CASE(attachments_are_compared_where_the_file_lists_them) {
  const auto files = [](const std::string&, std::size_t) { return Result<std::string>("x"); };
  const auto draft = [&](const std::string& list) {
    return *read_draft("---\nto: a@b.c\n" + list + "---\nOne\n", email, files);
  };
  const auto proposal = proposal_of(draft("attachments: [Files/a.txt]\n").content);
  BOOST_TEST(compare(draft("attachments: []\n"), proposal).edit.clear_size() == 1);
  BOOST_TEST(compare(draft(""), proposal).edit.clear_size() == 1);
  BOOST_TEST(compare(draft("attachments: [b.txt]\n"), proposal).edit.attachments(0).name() ==
             "b.txt");
  BOOST_TEST(same_content(draft("attachments: [Moved/a.txt]\n"), proposal));
  BOOST_TEST(same_content(draft("attached: [whatever]\n"), proposal));

  // Edited elsewhere: no path leads to the new one, so it is named.
  auto edited = proposal;
  edited.mutable_attachments(0)->set_name("elsewhere.txt");
  const auto text = "---\nto: a@b.c\nattachments: [Files/a.txt]\n---\nOne\n";
  const auto rewritten = with_content(text, edited, marks).value();
  BOOST_TEST(contains(rewritten, "attached: [\"elsewhere.txt (1 bytes)\"]"));
  BOOST_TEST(!contains(rewritten, "attachments:"));
  BOOST_TEST(contains(with_content(text, proposal, marks).value(), "attachments: [Files/a.txt]"));
  // A person lists a file of the vault: that is the list from now on.
  const auto listed = "---\nto: a@b.c\nattached: [old]\nattachments: [Files/a.txt]\n---\nOne\n";
  BOOST_TEST(!contains(with_marks(listed, proposal, marks).value(), "attached:"));
}

BOOST_AUTO_TEST_CASE(marks_bring_no_key_to_light_that_was_part_of_a_text) {
  const std::string text = "---\nto: a@b.c\nstatus: \"x\naccount: eve@example.com\"\n---\nHi\n";
  const auto draft = read(text);
  BOOST_REQUIRE_MESSAGE(draft.has_value(), reason_of(draft));
  BOOST_TEST(draft->content.account() == "");
  const auto marked = with_marks(text, proposal_of(draft->content), marks);
  BOOST_TEST(reason_of(marked).starts_with("the front matter cannot be brought up to date"));
}

BOOST_AUTO_TEST_CASE(an_edit_brings_no_key_to_light_that_was_part_of_a_text) {
  const std::string text = "---\nto: a@b.c\nsubject: \"x\nextra: words\"\n---\nHi\n";
  const auto draft = read(text);
  BOOST_REQUIRE_MESSAGE(draft.has_value(), reason_of(draft));
  auto edited = proposal_of(draft->content);
  edited.set_subject("other");
  const auto rewritten = with_content(text, edited, marks);
  BOOST_TEST(reason_of(rewritten).starts_with("the front matter cannot be brought up to date"));
}

BOOST_AUTO_TEST_CASE(marks_change_only_the_bridges_own_keys) {
  const std::string text =
      "---\r\n# my comment\r\nto: a@b.c\r\nstatus: whatever\r\ncustom: {a: 1}\r\n---\r\n\r\nHi\r\n";
  const auto content = read(text)->content;
  auto with = marks;
  with.note = "rejected: too \"long\"";
  const auto marked = with_marks(text, proposal_of(content), with);
  BOOST_REQUIRE_MESSAGE(marked.has_value(), reason_of(marked));
  BOOST_TEST(contains(*marked, "# my comment\r\nto: a@b.c\r\nstatus: pending\r\ncustom: {a: 1}"));
  BOOST_TEST(marked->ends_with("\r\n---\r\n\r\nHi\r\n"));
  BOOST_TEST(same_content(*read(*marked), proposal_of(content)));
  BOOST_TEST(with_marks(*marked, proposal_of(content), with).value() == *marked);
  BOOST_TEST(!contains(with_marks(*marked, proposal_of(content), marks).value(), "too"));
}

BOOST_AUTO_TEST_CASE(front_matter_that_cannot_take_a_line_is_refused_rather_than_broken) {
  for (const char* text : {"---\n{to: a@b.c}\n---\nHi\n", "---\nto: \"a@b.c\n---\nHi\n"}) {
    const auto marked = with_marks(text, proposal_of(read(text)->content), marks);
    BOOST_REQUIRE(!marked.has_value());
    BOOST_TEST(contains(marked.error().message(), "one 'key: value' per line"), text);
  }
}

BOOST_AUTO_TEST_CASE(each_status_has_its_folder) {
  struct Row {
    const char* status;
    const char* place;
  };
  for (const Row& row :
       {Row{"pending", "Pending_Approval/Odoo"}, Row{"approved", "Approved"},
        Row{"unknown", "Approved"}, Row{"rejected", "Rejected"}, Row{"withdrawn", "Rejected"},
        Row{"expired", "Rejected"}, Row{"sent", "Done"}, Row{"failed", "Needs_Action"}}) {
    BOOST_TEST(place_of(row.status, approval::CATEGORY_ODOO) == row.place, row.status);
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace nightshift::bridges::vault
