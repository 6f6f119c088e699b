// One call: what is sent, what never is, and what each answer means.
#include <poll.h>
#include <sys/socket.h>

#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include "bridges/webhook/target.hpp"
#include "messages/effects.pb.h"
#include "tests/bridges/webhook/desk.hpp"
#include "tests/support/web/standard_webhooks.hpp"

namespace nightshift::bridges::webhook {
namespace {

using runtime::Outcome;
using runtime::Permit;
using tests::answer;
using tests::Received;
using tests::Reply;
using tests::WebReceiver;

const std::string payload = "{\"text\": \"Gr\u00fc\u00dfe\\r\\n\",  \"n\":1}\r\n";

/// The permission to call `target` as it is, with all that an approved content has.
Permit permit(const runtime::WebhookSettings& target, const std::string& body = payload) {
  Permit permit;
  permit.effect_id = "00112233445566778899aabbccddeeff";
  permit.gated = true;
  permit.content.add("action", effect::CallWebhook::descriptor()->full_name());
  permit.content.add("effect_id", permit.effect_id);
  permit.content.add("executor", "laptop");
  permit.content.add("target", "crm");
  const auto facts = facts_of(target);
  for (const auto& [name, value] : facts.fields()) permit.content.add(name, value);
  permit.content.add("content_type", "application/json");
  permit.content.add("payload", body);
  return permit;
}

std::shared_ptr<Webhook> webhook_to(const runtime::WebhookSettings& target) {
  auto webhook = Webhook::open({.targets = {{"crm", target}},
                                .secret = test_resolver,
                                .now = [] { return *from_rfc3339("2026-11-21T07:00:00.9Z"); },
                                .program = "nightshift/test",
                                .probe = {}});
  BOOST_TEST_REQUIRE(webhook.has_value());
  return *webhook;
}

Outcome call(const runtime::WebhookSettings& target) {
  return webhook_to(target)->perform(permit(target));
}

/// What comes of a call to a receiver that behaves so.
Outcome call(WebReceiver::Behaviour behaviour,
             std::chrono::seconds timeout = std::chrono::seconds(20)) {
  const WebReceiver receiver(std::move(behaviour));
  auto to = target(receiver.url(), "keyed");
  to.timeout = timeout;
  return call(to);
}

bool says(const Outcome& outcome, const std::string& part) {
  return outcome.evidence.find(part) != std::string::npos;
}

}  // namespace

BOOST_AUTO_TEST_CASE(the_approved_bytes_arrive_once_signed_as_standard_webhooks_has_it) {
  const WebReceiver receiver(
      [](const Received&) { return answer(201, R"({"id":7})", "X-Request-Id: r-1\r\n"); });
  const auto outcome = call(target(receiver.url("/hook?token=abc"), "keyed"));
  BOOST_TEST(outcome.state == EFFECT_STATE_COMMITTED);
  BOOST_TEST(outcome.evidence == "crm answered 201 (request r-1): {\"id\":7}");
  BOOST_TEST_REQUIRE(receiver.count() == 1u);
  auto request = receiver.received().front();
  BOOST_TEST(request.line == "POST /hook?token=abc HTTP/1.1");
  BOOST_TEST(request.body == payload);
  BOOST_TEST(tests::is_signed(request, test_secret));
  BOOST_TEST(!tests::is_signed(request, "whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"));
  auto& headers = request.headers;
  BOOST_TEST(headers["webhook-id"] == "msg_00112233445566778899aabbccddeeff");
  BOOST_TEST(headers["idempotency-key"] == headers["webhook-id"]);
  BOOST_TEST(headers["webhook-timestamp"] == "1795244400");
  BOOST_TEST(headers["content-type"] == "application/json");
  BOOST_TEST(headers["user-agent"] == "nightshift/test");
  for (const auto* never : {"cookie", "authorization", "expect", "referer", "accept-encoding"}) {
    BOOST_TEST(!headers.contains(never), never);
  }
}

BOOST_AUTO_TEST_CASE(every_attempt_has_the_same_id) {
  const WebReceiver receiver;
  const auto to = target(receiver.url(), "keyed");
  const auto webhook = webhook_to(to);
  auto again = permit(to);
  again.attempt = 2;
  webhook->perform(permit(to));
  webhook->perform(again);
  auto requests = receiver.received();
  BOOST_TEST_REQUIRE(requests.size() == 2u);
  BOOST_TEST(requests[0].headers["webhook-id"] == requests[1].headers["webhook-id"]);
}

BOOST_AUTO_TEST_CASE(an_id_never_holds_what_would_end_a_header_or_a_part_of_the_signed_text) {
  for (const std::string& id : {std::string("a.b"), std::string("a\r\nX: y"), std::string(),
                                std::string(500, 'x'), std::string("\xff")}) {
    const auto made = Webhook::message_id(id);
    BOOST_TEST(made.size() == 4u + 64u);
    BOOST_TEST(made.find_first_not_of("msg_0123456789abcdef") == std::string::npos, made);
  }
}

BOOST_AUTO_TEST_CASE(nothing_is_sent_that_is_not_exactly_what_was_approved) {
  const WebReceiver receiver;
  const auto to = target(receiver.url(), "keyed");
  const auto spoilt = [&](const std::string& name, const std::string& value) {
    auto made = permit(to);
    Canonical content;
    for (const auto& [field, old] : made.content.fields()) {
      if (field != name) content.add(field, old);
      if (field == name && !value.empty()) content.add(field, value);
    }
    made.content = content;
    return webhook_to(to)->perform(made);
  };
  auto ungated = permit(to);
  ungated.gated = false;
  Permit empty;
  empty.gated = true;
  std::vector<Outcome> outcomes{webhook_to(to)->perform(ungated), webhook_to(to)->perform(empty)};
  const std::vector<std::pair<std::string, std::string>> changes{
      {"action", "nightshift.effect.DeliverToOutbox"},
      {"effect_id", "another"},
      {"target", "crn"},
      {"url", receiver.url("/other")},
      {"url", ""},
      {"class", "neither"},
      {"content_type", ""},
      {"payload", ""}};
  for (const auto& [name, value] : changes) outcomes.push_back(spoilt(name, value));
  for (const auto& outcome : outcomes) {
    BOOST_TEST(outcome.state == EFFECT_STATE_FAILED_BEFORE_EFFECT, outcome.evidence);
    BOOST_TEST(outcome.refused, outcome.evidence);
    BOOST_TEST(says(outcome, "nothing was sent"), outcome.evidence);
  }
  BOOST_TEST(receiver.count() == 0u);
}

BOOST_AUTO_TEST_CASE(a_changed_address_is_named_and_not_called) {
  const WebReceiver before, after;
  const auto approved = target(before.url(), "keyed");
  const auto outcome = webhook_to(target(after.url(), "keyed"))->perform(permit(approved));
  BOOST_TEST(outcome.state == EFFECT_STATE_FAILED_BEFORE_EFFECT);
  BOOST_TEST((says(outcome, before.url()) && says(outcome, after.url())), outcome.evidence);
  BOOST_TEST(before.count() + after.count() == 0u);
}

BOOST_AUTO_TEST_CASE(a_secret_that_cannot_be_had_is_named_and_nothing_is_sent) {
  const WebReceiver receiver;
  auto to = target(receiver.url(), "keyed");
  to.secret.name = "MISSING";
  const auto outcome = call(to);
  BOOST_TEST(outcome.state == EFFECT_STATE_FAILED_BEFORE_EFFECT);
  BOOST_TEST(says(outcome, "MISSING"), outcome.evidence);
  BOOST_TEST(receiver.count() == 0u);
}

// ---- where it may go

BOOST_AUTO_TEST_CASE(this_machine_is_not_called_by_any_name_or_number_unless_that_is_allowed) {
  const WebReceiver receiver;
  const auto port = ":" + std::to_string(receiver.port()) + "/hook";
  for (const std::string host :
       {"127.0.0.1", "localhost", "127.1", "2130706433", "0x7f000001", "0", "017700000001",
        "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "127.0.0.1."}) {
    auto to = target("http://" + host + port, "keyed");
    to.allow_private = false;
    to.timeout = std::chrono::seconds(5);
    const auto outcome = call(to);
    BOOST_TEST(outcome.state == EFFECT_STATE_FAILED_BEFORE_EFFECT, host);
    BOOST_TEST((says(outcome, "allow_private") || host == "127.0.0.1."),
               host << ": " << outcome.evidence);
  }
  BOOST_TEST(receiver.count() == 0u);
  BOOST_TEST(call(target("http://localhost" + port, "keyed")).state == EFFECT_STATE_COMMITTED);
}

BOOST_AUTO_TEST_CASE(the_metadata_service_of_a_cloud_is_not_called) {
  auto to = target("http://169.254.169.254/latest/meta-data/", "neither");
  to.allow_private = false;
  BOOST_TEST(says(call(to), "169.254.169.254"));
}

BOOST_AUTO_TEST_CASE(a_proxy_of_the_environment_is_not_used) {
  const WebReceiver proxy, receiver;
  for (const auto* name : {"http_proxy", "ALL_PROXY", "all_proxy"}) {
    ::setenv(name, proxy.url("").c_str(), 1);
  }
  const auto outcome = call(target(receiver.url(), "keyed"));
  for (const auto* name : {"http_proxy", "ALL_PROXY", "all_proxy"}) ::unsetenv(name);
  BOOST_TEST(outcome.state == EFFECT_STATE_COMMITTED, outcome.evidence);
  BOOST_TEST(proxy.count() == 0u);
}

BOOST_AUTO_TEST_CASE(a_redirect_is_not_followed_and_keeps_its_evidence) {
  const WebReceiver other;
  struct Row {
    int status;
    EffectState state;
  };
  for (const auto& [status, state] :
       {Row{301, EFFECT_STATE_FAILED_BEFORE_EFFECT}, Row{302, EFFECT_STATE_UNKNOWN_AFTER_DISPATCH},
        Row{303, EFFECT_STATE_UNKNOWN_AFTER_DISPATCH}, Row{307, EFFECT_STATE_FAILED_BEFORE_EFFECT},
        Row{308, EFFECT_STATE_FAILED_BEFORE_EFFECT}}) {
    const auto outcome = call([&](const Received&) {
      return answer(status, "moved", "Location: " + other.url() + "\r\n");
    });
    BOOST_TEST(outcome.state == state, status);
    BOOST_TEST(says(outcome, "crm answered " + std::to_string(status)), outcome.evidence);
  }
  BOOST_TEST(other.count() == 0u);
}

BOOST_AUTO_TEST_CASE(an_address_that_cannot_be_called_stops_the_start) {
  for (const auto* url :
       {"http://", "http://a:99999/", "http://[::1/", "https://u:p@example.org/"}) {
    const auto opened = Webhook::open({.targets = {{"crm", target(url, "keyed")}},
                                       .secret = test_resolver,
                                       .now = {},
                                       .program = "",
                                       .probe = {}});
    BOOST_TEST_REQUIRE(!opened.has_value(), url);
    BOOST_TEST((opened.error().code == ErrorCode::config));
    BOOST_TEST(std::string(opened.error().message()).contains("[webhook.crm]"));
    BOOST_TEST(!std::string(opened.error().message()).contains("u:p"));
  }
}

// ---- what an answer means

BOOST_AUTO_TEST_CASE(who_cannot_be_reached_was_sent_nothing) {
  int port = 0;
  {
    const WebReceiver gone;
    port = gone.port();
  }
  const auto refused = call(target("http://127.0.0.1:" + std::to_string(port) + "/", "neither"));
  BOOST_TEST(refused.state == EFFECT_STATE_FAILED_BEFORE_EFFECT);
  BOOST_TEST(!refused.refused);
  BOOST_TEST(says(refused, "nothing was sent"), refused.evidence);
  const auto unknown = call(target("http://no-such-host.invalid/", "neither"));
  BOOST_TEST(unknown.state == EFFECT_STATE_FAILED_BEFORE_EFFECT, unknown.evidence);
}

struct Told {
  int status;
  EffectState state;
  bool refused;
};
std::ostream& operator<<(std::ostream& out, const Told& told) { return out << told.status; }

const Told told[] = {
    {200, EFFECT_STATE_COMMITTED, false},
    {202, EFFECT_STATE_COMMITTED, false},
    {204, EFFECT_STATE_COMMITTED, false},
    {400, EFFECT_STATE_FAILED_BEFORE_EFFECT, true},
    {401, EFFECT_STATE_FAILED_BEFORE_EFFECT, true},
    {404, EFFECT_STATE_FAILED_BEFORE_EFFECT, true},
    {408, EFFECT_STATE_UNKNOWN_AFTER_DISPATCH, false},
    {409, EFFECT_STATE_UNKNOWN_AFTER_DISPATCH, false},
    {410, EFFECT_STATE_FAILED_BEFORE_EFFECT, true},
    {417, EFFECT_STATE_FAILED_BEFORE_EFFECT, true},
    {422, EFFECT_STATE_FAILED_BEFORE_EFFECT, true},
    {429, EFFECT_STATE_FAILED_BEFORE_EFFECT, false},
    {500, EFFECT_STATE_UNKNOWN_AFTER_DISPATCH, false},
    {503, EFFECT_STATE_UNKNOWN_AFTER_DISPATCH, false},
    {599, EFFECT_STATE_UNKNOWN_AFTER_DISPATCH, false},
};

BOOST_DATA_TEST_CASE(each_status_says_what_happened, boost::unit_test::data::make(told), row) {
  const WebReceiver receiver([&](const Received&) { return answer(row.status); });
  const auto outcome = call(target(receiver.url(), "neither"));
  BOOST_TEST(outcome.state == row.state, outcome.evidence);
  BOOST_TEST(outcome.refused == row.refused);
  BOOST_TEST(receiver.count() == 1u, "libcurl sent it again by itself");
}

BOOST_AUTO_TEST_CASE(a_receiver_that_asks_for_time_is_heard) {
  for (const int status : {429, 503}) {
    const auto outcome =
        call([&](const Received&) { return answer(status, "", "Retry-After: 120\r\n"); });
    BOOST_TEST(outcome.retry_after.count() == 120);
  }
}

BOOST_AUTO_TEST_CASE(what_was_sent_and_not_answered_clearly_is_unknown) {
  using End = Reply::End;
  const std::vector<Reply> unclear{
      {"", End::close},
      {"", End::reset},
      {"SSH-2.0-OpenSSH_9.2\r\n", End::close},
      {std::string("\0\xff\x01", 3), End::close},
      {"HTTP/1.1 200 OK\r\nContent-Le", End::close},
      {"HTTP/1.1 200 OK\r\n", End::reset},
      {"HTTP/1.1 100 Continue\r\n\r\n", End::close},
      {"HTTP/1.1 200 OK\r\nX: " + std::string(200'000, 'x'), End::endless},
      {"HTTP/1.1 200 OK\r\nX: " + std::string(60'000, 'x') + "\r\nY: " + std::string(60'000, 'y') +
           "\r\n\r\n",
       End::close},
  };
  for (const auto& reply : unclear) {
    const auto outcome = call([&](const Received&) { return reply; });
    BOOST_TEST(outcome.state == EFFECT_STATE_UNKNOWN_AFTER_DISPATCH,
               "reply " << &reply - unclear.data() << ": " << outcome.evidence);
  }
}

BOOST_AUTO_TEST_CASE(an_answer_of_any_length_is_read_within_bounds) {
  const auto outcome = call([](const Received&) {
    return Reply{"HTTP/1.1 200 OK\r\nContent-Length: 10000000000\r\n\r\n", Reply::End::endless};
  });
  BOOST_TEST(outcome.state == EFFECT_STATE_COMMITTED, outcome.evidence);
  BOOST_TEST(outcome.evidence.size() < 400u);
}

BOOST_AUTO_TEST_CASE(a_body_that_breaks_off_does_not_take_back_the_status) {
  for (const auto end : {Reply::End::close, Reply::End::reset}) {
    const auto outcome = call([&](const Received&) {
      return Reply{"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf", end};
    });
    BOOST_TEST(outcome.state == EFFECT_STATE_COMMITTED, outcome.evidence);
  }
}

BOOST_AUTO_TEST_CASE(a_receiver_that_never_answers_is_given_up) {
  const auto silent =
      call([](const Received&) { return Reply{"", Reply::End::hang}; }, std::chrono::seconds(1));
  BOOST_TEST(silent.state == EFFECT_STATE_UNKNOWN_AFTER_DISPATCH, silent.evidence);
  const auto halfway =
      call([](const Received&) { return Reply{"HTTP/1.1 200 OK\r\nX:", Reply::End::hang}; },
           std::chrono::seconds(1));
  BOOST_TEST(halfway.state == EFFECT_STATE_UNKNOWN_AFTER_DISPATCH, halfway.evidence);
}

BOOST_AUTO_TEST_CASE(what_a_receiver_says_is_shown_in_one_clean_line) {
  const auto outcome = call([](const Received&) {
    return answer(200, "a\x1b[2Jb\r\nc\xff\xc2\x9d gr\u00fc\u00df" + std::string(1000, 'z'));
  });
  BOOST_TEST(outcome.evidence.starts_with("crm answered 200: a [2Jb  c?  gr\u00fc\u00dfzzz"),
             outcome.evidence);
  BOOST_TEST(outcome.evidence.size() < 230u);
}

BOOST_AUTO_TEST_CASE(its_class_is_that_of_the_approved_content) {
  const auto keyed = target("http://127.0.0.1:1/", "keyed");
  const auto neither = target("http://127.0.0.1:1/", "neither");
  const auto webhook = webhook_to(neither);
  BOOST_TEST((webhook->receiver_class(permit(keyed)) == runtime::ReceiverClass::keyed));
  BOOST_TEST((webhook->receiver_class(permit(neither)) == runtime::ReceiverClass::neither));
  BOOST_TEST((webhook->receiver_class(Permit()) == runtime::ReceiverClass::neither));
  BOOST_TEST(webhook->targets().at("crm").fields().size() == 2u);
}

}  // namespace nightshift::bridges::webhook
