// Repositories on disk.
#include "tests/bridges/git/yard.hpp"

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <boost/test/unit_test.hpp>
#include <fstream>
#include <sstream>

#include "bridges/git/premises.hpp"
#include "runtime/descriptor.hpp"

namespace nightshift::tests {

using namespace bridges::git;

Said run(const fs::path& folder, std::vector<std::string> arguments) {
  std::array<int, 2> ends{};
  BOOST_REQUIRE(::pipe2(ends.data(), O_CLOEXEC) == 0);
  const runtime::Descriptor out(ends[0]);
  runtime::Descriptor in(ends[1]);
  std::vector<std::string> variables{
      "HOME=/nonexistent",       "GIT_CONFIG_NOSYSTEM=1",
      "GIT_AUTHOR_NAME=mara",    "GIT_AUTHOR_EMAIL=mara@example.com",
      "GIT_COMMITTER_NAME=mara", "GIT_COMMITTER_EMAIL=mara@example.com",
      "GIT_TERMINAL_PROMPT=0",   "LC_ALL=C",
      "PATH=/usr/bin:/bin"};
  const auto pointers = [](std::vector<std::string>& texts) {
    std::vector<char*> list;
    for (auto& text : texts) list.push_back(text.data());
    list.push_back(nullptr);
    return list;
  };
  posix_spawn_file_actions_t actions;
  ::posix_spawn_file_actions_init(&actions);
  ::posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
  ::posix_spawn_file_actions_adddup2(&actions, in.get(), 1);
  ::posix_spawn_file_actions_adddup2(&actions, in.get(), 2);
  ::posix_spawn_file_actions_addchdir_np(&actions, folder.c_str());
  pid_t child = -1;
  const int code = ::posix_spawnp(&child, arguments.front().c_str(), &actions, nullptr,
                                  pointers(arguments).data(), pointers(variables).data());
  ::posix_spawn_file_actions_destroy(&actions);
  BOOST_REQUIRE_MESSAGE(code == 0, "cannot run " << arguments.front());
  in.close();
  Said said;
  std::array<char, 4096> buffer{};
  for (ssize_t count = 0; (count = ::read(out.get(), buffer.data(), buffer.size())) > 0;) {
    said.text.append(buffer.data(), static_cast<std::size_t>(count));
  }
  int status = 0;
  BOOST_REQUIRE(::waitpid(child, &status, 0) == child);
  said.exit_code = WIFEXITED(status) ? WEXITSTATUS(status) : 128;
  return said;
}

Said git(const fs::path& folder, const std::vector<std::string>& arguments) {
  std::vector<std::string> all{"git",       "-c", "init.defaultBranch=main",   "-c",
                               "gc.auto=0", "-c", "protocol.file.allow=always"};
  all.insert(all.end(), arguments.begin(), arguments.end());
  return run(folder, std::move(all));
}

std::string git_ok(const fs::path& folder, const std::vector<std::string>& arguments) {
  auto said = git(folder, arguments);
  BOOST_REQUIRE_MESSAGE(said.exit_code == 0, "git " << arguments.front() << ": " << said.text);
  while (said.text.ends_with('\n')) said.text.pop_back();
  return said.text;
}

void write(const fs::path& path, std::string_view bytes) {
  fs::create_directories(path.parent_path());
  std::ofstream(path, std::ios::binary) << bytes;
}

std::string read(const fs::path& path) {
  std::ifstream stream(path, std::ios::binary);
  if (!stream) return "<absent>";
  std::ostringstream text;
  text << stream.rdbuf();
  return text.str();
}

std::map<std::string, std::string> files_of(const fs::path& vault) {
  std::map<std::string, std::string> files;
  for (fs::recursive_directory_iterator at(vault), end; at != end; ++at) {
    if (at->path().filename().string().starts_with('.')) {
      if (at->is_directory()) at.disable_recursion_pending();
    } else if (at->is_regular_file()) {
      files[at->path().lexically_relative(vault).string()] = read(at->path());
    }
  }
  return files;
}

Report Desk::round(bool take_rewound) {
  return synchroniser.round({time_from_us(1'790'000'000'000'000), take_rewound});
}

Report Desk::round_ok() {
  auto report = round();
  BOOST_REQUIRE_MESSAGE(!report.trouble, name_of_trouble(report) << ": " << report.trouble->words);
  return report;
}

Yard::Yard() { git_ok(folder_.path(), {"init", "-q", "--bare", remote().string()}); }

SyncOptions Yard::options(const std::string& node, Role role) const {
  SyncOptions options;
  options.repository = path(node);
  options.vault = path(node);
  options.access.url = remote().string();
  options.node = node;
  options.role = role;
  return options;
}

Desk Yard::desk(const std::string& node, Role role) {
  const auto made = make_premises(path(node), "main", remote().string());
  BOOST_REQUIRE_MESSAGE(made, (made ? "" : made.error().words));
  auto chosen = options(node, role);
  return {path(node), chosen, Synchroniser(chosen)};
}

fs::path Yard::clone(const std::string& name) const {
  git_ok(folder_.path(), {"clone", "-q", remote().string(), name});
  return path(name);
}

std::string name_of_trouble(const Report& report) {
  return report.trouble ? std::string(name_of(report.trouble->kind)) : "";
}

}  // namespace nightshift::tests
