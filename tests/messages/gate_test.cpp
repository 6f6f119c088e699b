// The gate opens for what was signed, and for nothing that differs from it in anything.
#include <google/protobuf/stubs/logging.h>
#include <google/protobuf/util/message_differencer.h>
#include <rapidcheck/boost_test.h>
#include <boost/test/unit_test.hpp>

#include "messages/gate.hpp"

namespace nightshift {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

constexpr auto node = "laptop";
const Time now = *from_rfc3339("2026-11-21T07:00:00Z");

struct Person {
  std::string name;
  SigningKey key = SigningKey::generate();

  Approver enrolled() const {
    Approver approver;
    approver.set_name(name);
    approver.set_public_key(key.public_key());
    return approver;
  }
};

/// Everything that a decision is made of, so that a test can sign something odd.
struct Signed {
  std::string decision = "approve";
  std::string nonce = to_base64url("0123456789abcdef");
  std::string expiry = "2026-11-22T07:00:00Z";
  std::string executor = node;
};

Decision decide(const Person& person, const std::string& digest, const Signed& what = {}) {
  Decision decision;
  decision.set_approver(person.name);
  decision.set_public_key(person.key.public_key());
  decision.set_proof(PROOF_SIGNATURE);
  decision.set_decision(what.decision);
  decision.set_nonce(what.nonce);
  decision.set_expiry(what.expiry);
  decision.set_executor(what.executor);
  decision.set_signature(person.key.sign(
      approval_text(to_hex(digest), what.decision, what.nonce, what.expiry, what.executor)));
  return decision;
}

/// A gate of two, both of whom have signed.
struct Scene {
  Person ada{"ada"};
  Person bob{"bob"};
  Authority authority;
  Gate gate;

  explicit Scene(const std::string& approvers = "2") {
    *authority.add_approvers() = ada.enrolled();
    *authority.add_approvers() = bob.enrolled();
    Canonical content;
    content.add("executor", node);
    if (!approvers.empty()) content.add("approvers", approvers);
    content.add("message", "Subject: Hi\r\n\r\nHello\r\n");
    set_content(content.encode());
    gate.set_approvers_needed(approvers == "2" ? 2 : 1);
    *gate.add_decisions() = decide(ada, gate.digest());
    if (approvers == "2") *gate.add_decisions() = decide(bob, gate.digest());
  }

  void set_content(const std::string& bytes) {
    gate.set_content(bytes);
    gate.set_digest(std::string(as_bytes(content_digest(bytes))));
  }
  Result<Canonical> open(Time at = now) const { return open_gate(gate, authority, node, at); }
};

void check_refused(const Result<Canonical>& opened, ErrorCode code, std::string_view instance) {
  BOOST_REQUIRE_MESSAGE(!opened.has_value(), instance);
  BOOST_TEST(info(opened.error().code).name == info(code).name);
  BOOST_TEST(opened.error().instance == instance);
  BOOST_TEST(!opened.error().detail.empty());
}

/// Copies of `message` in which one scalar differs, in every way: each bit, cut, longer, empty.
template <class M>
std::vector<M> scalar_changes(const M& message, const FieldDescriptor* field) {
  std::vector<M> changed;
  const auto change = [&](auto set) { set(changed.emplace_back(message)); };
  const auto& r = *message.GetReflection();
  if (field->cpp_type() == FieldDescriptor::CPPTYPE_STRING) {
    const auto text = r.GetString(message, field);
    const auto put = [&](std::string value) {
      if (value != text) change([&](M& m) { r.SetString(&m, field, std::move(value)); });
    };
    for (std::size_t bit = 0; bit < text.size() * 8; ++bit) {
      auto flipped = text;
      flipped[bit / 8] = static_cast<char>(flipped[bit / 8] ^ 1 << bit % 8);
      put(std::move(flipped));
    }
    put("");
    put(text + "x");
    put(text + "\n");
    if (!text.empty()) put(text.substr(1));
    if (!text.empty()) put(text.substr(0, text.size() - 1));
  } else if (field->cpp_type() == FieldDescriptor::CPPTYPE_ENUM) {
    for (int value = -1; value < 10; ++value) {
      if (value == r.GetEnumValue(message, field)) continue;
      change([&](M& m) { r.SetEnumValue(&m, field, value); });
    }
  } else {
    for (const std::uint32_t value : {0u, 1u, 3u, 4u, UINT32_MAX}) {
      change([&](M& m) { r.SetUInt32(&m, field, value); });
    }
  }
  return changed;
}

BOOST_AUTO_TEST_SUITE(gate)

BOOST_AUTO_TEST_CASE(a_gate_opens_for_what_was_signed) {
  for (const auto* approvers : {"", "1", "2"}) {
    const auto opened = Scene(approvers).open();
    BOOST_REQUIRE_MESSAGE(opened.has_value(), opened.error().detail);
    BOOST_TEST((opened->find("message") == "Subject: Hi\r\n\r\nHello\r\n"));
  }
}

BOOST_AUTO_TEST_CASE(every_change_of_every_field_of_a_gate_is_refused) {
  const Scene scene;
  int changes = 0;
  for (int f = 0; f < Gate::descriptor()->field_count(); ++f) {
    const auto* field = Gate::descriptor()->field(f);
    if (field->is_repeated()) continue;
    for (const auto& changed : scalar_changes(scene.gate, field)) {
      const auto opened = open_gate(changed, scene.authority, node, now);
      BOOST_TEST(!opened.has_value(), field->name() << ": " << changed.ShortDebugString());
      ++changes;
    }
  }
  BOOST_TEST(changes > 500);
}

BOOST_AUTO_TEST_CASE(every_change_of_every_field_of_a_decision_is_refused) {
  const Scene scene;
  int changes = 0;
  for (int n = 0; n < scene.gate.decisions_size(); ++n) {
    for (int f = 0; f < Decision::descriptor()->field_count(); ++f) {
      const auto* field = Decision::descriptor()->field(f);
      for (const auto& changed : scalar_changes(scene.gate.decisions(n), field)) {
        auto gate = scene.gate;
        *gate.mutable_decisions(n) = changed;
        const auto opened = open_gate(gate, scene.authority, node, now);
        BOOST_TEST(!opened.has_value(), field->name() << ": " << changed.ShortDebugString());
        ++changes;
      }
    }
  }
  BOOST_TEST(changes > 2000);
}

RC_BOOST_PROP(a_gate_with_damaged_bytes_stays_shut_unless_it_says_the_same, ()) {
  static const Scene scene;
  static const auto bytes = scene.gate.SerializeAsString();
  auto damaged = bytes;
  const auto times = *rc::gen::inRange(1, 4);
  for (int i = 0; i < times; ++i) {
    damaged[*rc::gen::inRange<std::size_t>(0, damaged.size())] = *rc::gen::arbitrary<char>();
  }
  const google::protobuf::LogSilencer silent;  // what it says about texts that are not UTF-8
  Gate gate;
  if (!gate.ParseFromString(damaged)) return;
  gate.DiscardUnknownFields();
  if (google::protobuf::util::MessageDifferencer::Equals(gate, scene.gate)) return;
  RC_ASSERT(!open_gate(gate, scene.authority, node, now).has_value());
}

BOOST_AUTO_TEST_CASE(another_node_opens_nothing) {
  const Scene scene;
  check_refused(open_gate(scene.gate, scene.authority, "cloud", now), ErrorCode::forbidden,
                "executor");
  check_refused(open_gate(scene.gate, scene.authority, "", now), ErrorCode::forbidden, "executor");
}

BOOST_AUTO_TEST_CASE(content_for_another_node_is_refused_whoever_signed_it) {
  for (const auto* executor : {"cloud", "", "laptop "}) {
    Scene scene("1");
    Canonical content;
    content.add("executor", executor);
    content.add("approvers", "1");
    scene.set_content(content.encode());
    *scene.gate.mutable_decisions(0) = decide(scene.ada, scene.gate.digest());
    check_refused(scene.open(), ErrorCode::forbidden, "executor");
  }
}

BOOST_AUTO_TEST_CASE(fewer_people_than_the_content_asks_for_are_refused) {
  Scene scene;
  scene.gate.mutable_decisions()->RemoveLast();
  check_refused(scene.open(), ErrorCode::forbidden, "approvers_needed");
  scene.gate.set_approvers_needed(1);
  check_refused(scene.open(), ErrorCode::forbidden, "approvers_needed");
  scene.gate.clear_decisions();
  scene.gate.set_approvers_needed(0);
  check_refused(scene.open(), ErrorCode::forbidden, "approvers_needed");
}

BOOST_AUTO_TEST_CASE(one_person_counts_once) {
  Scene scene;
  *scene.gate.mutable_decisions(1) = scene.gate.decisions(0);
  check_refused(scene.open(), ErrorCode::forbidden, "approvers_needed");
  *scene.gate.mutable_decisions(1) =
      decide(scene.ada, scene.gate.digest(), {.nonce = to_base64url("fedcba9876543210")});
  check_refused(scene.open(), ErrorCode::forbidden, "approvers_needed");
}

BOOST_AUTO_TEST_CASE(one_key_under_two_names_counts_once) {
  Scene scene;
  scene.authority.mutable_approvers(1)->set_public_key(scene.ada.key.public_key());
  auto decision = decide(scene.ada, scene.gate.digest());
  decision.set_approver("bob");
  *scene.gate.mutable_decisions(1) = decision;
  check_refused(scene.open(), ErrorCode::forbidden, "approvers_needed");
}

BOOST_AUTO_TEST_CASE(who_is_not_enrolled_or_with_another_key_opens_nothing) {
  Scene scene;
  const auto authority = scene.authority;
  scene.authority.mutable_approvers()->RemoveLast();
  check_refused(scene.open(), ErrorCode::forbidden, "approver");
  scene.authority = authority;
  scene.authority.mutable_approvers(0)->set_public_key(SigningKey::generate().public_key());
  check_refused(scene.open(), ErrorCode::forbidden, "public_key");
  scene.authority.clear_approvers();
  check_refused(scene.open(), ErrorCode::forbidden, "approver");
}

BOOST_AUTO_TEST_CASE(one_bad_decision_shuts_a_gate_that_has_enough_good_ones) {
  Scene scene("1");
  auto bad = decide(scene.bob, scene.gate.digest());
  bad.set_signature(std::string(64, '\0'));
  *scene.gate.add_decisions() = bad;
  check_refused(scene.open(), ErrorCode::bad_signature, "signature");
}

BOOST_AUTO_TEST_CASE(an_approval_ends_at_its_expiry) {
  const Scene scene;
  const auto end = *from_rfc3339("2026-11-22T07:00:00Z");
  BOOST_TEST(scene.open(end - std::chrono::microseconds(1)).has_value());
  check_refused(scene.open(end), ErrorCode::expired, "expiry");
  check_refused(scene.open(end + std::chrono::years(10)), ErrorCode::expired, "expiry");
}

BOOST_AUTO_TEST_CASE(without_an_expiry_an_approval_does_not_lapse) {
  Scene scene("1");
  *scene.gate.mutable_decisions(0) = decide(scene.ada, scene.gate.digest(), {.expiry = ""});
  BOOST_TEST(scene.open(now + std::chrono::years(100)).has_value());
}

BOOST_AUTO_TEST_CASE(weaker_proofs_do_not_open_this_gate) {
  for (const auto proof : {PROOF_UNSPECIFIED, PROOF_MOVE, PROOF_TOKEN}) {
    Scene scene("1");
    scene.gate.mutable_decisions(0)->set_proof(proof);
    check_refused(scene.open(), ErrorCode::forbidden, "proof");
  }
}

BOOST_AUTO_TEST_CASE(only_the_exact_word_approves_however_well_it_is_signed) {
  for (const auto* word :
       {"", "no", "reject", "Approve", "APPROVE", "approve ", "approve\n", "yes"}) {
    Scene scene("1");
    *scene.gate.mutable_decisions(0) = decide(scene.ada, scene.gate.digest(), {.decision = word});
    check_refused(scene.open(), ErrorCode::forbidden, "decision");
  }
}

BOOST_AUTO_TEST_CASE(a_nonce_that_is_not_16_bytes_is_refused_however_well_it_is_signed) {
  for (const auto& nonce : {std::string(), to_base64url("short"), to_base64url("0123456789abcdefg"),
                            std::string("MDEyMzQ1Njc4OWFiY2RlZg=="), std::string("a\nb")}) {
    Scene scene("1");
    *scene.gate.mutable_decisions(0) = decide(scene.ada, scene.gate.digest(), {.nonce = nonce});
    check_refused(scene.open(), ErrorCode::invalid, "nonce");
  }
}

BOOST_AUTO_TEST_CASE(an_expiry_that_is_no_time_is_refused_however_well_it_is_signed) {
  for (const auto* expiry : {"never", "2026-11-22", "2026-11-22T07:00:00Z\n", " ", "0"}) {
    Scene scene("1");
    *scene.gate.mutable_decisions(0) = decide(scene.ada, scene.gate.digest(), {.expiry = expiry});
    check_refused(scene.open(), ErrorCode::invalid, "expiry");
  }
}

BOOST_AUTO_TEST_CASE(content_that_is_not_canonical_is_corrupt_however_well_it_is_signed) {
  Scene scene("1");
  scene.set_content("Subject: Hi");
  *scene.gate.mutable_decisions(0) = decide(scene.ada, scene.gate.digest());
  check_refused(scene.open(), ErrorCode::corrupt, "");
}

BOOST_AUTO_TEST_CASE(a_decision_on_one_content_does_not_open_another) {
  const Scene scene;
  Scene other;
  Canonical content;
  content.add("executor", node);
  content.add("approvers", "2");
  content.add("message", "Subject: Hi\r\n\r\nGive all to Eve\r\n");
  other.set_content(content.encode());
  other.authority = scene.authority;
  *other.gate.mutable_decisions() = scene.gate.decisions();
  check_refused(other.open(), ErrorCode::bad_signature, "signature");
  other.gate.set_digest(scene.gate.digest());
  check_refused(other.open(), ErrorCode::digest_mismatch, "content");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace nightshift
