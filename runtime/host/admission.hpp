// Admission: how much may be under way at once, per node and per entity (DESIGN.md section 6).
#pragma once

#include <atomic>
#include <cstddef>
#include <memory>
#include <optional>

namespace nightshift::runtime::host {

/// What is under way and how much may be. Shared by the admissions, so that it outlives them.
struct Load {
  std::size_t commands_max = 0;
  std::size_t bytes_max = 0;
  std::atomic<std::size_t> commands = 0;
  std::atomic<std::size_t> bytes = 0;
};

/// Room for one command; given back when it goes. Empty ones hold nothing: the host's own commands
/// are never refused.
class Admission {
 public:
  Admission() = default;
  Admission(Admission&&) noexcept = default;
  Admission& operator=(Admission&& other) noexcept;
  ~Admission() { release(); }

  /// Nothing if the node or the bytes are at their bound.
  static std::optional<Admission> take(std::shared_ptr<Load> node, std::size_t bytes);
  /// Takes room on the entity as well; false if it is at its bound.
  bool extend(std::shared_ptr<Load> entity);
  void release() noexcept;

 private:
  std::shared_ptr<Load> node_;
  std::shared_ptr<Load> entity_;
  std::size_t bytes_ = 0;
};

}  // namespace nightshift::runtime::host
