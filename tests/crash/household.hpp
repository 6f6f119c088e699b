// A data folder with an approver, and what its node says of its approvals.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "runtime/data_folder.hpp"
#include "tests/crash/client.hpp"
#include "tests/support/program/program.hpp"
#include "tests/support/temporary_folder.hpp"

namespace nightshift::tests {

struct Household {
  TemporaryFolder root;
  runtime::DataFolder folder{root / "data"};
  std::optional<SigningKey> key;
  std::optional<Person> person;

  Household();
};

/// The command line on a folder, with `--json`.
Ended run(const runtime::DataFolder& folder, std::vector<std::string> arguments);
/// The same, asserted to end well.
nlohmann::json answer(const runtime::DataFolder& folder, std::vector<std::string> arguments);

using Approvals = std::map<std::string, nlohmann::json>;

inline const std::vector<std::string> live_list{"list", "approval", "--limit", "1000000"};

/// What a list holds, by id.
Approvals all_approvals(const runtime::DataFolder& folder, std::vector<std::string> arguments);
/// Once none of them is on its way out any more.
Approvals settled_approvals(const runtime::DataFolder& folder);

/// `NIGHTSHIFT_SEED`, or a fresh one.
std::uint64_t chosen_seed();
/// `NIGHTSHIFT_KILLS`, or 200.
std::uint64_t chosen_kills();

}  // namespace nightshift::tests
