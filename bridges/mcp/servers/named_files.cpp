// Reads and hashes.
#include "bridges/mcp/servers/named_files.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <filesystem>

#include "messages/crypto.hpp"
#include "runtime/descriptor.hpp"

namespace nightshift::bridges::mcp {
namespace {

constexpr std::size_t path_bytes_max = 4096;
constexpr std::string_view file_scheme = "file://";

std::string without_escapes(std::string_view text) {
  std::string out;
  for (std::size_t at = 0; at < text.size(); ++at) {
    const auto byte = text[at] == '%' ? from_hex(text.substr(at + 1, 2)) : std::nullopt;
    if (byte && byte->size() == 1) {
      out += *byte;
      at += 2;
    } else {
      out += text[at];
    }
  }
  return out;
}

/// Where a text leads to; empty where it is no path.
std::string path_in(std::string_view text, const std::string& folder) {
  if (text.empty() || text.size() > path_bytes_max) return {};
  std::string path(text);
  if (text.starts_with(file_scheme)) {
    path = without_escapes(text.substr(file_scheme.size()));
    if (path.starts_with("localhost/")) path.erase(0, std::strlen("localhost"));
  } else if (!text.starts_with('/') && !folder.empty()) {
    path = folder + "/" + path;
  }
  const bool is_path = path.starts_with('/') &&
                       path.find_first_of(std::string_view("\0\n\r", 3)) == std::string::npos;
  return is_path ? path : std::string();
}

bool lies_in(const std::string& path, const std::string& closed) {
  if (closed.empty()) return false;
  std::error_code ignored;
  const auto whole = std::filesystem::weakly_canonical(path, ignored);
  const auto root = std::filesystem::weakly_canonical(closed, ignored);
  return std::mismatch(root.begin(), root.end(), whole.begin(), whole.end()).first == root.end();
}

class Finder {
 public:
  Finder(const std::string& folder, const std::string& closed) : folder_(folder), closed_(closed) {}

  Result<void> go_over(JsonView value) {
    if (const auto text = value.text()) return see(*text);
    for (JsonItems items(value); items.next();) {
      if (auto seen = go_over(items.value()); !seen) return seen;
    }
    return {};
  }

  std::vector<NamedFile> found;

 private:
  Result<void> see(const std::string& text) {
    const auto path = path_in(text, folder_);
    if (path.empty()) return {};
    if (std::ranges::find(found, text, &NamedFile::name) != found.end()) return {};
    struct stat about{};
    if (::stat(path.c_str(), &about) != 0) {
      // A name in a folder is one where there is such a file alone.
      return text.starts_with('/') || text.starts_with(file_scheme) ? missing(text, path)
                                                                    : Result<void>();
    }
    if (!S_ISREG(about.st_mode)) return {};
    if (lies_in(path, closed_)) {
      return fail(ErrorCode::forbidden, text + " is of the node's own data, which no tool is given",
                  "action.mcp.arguments");
    }
    auto digest = digest_of(path, text);
    if (!digest) return std::unexpected(digest.error());
    return add(text, std::move(*digest));
  }

  /// It may be made by the call: then it must not be there before.
  Result<void> missing(const std::string& text, const std::string& path) {
    const auto parent = std::filesystem::path(path).parent_path();
    std::error_code ignored;
    if (parent == "/" || !std::filesystem::is_directory(parent, ignored)) return {};
    return add(text, std::string(absent_file));
  }

  Result<void> add(const std::string& name, std::string digest) {
    if (found.size() >= named_files_max) {
      return fail(ErrorCode::too_large,
                  "the arguments name more than the " + std::to_string(named_files_max) +
                      " files that one call may be about",
                  "action.mcp.arguments");
    }
    found.push_back({name, std::move(digest)});
    return {};
  }

  Result<std::string> digest_of(const std::string& path, const std::string& text) {
    const runtime::Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
    Sha256 hash;
    std::array<char, 65'536> part;
    ssize_t got = file ? 1 : -1;
    while (file && (got = ::read(file.get(), part.data(), part.size())) > 0) {
      bytes_ += static_cast<std::size_t>(got);
      if (bytes_ > named_files_bytes_max) {
        return fail(ErrorCode::too_large,
                    "the files that the arguments name have more than " +
                        std::to_string(named_files_bytes_max) + " bytes in all",
                    "action.mcp.arguments");
      }
      hash.add({part.data(), static_cast<std::size_t>(got)});
    }
    if (got == 0) return to_hex(as_bytes(hash.finish()));
    return fail(ErrorCode::forbidden,
                text + " cannot be read by the node (" + std::strerror(errno) +
                    "), so nobody could tell whether it stays as it is",
                "action.mcp.arguments");
  }

  const std::string& folder_;
  const std::string& closed_;
  std::size_t bytes_ = 0;
};

}  // namespace

Result<std::vector<NamedFile>> named_files(JsonView arguments, const std::string& folder,
                                           const std::string& closed) {
  Finder finder(folder, closed);
  if (auto done = finder.go_over(arguments); !done) return std::unexpected(done.error());
  return std::move(finder.found);
}

}  // namespace nightshift::bridges::mcp
