// Reads what rests, a few megabytes at a time, and says what became of it.
#include "bridges/vault/reception.hpp"

#include <algorithm>

#include "bridges/vault/draft.hpp"

namespace nightshift::bridges::vault {
namespace {

/// What is in memory at once.
constexpr std::size_t batch_files_max = 128;
constexpr std::size_t batch_bytes_max = 4u << 20;
/// What was taken is to show in the folders before more is.
constexpr std::size_t serve_files_max = 1'024;

std::vector<std::string> folders_of(const std::vector<Taker*>& takers) {
  std::vector<std::string> all;
  for (const auto* taker : takers) std::ranges::move(taker->folders(), std::back_inserter(all));
  return all;
}

}  // namespace

bool may_pass(ErrorCode code) {
  switch (code) {
    case ErrorCode::conflict:
    case ErrorCode::io:
    case ErrorCode::locked:
    case ErrorCode::no_space:
    case ErrorCode::not_found:
    case ErrorCode::overloaded:
    case ErrorCode::rate_limited:
    case ErrorCode::stale:
    case ErrorCode::stopping:
    case ErrorCode::timed_out:
    case ErrorCode::unavailable:
    case ErrorCode::wrong_phase: return true;
    default: return false;
  }
}

bool is_silent(ErrorCode code) {
  return code == ErrorCode::conflict || code == ErrorCode::stale || code == ErrorCode::stopping ||
         code == ErrorCode::overloaded || code == ErrorCode::rate_limited ||
         code == ErrorCode::wrong_phase;
}

Reception::Reception(const Folder& root, const runtime::Clock& clock, ErrorsLog& errors,
                     Refusals& refusals, const std::vector<Taker*>& takers,
                     std::chrono::milliseconds stable_for,
                     std::function<bool(const Arrived&)> is_anothers)
    : root_(root),
      clock_(clock),
      errors_(errors),
      refusals_(refusals),
      is_anothers_(std::move(is_anothers)),
      rounds_(root, folders_of(takers), stable_for) {
  for (auto* taker : takers) {
    for (auto& folder : taker->folders()) taker_by_folder_[folder] = taker;
  }
}

bool Reception::look_everywhere() {
  const auto troubles = rounds_.look_everywhere(clock_.elapsed());
  for (const auto& [folder, error] : troubles) {
    errors_.record(clock_.now(), folder, error.message(), "");
    refusals_.add({.path = folder, .reason = std::string(error.message()), .since = clock_.now()});
  }
  if (troubles.empty()) {
    for (const auto& entry : taker_by_folder_) refusals_.remove(entry.first);
  }
  return troubles.empty();
}

void Reception::look(const std::string& path) { rounds_.look(path, clock_.elapsed()); }

void Reception::settle_what_is_gone() {
  for (const auto& path : rounds_.gone()) {
    if (rounds_.has(path)) continue;
    refusals_.remove(path);
    taker_of(path)->miss(path);
  }
}

void Reception::serve(const std::function<bool()>& stop) {
  for (std::size_t served = 0; served < serve_files_max; served += batch_files_max) {
    auto paths = rounds_.rested(clock_.elapsed(), batch_files_max);
    settle_what_is_gone();
    if (paths.empty()) return;
    while (!paths.empty()) {
      Taker* taker = taker_of(paths.front());
      const auto files = read_some(paths);
      if (stop()) return;
      const auto results = taker->take(files);
      for (std::size_t i = 0; i < files.size(); ++i) {
        conclude(files[i].path(), results[i], files[i].file.text);
      }
    }
  }
}

/// The first paths, as far as they belong to one taker; `paths` loses them.
std::vector<Arrived> Reception::read_some(std::vector<std::string>& paths) {
  const Taker* taker = taker_of(paths.front());
  std::vector<Arrived> files;
  std::size_t bytes = 0;
  auto path = paths.begin();
  for (; path != paths.end() && bytes < batch_bytes_max; ++path) {
    const auto slash = path->rfind('/');
    Arrived arrived{.folder = path->substr(0, slash), .name = path->substr(slash + 1), .file = {}};
    if (taker_of(*path) != taker) break;
    const auto folder = root_.sub(arrived.folder);
    auto file = folder ? folder->read(arrived.name, draft_bytes_max)
                       : Result<FileText>(std::unexpected(folder.error()));
    if (!file) {
      Error error = file.error();
      // A person was faster; the rounds find out.
      if (error.code == ErrorCode::not_found) error.code = ErrorCode::conflict;
      conclude(*path, std::unexpected(std::move(error)), "");
      continue;
    }
    arrived.file = std::move(*file);
    if (is_anothers_ && is_anothers_(arrived)) {
      conclude(*path, {}, "");
      continue;
    }
    bytes += arrived.file.text.size();
    files.push_back(std::move(arrived));
  }
  paths.erase(paths.begin(), path);
  return files;
}

void Reception::conclude(const std::string& path, const Result<void>& result,
                         std::string_view content) {
  if (result) {
    rounds_.taken(path);
    return refusals_.remove(path);
  }
  const Error& error = result.error();
  if (may_pass(error.code)) {
    rounds_.postpone(path, clock_.elapsed());
  } else {
    rounds_.taken(path);
  }
  if (is_silent(error.code)) return;
  errors_.record(clock_.now(), path, error.message(), content);
  refusals_.add({.path = path, .reason = std::string(error.message()), .since = clock_.now()});
}

Taker* Reception::taker_of(const std::string& path) const {
  return taker_by_folder_.at(path.substr(0, path.rfind('/')));
}

}  // namespace nightshift::bridges::vault
