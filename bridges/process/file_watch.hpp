// Files and folders that are watched for changes.
#pragma once

#include <poll.h>

#include <chrono>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include <google/protobuf/repeated_ptr_field.h>

#include "runtime/descriptor.hpp"

namespace nightshift::bridges::process {

/// By inotify(7), folders with all that is in them. A burst of changes counts once, when nothing
/// has changed for `quiet`.
class FileWatch {
 public:
  static constexpr short events = POLLIN;

  using Paths = google::protobuf::RepeatedPtrField<std::string>;
  /// `ignored`: patterns of fnmatch(3) over whole paths.
  FileWatch(const Paths& paths, const Paths& ignored, std::chrono::milliseconds quiet);

  int descriptor() const { return notes_.get(); }
  /// When a change that was seen counts; nothing where there is none.
  std::optional<std::chrono::microseconds> due_at() const { return due_at_; }
  /// The path that has changed; empty where none has, or not yet for long enough.
  std::string look(std::chrono::microseconds now);

 private:
  void add(const std::filesystem::path& path);
  void add_all(const std::filesystem::path& path);
  bool is_ignored(const std::string& path) const;
  void read_notes(std::chrono::microseconds now);

  const std::vector<std::string> ignored_;
  const std::chrono::milliseconds quiet_;
  runtime::Descriptor notes_;
  std::map<int, std::filesystem::path> watched_;
  std::optional<std::chrono::microseconds> due_at_;
  std::string changed_;
};

}  // namespace nightshift::bridges::process
