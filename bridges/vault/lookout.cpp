// Arms the watches, and falls back to the clock.
#include "bridges/vault/lookout.hpp"

#include "bridges/vault/layout.hpp"

namespace nightshift::bridges::vault {

News Lookout::take() {
  News news = watcher_ ? watcher_->take() : News{};
  news.everything = news.everything || !looked_at_ || clock_.elapsed() >= next();
  if (!news.everything) return news;
  watch();
  looked_at_ = clock_.elapsed();
  again_ = false;
  news.files.clear();
  return news;
}

void Lookout::look_again() { again_ = true; }

void Lookout::lose_sight() {
  watcher_.reset();
  looked_at_.reset();
}

Lookout::Moment Lookout::next() const {
  const auto pause = watcher_ && !again_ ? options_.every : options_.every_unwatched;
  return looked_at_.value_or(Moment(0)) + pause;
}

/// Also when it did not work the last time: another program may have given watches back.
void Lookout::watch() {
  std::vector<std::string> folders{""};
  for (const auto folder : vault_folders) folders.emplace_back(folder);
  auto watcher = watcher_ ? Result<std::unique_ptr<Watcher>>(std::move(watcher_)) : Watcher::open();
  auto watched = watcher ? (*watcher)->watch(root_, folders, options_.watches_max)
                         : Result<void>(std::unexpected(watcher.error()));
  if (watched) {
    watcher_ = std::move(*watcher);
    return;
  }
  watcher_.reset();
  errors_.record(clock_.now(), "vault",
                 "changes are not told by the system, so all folders are compared every " +
                     std::to_string(options_.every_unwatched.count()) +
                     " ms instead: " + std::string(watched.error().message()),
                 "");
}

}  // namespace nightshift::bridges::vault
