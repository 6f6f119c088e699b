// Reads and writes manifests, line by line.
#include "storage/manifest.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstring>

#include "storage/audit.hpp"

namespace nightshift::storage {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view first_line = "nightshift.backup.v1\n";
constexpr std::size_t read_bytes = 1 << 20;

std::unexpected<Error> unreadable(const fs::path& file, int error) {
  return fail(error == ENOENT ? ErrorCode::not_found : ErrorCode::io,
              file.string() + " cannot be read: " + std::strerror(error), file.string());
}

// Takes `WORD REST` LF off the front; nothing where the line is another one.
std::optional<std::string_view> take_line(std::string_view& text, std::string_view word) {
  const auto end = text.find('\n');
  if (end == std::string_view::npos || !text.starts_with(word) || text[word.size()] != ' ')
    return std::nullopt;
  const auto rest = text.substr(word.size() + 1, end - word.size() - 1);
  text.remove_prefix(end + 1);
  return rest;
}

// `DIGEST BYTES PATH`.
std::optional<ManifestFile> parse_file(std::string_view line) {
  ManifestFile file;
  const auto digest_end = line.find(' ');
  if (digest_end == std::string_view::npos) return std::nullopt;
  const auto digest = from_hex(line.substr(0, digest_end));
  line.remove_prefix(digest_end + 1);
  const auto [end, error] = std::from_chars(line.data(), line.data() + line.size(), file.bytes);
  if (!digest || digest->size() != file.digest.size() || error != std::errc()) return std::nullopt;
  line.remove_prefix(static_cast<std::size_t>(end - line.data()));
  if (!line.starts_with(' ')) return std::nullopt;
  std::memcpy(file.digest.data(), digest->data(), digest->size());
  file.path = line.substr(1);
  // What is restored from it never leaves its folder.
  const fs::path path(file.path);
  const bool plain = path.has_filename() && path.lexically_normal().string() == file.path;
  const bool inside = plain && path.is_relative() && *path.begin() != ".." && file.path != ".";
  return inside ? std::optional(std::move(file)) : std::nullopt;
}

std::optional<Manifest> parse(std::string_view text) {
  if (!text.starts_with(first_line)) return std::nullopt;
  text.remove_prefix(first_line.size());
  Manifest manifest;
  const auto node = take_line(text, "node");
  const auto made = take_line(text, "made");
  const auto head = take_line(text, "head");
  if (!node || !made || !head) return std::nullopt;
  const auto time = from_rfc3339(*made);
  auto parsed = parse_head(*head);
  if (!time || !parsed) return std::nullopt;
  manifest.node = *node;
  manifest.made_at = *time;
  manifest.head = std::move(*parsed);
  while (const auto line = take_line(text, "file")) {
    auto file = parse_file(*line);
    if (!file) return std::nullopt;
    manifest.files.push_back(std::move(*file));
  }
  return manifest;
}

}  // namespace

std::uint64_t Manifest::bytes() const {
  std::uint64_t sum = 0;
  for (const auto& file : files) sum += file.bytes;
  return sum;
}

std::string to_text(const Manifest& manifest) {
  std::string text(first_line);
  text.append("node ").append(manifest.node).append("\n");
  text.append("made ").append(to_rfc3339(manifest.made_at)).append("\n");
  text.append("head ").append(to_text(manifest.head)).append("\n");
  for (const auto& file : manifest.files) {
    text.append("file ").append(to_hex(as_bytes(file.digest))).append(" ");
    text.append(std::to_string(file.bytes)).append(" ").append(file.path).append("\n");
  }
  const auto digest = sha256(text);
  return text.append("end ").append(to_hex(as_bytes(digest))).append("\n");
}

Result<Manifest> parse_manifest(std::string_view text) {
  auto manifest = parse(text);
  // What is not written exactly so is no manifest: this compares the last line, too.
  if (manifest && to_text(*manifest) == text) return std::move(*manifest);
  return fail(ErrorCode::corrupt,
              "this is not the manifest of a whole backup; take another backup");
}

Result<ManifestFile> digest_file(const fs::path& file) {
  const int descriptor = ::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
  if (descriptor < 0) return unreadable(file, errno);
  ManifestFile found;
  Sha256 hash;
  std::string buffer(read_bytes, '\0');
  int error = 0;
  while (true) {
    const auto count = ::read(descriptor, buffer.data(), buffer.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) error = errno;
    if (count <= 0) break;
    hash.add(std::string_view(buffer).substr(0, static_cast<std::size_t>(count)));
    found.bytes += static_cast<std::uint64_t>(count);
  }
  ::close(descriptor);
  if (error != 0) return unreadable(file, error);
  found.digest = hash.finish();
  return found;
}

Result<std::vector<ManifestFile>> list_files(const fs::path& folder) {
  std::vector<ManifestFile> files;
  std::error_code error;
  for (fs::recursive_directory_iterator it(folder, error), end; !error && it != end;
       it.increment(error)) {
    const auto path = it->path().lexically_relative(folder).generic_string();
    if (path == manifest_name || path == rehearsal_name) continue;
    const auto status = it->symlink_status(error);
    if (error) break;
    if (fs::is_directory(status)) continue;
    if (!fs::is_regular_file(status))
      return fail(ErrorCode::corrupt, it->path().string() + " is neither a file nor a folder",
                  it->path().string());
    auto file = digest_file(it->path());
    if (!file) return std::unexpected(file.error());
    file->path = path;
    files.push_back(std::move(*file));
  }
  if (error) return unreadable(folder, error.value());
  std::ranges::sort(files, {}, &ManifestFile::path);
  return files;
}

std::vector<std::string> differences(const Manifest& manifest,
                                     const std::vector<ManifestFile>& found) {
  std::vector<std::string> all;
  for (const auto& file : manifest.files) {
    const auto same = std::ranges::find(found, file.path, &ManifestFile::path);
    if (same == found.end())
      all.push_back(file.path + " is missing");
    else if (*same != file)
      all.push_back(file.path + " is not the file that was saved");
  }
  for (const auto& file : found)
    if (std::ranges::find(manifest.files, file.path, &ManifestFile::path) == manifest.files.end())
      all.push_back(file.path + " is not in the manifest");
  return all;
}

}  // namespace nightshift::storage
