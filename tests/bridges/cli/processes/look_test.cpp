// What is shown of processes: to people, to programs that know PM2, from /proc, from log files.
#include <unistd.h>

#include <boost/test/unit_test.hpp>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

#include "bridges/cli/processes/machine.hpp"
#include "bridges/cli/processes/output.hpp"
#include "bridges/cli/processes/show.hpp"
#include "tests/bridges/cli/processes/played_processes.hpp"
#include "tests/support/golden.hpp"

namespace {

using namespace nightshift::bridges::cli;
using namespace nightshift::bridges::cli::tests;
using nightshift::tests::read_file;
using nightshift::tests::write_file;

struct Window {
  Window() : node([this](const Asked& asked) { return processes(asked); }) {
    line.found_at(node);
    auto& web = processes.add("web");
    web.view["config"]["env"] = {"PORT=80", "DB_PASSWORD=s3cret", "EMPTY="};
    web.view["config"]["secrets"] = {"API_KEY=sealed:web.API_KEY"};
    web.view["log_file_path"] = line.path("web-out.log");
    web.view["error_file_path"] = line.path("web-error.log");
    auto& job = processes.add("job");
    job.status = "errored";
    job.view["cause"] = "6 restarts within 60 s: exit code 3\x1b[2J";
    job.view["last_exit"] = {{"code", 3}, {"at", "2026-11-22T04:10:00Z"}};
    write_file(line.path("web-out.log"), "one\ntwo\nthree\x1b[2J\n");
    write_file(line.path("web-error.log"), "bad\n");
  }

  PlayedProcesses processes;
  PlayedNode node;
  CommandLine line;
};

}  // namespace

BOOST_FIXTURE_TEST_CASE(ps_and_its_other_names_show_a_table, Window) {
  const auto run = line.run({"ps"});
  BOOST_TEST(run.exit_code == 0, run.err);
  BOOST_TEST(says(run.out, "ID  NAME  STATUS   RESTARTS  UPTIME"), run.out);
  BOOST_TEST(says(run.out, "0   web   online   2"), run.out);
  BOOST_TEST(says(run.out, "errored  2         -       4020  -    -    6 restarts within 60 s"),
             run.out);
  BOOST_TEST(!says(run.out, "\x1b"), "what a terminal obeys is shown, not passed on");
  for (const auto* name : {"ls", "status"}) BOOST_TEST(line.run({name}).exit_code == 0, name);
  const auto page = line.run({"describe", "job"});
  BOOST_TEST(says(page.out, "exit code 3"), page.out << page.err);
  BOOST_TEST(line.run({"describe", "nobody"}).exit_code == 3);
}

BOOST_FIXTURE_TEST_CASE(jlist_has_the_shape_of_pm2_and_no_secret, Window) {
  const auto run = line.run({"jlist"});
  BOOST_TEST_REQUIRE(run.exit_code == 0, run.err);
  BOOST_TEST(!says(run.out, "s3cret"), run.out);
  const auto list = nlohmann::json::parse(run.out);
  BOOST_TEST_REQUIRE(list.size() == 2u);
  const auto& web = list[0];
  BOOST_TEST(web["name"] == "web");
  BOOST_TEST(web["pm_id"] == 0);
  BOOST_TEST(web["pid"] == 4010);
  BOOST_TEST(web["monit"].dump() == R"({"cpu":0.0,"memory":0})");
  const auto& env = web["pm2_env"];
  BOOST_TEST(env["status"] == "online");
  BOOST_TEST(env["restart_time"] == 2);
  BOOST_TEST(env["pm_uptime"] == 1795320000000);
  BOOST_TEST(env["pm_out_log_path"] == line.path("web-out.log"));
  BOOST_TEST(env["exec_mode"] == "fork_mode");
  BOOST_TEST(env["env"].dump() == R"x({"API_KEY":"(sealed:web.API_KEY)",)x"
                                  R"x("DB_PASSWORD":"(hidden)","EMPTY":"","PORT":"80"})x");
  BOOST_TEST(list[1]["pm2_env"]["exit_code"] == 3);
  BOOST_TEST(says(line.run({"prettylist"}).out, "\n    \"pid\": 4010"));
  const auto variables = line.run({"env", "web"});
  BOOST_TEST(variables.out ==
             "PORT: 80\nDB_PASSWORD: (hidden)\nEMPTY: \nAPI_KEY: (sealed:web.API_KEY)\n");
}

BOOST_FIXTURE_TEST_CASE(logs_show_the_last_lines_of_each_file, Window) {
  const auto run = line.run({"logs", "web", "--lines", "2"});
  BOOST_TEST(run.out == "web | two\nweb | three\\x1b[2J\nweb ! bad\n", run.out << run.err);
  BOOST_TEST(line.run({"logs", "--err"}).out == "web ! bad\n");
  BOOST_TEST(line.run({"logs", "web", "--out", "--raw", "--lines", "1"}).out == "three\x1b[2J\n");
  BOOST_TEST(line.run({"flush"}).exit_code == 0);
  BOOST_TEST(read_file(line.path("web-out.log")) == "");
  const auto away = line.run({"--url", node.url(), "--token", "t", "logs"});
  BOOST_TEST(away.exit_code == 2, away.err);
}

BOOST_AUTO_TEST_CASE(a_growing_file_is_read_over_rotation_truncation_and_its_absence) {
  const nightshift::tests::TemporaryFolder folder;
  const auto file = folder / "x.log";
  GrowingFile growing(file);
  BOOST_TEST(growing.read().empty());
  const auto add = [&](const std::string& text) { std::ofstream(file, std::ios::app) << text; };
  const auto read = [&] {
    std::string all;
    for (const auto& line : growing.read()) all += line + ";";
    return all;
  };
  add("a\nb\nhal");
  BOOST_TEST(read() == "a;b;");
  add("f\n");
  BOOST_TEST(read() == "half;");
  add("last\n");
  std::filesystem::rename(file, folder / "x.log.1");
  add("new\n");
  BOOST_TEST(read() == "last;");
  BOOST_TEST(read() == "new;");
  std::filesystem::resize_file(file, 0);
  add("z\n");
  BOOST_TEST(read() == "z;");
  add(std::string(100'000, 'y'));
  BOOST_TEST(read().size() == 65'537u);
  GrowingFile late(file);
  BOOST_TEST(late.read().empty());
  BOOST_TEST(last_lines(folder / "none", 5).empty());
  write_file(folder / "big", std::string(3u << 20, 'x') + "\n1\n2");
  const auto tail = last_lines(folder / "big", 2);
  BOOST_TEST_REQUIRE(tail.size() == 2u);
  BOOST_TEST(tail[0] + tail[1] == "12");
}

BOOST_AUTO_TEST_CASE(whoever_is_slow_finds_what_was_put_aside_and_is_told_what_is_gone) {
  const nightshift::tests::TemporaryFolder folder;
  const auto file = folder / "x.log";
  constexpr int kept = 3;
  int lines = 0;
  const auto add = [&] { std::ofstream(file, std::ios::app) << ++lines << "\n"; };
  const auto put_aside = [&] {
    const auto aged = [&](int age) { return folder / ("x.log." + std::to_string(age)); };
    std::error_code none;
    for (int age = kept; age > 1; --age) std::filesystem::rename(aged(age - 1), aged(age), none);
    std::filesystem::rename(file, aged(1));
  };
  const auto read = [](GrowingFile& growing) {
    std::string all;
    for (int i = 0; i < 10; ++i) {
      for (const auto& line : growing.read()) all += line + ";";
    }
    return all;
  };
  add();
  GrowingFile slow(file), slower(file), removed(file);
  for (int i = 0; i < kept; ++i) {
    add();
    put_aside();
  }
  add();
  BOOST_TEST(read(slow) == "2;3;4;5;");
  BOOST_TEST(!slow.take_gap());
  put_aside();
  add();
  BOOST_TEST(read(slower) == "2;3;4;5;6;");
  // Nobody can tell that the one that follows was the next.
  BOOST_TEST(slower.take_gap());
  for (int i = 0; i < kept + 2; ++i) {
    put_aside();
    add();
  }
  BOOST_TEST(read(slow) == "8;9;10;11;");
  BOOST_TEST(slow.take_gap());
  BOOST_TEST(!slow.take_gap());
  BOOST_TEST(read(removed) == "2;8;9;10;11;");
  BOOST_TEST(removed.take_gap());
  std::filesystem::remove(file);
  add();
  BOOST_TEST(read(slow) == "12;");
  BOOST_TEST(!slow.take_gap());
}

BOOST_AUTO_TEST_CASE(news_of_files_are_waited_for_but_not_for_ever) {
  const nightshift::tests::TemporaryFolder folder;
  const FileNews news({folder / "a.log", folder / "b.log"});
  write_file(folder / "b.log", "x");
  news.wait();
  news.wait();
  FileNews({folder / "missing" / "c.log"}).wait();
}

BOOST_AUTO_TEST_CASE(memory_and_processor_are_those_of_this_boot_and_this_start_alone) {
  const nightshift::tests::TemporaryFolder proc;
  const auto stat = [&](int pid, int parent, int ticks, int start, int pages) {
    write_file(proc / std::to_string(pid) / "stat",
               std::to_string(pid) + " (na) me) S " + std::to_string(parent) +
                   " 1 1 0 -1 0 0 0 0 0 " + std::to_string(ticks) + " 0 0 0 20 0 1 0 " +
                   std::to_string(start) + " 0 " + std::to_string(pages) + " 0");
  };
  write_file(proc / "sys/kernel/random/boot_id", "boot\n");
  stat(10, 1, 100, 77, 5);
  stat(11, 10, 50, 80, 3);
  stat(12, 1, 50, 80, 1000);
  Process process;
  process.id = "web";
  process.view = {{"pid", 10u}, {"run", "r"}, {"boot_id", "boot"}, {"start_ticks", 77u}};
  Machine machine(proc.path().string());
  machine.look({&process, 1});
  const auto page = static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
  BOOST_TEST_REQUIRE(machine.use_of(process).has_value());
  BOOST_TEST(machine.use_of(process)->memory_bytes == 8 * page);
  BOOST_TEST(machine.use_of(process)->cpu_percent == 0);
  stat(11, 10, 5000, 80, 3);
  machine.look({&process, 1});
  BOOST_TEST(machine.use_of(process)->cpu_percent > 100);
  for (const auto& [field, value] :
       {std::pair<const char*, Json>{"boot_id", "other"}, {"start_ticks", 78u}, {"pid", 13u}}) {
    auto other = process;
    other.view[field] = value;
    machine.look({&other, 1});
    BOOST_TEST(!machine.use_of(other), field);
  }
}

BOOST_AUTO_TEST_CASE(sizes_and_times_are_short) {
  using std::chrono::seconds;
  BOOST_TEST(duration_words(seconds(59)) == "59s");
  BOOST_TEST(duration_words(seconds(3'599)) == "59m");
  BOOST_TEST(duration_words(seconds(86'399)) == "23h");
  BOOST_TEST(duration_words(seconds(900'000)) == "10d");
  BOOST_TEST(duration_words(seconds(-5)) == "0s");
  BOOST_TEST(size_words(0) == "0.0kb");
  BOOST_TEST(size_words(314'572'800) == "300.0mb");
  BOOST_TEST(size_words(3'221'225'472) == "3.0gb");
}

BOOST_FIXTURE_TEST_CASE(a_unit_for_systemd_names_the_data_folder, Window) {
  const auto run = line.run({"startup", "--to", "-"});
  BOOST_TEST(run.exit_code == 0, run.err);
  BOOST_TEST(says(run.out, "node --quiet --data \"" + line.folder().root().string()), run.out);
  BOOST_TEST(says(run.out, "Delegate=yes"), run.out);
  BOOST_TEST(line.run({"startup", "--to", line.path("u.service")}).exit_code == 0);
  BOOST_TEST(says(read_file(line.path("u.service")), "Type=notify"));
  BOOST_TEST(line.run({"startup", "--to", "/proc/nothing/u"}).exit_code == 6);
  BOOST_TEST(says(line.run({"save"}).out, "nothing to save"));
}
