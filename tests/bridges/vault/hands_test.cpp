// Random hands in the folder of a running node: no bytes of a person are lost, and when it is quiet
// files and journal agree.
#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <fstream>
#include <iterator>
#include <map>
#include <optional>
#include <random>

#include "bridges/vault/task_standing.hpp"
#include "messages/crypto.hpp"
#include "tests/bridges/vault/house.hpp"
#include "tests/support/environment.hpp"

namespace nightshift::bridges::vault {
namespace {

namespace fs = std::filesystem;

constexpr int steps_per_night = 60;
constexpr const char* pending_folders[] = {"Pending_Approval/Email", "Pending_Approval/Odoo"};
constexpr const char* all_folders[] = {"Pending_Approval/Email",
                                       "Pending_Approval/Odoo",
                                       "Approved",
                                       "Rejected",
                                       "Done",
                                       "Needs_Action",
                                       "Inbox",
                                       "In_Progress/local"};
constexpr unsigned folders_count = std::size(all_folders);

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

class Hands : public House {
 public:
  explicit Hands(std::uint64_t seed) : random_(seed) { open(); }

  void play() {
    for (int step = 0; step < steps_per_night; ++step) act();
    settle();
  }

  /// Every word that a person wrote, and did not write over or delete, is in the journal or in a
  /// file.
  std::vector<std::string> lost() const {
    std::string everything;
    for (const auto& entry : fs::recursive_directory_iterator(path() / "vault")) {
      if (entry.is_regular_file()) everything += text(fs::relative(entry.path(), path() / "vault"));
    }
    std::vector<std::string> missing;
    for (const auto& [word, id] : words_) {
      if (!contains(everything, word) && !in_journal(word)) missing.push_back(word);
    }
    return missing;
  }

  /// Waiting approvals that no file shows, unless what a person put in its place was refused, and
  /// told.
  std::vector<std::string> disagreements() const {
    std::vector<std::string> found;
    const auto page = const_cast<Hands*>(this)->node().list(
        {.kind = "approval", .where = {{"status", "pending"}}, .after = {}, .limit = 1000});
    for (const auto& item : page->items) {
      const auto view = dynamic_cast<const approval::View&>(*item.view);
      const bool refused = contains(text("Logs/Local/errors.md"), view.file());
      bool shown = refused && there(view.file());
      for (const auto* folder : pending_folders) {
        for (const auto& entry : fs::directory_iterator(path() / "vault" / folder)) {
          const auto bytes = text(fs::relative(entry.path(), path() / "vault"));
          shown = shown || (contains(bytes, "id: " + item.entity.id + "\n") &&
                            contains(bytes, view.digest()) && contains(bytes, "status: pending"));
        }
      }
      if (!shown) found.push_back(item.entity.id + " waits and has no file that shows it");
    }
    for (const char* status : {"waiting", "drafting", "drafted", "stuck"}) {
      find_tasks_without_file(status, found);
    }
    return found;
  }

 private:
  void find_tasks_without_file(const char* status, std::vector<std::string>& found) const {
    const auto& node = const_cast<Hands*>(this)->node();
    const auto page =
        node.list({.kind = task_kind, .where = {{"status", status}}, .after = {}, .limit = 1000});
    for (const auto& item : page->items) {
      const auto task = read_task_standing(node, item.entity.id).value();
      const auto bytes = text(task->path());
      const bool refused = contains(text("Logs/Local/errors.md"), task->path());
      const bool shown = contains(bytes, "id: " + item.entity.id + "\n") &&
                         contains(bytes, task->marks.digest) &&
                         contains(bytes, "status: " + task->status);
      if (!shown && !(refused && there(task->path()))) {
        found.push_back("task/" + item.entity.id + " has no file that shows it");
      }
    }
  }

  unsigned pick(unsigned count) {
    return std::uniform_int_distribution<unsigned>(0, count - 1)(random_);
  }

  std::string stem() { return "DRAFT_" + std::string(1, static_cast<char>('A' + pick(5))); }

  std::string fresh_word() {
    const std::string word = "word" + std::to_string(++count_) + "x";
    words_[word] = count_;
    return word;
  }

  std::vector<std::string> files() const {
    std::vector<std::string> all;
    for (const auto* folder : all_folders) {
      for (const auto& entry : fs::directory_iterator(path() / "vault" / folder)) {
        const auto name = entry.path().filename().string();
        const bool counts = entry.is_regular_file() && !name.starts_with('.');
        if (counts) all.push_back(std::string(folder) + "/" + name);
      }
    }
    std::ranges::sort(all);
    return all;
  }

  /// What a person writes over or deletes is theirs to lose, except what they write again.
  void forget_words(const std::string& bytes, const std::string& written_again = "") {
    std::erase_if(words_, [&](const auto& word) {
      return contains(bytes, word.first) && !contains(written_again, word.first);
    });
  }

  void act() {
    const auto all = files();
    const std::string some = all.empty() ? "" : all[pick(static_cast<unsigned>(all.size()))];
    switch (pick(15)) {
      case 0: return arrive();
      case 1: return write_whole(std::string(pending_folders[pick(2)]) + "/" + stem() + ".md");
      case 2: return some.empty() ? void() : append(some);
      case 3: return some.empty() ? void() : remove(some);
      case 4: return some.empty() ? void() : move(some);
      case 5: return some.empty() ? void() : copy(some);
      case 6: return decide();
      case 7: return restart();
      case 8: return some.empty() ? void() : append_in_place(some);
      case 9: return rename_all();
      case 10: return commit();
      case 11: return check_out();
      case 12: return back_up();
      case 13: return synchronise();
      default: return settle();
    }
  }

  /// An editor that keeps the file open while it writes.
  void append_in_place(const std::string& name) {
    std::ofstream editor(path() / "vault" / name, std::ios::app | std::ios::in);
    if (!editor) return;
    if (pick(2) == 0) settle();
    editor << "\n" << fresh_word() << "\n" << std::flush;
  }

  /// As Obsidian does it when a person renames what many notes have in their names.
  void rename_all() {
    const std::string prefix = "R" + std::to_string(++count_ % 10) + "_";
    const std::string folder = all_folders[pick(folders_count)];
    for (const auto& name : files()) {
      const fs::path file(name);
      if (file.parent_path() != folder || file.filename().string().size() > 60) continue;
      rename_with(RENAME_NOREPLACE, name, folder + "/" + prefix + file.filename().string());
    }
  }

  void commit() {
    git("init -q .");
    git("add -A --ignore-errors -- . ':(exclude)Logs' ':(exclude)Outbox' ':(exclude).night*'");
    git("-c user.name=Mara -c user.email=mara@example.com commit -q -m night");
  }

  /// What git writes over may be newer than what was looked at a moment before: no word that is in
  /// no record yet is held against the bridge from here on.
  void check_out() {
    for (auto word = words_.begin(); word != words_.end();) {
      word = in_journal(word->first) ? std::next(word) : words_.erase(word);
    }
    git("checkout -q -f HEAD~" + std::to_string(pick(3)) + " -- .");
  }

  void git(const std::string& command) const {
    const auto vault = (path() / "vault").string();
    const std::string line = "cd " + vault + " && GIT_DIR=" + (path() / "history").string() +
                             " GIT_WORK_TREE=" + vault + " git " + command + " >/dev/null 2>&1";
    const pid_t child = ::fork();
    if (child == 0) {
      ::execl("/bin/sh", "sh", "-c", line.c_str(), nullptr);
      ::_exit(127);
    }
    int status = 0;
    while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {
    }
  }

  void back_up() {
    backup_.clear();
    for (const auto& name : files()) backup_[name] = text(name);
  }

  /// As rsync does it: beside it under a hidden name, with the time that it had, then by rename.
  void synchronise() {
    for (const auto& [name, bytes] : backup_) {
      if (pick(3) != 0) continue;
      save(name, bytes, fs::file_time_type::clock::now() - std::chrono::hours(24));
    }
  }

  void write_whole(const std::string& name) { save(name, mail("Subject", fresh_word())); }

  void arrive() {
    const std::string words = pick(2) == 0 ? "Please reply: " : "Please call: ";
    save(pick(2) == 0 ? "Inbox/" + stem() + ".md" : "Needs_Action/" + stem() + ".md",
         words + fresh_word() + "\n");
  }

  void append(const std::string& name) {
    if (there(name)) save(name, text(name) + "\n" + fresh_word() + "\n");
  }

  /// As editors do: beside it, then by rename. It is known to the byte what was written over,
  /// though the bridge may have been at the file since a person looked.
  void save(const std::string& name, const std::string& bytes,
            std::optional<fs::file_time_type> time = {}) {
    const std::string temporary = ".swp";
    drop(temporary, bytes);
    if (time) fs::last_write_time(path() / "vault" / temporary, *time);
    while (!rename_with(RENAME_NOREPLACE, temporary, name)) {
      if (!rename_with(RENAME_EXCHANGE, temporary, name)) continue;
      forget_words(text(temporary), bytes);
      fs::remove(path() / "vault" / temporary);
      return;
    }
  }

  void remove(const std::string& name) {
    const std::string bin = ".bin";
    if (!rename_with(RENAME_NOREPLACE, name, bin)) return;
    forget_words(text(bin));
    fs::remove(path() / "vault" / bin);
  }

  void move(const std::string& name) {
    rename_with(
        RENAME_NOREPLACE, name,
        std::string(all_folders[pick(folders_count)]) + "/" + fs::path(name).filename().string());
  }

  bool rename_with(unsigned flags, const std::string& from, const std::string& to) const {
    const auto vault = path() / "vault";
    return ::renameat2(AT_FDCWD, (vault / from).c_str(), AT_FDCWD, (vault / to).c_str(), flags) ==
           0;
  }

  void copy(const std::string& name) {
    const std::string to = std::string(pending_folders[pick(2)]) + "/" + stem() + "_copy.md";
    std::error_code refused;
    fs::copy_file(path() / "vault" / name, path() / "vault" / to, refused);
  }

  void decide() {
    const auto page = node().list(
        {.kind = "approval", .where = {{"status", "pending"}}, .after = {}, .limit = 100});
    if (page->items.empty()) return;
    const auto& id = page->items[pick(static_cast<unsigned>(page->items.size()))].entity.id;
    auto reject = std::make_shared<approval::Reject>();
    reject->set_reason("no");
    auto edit = std::make_shared<approval::Edit>();
    edit->set_body("Edited elsewhere " + std::to_string(++count_));
    switch (pick(3)) {
      case 0: return static_cast<void>(command(id, std::move(reject), "mara"));
      case 1: return static_cast<void>(command(id, std::move(edit), "mara"));
      default: return static_cast<void>(try_approve(id));
    }
  }

  void restart() {
    if (pick(2) == 0) {
      close_vault();
      open_vault();
    } else {
      close();
      open();
    }
  }

  /// Quiet: nothing under the folders or in the journal changes for a while.
  void settle() {
    auto before = snapshot();
    int same = 0;
    await("quiet", [&] {
      auto now = snapshot();
      same = now == before ? same + 1 : 0;
      before = std::move(now);
      return same > 60;
    });
  }

  std::map<std::string, std::string> snapshot() const {
    std::map<std::string, std::string> all;
    for (const auto& name : files()) all[name] = text(name);
    return all;
  }

  bool in_journal(const std::string& word) const {
    bool found = false;
    std::uint64_t after = 0;
    for (;;) {
      const auto events = const_cast<Hands*>(this)->node().events(after, 1000);
      if (!events || events->empty() || found) return found;
      for (const auto& event : *events) {
        found = found || contains(event.record.payload(), word);
      }
      after = events->back().offset;
    }
  }

  std::mt19937_64 random_;
  unsigned count_ = 0;
  std::map<std::string, unsigned> words_;
  std::map<std::string, std::string> backup_;
};

}  // namespace

BOOST_AUTO_TEST_SUITE(hands)

BOOST_AUTO_TEST_CASE(no_word_of_a_person_is_lost_and_files_agree_with_the_journal) {
  // The first repeats a run, the second makes it longer.
  const auto first = tests::from_environment("NIGHTSHIFT_SEED", 1);
  const auto nights = tests::from_environment("NIGHTSHIFT_SEEDS", 4);
  for (auto seed = first; seed < first + nights; ++seed) {
    Hands house(seed);
    house.play();
    // A file that is moved while the folders are read shows in none: such a word comes back.
    House::comes([&] { return house.disagreements().empty() && house.lost().empty(); });
    for (const auto& word : house.lost()) BOOST_ERROR("seed " << seed << ": lost " << word);
    for (const auto& what : house.disagreements()) BOOST_ERROR("seed " << seed << ": " << what);
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace nightshift::bridges::vault
