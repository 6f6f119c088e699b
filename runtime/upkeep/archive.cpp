// Writes, syncs, renames, reads again.
#include "runtime/upkeep/archive.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <fstream>

#include "runtime/descriptor.hpp"
#include "runtime/event_view.hpp"
#include "runtime/upkeep/staging.hpp"
#include "storage/export.hpp"
#include "storage/manifest.hpp"

namespace nightshift::runtime::upkeep {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t buffer_bytes = 1 << 20;

std::unexpected<Error> refused(const fs::path& file, int error) {
  const auto code = error == ENOSPC || error == EDQUOT ? ErrorCode::no_space : ErrorCode::io;
  return fail(code, file.string() + " cannot be written: " + std::strerror(error), file.string());
}

std::unexpected<Error> damaged(const fs::path& file, const std::string& what) {
  return fail(ErrorCode::corrupt, file.string() + " is not what was written: " + what,
              file.string());
}

Result<void> sync(const fs::path& path, int flags) {
  const Descriptor opened(::open(path.c_str(), O_RDONLY | O_CLOEXEC | flags));
  if (!opened || ::fsync(opened.get()) != 0) return refused(path, errno);
  return {};
}

Result<void> write(const storage::EventLog& log, const std::vector<std::uint64_t>& offsets,
                   const fs::path& file) {
  std::string buffer(buffer_bytes, '\0');
  std::ofstream out;
  out.rdbuf()->pubsetbuf(buffer.data(), static_cast<std::streamsize>(buffer.size()));
  errno = 0;
  out.open(file, std::ios::binary);
  const auto done = storage::write_archive(log, offsets, out);
  if (!done) return std::unexpected(done.error());
  out.close();
  if (!out) return refused(file, errno == 0 ? EIO : errno);
  return sync(file, 0);
}

Result<void> write_durably(const storage::EventLog& log, const std::vector<std::uint64_t>& offsets,
                           const fs::path& file) {
  const fs::path partial = file.string() + std::string(partial_suffix);
  std::error_code ignored;
  fs::remove(partial, ignored);
  Descriptor made(::open(partial.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
  if (!made) return refused(partial, errno);
  made.close();
  auto written = write(log, offsets, partial);
  if (written && ::rename(partial.c_str(), file.c_str()) != 0) written = refused(file, errno);
  if (!written) fs::remove(partial, ignored);
  if (!written) return written;
  return sync(file.parent_path(), O_DIRECTORY);
}

// The head of the live log at an offset where a batch ends.
Result<Digest> head_at(const storage::EventLog& log, std::uint64_t offset) {
  Digest head{};
  const auto scanned = log.scan_batches(offset, [&](const storage::Batch& batch) {
    if (batch.first_offset + batch.count == offset + 1) head = batch.head;
    return false;
  });
  if (!scanned) return std::unexpected(scanned.error());
  return head;
}

Result<Digest> check(const storage::EventLog& log, const std::vector<std::uint64_t>& offsets,
                     const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  std::vector<std::uint64_t> found;
  const auto report = storage::verify_export(
      in, {}, [&](const storage::StoredRecord& record) { found.push_back(record.offset); });
  if (!report.findings.empty()) return damaged(file, report.findings.front().what);
  if (found != offsets) return damaged(file, "it does not hold the records that it should");
  const auto head = head_at(log, report.head.offset);
  if (!head) return std::unexpected(head.error());
  if (*head != report.head.head) return damaged(file, "its chain is not the journal's");
  const auto whole = storage::digest_file(file);
  if (!whole) return std::unexpected(whole.error());
  return whole->digest;
}

}  // namespace

std::string archive_name(std::string_view kind, Time now) {
  auto time = to_rfc3339(std::chrono::floor<std::chrono::seconds>(now));
  std::erase(time, ':');
  return std::string(kind) + "-" + time + "-" + to_hex(random_bytes(4)) +
         std::string(archive_suffix);
}

Result<Digest> make_archive(const storage::EventLog& log, const std::vector<std::uint64_t>& offsets,
                            const fs::path& file, const std::function<void()>& probe) {
  std::error_code error;
  if (fs::exists(fs::symlink_status(file, error)))
    return fail(ErrorCode::invalid, file.string() + " is there already", file.string());
  fs::create_directories(file.parent_path(), error);
  if (error) return refused(file.parent_path(), error.value());
  if (auto written = write_durably(log, offsets, file); !written)
    return std::unexpected(written.error());
  if (probe) probe();
  auto digest = check(log, offsets, file);
  if (!digest) fs::remove(file, error);
  return digest;
}

Result<ArchivedEvents> read_archive(const fs::path& file, const Catalog& catalog,
                                    const std::optional<EntityRef>& entity) {
  std::ifstream in(file, std::ios::binary);
  if (!in) return fail(ErrorCode::not_found, file.string() + " cannot be read", file.string());
  ArchivedEvents found;
  const auto report = storage::verify_export(in, {}, [&](const storage::StoredRecord& stored) {
    Record record;
    if (!record.ParseFromString(stored.bytes)) return;
    if (entity && (record.kind() != entity->kind || record.entity() != entity->id)) return;
    if (auto view = view_of(stored, catalog)) found.events.push_back(std::move(*view));
  });
  if (!report.findings.empty()) return damaged(file, report.findings.front().what);
  if (found.events.empty() && entity)
    return fail(ErrorCode::not_found, file.string() + " holds nothing of " + to_string(*entity),
                to_string(*entity));
  found.log_id = report.head.log_id;
  return found;
}

}  // namespace nightshift::runtime::upkeep
