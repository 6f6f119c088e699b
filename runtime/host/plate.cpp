// What everyone may see of the tree.
#include "runtime/host/plate.hpp"

#include <algorithm>
#include <utility>

namespace nightshift::runtime::host {

using supervision::PartState;

Plate::Plate(std::string path, std::string_view type, std::string_view strategy, const Clock& clock)
    : path_(std::move(path)), clock_(clock) {
  view_.path = path_;
  view_.type = type;
  view_.strategy = strategy;
  view_.since = clock.now();
}

void Plate::enter(PartState state) {
  view_.state = state;
  view_.since = clock_.now();
}

void Plate::starting(std::weak_ptr<Strand> strand, std::weak_ptr<Supervisor> supervisor) {
  const std::lock_guard lock(mutex_);
  if (starts_++ > 0) ++view_.restarts;
  strand_ = std::move(strand);
  supervisor_ = std::move(supervisor);
  enter(PartState::starting);
}

void Plate::running() {
  const std::lock_guard lock(mutex_);
  enter(PartState::running);
}

void Plate::attach(const supervision::Component& component) {
  const std::lock_guard lock(mutex_);
  component_ = &component;
}

void Plate::closing() {
  const std::lock_guard lock(mutex_);
  component_ = nullptr;
  enter(PartState::stopping);
}

void Plate::down(const std::string& why) {
  const std::lock_guard lock(mutex_);
  component_ = nullptr;
  enter(PartState::down);
  if (why.empty()) return;
  view_.last_error = why;
  view_.last_error_at = clock_.now();
}

supervision::PartView Plate::view() const {
  const std::lock_guard lock(mutex_);
  auto view = view_;
  if (component_ == nullptr) return view;
  auto health = component_->health();
  view.queued = health.queued;
  if (!health.error.empty()) view.last_error = std::move(health.error);
  return view;
}

std::uint64_t Plate::restarts() const {
  const std::lock_guard lock(mutex_);
  return view_.restarts;
}

std::shared_ptr<Strand> Plate::strand() const {
  const std::lock_guard lock(mutex_);
  return strand_.lock();
}

std::shared_ptr<Supervisor> Plate::supervisor() const {
  const std::lock_guard lock(mutex_);
  return supervisor_.lock();
}

std::shared_ptr<Plate> Board::place(const std::string& path, std::string_view type,
                                    std::string_view strategy, const Clock& clock) {
  if (auto known = find(path)) return known;
  auto plate = std::make_shared<Plate>(path, type, strategy, clock);
  const std::lock_guard lock(mutex_);
  const auto parent = path.substr(0, path.rfind('/'));
  const auto sibling = [&](const auto& other) {
    return other->path() == parent || other->path().starts_with(parent + "/");
  };
  auto at = plates_.end();
  if (parent != path) at = std::find_if(plates_.rbegin(), plates_.rend(), sibling).base();
  plates_.insert(at, plate);
  return plate;
}

std::shared_ptr<Plate> Board::find(std::string_view path) const {
  const std::lock_guard lock(mutex_);
  const auto named = [&](const auto& plate) { return plate->path() == path; };
  const auto at = std::ranges::find_if(plates_, named);
  return at == plates_.end() ? nullptr : *at;
}

std::vector<std::shared_ptr<Plate>> Board::all() const {
  const std::lock_guard lock(mutex_);
  return plates_;
}

}  // namespace nightshift::runtime::host
