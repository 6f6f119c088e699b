// Stems of drafts.
#include "actors/task/draft_id.hpp"

#include <algorithm>
#include <array>

#include "messages/crypto.hpp"

namespace nightshift::actors {
namespace {

constexpr std::size_t id_bytes_max = 120;
constexpr std::size_t hash_digits = 8;

/// The longest of those that begin alike comes first.
constexpr std::array<std::string_view, 20> stems{
    "EMAIL_DRAFT_",
    "EMAIL_REPLY_",
    "EMAIL_",
    "LINKEDIN_POST_",
    "LINKEDIN_",
    "SOCIAL_POST_FACEBOOK_",
    "SOCIAL_POST_INSTAGRAM_",
    "SOCIAL_POST_X_",
    "SOCIAL_POST_",
    "SOCIAL_",
    "FACEBOOK_",
    "INSTAGRAM_",
    "X_",
    "WHATSAPP_REPLY_",
    "WHATSAPP_",
    "ODOO_DRAFT_INVOICE_",
    "ODOO_POST_INVOICE_",
    "ODOO_PAYMENT_",
    "ODOO_",
    "INVOICE_",
};

std::string lower(std::string_view text) {
  std::string out(text);
  std::ranges::transform(out, out.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
  });
  return out;
}

std::string_view odoo_stem(const std::string& type) {
  if (type.contains("payment")) return "ODOO_PAYMENT_";
  if (type.contains("post")) return "ODOO_POST_INVOICE_";
  return "ODOO_DRAFT_INVOICE_";
}

std::string_view stem_of(Channel channel, const std::string& type) {
  switch (channel) {
    case CHANNEL_LINKEDIN: return "LINKEDIN_POST_";
    case CHANNEL_WHATSAPP: return "WHATSAPP_REPLY_";
    case CHANNEL_ODOO: return odoo_stem(type);
    case CHANNEL_FACEBOOK: return "SOCIAL_POST_FACEBOOK_";
    case CHANNEL_INSTAGRAM: return "SOCIAL_POST_INSTAGRAM_";
    case CHANNEL_X: return "SOCIAL_POST_X_";
    default: return type.contains("reply") ? "EMAIL_REPLY_" : "EMAIL_DRAFT_";
  }
}

std::string_view without_stem(std::string_view task) {
  for (const auto stem : stems) {
    if (task.starts_with(stem) && task.size() > stem.size()) return task.substr(stem.size());
  }
  return task;
}

}  // namespace

std::string draft_id(Channel channel, std::string_view type, std::string_view task,
                     std::uint32_t n) {
  auto id = std::string(stem_of(channel, lower(type))) + std::string(without_stem(task));
  if (n > 1) id += "-" + std::to_string(n);
  if (id.size() <= id_bytes_max) return id;
  const auto hash = to_hex(as_bytes(sha256(id))).substr(0, hash_digits);
  return id.substr(0, id_bytes_max - hash_digits - 1) + "-" + hash;
}

}  // namespace nightshift::actors
