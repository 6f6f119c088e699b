// The folders of a vault, which category waits where, which status lies where, and how long a text
// each channel takes. The table is that of docs/formats/vault.md.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>

#include "messages/approval.pb.h"

namespace nightshift::bridges::vault {

inline constexpr std::string_view pending_folder = "Pending_Approval";
inline constexpr std::string_view approved_folder = "Approved";
inline constexpr std::string_view rejected_folder = "Rejected";
inline constexpr std::string_view done_folder = "Done";
inline constexpr std::string_view inbox_folder = "Inbox";
inline constexpr std::string_view needs_action_folder = "Needs_Action";
inline constexpr std::string_view cloud_drafts_folder = "Needs_Action/cloud";
inline constexpr std::string_view in_progress_cloud_folder = "In_Progress/cloud";
inline constexpr std::string_view in_progress_local_folder = "In_Progress/local";
inline constexpr std::string_view outbox_folder = "Outbox";

/// A category and its folder below `Pending_Approval/`; `word` is its usual channel.
struct CategoryFolder {
  approval::Category category;
  std::string_view folder;
  std::string_view word;
};

inline constexpr std::array<CategoryFolder, 6> category_folders{{
    {approval::CATEGORY_EMAIL, "Email", "email"},
    {approval::CATEGORY_LINKEDIN, "LinkedIn", "linkedin"},
    {approval::CATEGORY_WHATSAPP, "WhatsApp", "whatsapp"},
    {approval::CATEGORY_ODOO, "Odoo", "odoo"},
    {approval::CATEGORY_SOCIAL, "Social", "social"},
    {approval::CATEGORY_TOOL, "Tools", "tool"},
}};

/// Relative to the vault.
std::string path_of(const CategoryFolder& category);

/// The folder of a category; that of e-mail for a category of a later version.
const CategoryFolder& folder_of(approval::Category category);

/// Every folder that the bridge makes if it is absent, parents first, relative to the vault.
extern const std::array<std::string_view, 18> vault_folders;

/// Where the file of an approval with this status lies, relative to the vault:
/// `Pending_Approval/Email`, `Done`.
std::string place_of(std::string_view status, approval::Category category);

/// True for a status after which nothing more happens by itself: its file belongs to people.
bool is_settled(std::string_view status);

/// A network on which a text appears, and how many code points it takes there; 0 is no limit.
struct Channel {
  std::string_view word;
  approval::Category category;
  std::size_t code_points_max;
};

/// By its word, in any case: `x` and `twitter` are one.
std::optional<Channel> find_channel(std::string_view word);
/// The channel that a stem names: `SOCIAL_POST_FACEBOOK_...`.
std::optional<Channel> channel_of_stem(std::string_view stem);

}  // namespace nightshift::bridges::vault
