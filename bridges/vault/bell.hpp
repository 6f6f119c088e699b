// What the bridge's thread waits for: other threads, the kernel's news of the folders, time.
#pragma once

#include <chrono>
#include <optional>

#include "messages/error.hpp"
#include "runtime/descriptor.hpp"

namespace nightshift::bridges::vault {

/// `ring` may be called by any thread, the rest by one.
class Bell {
 public:
  /// `io` where the system gives no descriptor.
  static Result<Bell> make();

  void ring() const;
  /// Returns once it was rung since the last time, `also` (a descriptor, or -1) can be read, or
  /// `longest` is over; without `longest` it waits for the others alone.
  void wait(int also, std::optional<std::chrono::microseconds> longest) const;

 private:
  explicit Bell(runtime::Descriptor event) : event_(std::move(event)) {}

  runtime::Descriptor event_;
};

}  // namespace nightshift::bridges::vault
