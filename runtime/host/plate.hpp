// What everyone may see of one part of the tree, and how to reach what runs there.
#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "runtime/clock.hpp"
#include "runtime/supervision/part.hpp"

namespace nightshift::runtime::host {

class Strand;
class Supervisor;

/// Stays while what it names comes and goes. Written by the supervisor and the carrier of the part;
/// thread-safe.
class Plate {
 public:
  Plate(std::string path, std::string_view type, std::string_view strategy, const Clock& clock);

  const std::string& path() const { return path_; }

  // -- a life

  /// The `n`-th start, from 1: those after the first are restarts.
  void starting(std::weak_ptr<Strand> strand, std::weak_ptr<Supervisor> supervisor);
  void running();
  /// Asked for its health until `closing`.
  void attach(const supervision::Component& component);
  void closing();
  void down(const std::string& why);

  // -- seen from outside

  supervision::PartView view() const;
  std::uint64_t restarts() const;
  std::shared_ptr<Strand> strand() const;
  std::shared_ptr<Supervisor> supervisor() const;

 private:
  void enter(supervision::PartState state);

  const std::string path_;
  const Clock& clock_;
  mutable std::mutex mutex_;
  supervision::PartView view_;
  std::uint64_t starts_ = 0;
  const supervision::Component* component_ = nullptr;
  std::weak_ptr<Strand> strand_;
  std::weak_ptr<Supervisor> supervisor_;
};

/// All plates, parents before their children. Thread-safe.
class Board {
 public:
  /// The plate of this path: there is one for ever.
  std::shared_ptr<Plate> place(const std::string& path, std::string_view type,
                               std::string_view strategy, const Clock& clock);
  std::shared_ptr<Plate> find(std::string_view path) const;
  std::vector<std::shared_ptr<Plate>> all() const;

 private:
  mutable std::mutex mutex_;
  std::vector<std::shared_ptr<Plate>> plates_;
};

}  // namespace nightshift::runtime::host
