// A log over rows that a test may damage.
#pragma once

#include "storage/event_log.hpp"
#include "storage/memory_store.hpp"
#include "storage/readable_log.hpp"

namespace nightshift::storage {

/// Built before the reader that reads them.
struct Rows {
  MemoryStore store;
};

class TamperedLog final : public Rows, public ReadableLog<EventLog> {
 public:
  explicit TamperedLog(const MemoryStore& rows)
      : Rows{rows}, ReadableLog(Rows::store, **Reader(Rows::store).start()) {}
  void open(const EntityRef&, OpenCompletion) override {}
  void submit(Append, Completion) override {}
  void close(const EntityRef&, std::uint64_t) override {}
  void rederive(Rederivation, Completion) override {}
  LogStats stats() const override { return {}; }
};

}  // namespace nightshift::storage
