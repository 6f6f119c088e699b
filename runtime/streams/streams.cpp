// Keeps what is offered.
#include "runtime/streams/streams.hpp"

#include <algorithm>
#include <utility>

namespace nightshift::runtime {

void Streams::offer(const std::string& name, const std::string& run, bool fresh, Open open) {
  {
    const std::lock_guard lock(mutex_);
    auto& offer = offers_[name];
    if (offer.run == run) return;
    offer = {run, std::move(open), fresh ? "" : "a node before this one"};
  }
  tell(name);
}

void Streams::withdraw(const std::string& name) {
  {
    const std::lock_guard lock(mutex_);
    if (offers_.erase(name) == 0) return;
  }
  tell(name);
}

Result<StreamEnds> Streams::take(const std::string& name, std::string_view who) {
  const std::lock_guard lock(mutex_);
  const auto found = offers_.find(name);
  if (found == offers_.end()) {
    return fail(ErrorCode::not_found, name + " does not run, or speaks with nobody");
  }
  auto& offer = found->second;
  if (!offer.taken_by.empty()) {
    return fail(ErrorCode::conflict, "the streams of this run of " + name + " are those of " +
                                         offer.taken_by + "; restart it");
  }
  auto ends = offer.open();
  if (ends) offer.taken_by = who;
  return ends;
}

std::string Streams::run_of(const std::string& name) const {
  const std::lock_guard lock(mutex_);
  const auto found = offers_.find(name);
  return found == offers_.end() ? std::string() : found->second.run;
}

Streams::Watch Streams::watch(Told told) {
  auto watch = std::make_shared<Told>(std::move(told));
  const std::lock_guard lock(mutex_);
  watches_.push_back(watch);
  return watch;
}

void Streams::tell(const std::string& name) {
  std::vector<std::shared_ptr<Told>> all;
  {
    const std::lock_guard lock(mutex_);
    std::erase_if(watches_, [](const auto& watch) { return watch.expired(); });
    for (const auto& watch : watches_) {
      if (auto alive = watch.lock()) all.push_back(std::move(alive));
    }
  }
  for (const auto& watch : all) (*watch)(name);
}

}  // namespace nightshift::runtime
