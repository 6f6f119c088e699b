// nightshift-verify: is a journal, a backup or an export what was written? Needs no node, no
// network and nothing of the node's own data.
#include <fstream>
#include <iostream>
#include <optional>
#include <span>
#include <sstream>
#include <string>
#include <string_view>

#include <google/protobuf/stubs/logging.h>

#include "storage/verify.hpp"

namespace nightshift::tools {
namespace {

constexpr int usage_exit = 2;

constexpr std::string_view help =
    "nightshift-verify PATH [--head FILE]\n"
    "\n"
    "PATH is an export, an archive, a backup, a data folder or a journal. FILE holds a head that\n"
    "was saved before (`nightshift audit head`): only against one is a cut or rewritten log seen.\n"
    "Ends with 0 if everything is what was written, 1 if not, 2 if the command line is wrong.\n";

std::string_view word(storage::Evidence what) {
  switch (what) {
    case storage::Evidence::journal: return "journal";
    case storage::Evidence::backup: return "backup";
    case storage::Evidence::exported: return "export";
    case storage::Evidence::archive: return "archive";
  }
  return "";
}

int refuse(const Error& error) {
  std::cerr << "nightshift-verify: " << error.message() << "\n";
  return info(error.code).exit_code;
}

int show(const storage::Verified& verified, bool compared) {
  const auto& [what, report] = verified;
  for (const auto& finding : report.findings)
    std::cout << "offset " << finding.offset << ": " << finding.what << "\n";
  if (!report.findings.empty()) {
    std::cout << "this " << word(what) << " is not what was written\n";
    return 1;
  }
  std::cout << "whole: " << word(what) << " of " << report.records << " records in "
            << report.batches << " batches\n";
  if (report.part_behind)
    std::cout << "a part of the log, behind record " << *report.part_behind << ": "
              << report.records - report.withheld << " records, and the leaves of those between\n";
  else if (report.withheld > 0)
    std::cout << report.withheld << " of them lie in archives, as the log itself says\n";
  std::cout << to_text(report.head) << "\n";
  if (!compared)
    std::cout << "a cut end or a rewritten log is seen only against a head saved before: --head\n";
  return 0;
}

int run(std::span<char*> arguments) {
  std::optional<std::string> path;
  std::optional<std::string> kept;
  for (std::size_t i = 1; i < arguments.size(); ++i) {
    const std::string_view argument = arguments[i];
    if (argument == "--help") {
      std::cout << help;
      return 0;
    }
    if (argument == "--head" && i + 1 < arguments.size() && !kept) {
      std::ifstream file(arguments[++i]);
      if (!file)
        return refuse({ErrorCode::usage, std::string(arguments[i]) + " cannot be read", "--head"});
      std::ostringstream text;
      text << file.rdbuf();
      kept = text.str();
    } else if (!argument.starts_with("-") && !path) {
      path = argument;
    } else {
      std::cerr << help;
      return usage_exit;
    }
  }
  if (!path) {
    std::cerr << help;
    return usage_exit;
  }
  const auto verified = storage::verify_path(*path, kept);
  if (!verified) return refuse(verified.error());
  return show(*verified, kept.has_value());
}

}  // namespace
}  // namespace nightshift::tools

int main(int argc, char** argv) {
  // What cannot be read is a finding of ours.
  google::protobuf::SetLogHandler(nullptr);
  return nightshift::tools::run({argv, static_cast<std::size_t>(argc)});
}
