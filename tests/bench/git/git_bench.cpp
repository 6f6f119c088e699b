// Measures rounds of a large vault beside plain git.
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <fstream>
#include <functional>
#include <iostream>

#include "bridges/git/premises.hpp"
#include "bridges/git/synchroniser.hpp"
#include "tests/support/temporary_folder.hpp"

namespace nightshift::bench {
namespace {

namespace fs = std::filesystem;
using namespace bridges::git;
using Clock = std::chrono::steady_clock;

constexpr int turns = 5;
constexpr int changes = 100;

int files_wanted() {
  const char* text = std::getenv("NIGHTSHIFT_BENCH_FILES");
  return text == nullptr ? 10'000 : std::atoi(text);
}

void git(const fs::path& folder, std::vector<std::string> words) {
  words.insert(words.begin(), {"git", "-C", folder.string(), "-c", "user.name=Ines", "-c",
                               "user.email=ines@example.org", "-c", "gc.auto=0"});
  std::vector<char*> arguments;
  for (auto& word : words) arguments.push_back(word.data());
  arguments.push_back(nullptr);
  pid_t child = 0;
  if (::posix_spawnp(&child, "git", nullptr, nullptr, arguments.data(), environ) != 0) std::abort();
  int status = 0;
  if (::waitpid(child, &status, 0) != child || status != 0) {
    std::cerr << "git " << words.at(9) << " failed\n";
    std::exit(1);
  }
}

std::string path_of(int number) {
  return "Notes/" + std::to_string(number / 100) + "/note-" + std::to_string(number) + ".md";
}

void write(const fs::path& path, const std::string& text) {
  fs::create_directories(path.parent_path());
  std::ofstream(path, std::ios::binary) << text;
}

std::string note(int number, int version) {
  std::string text = "# Note " + std::to_string(number) + "\n\n";
  for (int line = 0; line < 30; ++line) {
    text += "Line " + std::to_string(line) + " of version " + std::to_string(version) + ".\n";
  }
  return text;
}

double seconds(const std::function<void()>& work) {
  const auto begin = Clock::now();
  work();
  return std::chrono::duration<double>(Clock::now() - begin).count();
}

double median(std::vector<double> values) {
  std::ranges::sort(values);
  return values.at(values.size() / 2);
}

void row(const std::string& name, double ours, double theirs) {
  std::cout << name << '\t' << ours * 1e3 << "\tms\tgit\t" << theirs * 1e3 << std::endl;
}

/// A bare repository, a side of ours and one that others write on with plain git.
struct Yard {
  explicit Yard(const fs::path& folder) : remote(folder / "remote.git"), vault(folder / "vault") {
    fs::create_directories(folder);
    git(folder, {"init", "-q", "--bare", "-b", "main", remote.string()});
  }
  SyncOptions options(const fs::path& where) const {
    SyncOptions options;
    options.repository = options.vault = where;
    options.access.url = remote.string();
    options.node = "bench";
    return options;
  }
  fs::path remote;
  fs::path vault;
};

void make_ready(const Yard& yard, const fs::path& vault) {
  if (!make_premises(vault, "main", yard.remote.string())) std::exit(1);
}

void round(Synchroniser& synchroniser) {
  const auto report = synchroniser.round({.now = time_from_us(1'790'000'000'000'000)});
  if (report.trouble) {
    std::cerr << report.trouble->words << "\n";
    std::exit(1);
  }
}

void fill(const fs::path& vault) {
  for (int i = 0; i < files_wanted(); ++i) write(vault / path_of(i), note(i, 0));
}

void first_commit_and_clone(const fs::path& folder) {
  Yard ours(folder / "ours"), theirs(folder / "theirs");
  make_ready(ours, ours.vault);
  fill(ours.vault);
  git(theirs.remote.parent_path(), {"clone", "-q", theirs.remote.string(), theirs.vault.string()});
  fill(theirs.vault);
  Synchroniser synchroniser(ours.options(ours.vault));
  const auto own = seconds([&] { round(synchroniser); });
  const auto plain = seconds([&] {
    git(theirs.vault, {"add", "-A"});
    git(theirs.vault, {"commit", "-qm", "all"});
    git(theirs.vault, {"push", "-q", "origin", "HEAD:main"});
  });
  row("first commit and push", own, plain);
  std::vector<double> own_clones, plain_clones;
  for (int i = 0; i < turns; ++i) {
    const auto name = "clone" + std::to_string(i);
    make_ready(ours, folder / "ours" / name);
    Synchroniser fresh(ours.options(folder / "ours" / name));
    own_clones.push_back(seconds([&] { round(fresh); }));
    plain_clones.push_back(
        seconds([&] { git(folder / "theirs", {"clone", "-q", theirs.remote.string(), name}); }));
  }
  row("first clone", median(own_clones), median(plain_clones));
}

/// Somebody else sends as many changes of other files.
void send_by_others(const fs::path& clone, int turn) {
  git(clone, {"pull", "-q", "--no-rebase", "--no-edit", "origin", "main"});
  for (int i = 0; i < changes; ++i) write(clone / path_of(files_wanted() / 2 + i), note(i, turn));
  git(clone, {"add", "-A"});
  git(clone, {"commit", "-qm", "others"});
  git(clone, {"push", "-q", "origin", "HEAD:main"});
}

void change(const fs::path& vault, int first, int turn) {
  for (int i = first; i < first + changes; ++i) write(vault / path_of(i), note(i, turn));
}

void hundred_changes(const fs::path& folder) {
  Yard yard(folder / "shared");
  make_ready(yard, yard.vault);
  fill(yard.vault);
  Synchroniser synchroniser(yard.options(yard.vault));
  round(synchroniser);
  const auto others = folder / "shared" / "others", plain = folder / "shared" / "plain";
  for (const auto& clone : {others, plain}) {
    git(folder / "shared", {"clone", "-q", "-b", "main", yard.remote.string(), clone.string()});
  }
  std::vector<double> own, theirs, own_idle, plain_idle;
  for (int turn = 1; turn <= turns; ++turn) {
    send_by_others(others, 2 * turn);
    change(yard.vault, 0, 2 * turn);
    own.push_back(seconds([&] { round(synchroniser); }));
    send_by_others(others, 2 * turn + 1);
    change(plain, changes, 2 * turn + 1);
    theirs.push_back(seconds([&] {
      git(plain, {"add", "-A"});
      git(plain, {"commit", "-qm", "plain"});
      git(plain, {"pull", "-q", "--no-rebase", "--no-edit", "origin", "main"});
      git(plain, {"push", "-q", "origin", "HEAD:main"});
    }));
    round(synchroniser);
    own_idle.push_back(seconds([&] { round(synchroniser); }));
    plain_idle.push_back(seconds([&] {
      git(plain, {"add", "-A"});
      git(plain, {"fetch", "-q", "origin"});
    }));
  }
  row("commit, pull, push of 100 changes", median(own), median(theirs));
  row("nothing new", median(own_idle), median(plain_idle));
}

}  // namespace
}  // namespace nightshift::bench

int main() {
  const nightshift::tests::TemporaryFolder folder;
  nightshift::bench::first_commit_and_clone(folder.path());
  nightshift::bench::hundred_changes(folder.path());
}
