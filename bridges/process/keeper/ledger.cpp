// A line per fact: its sort, then the message in base64url.
#include "bridges/process/keeper/ledger.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <fstream>

#include "messages/crypto.hpp"

namespace nightshift::bridges::process {
namespace {

constexpr std::size_t lines_before_rewrite = 1000;

std::string line_of(char sort, const std::string& bytes) {
  return std::string(1, sort) + " " + to_base64url(bytes) + "\n";
}

}  // namespace

Result<Ledger> Ledger::open(const std::filesystem::path& file) {
  Ledger ledger;
  ledger.file_ = file;
  std::ifstream in(file);
  for (std::string line; std::getline(in, line) && !in.eof();) {
    if (!ledger.take_line(line)) break;
  }
  in.close();
  ledger.rewrite();
  if (!ledger.out_) {
    return fail(ErrorCode::io, file.string() + " cannot be written: " + std::strerror(errno),
                file.string());
  }
  return ledger;
}

bool Ledger::take_line(const std::string& line) {
  if (line.size() < 2) return false;
  const auto bytes = from_base64url(std::string_view(line).substr(2));
  if (!bytes) return false;
  if (line[0] == 'f') {
    runs_.erase(*bytes);
    return true;
  }
  if (line[0] == 's') {
    keeper::Hello hello;
    if (!hello.ParseFromString(*bytes) || hello.running_size() != 1) return false;
    auto& run = runs_[hello.running(0).run()];
    run.started = hello.running(0);
    run.boot_id = hello.boot_id();
    return true;
  }
  keeper::Exited exited;
  if (line[0] != 'e' || !exited.ParseFromString(*bytes)) return false;
  auto& run = runs_[exited.run()];
  run.ended = true;
  run.exited = exited;
  return true;
}

void Ledger::rewrite() {
  const auto fresh = file_.string() + ".new";
  out_ = runtime::Descriptor(
      ::open(fresh.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_APPEND | O_CLOEXEC, 0600));
  lines_ = 0;
  for (const auto& [name, run] : runs_) {
    if (run.started.run().empty()) continue;
    keeper::Hello hello;
    *hello.add_running() = run.started;
    hello.set_boot_id(run.boot_id);
    append('s', hello);
    if (run.ended) append('e', run.exited);
  }
  if (out_ && ::rename(fresh.c_str(), file_.c_str()) != 0) out_.close();
}

void Ledger::append(char sort, const google::protobuf::MessageLite& message) {
  append_line(line_of(sort, message.SerializeAsString()));
}

void Ledger::append_line(const std::string& line) {
  // On a full disk the line is lost: then an end may be reported as one that nobody saw.
  [[maybe_unused]] const auto written = ::write(out_.get(), line.data(), line.size());
  ++lines_;
}

void Ledger::started(const keeper::Started& started, const std::string& boot_id) {
  auto& run = runs_[started.run()];
  run.started = started;
  run.boot_id = boot_id;
  keeper::Hello hello;
  *hello.add_running() = started;
  hello.set_boot_id(boot_id);
  append('s', hello);
}

void Ledger::exited(const keeper::Exited& exited) {
  auto& run = runs_[exited.run()];
  run.ended = true;
  run.exited = exited;
  append('e', exited);
}

void Ledger::forget(const std::string& run) {
  if (runs_.erase(run) == 0) return;
  append_line(line_of('f', run));
  if (lines_ > lines_before_rewrite + 4 * runs_.size()) rewrite();
}

}  // namespace nightshift::bridges::process
