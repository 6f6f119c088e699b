// Byte streams that pass between bridges: one offers a child's stdin and stdout, another takes
// them.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "messages/error.hpp"
#include "runtime/descriptor.hpp"

namespace nightshift::runtime {

/// Both ends of one run of a child.
struct StreamEnds {
  /// Which start of it.
  std::string run;
  /// What the child reads, and what it writes. Non-blocking.
  Descriptor input;
  Descriptor output;
};

/// Thread-safe. The streams of a run have one user, once: what was said to a child by somebody else
/// cannot be known, so whoever comes later needs a new run. Bytes that nobody reads hold up the
/// child, and nothing of them is kept here.
class Streams {
 public:
  using Open = std::function<Result<StreamEnds>()>;
  /// Told the name whose streams came or went, on the thread that did it; must not block.
  using Told = std::function<void(const std::string& name)>;
  using Watch = std::shared_ptr<void>;

  /// One that is known already stays as it is. `fresh`: nobody can have spoken with this run yet.
  void offer(const std::string& name, const std::string& run, bool fresh, Open open);
  /// No run of it can be spoken with any more.
  void withdraw(const std::string& name);

  /// `not_found` where there is no run of it now, `conflict` where the present one was taken or is
  /// not fresh, else as the opening of it.
  Result<StreamEnds> take(const std::string& name, std::string_view who);
  /// The present run of it; empty where there is none.
  std::string run_of(const std::string& name) const;

  /// Ends when what it returns goes; a call that is under way may still come then.
  Watch watch(Told told);

 private:
  struct Offer {
    std::string run;
    Open open;
    /// Empty while nobody has.
    std::string taken_by;
  };

  void tell(const std::string& name);

  mutable std::mutex mutex_;
  std::map<std::string, Offer, std::less<>> offers_;
  std::vector<std::weak_ptr<Told>> watches_;
};

}  // namespace nightshift::runtime
