// Looks at what runs here and at the vault's folders.
#include "tools/nightshift/moves.hpp"

#include <pwd.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <map>
#include <set>

#include "bridges/agent/sandbox.hpp"
#include "bridges/vault/layout.hpp"
#include "messages/ids.hpp"
#include "messages/process.pb.h"

namespace nightshift::tools {
namespace {

namespace fs = std::filesystem;

using Doubt = std::optional<std::string>;

constexpr std::size_t list_page = 500;

std::string user_name() {
  const auto* user = ::getpwuid(::getuid());
  return user != nullptr ? user->pw_name : "";
}

/// Who runs as root or as the user of the node writes where the node does.
bool is_apart(const std::string& user) {
  return !user.empty() && user != "root" && user != user_name();
}

std::string not_apart(const std::string& name) {
  return "process/" + name +
         " runs as the user of the node, and could move files of the vault itself (give it a user "
         "of its own)";
}

Doubt doubt_folder(const fs::path& folder) {
  struct stat found{};
  // What is not there yet is made by the node, for its user alone to write.
  if (::stat(folder.c_str(), &found) != 0) return {};
  const bool others_write = (found.st_mode & (S_IWGRP | S_IWOTH)) != 0;
  if (!others_write && found.st_uid == ::getuid()) return {};
  return folder.string() + " can be written by others than the user of the node (chmod go-w " +
         folder.string() + ")";
}

Doubt doubt_folders(const fs::path& vault) {
  if (auto doubt = doubt_folder(vault)) return doubt;
  for (const auto folder : bridges::vault::vault_folders) {
    if (auto doubt = doubt_folder(vault / folder)) return doubt;
  }
  return {};
}

/// Programs that draft are kept from everything, if a sandbox can be made at all.
Doubt doubt_agents(const runtime::Agents& agents) {
  for (const auto& [name, agent] : agents) {
    if (agent.command.empty()) continue;
    const auto made = bridges::agent::try_sandbox();
    if (made) return {};
    return "[agent." + name + "] cannot be kept in a sandbox here: " + made.error().detail;
  }
  return {};
}

struct Known {
  bool is_apart = true;
  bool is_deleted = false;
};

/// Every process of the journal.
Result<std::map<std::string, Known>> known_processes(const runtime::Node& node) {
  std::map<std::string, Known> all;
  runtime::ListQuery query{.kind = "process", .where = {}, .after = {}, .limit = list_page};
  do {
    const auto page = node.list(query);
    if (!page) return std::unexpected(page.error());
    for (const auto& item : page->items) {
      const auto* view = dynamic_cast<const process::View*>(item.view.get());
      all[item.entity.id] = {.is_apart = view != nullptr && is_apart(view->config().user()),
                             .is_deleted = item.status == "deleted"};
    }
    query.after = page->next;
  } while (!query.after.empty());
  return all;
}

class Doubts {
 public:
  Doubts(const runtime::Node& node, const runtime::Settings& settings)
      : node_(node), settings_(settings) {}

  Doubt operator()() {
    if (node_.identity().role() == "cloud") return "a cloud node only drafts";
    if (auto doubt = doubt_folders(settings_.vault_path)) return doubt;
    if (!agents_tried_) {
      if (auto doubt = doubt_agents(settings_.agents)) return doubt;
      agents_tried_ = true;
    }
    for (const auto& [name, config] : settings_.processes) {
      if (!is_apart(config.user())) return not_apart(name);
    }
    for (const auto& [name, config] : settings_.mcp_servers) {
      if (!config.command().empty() && !is_apart(config.user())) return not_apart("mcp-" + name);
    }
    return doubt_processes();
  }

 private:
  /// One that was started and deleted since could have moved what lies there now.
  Doubt doubt_processes() {
    const auto known = known_processes(node_);
    if (!known) return "the processes of the node cannot be listed: " + known.error().detail;
    if (!gone_) {
      gone_.emplace();
      for (const auto& [name, one] : *known) {
        if (one.is_deleted) gone_->insert(name);
      }
    }
    for (const auto& [name, one] : *known) {
      const bool is_long_gone = one.is_deleted && gone_->contains(name);
      if (!one.is_apart && !is_long_gone) return not_apart(name);
    }
    return {};
  }

  const runtime::Node& node_;
  const runtime::Settings& settings_;
  bool agents_tried_ = false;
  /// Deleted before this was asked first.
  std::optional<std::set<std::string>> gone_;
};

}  // namespace

std::string vault_owner(const runtime::Settings& settings) {
  if (!settings.vault_owner.empty()) return settings.vault_owner;
  const auto user = user_name();
  return is_id(user) ? user : "owner";
}

MovePolicy move_policy(const runtime::Settings& settings) {
  MovePolicy policy;
  if (settings.vault_decisions != "move" || settings.vault_path.empty()) return policy;
  policy.set_owner(vault_owner(settings));
  for (const auto& channel : settings.vault_moves_decide) policy.add_channels(channel);
  return policy;
}

std::function<std::optional<std::string>()> doubts_about_moves(const runtime::Node& node,
                                                               const runtime::Settings& settings) {
  return Doubts(node, settings);
}

}  // namespace nightshift::tools
