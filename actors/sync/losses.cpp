// A list, and who waits in it.
#include "actors/sync/losses.hpp"

#include <algorithm>

namespace nightshift::actors {

using namespace sync_pb;

namespace {

constexpr int losses_max = 100;

}  // namespace

bool is_decided_by_rule(std::string_view path) {
  return path == "Dashboard.md" || path.starts_with("Logs/");
}

const Loss* find_loss(const Subject& subject, std::string_view conflict) {
  const auto found = std::ranges::find(subject.losses(), conflict, &Loss::conflict);
  return found == subject.losses().end() ? nullptr : &*found;
}

Loss* find_loss(Subject& subject, std::string_view conflict) {
  return const_cast<Loss*>(find_loss(std::as_const(subject), conflict));
}

const Loss* find_loss_by_key(const Subject& subject, std::string_view key) {
  const auto found = std::ranges::find(subject.losses(), key, &Loss::key);
  return found == subject.losses().end() ? nullptr : &*found;
}

void add_loss(Subject& subject, const Conflicted& event) {
  auto& losses = *subject.mutable_losses();
  const auto is_over = [](const Loss& loss) { return !loss.waits() && !loss.wanted(); };
  if (losses.size() >= losses_max) {
    const auto oldest = std::ranges::find_if(losses, is_over);
    if (oldest == losses.end()) {
      if (event.waits()) subject.set_more_waiting(subject.more_waiting() + 1);
      subject.set_conflicts(subject.conflicts() + 1);
      return;
    }
    losses.erase(oldest);
  }
  auto& loss = *losses.Add();
  loss.set_conflict(event.conflict());
  loss.set_key(event.key());
  loss.set_path(event.path());
  loss.set_loser(event.loser());
  loss.set_reason(event.reason());
  loss.set_kept_as(event.kept_as());
  loss.set_size(event.bytes().size());
  loss.set_sequence(event.sequence());
  loss.set_waits(event.waits());
  *loss.mutable_at() = event.at();
  subject.set_conflicts(subject.conflicts() + 1);
}

}  // namespace nightshift::actors
