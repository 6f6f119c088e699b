// Goes through the statuses that ask for a person.
#include "runtime/inbox.hpp"

#include <algorithm>
#include <utility>

namespace nightshift::runtime {
namespace {

/// One status of one kind that asks for a person.
struct Shelf {
  const kernel::Kind* kind = nullptr;
  std::string status;
  std::string awaits;
  std::vector<const kernel::CommandInfo*> commands;

  std::string name() const { return std::string(kind->name()) + ":" + status + ":"; }
};

void add_commands(Shelf& shelf, std::size_t phase) {
  const auto& commands = shelf.kind->commands();
  for (std::size_t i = 0; i < commands.size(); ++i) {
    const bool shown = std::ranges::find(shelf.commands, &commands[i]) != shelf.commands.end();
    if (shown || commands[i].scope == SCOPE_HOST || !shelf.kind->decides(phase, i)) continue;
    shelf.commands.push_back(&commands[i]);
  }
}

std::vector<Shelf> shelves(const Catalog& catalog) {
  std::vector<Shelf> all;
  for (const auto* kind : catalog.all()) {
    for (std::size_t i = 0; i < kind->phases().size(); ++i) {
      const auto& phase = kind->phases()[i];
      if (phase.awaits.empty()) continue;
      const auto same = [&](const Shelf& shelf) {
        return shelf.kind == kind && shelf.status == phase.status;
      };
      auto found = std::ranges::find_if(all, same);
      if (found == all.end()) found = all.insert(found, {kind, phase.status, phase.awaits, {}});
      add_commands(*found, i);
    }
  }
  return all;
}

/// Where a page begins: the shelf, and the id behind which.
Result<std::pair<std::size_t, std::string>> begin_of(const std::vector<Shelf>& all,
                                                     const std::string& after) {
  if (after.empty()) return std::pair(std::size_t{0}, std::string());
  for (std::size_t i = 0; i < all.size(); ++i) {
    const auto name = all[i].name();
    if (after.starts_with(name)) return std::pair(i, after.substr(name.size()));
  }
  return fail(ErrorCode::invalid, "this is no place in the inbox; begin anew without it", "after");
}

}  // namespace

Result<Inbox> read_inbox(const Node& node, const std::string& after, std::size_t limit) {
  const auto all = shelves(node.catalog());
  auto begin = begin_of(all, after);
  if (!begin) return std::unexpected(std::move(begin.error()));
  auto& [at, id] = *begin;
  Inbox inbox;
  for (; at < all.size(); ++at, id.clear()) {
    const auto& shelf = all[at];
    ListQuery query;
    query.kind = shelf.kind->name();
    query.where = {{"status", shelf.status}};
    query.after = id;
    query.limit = limit - inbox.items.size();
    auto page = node.list(query);
    if (!page) return std::unexpected(std::move(page.error()));
    for (auto& entity : page->items) {
      inbox.items.push_back({std::move(entity), shelf.awaits, shelf.commands});
    }
    if (inbox.items.size() < limit) continue;
    inbox.next = shelf.name() + inbox.items.back().entity.entity.id;
    const bool last = page->next.empty() && at + 1 == all.size();
    if (last) inbox.next.clear();
    return inbox;
  }
  return inbox;
}

}  // namespace nightshift::runtime
