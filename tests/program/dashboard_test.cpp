// The interface of the first systems' dashboard, on a node with a vault.
#include <boost/test/unit_test.hpp>

#include <nlohmann/json.hpp>

#include "messages/canonical.hpp"
#include "messages/crypto.hpp"
#include "tests/program/house.hpp"
#include "tests/support/eventually.hpp"
#include "tests/support/golden.hpp"

namespace {

using namespace nightshift;
using namespace nightshift::tests;
using nlohmann::json;

struct Dashboard : House {
  Dashboard() {
    add_anna();
    write_file(path("config.toml"),
               "[node]\nname = \"laptop\"\n[vault]\npath = \"" + path("vault") + "\"\n");
    start({"--config", path("config.toml")});
  }

  /// What curl gets, and its status as `status`.
  json ask(const std::string& target, const std::string& token, const json& body = {}) const {
    std::vector<std::string> arguments{"-s",
                                       "-w",
                                       "\n%{http_code}",
                                       "-H",
                                       "Authorization: Bearer " + token,
                                       "http://" + node_address() + target};
    if (!body.is_null()) arguments.insert(arguments.end(), {"-d", body.dump()});
    const auto said = run_program(Launch{arguments, environment, 0, "/usr/bin/curl"}).out;
    const auto line = said.rfind('\n');
    return {{"status", std::stoi(said.substr(line + 1))},
            {"body", json::parse(said.substr(0, line))}};
  }
  std::string node_address() const { return (*folder().read_node())->http(); }
  std::string admin() const { return *folder().read_token(folder().admin_token_file()); }
  std::string anna() const { return *folder().read_token(folder().approver_token_file("anna")); }

  json signed_approval(const std::string& id, const std::string& digest) const {
    const auto key =
        SigningKey::unseal(read_file(folder().approver_key_file("anna")), "correct horse");
    const auto nonce = to_base64url(random_bytes(16));
    const auto text = approval_text(digest, "approve", nonce, "", "laptop");
    return {{"approval_id", id},
            {"digest", digest},
            {"approver", "anna"},
            {"signature", to_base64url(key->sign(text))},
            {"nonce", nonce}};
  }
};

}  // namespace

BOOST_FIXTURE_TEST_CASE(what_waits_is_an_array_with_the_path_of_every_draft, Dashboard) {
  BOOST_TEST(ask("/api/status", admin())["body"] == json::array());
  propose("by-http");
  const auto item = ask("/api/status", admin())["body"][0];
  BOOST_TEST(item.size() == 8u);
  BOOST_TEST(item["approval_id"] == "by-http");
  BOOST_TEST(item["category"] == "Email");
  BOOST_TEST(item["title"] == "Offer by-http");
  BOOST_TEST(item["preview_text"] == "Dear Bob,\nthe offer.");
  BOOST_TEST(item["status"] == "pending");
  BOOST_TEST(item["digest"].get<std::string>().size() == 64u);
  const std::filesystem::path draft = item["file_path"].get<std::string>();
  BOOST_TEST(draft.is_absolute());
  eventually([&] { return std::filesystem::exists(draft); }, "the draft is there");
}

BOOST_FIXTURE_TEST_CASE(a_dashboard_approves_with_a_signature_and_rejects_with_a_reason,
                        Dashboard) {
  propose("yes");
  propose("no");
  const auto waiting = ask("/api/status", admin())["body"];
  BOOST_TEST_REQUIRE(waiting.size() == 2u);
  const auto digest = waiting[1]["digest"].get<std::string>();
  auto approval = signed_approval("yes", digest);
  BOOST_TEST(ask("/api/approve", admin(), approval)["status"] == 403);
  auto unsigned_one = approval;
  unsigned_one.erase("signature");
  const auto refused = ask("/api/approve", anna(), unsigned_one);
  BOOST_TEST(refused["status"] == 400);
  BOOST_TEST(refused["body"]["instance"] == "signature");
  auto wrong = approval;
  wrong["digest"] = std::string(64, '0');
  BOOST_TEST(ask("/api/approve", anna(), wrong)["status"] == 409);
  const auto approved = ask("/api/approve", anna(), approval);
  BOOST_TEST(approved["status"] == 200, approved.dump());
  BOOST_TEST(approved["body"]["status"] == "approved");
  await_status("yes", "sent");
  BOOST_TEST(ask("/api/approve", anna(), approval)["status"] == 409);

  const json no{{"approval_id", "no"}, {"reason", "not today"}};
  const auto rejected = ask("/api/reject", admin(), no);
  BOOST_TEST(rejected["body"]["status"] == "rejected", rejected.dump());
  BOOST_TEST(rejected["body"]["file_path"].get<std::string>().ends_with("/Rejected/no.md"));
  BOOST_TEST(ask("/api/reject", admin(), {{"approval_id", "nobody"}})["status"] == 404);
  BOOST_TEST(ask("/api/reject", admin(), {{"approval_id", "a/b"}})["status"] == 400);
  BOOST_TEST(ask("/api/reject", admin(), {{"approval", "no"}})["status"] == 400);
  BOOST_TEST(ask("/api/status", admin())["body"] == json::array());
}
