// Wraps each file of RocksDB's POSIX file system.
#include "storage/faulty/faulty_file_system.hpp"

namespace nightshift::storage {
namespace {

using rocksdb::FileOptions;
using rocksdb::IODebugContext;
using rocksdb::IOOptions;
using rocksdb::IOStatus;
using rocksdb::Slice;

bool strikes(Fault fault, Call call) {
  switch (fault) {
    case Fault::none: return false;
    case Fault::io_error: return call != Call::sync && call != Call::read;
    case Fault::no_space: return call == Call::create || call == Call::append;
    case Fault::short_write: return call == Call::append;
    case Fault::sync_error: return call == Call::sync;
    case Fault::read_error: return call == Call::read;
  }
  return false;
}

}  // namespace

class FaultyFileSystem::Sequential final : public rocksdb::FSSequentialFileOwnerWrapper {
 public:
  Sequential(FaultyFileSystem& files, std::unique_ptr<rocksdb::FSSequentialFile> file)
      : FSSequentialFileOwnerWrapper(std::move(file)), files_(files) {}

  IOStatus Read(std::size_t bytes, const IOOptions& options, Slice* result, char* scratch,
                IODebugContext* debug) override {
    const std::lock_guard lock(files_.mutex_);
    if (auto status = files_.judge(Call::read); !status.ok()) return status;
    return target()->Read(bytes, options, result, scratch, debug);
  }

 private:
  FaultyFileSystem& files_;
};

class FaultyFileSystem::RandomAccess final : public rocksdb::FSRandomAccessFileOwnerWrapper {
 public:
  RandomAccess(FaultyFileSystem& files, std::unique_ptr<rocksdb::FSRandomAccessFile> file)
      : FSRandomAccessFileOwnerWrapper(std::move(file)), files_(files) {}

  IOStatus Read(std::uint64_t offset, std::size_t bytes, const IOOptions& options, Slice* result,
                char* scratch, IODebugContext* debug) const override {
    const std::lock_guard lock(files_.mutex_);
    if (auto status = files_.judge(Call::read); !status.ok()) return status;
    return target()->Read(offset, bytes, options, result, scratch, debug);
  }

  IOStatus MultiRead(rocksdb::FSReadRequest* requests, std::size_t count, const IOOptions& options,
                     IODebugContext* debug) override {
    const std::lock_guard lock(files_.mutex_);
    if (auto status = files_.judge(Call::read); !status.ok()) return status;
    return target()->MultiRead(requests, count, options, debug);
  }

 private:
  FaultyFileSystem& files_;
};

class FaultyFileSystem::Writable final : public rocksdb::FSWritableFileOwnerWrapper {
 public:
  Writable(FaultyFileSystem& files, std::string path, std::unique_ptr<rocksdb::FSWritableFile> file)
      : FSWritableFileOwnerWrapper(std::move(file)), files_(files), path_(std::move(path)) {}

  IOStatus Append(const Slice& data, const IOOptions& options, IODebugContext* debug) override {
    const std::lock_guard lock(files_.mutex_);
    if (auto status = files_.judge(Call::append); !status.ok()) {
      if (files_.plan_.fault == Fault::short_write && !files_.off_)
        write({data.data(), data.size() / 2}, options, debug).PermitUncheckedError();
      return status;
    }
    return write(data, options, debug);
  }

  IOStatus Append(const Slice& data, const IOOptions& options, const rocksdb::DataVerificationInfo&,
                  IODebugContext* debug) override {
    return Append(data, options, debug);
  }

  IOStatus Sync(const IOOptions& options, IODebugContext* debug) override {
    const std::lock_guard lock(files_.mutex_);
    if (auto status = files_.judge(Call::sync); !status.ok()) {
      if (!files_.off_) files_.model_.sync_failed(path_);
      return status;
    }
    // The real disk need not be bothered: the model decides what is left.
    auto status = target()->Flush(options, debug);
    if (status.ok()) files_.model_.synced(path_);
    return status;
  }

  IOStatus Fsync(const IOOptions& options, IODebugContext* debug) override {
    return Sync(options, debug);
  }

 private:
  IOStatus write(const Slice& data, const IOOptions& options, IODebugContext* debug) {
    auto status = target()->Append(data, options, debug);
    if (status.ok()) files_.model_.appended(path_, data.size());
    return status;
  }

  FaultyFileSystem& files_;
  const std::string path_;
};

class FaultyFileSystem::RandomWrite final : public rocksdb::FSRandomRWFileOwnerWrapper {
 public:
  RandomWrite(FaultyFileSystem& files, std::string path,
              std::unique_ptr<rocksdb::FSRandomRWFile> file)
      : FSRandomRWFileOwnerWrapper(std::move(file)), files_(files), path_(std::move(path)) {}

  IOStatus Write(std::uint64_t offset, const Slice& data, const IOOptions& options,
                 IODebugContext* debug) override {
    const std::lock_guard lock(files_.mutex_);
    if (auto status = files_.judge(Call::append); !status.ok()) return status;
    files_.model_.before_overwrite(path_, offset, data.size());
    return target()->Write(offset, data, options, debug);
  }

  IOStatus Sync(const IOOptions&, IODebugContext*) override {
    const std::lock_guard lock(files_.mutex_);
    auto status = files_.judge(Call::sync);
    if (status.ok()) files_.model_.synced(path_);
    return status;
  }

  IOStatus Fsync(const IOOptions& options, IODebugContext* debug) override {
    return Sync(options, debug);
  }

 private:
  FaultyFileSystem& files_;
  const std::string path_;
};

class FaultyFileSystem::Folder final : public rocksdb::FSDirectoryWrapper {
 public:
  Folder(FaultyFileSystem& files, std::unique_ptr<rocksdb::FSDirectory> directory)
      : FSDirectoryWrapper(std::move(directory)), files_(files) {}

  IOStatus Fsync(const IOOptions&, IODebugContext*) override {
    const std::lock_guard lock(files_.mutex_);
    auto status = files_.judge(Call::sync);
    if (status.ok()) files_.model_.folder_synced();
    return status;
  }

  IOStatus FsyncWithDirOptions(const IOOptions& options, IODebugContext* debug,
                               const rocksdb::DirFsyncOptions&) override {
    return Fsync(options, debug);
  }

 private:
  FaultyFileSystem& files_;
};

FaultyFileSystem::FaultyFileSystem(const std::filesystem::path& attic)
    : FileSystemWrapper(rocksdb::FileSystem::Default()), model_(attic) {}

void FaultyFileSystem::plan(FaultPlan plan) {
  const std::lock_guard lock(mutex_);
  plan_ = plan;
  applicable_ = 0;
  struck_ = false;
}

bool FaultyFileSystem::struck() const {
  const std::lock_guard lock(mutex_);
  return struck_;
}

void FaultyFileSystem::power_off_at(std::uint64_t call) {
  const std::lock_guard lock(mutex_);
  off_at_ = call;
}

bool FaultyFileSystem::is_off() const {
  const std::lock_guard lock(mutex_);
  return off_;
}

std::uint64_t FaultyFileSystem::calls() const {
  const std::lock_guard lock(mutex_);
  return calls_;
}

void FaultyFileSystem::claim_free(std::optional<std::uint64_t> bytes) {
  const std::lock_guard lock(mutex_);
  free_ = bytes;
}

void FaultyFileSystem::cut(std::mt19937_64& random) {
  {
    const std::lock_guard lock(mutex_);
    model_.cut(random);
  }
  heal();
}

void FaultyFileSystem::heal() {
  const std::lock_guard lock(mutex_);
  plan_ = {};
  off_ = false;
  off_at_ = 0;
}

IOStatus FaultyFileSystem::judge(Call call) {
  if (call != Call::read) ++calls_;
  if (off_at_ != 0 && calls_ >= off_at_) off_ = true;
  if (off_) return IOStatus::IOError("the power is off");
  if (!strikes(plan_.fault, call)) return IOStatus::OK();
  ++applicable_;
  if (applicable_ < plan_.at || (applicable_ > plan_.at && !plan_.sticky)) return IOStatus::OK();
  struck_ = true;
  if (plan_.fault == Fault::no_space) return IOStatus::NoSpace("planned");
  return IOStatus::IOError("planned fault");
}

IOStatus FaultyFileSystem::NewSequentialFile(const std::string& path, const FileOptions& options,
                                             std::unique_ptr<rocksdb::FSSequentialFile>* file,
                                             IODebugContext* debug) {
  const std::lock_guard lock(mutex_);
  if (auto status = judge(Call::read); !status.ok()) return status;
  std::unique_ptr<rocksdb::FSSequentialFile> real;
  auto status = target()->NewSequentialFile(path, options, &real, debug);
  if (status.ok()) *file = std::make_unique<Sequential>(*this, std::move(real));
  return status;
}

IOStatus FaultyFileSystem::NewRandomAccessFile(const std::string& path, const FileOptions& options,
                                               std::unique_ptr<rocksdb::FSRandomAccessFile>* file,
                                               IODebugContext* debug) {
  const std::lock_guard lock(mutex_);
  if (auto status = judge(Call::read); !status.ok()) return status;
  std::unique_ptr<rocksdb::FSRandomAccessFile> real;
  auto status = target()->NewRandomAccessFile(path, options, &real, debug);
  if (status.ok()) *file = std::make_unique<RandomAccess>(*this, std::move(real));
  return status;
}

IOStatus FaultyFileSystem::NewWritableFile(const std::string& path, const FileOptions& options,
                                           std::unique_ptr<rocksdb::FSWritableFile>* file,
                                           IODebugContext* debug) {
  const std::lock_guard lock(mutex_);
  if (auto status = judge(Call::create); !status.ok()) return status;
  std::unique_ptr<rocksdb::FSWritableFile> real;
  auto status = target()->NewWritableFile(path, options, &real, debug);
  if (!status.ok()) return status;
  model_.created(path);
  *file = std::make_unique<Writable>(*this, path, std::move(real));
  return status;
}

IOStatus FaultyFileSystem::NewRandomRWFile(const std::string& path, const FileOptions& options,
                                           std::unique_ptr<rocksdb::FSRandomRWFile>* file,
                                           IODebugContext* debug) {
  const std::lock_guard lock(mutex_);
  if (auto status = judge(Call::create); !status.ok()) return status;
  std::unique_ptr<rocksdb::FSRandomRWFile> real;
  auto status = target()->NewRandomRWFile(path, options, &real, debug);
  if (!status.ok()) return status;
  model_.reopened(path);
  *file = std::make_unique<RandomWrite>(*this, path, std::move(real));
  return status;
}

IOStatus FaultyFileSystem::NewDirectory(const std::string& path, const IOOptions& options,
                                        std::unique_ptr<rocksdb::FSDirectory>* directory,
                                        IODebugContext* debug) {
  std::unique_ptr<rocksdb::FSDirectory> real;
  auto status = target()->NewDirectory(path, options, &real, debug);
  if (status.ok()) *directory = std::make_unique<Folder>(*this, std::move(real));
  return status;
}

IOStatus FaultyFileSystem::DeleteFile(const std::string& path, const IOOptions& options,
                                      IODebugContext* debug) {
  const std::lock_guard lock(mutex_);
  if (auto status = judge(Call::change); !status.ok()) return status;
  if (auto status = target()->FileExists(path, options, debug); !status.ok()) return status;
  model_.remove(path);
  return IOStatus::OK();
}

IOStatus FaultyFileSystem::RenameFile(const std::string& from, const std::string& to,
                                      const IOOptions& options, IODebugContext* debug) {
  const std::lock_guard lock(mutex_);
  if (auto status = judge(Call::change); !status.ok()) return status;
  if (auto status = target()->FileExists(from, options, debug); !status.ok()) return status;
  model_.before_rename(from, to);
  return target()->RenameFile(from, to, options, debug);
}

IOStatus FaultyFileSystem::GetFreeSpace(const std::string& path, const IOOptions& options,
                                        std::uint64_t* bytes, IODebugContext* debug) {
  const std::lock_guard lock(mutex_);
  if (!free_) return target()->GetFreeSpace(path, options, bytes, debug);
  *bytes = *free_;
  return IOStatus::OK();
}

std::unique_ptr<rocksdb::Env> environment(std::shared_ptr<FaultyFileSystem> files) {
  return rocksdb::NewCompositeEnv(std::move(files));
}

}  // namespace nightshift::storage
