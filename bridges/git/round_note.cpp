// A few lines: `merge FROM TO`, then `placed PATH` for each. Paths hold no line ends.
#include "bridges/git/round_note.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <sstream>

#include "bridges/git/link_lock.hpp"

namespace nightshift::bridges::git {
namespace {

std::filesystem::path note_path(const std::filesystem::path& git_folder) {
  return own_folder(git_folder) / "round";
}

}  // namespace

Outcome<void> write_note(const std::filesystem::path& git_folder, const RoundNote& note) {
  return put_file(note_path(git_folder),
                  (note.merge ? "merge " : "commit ") + hex(note.from) + " " + hex(note.to) + "\n");
}

void note_placed(const std::filesystem::path& git_folder, const std::string& path) {
  const runtime::Descriptor file(
      ::open(note_path(git_folder).c_str(), O_WRONLY | O_APPEND | O_CLOEXEC));
  if (file) write_all(file.get(), "placed " + path + "\n");
}

std::optional<RoundNote> read_note(const std::filesystem::path& git_folder) {
  const auto text = get_file(note_path(git_folder));
  if (!text) return std::nullopt;
  std::istringstream lines(*text);
  std::string kind;
  std::string from;
  std::string to;
  lines >> kind >> from >> to;
  const auto from_id = parse_object_id(from);
  const auto to_id = parse_object_id(to);
  if (!from_id || !to_id) return std::nullopt;
  RoundNote note{kind == "merge", *from_id, *to_id, {}};
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with("placed ")) note.placed.insert(line.substr(7));
  }
  return note;
}

void remove_note(const std::filesystem::path& git_folder) {
  ::unlink(note_path(git_folder).c_str());
}

}  // namespace nightshift::bridges::git
