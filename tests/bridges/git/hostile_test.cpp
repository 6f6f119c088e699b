// Repositories that want out of the vault, or into its owner's machine.
#include <boost/test/unit_test.hpp>
#include <functional>

#include "tests/bridges/git/yard.hpp"

namespace nightshift::tests {
namespace {

using namespace bridges::git;

/// A remote whose tree is made entry by entry, as no honest git would.
class Forge {
 public:
  Forge() : folder_(yard.path("forge")) {
    write(desk.vault / "a.md", "1\n");
    desk.round_ok();
    yard.clone("forge");
  }

  std::string blob(const std::string& bytes) {
    write(folder_ / "bytes", bytes);
    return git_ok(folder_, {"hash-object", "-w", "bytes"});
  }
  /// Lines of "MODE TYPE ID\tNAME", as ls-tree prints them; `-z` takes any name.
  std::string tree(const std::string& lines) {
    write(folder_ / "lines", lines);
    const auto said = git(folder_, {"-c", "alias.make=!git mktree -z --missing < lines", "make"});
    BOOST_REQUIRE_MESSAGE(said.exit_code == 0, said.text);
    return said.text.substr(0, 40);
  }
  void publish(const std::string& tree) {
    const auto commit = git_ok(folder_, {"commit-tree", tree, "-p", "origin/main", "-m", "gift"});
    git_ok(folder_, {"push", "-q", "origin", commit + ":main"});
  }
  static std::string entry(const std::string& mode, const std::string& type, const std::string& id,
                           const std::string& name) {
    return mode + " " + type + " " + id + "\t" + name + std::string(1, '\0');
  }

  Yard yard;
  Desk desk = yard.desk("local", Role::local);

 private:
  fs::path folder_;
};

struct Case {
  std::string expected;
  std::function<std::string(Forge&)> make;
};

std::vector<Case> all_cases() {
  const auto in_folder = [](const std::string& folder, const std::string& name) {
    return [=](Forge& forge) {
      const auto inner =
          forge.tree(Forge::entry("100755", "blob", forge.blob("#!/bin/sh\n"), name));
      return forge.tree(Forge::entry("040000", "tree", inner, folder));
    };
  };
  const auto file = [](const std::string& mode, const std::string& name) {
    return [=](Forge& forge) {
      return forge.tree(Forge::entry(mode, "blob", forge.blob("/etc"), name));
    };
  };
  return {
      {"hostile", in_folder(".git", "config")},
      {"hostile", in_folder(".GIT", "hooks")},
      {"hostile", in_folder("git~1", "config")},
      {"hostile", in_folder(".git ", "config")},
      {"hostile", in_folder(".g\xE2\x80\x8Cit", "config")},
      {"hostile", in_folder("..", "escape.md")},
      {"hostile", file("100644", ".gitmodules")},
      {"hostile", file("100644", "a\\..\\b.md")},
      {"hostile", file("120000", "Logs")},
      {"hostile",
       [](Forge& forge) {
         return forge.tree(Forge::entry("160000", "commit", std::string(40, '1'), "sub"));
       }},
      {"hostile",
       [](Forge& forge) {
         return forge.tree(Forge::entry("100644", "blob", forge.blob("x"), "Note.md") +
                           Forge::entry("100644", "blob", forge.blob("y"), "note.md"));
       }},
      {"forbidden_file", file("100644", ".env")},
      {"forbidden_file", file("100644", "me.session")},
      {"forbidden_file", in_folder("node_modules", "x.js")},
      {"too_large",
       [](Forge& forge) {
         auto tree = forge.tree(Forge::entry("100644", "blob", forge.blob("x"), "x.md"));
         for (int i = 0; i < 40; ++i) tree = forge.tree(Forge::entry("040000", "tree", tree, "d"));
         return tree;
       }},
      {"too_large",  // sixteen folders of sixteen folders ... of one file
       [](Forge& forge) {
         auto tree = forge.tree(Forge::entry("100644", "blob", forge.blob("x"), "x.md"));
         for (int i = 0; i < 6; ++i) {
           std::string lines;
           for (int n = 0; n < 16; ++n) {
             lines += Forge::entry("040000", "tree", tree, "d" + std::to_string(n));
           }
           tree = forge.tree(lines);
         }
         return tree;
       }},
      {"too_large",
       [](Forge& forge) {
         return forge.tree(
             Forge::entry("100644", "blob", forge.blob(std::string(33 << 20, 'x')), "big.md"));
       }},
  };
}

BOOST_AUTO_TEST_SUITE(hostile)

BOOST_AUTO_TEST_CASE(nothing_of_a_hostile_tree_reaches_the_disk) {
  for (const auto& one : all_cases()) {
    Forge forge;
    const auto files = files_of(forge.desk.vault);
    const auto config = read(forge.desk.vault / ".git/config");
    forge.publish(one.make(forge));
    write(forge.desk.vault / "mine.md", "mine\n");
    const auto report = forge.desk.round();
    BOOST_TEST(name_of_trouble(report) == one.expected,
               (report.trouble ? report.trouble->words : "taken"));
    auto expected = files;
    expected["mine.md"] = "mine\n";
    BOOST_TEST(files_of(forge.desk.vault) == expected);
    BOOST_TEST(read(forge.desk.vault / ".git/config") == config);
    BOOST_TEST(!fs::exists(forge.yard.path("escape.md")));
    BOOST_TEST(!report.committed.empty());  // what is ours is kept all the same
    BOOST_TEST(report.behind == 1U);
  }
}

BOOST_AUTO_TEST_CASE(no_hook_runs_here_or_there) {
  Yard yard;
  auto desk = yard.desk("local", Role::local);
  const auto trap = "#!/bin/sh\ntouch " + yard.path("ran").string() + "\n";
  for (const auto& place : {desk.vault / ".git/hooks", yard.remote() / "hooks"}) {
    for (const std::string hook :
         {"pre-commit", "post-commit", "post-merge", "pre-push", "post-checkout",
          "reference-transaction", "pre-receive", "post-receive", "update", "fsmonitor-watchman"}) {
      write(place / hook, trap);
      fs::permissions(place / hook, fs::perms::all);
    }
  }
  git_ok(desk.vault, {"config", "core.fsmonitor", (desk.vault / ".git/hooks/fsmonitor-watchman")});
  git_ok(desk.vault, {"config", "filter.evil.clean", "touch " + yard.path("ran").string()});
  write(desk.vault / ".gitattributes", "* filter=evil\n");
  write(desk.vault / "a.md", "a\n");
  desk.round_ok();
  BOOST_TEST(!fs::exists(yard.path("ran")));
}

BOOST_AUTO_TEST_CASE(a_link_in_the_vault_leads_nobody_out) {
  Yard yard;
  auto cloud = yard.desk("cloud", Role::cloud);
  auto local = yard.desk("local", Role::local);
  write(cloud.vault / "a.md", "a\n");
  cloud.round_ok();
  local.round_ok();
  fs::create_directories(yard.path("outside"));
  fs::create_directory_symlink(yard.path("outside"), local.vault / "Plans");
  write(cloud.vault / "Plans/x.md", "x\n");
  cloud.round_ok();
  const auto report = local.round();
  BOOST_TEST(name_of_trouble(report) == "uncommitted");
  BOOST_TEST(fs::is_empty(yard.path("outside")));
  fs::remove(local.vault / "Plans");
  local.round_ok();
  BOOST_TEST(read(local.vault / "Plans/x.md") == "x\n");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace nightshift::tests
