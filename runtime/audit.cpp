// Is a journal what was written?
#include "runtime/audit.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <fstream>

#include "runtime/descriptor.hpp"
#include "storage/audit.hpp"
#include "storage/export.hpp"
#include "storage/rocks.hpp"
#include "storage/verify.hpp"

namespace nightshift::runtime {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t buffer_bytes = 1 << 20;

Head head_of(const storage::ChainHead& head) {
  return {storage::to_text(head), head.log_id, head.offset, head.written_at};
}

std::string_view word(storage::Evidence what) {
  switch (what) {
    case storage::Evidence::journal: return "journal";
    case storage::Evidence::backup: return "backup";
    case storage::Evidence::exported: return "export";
    case storage::Evidence::archive: return "archive";
  }
  return "";
}

std::unexpected<Error> refused(const fs::path& file, int error) {
  const auto code = error == ENOSPC || error == EDQUOT ? ErrorCode::no_space : ErrorCode::io;
  return fail(code, file.string() + " cannot be written: " + std::strerror(error), file.string());
}

Result<Head> write(const storage::EventLog& log, const fs::path& file) {
  std::string buffer(buffer_bytes, '\0');
  std::ofstream out;
  out.rdbuf()->pubsetbuf(buffer.data(), static_cast<std::streamsize>(buffer.size()));
  errno = 0;
  out.open(file, std::ios::binary);
  const auto done = storage::write_export(log, out);
  if (!done) return std::unexpected(done.error());
  out.close();
  if (!out) return refused(file, errno == 0 ? EIO : errno);
  const Descriptor synced(::open(file.c_str(), O_RDONLY | O_CLOEXEC));
  if (!synced || ::fsync(synced.get()) != 0) return refused(file, errno);
  return head_of(done->head);
}

}  // namespace

Result<fs::path> find_journal(const fs::path& path) { return storage::find_journal(path); }

Result<Head> audit_head(const fs::path& journal, const SigningKey* key) {
  const auto log = storage::open_rocks_for_reading(journal);
  if (!log) return std::unexpected(log.error());
  auto head = head_of((*log)->head());
  if (key != nullptr) head.text = storage::to_signed_text((*log)->head(), *key);
  return head;
}

Result<Audit> audit(const fs::path& path, const std::optional<std::string>& kept) {
  const auto verified = storage::verify_path(path, kept);
  if (!verified) return std::unexpected(verified.error());
  const auto& report = verified->report;
  Audit result{word(verified->what),
               head_of(report.head),
               report.records,
               report.batches,
               report.withheld,
               report.part_behind,
               {}};
  for (const auto& finding : report.findings) {
    result.findings.push_back({finding.offset, finding.what});
  }
  return result;
}

Result<Head> audit_export(const fs::path& journal, const fs::path& file) {
  const auto log = storage::open_rocks_for_reading(journal);
  if (!log) return std::unexpected(log.error());
  if (fs::exists(fs::symlink_status(file)))
    return fail(ErrorCode::invalid,
                file.string() + " is there already; name a file that is not there yet",
                file.string());
  const fs::path partial = file.string() + ".partial";
  std::error_code ignored;
  fs::remove(partial, ignored);
  Descriptor made(::open(partial.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
  if (!made) return refused(partial, errno);
  made.close();
  auto head = write(**log, partial);
  if (head && ::rename(partial.c_str(), file.c_str()) != 0) head = refused(file, errno);
  if (!head) fs::remove(partial, ignored);
  return head;
}

}  // namespace nightshift::runtime
