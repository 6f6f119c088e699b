// Counts, and compares.
#include "actors/sync/standing.hpp"

#include <algorithm>

namespace nightshift::actors {

using namespace sync_pb;

namespace {

std::string files(std::uint64_t count) {
  return std::to_string(count) + (count == 1 ? " file" : " files");
}

void add(std::string& words, const std::string& more) {
  words += (words.empty() ? "" : ", ") + more;
}

}  // namespace

bool waits_for_person(const Subject& subject) {
  const auto waits = [](const Loss& loss) { return loss.waits(); };
  return subject.last().trouble().waits() || subject.more_waiting() > 0 ||
         std::ranges::any_of(subject.losses(), waits);
}

Standing standing_of(const Subject& subject) {
  if (subject.offline()) return Standing::offline;
  if (waits_for_person(subject)) return Standing::conflict;
  const auto& last = subject.last();
  if (!subject.has_reached()) return Standing::starting;
  if (last.ahead() > 0 && last.behind() > 0) return Standing::diverged;
  if (last.ahead() > 0) return Standing::ahead;
  return last.behind() > 0 ? Standing::behind : Standing::synced;
}

std::string_view word(Standing standing) {
  switch (standing) {
    case Standing::starting: return "starting";
    case Standing::synced: return "synced";
    case Standing::ahead: return "ahead";
    case Standing::behind: return "behind";
    case Standing::diverged: return "diverged";
    case Standing::conflict: return "conflict";
    case Standing::offline: return "offline";
  }
  return "";
}

Time silent_since(const Subject& subject) {
  return from_proto(subject.has_reached() ? subject.reached() : subject.since());
}

bool is_old_news(const Subject& subject, const Round& round, std::uint64_t request, Time now) {
  if (!subject.has_rounded() || request != subject.answered()) return false;
  const bool did_something = !round.committed().empty() || round.merges_size() > 0 ||
                             round.pushed() || round.written_files() > 0 ||
                             round.recovered_size() > 0;
  if (did_something) return false;
  const bool away = !round.reached() && round.trouble().absent();
  if (away && !subject.offline()) return false;
  auto then = subject.last();
  // What was done then need not be done again.
  then.clear_committed();
  then.clear_committed_files();
  then.clear_merges();
  then.clear_pushed();
  then.clear_written_files();
  then.clear_written();
  then.clear_recovered();
  if (then.SerializeAsString() != round.SerializeAsString()) return false;
  const auto pause = away ? std::chrono::minutes(60) : absence_max;
  return now < from_proto(subject.rounded()) + pause;
}

std::string round_words(const Round& round) {
  std::string words;
  if (round.committed_files() > 0) add(words, files(round.committed_files()) + " committed");
  if (round.written_files() > 0) {
    add(words, files(round.written_files()) + " came from the remote");
  }
  if (round.merges_size() > 0) add(words, "merged");
  if (round.pushed()) add(words, "pushed");
  if (round.recovered_size() > 0) add(words, files(round.recovered_size()) + " recovered");
  if (round.has_trouble()) add(words, round.trouble().name() + ": " + round.trouble().words());
  return words.empty() ? "nothing new" : words;
}

}  // namespace nightshift::actors
