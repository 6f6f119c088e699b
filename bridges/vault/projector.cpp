// From journal to file: find, move, bring up to date; losers are kept beside.
#include "bridges/vault/projector.hpp"

#include <algorithm>

#include "bridges/vault/layout.hpp"
#include "bridges/vault/names.hpp"

namespace nightshift::bridges::vault {
namespace {

constexpr std::size_t entries_max = 1'000'000;

/// Every folder in which a file of an approval can lie.
std::vector<std::string> folders() {
  std::vector<std::string> all;
  all.reserve(category_folders.size() + 4);
  for (const auto& entry : category_folders) all.push_back(path_of(entry));
  for (const auto folder : {approved_folder, rejected_folder, needs_action_folder, done_folder}) {
    all.emplace_back(folder);
  }
  return all;
}

/// Attachments are pinned in the journal: a projection compares their names alone.
Result<std::string> without_bytes(const std::string&, std::size_t) { return std::string(); }

Result<Draft> read_as(const Standing& standing, const std::string& folder, const std::string& name,
                      std::string_view text) {
  return read_draft(
      text, {.name = name, .category = standing.current().category(), .path = folder + "/" + name},
      without_bytes);
}

bool is_decided_by_hand_in(std::string_view folder) {
  return folder == approved_folder || folder == rejected_folder;
}

bool is_same_file(const Standing& standing, const Draft& draft, const std::string& folder,
                  const std::string& name) {
  const bool has_digest = standing.revision(draft.marks.digest) != nullptr;
  if (draft.marks.id == standing.id && has_digest) return true;
  // Proposed, and its marks are not written yet: what it says of itself is not believed.
  const bool first_come = folder + "/" + name == standing.current().file();
  // A person was faster than the marks.
  const bool moved_unmarked = draft.marks.id.empty() && is_decided_by_hand_in(folder);
  return !has_digest && (first_come || moved_unmarked) &&
         std::ranges::any_of(standing.revisions, [&](const approval::Proposal& revision) {
           return same_content(draft, revision);
         });
}

bool is_one_file(const Stamp& a, const Stamp& b) {
  return a.device == b.device && a.inode == b.inode;
}

/// A file that was there a moment ago: a person was faster.
Result<void> as_conflict(Error error) {
  if (error.code == ErrorCode::not_found) error.code = ErrorCode::conflict;
  return std::unexpected(std::move(error));
}

Marks marks_for(const Standing& standing, const Draft& draft) {
  Marks marks = standing.marks;
  const bool asked = marks.status == "pending" && draft.marks.digest == marks.digest &&
                     draft.marks.note.starts_with(request_note);
  if (asked && marks.note.empty()) marks.note = draft.marks.note;
  return marks;
}

}  // namespace

bool is_moved_by_hand(const Standing& standing, const FoundFile& found) {
  const Marks& marks = found.draft.marks;
  return standing.status == "pending" && (marks.status == "pending" || marks.id.empty()) &&
         is_decided_by_hand_in(found.folder);
}

std::vector<FoundFile> Projector::find(const Standing& standing) const {
  std::vector<FoundFile> all;
  const std::string name = standing.file_name();
  for (const auto& path : folders()) {
    const auto folder = root_.sub(path);
    if (!folder || !folder->has(name)) continue;
    auto file = folder->read(name, draft_bytes_max);
    if (!file) continue;
    auto draft = read_as(standing, path, name, file->text);
    if (!draft || !is_same_file(standing, *draft, path, name)) continue;
    all.push_back({.folder = path, .file = std::move(*file), .draft = std::move(*draft)});
  }
  // The one in its place leads; the others keep their order.
  const auto leads = std::ranges::find(all, standing.place(), &FoundFile::folder);
  if (leads != all.end()) std::rotate(all.begin(), leads, leads + 1);
  return all;
}

Result<void> Projector::project(const Standing& standing, bool create) {
  const auto found = find(standing);
  if (!found.empty()) {
    if (is_moved_by_hand(standing, found.front())) return {};
    if (auto ok = bring(standing, found.front()); !ok) return ok;
    for (std::size_t i = 1; i < found.size(); ++i) {
      if (auto ok = settle_copy(standing, found.front(), found[i]); !ok) return ok;
    }
    return {};
  }
  if (!create) return {};
  const auto folder = root_.sub(standing.place(), true);
  if (!folder) return std::unexpected(folder.error());
  const std::string name = standing.file_name();
  if (folder->has(name)) {
    // A person's file in the place of a pending one may be an edit that cannot be read yet.
    if (standing.status == "pending") return {};
    if (auto ok = keep_aside(*folder, standing.place(), name); !ok) return ok;
  }
  return folder->create(name, render(standing.current(), standing.marks));
}

/// To its folder, then up to date in there: a crash in between is found by the next projection.
Result<void> Projector::bring(const Standing& standing, const FoundFile& found) {
  const std::string place = standing.place();
  const std::string name = standing.file_name();
  const auto folder = root_.sub(place, true);
  if (!folder) return std::unexpected(folder.error());
  if (found.folder != place) {
    const auto from = root_.sub(found.folder);
    if (!from) return std::unexpected(from.error());
    if (folder->has(name)) {
      if (auto ok = keep_aside(*folder, place, name); !ok) return ok;
    }
    if (auto moved = from->move(name, *folder, name); !moved) return as_conflict(moved.error());
  }
  return update(standing, *folder, found);
}

Result<void> Projector::update(const Standing& standing, const Folder& folder,
                               const FoundFile& found) {
  const std::string name = standing.file_name();
  const std::string path = standing.place() + "/" + name;
  const auto& current = standing.current();
  const auto* shown = standing.shown_by(found.file.text, found.draft.marks);
  const bool up_to_date = same_content(found.draft, current);
  const bool stale = !up_to_date && shown != nullptr && same_content(found.draft, *shown);
  const bool edited = !up_to_date && !stale;
  if (edited && standing.status == "pending" && (shown == nullptr || shown == &current)) return {};

  auto text = up_to_date ? with_marks(found.file.text, current, marks_for(standing, found.draft))
                         : with_content(found.file.text, current, standing.marks);
  if (!text && up_to_date) {
    tell(path, std::string(text.error().message()), found.file.text);
    return {};
  }
  if (edited || !text) {
    const std::string aside = conflict_name(name, found.file.text);
    auto kept = folder.create(aside, found.file.text);
    if (!kept && kept.error().code != ErrorCode::conflict) return kept;
    tell(path,
         "it was changed here and decided or edited elsewhere; your version is kept as " + aside,
         found.file.text);
  }
  if (!text) text = render(current, standing.marks);
  if (*text == found.file.text) return {};
  auto replaced = folder.replace(name, *text, found.file);
  // A person's newer version stays. In a pending file the next scan reads it.
  const bool newer = !replaced && replaced.error().code == ErrorCode::conflict;
  if (newer && standing.status == "pending") return {};
  return replaced;
}

/// A second file of the same approval, left by a crash, a copy or a synchroniser; or the same file
/// seen twice, because a person moved it while it was looked for; or half of a move that is made
/// by copying. The last two are a person's and stay.
Result<void> Projector::settle_copy(const Standing& standing, const FoundFile& main,
                                    const FoundFile& copy) {
  if (is_one_file(main.file.stamp, copy.file.stamp) || is_moved_by_hand(standing, copy)) return {};
  const auto home = root_.sub(standing.place());
  if (!home) return std::unexpected(home.error());
  if (!home->has(standing.file_name())) return fail(ErrorCode::conflict, "the file has gone");
  const auto folder = root_.sub(copy.folder);
  if (!folder) return std::unexpected(folder.error());
  const std::string name = standing.file_name();
  if (has_same_words(main.file.text, copy.file.text)) return folder->remove(name, copy.file);
  return keep_aside(*folder, copy.folder, name);
}

Result<void> Projector::put_back(const Standing& standing, const FoundFile& found,
                                 const std::string& note) {
  Standing asked = standing;
  if (!note.empty()) asked.marks.note = note;
  return bring(asked, found);
}

Result<void> Projector::keep_aside(const Folder& folder, const std::string& path,
                                   const std::string& name) {
  const auto file = folder.read(name, file_bytes_max);
  const std::string content = file ? file->text : name;
  const std::string aside = conflict_name(name, content);
  if (auto moved = folder.move(name, folder, aside); !moved) {
    const bool kept_already = moved.error().code == ErrorCode::conflict && file;
    if (!kept_already) return as_conflict(moved.error());
    return folder.remove(name, *file);
  }
  tell(path + "/" + name, "another file had this name; it is kept as " + aside, content);
  return {};
}

Result<void> Projector::make_folders() {
  for (const auto folder : vault_folders) {
    if (auto made = root_.sub(folder, true); !made) {
      tell(std::string(folder), std::string(made.error().message()), "");
      return std::unexpected(made.error());
    }
  }
  return {};
}

Result<void> Projector::settle_leftovers() {
  for (const auto& path : folders()) {
    if (auto settled = settle_temporaries(path); !settled) return settled;
  }
  return {};
}

Result<void> Projector::settle_temporaries(const std::string& path) {
  const auto folder = root_.sub(path);
  if (!folder) return std::unexpected(folder.error());
  const auto names = folder->names(entries_max);
  if (!names) return std::unexpected(names.error());
  for (const auto& name : *names) {
    if (!name.starts_with('.')) continue;
    const auto file = folder->read(name, file_bytes_max);
    if (!file) continue;
    const auto temporary = temporary_of(name, file->text);
    if (!temporary) continue;
    const std::string aside = conflict_name(temporary->target, file->text);
    const auto target = folder->read(temporary->target, file_bytes_max);
    const bool needless = temporary->ours || (target && has_same_words(target->text, file->text));
    auto settled = needless ? folder->remove(name, *file) : folder->move(name, *folder, aside);
    if (!settled) return settled;
    if (!needless) {
      tell(path + "/" + temporary->target,
           "the node was killed while it wrote; the version before is kept as " + aside,
           file->text);
    }
  }
  return {};
}

void Projector::tell(const std::string& path, const std::string& what, const std::string& content) {
  errors_.record(clock_.now(), path, what, content);
}

}  // namespace nightshift::bridges::vault
