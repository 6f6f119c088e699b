// Drafts as files, and what people do to those.
#include "bridges/vault/draft_files.hpp"

#include "bridges/vault/intake.hpp"
#include "bridges/vault/layout.hpp"
#include "bridges/vault/names.hpp"
#include "messages/crypto.hpp"
#include "messages/ids.hpp"

namespace nightshift::bridges::vault {
namespace {

constexpr std::size_t list_page = 500;

/// A draft has no attachments of its own.
Result<std::string> no_attachment(const std::string&, std::size_t) {
  return fail(ErrorCode::invalid, "a draft is given attachments once it is proposed");
}

Result<Draft> read_as(const DraftStanding& draft, const std::string& folder,
                      std::string_view text) {
  const std::string name = draft.file_name();
  return read_draft(text,
                    {.name = name, .category = draft.shown.category(), .path = folder + "/" + name},
                    no_attachment);
}

/// None where the front matter cannot be read.
Marks marks_in(std::string_view text) {
  const auto parts = split(text);
  const auto fields = parts ? parse_front_matter(parts->front_matter)
                            : Result<FrontMatter>(std::unexpected(parts.error()));
  return fields ? marks_of(*fields) : Marks();
}

/// A list cannot be emptied in a draft: what is absent stays.
std::shared_ptr<draft::Edit> as_edit(const approval::Edit& change) {
  auto edit = std::make_shared<draft::Edit>();
  if (change.has_title()) edit->set_title(change.title());
  if (change.has_body()) edit->set_body(change.body());
  if (change.has_subject()) edit->set_subject(change.subject());
  if (change.has_account()) edit->set_account(change.account());
  *edit->mutable_to() = change.to();
  *edit->mutable_cc() = change.cc();
  return edit;
}

}  // namespace

Result<void> DraftFiles::begin() {
  for (const char* status : {"drafted", "refused"}) {
    runtime::ListQuery query{
        .kind = draft_kind, .where = {{"status", status}}, .after = {}, .limit = list_page};
    do {
      const auto page = node_.list(query);
      if (!page) return std::unexpected(page.error());
      for (const auto& item : page->items) {
        changed_.insert(item.entity.id);
        had_file_.insert(item.entity.id);
      }
      query.after = page->next;
    } while (!query.after.empty());
  }
  return {};
}

void DraftFiles::see(const runtime::EventView& event) {
  if (event.record.kind() == draft_kind) changed_.insert(event.record.entity());
}

bool DraftFiles::catch_up(const Stop& stop) {
  std::set<std::string> left;
  for (const auto& id : changed_) {
    const auto done = stop() ? Result<void>(fail(ErrorCode::stopping, "")) : project(id);
    if (done) continue;
    left.insert(id);
    // A person was faster: that is no error, it is tried again.
    if (is_silent(done.error().code) || done.error().code == ErrorCode::not_found) continue;
    errors_.record(
        node_.clock().now(), std::string(draft_kind) + "/" + id,
        "its file could not be brought up to date: " + std::string(done.error().message()), "");
  }
  changed_ = std::move(left);
  return changed_.empty();
}

std::string DraftFiles::place_of(const DraftStanding& draft) const {
  if (draft.status == "refused") return std::string(needs_action_folder);
  if (draft.status == "discarded") return std::string(rejected_folder);
  const bool only_drafts = node_.identity().role() == "cloud";
  return draft.status == "drafted" && only_drafts ? std::string(cloud_drafts_folder)
                                                  : std::string();
}

std::optional<DraftFiles::Found> DraftFiles::find(const DraftStanding& draft) const {
  for (const auto path : {cloud_drafts_folder, needs_action_folder, rejected_folder}) {
    const std::string place(path);
    const auto folder = root_.sub(place);
    auto file = folder ? folder->read(draft.file_name(), draft_bytes_max)
                       : Result<FileText>(std::unexpected(folder.error()));
    if (!file) continue;
    auto said = read_as(draft, place, file->text);
    if (!said || said->marks.id != draft.id) continue;
    // Under the same name an approval that failed has its file.
    const auto revision = read_draft_revision(node_, draft.id, said->marks.digest);
    if (!revision || !*revision) continue;
    return Found{.folder = place, .file = std::move(*file), .draft = std::move(*said)};
  }
  return std::nullopt;
}

Result<void> DraftFiles::project(const std::string& id) {
  const auto draft = read_draft_standing(node_, id);
  if (!draft) return std::unexpected(draft.error());
  if (!*draft) return {};
  const std::string place = place_of(**draft);
  const auto found = find(**draft);
  if (place.empty()) had_file_.erase(id);
  if (found && place.empty()) return put_away(**draft, *found);
  if (found && found->folder == rejected_folder && (*draft)->can_be_edited()) {
    missing_.note(id, node_.clock().elapsed());
    return {};
  }
  if (found) {
    had_file_.insert(id);
    return bring(**draft, *found);
  }
  if (place.empty() || !(*draft)->can_be_edited()) return {};
  if (had_file_.contains(id)) {
    missing_.note(id, node_.clock().elapsed());
    return {};
  }
  const auto folder = root_.sub(place, true);
  if (!folder) return std::unexpected(folder.error());
  // A person's file there may be an edit that cannot be read yet.
  if (folder->has((*draft)->file_name())) return {};
  auto created = folder->create((*draft)->file_name(), render((*draft)->shown, (*draft)->marks));
  if (created) had_file_.insert(id);
  return created;
}

/// What a person wrote stays, to be taken; what the draft said before becomes what it says now.
Result<void> DraftFiles::bring(const DraftStanding& draft, const Found& found) {
  const std::string place = place_of(draft);
  const std::string name = draft.file_name();
  const auto from = root_.sub(found.folder);
  const auto folder = root_.sub(place, true);
  if (!from || !folder) return std::unexpected((from ? folder : from).error());
  if (found.folder != place) {
    if (auto moved = from->move(name, *folder, name); !moved) return moved;
  }
  const auto before = read_draft_revision(node_, draft.id, found.draft.marks.digest);
  if (!before) return std::unexpected(before.error());
  const bool is_current = same_content(found.draft, draft.shown);
  const bool is_stale = !is_current && *before && same_content(found.draft, **before);
  Marks marks = draft.marks;
  if (!is_current && !is_stale) marks.digest = found.draft.marks.digest;
  const auto text = is_stale ? with_content(found.file.text, draft.shown, marks)
                             : with_marks(found.file.text, draft.shown, marks);
  // One that cannot be marked stays as a person has it.
  if (!text || *text == found.file.text) return {};
  return folder->replace(name, *text, found.file);
}

/// The file of the approval stands for it from here on.
Result<void> DraftFiles::put_away(const DraftStanding& draft, const Found& found) {
  const auto folder = root_.sub(found.folder);
  if (!folder) return std::unexpected(folder.error());
  const std::string name = draft.file_name();
  const auto before = read_draft_revision(node_, draft.id, found.draft.marks.digest);
  if (!before) return std::unexpected(before.error());
  if (*before && same_content(found.draft, **before)) return folder->remove(name, found.file);
  const std::string aside = conflict_name(name, found.file.text);
  if (auto kept = folder->move(name, *folder, aside); !kept) return kept;
  errors_.record(
      node_.clock().now(), found.folder + "/" + name,
      "it was changed here and is " + draft.status + " meanwhile; your version is kept as " + aside,
      found.file.text);
  return {};
}

std::vector<std::string> DraftFiles::folders() const { return {std::string(cloud_drafts_folder)}; }

std::vector<Result<void>> DraftFiles::take(const std::vector<Arrived>& files) {
  std::vector<Result<void>> results;
  for (const auto& file : files) results.push_back(take_one(file));
  return results;
}

Result<void> DraftFiles::take_one(const Arrived& arrived) {
  const auto draft = read_draft_standing(node_, id_of_stem(stem_of(arrived.name)));
  if (!draft) return std::unexpected(draft.error());
  if (!*draft) {
    const auto marks = marks_in(arrived.file.text);
    const auto put_back = settle_stray(arrived, marks);
    // Else another program's.
    return put_back ? Result<void>() : Result<void>(std::unexpected(put_back.error()));
  }
  const auto said = read_as(**draft, arrived.folder, arrived.file.text);
  if (!said) return std::unexpected(said.error());
  changed_.insert((*draft)->id);
  const auto change = compare(*said, (*draft)->shown);
  if (!change.any) return {};
  const auto before = read_draft_revision(node_, (*draft)->id, said->marks.digest);
  if (!before) return std::unexpected(before.error());
  const bool is_older = said->marks.digest != (*draft)->marks.digest;
  if (is_older && *before && same_content(*said, **before)) return {};
  if (!(*draft)->can_be_edited()) {
    return fail(ErrorCode::forbidden, "draft/" + (*draft)->id + " is " + (*draft)->status +
                                          ": what its file says changes nothing any more");
  }
  return send(**draft, as_edit(change.edit), arrived.file.text);
}

bool DraftFiles::is_of_refused(const std::string& id) const {
  const auto draft = read_draft_standing(node_, id);
  return draft && *draft && (*draft)->status == "refused";
}

Result<bool> DraftFiles::settle_stray(const Arrived& arrived, const Marks& marks) {
  if (!is_id(marks.id) || marks.digest.empty()) return false;
  const auto draft = read_draft_standing(node_, marks.id);
  if (!draft) return std::unexpected(draft.error());
  if (!*draft) return false;
  const auto revision = read_draft_revision(node_, marks.id, marks.digest);
  if (!revision) return std::unexpected(revision.error());
  if (!*revision) return false;
  // A copy of what has ended is nobody's.
  if (!(*draft)->can_be_edited() && marks.status == (*draft)->status) return false;
  const std::string place = place_of(**draft);
  const std::string name = (*draft)->file_name();
  const auto home = place.empty() ? Result<Folder>(fail(ErrorCode::not_found)) : root_.sub(place);
  if (!home || !(*draft)->can_be_edited() || home->has(name)) {
    return fail(ErrorCode::invalid,
                "it is a file of draft/" + marks.id + ", which is " + (*draft)->status +
                    "; remove it, or take out 'id' and 'digest' to have it taken as a new one");
  }
  const auto from = root_.sub(arrived.folder);
  if (!from) return std::unexpected(from.error());
  if (auto moved = from->move(arrived.name, *home, name); !moved) {
    return std::unexpected(moved.error());
  }
  changed_.insert(marks.id);
  errors_.record(node_.clock().now(), arrived.path(),
                 "it is the file of draft/" + marks.id + " and is called " + name + " again",
                 marks.digest);
  return true;
}

void DraftFiles::miss(const std::string& path) {
  const std::string id = id_of_stem(stem_of(path.substr(path.rfind('/') + 1)));
  const auto draft = read_draft_standing(node_, id);
  if (!draft || !*draft || !(*draft)->can_be_edited()) return;
  missing_.note(id, node_.clock().elapsed());
}

std::optional<Missing::Moment> DraftFiles::look_for_missing(bool calm) {
  const auto now = node_.clock().elapsed();
  for (const auto& id : missing_.due(now, calm)) {
    const auto draft = read_draft_standing(node_, id);
    const auto taken = draft && *draft ? take_missing(**draft) : Result<void>();
    if (!taken && may_pass(taken.error().code)) missing_.note_again(id, now);
  }
  return missing_.next(calm);
}

Result<void> DraftFiles::take_missing(const DraftStanding& draft) {
  const auto found = find(draft);
  const bool was_rejected = found && found->folder == rejected_folder && draft.can_be_edited();
  if (!was_rejected) {
    had_file_.erase(draft.id);
    changed_.insert(draft.id);
    return {};
  }
  auto discard = std::make_shared<draft::Discard>();
  discard->set_reason("moved to Rejected/ in the vault of " + options_.owner);
  return send(draft, std::move(discard), "discard");
}

Result<void> DraftFiles::send(const DraftStanding& draft,
                              std::shared_ptr<const google::protobuf::Message> body,
                              std::string_view from) {
  runtime::Command command;
  command.entity = {.kind = draft_kind, .id = draft.id};
  command.body = std::move(body);
  command.key = to_hex(as_bytes(
      sha256({draft_kind, "\n", std::to_string(draft.sequence), "\n", draft.id, "\n", from})));
  command.if_match = draft.sequence;
  command.caller.principal = vault_principal;
  command.caller.scopes = {SCOPE_READ, SCOPE_PROPOSE, SCOPE_OPERATE};
  const auto answer = node_.call(std::move(command), options_.call_timeout);
  if (!answer) return std::unexpected(answer.error());
  return {};
}

}  // namespace nightshift::bridges::vault
