// Files by openat2 beneath the root; every replacement by an exchange whose loser is looked at.
#include "bridges/git/work_tree.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <memory>
#include <set>

#include "bridges/git/bounds.hpp"
#include "bridges/git/link_lock.hpp"
#include "bridges/git/paths.hpp"
#include "messages/crypto.hpp"

namespace nightshift::bridges::git {
namespace {

namespace fs = std::filesystem;
using runtime::Descriptor;

Descriptor open_beneath(int root, const std::string& path, std::uint64_t flags) {
  open_how how{};
  how.flags = flags | O_CLOEXEC | O_NONBLOCK;
  how.resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS;
  return Descriptor(static_cast<int>(::syscall(SYS_openat2, root, path.c_str(), &how, sizeof how)));
}

Trouble in_the_way(const std::string& path, std::string_view what) {
  return {TroubleKind::uncommitted, path + " " + std::string(what) +
                                        ": move it away, and what was fetched can take its place"};
}

Outcome<std::optional<FileBytes>> read_open(const std::string& path, const Descriptor& file) {
  if (!file && errno == ENOENT) return std::nullopt;
  if (!file && (errno == ELOOP || errno == ENOTDIR || errno == ENXIO)) {
    return std::unexpected(in_the_way(path, "is a link or no file"));
  }
  if (!file) return std::unexpected(system_trouble("reading " + path, errno));
  struct stat status{};
  if (::fstat(file.get(), &status) != 0) {
    return std::unexpected(system_trouble("reading " + path, errno));
  }
  if (!S_ISREG(status.st_mode)) return std::unexpected(in_the_way(path, "is no file"));
  FileBytes found{{}, file_stat(status)};
  if (found.stat.size > object_bytes_max) return std::unexpected(in_the_way(path, "is too large"));
  found.bytes.resize(found.stat.size + 1);
  std::size_t size = 0;
  while (size < found.bytes.size()) {
    const auto count = ::read(file.get(), found.bytes.data() + size, found.bytes.size() - size);
    if (count < 0) return std::unexpected(system_trouble("reading " + path, errno));
    if (count == 0) break;
    size += static_cast<std::size_t>(count);
  }
  found.bytes.resize(size);
  return found;
}

/// Walks the folders for `scan`.
class Scanner {
 public:
  Scanner(int root, const std::string& prefix) : root_(root), prefix_(prefix) {}

  Outcome<void> folder(const std::string& path, std::size_t depth) {
    auto opened = open_beneath(root_, path.empty() ? "." : path, O_RDONLY | O_DIRECTORY);
    if (!opened && errno == ENOENT && !path.empty()) return {};
    const int number = opened.get();
    std::unique_ptr<DIR, int (*)(DIR*)> listing(opened ? ::fdopendir(::dup(number)) : nullptr,
                                                ::closedir);
    if (!listing) return std::unexpected(system_trouble("reading folder " + path, errno));
    std::set<std::string> names;
    while (const auto* entry = ::readdir(listing.get())) names.emplace(entry->d_name);
    for (const auto& name : names) {
      if (name == "." || name == "..") continue;
      const auto full = path + name;
      if (stays_here(full.substr(prefix_.size()))) continue;
      if (auto done = entry_of(number, full, name, depth); !done) {
        return done;
      }
    }
    return {};
  }

  Scan take() { return std::move(scan_); }

 private:
  Outcome<void> entry_of(int folder_number, const std::string& full, const std::string& name,
                         std::size_t depth) {
    struct stat status{};
    if (::fstatat(folder_number, name.c_str(), &status, AT_SYMLINK_NOFOLLOW) != 0) return {};
    const bool is_folder = S_ISDIR(status.st_mode);
    if (const auto why = why_unsafe(name)) {
      skip(full, "its name " + *why);
    } else if (const auto pattern = forbidden_by(is_folder ? full + "/" : full)) {
      skip(full, "nothing of the form " + std::string(*pattern) + " is shared");
    } else if (is_folder && depth < tree_depth_max && full.size() < path_bytes_max) {
      return folder(full + "/", depth + 1);
    } else if (!S_ISREG(status.st_mode)) {
      skip(full, S_ISLNK(status.st_mode) ? "it is a link" : "it is no file");
    } else if (static_cast<std::size_t>(status.st_size) > object_bytes_max) {
      skip(full, "it has more than 32 MiB");
    } else if (full.size() > path_bytes_max || scan_.files.size() >= tree_files_max) {
      skip(full, "its path is too long, or there are too many files");
    } else {
      scan_.files.emplace_hint(scan_.files.end(), full, file_stat(status));
    }
    return {};
  }

  void skip(const std::string& path, std::string reason) {
    scan_.skipped.push_back({path, std::move(reason)});
  }

  int root_;
  const std::string& prefix_;
  Scan scan_;
};

}  // namespace

Outcome<WorkTree> WorkTree::open(const fs::path& root, fs::path swap, Step step) {
  Descriptor opened(::open(root.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!opened) return std::unexpected(system_trouble("opening " + root.string(), errno));
  std::error_code error;
  fs::create_directories(swap, error);
  struct stat here{};
  struct stat there{};
  if (error || ::fstat(opened.get(), &here) != 0 || ::stat(swap.c_str(), &there) != 0) {
    return std::unexpected(
        system_trouble("making " + swap.string(), error ? error.value() : errno));
  }
  if (here.st_dev != there.st_dev) {
    return trouble(TroubleKind::unsupported,
                   "the repository and its files lie on two file systems, " + swap.string() +
                       " and " + root.string() + ": files cannot be replaced in one step");
  }
  return WorkTree(std::move(opened), std::move(swap), std::move(step));
}

Outcome<Scan> WorkTree::scan(const std::string& prefix) const {
  const auto mark = swap_.parent_path() / "scan";
  const Descriptor stamp(::open(mark.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0666));
  struct stat status{};
  if (!stamp || ::futimens(stamp.get(), nullptr) != 0 || ::fstat(stamp.get(), &status) != 0) {
    return std::unexpected(system_trouble("writing " + mark.string(), errno));
  }
  Scanner scanner(root_.get(), prefix);
  if (auto done = scanner.folder(prefix, 0); !done) return std::unexpected(done.error());
  auto scan = scanner.take();
  scan.taken_ns = file_stat(status).modified_ns;
  return scan;
}

Outcome<std::optional<FileBytes>> WorkTree::read(const std::string& path) const {
  return read_open(path, open_beneath(root_.get(), path, O_RDONLY));
}

Outcome<WorkTree::Spot> WorkTree::spot_of(const std::string& path) const {
  const auto slash = path.rfind('/');
  const auto folder = slash == std::string::npos ? std::string() : path.substr(0, slash);
  for (std::size_t end = 0; !folder.empty() && end != std::string::npos;) {
    end = folder.find('/', end + 1);
    const auto part = folder.substr(0, end);
    auto above =
        part.rfind('/') == std::string::npos
            ? open_beneath(root_.get(), ".", O_RDONLY | O_DIRECTORY)
            : open_beneath(root_.get(), part.substr(0, part.rfind('/')), O_RDONLY | O_DIRECTORY);
    if (!above) break;
    ::mkdirat(above.get(), part.substr(part.rfind('/') + 1).c_str(), 0777);
  }
  auto opened = open_beneath(root_.get(), folder.empty() ? "." : folder, O_RDONLY | O_DIRECTORY);
  if (!opened && (errno == ELOOP || errno == ENOTDIR)) {
    return std::unexpected(in_the_way(folder, "is a link or a file, where a folder is to be"));
  }
  if (!opened) return std::unexpected(system_trouble("opening folder " + folder, errno));
  return Spot{std::move(opened), path.substr(slash + 1)};
}

Outcome<fs::path> WorkTree::write_swap(const std::string& path, std::string_view bytes,
                                       bool executable) const {
  const auto fresh = swap_.parent_path() / "fresh";
  const auto swap = swap_ / path;
  std::error_code error;
  fs::create_directories(swap.parent_path(), error);
  ::unlink(fresh.c_str());
  {
    const Descriptor file(
        ::open(fresh.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, executable ? 0777 : 0666));
    if (!file || !write_all(file.get(), bytes)) {
      return std::unexpected(system_trouble("writing " + path, errno));
    }
  }
  if (::rename(fresh.c_str(), swap.c_str()) != 0) {
    return std::unexpected(system_trouble("writing " + swap.string(), errno));
  }
  return swap;
}

Outcome<bool> WorkTree::put_new(const Spot& spot, const fs::path& swap) const {
  if (::renameat2(AT_FDCWD, swap.c_str(), spot.folder.get(), spot.name.c_str(), RENAME_NOREPLACE) ==
      0) {
    return true;
  }
  const int number = errno;
  ::unlink(swap.c_str());
  if (number == EEXIST) return false;
  return std::unexpected(system_trouble("writing " + spot.name, number));
}

Outcome<bool> WorkTree::exchange(const Spot& spot, const std::string& path, const fs::path& swap,
                                 std::string_view expected, std::string_view fresh) {
  const auto swap_both = [&] {
    return ::renameat2(AT_FDCWD, swap.c_str(), spot.folder.get(), spot.name.c_str(),
                       RENAME_EXCHANGE) == 0;
  };
  if (!swap_both()) {
    const int number = errno;
    ::unlink(swap.c_str());
    if (number == ENOENT) return false;
    return std::unexpected(system_trouble("replacing " + path, number));
  }
  step("exchanged");
  if (get_file(swap) == expected) {
    ::unlink(swap.c_str());
    return true;
  }
  // Somebody was faster: back with it, and what is there after us is looked at as well.
  if (!swap_both()) return std::unexpected(system_trouble("putting back " + path, errno));
  const auto left = get_file(swap);
  if (left && *left != fresh) {
    if (auto kept = keep_beside(path, *left); !kept) return std::unexpected(kept.error());
  }
  ::unlink(swap.c_str());
  return false;
}

Outcome<bool> WorkTree::take_away(const Spot& spot, const std::string& path,
                                  std::string_view expected) {
  const auto swap = swap_ / path;
  std::error_code error;
  fs::create_directories(swap.parent_path(), error);
  if (::renameat2(spot.folder.get(), spot.name.c_str(), AT_FDCWD, swap.c_str(), RENAME_NOREPLACE) !=
      0) {
    if (errno == ENOENT) return false;
    return std::unexpected(system_trouble("removing " + path, errno));
  }
  step("taken");
  const auto taken = get_file(swap);
  if (taken == expected) {
    ::unlink(swap.c_str());
    return true;
  }
  if (::renameat2(AT_FDCWD, swap.c_str(), spot.folder.get(), spot.name.c_str(), RENAME_NOREPLACE) ==
      0) {
    return false;
  }
  if (auto kept = keep_beside(path, taken.value_or("")); !kept) {
    return std::unexpected(kept.error());
  }
  ::unlink(swap.c_str());
  return false;
}

Outcome<bool> WorkTree::replace(const std::string& path, const std::optional<std::string>& expected,
                                const std::optional<std::string>& fresh, bool executable) {
  if (!expected && !fresh) return true;
  const auto spot = spot_of(path);
  if (!spot) return std::unexpected(spot.error());
  if (!fresh) return take_away(*spot, path, *expected);
  const auto swap = write_swap(path, *fresh, executable);
  if (!swap) return std::unexpected(swap.error());
  step("written");
  if (!expected) return put_new(*spot, *swap);
  return exchange(*spot, path, *swap, *expected, *fresh);
}

Outcome<std::string> WorkTree::keep_beside(const std::string& path, std::string_view bytes) {
  const auto name = conflict_path(path, to_hex(as_bytes(sha256(bytes))).substr(0, 8));
  const auto there = read(name);
  if (there && *there && (*there)->bytes == bytes) return name;
  const auto spot = spot_of(name);
  if (!spot) return std::unexpected(spot.error());
  const auto swap = write_swap(name, bytes, false);
  if (!swap) return std::unexpected(swap.error());
  const auto put = put_new(*spot, *swap);
  if (!put) return std::unexpected(put.error());
  if (!*put) return trouble(TroubleKind::failed, name + " is taken: move it away");
  return name;
}

Outcome<std::vector<std::string>> WorkTree::recover(
    const std::function<bool(std::string_view)>& is_known) {
  std::vector<std::string> kept;
  std::vector<fs::path> left;
  std::error_code error;
  for (fs::recursive_directory_iterator at(swap_, error), end; !error && at != end;
       at.increment(error)) {
    if (at->is_regular_file(error)) left.push_back(at->path());
  }
  for (const auto& file : left) {
    const auto bytes = get_file(file);
    if (!bytes) return std::unexpected(system_trouble("reading " + file.string(), errno));
    if (!is_known(*bytes)) {
      const auto path = file.lexically_relative(swap_).string();
      const auto there = read(path);
      if (there && *there && (*there)->bytes == *bytes) {
        ::unlink(file.c_str());
        continue;
      }
      // Out of the way first: what is kept passes through the same folder.
      const auto name = keep_beside(path, *bytes);
      if (!name) return std::unexpected(name.error());
      kept.push_back(*name);
    }
    ::unlink(file.c_str());
  }
  fs::remove_all(swap_, error);
  fs::create_directories(swap_, error);
  return kept;
}

}  // namespace nightshift::bridges::git
