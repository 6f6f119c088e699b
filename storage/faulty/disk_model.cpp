// Bookkeeping of unsynced bytes and names.
#include "storage/faulty/disk_model.hpp"

#include <algorithm>
#include <fstream>

namespace nightshift::storage {
namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t sector_bytes = 512;

std::uint64_t pick(std::mt19937_64& random, std::uint64_t from, std::uint64_t to) {
  return std::uniform_int_distribution<std::uint64_t>(from, to)(random);
}

void write_at(const std::string& path, std::uint64_t offset, std::string_view bytes) {
  std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
  file.seekp(static_cast<std::streamoff>(offset));
  file.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
}

std::string read_at(const std::string& path, std::uint64_t offset, std::uint64_t bytes) {
  std::ifstream file(path, std::ios::binary);
  file.seekg(static_cast<std::streamoff>(offset));
  std::string text(bytes, '\0');
  file.read(text.data(), static_cast<std::streamsize>(bytes));
  text.resize(static_cast<std::size_t>(file.gcount()));
  return text;
}

void zero(const std::string& path, std::uint64_t from, std::uint64_t until) {
  if (from < until) write_at(path, from, std::string(until - from, '\0'));
}

}  // namespace

DiskModel::DiskModel(fs::path attic) : attic_(std::move(attic)) { fs::create_directories(attic_); }

std::string DiskModel::new_saved_name() { return attic_ / std::to_string(++saved_); }

void DiskModel::created(const std::string& path) {
  files_[path] = {};
  changes_.push_back({Change::Kind::create, path, {}, {}});
}

void DiskModel::reopened(const std::string& path) {
  if (files_.contains(path)) return;
  const auto size = fs::file_size(path);
  files_[path] = {size, size, {}, {}};
}

void DiskModel::appended(const std::string& path, std::uint64_t bytes) {
  files_[path].size += bytes;
}

void DiskModel::synced(const std::string& path) {
  auto& file = files_[path];
  file.synced = file.size;
  file.overwrites.clear();
}

void DiskModel::sync_failed(const std::string& path) {
  auto& file = files_[path];
  file.forgotten.push_back({file.synced, file.size});
}

void DiskModel::folder_synced() {
  changes_.clear();
  drop_attic();
}

void DiskModel::remove(const std::string& path) {
  Change change{Change::Kind::remove, path, {}, new_saved_name()};
  fs::rename(path, change.saved);
  changes_.push_back(std::move(change));
}

void DiskModel::before_rename(const std::string& from, const std::string& to) {
  Change change{Change::Kind::rename, to, from, {}};
  if (fs::exists(to)) {
    change.saved = new_saved_name();
    fs::create_hard_link(to, change.saved);
  }
  files_[to] = files_[from];
  files_.erase(from);
  changes_.push_back(std::move(change));
}

void DiskModel::before_overwrite(const std::string& path, std::uint64_t offset,
                                 std::uint64_t bytes) {
  reopened(path);
  files_[path].overwrites.push_back({offset, read_at(path, offset, bytes), bytes});
}

void DiskModel::cut(std::mt19937_64& random) {
  const auto kept = pick(random, 0, changes_.size());
  while (changes_.size() > kept) {
    undo(changes_.back());
    changes_.pop_back();
  }
  for (const auto& [path, file] : files_)
    if (fs::exists(path)) cut_file(path, file, random);
  files_.clear();
  changes_.clear();
  drop_attic();
}

void DiskModel::undo(const Change& change) {
  switch (change.kind) {
    case Change::Kind::create:
      fs::remove(change.path);
      files_.erase(change.path);
      return;
    case Change::Kind::rename:
      fs::rename(change.path, change.from);
      files_[change.from] = files_[change.path];
      files_.erase(change.path);
      if (!change.saved.empty()) fs::rename(change.saved, change.path);
      return;
    case Change::Kind::remove: fs::rename(change.saved, change.path); return;
  }
}

void DiskModel::cut_file(const std::string& path, const File& file, std::mt19937_64& random) {
  for (auto write = file.overwrites.rbegin(); write != file.overwrites.rend(); ++write) {
    // From some sector on it never reached the disk.
    const auto kept = std::min(pick(random, 0, write->bytes / sector_bytes + 1) * sector_bytes,
                               static_cast<std::uint64_t>(write->before.size()));
    write_at(path, write->offset + kept, std::string_view(write->before).substr(kept));
  }
  for (const auto& range : file.forgotten) zero(path, range.from, range.until);
  if (file.size <= file.synced) return;
  const auto size = pick(random, 0, 2) == 0 ? file.synced : pick(random, file.synced, file.size);
  fs::resize_file(path, size);
  if (pick(random, 0, 1) == 0) return;
  // The size was written, some of the bytes were not.
  for (auto at = file.synced; at < size; at = (at / sector_bytes + 1) * sector_bytes)
    if (pick(random, 0, 3) == 0)
      zero(path, at, std::min(size, (at / sector_bytes + 1) * sector_bytes));
}

void DiskModel::drop_attic() {
  for (const auto& entry : fs::directory_iterator(attic_)) fs::remove(entry.path());
}

}  // namespace nightshift::storage
