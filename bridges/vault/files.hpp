// Folders and files of the vault: no way out through links or `..`, nothing overwritten unseen,
// everything new durable before it has its name.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "messages/error.hpp"
#include "runtime/descriptor.hpp"

namespace nightshift::bridges::vault {

/// The largest file that is compared as a whole.
inline constexpr std::size_t file_bytes_max = 8u << 20;

using runtime::Descriptor;

/// Tells one state of a file from another.
struct Stamp {
  std::uint64_t device = 0;
  std::uint64_t inode = 0;
  std::uint64_t size = 0;
  std::int64_t modified_ns = 0;

  auto operator<=>(const Stamp&) const = default;
};

struct FileText {
  std::string text;
  Stamp stamp;
};

/// `io`, `no_space` or `not_found` with what was tried and the system's reason.
Error system_error(std::string_view what, int number);

/// Whether a new name has to outlive a power cut right away. Where what is lost is found and done
/// again, it need not, and many files are much faster.
enum class Sync { now, later };

/// An open folder. Names are single path components; links are never followed. Errors: `not_found`
/// (nothing of that name), `invalid` (not a regular file, a link, a path that leads out),
/// `too_large`, `conflict` (the name is taken, or the file has changed), `io`, `no_space`.
class Folder {
 public:
  /// `path` itself may be a link; what lies beneath may not.
  static Result<Folder> open(const std::filesystem::path& path);

  /// A folder beneath, by a relative path; its missing parts are made if `create`.
  Result<Folder> sub(std::string_view path, bool create = false) const;
  /// Device and inode.
  Result<Stamp> identity() const;

  /// Names of everything inside, sorted, at most `max`: what exceeds it waits for the next time.
  Result<std::vector<std::string>> names(std::size_t max) const;
  /// Of a regular file.
  Result<Stamp> stat(std::string_view name) const;
  bool has(std::string_view name) const;
  /// A regular file of at most `max` bytes, and the state that was read.
  Result<FileText> read(std::string_view name, std::size_t max) const;
  /// The same by a relative path.
  Result<std::string> read_beneath(std::string_view path, std::size_t max) const;

  /// Durable when it returns; `conflict` if the name is taken.
  Result<void> create(std::string_view name, std::string_view bytes) const;
  /// Puts `bytes` in the place of what was read as `seen`; after a power cut the one or the other
  /// is there, whole. If the file is another by then, is open for writing or has gone, that stays
  /// so and the answer is `conflict`; should a third writer come in between as well, the loser lies
  /// beside it under `conflict_name`.
  Result<void> replace(std::string_view name, std::string_view bytes, const FileText& seen) const;
  /// `conflict` if the new name is taken.
  Result<void> move(std::string_view name, const Folder& to, std::string_view new_name,
                    Sync when = Sync::now) const;
  /// Removes a file whose bytes are still those of `seen`; `conflict` if it is another or gone.
  Result<void> remove(std::string_view name, const FileText& seen) const;
  Result<void> sync() const;

  int descriptor() const { return fd_.get(); }

 private:
  explicit Folder(Descriptor fd) : fd_(std::move(fd)) {}

  Result<FileText> read_unshared(std::string_view name) const;
  Result<std::string> write_temporary(std::string_view name, std::string_view bytes) const;
  Result<void> settle_exchange(std::string_view name, const std::string& temporary,
                               std::string_view bytes) const;

  Descriptor fd_;
};

/// A file that a crash left behind in the middle of `create` or `replace`.
struct Temporary {
  /// The name it was meant for (its first 200 bytes).
  std::string target;
  /// True for bytes of ours that never got their name; false for what was swapped out against them.
  bool ours = false;
};

/// Nothing unless `name` is that of a temporary file.
std::optional<Temporary> temporary_of(std::string_view name, std::string_view content);

}  // namespace nightshift::bridges::vault
