// The data folder: its lock, its tokens, and the file by which others find the node.
#include "runtime/data_folder.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstring>

#include "messages/crypto.hpp"
#include "messages/ids.hpp"
#include "messages/json.hpp"

namespace nightshift::runtime {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view node_key_word = "nightshift.node_key.v1 ";

Result<void> make_private(const fs::path& folder) {
  std::error_code error;
  fs::create_directories(folder, error);
  if (!error && !fs::is_directory(folder, error) && !error) {
    error = std::make_error_code(std::errc::not_a_directory);
  }
  if (!error) fs::permissions(folder, fs::perms::owner_all, error);
  if (!error && ::access(folder.c_str(), W_OK | X_OK) != 0)
    error.assign(errno, std::generic_category());
  if (!error) return {};
  return fail(ErrorCode::io,
              "the data folder " + folder.string() + " cannot be used: " + error.message() +
                  "; choose another with --data",
              folder.string());
}

std::string without_line_end(std::string text) {
  while (!text.empty() && (text.back() == '\n' || text.back() == '\r')) text.pop_back();
  return text;
}

std::string holder_of(const DataFolder& folder) {
  const auto pid = FolderLock::last_holder(folder);
  const auto process = pid == 0 ? std::string("another process") : "process " + std::to_string(pid);
  const auto node = folder.read_node();
  if (!node || !*node || (*node)->pid() != pid) return process;
  return "node \"" + (*node)->name() + "\", " + process;
}

}  // namespace

DataFolder::DataFolder(fs::path root) : root_(fs::absolute(root).lexically_normal()) {}

fs::path DataFolder::approver_key_file(std::string_view name) const {
  return root_ / "approvers" / (std::string(name) + ".key");
}
fs::path DataFolder::approver_public_file(std::string_view name) const {
  return root_ / "approvers" / (std::string(name) + ".pub");
}
fs::path DataFolder::approver_token_file(std::string_view name) const {
  return root_ / "approvers" / (std::string(name) + ".token");
}

Result<void> DataFolder::create() const {
  if (auto made = make_private(root_); !made) return made;
  return make_private(root_ / "approvers");
}

bool DataFolder::initialised() const {
  std::error_code ignored;
  return fs::exists(journal() / "CURRENT", ignored);
}

Result<std::optional<NodeFile>> DataFolder::read_node() const {
  const auto text = read_small_file(node_file());
  if (!text && text.error().code == ErrorCode::not_found) return std::nullopt;
  if (!text) return std::unexpected(text.error());
  NodeFile node;
  if (!from_json(*text, node)) {
    return fail(ErrorCode::corrupt, node_file().string() + " is damaged; start the node again",
                node_file().string());
  }
  return node;
}

Result<void> DataFolder::write_node(const NodeFile& node) const {
  return write_private_file(node_file(), to_json(node) + "\n");
}

void DataFolder::remove_node() const {
  std::error_code ignored;
  fs::remove(node_file(), ignored);
}

Result<QuarantineFile> DataFolder::read_quarantine() const {
  QuarantineFile file;
  const auto text = read_small_file(quarantine_file());
  if (!text && text.error().code == ErrorCode::not_found) return file;
  if (!text) return std::unexpected(text.error());
  if (!from_json(*text, file)) {
    return fail(ErrorCode::corrupt,
                quarantine_file().string() +
                    " is damaged; mend it, or remove it and every entity may run again",
                quarantine_file().string());
  }
  return file;
}

Result<void> DataFolder::write_quarantine(const QuarantineFile& file) const {
  return write_private_file(quarantine_file(), to_json(file) + "\n");
}

Result<std::string> DataFolder::read_token(const fs::path& file) const {
  auto text = read_small_file(file);
  if (!text) return text;
  return without_line_end(std::move(*text));
}

Result<std::string> DataFolder::ensure_admin_token() const {
  auto known = read_token(admin_token_file());
  if (known || known.error().code != ErrorCode::not_found) return known;
  auto token = make_token();
  if (auto written = write_private_file(admin_token_file(), token + "\n"); !written) {
    return std::unexpected(written.error());
  }
  return token;
}

Result<SigningKey> DataFolder::read_node_key() const {
  auto text = read_token(node_key_file());
  if (!text) return std::unexpected(text.error());
  std::optional<SigningKey> key;
  if (text->starts_with(node_key_word)) {
    auto seed = from_base64url(std::string_view(*text).substr(node_key_word.size()));
    key = SigningKey::from_seed(seed.value_or(""));
    if (seed) ::explicit_bzero(seed->data(), seed->size());
  }
  ::explicit_bzero(text->data(), text->size());
  if (key) return std::move(*key);
  return fail(ErrorCode::corrupt,
              node_key_file().string() +
                  " is not a node's signing key; remove it, and the next start makes another",
              node_key_file().string());
}

Result<SigningKey> DataFolder::ensure_node_key() const {
  auto known = read_node_key();
  if (known || known.error().code != ErrorCode::not_found) return known;
  auto key = SigningKey::generate();
  auto seed = key.seed();
  auto text = std::string(node_key_word) + to_base64url(seed) + "\n";
  const auto written = write_private_file(node_key_file(), text);
  ::explicit_bzero(seed.data(), seed.size());
  ::explicit_bzero(text.data(), text.size());
  if (!written) return std::unexpected(written.error());
  return key;
}

Result<std::vector<ApproverFiles>> DataFolder::approvers() const {
  std::vector<ApproverFiles> all;
  std::error_code error;
  for (fs::directory_iterator it(root_ / "approvers", error), end; !error && it != end;
       it.increment(error)) {
    if (it->path().extension() != ".pub") continue;
    auto key = read_token(it->path());
    if (!key) return std::unexpected(key.error());
    const auto bytes = from_base64url(*key);
    const auto name = it->path().stem().string();
    if (!bytes || bytes->size() != 32 || !is_id(name)) {
      return fail(ErrorCode::corrupt,
                  it->path().string() +
                      " is not a public key; remove it and "
                      "add the approver again",
                  it->path().string());
    }
    all.push_back({name, std::move(*key)});
  }
  std::ranges::sort(all, {}, &ApproverFiles::name);
  return all;
}

Result<FolderLock> FolderLock::take(const DataFolder& folder) {
  const int descriptor = ::open(folder.lock_file().c_str(), O_CREAT | O_RDWR | O_CLOEXEC, 0600);
  if (descriptor < 0) {
    return fail(ErrorCode::io,
                folder.lock_file().string() + " cannot be opened: " + std::strerror(errno),
                folder.lock_file().string());
  }
  if (::flock(descriptor, LOCK_EX | LOCK_NB) == 0) {
    FolderLock lock(descriptor);
    const auto pid = std::to_string(::getpid()) + "\n";
    if (::ftruncate(descriptor, 0) == 0 &&
        ::pwrite(descriptor, pid.data(), pid.size(), 0) == static_cast<ssize_t>(pid.size())) {
      return lock;
    }
    const auto code = errno == ENOSPC ? ErrorCode::no_space : ErrorCode::io;
    return fail(code, folder.lock_file().string() + " cannot be written: " + std::strerror(errno),
                folder.lock_file().string());
  }
  const int error = errno;
  ::close(descriptor);
  if (error != EWOULDBLOCK) {
    return fail(ErrorCode::io,
                folder.lock_file().string() + " cannot be locked: " + std::strerror(error),
                folder.lock_file().string());
  }
  return fail(ErrorCode::locked,
              "the data folder " + folder.root().string() + " is in use by " + holder_of(folder) +
                  "; stop it with \"nightshift down\", or choose another folder with --data",
              folder.root().string());
}

pid_t FolderLock::last_holder(const DataFolder& folder) {
  const auto text = read_small_file(folder.lock_file());
  pid_t pid = 0;
  if (text) std::from_chars(text->data(), text->data() + text->size(), pid);
  return pid;
}

FolderLock::FolderLock(FolderLock&& other) noexcept
    : descriptor_(std::exchange(other.descriptor_, -1)) {}

FolderLock& FolderLock::operator=(FolderLock&& other) noexcept {
  std::swap(descriptor_, other.descriptor_);
  return *this;
}

FolderLock::~FolderLock() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

std::string make_token() { return "ns_" + to_base64url(random_bytes(32)); }

}  // namespace nightshift::runtime
