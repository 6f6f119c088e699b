// One pipe of a child: drained into its file, looked through for texts.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <set>
#include <span>
#include <string>
#include <string_view>

#include "bridges/process/keeper/log_file.hpp"
#include "runtime/clock.hpp"
#include "runtime/descriptor.hpp"

namespace nightshift::bridges::process {

/// Holds no more than the tail that a text may begin in.
class Output {
 public:
  Output(runtime::Descriptor pipe, std::shared_ptr<LogFile> file, bool with_time,
         const runtime::Clock& clock);

  int descriptor() const { return pipe_.get(); }
  /// Calls `seen` once for each of these texts, when it has been printed.
  void look_for(std::set<std::string> texts, std::function<void(const std::string&)> seen);

  /// Reads what is there, a bounded part of it; false once nothing can come any more.
  bool drain(std::span<char> buffer);
  /// All that was read so far.
  std::uint64_t bytes() const { return bytes_; }

 private:
  void take(std::string_view bytes);
  void look(std::string_view bytes);

  runtime::Descriptor pipe_;
  std::shared_ptr<LogFile> file_;
  std::uint64_t bytes_ = 0;
  bool with_time_;
  const runtime::Clock& clock_;
  bool at_line_begin_ = true;
  std::set<std::string> texts_;
  std::function<void(const std::string&)> seen_;
  std::string tail_;
};

}  // namespace nightshift::bridges::process
