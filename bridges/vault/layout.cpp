// Tables of folders, categories and channels.
#include "bridges/vault/layout.hpp"

#include <algorithm>
#include <cctype>

namespace nightshift::bridges::vault {
namespace {

using approval::CATEGORY_EMAIL;
using approval::CATEGORY_LINKEDIN;
using approval::CATEGORY_ODOO;
using approval::CATEGORY_SOCIAL;
using approval::CATEGORY_WHATSAPP;

constexpr std::array<Channel, 8> channels{{
    {"email", CATEGORY_EMAIL, 0},
    {"linkedin", CATEGORY_LINKEDIN, 3'000},
    {"whatsapp", CATEGORY_WHATSAPP, 4'096},
    {"odoo", CATEGORY_ODOO, 0},
    {"facebook", CATEGORY_SOCIAL, 63'206},
    {"instagram", CATEGORY_SOCIAL, 2'200},
    {"x", CATEGORY_SOCIAL, 280},
    {"twitter", CATEGORY_SOCIAL, 280},
}};

std::string lower(std::string_view text) {
  std::string out(text);
  std::ranges::transform(out, out.begin(), [](unsigned char c) { return std::tolower(c); });
  return out;
}

}  // namespace

const std::array<std::string_view, 18> vault_folders{
    "Inbox",
    "Needs_Action",
    "Needs_Action/cloud",
    "In_Progress",
    "In_Progress/cloud",
    "In_Progress/local",
    "Pending_Approval",
    "Pending_Approval/Email",
    "Pending_Approval/LinkedIn",
    "Pending_Approval/WhatsApp",
    "Pending_Approval/Odoo",
    "Pending_Approval/Social",
    "Pending_Approval/Tools",
    "Approved",
    "Rejected",
    "Done",
    "Plans",
    "Logs",
};

std::string path_of(const CategoryFolder& category) {
  return std::string(pending_folder) + "/" + std::string(category.folder);
}

const CategoryFolder& folder_of(approval::Category category) {
  const auto* found = std::ranges::find(category_folders, category, &CategoryFolder::category);
  return found == category_folders.end() ? category_folders.front() : *found;
}

std::string place_of(std::string_view status, approval::Category category) {
  if (status == "pending") return path_of(folder_of(category));
  if (status == "approved" || status == "unknown") return std::string(approved_folder);
  if (status == "sent") return std::string(done_folder);
  if (status == "failed") return std::string(needs_action_folder);
  return std::string(rejected_folder);
}

bool is_settled(std::string_view status) {
  return status != "pending" && status != "approved" && status != "unknown";
}

std::optional<Channel> find_channel(std::string_view word) {
  const auto* found = std::ranges::find(channels, lower(word), &Channel::word);
  if (found == channels.end()) return std::nullopt;
  return *found;
}

std::optional<Channel> channel_of_stem(std::string_view stem) {
  while (!stem.empty()) {
    const auto end = std::min(stem.find_first_of("_-. "), stem.size());
    if (const auto channel = find_channel(stem.substr(0, end))) return channel;
    stem.remove_prefix(std::min(end + 1, stem.size()));
  }
  return std::nullopt;
}

}  // namespace nightshift::bridges::vault
