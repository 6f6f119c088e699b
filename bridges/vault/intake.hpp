// Files of people become commands: a new file a proposal, a changed one an edit, a moved one a
// request, or the owner's decision where the node lets moves decide. Nothing here decides for a
// person that something may be sent.
#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "bridges/vault/arrivals.hpp"
#include "bridges/vault/layout.hpp"
#include "bridges/vault/moves.hpp"
#include "bridges/vault/projector.hpp"
#include "bridges/vault/reception.hpp"
#include "runtime/node.hpp"

namespace nightshift::bridges::vault {

/// The principal in whose name the bridge proposes.
inline constexpr const char* vault_principal = "vault";

/// Takes the files of `Pending_Approval/`. Not thread-safe.
class Intake final : public Taker {
 public:
  struct Options {
    std::string owner;
    /// False for `decisions = "off"`: a move neither rejects nor asks, it is undone.
    bool moves_count = true;
    /// Set for `decisions = "move"`: what is known of moves, and why they prove nothing right now.
    Moves* moves = nullptr;
    std::function<std::optional<std::string>()> moves_doubted = {};
    /// What merges have put there.
    std::shared_ptr<Arrivals> arrivals = std::make_shared<Arrivals>();
    std::chrono::milliseconds stable_for{0};
    std::chrono::milliseconds call_timeout{30'000};
    /// What is under way ends early once this is true.
    std::function<bool()> stop;
  };
  /// Of the clock's `elapsed`.
  using Moment = std::chrono::microseconds;

  Intake(runtime::Node& node, const Folder& root, Projector& projector, ErrorsLog& errors,
         Options options)
      : node_(node),
        root_(root),
        projector_(projector),
        errors_(errors),
        options_(std::move(options)) {}

  std::vector<std::string> folders() const override;
  std::vector<Result<void>> take(const std::vector<Arrived>& files) override;
  /// `look_for_missing` finds it.
  void miss(const std::string&) override {}

  /// A waiting approval whose file is gone for a while was moved or removed by a person: takes
  /// that. `is_there` knows the paths of files, `calm` is that of `patience_with_missing`. Answers
  /// when to look again, if something is gone.
  std::optional<Moment> look_for_missing(
      const std::function<bool(const std::string& path)>& is_there, bool calm);

  /// A file under another name, or in a folder of tasks, that says it is an approval's: true if it
  /// was put back where that waits without one. Error `invalid` where it is a left-over that must
  /// not become a proposal or a task by itself.
  Result<bool> settle_stray(const Arrived& arrived, const Marks& marks);

  /// Learns that an approval waits, or no longer. Adds what was taken from its file: of use before
  /// a projection.
  void learn(Standing& standing);

 private:
  Result<void> take_one(const Arrived& arrived);
  Result<void> name_back(const Arrived& arrived, const Standing& standing);
  Result<void> propose(const Place& place, const FileText& file, const Draft& draft,
                       const std::string& id);
  Result<void> take_known(const Place& place, const std::string& folder, const FileText& file,
                          const Draft& draft, const Standing& standing);
  Result<void> edit(const Place& place, const FileText& file, const Draft& draft,
                    const Standing& standing);
  Result<void> renumber(const Place& place, const std::string& folder);
  bool is_missing(const std::string& path,
                  const std::function<bool(const std::string& path)>& is_there) const;
  void take_missing(const std::string& id);
  Result<void> take_move(const Standing& standing);
  Result<void> undo_merge(const Standing& standing, const FoundFile& file);
  Result<void> take_approval(const Standing& standing, const FoundFile& file);
  Result<void> approve(const Standing& standing, const FoundFile& file);
  Result<void> reject(const Standing& standing);

  Result<runtime::Answer> call(const std::string& id,
                               std::shared_ptr<const google::protobuf::Message> body,
                               std::string key, std::optional<std::uint64_t> if_match);
  Result<void> show(const std::string& id);
  /// The same, when one of the revisions was just taken from this file.
  Result<void> show_taken(const std::string& id, const FileText& file, const Draft& draft);
  void tell(const std::string& path, const Error& error, std::string_view content);

  runtime::Node& node_;
  const Folder& root_;
  Projector& projector_;
  ErrorsLog& errors_;
  Options options_;
  /// Path of the file of each pending approval, by id.
  std::map<std::string, std::string> waiting_;
  /// What the file of each pending approval last became, by id.
  std::map<std::string, Taken> taken_;
  /// Waiting approvals without a file, since when.
  std::map<std::string, Moment> missing_;
};

}  // namespace nightshift::bridges::vault
