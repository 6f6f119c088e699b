// Compares a file in `Approved/` with the one that waited.
#include "bridges/vault/moves.hpp"

namespace nightshift::bridges::vault {
namespace {

/// Of moves that nobody asked about: then they are forgotten, and count no longer.
constexpr std::size_t moves_max = 16'384;

std::unexpected<Error> does_not_count(std::string why) {
  return fail(ErrorCode::forbidden, std::move(why));
}

}  // namespace

void Moves::look_at(const Standing& standing, const std::string& path, const FileText& file,
                    const Draft& draft) {
  if (path != standing.place() + "/" + standing.file_name()) return;
  const auto& marks = draft.marks;
  const bool is_marked = marks.id == standing.id && marks.status == standing.status &&
                         marks.digest == standing.marks.digest;
  if (standing.status != "pending" || !is_marked || !same_content(draft, standing.current())) {
    seen_.erase(standing.id);
    return;
  }
  seen_[standing.id] = {.path = path,
                        .stamp = file.stamp,
                        .bytes = sha256(file.text),
                        .digest = standing.marks.digest};
}

void Moves::hear(const News::Rename& rename) {
  if (came_from_.size() >= moves_max) came_from_.clear();
  came_from_.erase(rename.from);
  if (!rename.to.empty()) came_from_[rename.to] = rename.from;
}

void Moves::forget_moves() { came_from_.clear(); }

void Moves::forget(const std::string& id) {
  const auto seen = seen_.find(id);
  if (seen == seen_.end()) return;
  std::erase_if(came_from_, [&](const auto& move) { return move.second == seen->second.path; });
  seen_.erase(seen);
}

void Moves::forget_all() {
  seen_.clear();
  came_from_.clear();
}

Result<Move> Moves::witness(const Standing& standing, const FoundFile& found) const {
  const std::string path = found.folder + "/" + standing.file_name();
  const auto seen = seen_.find(standing.id);
  if (seen == seen_.end()) {
    return does_not_count("the node had not looked at the file since it waits");
  }
  const auto [before, stamp, bytes, digest] = seen->second;
  const auto move = came_from_.find(path);
  if (move == came_from_.end() || move->second != before) {
    return does_not_count("the file did not come from " + before +
                          " in one step while the node looked on, but by a copy, a program or a "
                          "merge, or while the node was down");
  }
  const bool same_file = found.file.stamp == stamp && sha256(found.file.text) == bytes;
  if (!same_file) return does_not_count("it is not the file that waited, or it was changed");
  if (digest != standing.marks.digest || !same_content(found.draft, standing.current())) {
    return does_not_count(
        "it was edited before it was moved, and does not show what would be sent");
  }
  // Who has read an earlier revision need not have seen that another stands there now.
  const bool is_from_a_file = standing.taken && standing.taken->digest == standing.marks.digest;
  if (standing.revisions.size() > 1 && !is_from_a_file) {
    return does_not_count("it was edited elsewhere than in its file since it waits");
  }
  Move witnessed;
  witnessed.set_from(before);
  witnessed.set_to(path);
  witnessed.set_inode(stamp.inode);
  witnessed.set_bytes_sha256(to_hex(as_bytes(bytes)));
  return witnessed;
}

}  // namespace nightshift::bridges::vault
