// The Maildir: exact bytes, once, whatever step a crash or the system interrupts.
#include "bridges/vault/outbox.hpp"

#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>

#include "messages/effects.pb.h"
#include "tests/bridges/vault/temporary_folder.hpp"

namespace nightshift::bridges::vault {
namespace {

constexpr const char* steps[] = {"outbox.create", "outbox.write",       "outbox.sync",
                                 "outbox.rename", "outbox.sync_folder", "outbox.end"};
const std::string message = "From: a\r\nTo: b\r\n\r\nHello\r\n";

runtime::Permit permit(const std::string& effect_id = "e1", const std::string& bytes = message) {
  runtime::Permit out;
  out.effect_id = effect_id;
  out.gated = true;
  out.content.add("category", "email");
  out.content.add("message", bytes);
  return out;
}

struct Fixture : TemporaryFolder {
  std::shared_ptr<Outbox> open(Probe probe = {}) const {
    auto outbox = Outbox::open(path() / "Outbox", std::move(probe));
    BOOST_REQUIRE(outbox.has_value());
    return *outbox;
  }
  /// Performs in a child that dies before `step`.
  void die_before(const std::string& step) const {
    open();
    const pid_t child = ::fork();
    BOOST_REQUIRE(child >= 0);
    if (child == 0) {
      auto outbox = Outbox::open(path() / "Outbox", [&](std::string_view name) {
        if (name == step) ::_exit(42);
        return 0;
      });
      (*outbox)->perform(permit());
      ::_exit(0);
    }
    int status = 0;
    BOOST_REQUIRE(::waitpid(child, &status, 0) == child);
    BOOST_REQUIRE(WIFEXITED(status) && WEXITSTATUS(status) == 42);
  }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(outbox, Fixture)

BOOST_AUTO_TEST_CASE(the_exact_bytes_arrive_under_the_effects_name) {
  const auto outcome = open()->perform(permit("f00d"));
  BOOST_TEST(outcome.state == EFFECT_STATE_COMMITTED);
  BOOST_TEST(outcome.evidence == "Outbox/new/f00d.nightshift");
  BOOST_TEST(get("Outbox/new/f00d.nightshift") == message);
  BOOST_TEST(count("Outbox") == 1u);
}

BOOST_AUTO_TEST_CASE(only_a_gated_message_is_delivered) {
  auto ungated = permit();
  ungated.gated = false;
  runtime::Permit empty;
  empty.gated = true;
  empty.payload = "From: forged";
  for (const auto& bad : {ungated, empty}) {
    BOOST_TEST(open()->perform(bad).state == EFFECT_STATE_FAILED_BEFORE_EFFECT);
  }
  BOOST_TEST(count("Outbox") == 0u);
}

BOOST_AUTO_TEST_CASE(repeats_deliver_once_even_after_a_reader_took_the_message) {
  const auto outbox = open();
  outbox->perform(permit());
  BOOST_TEST(outbox->perform(permit()).state == EFFECT_STATE_COMMITTED);
  std::filesystem::rename(path() / "Outbox/new/e1.nightshift",
                          path() / "Outbox/cur/e1.nightshift:2,RS");
  auto second = permit();
  second.attempt = 2;
  BOOST_TEST(outbox->perform(second).state == EFFECT_STATE_COMMITTED);
  BOOST_TEST(outbox->look(permit()).state == EFFECT_STATE_COMMITTED);
  BOOST_TEST(count("Outbox") == 1u);
}

BOOST_AUTO_TEST_CASE(a_name_that_merely_begins_alike_is_another) {
  put("Outbox/cur/e1.nightshift2:2,S", "other");
  BOOST_TEST(open()->look(permit()).state == EFFECT_STATE_FAILED_BEFORE_EFFECT);
}

BOOST_AUTO_TEST_CASE(other_bytes_under_the_name_are_for_a_human) {
  const auto outbox = open();
  put("Outbox/new/e1.nightshift", "something else");
  for (const auto& outcome : {outbox->look(permit()), outbox->perform(permit())}) {
    BOOST_TEST(outcome.state == EFFECT_STATE_UNKNOWN_AFTER_DISPATCH);
  }
  BOOST_TEST(get("Outbox/new/e1.nightshift") == "something else");
}

BOOST_AUTO_TEST_CASE(a_crash_before_any_step_ends_in_exactly_one_delivery) {
  for (const std::string step : steps) {
    std::filesystem::remove_all(path() / "Outbox");
    die_before(step);
    const bool visible = step == "outbox.sync_folder" || step == "outbox.end";
    BOOST_TEST(count("Outbox/new") == (visible ? 1u : 0u), step);
    const auto outbox = open();
    const auto looked = outbox->look(permit());
    BOOST_TEST(
        looked.state == (visible ? EFFECT_STATE_COMMITTED : EFFECT_STATE_FAILED_BEFORE_EFFECT),
        step);
    BOOST_TEST(outbox->perform(permit()).state == EFFECT_STATE_COMMITTED, step);
    BOOST_TEST(count("Outbox") == 1u, step);
    BOOST_TEST(get("Outbox/new/e1.nightshift") == message, step);
  }
}

BOOST_AUTO_TEST_CASE(a_refusal_of_the_system_never_passes_for_a_delivery) {
  for (const int number : {ENOSPC, EIO}) {
    for (const std::string step : steps) {
      std::filesystem::remove_all(path() / "Outbox");
      const auto failing = open([&](std::string_view name) { return name == step ? number : 0; });
      const auto outcome = failing->perform(permit());
      const bool visible = step == "outbox.sync_folder" || step == "outbox.end";
      BOOST_TEST(outcome.state == (visible ? EFFECT_STATE_UNKNOWN_AFTER_DISPATCH
                                           : EFFECT_STATE_FAILED_BEFORE_EFFECT),
                 step << ": " << outcome.evidence);
      BOOST_TEST(count("Outbox") == (visible ? 1u : 0u), step);
      BOOST_TEST(open()->perform(permit()).state == EFFECT_STATE_COMMITTED, step);
      BOOST_TEST(count("Outbox") == 1u, step);
    }
  }
}

BOOST_AUTO_TEST_CASE(links_in_the_outbox_are_not_followed) {
  const TemporaryFolder outside;
  open();
  std::filesystem::remove(path() / "Outbox/new");
  std::filesystem::create_directory_symlink(outside.path(), path() / "Outbox/new");
  BOOST_TEST(!Outbox::open(path() / "Outbox").has_value());

  std::filesystem::remove(path() / "Outbox/new");
  const auto outbox = open();
  std::filesystem::create_symlink(outside.path() / "x", path() / "Outbox/new/e1.nightshift");
  BOOST_TEST(outbox->perform(permit()).state == EFFECT_STATE_UNKNOWN_AFTER_DISPATCH);
  BOOST_TEST(outside.count(".") == 0u);
}

BOOST_AUTO_TEST_CASE(strange_effect_ids_stay_in_the_folder) {
  for (const std::string& id : {std::string("../../x"), std::string(".hidden"), std::string("a b"),
                                std::string(500, 'x'), std::string("a:2,S")}) {
    const std::string name = Outbox::file_name(id);
    BOOST_TEST(name.find_first_of("/: ") == std::string::npos, name);
    BOOST_TEST(name.size() < 200u);
    BOOST_TEST(name.front() != '.');
  }
}

BOOST_AUTO_TEST_CASE(it_answers_for_its_effect_and_can_be_asked) {
  const auto outbox = open();
  BOOST_TEST(outbox->effect_type() == "nightshift.effect.DeliverToOutbox");
  BOOST_TEST((outbox->receiver_class(permit()) == runtime::ReceiverClass::queryable));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace nightshift::bridges::vault
