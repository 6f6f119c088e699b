// A permission's part of the canonical content.
#include "actors/approval/permission.hpp"

namespace nightshift::actors {

Permission permission_of(const approval::Proposal& proposal) {
  const auto& permission = proposal.action().permission();
  return {.title = proposal.title(),
          .note = proposal.body(),
          .asker = proposal.requester(),
          .tool = permission.tool(),
          .use = permission.use(),
          .input = permission.input()};
}

void add_permission(Canonical& content, const Permission& permission) {
  content.add("title", permission.title);
  if (!permission.note.empty()) content.add("note", permission.note);
  content.add("asker", permission.asker);
  content.add("tool", permission.tool);
  if (!permission.use.empty()) content.add("use", permission.use);
  content.add("input", permission.input);
}

Result<Permission> read_permission(const Canonical& content) {
  const auto value = [&](std::string_view name) {
    return std::string(content.find(name).value_or(""));
  };
  if (!content.find("tool") || !content.find("input") || !content.find("asker")) {
    return fail(ErrorCode::corrupt, "the content does not say who may use which tool", "tool");
  }
  return Permission{.title = value("title"),
                    .note = value("note"),
                    .asker = value("asker"),
                    .tool = value("tool"),
                    .use = value("use"),
                    .input = value("input")};
}

}  // namespace nightshift::actors
