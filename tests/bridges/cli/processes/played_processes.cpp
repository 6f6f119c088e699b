// Plays the kind `process`.
#include "tests/bridges/cli/processes/played_processes.hpp"

namespace nightshift::bridges::cli::tests {
namespace {

Answered problem(int status, const std::string& code, const std::string& detail) {
  return {status, nlohmann::json{{"code", code}, {"detail", detail}}.dump()};
}

}  // namespace

PlayedProcesses::One& PlayedProcesses::add(const std::string& id, const std::string& app) {
  const std::lock_guard lock(mutex_);
  auto& one = processes_[id];
  one.born = static_cast<int>(processes_.size()) * 10;
  one.view = {
      {"app", app.empty() ? id : app},
      {"pid", 4000 + one.born},
      {"restart_count", 2},
      {"unstable_restarts", 0},
      {"run", "r1"},
      {"started_at", "2026-11-22T04:00:00Z"},
      {"launched_at", "2026-11-22T03:59:59Z"},
      {"boot_id", "another boot"},
      {"config", {{"command", "/srv/" + id + ".js"}, {"interpreter", "node"}, {"cwd", "/srv"}}}};
  return one;
}

std::string PlayedProcesses::entity(const std::string& id, const One& one) {
  return nlohmann::json{
      {"kind", "process"}, {"id", id}, {"sequence", 3}, {"status", one.status}, {"view", one.view}}
      .dump();
}

std::string PlayedProcesses::commands() const {
  const std::lock_guard lock(mutex_);
  return commands_;
}

Answered PlayedProcesses::operator()(const Asked& asked) {
  const std::lock_guard lock(mutex_);
  return asked.method == "POST" ? command(asked) : read(asked.target);
}

Answered PlayedProcesses::read(const std::string& target) {
  if (target.starts_with("/v1/process?")) {
    std::string items;
    for (const auto& [id, one] : processes_) {
      items += (items.empty() ? "" : ",") + entity(id, one);
    }
    return {200, "{\"items\":[" + items + "]}"};
  }
  const auto rest = target.substr(std::string("/v1/process/").size());
  const auto id = rest.substr(0, rest.find('/'));
  const auto found = processes_.find(id);
  if (found == processes_.end()) return problem(404, "not_found", "no process " + id);
  auto& one = found->second;
  if (rest.find("/events") != rest.npos) {
    return {200, "{\"items\":[{\"offset\":" + std::to_string(one.born) + "}]}"};
  }
  if (!one.next.empty()) one.status = std::exchange(one.next, "");
  return {200, entity(id, one)};
}

Answered PlayedProcesses::command(const Asked& asked) {
  const auto rest = asked.target.substr(std::string("/v1/process/").size());
  const auto slash = rest.find('/');
  const auto id = rest.substr(0, slash), word = rest.substr(slash + 1);
  commands_ += (commands_.empty() ? "" : ", ") + word + " " + id;
  const auto body = nlohmann::json::parse(asked.body);
  const bool there = processes_.contains(id);
  if (word == "define") {
    if (there && body.value("new_only", false)) {
      return problem(409, "wrong_phase", "there is a process " + id + " already");
    }
    auto& one = processes_[id];
    one.view["outdated"] = there && one.view["config"] != body["config"];
    if (!there) one.born = static_cast<int>(processes_.size()) * 10;
    if (!there) one.status = body.value("start", false) ? "online" : "stopped";
    one.view["config"] = body["config"];
    one.view["app"] = body["config"].value("app", id);
    return {200, entity(id, one)};
  }
  if (!there) return problem(404, "not_found", "no process " + id);
  auto& one = processes_[id];
  if (one.status == "errored" && word == "restart") {
    return problem(409, "wrong_phase", "it is errored");
  }
  if (word == "signal") commands_ += " " + body.value("signal", "");
  if (word == "stop") {
    one.status = "stopping";
    one.next = "stopped";
  } else if (word == "delete") {
    one.status = "deleted";
  } else if (word != "signal") {
    one.status = "launching";
    if (one.next.empty()) one.next = "online";
    one.view["outdated"] = false;
  }
  return {200, entity(id, one)};
}

}  // namespace nightshift::bridges::cli::tests
