// What a disk would still hold after a power cut: follows the calls made on real files.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <random>
#include <string>
#include <vector>

namespace nightshift::storage {

/// The files of one folder as a journaling file system treats them: bytes that were not synced
/// may be lost, torn or turned into zeros, in any file apart; creations, renames and removals that
/// were not synced with the folder are lost from some point on. One thread at a time.
class DiskModel {
 public:
  /// Keeps what a cut may bring back in `attic`, a folder of the same disk.
  explicit DiskModel(std::filesystem::path attic);

  // Called after the real thing.
  void created(const std::string& path);
  /// An existing file goes on; what it holds counts as durable.
  void reopened(const std::string& path);
  void appended(const std::string& path, std::uint64_t bytes);
  void synced(const std::string& path);
  void folder_synced();
  /// The system forgot the unsynced bytes; later syncs will not bring them back (Linux).
  void sync_failed(const std::string& path);

  // Called instead of the real thing, or before it.
  void remove(const std::string& path);
  void before_rename(const std::string& from, const std::string& to);
  void before_overwrite(const std::string& path, std::uint64_t offset, std::uint64_t bytes);

  /// Turns the real files into what is left. Nothing may hold them open for writing.
  void cut(std::mt19937_64& random);

 private:
  struct Range {
    std::uint64_t from = 0;
    std::uint64_t until = 0;
  };

  struct Overwrite {
    std::uint64_t offset = 0;
    std::string before;
    std::uint64_t bytes = 0;
  };

  struct File {
    std::uint64_t size = 0;
    std::uint64_t synced = 0;
    std::vector<Range> forgotten;
    std::vector<Overwrite> overwrites;
  };

  struct Change {
    enum class Kind { create, rename, remove } kind = Kind::create;
    std::string path;
    /// Renamed from.
    std::string from;
    /// What was at `path` before, in the attic; empty if nothing.
    std::string saved;
  };

  std::string new_saved_name();
  void undo(const Change& change);
  void cut_file(const std::string& path, const File& file, std::mt19937_64& random);
  void drop_attic();

  const std::filesystem::path attic_;
  std::uint64_t saved_ = 0;
  std::map<std::string, File> files_;
  std::vector<Change> changes_;
};

}  // namespace nightshift::storage
