// save, resurrect, startup: what PM2 needs to come back after a boot.
#include <pwd.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <ostream>

#include "bridges/cli/processes/verbs.hpp"
#include "bridges/cli/verbs.hpp"

namespace nightshift::bridges::cli {
namespace {

namespace fs = std::filesystem;

std::string variable(const Session& session, const char* name) {
  const auto found = session.program.environment.find(name);
  return found == session.program.environment.end() ? "" : found->second;
}

std::string user_name() {
  const auto* entry = ::getpwuid(::geteuid());
  return entry == nullptr ? std::to_string(::geteuid()) : entry->pw_name;
}

/// A word of a unit, as systemd.syntax(7) has it: `%` and `$` mean something there.
std::string quoted(const std::string& text) {
  std::string word = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') word += '\\';
    if (c == '%' || c == '$') word += c;
    word += c;
  }
  return word + "\"";
}

std::string unit_text(const Session& session, const StartupFlags& flags) {
  const auto program = fs::read_symlink("/proc/self/exe").string();
  const auto path = variable(session, "PATH");
  std::string text =
      "# Written by \"nightshift startup\": a node, and with it the processes that are to run.\n"
      "[Unit]\n"
      "Description=Nightshift node on " +
      session.folder.root().string() +
      "\n"
      "After=network-online.target\nWants=network-online.target\n\n"
      "[Service]\nType=notify\n";
  if (!flags.user) text += "User=" + user_name() + "\n";
  text += "ExecStart=" + quoted(program) + " node --quiet --data " +
          quoted(session.folder.root().string()) + "\n";
  if (!path.empty()) text += "Environment=" + quoted("PATH=" + path) + "\n";
  text +=
      "Restart=on-failure\nRestartSec=2s\nRestartPreventExitStatus=75\nTimeoutStopSec=90s\n"
      "# A node that stops ends its processes; one that is restarted leaves them to the next.\n"
      "KillMode=process\nRestartKillSignal=SIGUSR2\nTasksMax=infinity\nLimitNOFILE=65536\n"
      "Delegate=yes\n# For limits of processes; systemd 254 and later:\n#DelegateSubgroup=node\n"
      "UMask=0077\n\n"
      "[Install]\nWantedBy=";
  return text + (flags.user ? "default.target\n" : "multi-user.target\n");
}

/// Where systemd looks; nothing where that cannot be told.
fs::path unit_file(const Session& session, const StartupFlags& flags) {
  if (!flags.user) return "/etc/systemd/system/nightshift.service";
  const auto config = variable(session, "XDG_CONFIG_HOME");
  const auto home = config.empty() ? variable(session, "HOME") + "/.config" : config;
  return fs::path(home) / "systemd/user/nightshift.service";
}

}  // namespace

Result<void> save(Session& session) {
  const auto processes = Roster(session.api).all();
  if (!processes) return std::unexpected(processes.error());
  session.out << "nothing to save: every definition is in the journal as soon as it is answered; "
              << processes->size() << " come back with the node\n";
  return {};
}

Result<void> resurrect(Session& session) {
  if (!session.api.is_elsewhere()) {
    if (auto runs = up(session, {}); !runs) return runs;
  }
  return ps(session);
}

Result<void> startup(Session& session, const StartupFlags& flags) {
  auto for_user = flags;
  // Without the rights for the machine's, the user's own.
  if (flags.to.empty() && ::geteuid() != 0) for_user.user = true;
  const auto text = unit_text(session, for_user);
  if (flags.to == "-") {
    session.out << text;
    return {};
  }
  const auto file = flags.to.empty() ? unit_file(session, for_user) : fs::path(flags.to);
  std::error_code failed;
  if (file.has_parent_path()) fs::create_directories(file.parent_path(), failed);
  std::ofstream stream(file, std::ios::trunc);
  if (!(stream << text) || !stream.flush()) {
    return fail(ErrorCode::io,
                file.string() +
                    " cannot be written; say --to FILE, or --to - for "
                    "stdout",
                file.string());
  }
  const std::string control = for_user.user ? "systemctl --user" : "systemctl";
  session.out << "wrote " << file.string() << "; now:\n  " << control << " daemon-reload && "
              << control << " enable --now nightshift\n";
  if (for_user.user) {
    session.out << "  loginctl enable-linger " << user_name()
                << "   # so that it runs before you log in\n";
  }
  return {};
}

}  // namespace nightshift::bridges::cli
