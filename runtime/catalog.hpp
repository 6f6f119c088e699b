// The kinds of this program. Filled by `actors/all.cpp`, read by everyone.
#pragma once

#include <memory>
#include <string_view>
#include <vector>

#include "messages/error.hpp"
#include "runtime/kernel/kind.hpp"

namespace nightshift::runtime {

/// True for words that no kind may be named by: the program's verbs and its fixed routes.
bool is_reserved_word(std::string_view name);

/// Immutable once the node runs. The order is that of registration.
class Catalog {
 public:
  /// The name must be free, an id, and no reserved word; that is asserted.
  void add(std::unique_ptr<const kernel::Kind> kind);

  /// `bug` where a kind tells a command that no kind takes.
  Result<void> check() const;

  /// Null if there is none.
  const kernel::Kind* find(std::string_view name) const;
  std::vector<const kernel::Kind*> all() const;

 private:
  std::vector<std::unique_ptr<const kernel::Kind>> kinds_;
};

}  // namespace nightshift::runtime
