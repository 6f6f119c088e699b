// Notes what has changed, and writes it when there is time.
#include "bridges/vault/entity_pages.hpp"

namespace nightshift::bridges::vault {
namespace {

constexpr std::size_t entities_max = 100;

}  // namespace

Result<void> EntityPages::begin() {
  const auto page = node_.list({.kind = kind_, .where = {}, .after = {}, .limit = entities_max});
  if (!page) return std::unexpected(page.error());
  for (const auto& item : page->items) changed_.insert(item.entity.id);
  return {};
}

void EntityPages::see(const runtime::EventView& event) {
  if (event.record.kind() == kind_) changed_.insert(event.record.entity());
}

bool EntityPages::catch_up(const Stop& stop) {
  std::set<std::string> left;
  for (const auto& id : changed_) {
    const auto done = stop() ? Result<void>(fail(ErrorCode::stopping, "")) : show(id);
    if (done) continue;
    left.insert(id);
    if (done.error().code == ErrorCode::conflict || stop()) continue;
    errors_.record(node_.clock().now(), kind_ + "/" + id, done.error().message(), "");
  }
  changed_ = std::move(left);
  return changed_.empty();
}

Result<void> EntityPages::show(const std::string& id) {
  const auto answer = node_.get({.kind = kind_, .id = id});
  // It was archived.
  if (!answer) return {};
  return write(*answer);
}

}  // namespace nightshift::bridges::vault
