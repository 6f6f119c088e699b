// The files of drafts that are not proposed: on a node that only drafts, in `Needs_Action/cloud/`.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "bridges/vault/draft_standing.hpp"
#include "bridges/vault/errors_log.hpp"
#include "bridges/vault/files.hpp"
#include "bridges/vault/missing.hpp"
#include "bridges/vault/projection.hpp"
#include "bridges/vault/reception.hpp"

namespace nightshift::bridges::vault {

/// Once a draft is proposed, the file of its approval stands for it. Not thread-safe.
class DraftFiles final : public Projection, public Taker {
 public:
  struct Options {
    std::string owner;
    std::chrono::milliseconds stable_for{0};
    std::chrono::milliseconds call_timeout{30'000};
  };

  DraftFiles(runtime::Node& node, const Folder& root, ErrorsLog& errors, Options options)
      : node_(node),
        root_(root),
        errors_(errors),
        options_(std::move(options)),
        missing_(options_.stable_for) {}

  Result<void> begin() override;
  void see(const runtime::EventView& event) override;
  bool catch_up(const Stop& stop) override;

  std::vector<std::string> folders() const override;
  std::vector<Result<void>> take(const std::vector<Arrived>& files) override;
  void miss(const std::string& path) override;

  /// False while a file is missed.
  bool is_settled() const { return missing_.is_empty(); }

  /// Files of refused drafts lie among those of tasks, whose taker hands them on.
  bool is_of_refused(const std::string& id) const;
  /// A file under another name that says it is a draft's: true if it was put back where that has
  /// none. Error `invalid` where it is a copy, which must not become a task by itself.
  Result<bool> settle_stray(const Arrived& arrived, const Marks& marks);

  /// A draft whose file was moved to `Rejected/` is discarded; else its file comes back. Answers
  /// when to look again, if something is gone.
  std::optional<Missing::Moment> look_for_missing(bool calm);

 private:
  struct Found {
    std::string folder;
    FileText file;
    Draft draft;
  };

  /// Empty where it has no file of its own.
  std::string place_of(const DraftStanding& draft) const;
  std::optional<Found> find(const DraftStanding& draft) const;
  Result<void> project(const std::string& id);
  Result<void> bring(const DraftStanding& draft, const Found& found);
  Result<void> put_away(const DraftStanding& draft, const Found& found);
  Result<void> take_one(const Arrived& arrived);
  Result<void> take_missing(const DraftStanding& draft);
  Result<void> send(const DraftStanding& draft,
                    std::shared_ptr<const google::protobuf::Message> body, std::string_view from);

  runtime::Node& node_;
  const Folder& root_;
  ErrorsLog& errors_;
  const Options options_;
  std::set<std::string> changed_;
  /// Drafts that may have had a file already: it can lie under another name by now, and is written
  /// anew only once it was missed for long enough.
  std::set<std::string> had_file_;
  Missing missing_;
};

}  // namespace nightshift::bridges::vault
