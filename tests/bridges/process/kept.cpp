// Speaks to a keeper.
#include "tests/bridges/process/kept.hpp"

#include <signal.h>

#include <boost/test/unit_test.hpp>
#include <fstream>
#include <sstream>

#include "bridges/process/keeper/tree.hpp"
#include "tests/support/eventually.hpp"
#include "tests/support/node/product_node.hpp"

namespace nightshift::tests {
namespace {

std::string read_text(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

bridge::KeeperClient client_at(const std::filesystem::path& folder, bool with_groups) {
  std::vector<std::string> arguments{"keeper", folder.string()};
  if (!with_groups) arguments.emplace_back("--without-cgroups");
  return {must(bridge::Place::open(folder)), {::getenv("NIGHTSHIFT_PROGRAM"), arguments}};
}

}  // namespace

std::vector<bridge::ProcessRow> with_word(const std::string& word) {
  std::vector<bridge::ProcessRow> rows;
  for (const auto& row : bridge::read_processes()) {
    const auto line = read_text("/proc/" + std::to_string(row.id.pid) + "/cmdline");
    if (!row.zombie && line.contains(word)) rows.push_back(row);
  }
  return rows;
}

std::size_t zombies_of(pid_t parent) {
  std::size_t count = 0;
  for (const auto& row : bridge::read_processes()) count += row.zombie && row.parent == parent;
  return count;
}

Kept::Kept(bool with_groups)
    : with_groups_(with_groups), client_(client_at(folder / "run", with_groups)) {
  connect();
}

Kept::~Kept() {
  for (const auto& [run, child] : client_.children()) stop(run, true);
  keeper_pb::ToKeeper quit;
  quit.mutable_quit();
  ask(quit);
  const auto has_gone = [this] {
    // Three hundred words are more than a socket holds while the keeper has no time to read.
    hear();
    const auto row = bridge::read_process(keeper_);
    return !row || row->zombie;
  };
  eventually(has_gone, "the keeper has gone");
}

bridge::KeeperClient Kept::new_client() const { return client_at(folder / "run", with_groups_); }

void Kept::connect() {
  BOOST_TEST_REQUIRE(must(client_.connect(true)));
  for (const auto& row : bridge::read_processes()) {
    const auto line = read_text("/proc/" + std::to_string(row.id.pid) + "/cmdline");
    if (!row.zombie && line.contains((folder / "run").string())) keeper_ = row.id.pid;
  }
}

std::string Kept::start(const std::string& script,
                        const std::function<void(keeper_pb::Start&)>& more) {
  // A number, so that `sleep 1000.$0` is a time and a word that it is found by.
  static int runs = 0;
  const auto run = std::to_string((1'000'000L + ::getpid()) * 10'000L + ++runs);
  keeper_pb::ToKeeper asked;
  auto& start = *asked.mutable_start();
  start.set_run(run);
  start.set_instance("app-" + run);
  start.set_program("/bin/sh");
  for (const auto& argument : {std::string("sh"), std::string("-c"), script, run}) {
    start.add_arguments(argument);
  }
  start.add_environment("PATH=/usr/bin:/bin:/usr/sbin:/sbin");
  start.add_environment(std::string(bridge::run_variable) + "=" + run);
  start.add_environment(std::string(bridge::place_variable) + "=" +
                        must(bridge::Place::open(folder / "run")).mark());
  start.set_cwd("/");
  start.mutable_out()->set_path(output_file(run).string());
  start.mutable_error()->set_path((folder / (run + ".err")).string());
  start.set_kill_signal(SIGTERM);
  start.set_kill_timeout_ms(100);
  if (more) more(start);
  ask(asked);
  return run;
}

void Kept::stop(const std::string& run, bool at_once) {
  keeper_pb::ToKeeper asked;
  asked.mutable_stop()->set_run(run);
  asked.mutable_stop()->set_at_once(at_once);
  ask(asked);
}

void Kept::hear() {
  if (!client_.is_connected()) return;
  const bool alive = client_.hear([this](const keeper_pb::FromKeeper& news) {
    if (news.has_refused()) refused_[news.refused().run()] = news.refused();
  });
  if (!alive) client_.disconnect();
}

const keeper_pb::Started& Kept::started(const std::string& run) {
  eventually(
      [&] {
        hear();
        const auto found = client_.children().find(run);
        return found != client_.children().end() && found->second.started.pid() != 0;
      },
      run + " has started");
  return client_.children().find(run)->second.started;
}

keeper_pb::Exited Kept::exited(const std::string& run) {
  eventually(
      [&] {
        hear();
        const auto found = client_.children().find(run);
        return found != client_.children().end() && found->second.exited;
      },
      run + " has ended");
  return *client_.children().find(run)->second.exited;
}

keeper_pb::Refused Kept::refused(const std::string& run) {
  eventually(
      [&] {
        hear();
        return refused_.contains(run);
      },
      run + " was refused");
  return refused_[run];
}

std::filesystem::path Kept::output_file(const std::string& run) const {
  return folder / (run + ".out");
}

std::string Kept::refusal(const std::string& run) const {
  const auto found = refused_.find(run);
  return found == refused_.end() ? "" : found->second.detail();
}

std::string Kept::output(const std::string& run) const { return read_text(output_file(run)); }

}  // namespace nightshift::tests
