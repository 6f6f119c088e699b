// What the routes answer: shapes, and every refusal with its code.
#include <boost/test/unit_test.hpp>

#include "tests/bridges/http/served.hpp"

namespace nightshift::tests {

namespace {

/// Every problem has the members of RFC 9457 and ours, and the status of its code.
void check_problem(const WireAnswer& answer, std::string_view code) {
  const auto line = find_error(code);
  BOOST_REQUIRE(line.has_value());
  BOOST_TEST(answer.status == line->http_status);
  BOOST_TEST(answer.fields.at("content-type") == "application/problem+json");
  BOOST_TEST(answer.member("code") == code);
  BOOST_TEST(answer.member("type") == "urn:nightshift:error:" + std::string(code));
  BOOST_TEST(answer.member("title") == line->sentence);
  BOOST_TEST(answer.member("status") == std::to_string(line->http_status));
  BOOST_TEST(!answer.member("detail").empty());
  BOOST_TEST(!answer.member("instance").empty());
}

}  // namespace

BOOST_AUTO_TEST_SUITE(api)

BOOST_AUTO_TEST_CASE(a_command_creates_and_answers_with_view_and_etag) {
  Served served;
  const auto created = served.post("/v1/counter/c1/add", R"({"by":5})");
  BOOST_TEST(created.status == 201);
  BOOST_TEST(created.fields.at("etag") == "\"1\"");
  BOOST_TEST(created.fields.at("content-type") == "application/json");
  BOOST_TEST(created.body ==
             R"({"id":"c1","kind":"counter","sequence":1,"offset":1,"status":"counting",)"
             R"("view":{"value":5,"additions":1},"created_at":"2026-11-21T07:00:00Z",)"
             R"("updated_at":"2026-11-21T07:00:00Z","command_id":"fresh-1"})");
  BOOST_TEST(served.post("/v1/counter/c1/add", R"({"by":2})").status == 200);
}

BOOST_AUTO_TEST_CASE(a_repeated_command_id_gets_the_first_answer_and_another_body_is_refused) {
  Served served;
  const std::string key = "Idempotency-Key: k1\r\n";
  const auto first = served.post("/v1/counter/c1/add", R"({"by":5})", key);
  const auto again = served.post("/v1/counter/c1/add", R"({"by":5})", key);
  BOOST_TEST(first.status == 201);
  BOOST_TEST(again.status == 201);
  BOOST_TEST(again.body == first.body);
  const auto other = served.post("/v1/counter/c1/add", R"({"by":6})", key);
  check_problem(other, "key_reused");
  BOOST_TEST(other.member("command_id") == "k1");
  BOOST_TEST(served.get("/v1/counter/c1").member("value") == "5");
}

BOOST_AUTO_TEST_CASE(if_match_lets_only_the_version_that_was_seen_pass) {
  Served served;
  const auto add = [&](const std::string& fields) {
    return served.post("/v1/counter/c1/add", R"({"by":1})", fields);
  };
  BOOST_TEST(add("If-Match: \"0\"\r\n").status == 201);
  BOOST_TEST(add("If-Match: \"1\"\r\n").status == 200);
  check_problem(add("If-Match: \"1\"\r\n"), "stale");
  check_problem(add("If-Match: \"0\"\r\n"), "stale");
  check_problem(add("If-Match: W/\"2\"\r\n"), "invalid");
  check_problem(add("If-Match: *\r\n"), "invalid");
}

BOOST_AUTO_TEST_CASE(bad_input_is_refused_with_its_code_and_the_place) {
  Served served;
  served.post("/v1/note/done/suggest", R"({"text":"t"})");
  served.ask({.method = "POST",
              .target = "/v1/note/done/agree",
              .token = "approve-token",
              .body = {},
              .fields = {}});
  struct Row {
    const char* target;
    std::string body;
    const char* code;
    const char* instance;
  };
  const std::string long_text = "{\"text\":\"" + std::string(65, 'x') + "\"}";
  const Row rows[] = {
      {"/v1/nothing/x/add", "{}", "unknown_kind", "nothing"},
      {"/v1/counter/x/addd", "{}", "unknown_command", "addd"},
      {"/v1/counter/x/remind", "{}", "unknown_command", "remind"},
      {"/v1/note/x/remind", "{}", "unknown_command", "remind"},
      {"/v1/counter/a%20b/add", "{}", "invalid", "id"},
      {"/v1/counter//add", "{}", "invalid", "id"},
      {"/v1/counter/x/add/more", "{}", "not_found", "/v1/counter/x/add/more"},
      {"/v1/a/b/c/d/e/f", "{}", "not_found", "/v1/a/b/c/d/e/f"},
      {"/v1/counter/x/add", R"({"bye":1})", "unknown_field", "bye"},
      {"/v1/counter/x/add", R"({"by":"one"})", "invalid", "by"},
      {"/v1/counter/x/add", R"({"by":1,"by":2})", "invalid", "by"},
      {"/v1/counter/x/add", R"({"by":)", "invalid", "by"},
      {"/v1/counter/x/add", "[]", "invalid", "/v1/counter/x/add"},
      {"/v1/counter/x/add", std::string(200, '['), "invalid", "/v1/counter/x/add"},
      {"/v1/counter/x/reset", "{}", "not_found", "counter/x"},
      {"/v1/counter/x/add?force=1", "{}", "unknown_field", "force"},
      {"/v1/note/n/suggest", "{}", "invalid", "text"},
      {"/v1/note/n/suggest", long_text, "too_large", "text"},
      {"/v1/note/n/suggest", R"({"text":"t","colour":"green"})", "invalid", "colour"},
      {"/v1/note/done/touch", "{}", "wrong_phase", "note/done"},
  };
  for (const Row& row : rows) {
    BOOST_TEST_CONTEXT(row.target << " " << row.body.substr(0, 80)) {
      const auto answer = served.post(row.target, row.body);
      check_problem(answer, row.code);
      BOOST_TEST(answer.member("instance") == row.instance);
    }
  }
}

BOOST_AUTO_TEST_CASE(who_comes_second_learns_who_decided) {
  Served served;
  served.post("/v1/note/n/suggest", R"({"text":"t"})");
  const Asked agree{.method = "POST",
                    .target = "/v1/note/n/agree",
                    .token = "approve-token",
                    .body = {},
                    .fields = {}};
  BOOST_TEST(served.ask(agree).status == 200);
  const auto second = served.ask(agree);
  check_problem(second, "already_decided");
  BOOST_TEST(second.member("detail") == "'bob' has agreed already");
}

BOOST_AUTO_TEST_CASE(every_error_of_the_node_keeps_its_code_and_status) {
  Served served;
  const char* codes[] = {
#define NIGHTSHIFT_ERROR(number, name, http, exit, sentence) #name,
#include "messages/error.def"
#undef NIGHTSHIFT_ERROR
  };
  for (const char* code : codes) {
    BOOST_TEST_CONTEXT(code) {
      served.node.fail_commands_with(Error{find_error(code)->code, {}, {}});
      const auto answer = served.post("/v1/counter/c/add", "{}", "Idempotency-Key: k9\r\n");
      check_problem(answer, code);
      const bool later = answer.status == 503 || answer.status == 429;
      BOOST_TEST(answer.fields.contains("retry-after") == later);
      BOOST_TEST(answer.member("command_id") == "k9");
    }
  }
}

BOOST_AUTO_TEST_CASE(an_unknown_outcome_names_the_command_id_to_ask_again_with) {
  Served served;
  served.node.fail_commands_with(Error{ErrorCode::unavailable, {}, {}});
  const auto lost = served.post("/v1/counter/c/add", "{}");
  check_problem(lost, "unavailable");
  const std::string id = lost.member("command_id");
  BOOST_TEST(id.size() == 32);
  served.node.fail_commands_with(std::nullopt);
  const auto again = served.post("/v1/counter/c/add", "{}", "Idempotency-Key: " + id + "\r\n");
  BOOST_TEST(again.status == 201);
  BOOST_TEST(again.member("command_id") == id);
}

BOOST_AUTO_TEST_CASE(an_answer_that_takes_too_long_is_504_with_the_command_id) {
  Served served;
  served.node.hold_answers(true);
  const auto late =
      served.post("/v1/counter/c/add", "{}", "Idempotency-Key: k1\r\nPrefer: wait=0\r\n");
  check_problem(late, "timed_out");
  BOOST_TEST(late.member("command_id") == "k1");
  const auto unnamed = served.post("/v1/counter/c/add", "{}", "Prefer: respond-async, wait=0\r\n");
  check_problem(unnamed, "timed_out");
  BOOST_TEST(unnamed.member("command_id").size() == 32);
  served.node.hold_answers(false);
}

BOOST_AUTO_TEST_CASE(bad_header_fields_of_a_command_are_refused) {
  Served served;
  const auto with = [&](const std::string& fields) {
    return served.post("/v1/counter/c/add", "{}", fields);
  };
  check_problem(with("Idempotency-Key: two words\r\n"), "invalid");
  check_problem(with("Idempotency-Key: " + std::string(129, 'k') + "\r\n"), "invalid");
  check_problem(with("Idempotency-Key: a\xff\xfe\r\n"), "invalid");
  check_problem(with("Idempotency-Key: caf\xc3\xa9\r\n"), "invalid");
  check_problem(with("Content-Encoding: gzip\r\n"), "invalid");
  check_problem(with("Expect: the-unexpected\r\n"), "invalid");
  BOOST_TEST(served.node.commands_seen() == 0);
}

BOOST_AUTO_TEST_CASE(a_view_is_read_and_not_sent_again_while_it_is_the_same) {
  Served served;
  served.post("/v1/counter/c1/add", R"({"by":5})");
  const auto view = served.get("/v1/counter/c1");
  BOOST_TEST(view.status == 200);
  BOOST_TEST(view.fields.at("etag") == "\"1\"");
  BOOST_TEST(view.member("value") == "5");
  const auto same = served.ask(
      {.target = "/v1/counter/c1", .body = {}, .fields = "If-None-Match: \"0\", \"1\"\r\n"});
  BOOST_TEST(same.status == 304);
  BOOST_TEST(same.body.empty());
  const auto other =
      served.ask({.target = "/v1/counter/c1", .body = {}, .fields = "If-None-Match: \"11\"\r\n"});
  BOOST_TEST(other.status == 200);
  check_problem(served.get("/v1/counter/none"), "not_found");
}

BOOST_AUTO_TEST_CASE(head_has_the_fields_of_get_and_no_body) {
  Served served;
  served.post("/v1/counter/c1/add", R"({"by":5})");
  Wire wire(served.port());
  wire.send(request_text({.method = "HEAD", .target = "/v1/counter/c1", .body = {}, .fields = {}}));
  const auto head = wire.read(false);
  BOOST_TEST(head.status == 200);
  BOOST_TEST(std::stoul(head.fields.at("content-length")) ==
             served.get("/v1/counter/c1").body.size());
  wire.send(request_text({.target = "/livez", .body = {}, .fields = {}}));
  BOOST_TEST(wire.read().body == R"({"status":"alive"})");
}

BOOST_AUTO_TEST_CASE(lists_are_filtered_and_paged) {
  Served served;
  for (const char* id : {"a", "b", "c"}) {
    served.post("/v1/note/" + std::string(id) + "/suggest", R"({"text":"t","colour":"red"})");
  }
  served.post("/v1/note/d/suggest", R"({"text":"t","colour":"blue"})");
  const auto first = served.get("/v1/note?colour=red&status=open&limit=2");
  BOOST_TEST(first.status == 200);
  BOOST_TEST(first.member("next") == "b");
  const auto second = served.get("/v1/note?colour=red&status=open&limit=2&after=b");
  BOOST_TEST(second.member("id") == "c");
  BOOST_TEST(!second.body.contains("next"));
  BOOST_TEST(served.get("/v1/note?colour=green").body == R"({"items":[]})");
  check_problem(served.get("/v1/note?color=red"), "unknown_field");
  check_problem(served.get("/v1/note?text=t"), "unknown_field");
  check_problem(served.get("/v1/note?limit=0"), "invalid");
  check_problem(served.get("/v1/note?limit=1001"), "invalid");
  check_problem(served.get("/v1/note?limit=1&limit=2"), "invalid");
  check_problem(served.get("/v1/note?colour=%zz"), "invalid");
  check_problem(served.get("/v1/note?colour=%0d%0aSet-Cookie:x"), "invalid");
}

BOOST_AUTO_TEST_CASE(a_method_that_a_route_does_not_take_is_405_and_says_what_it_takes) {
  Served served;
  const auto ask = [&](const char* method, const char* target) {
    return served.ask({.method = method, .target = target, .body = {}, .fields = {}});
  };
  const auto post = ask("POST", "/v1/kinds");
  check_problem(post, "method_not_allowed");
  BOOST_TEST(post.fields.at("allow") == "GET, HEAD");
  BOOST_TEST(ask("GET", "/v1/counter/c/add").fields.at("allow") == "POST");
  BOOST_TEST(ask("POST", "/v1/counter/c").fields.at("allow") == "GET, HEAD");
  BOOST_TEST(ask("POST", "/livez").fields.at("allow") == "GET, HEAD");
  BOOST_TEST(ask("DELETE", "/v1/counter/c").fields.at("allow") == "GET, HEAD");
  BOOST_TEST(ask("OPTIONS", "/v1/counter").fields.at("allow") == "GET, HEAD");
  BOOST_TEST(ask("BREW", "/v1/counter/c/add").fields.at("allow") == "POST");
}

BOOST_AUTO_TEST_CASE(what_no_route_owns_is_a_problem_too) {
  Served served;
  check_problem(served.get("/"), "not_found");
  check_problem(served.get("/favicon.ico", {}), "not_found");
  check_problem(served.post("/index.html", "body", "REMOTE_ADDR: 10.0.0.1\r\n"), "not_found");
}

BOOST_AUTO_TEST_CASE(the_node_tells_what_it_is) {
  Served served;
  served.post("/v1/counter/c1/add", R"({"by":5})");
  const auto node = served.get("/v1/node");
  BOOST_TEST(node.member("name") == "laptop");
  BOOST_TEST(node.member("version") == "1.2.3");
  BOOST_TEST(node.member("boot_epoch") == "1");
  BOOST_TEST(node.member("commands_accepted") == "1");
  const auto head = served.get("/v1/audit/head");
  BOOST_TEST(head.member("offset") == "1");
  BOOST_TEST(head.member("head").size() == 64);
  const auto kinds = served.get("/v1/kinds");
  BOOST_TEST(kinds.body.contains(R"("name":"suggest","scope":"propose")"));
  BOOST_TEST(!kinds.body.contains("remind"));
}

BOOST_AUTO_TEST_CASE(readiness_says_why_there_is_none_and_liveness_stays) {
  Served served;
  BOOST_TEST(served.get("/readyz", {}).body == R"({"status":"ready"})");
  served.node.fail_commands_with(Error{ErrorCode::no_space, {}, {}});
  const auto full = served.get("/readyz", {});
  BOOST_TEST(full.status == 503);
  BOOST_TEST(full.body == R"({"status":"not_ready","reasons":[{"code":"no_space","detail":)"
                          R"("the disk is full; nothing was written, reading still works"}]})");
  BOOST_TEST(served.get("/livez", {}).status == 200);
}

BOOST_AUTO_TEST_CASE(why_tells_the_chain_back_to_the_first_trigger) {
  Served served;
  served.post("/v1/note/n/suggest", R"({"text":"t"})");
  served.post("/v1/note/n/touch", "");
  const auto why = served.get("/v1/note/n/why");
  BOOST_TEST(why.status == 200);
  BOOST_TEST(why.body.contains(
      R"("trigger":{"command_id":"command-1","who":"admin","at":"2026-11-21T07:00:00Z",)"
      R"("what":"note/n was suggested"})"));
  BOOST_TEST(why.body.contains(R"("what":"note/n was touched","who":"admin")"));
  BOOST_TEST(why.body.contains(R"("complete":true,"effects":[])"));
  check_problem(served.get("/v1/note/none/why"), "not_found");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace nightshift::tests
