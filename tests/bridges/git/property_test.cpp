// Random edits on both sides, synchronised in any order.
#include <boost/test/unit_test.hpp>
#include <cstdlib>
#include <set>

#include "bridges/git/paths.hpp"
#include "tests/bridges/git/yard.hpp"
#include "tests/support/dice.hpp"

namespace nightshift::tests {
namespace {

using namespace bridges::git;

class Play {
 public:
  explicit Play(std::uint64_t seed) : dice_(seed) {}

  void run(int turns) {
    for (int i = 0; i < turns; ++i) {
      auto& desk = dice_.chance(50) ? cloud_ : local_;
      if (dice_.chance(35)) {
        sync(desk);
      } else {
        edit(desk.vault);
      }
    }
    for (int i = 0; i < 2; ++i) {
      sync(cloud_);
      sync(local_);
    }
    sync(cloud_);
    const auto files = files_of(cloud_.vault);
    BOOST_TEST((files == files_of(local_.vault)), show(files) << "\n-- against --\n"
                                                              << show(files_of(local_.vault)));
    BOOST_TEST(git_ok(cloud_.vault, {"rev-parse", "HEAD"}) ==
               git_ok(local_.vault, {"rev-parse", "HEAD"}));
    check_words(files);
  }

 private:
  void sync(Desk& desk) {
    // A file that was written in this very tick of the clock may wait for the round after.
    const auto report = desk.round_ok();
    for (const auto& conflict : report.conflicts) restorable_ += conflict.bytes;
  }

  static std::string show(const std::map<std::string, std::string>& files) {
    std::string text;
    for (const auto& [path, bytes] : files) text += path + ": " + bytes + "\n";
    return text;
  }

  std::string fresh_word() { return "w" + std::to_string(++words_) + ";"; }

  void edit(const fs::path& vault) {
    static const std::vector<std::string> names{
        "a.md",        "b.md",         "Plans/c.md", "Plans/D/e.md",     "Logs/Local/f.md",
        "Files/g.bin", "Dashboard.md", "Plans",      "Files/g.bin/h.md", "A.md"};
    const auto path = vault / dice_.pick(names);
    std::error_code error;
    const bool is_file = fs::is_regular_file(path, error);
    switch (dice_.roll(4)) {
      case 0:
        if (is_file) remove(path);
        return;
      case 1: {
        const auto to = vault / dice_.pick(names);
        if (!is_file || fs::exists(to, error) || !can_have(to)) return;
        fs::create_directories(to.parent_path());
        fs::rename(path, to);
        return;
      }
      default: break;
    }
    if (!can_have(path) || fs::is_directory(path, error)) return;
    fs::create_directories(path.parent_path());
    auto text = is_file ? read(path) : "one\n\ntwo\n\nthree\n\n## Updates\n\nfour\n";
    const auto word = fresh_word();
    // At the beginning of some line, so that nothing that was written goes.
    std::vector<std::size_t> starts{0};
    for (std::size_t at = text.find('\n'); at != text.npos; at = text.find('\n', at + 1)) {
      if (at + 1 < text.size()) starts.push_back(at + 1);
    }
    text.insert(dice_.pick(starts), word + "\n");
    write(path, text);
  }

  /// A word that a side takes away on purpose is not missed.
  void remove(const fs::path& path) {
    const auto text = read(path);
    for (int i = 1; i <= words_; ++i) {
      const auto word = "w" + std::to_string(i) + ";";
      if (text.find(word) != text.npos) removed_.insert(word);
    }
    fs::remove(path);
  }

  static bool can_have(const fs::path& path) {
    std::error_code error;
    // Two such names in one vault are told, and the second is not shared.
    const auto other = path.filename() == "A.md" ? "a.md" : "A.md";
    if (folded(path.filename().string()) == "a.md" && fs::exists(path.parent_path() / other)) {
      return false;
    }
    for (auto above = path.parent_path(); !above.empty() && above != above.root_path();
         above = above.parent_path()) {
      if (fs::is_regular_file(above, error)) return false;
    }
    return true;
  }

  void check_words(const std::map<std::string, std::string>& files) const {
    std::string all = restorable_;
    for (const auto& [path, text] : files) all += text;
    for (int i = 1; i <= words_; ++i) {
      const auto word = "w" + std::to_string(i) + ";";
      BOOST_TEST((all.find(word) != all.npos || removed_.contains(word)), "lost: " << word);
    }
  }

  Dice dice_;
  Yard yard_;
  Desk cloud_ = yard_.desk("cloud", Role::cloud);
  Desk local_ = yard_.desk("local", Role::local);
  int words_ = 0;
  std::string restorable_;
  std::set<std::string> removed_;
};

BOOST_AUTO_TEST_SUITE(property)

BOOST_AUTO_TEST_CASE(both_sides_converge_and_every_word_is_in_the_tree_or_restorable) {
  const char* more = std::getenv("NIGHTSHIFT_SEEDS");
  const std::uint64_t seeds = more == nullptr ? 4 : std::strtoull(more, nullptr, 10);
  for (std::uint64_t seed = 1; seed <= seeds; ++seed) {
    BOOST_TEST_CONTEXT("seed " << seed) { Play(seed).run(40); }
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace nightshift::tests
