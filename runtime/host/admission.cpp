// Admission: counters that are raised first and lowered again where the bound was passed.
#include "runtime/host/admission.hpp"

#include <utility>

namespace nightshift::runtime::host {
namespace {

bool raise(std::atomic<std::size_t>& counter, std::size_t by, std::size_t max) {
  if (counter.fetch_add(by, std::memory_order_relaxed) + by <= max) return true;
  counter.fetch_sub(by, std::memory_order_relaxed);
  return false;
}

}  // namespace

Admission& Admission::operator=(Admission&& other) noexcept {
  release();
  node_ = std::move(other.node_);
  entity_ = std::move(other.entity_);
  bytes_ = other.bytes_;
  return *this;
}

std::optional<Admission> Admission::take(std::shared_ptr<Load> node, std::size_t bytes) {
  if (!raise(node->commands, 1, node->commands_max)) return std::nullopt;
  if (!raise(node->bytes, bytes, node->bytes_max)) {
    node->commands.fetch_sub(1, std::memory_order_relaxed);
    return std::nullopt;
  }
  Admission admission;
  admission.node_ = std::move(node);
  admission.bytes_ = bytes;
  return admission;
}

bool Admission::extend(std::shared_ptr<Load> entity) {
  if (!raise(entity->commands, 1, entity->commands_max)) return false;
  entity_ = std::move(entity);
  return true;
}

void Admission::release() noexcept {
  if (entity_) entity_->commands.fetch_sub(1, std::memory_order_relaxed);
  if (node_) {
    node_->commands.fetch_sub(1, std::memory_order_relaxed);
    node_->bytes.fetch_sub(bytes_, std::memory_order_relaxed);
  }
  entity_.reset();
  node_.reset();
}

}  // namespace nightshift::runtime::host
