// Reading a log as entities and events.
#include "runtime/reading.hpp"

#include <algorithm>
#include <functional>

#include <google/protobuf/descriptor.h>

#include "runtime/event_view.hpp"
#include "runtime/host/entity_state.hpp"

namespace nightshift::runtime {
namespace {

/// Ids that are taken from an index at once.
constexpr std::size_t index_chunk = 256;
constexpr std::uint64_t count_chunk = 4096;

Error no_kind(const std::string& name) {
  return {ErrorCode::unknown_kind, "there is no kind " + name, name};
}

bool is_indexed(const kernel::Kind& kind, const std::string& name) {
  if (name == "status") return true;
  const auto* field = kind.view_descriptor()->FindFieldByName(name);
  return field != nullptr && field->options().GetExtension(nightshift::rules).indexed();
}

Result<void> check(const kernel::Kind& kind, const ListQuery& query) {
  for (const auto& [field, value] : query.where) {
    if (is_indexed(kind, field)) continue;
    return fail(ErrorCode::invalid,
                std::string(kind.name()) + " cannot be listed by " + field +
                    "; use status or a field that its view marks as indexed",
                field);
  }
  return {};
}

bool fits(const kernel::IndexValues& values, const ListQuery& query) {
  return std::ranges::all_of(query.where, [&](const auto& wanted) {
    const auto& [field, value] = wanted;
    return std::ranges::find(values, std::pair(field, kernel::index_value(value))) != values.end();
  });
}

/// Between the look at an index and the look at a state it went to an archive.
bool is_gone(const Error& error) { return error.code == ErrorCode::archived; }

/// Collects what is seen, up to a limit.
class Collector {
 public:
  Collector(const Catalog& catalog, std::size_t limit) : catalog_(catalog), limit_(limit) {}

  bool operator()(const storage::StoredRecord& stored) {
    auto view = view_of(stored, catalog_);
    if (!view) {
      damaged_ = std::move(view.error());
      return false;
    }
    events_.push_back(std::move(*view));
    return events_.size() < limit_;
  }

  Result<std::vector<EventView>> result(Result<void> scanned) && {
    if (damaged_) return std::unexpected(std::move(*damaged_));
    if (!scanned) return std::unexpected(std::move(scanned.error()));
    return std::move(events_);
  }

 private:
  const Catalog& catalog_;
  const std::size_t limit_;
  std::vector<EventView> events_;
  std::optional<Error> damaged_;
};

}  // namespace

Result<const kernel::Kind*> Reading::kind(const std::string& name) const {
  const auto* kind = catalog_.find(name);
  if (kind == nullptr) return std::unexpected(no_kind(name));
  return kind;
}

Result<Answer> Reading::get(const EntityRef& entity) const {
  const auto kind = this->kind(entity.kind);
  if (!kind) return std::unexpected(kind.error());
  auto state = host::EntityState::load(log_, **kind, entity);
  if (!state) return std::unexpected(state.error());
  return (*state)->answer(log_.boot_epoch(), log_.identity().log_id());
}

Result<ListPage> Reading::list(const ListQuery& query) const {
  const auto kind = this->kind(query.kind);
  if (!kind) return std::unexpected(kind.error());
  if (auto checked = check(**kind, query); !checked) return std::unexpected(checked.error());
  return query.where.empty() ? list_all(**kind, query) : list_some(**kind, query);
}

Result<ListPage> Reading::list_all(const kernel::Kind& kind, const ListQuery& query) const {
  std::vector<std::string> ids;
  auto scanned = log_.scan_states(kind.name(), query.after, [&](std::string_view id, auto) {
    ids.emplace_back(id);
    return ids.size() <= query.limit;
  });
  if (!scanned) return std::unexpected(scanned.error());
  ListPage page;
  if (ids.size() > query.limit) {
    ids.resize(query.limit);
    if (!ids.empty()) page.next = ids.back();
  }
  for (auto& id : ids) {
    auto answer = get({query.kind, std::move(id)});
    if (!answer && is_gone(answer.error())) continue;
    if (!answer) return std::unexpected(answer.error());
    page.items.push_back(std::move(*answer));
  }
  return page;
}

Result<ListPage> Reading::list_some(const kernel::Kind& kind, const ListQuery& query) const {
  const auto& [field, value] = query.where.front();
  const auto indexed = kernel::index_value(value);
  ListPage page;
  auto after = query.after;
  for (;;) {
    auto ids = log_.scan_index(kind.name(), field, indexed, after, index_chunk);
    if (!ids) return std::unexpected(ids.error());
    for (const auto& id : *ids) {
      auto state = host::EntityState::load(log_, kind, {query.kind, id});
      if (!state && is_gone(state.error())) continue;
      if (!state) return std::unexpected(state.error());
      // The state is newer than the index row that led here, and is what is shown.
      if (!fits((*state)->entity().index(), query)) continue;
      if (page.items.size() == query.limit) {
        if (!page.items.empty()) page.next = page.items.back().entity.id;
        return page;
      }
      page.items.push_back((*state)->answer(log_.boot_epoch(), log_.identity().log_id()));
    }
    if (ids->size() < index_chunk) return page;
    after = ids->back();
  }
}

Result<std::uint64_t> Reading::count(const std::string& name, const std::string& status,
                                     std::uint64_t most) const {
  if (const auto known = kind(name); !known) return std::unexpected(known.error());
  std::uint64_t counted = 0;
  std::string after;
  while (counted < most) {
    const auto wanted = std::min<std::uint64_t>(most - counted, count_chunk);
    const auto ids = log_.scan_index(name, "status", status, after, wanted);
    if (!ids) return std::unexpected(ids.error());
    counted += ids->size();
    if (ids->size() < wanted) break;
    after = ids->back();
  }
  return counted;
}

Result<std::vector<EventView>> Reading::events(std::uint64_t after, std::size_t limit) const {
  if (limit == 0) return {};
  Collector collect(catalog_, limit);
  return std::move(collect).result(log_.scan_log(after + 1, std::ref(collect)));
}

Result<std::vector<EventView>> Reading::events(const EntityRef& entity, std::uint64_t after,
                                               std::size_t limit) const {
  if (auto known = kind(entity.kind); !known) return std::unexpected(known.error());
  if (limit == 0) return {};
  Collector collect(catalog_, limit);
  return std::move(collect).result(log_.scan_entity(entity, after + 1, std::ref(collect)));
}

}  // namespace nightshift::runtime
