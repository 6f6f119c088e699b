// Figures and rows of the journal's benchmarks.
#include "tests/bench/storage/measuring.hpp"

#include <cstdio>
#include <cstdlib>
#include <iostream>
#include <random>

#include <sys/resource.h>

namespace nightshift::bench {
namespace {

using namespace storage;

const NewRecord& any_record() {
  static const auto made = [] {
    Record record;
    record.set_kind("counter");
    record.set_entity("entity");
    record.set_sequence(1);
    record.set_type("Counted");
    record.set_codec(CODEC_PLAIN);
    record.set_payload(noise(payload_bytes));
    NewRecord fresh{record.SerializeAsString(), {}, {}};
    fresh.leaf = leaf_of(fresh.salt, fresh.bytes);
    return fresh;
  }();
  return made;
}

}  // namespace

double cpu_us() {
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  const auto us = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) * 1e6 + static_cast<double>(time.tv_usec);
  };
  return us(usage.ru_utime) + us(usage.ru_stime);
}

double seconds_since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

void print(const std::string& name, double value, const char* unit, const char* peer,
           double peer_value) {
  std::printf("%s\t%.6g\t%s", name.c_str(), value, unit);
  if (peer) std::printf("\t%s\t%.6g", peer, peer_value);
  std::printf("\n");
  std::fflush(stdout);
}

[[noreturn]] void give_up(std::string_view what) {
  std::cerr << "storage_bench: " << what << "\n";
  std::exit(1);
}

void must(const rocksdb::Status& status) {
  if (!status.ok()) give_up(status.ToString());
}

Folder::Folder() {
  std::string pattern = std::filesystem::current_path() / "bench-XXXXXX";
  if (!::mkdtemp(pattern.data())) give_up("no folder can be made here");
  path_ = pattern;
}

Folder::~Folder() { std::filesystem::remove_all(path_); }

std::string noise(std::size_t bytes) {
  static std::mt19937_64 random(1);
  std::string text(bytes, ' ');
  for (auto& byte : text) byte = static_cast<char>(random());
  return text;
}

EntityRef entity_of(std::size_t number) { return {"counter", "entity-" + std::to_string(number)}; }

Append append_of(const EntityRef& entity, std::uint64_t sequence, std::uint64_t epoch) {
  static const auto state = noise(state_bytes);
  static const auto index =
      std::make_shared<const IndexValues>(IndexValues{{"status", "counting"}});
  Append append;
  append.entity = entity;
  append.expected = sequence;
  append.epoch = epoch;
  append.records.push_back(any_record());
  append.state = state;
  append.index_before = sequence == 0 ? nullptr : index;
  append.index_after = index;
  append.command = CommandEntry{
      "admin", "key-" + std::to_string(sequence) + entity.id, {}, {}, sequence + 1, false};
  return append;
}

}  // namespace nightshift::bench
