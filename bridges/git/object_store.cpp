// A backend in memory in front of the others, and a pack of exactly what is new in it.
#include "bridges/git/object_store.hpp"

#include <git2/sys/mempack.h>
#include <git2/sys/odb_backend.h>

#include <utility>

namespace nightshift::bridges::git {

Outcome<ObjectStore> ObjectStore::open(git_repository* repository) {
  Odb odb;
  git_odb_backend* waiting = nullptr;
  int code = git_repository_odb(into(odb), repository);
  if (code == 0) code = git_mempack_new(&waiting);
  if (code == 0) code = git_odb_add_backend(odb.get(), waiting, 999);
  if (code < 0) return std::unexpected(git_trouble("opening the objects", code));
  return ObjectStore(repository, std::move(odb), waiting);
}

ObjectStore::ObjectStore(ObjectStore&& other) noexcept
    : repository_(other.repository_),
      odb_(std::move(other.odb_)),
      waiting_(std::exchange(other.waiting_, nullptr)),
      fresh_(std::move(other.fresh_)) {}

ObjectStore::~ObjectStore() { drop(); }

Outcome<ObjectId> ObjectStore::add_blob(std::string_view bytes) {
  ObjectId id;
  const int code = git_odb_write(&id.raw, odb_.get(), bytes.data(), bytes.size(), GIT_OBJECT_BLOB);
  if (code < 0) return std::unexpected(git_trouble("writing a blob", code));
  wrote(id);
  return id;
}

void ObjectStore::wrote(const ObjectId& id) {
  if (waiting_->exists(waiting_, &id.raw) != 0) fresh_.push_back(id);
}

Outcome<void> ObjectStore::flush() {
  if (fresh_.empty()) return {};
  PackBuilder pack;
  int code = git_packbuilder_new(into(pack), repository_);
  if (code == 0) git_packbuilder_set_threads(pack.get(), 1);
  for (const auto& id : fresh_) {
    if (code == 0) code = git_packbuilder_insert(pack.get(), &id.raw, nullptr);
  }
  if (code == 0) code = git_packbuilder_write(pack.get(), nullptr, 0, nullptr, nullptr);
  if (code < 0) return std::unexpected(git_trouble("writing a pack", code));
  drop();
  code = git_odb_refresh(odb_.get());
  if (code < 0) return std::unexpected(git_trouble("reading the new pack", code));
  return {};
}

void ObjectStore::drop() {
  fresh_.clear();
  if (waiting_ != nullptr) git_mempack_reset(waiting_);
}

}  // namespace nightshift::bridges::git
