// What the journal's benchmarks share: figures, a folder on the disk, one command's rows.
#pragma once

#include <chrono>
#include <filesystem>
#include <string>

#include <rocksdb/status.h>

#include "storage/event_log.hpp"

namespace nightshift::bench {

using Clock = std::chrono::steady_clock;

inline constexpr std::size_t payload_bytes = 250;
inline constexpr std::size_t state_bytes = 250;
inline constexpr double seconds_per_figure = 2;

/// Processor time of all threads so far: says the same on a busy machine.
double cpu_us();
double seconds_since(Clock::time_point start);
/// One row of the table.
void print(const std::string& name, double value, const char* unit, const char* peer = nullptr,
           double peer_value = 0);

[[noreturn]] void give_up(std::string_view what);

template <class Value>
Value must(Result<Value> result) {
  if (!result) give_up(result.error().message());
  if constexpr (!std::is_void_v<Value>) return std::move(*result);
}

void must(const rocksdb::Status& status);

/// A folder on the disk of the working directory, since that is what is measured.
class Folder {
 public:
  Folder();
  ~Folder();
  std::filesystem::path path() const { return path_ / "journal"; }

 private:
  std::filesystem::path path_;
};

/// Bytes that cannot be compressed.
std::string noise(std::size_t bytes);

EntityRef entity_of(std::size_t number);
/// One command as the host writes it: a record, a state, an index that stays, a remembered key. The
/// record is the same for all: making records is the host's work.
storage::Append append_of(const EntityRef& entity, std::uint64_t sequence, std::uint64_t epoch);

}  // namespace nightshift::bench
