// A process and the commands of its tests.
#pragma once

#include <memory>
#include <string>

#include "actors/process/process.hpp"
#include "runtime/kernel/lift.hpp"
#include "tests/support/story.hpp"

namespace nightshift::tests {

namespace process_pb = nightshift::process;

/// Given as the host gives it: what became of the run, at the world's time.
struct ProcessFixture {
  std::unique_ptr<const kernel::Kind> kind = kernel::lift<actors::Process>();
  Story story{*kind};
  nightshift::ProcessConfig config;

  ProcessFixture();

  process_pb::View view() const { return story.view<process_pb::View>(); }
  std::string status() const { return std::string(story.status()); }
  std::string run() const { return view().run(); }

  template <class Command>
  Story& as_host(const Command& command) {
    story.world.refresh();
    story.world.caller = kernel::Caller::of_host();
    story.when(command);
    story.world.caller = person("alice");
    return story;
  }
  template <class Command>
  Story& as_alice(const Command& command) {
    story.world.refresh();
    story.world.caller = person("alice");
    return story.when(command);
  }

  /// As `config` has it, and started by alice.
  void define();
  void start();
  void report_started();
  void report_exit(std::uint32_t code);
  void report_signal(const std::string& signal);
  /// Ends with this code after it ran for so long, and comes up again where it does.
  void fail_after(std::chrono::milliseconds uptime, std::uint32_t code = 1);
  /// It runs for so long, until files change, and has ended then.
  void change_files_after(std::chrono::milliseconds uptime);
  /// The only deadline there is has come.
  void wake();
};

}  // namespace nightshift::tests
