// logs, flush: what processes print, where their files lie on this machine.
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <ostream>
#include <set>

#include <nlohmann/json.hpp>

#include "bridges/cli/processes/output.hpp"
#include "bridges/cli/processes/verbs.hpp"
#include "bridges/cli/text.hpp"

namespace nightshift::bridges::cli {
namespace {

/// One file of one process.
struct Source {
  std::string id;
  std::string stream;
  std::string file;
};

Result<void> check_here(const Session& session) {
  if (!session.api.is_elsewhere()) return {};
  return fail(ErrorCode::usage,
              "log files are read where they lie: run this on the node's own machine, with --data "
              "instead of --url",
              "--url");
}

std::vector<Source> sources_of(const std::vector<Process>& processes, const LogsFlags& flags) {
  std::vector<Source> sources;
  std::set<std::string> known;
  for (const auto& process : processes) {
    for (const auto& [stream, field] :
         {std::pair{"out", "log_file_path"}, std::pair{"error", "error_file_path"}}) {
      const bool out = std::string_view(stream) == "out";
      if ((out && flags.only_error) || (!out && flags.only_out)) continue;
      auto file = process.text(field);
      // What writes both into one file is read once.
      if (!file.empty() && known.insert(file).second) {
        sources.push_back({process.id, stream, std::move(file)});
      }
    }
  }
  return sources;
}

class Printer {
 public:
  Printer(Session& session, const LogsFlags& flags, const std::vector<Source>& sources)
      : session_(session), flags_(flags) {
    for (const auto& source : sources) width_ = std::max(width_, source.id.size());
  }

  /// Files were gone before they could be read.
  void print_gap(const Source& source) const {
    if (session_.json) {
      session_.out << Json{{"process", source.id}, {"stream", source.stream}, {"gap", true}}
                   << "\n";
    } else {
      session_.err << "note: " << source.id << " prints faster than this reads: lines of "
                   << sanitise(source.file, Lines::escape) << " may be missing here\n";
    }
  }

  void print(const Source& source, const std::vector<std::string>& lines) const {
    for (const auto& line : lines) {
      if (session_.json) {
        session_.out << Json{{"process", source.id}, {"stream", source.stream}, {"line", line}}
                            .dump(-1, ' ', false, Json::error_handler_t::replace)
                     << "\n";
      } else if (flags_.raw) {
        session_.out << line << "\n";
      } else {
        session_.out << source.id << std::string(width_ - source.id.size(), ' ')
                     << (source.stream == "error" ? " ! " : " | ") << sanitise(line, Lines::escape)
                     << "\n";
      }
    }
  }

 private:
  Session& session_;
  const LogsFlags& flags_;
  std::size_t width_ = 0;
};

/// Until nobody reads it any more.
void follow_files(Session& session, const std::vector<Source>& sources, const Printer& printer,
                  std::vector<GrowingFile>& files) {
  std::vector<std::filesystem::path> paths;
  paths.reserve(sources.size());
  for (const auto& source : sources) paths.emplace_back(source.file);
  const FileNews news(paths);
  while (session.out.flush().good()) {
    bool quiet = true;
    for (std::size_t i = 0; i < files.size(); ++i) {
      const auto lines = files[i].read();
      quiet = quiet && lines.empty();
      if (files[i].take_gap()) printer.print_gap(sources[i]);
      printer.print(sources[i], lines);
    }
    if (quiet) news.wait();
  }
}

}  // namespace

Result<void> logs(Session& session, const LogsFlags& flags) {
  if (auto here = check_here(session); !here) return here;
  const auto words = flags.words.empty() ? std::vector<std::string>{"all"} : flags.words;
  const auto chosen = Roster(session.api).select(words);
  if (!chosen) return std::unexpected(chosen.error());
  const auto sources = sources_of(*chosen, flags);
  const Printer printer(session, flags, sources);
  std::vector<GrowingFile> files;
  for (const auto& source : sources) {
    if (flags.follow) files.emplace_back(source.file);
    printer.print(source, last_lines(source.file, flags.lines));
  }
  if (flags.follow) follow_files(session, sources, printer, files);
  return {};
}

Result<void> flush(Session& session, const SelectFlags& flags) {
  if (auto here = check_here(session); !here) return here;
  const auto words = flags.words.empty() ? std::vector<std::string>{"all"} : flags.words;
  const auto chosen = Roster(session.api).select(words);
  if (!chosen) return std::unexpected(chosen.error());
  for (const auto& source : sources_of(*chosen, {})) {
    if (::truncate(source.file.c_str(), 0) != 0 && errno != ENOENT && errno != EINVAL) {
      return fail(ErrorCode::io, source.file + " cannot be emptied: " + std::strerror(errno),
                  source.file);
    }
    if (!session.json) session.out << "emptied " << sanitise(source.file, Lines::escape) << "\n";
  }
  return {};
}

}  // namespace nightshift::bridges::cli
