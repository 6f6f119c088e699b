// A node that is played by a test: it answers what the test says, and keeps what it was asked.
#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <sstream>
#include <string>
#include <thread>
#include <vector>

#include "bridges/cli/command_line.hpp"
#include "tests/support/temporary_folder.hpp"

namespace nightshift::bridges::cli::tests {

struct Asked {
  std::string method;
  std::string target;
  std::string key;
  std::string token;
  std::string if_match;
  std::string body;
};

struct Answered {
  int status = 200;
  std::string body = "{}";
};

/// Listens on a port of its own until it goes.
class PlayedNode {
 public:
  using Play = std::function<Answered(const Asked&)>;
  explicit PlayedNode(Play play);
  ~PlayedNode();

  std::string url() const;
  /// HOST:PORT.
  std::string address() const;
  std::vector<Asked> asked() const;

 private:
  struct Parts;
  std::unique_ptr<Parts> parts_;
};

/// One run of the command line in this process.
struct Run {
  int exit_code = -1;
  std::string out;
  std::string err;
};

/// With a data folder of its own and the program's kinds.
class CommandLine {
 public:
  CommandLine();

  Run run(const std::vector<std::string>& arguments) const;
  const runtime::DataFolder& folder() const { return folder_; }
  std::string path(const std::string& name) const { return (root_ / name).string(); }
  /// Makes the folder look as if this node ran on it.
  void found_at(const PlayedNode& node) const;
  Program program;

 private:
  nightshift::tests::TemporaryFolder root_;
  runtime::DataFolder folder_;
};

/// True if `text` has `part` in it.
inline bool says(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

}  // namespace nightshift::bridges::cli::tests
