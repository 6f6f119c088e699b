// What an approver is asked to sign is what is signed, whatever the node says.
#include <boost/test/unit_test.hpp>

#include <nlohmann/json.hpp>

#include "bridges/cli/show.hpp"
#include "messages/canonical.hpp"
#include "messages/crypto.hpp"
#include "messages/json.hpp"
#include "runtime/kernel/context.hpp"
#include "runtime/kernel/kind.hpp"
#include "tests/bridges/cli/played_node.hpp"
#include "tests/support/golden.hpp"

namespace {

using namespace nightshift;
using namespace nightshift::bridges::cli;
using namespace nightshift::bridges::cli::tests;
using nightshift::tests::write_file;

constexpr const char* outbox = "nightshift.effect.DeliverToOutbox";

/// The view of an approval as the kind itself makes it.
Json proposed_view(const runtime::Catalog& catalog, const std::string& id) {
  const auto& kind = *catalog.find("approval");
  const auto* propose = kind.find_command("Propose");
  const std::unique_ptr<google::protobuf::Message> command(propose->prototype->New());
  for (const auto& [name, value] : {std::pair{"title", "Hello"},
                                    {"category", "email"},
                                    {"to", "anna@example.org"},
                                    {"body", "Dear anna\x1b[2J"}}) {
    BOOST_TEST_REQUIRE(set_field(*command, name, value).has_value());
  }
  const auto caller = kernel::Caller::of_host();
  const kernel::NodeFacts node{"tower", "local", {}, 0, {{outbox, {}}}};
  const Authority authority;
  const std::string fresh(16, 'f');
  const kernel::Context context{
      time_from_us(1'795'300'000'000'000), caller, id, 0, node, authority, fresh};
  const auto entity = kind.make();
  const auto events = entity->decide(*command, context);
  BOOST_TEST_REQUIRE(events.has_value(), events.error().detail);
  for (const auto& event : *events) BOOST_TEST_REQUIRE(entity->evolve(*event).has_value());
  return Json::parse(to_json(*entity->view()));
}

/// A node with one proposal, and an approver `anna` whose passphrase is `correct horse`.
struct Desk {
  CommandLine line;
  std::string id = "x";
  Json view = proposed_view(*line.program.catalog, "x");
  std::string status = "pending";
  SigningKey key = SigningKey::generate();
  std::string passphrase_file = line.path("passphrase");
  PlayedNode node{[this](const Asked& asked) {
    if (asked.method == "POST") return Answered{200, "{\"id\":\"x\",\"kind\":\"approval\"}"};
    const Json entity{{"id", id}, {"kind", "approval"}, {"status", status}, {"view", view}};
    return Answered{200, entity.dump()};
  }};

  Desk() {
    line.found_at(node);
    const auto& folder = line.folder();
    write_file(folder.approver_key_file("anna"), key.seal("correct horse"));
    write_file(folder.approver_public_file("anna"), to_base64url(key.public_key()));
    write_file(folder.approver_token_file("anna"), "ns_anna\n");
    write_file(passphrase_file, "correct horse\nsecond line\n");
  }

  Run approve(std::vector<std::string> more = {}) const {
    std::vector<std::string> arguments{"approval", "approve", "x", "--passphrase-file",
                                       passphrase_file};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return line.run(arguments);
  }

  void check_nothing_sent() const {
    for (const auto& asked : node.asked()) BOOST_TEST(asked.method == "GET");
  }
};

}  // namespace

BOOST_FIXTURE_TEST_CASE(what_is_signed_is_the_digest_of_what_is_shown, Desk) {
  const auto run = approve();
  BOOST_TEST_REQUIRE(run.exit_code == 0, run.err);
  BOOST_TEST(says(run.out, "anna@example.org"), run.out);
  BOOST_TEST(says(run.out, "Dear anna"), run.out);
  BOOST_TEST(!says(run.out, "\x1b"));
  const auto asked = node.asked().back();
  BOOST_TEST(asked.target == "/v1/approval/x/approve");
  BOOST_TEST(asked.token == "Bearer ns_anna");
  const auto body = Json::parse(asked.body);
  const auto digest = text_of(body, "digest");
  const auto content = from_base64url(text_of(view, "content")).value();
  BOOST_TEST(digest == to_hex(as_bytes(content_digest(content))));
  BOOST_TEST(from_base64url(text_of(body, "nonce")).value().size() == 16u);
  BOOST_TEST(text_of(body, "approver") == "anna");
  const auto text = approval_text(digest, "approve", text_of(body, "nonce"), "", "tower");
  BOOST_TEST(
      verify_signature(key.public_key(), text, from_base64url(text_of(body, "signature")).value()));
}

BOOST_FIXTURE_TEST_CASE(an_expiry_is_signed_as_it_is_said, Desk) {
  BOOST_TEST_REQUIRE(approve({"expiry=2030-01-01T00:00:00Z"}).exit_code == 0);
  const auto body = Json::parse(node.asked().back().body);
  BOOST_TEST(text_of(body, "expiry") == "2030-01-01T00:00:00Z");
  const auto text = approval_text(text_of(body, "digest"), "approve", text_of(body, "nonce"),
                                  "2030-01-01T00:00:00Z", "tower");
  BOOST_TEST(
      verify_signature(key.public_key(), text, from_base64url(text_of(body, "signature")).value()));
}

BOOST_FIXTURE_TEST_CASE(a_wrong_passphrase_signs_nothing, Desk) {
  write_file(passphrase_file, "wrong horse\n");
  const auto run = approve();
  BOOST_TEST(run.exit_code == 5);
  BOOST_TEST(says(run.err, "passphrase of anna is wrong"), run.err);
  check_nothing_sent();
}

BOOST_FIXTURE_TEST_CASE(a_digest_that_was_seen_before_must_still_be_that_of_the_content, Desk) {
  const auto run = approve({"digest=" + std::string(64, '0')});
  BOOST_TEST(run.exit_code == 4);
  BOOST_TEST(says(run.err, "digest_mismatch"), run.err);
  check_nothing_sent();
  BOOST_TEST(approve({"digest=" + text_of(view, "digest")}).exit_code == 0);
}

BOOST_FIXTURE_TEST_CASE(content_that_does_not_have_the_digest_is_refused, Desk) {
  auto content = from_base64url(text_of(view, "content")).value();
  content[content.find("anna")] = 'e';
  view["content"] = to_base64url(content);
  const auto run = approve();
  BOOST_TEST(run.exit_code == 4);
  BOOST_TEST(says(run.err, "Do not trust this node"), run.err);
  check_nothing_sent();
}

BOOST_FIXTURE_TEST_CASE(content_of_another_entity_is_refused, Desk) {
  view = proposed_view(*line.program.catalog, "y");
  const auto run = approve();
  BOOST_TEST(run.exit_code == 4);
  BOOST_TEST(says(run.err, "another entity"), run.err);
  check_nothing_sent();
}

BOOST_FIXTURE_TEST_CASE(another_executor_than_the_content_names_is_refused, Desk) {
  view["executor"] = "cloud";
  BOOST_TEST(approve().exit_code == 4);
  check_nothing_sent();
}

BOOST_FIXTURE_TEST_CASE(the_nodes_own_preview_is_not_believed, Desk) {
  view["preview"] = "To: somebody harmless\n";
  const auto run = approve();
  BOOST_TEST(run.exit_code == 0, run.err);
  BOOST_TEST(!says(run.out.substr(0, run.out.find("digest ")), "harmless"));
  BOOST_TEST(says(run.out, "anna@example.org"));
}

BOOST_FIXTURE_TEST_CASE(what_is_decided_is_not_signed_again, Desk) {
  view.erase("content");
  view["decided_by"] = {"bob"};
  view["decided_at"] = "2026-11-21T23:00:00Z";
  status = "rejected";
  const auto run = approve();
  BOOST_TEST(run.exit_code == 4);
  BOOST_TEST(says(run.err, "rejected"), run.err);
  BOOST_TEST(says(run.err, "bob"), run.err);
  BOOST_TEST(says(run.err, "already_decided"), run.err);
  check_nothing_sent();
}

BOOST_FIXTURE_TEST_CASE(without_a_terminal_or_a_file_nobody_is_asked, Desk) {
  const auto run = line.run({"approval", "approve", "x", "--approver", "bob"});
  BOOST_TEST(run.exit_code == 3);
  BOOST_TEST(says(run.err, "no key of \"bob\""), run.err);
  write_file(passphrase_file, "\n");
  BOOST_TEST(approve().exit_code == 2);
  check_nothing_sent();
}

BOOST_FIXTURE_TEST_CASE(of_several_approvers_one_must_be_named, Desk) {
  write_file(line.folder().approver_public_file("bob"),
             to_base64url(SigningKey::generate().public_key()));
  const auto run = approve();
  BOOST_TEST(run.exit_code == 2);
  BOOST_TEST(says(run.err, "anna, bob"), run.err);
  BOOST_TEST(approve({"--approver", "anna"}).exit_code == 0);
}

BOOST_FIXTURE_TEST_CASE(a_signature_made_elsewhere_is_passed_on, Desk) {
  const auto run = approve({"digest=d", "approver=zoe", "signature=s", "nonce=n"});
  BOOST_TEST(run.exit_code == 0, run.err);
  const auto asked = node.asked();
  BOOST_TEST_REQUIRE(asked.size() == 1u);
  BOOST_TEST(Json::parse(asked[0].body) ==
             Json::parse(R"({"digest":"d","approver":"zoe","signature":"s","nonce":"n"})"));
}
