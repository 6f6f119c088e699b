// The kinds of this program. Filled by `actors/all.cpp`, read by everyone.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "runtime/kernel/kind.hpp"

namespace nightshift::runtime {

/// Immutable once the node runs. The order is that of registration.
class Catalog {
 public:
  /// The name must be free, an id, and no verb of the program (CONTRACTS.md).
  void add(std::unique_ptr<const kernel::Kind> kind);

  /// Null if there is none.
  const kernel::Kind* find(std::string_view name) const;
  std::vector<const kernel::Kind*> all() const;

 private:
  std::vector<std::unique_ptr<const kernel::Kind>> kinds_;
};

}  // namespace nightshift::runtime
