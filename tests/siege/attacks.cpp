// What attackers try. Most commands are refused at once; what is not must not be executed either.
#include "tests/siege/attacks.hpp"

#include <boost/test/unit_test.hpp>
#include <thread>

#include "tests/support/eventually.hpp"

namespace nightshift::tests {
namespace {

using std::chrono::seconds;

/// Whoever has read the administrator's token.
kernel::Caller thief() {
  return person("admin", {SCOPE_ADMIN, SCOPE_READ, SCOPE_OPERATE, SCOPE_PROPOSE, SCOPE_APPROVE});
}

kernel::Caller some_caller(Fort& fort) {
  return fort.dice().pick<kernel::Caller>(
      {person("alice"), person("bob"), thief(), person("mallory")});
}

void refused(Fort& fort, const kernel::Caller& caller, const std::string& id,
             const google::protobuf::Message& command) {
  const auto answer = fort.as(caller, "approval/" + id, command);
  BOOST_TEST(!answer.has_value(), command.ShortDebugString() << " was taken");
}

pb::Edit edit(Fort& fort) {
  pb::Edit command;
  command.set_body("Pay " + std::to_string(fort.dice().roll()) + " to Eve.\n");
  return command;
}

std::string later(const Fort& fort, seconds time) { return to_rfc3339(fort.now() + time); }

/// A text that differs in one place, at random.
std::string damaged(Fort& fort, std::string text) {
  auto& dice = fort.dice();
  if (text.empty() || dice.chance(10)) return text + "A";
  if (dice.chance(10)) return text.substr(0, text.size() - 1);
  auto& letter = text[dice.roll(text.size())];
  const auto before = letter;
  while (letter == before) letter = static_cast<char>('0' + dice.roll(10));
  return text;
}

// ---- decisions that are not what was signed

void change_what_was_signed(Fort& fort) {
  const auto id = fort.propose();
  const auto view = fort.view(id);
  auto command = fort.signed_by("alice", "alice", view, later(fort, seconds(60)));
  switch (fort.dice().roll(6)) {
    case 0: command.set_digest(damaged(fort, command.digest())); break;
    case 1: command.set_approver("bob"); break;
    case 2: command.set_nonce(fort.fresh_nonce()); break;
    case 3: command.set_expiry(later(fort, seconds(6000))); break;
    case 4: command.set_expiry(""); break;
    default: command.set_signature(damaged(fort, command.signature()));
  }
  refused(fort, some_caller(fort), id, command);
}

void sign_with_a_key_of_ones_own(Fort& fort) {
  const auto id = fort.propose();
  const auto* name = fort.dice().pick<const char*>({"alice", "bob", "mallory", "scribe", "admin"});
  refused(fort, some_caller(fort), id, fort.signed_by("mallory", name, fort.view(id)));
}

void replay_the_signature_for_another(Fort& fort) {
  const auto other = fort.propose();
  auto command = fort.signed_by("alice", "alice", fort.view(other));
  const auto id = fort.propose();
  if (fort.dice().chance(50)) command.set_digest(fort.view(id).digest());
  refused(fort, some_caller(fort), id, command);
}

void replay_the_signature_for_another_node(Fort& fort) {
  const auto id = fort.propose();
  const auto* node = fort.dice().pick<const char*>({"cloud", "", "fort2", "Fort"});
  refused(fort, some_caller(fort), id, fort.signed_by("alice", "alice", fort.view(id), "", node));
}

void approve_after_the_expiry(Fort& fort) {
  const auto id = fort.propose();
  const auto command = fort.signed_by("alice", "alice", fort.view(id), later(fort, seconds(1)));
  fort.pass(seconds(1 + fort.dice().roll(100)));
  refused(fort, some_caller(fort), id, command);
}

void approve_what_was_edited_since(Fort& fort) {
  const auto id = fort.propose();
  auto command = fort.signed_by("alice", "alice", fort.view(id));
  BOOST_TEST(fort.as(agent("scribe"), "approval/" + id, edit(fort)).has_value());
  if (fort.dice().chance(50)) command.set_digest(fort.view(id).digest());
  refused(fort, some_caller(fort), id, command);
}

void approve_as_an_agent(Fort& fort) {
  const auto id = fort.propose();
  const auto stolen = fort.signed_by("alice", "alice", fort.view(id));
  const auto* name = fort.dice().pick<const char*>({"scribe", "alice", "admin"});
  refused(fort, agent(name, {SCOPE_ADMIN, SCOPE_OPERATE, SCOPE_PROPOSE, SCOPE_APPROVE}), id,
          stolen);
}

void approve_without_the_scope(Fort& fort) {
  const auto id = fort.propose();
  const auto command = fort.signed_by("alice", "alice", fort.view(id));
  refused(fort, person("admin", {SCOPE_ADMIN, SCOPE_OPERATE, SCOPE_PROPOSE}), id, command);
}

// ---- four eyes

void be_two_people(Fort& fort) {
  const auto id = fort.propose(true);
  const auto view = fort.view(id);
  BOOST_TEST(fort.as(person("alice"), "approval/" + id, fort.signed_by("alice", "alice", view))
                 .has_value());
  switch (fort.dice().roll(3)) {
    case 0: return refused(fort, thief(), id, fort.signed_by("alice", "alice", view));
    case 1: return refused(fort, thief(), id, fort.signed_by("alice", "bob", view));
    default: return refused(fort, thief(), id, fort.signed_by("mallory", "bob", view));
  }
}

void approve_what_one_wrote(Fort& fort) {
  const auto id = fort.propose(true);
  BOOST_TEST(fort.as(person("bob"), "approval/" + id, edit(fort)).has_value());
  const auto view = fort.view(id);
  BOOST_TEST(fort.as(person("alice"), "approval/" + id, fort.signed_by("alice", "alice", view))
                 .has_value());
  refused(fort, person("bob"), id, fort.signed_by("bob", "bob", view));
}

// ---- approvers by force

void become_an_approver(Fort& fort) {
  const auto id = fort.propose();
  auto command = fort.enrolment("mallory", "mallory", "alice", "mallory");
  switch (fort.dice().roll(4)) {
    case 0: break;
    case 1: command = fort.enrolment("mallory", "mallory", "mallory", "mallory"); break;
    case 2:
      // What alice signed was for somebody else.
      command = fort.enrolment("carol", "mallory", "alice", "alice");
      break;
    default: command.clear_approver(); command.clear_signature();
  }
  BOOST_TEST(!fort.as(thief(), "principal/mallory", command).has_value());
  refused(fort, thief(), id, fort.signed_by("mallory", "mallory", fort.view(id)));
}

void replace_an_approvers_key(Fort& fort) {
  const auto id = fort.propose();
  const auto command = fort.enrolment("bob", "mallory", "bob", "mallory");
  BOOST_TEST(!fort.as(thief(), "principal/bob", command).has_value());
  refused(fort, thief(), id, fort.signed_by("mallory", "bob", fort.view(id)));
}

// ---- between the decision and the dispatch

/// Approves one after another while the executor is busy with the first.
class Held {
 public:
  explicit Held(Fort& fort) : fort_(fort), first_(fort.propose()) {
    fort_.witness().hold();
    const auto command = fort_.honest("alice", fort_.view(first_));
    BOOST_TEST(fort_.as(person("alice"), "approval/" + first_, command).has_value());
    eventually([&] { return fort_.witness().is_held(); }, "the executor is busy");
  }
  ~Held() {
    fort_.witness().release();
    fort_.await(first_, "sent");
  }
  Held(const Held&) = delete;
  Held& operator=(const Held&) = delete;

  std::string approved(const std::string& approver, const std::string& expiry = "") {
    const auto id = fort_.propose();
    const auto view = fort_.view(id);
    const auto command = fort_.signed_by(approver, approver, view, expiry);
    BOOST_TEST(fort_.as(person(approver), "approval/" + id, command).has_value());
    BOOST_TEST(fort_.status(id) == "approved");
    return id;
  }

 private:
  Fort& fort_;
  std::string first_;
};

void edit_what_was_approved(Fort& fort) {
  std::string id;
  {
    Held held(fort);
    id = held.approved("alice");
    BOOST_TEST(fort.as(agent("scribe"), "approval/" + id, edit(fort)).has_value());
  }
  BOOST_TEST(fort.status(id) == "pending");
}

void send_after_the_expiry(Fort& fort) {
  Held held(fort);
  held.approved("alice", later(fort, seconds(5)));
  fort.pass(seconds(5));
}

void send_what_a_dismissed_approver_allowed(Fort& fort) {
  const auto name = fort.newcomer();
  std::string id;
  {
    Held held(fort);
    id = held.approved(name);
    BOOST_TEST(fort.as(thief(), "principal/" + name, principal::Dismiss()).has_value());
  }
  fort.await(id, "failed");
}

void send_what_was_withdrawn(Fort& fort) {
  std::string id;
  {
    Held held(fort);
    id = held.approved("bob");
    BOOST_TEST(fort.as(agent("scribe"), "approval/" + id, pb::Withdraw()).has_value());
  }
  BOOST_TEST(fort.status(id) == "withdrawn");
}

/// Whatever wins, what is sent is what alice saw; and a withdrawal that was taken is kept.
void edit_or_withdraw_while_it_is_sent(Fort& fort) {
  const auto id = fort.propose();
  const auto view = fort.view(id);
  const auto command = fort.honest("alice", view);
  const bool edits = fort.dice().chance(50);
  const auto change = edit(fort);
  std::jthread agent_at_work([&] {
    const auto done = edits ? fort.as(agent("scribe"), "approval/" + id, change)
                            : fort.as(agent("scribe"), "approval/" + id, pb::Withdraw());
    if (done) fort.unwanted(view);
  });
  const auto approved = fort.as(person("alice"), "approval/" + id, command);
  agent_at_work.join();
  if (!approved) fort.unwanted(view);
  if (fort.wanted().contains(view.digest())) fort.await(id, "sent");
}

}  // namespace

const std::vector<Attack>& attacks() {
  static const std::vector<Attack> all{
      {"change what was signed", change_what_was_signed},
      {"sign with a key of one's own", sign_with_a_key_of_ones_own},
      {"replay the signature for another", replay_the_signature_for_another},
      {"replay the signature for another node", replay_the_signature_for_another_node},
      {"approve after the expiry", approve_after_the_expiry},
      {"approve what was edited since", approve_what_was_edited_since},
      {"approve as an agent", approve_as_an_agent},
      {"approve without the scope", approve_without_the_scope},
      {"be two people", be_two_people},
      {"approve what one wrote", approve_what_one_wrote},
      {"become an approver", become_an_approver},
      {"replace an approver's key", replace_an_approvers_key},
      {"edit what was approved", edit_what_was_approved},
      {"send after the expiry", send_after_the_expiry},
      {"send what a dismissed approver allowed", send_what_a_dismissed_approver_allowed},
      {"send what was withdrawn", send_what_was_withdrawn},
      {"edit or withdraw while it is sent", edit_or_withdraw_while_it_is_sent},
  };
  return all;
}

void honest_work(Fort& fort) {
  const bool four_eyes = fort.dice().chance(30);
  const auto id = fort.propose(four_eyes);
  const auto view = fort.view(id);
  for (const auto* name : {"alice", "bob"}) {
    if (!four_eyes && name == std::string_view("bob")) break;
    const auto done = fort.as(person(name), "approval/" + id, fort.honest(name, view));
    BOOST_REQUIRE_MESSAGE(done, (done ? "" : done.error().message()));
  }
  fort.await(id, "sent");
}

}  // namespace nightshift::tests
