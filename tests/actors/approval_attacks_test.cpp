// Attempts to have something sent that nobody approved: the gate stays shut for each of them.
#include <boost/test/unit_test.hpp>
#include <functional>

#include "messages/gate.hpp"
#include "tests/actors/approval_fixture.hpp"

namespace nightshift::tests {
namespace {

using namespace std::chrono_literals;

/// A mail with every field, approved by alice until 20:00.
struct ApprovedMail : ApprovalFixture {
  ApprovedMail() {
    auto command = mail();
    command.add_cc("jim@example.org");
    auto& file = *command.add_attachments();
    file.set_name("offer.pdf");
    file.set_media_type("application/pdf");
    file.set_bytes("%PDF");
    as(agent("scribe"), command).then_accepted();
    as(person("alice"), approve("alice", 1, "2026-11-21T20:00:00Z")).then_accepted();
    gate = *effect().gate;
  }

  /// What the executor does right before it acts.
  Result<Canonical> open(const Gate& shown) const {
    return open_gate(shown, story.world.authority, story.world.node.name, story.world.now);
  }

  bool is_shut(const Gate& shown) const { return !open(shown).has_value(); }

  Gate gate;
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(approval_attacks, ApprovedMail)

BOOST_AUTO_TEST_CASE(the_gate_opens_for_exactly_what_was_approved) {
  const auto content = open(gate);
  BOOST_REQUIRE(content);
  BOOST_TEST(content->find("effect_id").value() == effect().id);
  BOOST_TEST(content->find("approval").value() == "EMAIL_DRAFT_1");
}

BOOST_AUTO_TEST_CASE(changing_any_field_shuts_it) {
  const auto content = open(gate);
  BOOST_REQUIRE(content);
  const auto& fields = content->fields();
  BOOST_TEST(fields.size() == 14u);
  for (std::size_t changed = 0; changed < fields.size(); ++changed) {
    Canonical other;
    for (std::size_t i = 0; i < fields.size(); ++i) {
      other.add(fields[i].first, fields[i].second + (i == changed ? "x" : ""));
    }
    auto forged = gate;
    forged.set_content(other.encode());
    BOOST_TEST(is_shut(forged), fields[changed].first);
    forged.set_digest(std::string(as_bytes(content_digest(forged.content()))));
    BOOST_TEST(is_shut(forged), fields[changed].first << ", with its digest");
  }
}

BOOST_AUTO_TEST_CASE(changing_any_bit_of_the_content_shuts_it) {
  for (std::size_t i = 0; i < gate.content().size(); ++i) {
    auto forged = gate;
    (*forged.mutable_content())[i] ^= 1;
    BOOST_TEST(is_shut(forged));
  }
}

BOOST_AUTO_TEST_CASE(a_forged_decision_shuts_it) {
  struct Row {
    const char* name;
    std::function<void(Decision&)> forge;
  };
  const auto mallory = SigningKey::generate();
  const auto own_text = approval_text(to_hex(gate.digest()), "approve", nonce(1), "", "laptop");
  const auto by_mallory = mallory.sign(own_text);
  const auto stale = story.world.keys.at("bob").sign("approve everything");
  const std::vector<Row> rows{
      {"another approver", [](auto& d) { d.set_approver("bob"); }},
      {"a stranger", [](auto& d) { d.set_approver("mallory"); }},
      {"a key of one's own",
       [&](auto& d) {
         d.set_public_key(mallory.public_key());
         d.set_signature(by_mallory);
         d.set_expiry("");
       }},
      {"another decision", [](auto& d) { d.set_decision("reject"); }},
      {"another nonce", [](auto& d) { d.set_nonce(nonce(2)); }},
      {"a later expiry", [](auto& d) { d.set_expiry("2027-11-21T20:00:00Z"); }},
      {"no expiry", [](auto& d) { d.set_expiry(""); }},
      {"another executor", [](auto& d) { d.set_executor("cloud"); }},
      {"another's signature", [&](auto& d) { d.set_signature(stale); }},
      {"no signature", [](auto& d) { d.clear_signature(); }},
      {"a proof of another kind", [](auto& d) { d.set_proof(PROOF_TOKEN); }},
  };
  for (const auto& row : rows) {
    auto forged = gate;
    row.forge(*forged.mutable_decisions(0));
    BOOST_TEST(is_shut(forged), row.name);
  }
}

BOOST_AUTO_TEST_CASE(without_its_decision_it_is_shut) {
  auto forged = gate;
  forged.clear_decisions();
  BOOST_TEST(is_shut(forged));
  forged.set_approvers_needed(0);
  BOOST_TEST(is_shut(forged));
}

BOOST_AUTO_TEST_CASE(one_approver_twice_is_not_two) {
  auto forged = gate;
  forged.set_approvers_needed(2);
  *forged.add_decisions() = forged.decisions(0);
  BOOST_TEST(is_shut(forged));
}

BOOST_AUTO_TEST_CASE(another_node_finds_it_shut) {
  BOOST_TEST(!open_gate(gate, story.world.authority, "cloud", story.world.now).has_value());
}

BOOST_AUTO_TEST_CASE(after_the_expiry_it_is_shut) {
  story.world.now = *from_rfc3339("2026-11-21T20:00:00Z");
  BOOST_TEST(is_shut(gate));
}

BOOST_AUTO_TEST_CASE(when_the_approver_is_enrolled_no_more_it_is_shut) {
  story.world.authority.clear_approvers();
  BOOST_TEST(is_shut(gate));
}

BOOST_AUTO_TEST_CASE(an_edit_leaves_nothing_to_send_and_the_old_signature_is_worthless) {
  auto replayed = approve("alice", 1, "2026-11-21T20:00:00Z");
  as(agent("scribe"), edit_body("Send me the money.")).then_accepted();
  BOOST_TEST(story.entity().pending().effects.empty());
  as(agent("scribe", {SCOPE_APPROVE}), replayed).then(ErrorCode::forbidden);
  as(person("alice"), replayed).then(ErrorCode::digest_mismatch, "digest");
  replayed.set_digest(view().digest());
  as(person("alice"), replayed).then(ErrorCode::invalid, "nonce");
  replayed.set_nonce(nonce(2));
  as(person("alice"), replayed).then(ErrorCode::bad_signature);
  BOOST_TEST(story.entity().pending().effects.empty());
}

BOOST_AUTO_TEST_CASE(a_signature_for_one_approval_is_none_for_its_twin) {
  Story twin(kind, World());
  twin.world.id = "EMAIL_DRAFT_2";
  twin.world.authority = story.world.authority;
  twin.world.caller = agent("scribe");
  twin.when(mail()).then_accepted();
  auto replayed = approve("alice", 3);
  twin.world.caller = person("alice");
  twin.when(replayed).then(ErrorCode::digest_mismatch, "digest");
  replayed.set_digest(twin.view<pb::View>().digest());
  twin.when(replayed).then(ErrorCode::bad_signature);
}

BOOST_AUTO_TEST_CASE(what_the_picture_would_hide_is_not_shown_at_all) {
  const auto content = open(gate);
  BOOST_REQUIRE(content);
  BOOST_TEST(kind.preview(gate.content()).has_value());
  const auto with = [&](std::string_view name, const std::string& from, const std::string& to) {
    Canonical other;
    for (auto [known, value] : content->fields()) {
      const auto at = value.find(from);
      if (known == name && at != value.npos) value.replace(at, from.size(), to);
      other.add(known, value);
    }
    return kind.preview(other.encode());
  };
  const std::vector<std::pair<std::string, std::string>> changes{
      {"Subject:", "Bcc: eve@example.org\r\nSubject:"},
      {"john@example.org", "eve@example.org"},
      {"jim@example.org", "jim@example.org,\r\n eve@example.org"},
      {"Content-Type: text/plain", "Content-Type: text/html"},
      {"JVBERg==", "JVBERg==\r\n--hidden"},
      {"Re: Your offer", "Re: Your order"},
      {"MIME-Version", "Reply-To: eve@example.org\r\nMIME-Version"},
      {"--\r\n", "--\r\nafter the end"},
  };
  BOOST_TEST(with("message", "Subject:", "Subject:").has_value());
  for (const auto& [from, to] : changes) {
    const auto shown = with("message", from, to);
    BOOST_TEST(!shown.has_value(), from);
    if (!shown) BOOST_TEST(info(shown.error().code).name == "corrupt");
  }
  BOOST_TEST(!with("to", "john@", "jane@").has_value());
  BOOST_TEST(!with("attachment", "offer", "other").has_value());
  BOOST_TEST(!with("attachment_sha256", "a", "b").has_value());
  BOOST_TEST(!with("effect_id", effect().id, "another").has_value());
}

BOOST_AUTO_TEST_CASE(what_would_deceive_the_eye_is_shown_by_its_number) {
  Story fresh(kind);
  auto command = mail();
  command.set_body("pay \u202Eeve\u202C now\x1b[2K\nand \u200Bsmile");
  fresh.when(command).then_accepted();
  const auto preview = fresh.view<pb::View>().preview();
  BOOST_TEST(preview.contains("pay <U+202E>eve<U+202C> now<U+001B>[2K\nand <U+200B>smile"));
  // Variation selectors can carry a second text; behind an emoji one is what people type.
  auto selectors = mail();
  selectors.set_body("a\uFE01b\U000E0100c \u034F\u2764\uFE0F\uFE0F d\uFE0F");
  const auto shown = Story(kind).when(selectors).then_accepted().view<pb::View>().preview();
  BOOST_TEST(shown.contains("a<U+FE01>b<U+0E0100>c <U+034F>\u2764\uFE0F<U+FE0F> d<U+FE0F>"), shown);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace nightshift::tests
