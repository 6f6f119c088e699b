// Ours: a node, and what it imports of a file.
#include <cstdlib>

#include "tests/bench/processes/supervisor.hpp"

namespace nightshift::bench {
namespace {

class Nightshift final : public Supervisor {
 public:
  explicit Nightshift(std::filesystem::path folder) : folder_(std::move(folder)) {}

  std::string name() const override { return "nightshift"; }

  bool begin() override {
    const char* program = std::getenv("NIGHTSHIFT_PROGRAM");
    if (program == nullptr) return false;
    program_ = program;
    environment_ = {{"XDG_CONFIG_HOME", folder_.string()}};
    return run(line({"up", "--http", "127.0.0.1:0"})) == 0;
  }

  void start(const std::vector<Job>& jobs) override {
    write_ecosystem(jobs, folder_ / "processes.json");
    run(line({"import", (folder_ / "processes.json").string()}));
  }

  Spawn follower(const std::string& job) override {
    return line({"logs", job, "--follow", "--raw", "--lines", "0"});
  }

  std::filesystem::path logs() const override { return folder_ / "data"; }

 private:
  Spawn line(std::vector<std::string> words) const {
    words.insert(words.begin(), {program_, "--data", (folder_ / "data").string()});
    return {std::move(words), environment_, ""};
  }

  std::filesystem::path folder_;
  std::string program_;
  std::map<std::string, std::string> environment_;
};

}  // namespace

std::unique_ptr<Supervisor> nightshift_in(const std::filesystem::path& folder) {
  return std::make_unique<Nightshift>(folder);
}

}  // namespace nightshift::bench
