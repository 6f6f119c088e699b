// export-test and check-test: a real history as a test, and a test held against this program.
#include <algorithm>
#include <fstream>
#include <ostream>
#include <sstream>

#include <nlohmann/json.hpp>

#include "bridges/cli/text.hpp"
#include "bridges/cli/verbs.hpp"
#include "messages/ids.hpp"
#include "runtime/audit.hpp"
#include "runtime/history/example.hpp"
#include "runtime/history/example_text.hpp"
#include "runtime/history/redaction.hpp"

namespace nightshift::bridges::cli {
namespace {

using runtime::history::Example;

constexpr std::uintmax_t test_bytes_max = 64u << 20;

std::size_t decided(const Example& example) {
  return static_cast<std::size_t>(std::ranges::count_if(
      example.steps, [](const auto& step) { return step.command != nullptr; }));
}

/// What is written must be read as it was meant, and passed by the program that wrote it.
Result<void> check_written(const Session& session, const std::string& text) {
  const auto read = runtime::history::example_from_text(text, session.catalog());
  if (!read) return fail(ErrorCode::bug, "the test cannot be read back: " + read.error().detail);
  const auto found = runtime::history::check_example(*read, session.catalog());
  if (!found) return std::unexpected(found.error());
  if (found->empty()) return {};
  return fail(ErrorCode::bug, "this program does not pass the test itself: " + found->front());
}

Result<Example> make(const Session& session, const ExportTestFlags& flags) {
  const auto entity = parse_entity(flags.entity);
  if (!entity) {
    return fail(ErrorCode::usage, "\"" + flags.entity + "\" is not KIND/ID", flags.entity);
  }
  if (auto kind = session.kind(entity->kind); !kind) return std::unexpected(kind.error());
  const auto journal = runtime::find_journal(session.folder.root());
  if (!journal) return std::unexpected(journal.error());
  auto example = runtime::history::record_example(*journal, session.catalog(),
                                                  session.program.retraces, *entity);
  if (!example || !flags.redact) return example;
  return runtime::history::redacted(*example, session.catalog());
}

Result<std::string> read_test(const std::filesystem::path& file) {
  std::error_code error;
  const auto bytes = std::filesystem::file_size(file, error);
  std::ifstream stream(file, std::ios::binary);
  if (error || !stream) {
    return fail(
        error == std::errc::no_such_file_or_directory ? ErrorCode::not_found : ErrorCode::io,
        file.string() + " cannot be read (" + (error ? error.message() : "no permission") + ")",
        file.string());
  }
  if (bytes > test_bytes_max) {
    return fail(ErrorCode::too_large, file.string() + " is larger than 64 MiB; is it a test?",
                file.string());
  }
  std::ostringstream text;
  text << stream.rdbuf();
  return std::move(text).str();
}

}  // namespace

Result<void> export_test(Session& session, const ExportTestFlags& flags) {
  const auto example = make(session, flags);
  if (!example) return std::unexpected(example.error());
  const auto text =
      runtime::history::to_text(*example, "written by nightshift " + session.program.version +
                                              "; nightshift check-test FILE");
  if (auto passed = check_written(session, text); !passed) return passed;
  if (flags.out.empty()) {
    session.out << text;
    return {};
  }
  if (std::filesystem::exists(std::filesystem::symlink_status(flags.out))) {
    return fail(ErrorCode::invalid,
                flags.out.string() + " is there already; name a file that is not there yet",
                flags.out.string());
  }
  if (auto written = runtime::write_private_file(flags.out, text); !written) return written;
  const auto steps = example->steps.size();
  const auto again = decided(*example);
  if (session.json) {
    session.out << Json{{"path", flags.out.string()}, {"steps", steps}, {"decided", again}}.dump()
                << "\n";
  } else {
    session.out << "wrote " << steps << (steps == 1 ? " step to " : " steps to ")
                << flags.out.string() << ", " << again
                << " of them decided again by who checks it\n";
    if (!flags.redact) {
      session.out << "it holds what the entity holds: give it to strangers with --redact only\n";
    }
  }
  return {};
}

Result<void> check_test(Session& session, const std::filesystem::path& file) {
  const auto text = read_test(file);
  if (!text) return std::unexpected(text.error());
  const auto example = runtime::history::example_from_text(*text, session.catalog());
  if (!example) return std::unexpected(example.error());
  const auto found = runtime::history::check_example(*example, session.catalog());
  if (!found) return std::unexpected(found.error());
  if (session.json) {
    session.out << Json{{"path", file.string()},
                        {"steps", example->steps.size()},
                        {"decided", decided(*example)},
                        {"differences", *found}}
                       .dump()
                << "\n";
  } else {
    for (const auto& line : *found) session.out << sanitise(line, Lines::escape) << "\n";
    if (found->empty()) {
      session.out << "passed: " << example->steps.size() << " steps, " << decided(*example)
                  << " of them decided again\n";
    }
  }
  if (found->empty()) return {};
  return fail(ErrorCode::invalid,
              "this program does not pass " + file.string() +
                  "; differences: " + std::to_string(found->size()),
              file.string());
}

}  // namespace nightshift::bridges::cli
