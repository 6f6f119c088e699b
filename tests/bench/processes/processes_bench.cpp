// Measures ours, the peers, and prints them beside each other.
#include <poll.h>
#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <optional>

#include "tests/bench/processes/child_reports.hpp"
#include "tests/bench/processes/supervisor.hpp"
#include "tests/support/temporary_folder.hpp"

namespace {

using namespace nightshift::bench;
using nightshift::tests::TemporaryFolder;
using std::chrono::milliseconds;
namespace fs = std::filesystem;
using Make = std::unique_ptr<Supervisor> (*)(const fs::path&);

constexpr int jobs_many = 100;
constexpr int watched_ms = 10'000;
constexpr int settle_ms = 3'000;
constexpr long long poured_bytes = 256'000'000;
constexpr milliseconds patience{120'000};

/// By figure, in the order in which they are printed.
using Figures = std::vector<std::pair<std::string, std::optional<double>>>;

std::string child_program() {
  return (fs::read_symlink("/proc/self/exe").parent_path() / "processes_bench_child").string();
}

struct Stage {
  explicit Stage(Make make) : reports((folder / "r.sock").string()) {
    supervisor = make(folder.path());
  }
  ~Stage() { end_everything(); }

  Job job(const std::string& name, const std::string& does) const {
    Job made{name, {child_program(), reports.path(), name, does}};
    if (does == "pour") made.arguments.push_back(std::to_string(poured_bytes));
    return made;
  }

  TemporaryFolder folder;
  ChildReports reports;
  std::unique_ptr<Supervisor> supervisor;
};

std::optional<Report> await(const ChildReports& reports, const std::string& what) {
  while (auto report = reports.next(patience)) {
    if (report->what == what) return report;
  }
  return std::nullopt;
}

std::optional<double> median(std::vector<double> of) {
  if (of.empty()) return std::nullopt;
  std::ranges::sort(of);
  return of[of.size() / 2];
}

void restarts(Make make, int kills, Figures& figures) {
  Stage stage(make);
  std::vector<double> took;
  if (stage.supervisor->begin()) {
    stage.supervisor->start({stage.job("one", "quiet")});
    auto running = await(stage.reports, "begun");
    for (int i = 0; i < kills && running; ++i) {
      // Longer than what counts as a failed start.
      ::poll(nullptr, 0, 300);
      const auto begin = now_ns();
      ::kill(running->pid, SIGKILL);
      running = await(stage.reports, "begun");
      if (running) took.push_back(static_cast<double>(running->ns - begin) / 1e6);
    }
  }
  std::ranges::sort(took);
  const auto worst = took.empty() ? std::nullopt : std::optional(took[took.size() * 95 / 100]);
  figures.emplace_back("kill -9 to successor, p50\tms", median(took));
  figures.emplace_back("kill -9 to successor, p95\tms", worst);
}

void many(Make make, const std::string& does, Figures& figures) {
  Stage stage(make);
  std::optional<double> started, memory, processor;
  if (stage.supervisor->begin()) {
    std::vector<Job> jobs;
    for (int i = 0; i < jobs_many; ++i) jobs.push_back(stage.job("j" + std::to_string(i), does));
    ::poll(nullptr, 0, settle_ms);
    const auto begin = now_ns();
    // Children report while it is asked, so this must not wait for its answer.
    const auto asking = ::fork();
    if (asking == 0) {
      stage.supervisor->start(jobs);
      ::_exit(0);
    }
    std::optional<Report> last;
    for (int i = 0; i < jobs_many; ++i) last = await(stage.reports, "begun");
    if (last) started = static_cast<double>(last->ns - begin) / 1e6;
    wait_for(asking);
    ::poll(nullptr, 0, settle_ms);
    const auto before = cost_of_all_but(child_program());
    ::poll(nullptr, 0, watched_ms);
    const auto after = cost_of_all_but(child_program());
    memory = after.pss_mb;
    processor = (after.cpu_s - before.cpu_s) / watched_ms * 1000 * 100;
  }
  if (does == "quiet") figures.emplace_back("start of 100\tms", started);
  figures.emplace_back("100 " + does + ", memory (PSS)\tMB", memory);
  figures.emplace_back("100 " + does + ", processor\t%", processor);
}

void throughput(Make make, Figures& figures) {
  Stage stage(make);
  std::optional<double> poured, followed;
  if (stage.supervisor->begin()) {
    const auto output = stage.folder / "followed";
    stage.supervisor->start({stage.job("pour", "pour")});
    auto begun = await(stage.reports, "begun");
    // The first run made its log; the second is followed from its first byte.
    auto done = await(stage.reports, "done");
    auto follower = stage.supervisor->follower("pour");
    follower.out_file = output.string();
    const auto following = spawn(follower);
    ::poll(nullptr, 0, settle_ms);
    if (begun) ::kill(begun->pid, SIGKILL);
    begun = await(stage.reports, "begun");
    done = await(stage.reports, "done");
    if (begun && done)
      poured = poured_bytes / 1e6 / (static_cast<double>(done->ns - begun->ns) / 1e9);
    ::poll(nullptr, 0, settle_ms);
    std::error_code none;
    const auto got = fs::file_size(output, none);
    followed = none ? 0 : 100 * static_cast<double>(got) / poured_bytes;
    ::kill(following, SIGKILL);
  }
  figures.emplace_back("output of one, followed\tMB/s", poured);
  figures.emplace_back("of that, at the follower\t%", followed);
}

/// `child | cat >file`.
double through_cat() {
  TemporaryFolder folder;
  ChildReports reports((folder / "r.sock").string());
  const auto line = child_program() + " " + reports.path() + " pour pour " +
                    std::to_string(poured_bytes) + " | cat >" + (folder / "out").string();
  const auto shell = spawn({{"sh", "-c", line}, {}, ""});
  const auto begun = await(reports, "begun"), done = await(reports, "done");
  end_everything();
  (void)shell;
  return begun && done ? poured_bytes / 1e6 / (static_cast<double>(done->ns - begun->ns) / 1e9) : 0;
}

Figures measure(Make make, int kills) {
  Figures figures;
  restarts(make, kills, figures);
  many(make, "quiet", figures);
  many(make, "chatter", figures);
  throughput(make, figures);
  return figures;
}

/// Beside the peer's; where we have none, the peer's alone, under its own name.
void print(const Figures& ours, const std::string& peer, const Figures& its) {
  for (std::size_t i = 0; i < ours.size(); ++i) {
    const auto tab = ours[i].first.find('\t');
    const auto name = ours[i].first.substr(0, tab), unit = ours[i].first.substr(tab + 1);
    const auto its_value = its.empty() ? std::nullopt : its[i].second;
    const auto* who = ours[i].second ? "processes" : peer.c_str();
    const auto value = ours[i].second ? ours[i].second : its_value;
    if (!value) continue;
    std::printf("%s, %s\t%.3f\t%s", who, name.c_str(), *value, unit.c_str());
    if (ours[i].second && its_value) std::printf("\t%s\t%.3f", peer.c_str(), *its_value);
    std::printf("\n");
  }
  std::fflush(stdout);
}

}  // namespace

int main() {
  adopt_orphans();
  constexpr int kills = 100, kills_slow = 20;
  const auto ours = measure(nightshift_in, kills);
  const auto cat = through_cat();
  const char* peers = std::getenv("NIGHTSHIFT_PEERS");
  if (peers == nullptr || *peers == 0) {
    print(ours, "", {});
  } else {
    print(ours, "PM2 7.0.4", measure(pm2_in, kills));
    print(ours, "supervisord 4.2.5", measure(supervisord_in, kills_slow));
  }
  const auto& output = ours[ours.size() - 2];
  print({output}, "cat into a file", {{output.first, cat}});
}
