// Keeps the kinds of this program and guards their names.
#include "runtime/catalog.hpp"

#include <algorithm>
#include <array>
#include <cassert>

#include "messages/ids.hpp"
#include "messages/options.pb.h"

namespace nightshift::runtime {

bool is_reserved_word(std::string_view name) {
  static constexpr std::array<std::string_view, 60> verbs{
      "node",    "up",         "down",        "get",       "list",      "log",         "why",
      "replay",  "tree",       "audit",       "backup",    "restore",   "token",       "approver",
      "chaos",   "cluster",    "completion",  "import",    "start",     "supervision", "stop",
      "restart", "reload",     "delete",      "ps",        "describe",  "logs",        "monit",
      "scale",   "signal",     "flush",       "save",      "resurrect", "startup",     "jlist",
      "secret",  "what-if",    "export-test", "mcp",       "events",    "livez",       "readyz",
      "metrics", "help",       "version",     "inbox",     "top",       "login",       "census",
      "sums",    "check-test", "hold",        "retention", "ls",        "status",      "show",
      "info",    "env",        "prettylist",  "desc"};
  return std::ranges::find(verbs, name) != verbs.end();
}

void Catalog::add(std::unique_ptr<const kernel::Kind> kind) {
  const auto name = kind->name();
  assert(is_id(name) && "a kind's name is an id");
  assert(find(name) == nullptr && "a kind's name is free");
  assert(!is_reserved_word(name) && "a kind's name is no verb of the program");
  kinds_.push_back(std::move(kind));
}

Result<void> Catalog::check() const {
  for (const auto& kind : kinds_) {
    for (const auto* told : kind->tells()) {
      const auto& target = told->file()->options().GetExtension(nightshift::kind).name();
      const auto* known = find(target);
      const auto* info = known == nullptr ? nullptr : known->find_command(told->name());
      if (info != nullptr && info->descriptor == told) continue;
      return fail(ErrorCode::bug,
                  std::string(kind->name()) + " tells " + told->full_name() +
                      ", which no kind of this program takes; register its kind in "
                      "actors/all.cpp",
                  std::string(kind->name()));
    }
  }
  return {};
}

const kernel::Kind* Catalog::find(std::string_view name) const {
  const auto same = [name](const auto& kind) { return kind->name() == name; };
  const auto found = std::ranges::find_if(kinds_, same);
  return found == kinds_.end() ? nullptr : found->get();
}

std::vector<const kernel::Kind*> Catalog::all() const {
  std::vector<const kernel::Kind*> kinds;
  for (const auto& kind : kinds_) kinds.push_back(kind.get());
  return kinds;
}

}  // namespace nightshift::runtime
