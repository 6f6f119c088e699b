// Scans what waits, and turns what people did there into commands.
#include "bridges/vault/intake.hpp"

#include <algorithm>

#include "bridges/vault/missing.hpp"
#include "bridges/vault/names.hpp"
#include "messages/crypto.hpp"
#include "messages/ids.hpp"

namespace nightshift::bridges::vault {
namespace {

constexpr unsigned numbers_max = 10'000;

std::string key_of(std::initializer_list<std::string_view> parts) {
  return to_hex(as_bytes(sha256(parts)));
}

}  // namespace

std::vector<std::string> Intake::folders() const {
  std::vector<std::string> all;
  for (const auto& category : category_folders) all.push_back(path_of(category));
  return all;
}

std::vector<Result<void>> Intake::take(const std::vector<Arrived>& files) {
  std::vector<Result<void>> results;
  for (const auto& file : files) {
    results.push_back(options_.stop()
                          ? Result<void>(fail(ErrorCode::stopping, "the vault is closing"))
                          : take_one(file));
  }
  return results;
}

void Intake::learn(Standing& standing) {
  if (standing.status == "pending") {
    waiting_[standing.id] = standing.place() + "/" + standing.file_name();
    if (const auto taken = taken_.find(standing.id); taken != taken_.end()) {
      standing.taken = taken->second;
    }
  } else {
    if (options_.moves != nullptr) options_.moves->forget(standing.id);
    waiting_.erase(standing.id);
    missing_.erase(standing.id);
    taken_.erase(standing.id);
  }
}

Result<void> Intake::take_one(const Arrived& arrived) {
  const auto category = std::ranges::find(category_folders, arrived.folder, path_of);
  const Place place{.name = arrived.name, .category = category->category, .path = arrived.path()};
  const auto draft = read_draft(
      arrived.file.text, place,
      [this](const std::string& path, std::size_t max) { return root_.read_beneath(path, max); });
  if (!draft) return std::unexpected(draft.error());
  const std::string id = id_of_stem(stem_of(place.name));
  const auto standing = read_standing(node_, id);
  if (!standing) return std::unexpected(standing.error());
  if (*standing) return take_known(place, arrived.folder, arrived.file, *draft, **standing);
  const auto named_back = settle_stray(arrived, draft->marks);
  if (!named_back) return std::unexpected(named_back.error());
  if (*named_back) return {};
  auto proposed = propose(place, arrived.file, *draft, id);
  // The name was used by one that has left the journal.
  const bool used = !proposed && proposed.error().code == ErrorCode::archived;
  return used ? renumber(place, arrived.folder) : proposed;
}

/// A waiting file keeps its name and its folder.
Result<bool> Intake::settle_stray(const Arrived& arrived, const Marks& marks) {
  if (!is_id(marks.id)) return false;
  const auto standing = read_standing(node_, marks.id);
  if (!standing) return std::unexpected(standing.error());
  if (!*standing || (*standing)->revision(marks.digest) == nullptr) return false;
  const bool waits = (*standing)->status == "pending";
  const auto home = root_.sub((*standing)->place(), true);
  if (!home) return std::unexpected(home.error());
  if (waits && !home->has((*standing)->file_name())) {
    if (auto named = name_back(arrived, **standing); !named) return std::unexpected(named.error());
    return true;
  }
  const bool among_proposals =
      std::ranges::find(category_folders, arrived.folder, path_of) != category_folders.end();
  const auto& status = (*standing)->status;
  const bool is_open = waits || status == "approved" || status == "unknown" || status == "failed";
  // A copy of what waits is a proposal of its own, and so is one of what has ended; one that still
  // says that it waits was named otherwise before that ended.
  if (among_proposals ? waits || marks.status != "pending"
                      : !is_open && marks.status != "pending") {
    return false;
  }
  return fail(ErrorCode::invalid, "it is a file of approval/" + marks.id + ", which is " +
                                      (*standing)->status +
                                      "; take out 'id' and 'digest' to have it taken as a new one");
}

Result<void> Intake::name_back(const Arrived& arrived, const Standing& standing) {
  const auto from = root_.sub(arrived.folder);
  const auto home = root_.sub(standing.place());
  if (!from || !home) return std::unexpected((from ? home : from).error());
  const std::string name = standing.file_name();
  if (auto moved = from->move(arrived.name, *home, name); !moved) return moved;
  errors_.record(node_.clock().now(), arrived.path(),
                 "it is the file of approval/" + standing.id + ", which waits, and is called " +
                     name + " again; copy it to have a draft of its own",
                 standing.marks.digest);
  return {};
}

Result<void> Intake::propose(const Place& place, const FileText& file, const Draft& draft,
                             const std::string& id) {
  // A file whose marks could not be kept up to date later is refused while nothing depends on it.
  const Marks probe{.id = id, .status = "pending", .digest = "00", .note = ""};
  if (const auto marked = with_marks(file.text, {}, probe); !marked) {
    return std::unexpected(marked.error());
  }
  auto body = std::make_shared<approval::Propose>(draft.content);
  const auto answer =
      call(id, std::move(body), key_of({"propose\n", place.path, "\n", file.text}), std::nullopt);
  if (!answer) return std::unexpected(answer.error());
  return show_taken(id, file, draft);
}

/// The stem has an approval already: this is its file, or another file of the same name.
Result<void> Intake::take_known(const Place& place, const std::string& folder, const FileText& file,
                                const Draft& draft, const Standing& standing) {
  if (options_.moves != nullptr) options_.moves->look_at(standing, place.path, file, draft);
  const bool pending = standing.status == "pending";
  const bool marked =
      draft.marks.id == standing.id && standing.revision(draft.marks.digest) != nullptr;
  const bool first_come =
      place.path == standing.current().file() && standing.revision(draft.marks.digest) == nullptr;
  if (pending && (marked || first_come)) return edit(place, file, draft, standing);
  if (marked) return show(standing.id);
  const auto home = root_.sub(standing.place());
  const bool has_file = home && home->has(standing.file_name());
  if (first_come && !has_file && same_content(draft, standing.current())) {
    return show(standing.id);
  }
  return renumber(place, folder);
}

Result<void> Intake::edit(const Place& place, const FileText& file, const Draft& draft,
                          const Standing& standing) {
  const auto& digest = draft.marks.digest;
  const bool shows_older = digest != standing.marks.digest && standing.revision(digest) != nullptr;
  const Change change = compare(draft, standing.current());
  if (shows_older || same_content(draft, standing.current())) return show(standing.id);
  if (change.takes_four_eyes_away) {
    return fail(
        ErrorCode::forbidden,
        "a file cannot take four eyes away; put 'four_eyes: true' back, or say so yourself: "
        "nightshift approval edit " +
            standing.id + " four_eyes=false");
  }
  const auto key =
      key_of({"edit\n", std::to_string(standing.sequence), "\n", place.path, "\n", file.text});
  const auto answer =
      call(standing.id, std::make_shared<approval::Edit>(change.edit), key, standing.sequence);
  if (!answer) return std::unexpected(answer.error());
  return show_taken(standing.id, file, draft);
}

/// Gives the file the first free name `STEM-N.md`; the next scan proposes it under that.
Result<void> Intake::renumber(const Place& place, const std::string& folder) {
  const auto at = root_.sub(folder);
  if (!at) return std::unexpected(at.error());
  for (unsigned n = 2; n <= numbers_max; ++n) {
    const std::string stem = numbered_stem(stem_of(place.name), n);
    const auto taken = node_.get({.kind = approval_kind, .id = id_of_stem(stem)});
    if (taken || taken.error().code == ErrorCode::archived) continue;
    if (taken.error().code != ErrorCode::not_found) return std::unexpected(taken.error());
    const auto moved = at->move(place.name, *at, stem + ".md");
    if (!moved && moved.error().code == ErrorCode::conflict) continue;
    if (!moved && moved.error().code == ErrorCode::not_found) return {};
    return moved;
  }
  return fail(ErrorCode::invalid, "the name was used too often; give the file another one");
}

std::optional<Intake::Moment> Intake::look_for_missing(
    const std::function<bool(const std::string& path)>& is_there, bool calm) {
  const Moment now = node_.clock().elapsed();
  const auto patience = patience_with_missing(options_.stable_for, calm);
  std::optional<Moment> next;
  std::vector<std::string> gone;
  for (const auto& [id, path] : waiting_) {
    if (!is_missing(path, is_there)) {
      missing_.erase(id);
      continue;
    }
    const Moment due = missing_.try_emplace(id, now).first->second + patience;
    if (due <= now) gone.push_back(id);
    const Moment again = std::max(due, now + options_.stable_for);
    next = std::min(next.value_or(again), again);
  }
  for (const auto& id : gone) {
    if (options_.stop()) break;
    take_missing(id);
  }
  return next;
}

/// The folders are asked as well where nothing is known of it: news of a file can be on the way.
bool Intake::is_missing(const std::string& path,
                        const std::function<bool(const std::string& path)>& is_there) const {
  if (is_there(path)) return false;
  const auto slash = path.rfind('/');
  const auto folder = root_.sub(path.substr(0, slash));
  return !folder || !folder->has(path.substr(slash + 1));
}

void Intake::take_missing(const std::string& id) {
  auto standing = read_standing(node_, id);
  if (!standing || !*standing) return;
  learn(**standing);
  const auto taken = (*standing)->status == "pending" ? take_move(**standing) : show(id);
  if (taken) {
    missing_.erase(id);
  } else if (!is_silent(taken.error().code)) {
    tell(waiting_[id], taken.error(), id);
  }
}

/// A waiting file that lies elsewhere, or nowhere: `Rejected/` rejects exactly the revision that
/// the file shows, `Approved/` asks or approves, everything else is undone.
Result<void> Intake::take_move(const Standing& standing) {
  const auto found = projector_.find(standing);
  if (found.empty()) return projector_.project(standing, true);
  const auto& file = found.front();
  if (!is_moved_by_hand(standing, file)) return projector_.project(standing, true);
  if (!options_.moves_count) return projector_.put_back(standing, file, "");
  const std::string path = file.folder + "/" + standing.file_name();
  if (options_.arrivals->has(path)) return undo_merge(standing, file);
  if (file.folder == approved_folder) return take_approval(standing, file);
  const bool shows_current = file.draft.marks.digest == standing.marks.digest ||
                             same_content(file.draft, standing.current());
  if (shows_current) return reject(standing);
  tell(path,
       {.code = ErrorCode::stale,
        .detail = "it was edited elsewhere before it was moved, so nothing is rejected; it is back "
                  "in " +
                  standing.place() + "/ with the new words, move it again to reject those",
        .instance = {}},
       standing.marks.digest);
  return projector_.put_back(standing, file, "");
}

/// Somebody has moved it on another machine, and that came by a merge.
Result<void> Intake::undo_merge(const Standing& standing, const FoundFile& file) {
  const std::string path = file.folder + "/" + standing.file_name();
  tell(path,
       {.code = ErrorCode::forbidden,
        .detail = "it was moved on another machine and came by a merge, which decides nothing; it "
                  "is back in " +
                  standing.place() + "/, decide here: nightshift approval approve " + standing.id +
                  ", or reject",
        .instance = {}},
       standing.marks.digest);
  auto back = projector_.put_back(standing, file, "");
  if (back) options_.arrivals->remove(path);
  return back;
}

/// Whatever does not approve is put back, and says how to.
Result<void> Intake::take_approval(const Standing& standing, const FoundFile& file) {
  const auto approved = approve(standing, file);
  if (approved) return show(standing.id);
  if (may_pass(approved.error().code)) return approved;
  const std::string command = "nightshift approval approve " + standing.id;
  tell(file.folder + "/" + standing.file_name(),
       {.code = ErrorCode::forbidden,
        .detail = (options_.moves != nullptr ? "nothing is approved: " : "") +
                  std::string(approved.error().message()) + "; " + options_.owner +
                  " confirms with the key: " + command,
        .instance = {}},
       standing.marks.digest);
  return projector_.put_back(standing, file, std::string(request_note) + command);
}

Result<void> Intake::approve(const Standing& standing, const FoundFile& file) {
  if (options_.moves == nullptr) return fail(ErrorCode::forbidden, "a move does not approve");
  const auto move = options_.moves->witness(standing, file);
  if (!move) return std::unexpected(move.error());
  if (const auto why = options_.moves_doubted()) {
    return fail(ErrorCode::forbidden, "a move proves nothing: " + *why);
  }
  auto approve = std::make_shared<approval::ApproveByMove>();
  approve->set_digest(standing.marks.digest);
  approve->set_owner(options_.owner);
  *approve->mutable_move() = *move;
  runtime::Command command;
  command.entity = {.kind = approval_kind, .id = standing.id};
  command.body = std::move(approve);
  command.key = key_of({"approve\n", std::to_string(standing.sequence), "\n", standing.id});
  command.if_match = standing.sequence;
  // No call from outside has this scope.
  command.caller.principal = options_.owner;
  command.caller.scopes = {SCOPE_HOST};
  const auto answer = node_.call(std::move(command), options_.call_timeout);
  if (!answer) return std::unexpected(answer.error());
  return {};
}

Result<void> Intake::reject(const Standing& standing) {
  auto reject = std::make_shared<approval::Reject>();
  reject->set_reason("moved to Rejected/ in the vault of " + options_.owner);
  const auto key = key_of({"reject\n", std::to_string(standing.sequence), "\n", standing.id});
  const auto answer = call(standing.id, std::move(reject), key, standing.sequence);
  if (!answer) return std::unexpected(answer.error());
  return show(standing.id);
}

Result<runtime::Answer> Intake::call(const std::string& id,
                                     std::shared_ptr<const google::protobuf::Message> body,
                                     std::string key, std::optional<std::uint64_t> if_match) {
  runtime::Command command;
  command.entity = {.kind = approval_kind, .id = id};
  command.body = std::move(body);
  command.key = std::move(key);
  command.if_match = if_match;
  command.caller.principal = vault_principal;
  command.caller.scopes = {SCOPE_READ, SCOPE_PROPOSE, SCOPE_OPERATE};
  return node_.call(std::move(command), options_.call_timeout);
}

Result<void> Intake::show(const std::string& id) {
  auto standing = read_standing(node_, id);
  if (!standing) return std::unexpected(standing.error());
  if (!*standing) return {};
  learn(**standing);
  return projector_.project(**standing, true);
}

Result<void> Intake::show_taken(const std::string& id, const FileText& file, const Draft& draft) {
  const auto standing = read_standing(node_, id);
  if (standing && *standing) {
    const auto& all = (*standing)->revisions;
    const auto became = std::ranges::find_if(
        all.rbegin(), all.rend(), [&](const auto& one) { return same_content(draft, one); });
    if (became != all.rend()) {
      taken_[id] = {.bytes = sha256(file.text), .digest = to_hex(became->digest())};
    }
  }
  return show(id);
}

void Intake::tell(const std::string& path, const Error& error, std::string_view content) {
  errors_.record(node_.clock().now(), path, error.message(), content);
}

}  // namespace nightshift::bridges::vault
