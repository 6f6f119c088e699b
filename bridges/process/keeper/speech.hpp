// Two named pipes through which another part of the node speaks with a child: its stdin and its
// stdout.
#pragma once

#include <filesystem>
#include <string>

#include "messages/error.hpp"
#include "runtime/descriptor.hpp"

namespace nightshift::bridges::process {

/// Where the ends of a run's pipes are found, `0600`: what the child reads, what it writes.
std::filesystem::path speech_input(const std::filesystem::path& place);
std::filesystem::path speech_output(const std::filesystem::path& place);

/// The keeper's hold on both pipes: nothing that is in them is lost, and the child sees no end,
/// while nobody else has them open. Removes their names when it goes.
class Speech {
 public:
  Speech() = default;
  /// Error `io`.
  static Result<Speech> make(std::filesystem::path place);

  Speech(Speech&& other) noexcept { swap(other); }
  Speech& operator=(Speech&& other) noexcept {
    swap(other);
    return *this;
  }
  ~Speech() { remove(); }

  explicit operator bool() const { return !place_.empty(); }
  const std::filesystem::path& place() const { return place_; }
  /// For the child to write to; closed by `given`.
  int child_output() const { return child_output_.get(); }
  void given() { child_output_.close(); }
  /// The child has ended, or is to: whoever speaks with it, and the child, see that.
  void let_go();

 private:
  void swap(Speech& other) noexcept;
  void remove();

  std::filesystem::path place_;
  runtime::Descriptor input_, output_, child_output_;
};

}  // namespace nightshift::bridges::process
