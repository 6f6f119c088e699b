// A file that grows up to a bound, and is then put aside.
#pragma once

#include <filesystem>
#include <string_view>

#include "bridges/process/keeper.pb.h"
#include "messages/error.hpp"
#include "runtime/descriptor.hpp"

namespace nightshift::bridges::process {

/// Several writers may share one. Somebody else may cut, move or remove it meanwhile: it goes on at
/// its path.
class LogFile {
 public:
  /// Makes it, and its folder. Error `io`, which names it.
  static Result<LogFile> open(const keeper::OutputFile& file);

  /// What cannot be written is lost: a full disk shall not stop the child.
  void write(std::string_view bytes);
  std::uint64_t lost_bytes() const { return lost_bytes_; }

 private:
  bool reopen();
  void put_aside();

  keeper::OutputFile file_;
  runtime::Descriptor out_;
  std::uint64_t lost_bytes_ = 0;
};

}  // namespace nightshift::bridges::process
