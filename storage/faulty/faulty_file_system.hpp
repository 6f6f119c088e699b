// A file system under RocksDB that loses what was not synced, and fails on demand.
#pragma once

#include <memory>
#include <mutex>

#include <rocksdb/env.h>
#include <rocksdb/file_system.h>

#include "storage/faulty/disk_model.hpp"

namespace nightshift::storage {

/// Sorts of calls.
enum class Call { create, append, sync, change, read };

enum class Fault {
  none,
  /// Creations, appends, changes of names.
  io_error,
  /// Creations and appends.
  no_space,
  /// An append writes a part.
  short_write,
  /// A sync of a file or a folder; the bytes are forgotten.
  sync_error,
  /// Opening for reading, reading.
  read_error,
};

/// Which of the calls that the fault can strike fails, counted from 1; sticky: all later ones too.
struct FaultPlan {
  Fault fault = Fault::none;
  std::uint64_t at = 0;
  bool sticky = false;
};

/// Works on real files in one folder. Thread-safe.
class FaultyFileSystem final : public rocksdb::FileSystemWrapper {
 public:
  /// `attic`: a folder outside the journal's, on the same disk.
  explicit FaultyFileSystem(const std::filesystem::path& attic);

  const char* Name() const override { return "FaultyFileSystem"; }

  void plan(FaultPlan plan);
  /// True once the planned fault has struck.
  bool struck() const;
  /// From the n-th writing call on nothing works any more; 0: never.
  void power_off_at(std::uint64_t call);
  bool is_off() const;
  /// Writing calls so far.
  std::uint64_t calls() const;
  /// Free bytes to claim; nothing: those of the disk.
  void claim_free(std::optional<std::uint64_t> bytes);

  /// After everything was closed: the files become what a power cut leaves, and all works again.
  void cut(std::mt19937_64& random);
  /// After everything was closed: all works again.
  void heal();

  rocksdb::IOStatus NewSequentialFile(const std::string& path, const rocksdb::FileOptions& options,
                                      std::unique_ptr<rocksdb::FSSequentialFile>* file,
                                      rocksdb::IODebugContext* debug) override;
  rocksdb::IOStatus NewRandomAccessFile(const std::string& path,
                                        const rocksdb::FileOptions& options,
                                        std::unique_ptr<rocksdb::FSRandomAccessFile>* file,
                                        rocksdb::IODebugContext* debug) override;
  rocksdb::IOStatus NewWritableFile(const std::string& path, const rocksdb::FileOptions& options,
                                    std::unique_ptr<rocksdb::FSWritableFile>* file,
                                    rocksdb::IODebugContext* debug) override;
  rocksdb::IOStatus NewRandomRWFile(const std::string& path, const rocksdb::FileOptions& options,
                                    std::unique_ptr<rocksdb::FSRandomRWFile>* file,
                                    rocksdb::IODebugContext* debug) override;
  rocksdb::IOStatus NewDirectory(const std::string& path, const rocksdb::IOOptions& options,
                                 std::unique_ptr<rocksdb::FSDirectory>* directory,
                                 rocksdb::IODebugContext* debug) override;
  rocksdb::IOStatus DeleteFile(const std::string& path, const rocksdb::IOOptions& options,
                               rocksdb::IODebugContext* debug) override;
  rocksdb::IOStatus RenameFile(const std::string& from, const std::string& to,
                               const rocksdb::IOOptions& options,
                               rocksdb::IODebugContext* debug) override;
  rocksdb::IOStatus GetFreeSpace(const std::string& path, const rocksdb::IOOptions& options,
                                 std::uint64_t* bytes, rocksdb::IODebugContext* debug) override;

 private:
  class Sequential;
  class RandomAccess;
  class Writable;
  class RandomWrite;
  class Folder;

  /// Whether a call may happen; not OK if it fails. With the mutex held.
  rocksdb::IOStatus judge(Call call);

  mutable std::mutex mutex_;
  DiskModel model_;
  FaultPlan plan_;
  std::uint64_t applicable_ = 0;
  std::uint64_t calls_ = 0;
  std::uint64_t off_at_ = 0;
  bool off_ = false;
  bool struck_ = false;
  std::optional<std::uint64_t> free_;
};

/// An environment over a file system, which must live longer.
std::unique_ptr<rocksdb::Env> environment(std::shared_ptr<FaultyFileSystem> files);

}  // namespace nightshift::storage
