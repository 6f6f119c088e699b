// A peer with an honest certificate that sends what it may not: refused, and recorded.
#include <atomic>
#include <string>

#include <boost/test/unit_test.hpp>

#include "messages/approval.pb.h"
#include "messages/draft.pb.h"
#include "messages/post.pb.h"
#include "messages/principal.pb.h"
#include "tests/runtime/cluster/village.hpp"
#include "tests/support/eventually.hpp"

namespace {

using namespace nightshift;
using namespace nightshift::tests;
using runtime::cluster::Wire;

/// A laptop, and somebody in the place of its cloud node.
struct Siege {
  Siege() {
    Wire wire;
    wire.send = [this](const std::string&, std::string body) {
      if (blocked) return false;
      post::Post post;
      post.ParseFromString(body);
      const std::lock_guard lock(mutex);
      answers.push_back(post);
      return true;
    };
    wire.consumed = [this](const std::string&, std::uint64_t bytes) { consumed += bytes; };
    laptop.courier().connect(std::move(wire));
    meet();
  }
  /// A new session.
  void meet() {
    laptop.courier().down("cloud");
    laptop.courier().up("cloud", "cloud");
  }
  void say(const post::Post& post) {
    auto bytes = post.SerializeAsString();
    said += bytes.size();
    laptop.courier().delivered("cloud", std::move(bytes));
  }
  void hail(std::uint64_t epoch = 1, std::uint64_t next = 1, const std::string& run = "run",
            const std::string& log = "cloud-log") {
    post::Post post;
    auto& hail = *post.mutable_hail();
    hail.set_log_id(log);
    hail.set_boot_epoch(epoch);
    hail.set_run(run);
    hail.set_outbox("box");
    hail.set_next(next);
    say(post);
  }
  void command(std::uint64_t n, const EntityRef& entity, const google::protobuf::Message& body,
               std::vector<Scope> scopes = {SCOPE_ADMIN, SCOPE_APPROVE, SCOPE_OPERATE, SCOPE_HOST,
                                            SCOPE_PROPOSE, SCOPE_READ}) {
    post::Post post;
    auto& item = *post.mutable_item();
    item.set_n(n);
    item.set_kind(entity.kind);
    item.set_id(entity.id);
    item.set_command(body.GetDescriptor()->name());
    item.set_body(body.SerializeAsString());
    item.set_key("key " + std::to_string(n));
    item.set_principal("admin");
    for (const auto scope : scopes) item.add_scopes(scope);
    say(post);
  }
  void told(std::uint64_t ticket, const EntityRef& source, const EntityRef& target,
            const google::protobuf::Message& body) {
    post::Post post;
    auto& told = *post.mutable_told();
    told.set_ticket(ticket);
    told.set_source_kind(source.kind);
    told.set_source_id(source.id);
    told.set_kind(target.kind);
    told.set_id(target.id);
    told.set_n(1);
    told.set_open_from(1);
    told.set_command(body.GetDescriptor()->name());
    told.set_body(body.SerializeAsString());
    say(post);
  }
  /// The code of the answer to an item or a Tell.
  std::string outcome(std::uint64_t number) {
    std::string code;
    eventually(
        [&] {
          const std::lock_guard lock(mutex);
          for (const auto& post : answers) {
            const bool item = post.has_outcome() && post.outcome().n() == number;
            const bool tell = post.has_heard() && post.heard().ticket() == number;
            if (item) code = post.outcome().code();
            if (tell) code = post.heard().code();
            if (item || tell) return true;
          }
          return false;
        },
        "an answer came");
    return code;
  }
  /// The newest offence, once there are so many.
  std::string offence(std::size_t count = 1) {
    eventually([&] { return laptop.courier().offences().size() >= count; }, "it was recorded");
    BOOST_TEST(laptop.courier().offences().size() == count);
    return laptop.courier().offences().back().what;
  }
  /// A proposal of the laptop's own.
  void propose(const std::string& id) {
    approval::Propose propose;
    propose.set_title("Pay the rent");
    propose.set_category(approval::CATEGORY_SOCIAL);
    propose.set_body("Yes");
    laptop.send({"approval", id}, std::make_shared<approval::Propose>(propose))->answer();
  }

  std::mutex mutex;
  std::vector<post::Post> answers;
  /// It takes no answers.
  std::atomic<bool> blocked = false;
  std::atomic<std::uint64_t> said = 0;
  std::atomic<std::uint64_t> consumed = 0;
  Villager laptop{"laptop", "local", {}};
};

bool has(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

}  // namespace

BOOST_AUTO_TEST_CASE(a_cloud_node_neither_decides_nor_operates_nor_administers_at_a_local_one) {
  Siege siege;
  siege.hail();
  siege.propose("rent");
  approval::Approve approve;
  approve.set_digest("d");
  siege.command(1, {"approval", "rent"}, approve);
  BOOST_TEST(siege.outcome(1) == "forbidden");
  BOOST_TEST(has(siege.offence(1), "may not approve approval"), siege.offence(1));
  siege.command(2, {"approval", "rent"}, approval::Reject());
  BOOST_TEST(siege.outcome(2) == "forbidden");
  siege.command(3, {"approval", "rent"}, approval::Expire());
  BOOST_TEST(siege.outcome(3) == "forbidden");
  siege.command(4, {"principal", "mallory"}, principal::Enroll());
  BOOST_TEST(siege.outcome(4) == "forbidden");
  BOOST_TEST(siege.laptop.status({"approval", "rent"}) == "pending");
  BOOST_TEST(siege.laptop.sequence({"approval", "rent"}) == 1U);
  BOOST_TEST(siege.laptop.courier().offences().size() == 4U);
}

BOOST_AUTO_TEST_CASE(a_peer_does_not_speak_for_an_entity_of_this_node) {
  Siege siege;
  siege.hail();
  auto write = std::make_shared<draft::Write>();
  write->set_channel(CHANNEL_LINKEDIN);
  write->set_body("Hello");
  siege.laptop.send({"draft", "post"}, write)->answer();
  eventually([&] { return siege.laptop.status({"approval", "post"}) == "pending"; }, "proposed");
  draft::Follow follow;
  follow.set_approval("post");
  follow.set_status("sent");
  siege.told(1, {"approval", "post"}, {"draft", "post"}, follow);
  BOOST_TEST(siege.outcome(1) == "forbidden");
  siege.offence(1);
  // Nor as one that does not exist here, with a command that its kind does not tell.
  siege.told(2, {"draft", "elsewhere"}, {"draft", "post"}, follow);
  BOOST_TEST(siege.outcome(2) == "forbidden");
  siege.offence(2);
  // Nor with one that is the host's alone.
  siege.told(3, {"approval", "elsewhere"}, {"draft", "post"}, follow);
  BOOST_TEST(siege.outcome(3) == "forbidden");
  siege.offence(3);
  BOOST_TEST(siege.laptop.status({"draft", "post"}) == "proposed");
}

BOOST_AUTO_TEST_CASE(an_entity_of_one_peer_is_not_spoken_for_by_another) {
  Siege siege;
  siege.hail();
  approval::Propose propose;
  propose.set_title("Hello");
  propose.set_category(approval::CATEGORY_SOCIAL);
  propose.set_body("Hello");
  siege.told(1, {"draft", "one"}, {"approval", "one"}, propose);
  BOOST_TEST(siege.outcome(1).empty());
  siege.laptop.courier().up("cloud2", "cloud");
  post::Post hail;
  hail.mutable_hail()->set_log_id("another");
  hail.mutable_hail()->set_next(1);
  siege.laptop.courier().delivered("cloud2", hail.SerializeAsString());
  post::Post post;
  auto& told = *post.mutable_told();
  told.set_ticket(7);
  told.set_source_kind("draft");
  told.set_source_id("one");
  told.set_kind("approval");
  told.set_id("two");
  told.set_n(1);
  told.set_open_from(1);
  told.set_command("Propose");
  told.set_body(propose.SerializeAsString());
  siege.laptop.courier().delivered("cloud2", post.SerializeAsString());
  BOOST_TEST(siege.outcome(7) == "forbidden");
  BOOST_TEST(has(siege.offence(1), "draft/one, which is at home at cloud"), siege.offence(1));
  BOOST_TEST(siege.laptop.status({"approval", "two"}).empty());
}

BOOST_AUTO_TEST_CASE(who_takes_no_answers_gets_no_credit_to_ask_on) {
  Siege siege;
  siege.hail();
  approval::Propose propose;
  propose.set_title("Hello");
  propose.set_category(approval::CATEGORY_SOCIAL);
  propose.set_body("Hello");
  siege.command(1, {"approval", "one"}, propose);
  BOOST_TEST(siege.outcome(1).empty());
  eventually([&] { return siege.consumed == siege.said; }, "credit came with the answer");
  const auto before = siege.consumed.load();
  siege.blocked = true;
  siege.command(2, {"approval", "two"}, propose);
  siege.command(3, {"approval", "three"}, propose);
  eventually([&] { return siege.laptop.status({"approval", "three"}) == "pending"; }, "decided");
  BOOST_TEST(siege.consumed == before);
  siege.blocked = false;
  siege.laptop.courier().credited("cloud");
  BOOST_TEST(siege.outcome(3).empty());
  eventually([&] { return siege.consumed == siege.said; }, "and now it did");
}

BOOST_AUTO_TEST_CASE(inventing_sources_leaves_nothing) {
  Siege siege;
  siege.hail();
  for (std::uint64_t i = 1; i <= 20; ++i) {
    siege.told(i, {"draft", "invented" + std::to_string(i)}, {"approval", "one"},
               approval::Propose());
    BOOST_TEST(!siege.outcome(i).empty());
  }
  for (std::uint64_t i = 1; i <= 20; ++i) {
    const EntityRef source{"draft", "invented" + std::to_string(i)};
    BOOST_TEST(!siege.laptop.courier().home_of(source).has_value());
  }
  approval::Propose propose;
  propose.set_title("Hello");
  propose.set_category(approval::CATEGORY_SOCIAL);
  propose.set_body("Hello");
  siege.told(21, {"draft", "invented1"}, {"approval", "one"}, propose);
  BOOST_TEST(siege.outcome(21).empty());
  BOOST_TEST(*siege.laptop.courier().home_of({"draft", "invented1"}) == "cloud");
}

BOOST_AUTO_TEST_CASE(items_that_come_again_or_out_of_order_are_not_taken) {
  Siege siege;
  siege.hail();
  approval::Propose propose;
  propose.set_title("Hello");
  propose.set_category(approval::CATEGORY_SOCIAL);
  propose.set_body("Hello");
  siege.command(5, {"approval", "five"}, propose);
  BOOST_TEST(siege.outcome(5).empty());
  siege.command(5, {"approval", "again"}, propose);
  siege.offence(1);
  siege.command(4, {"approval", "earlier"}, propose);
  siege.offence(2);
  // In a session that begins with what it had settled before.
  siege.meet();
  siege.hail(1, 6);
  siege.meet();
  siege.hail(1, 3);
  BOOST_TEST(has(siege.offence(3), "sends again what it had settled"), siege.offence(3));
  siege.command(3, {"approval", "replayed"}, propose);
  siege.meet();
  siege.hail(1, 6);
  siege.command(6, {"approval", "six"}, propose);
  BOOST_TEST(siege.outcome(6).empty());
  for (const auto* id : {"again", "earlier", "replayed"}) {
    BOOST_TEST(siege.laptop.status({"approval", id}).empty());
  }
}

BOOST_AUTO_TEST_CASE(a_run_that_was_overtaken_is_fenced) {
  Siege siege;
  siege.hail(7, 1, "seven");
  siege.meet();
  siege.hail(6, 1, "six");
  BOOST_TEST(has(siege.offence(1), "an older run"), siege.offence(1));
  approval::Propose propose;
  propose.set_title("Hello");
  propose.set_category(approval::CATEGORY_SOCIAL);
  propose.set_body("Hello");
  siege.command(1, {"approval", "stale"}, propose);
  siege.meet();
  siege.hail(7, 1, "a copy of seven");
  BOOST_TEST(has(siege.offence(2), "a copy of its data runs"), siege.offence(2));
  // A restore begins another log, and the one that was left does not come back.
  siege.meet();
  siege.hail(1, 1, "restored", "another-log");
  siege.meet();
  siege.hail(8, 1, "eight");
  BOOST_TEST(has(siege.offence(3), "left behind by a restore"), siege.offence(3));
  siege.laptop.stop();
  siege.laptop.start();
  BOOST_TEST(siege.laptop.status({"approval", "stale"}).empty());
}

BOOST_AUTO_TEST_CASE(who_does_not_say_which_run_speaks_is_not_heard) {
  Siege siege;
  approval::Propose propose;
  propose.set_title("Hello");
  propose.set_category(approval::CATEGORY_SOCIAL);
  propose.set_body("Hello");
  siege.command(1, {"approval", "one"}, propose);
  BOOST_TEST(has(siege.offence(1), "did not say first"), siege.offence(1));
  siege.laptop.courier().delivered("cloud", "\xff\xff no post");
  siege.offence(2);
  BOOST_TEST(siege.laptop.status({"approval", "one"}).empty());
}
