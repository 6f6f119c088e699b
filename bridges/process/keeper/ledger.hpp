// The keeper's own small record of runs, so that an end is told even if keeper and node both went
// down before it was heard. Format: docs/formats/process.md.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>

#include "bridges/process/keeper.pb.h"
#include "messages/error.hpp"
#include "runtime/descriptor.hpp"

namespace nightshift::bridges::process {

/// A run as it was written down.
struct KeptRun {
  keeper::Started started;
  std::string boot_id;
  /// Unset while it runs, as far as this file knows.
  bool ended = false;
  keeper::Exited exited;
};

/// Written at once, but not synced: a power cut ends the children as well.
class Ledger {
 public:
  /// What can be read of an older one is kept; a torn or damaged line ends it. Error `io`.
  static Result<Ledger> open(const std::filesystem::path& file);

  const std::map<std::string, KeptRun>& runs() const { return runs_; }
  void started(const keeper::Started& started, const std::string& boot_id);
  void exited(const keeper::Exited& exited);
  void forget(const std::string& run);

 private:
  void append(char sort, const google::protobuf::MessageLite& message);
  void append_line(const std::string& line);
  bool take_line(const std::string& line);
  void rewrite();

  std::filesystem::path file_;
  runtime::Descriptor out_;
  std::map<std::string, KeptRun> runs_;
  std::size_t lines_ = 0;
};

}  // namespace nightshift::bridges::process
