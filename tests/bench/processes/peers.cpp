// PM2 and supervisord, asked for the same in their own words.
#include <poll.h>

#include <fstream>
#include <sstream>

#include <nlohmann/json.hpp>

#include "tests/bench/processes/supervisor.hpp"

namespace nightshift::bench {

void write_ecosystem(const std::vector<Job>& jobs, const std::filesystem::path& file) {
  nlohmann::json apps = nlohmann::json::array();
  for (const auto& job : jobs) {
    const std::vector<std::string> rest(job.arguments.begin() + 1, job.arguments.end());
    apps.push_back({{"name", job.name},
                    {"script", job.arguments.front()},
                    {"interpreter", "none"},
                    {"args", rest},
                    {"max_restarts", 1000},
                    {"min_uptime", 100}});
  }
  std::ofstream(file) << nlohmann::json{{"apps", apps}};
}

namespace {

namespace fs = std::filesystem;

std::string line_of(const Spawn& what, const fs::path& out) {
  auto spawned = what;
  spawned.out_file = out.string();
  if (run(spawned) != 0) return "";
  std::ifstream file(out);
  std::string line;
  std::getline(file, line);
  return line;
}

class Pm2 final : public Supervisor {
 public:
  explicit Pm2(fs::path folder) : folder_(std::move(folder)) {
    environment_ = {{"PM2_HOME", (folder_ / "pm2").string()}, {"PM2_DISCRETE_MODE", "true"}};
  }

  std::string name() const override { return "PM2"; }

  bool begin() override {
    program_ = line_of({{"tests/bench/peers/pm2/install"}, {}, ""}, folder_ / "program");
    return !program_.empty() && run(line({"ping"})) == 0;
  }

  void start(const std::vector<Job>& jobs) override {
    write_ecosystem(jobs, folder_ / "ecosystem.json");
    run(line({"start", (folder_ / "ecosystem.json").string()}));
  }

  Spawn follower(const std::string& job) override {
    return line({"logs", job, "--raw", "--lines", "0"});
  }

  fs::path logs() const override { return folder_ / "pm2/logs"; }

 private:
  Spawn line(std::vector<std::string> words) const {
    words.insert(words.begin(), program_);
    return {std::move(words), environment_, ""};
  }

  fs::path folder_;
  std::string program_;
  std::map<std::string, std::string> environment_;
};

class Supervisord final : public Supervisor {
 public:
  explicit Supervisord(fs::path folder) : folder_(std::move(folder)) {}

  std::string name() const override { return "supervisord"; }

  bool begin() override {
    const auto place =
        line_of({{"tests/bench/peers/supervisord/install"}, {}, ""}, folder_ / "place");
    if (place.empty()) return false;
    place_ = place;
    environment_ = {{"PYTHONPATH", place + "/usr/lib/python3/dist-packages"}};
    fs::create_directories(logs());
    write({});
    spawn(python("supervisord", {"--nodaemon"}));
    for (int i = 0; i < 600; ++i) {
      if (fs::exists(folder_ / "s.sock")) return true;
      ::poll(nullptr, 0, 100);
    }
    return false;
  }

  void start(const std::vector<Job>& jobs) override {
    write(jobs);
    run(python("supervisorctl", {"update"}));
  }

  Spawn follower(const std::string& job) override {
    return python("supervisorctl", {"tail", "-f", job});
  }

  fs::path logs() const override { return folder_ / "logs"; }

 private:
  Spawn python(const std::string& program, std::vector<std::string> words) const {
    words.insert(words.begin(), {"/usr/bin/python3", place_ + "/usr/bin/" + program,
                                 "--configuration", (folder_ / "s.conf").string()});
    return {std::move(words), environment_, ""};
  }

  void write(const std::vector<Job>& jobs) const {
    std::ofstream file(folder_ / "s.conf");
    const auto socket = "unix://" + (folder_ / "s.sock").string();
    file << "[supervisord]\nlogfile=" << (folder_ / "s.log").string()
         << "\npidfile=" << (folder_ / "s.pid").string() << "\nminfds=4096\n"
         << "[unix_http_server]\nfile=" << (folder_ / "s.sock").string()
         << "\n[rpcinterface:supervisor]\nsupervisor.rpcinterface_factory = "
            "supervisor.rpcinterface:make_main_rpcinterface\n[supervisorctl]\nserverurl="
         << socket << "\n";
    for (const auto& job : jobs) {
      file << "[program:" << job.name << "]\ncommand=";
      for (const auto& word : job.arguments) file << word << " ";
      file << "\nautorestart=true\nstartsecs=0\nstartretries=100000\nstdout_logfile="
           << (logs() / (job.name + ".log")).string() << "\n";
    }
  }

  fs::path folder_;
  std::string place_;
  std::map<std::string, std::string> environment_;
};

}  // namespace

std::unique_ptr<Supervisor> pm2_in(const fs::path& folder) { return std::make_unique<Pm2>(folder); }

std::unique_ptr<Supervisor> supervisord_in(const fs::path& folder) {
  return std::make_unique<Supervisord>(folder);
}

}  // namespace nightshift::bench
