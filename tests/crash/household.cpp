// Makes a household, and asks its node.
#include "tests/crash/household.hpp"

#include <poll.h>

#include <boost/test/unit_test.hpp>
#include <cstdlib>
#include <cstring>

#include "tests/support/golden.hpp"

namespace nightshift::tests {
namespace {

using nlohmann::json;

std::uint64_t number_from(const char* variable, std::uint64_t otherwise) {
  const char* text = std::getenv(variable);
  return text == nullptr || *text == '\0' ? otherwise : std::strtoull(text, nullptr, 10);
}

}  // namespace

Household::Household() {
  write_file(root / "passphrase", "correct horse\n");
  const auto added =
      run(folder, {"approver", "add", "anna", "--passphrase-file", (root / "passphrase").string()});
  BOOST_TEST_REQUIRE(added.exit_code == 0, added.err);
  auto opened = SigningKey::unseal(read_file(folder.approver_key_file("anna")), "correct horse");
  BOOST_TEST_REQUIRE(opened.has_value());
  key.emplace(std::move(*opened));
  person.emplace("anna", folder.read_token(folder.approver_token_file("anna")).value(), *key);
}

Ended run(const runtime::DataFolder& folder, std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), {"--json", "--data", folder.root().string()});
  return run_program(std::move(arguments));
}

json answer(const runtime::DataFolder& folder, std::vector<std::string> arguments) {
  const auto ended = run(folder, std::move(arguments));
  BOOST_TEST_REQUIRE(ended.exit_code == 0, ended.err);
  return json::parse(ended.out);
}

Approvals all_approvals(const runtime::DataFolder& folder, std::vector<std::string> arguments) {
  Approvals all;
  const auto page = answer(folder, std::move(arguments));
  for (const auto& item : page.at("items")) {
    all.emplace(item.at("id").get<std::string>(), item);
  }
  return all;
}

Approvals settled_approvals(const runtime::DataFolder& folder) {
  const auto give_up = std::chrono::steady_clock::now() + process_deadline;
  while (true) {
    auto all = all_approvals(folder, live_list);
    const bool settled = std::ranges::none_of(
        all, [](const auto& entry) { return entry.second.at("status") == "approved"; });
    if (settled || std::chrono::steady_clock::now() > give_up) return all;
    ::poll(nullptr, 0, 50);
  }
}

std::uint64_t chosen_seed() {
  std::uint64_t fresh = 0;
  const auto bytes = random_bytes(sizeof fresh);
  std::memcpy(&fresh, bytes.data(), sizeof fresh);
  return number_from("NIGHTSHIFT_SEED", fresh);
}

std::uint64_t chosen_kills() { return number_from("NIGHTSHIFT_KILLS", 200); }

}  // namespace nightshift::tests
