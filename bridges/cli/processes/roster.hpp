// The processes of a node, as a person names them.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json.hpp>

#include "bridges/cli/session.hpp"

namespace nightshift::bridges::cli {

struct Process {
  std::string id;
  /// `online`, `stopped` and so on.
  std::string status;
  std::uint64_t sequence = 0;
  /// The how-manieth that was ever defined on its node, from 0: its number for people, for ever.
  std::size_t number = 0;
  /// The view, as the node gives it.
  Json view;

  std::string text(std::string_view field) const { return text_of(view, field); }
  std::uint64_t count(std::string_view field) const;
  std::string app() const;
  std::uint64_t pid() const { return count("pid"); }
  Json config() const { return view.value("config", Json::object()); }
};

/// Reads processes; numbers that it has seen it does not ask for again.
class Roster {
 public:
  explicit Roster(NodeApi& api) : api_(api) {}

  /// All that there are, by number; the deleted ones are left out.
  Result<std::vector<Process>> all();
  /// Those that `words` name: `all`, an app, one of its instances, a number. `not_found` names the
  /// nearest; `usage` where nothing is named.
  Result<std::vector<Process>> select(const std::vector<std::string>& words);
  /// The same process as it is now.
  Result<Process> again(const Process& process);

 private:
  Result<std::uint64_t> born(const std::string& id);

  NodeApi& api_;
  /// Where in the log each was first defined.
  std::map<std::string, std::uint64_t> born_;
};

/// The entity as the node gives it.
Process process_of(const Json& entity);

/// Neither on its way up nor on its way down.
bool is_settled(const Process& process);

}  // namespace nightshift::bridges::cli
