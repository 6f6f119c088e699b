// Keys by the beginnings that their makers gave them.
#include "bridges/git/secret_scan.hpp"

#include <algorithm>
#include <array>

namespace nightshift::bridges::git {
namespace {

/// `begin`, and at least `more` characters of a token after it.
struct Form {
  std::string_view begin;
  std::size_t more;
  std::string_view what;
};

constexpr std::array<Form, 19> forms{{
    {"AKIA", 16, "a key of Amazon Web Services"},
    {"ASIA", 16, "a key of Amazon Web Services"},
    {"sk-ant-", 20, "a key of Anthropic"},
    {"sk-proj-", 20, "a key of OpenAI"},
    {"ghp_", 30, "a token of GitHub"},
    {"gho_", 30, "a token of GitHub"},
    {"ghs_", 30, "a token of GitHub"},
    {"ghu_", 30, "a token of GitHub"},
    {"github_pat_", 30, "a token of GitHub"},
    {"glpat-", 20, "a token of GitLab"},
    {"xoxb-", 20, "a token of Slack"},
    {"xoxp-", 20, "a token of Slack"},
    {"xoxa-", 20, "a token of Slack"},
    {"AIza", 35, "a key of Google"},
    {"ya29.", 30, "a token of Google"},
    {"sk_live_", 20, "a key of Stripe"},
    {"rk_live_", 20, "a key of Stripe"},
    {"SG.", 60, "a key of SendGrid"},
    {"whsec_", 24, "a secret of a webhook"},
}};

bool is_token(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
         c == '-' || c == '.';
}

bool is_private_key(std::string_view line) {
  const auto begin = line.find("-----BEGIN ");
  return begin != std::string_view::npos &&
         line.substr(begin).find("PRIVATE KEY") != std::string_view::npos;
}

std::optional<std::string_view> form_in(std::string_view line) {
  for (const auto& form : forms) {
    for (auto at = line.find(form.begin); at != std::string_view::npos;
         at = line.find(form.begin, at + 1)) {
      if (at > 0 && is_token(line[at - 1])) continue;
      const auto rest = line.substr(at + form.begin.size());
      const auto* const end = std::ranges::find_if_not(rest, is_token);
      if (static_cast<std::size_t>(end - rest.begin()) >= form.more) return form.what;
    }
  }
  return std::nullopt;
}

}  // namespace

std::optional<Secret> find_secret(std::string_view bytes) {
  std::size_t number = 1;
  for (std::size_t begin = 0; begin < bytes.size(); ++number) {
    const auto end = std::min(bytes.find('\n', begin), bytes.size());
    const auto line = bytes.substr(begin, end - begin);
    if (is_private_key(line)) return Secret{"a private key", number};
    if (const auto what = form_in(line)) return Secret{*what, number};
    begin = end + 1;
  }
  return std::nullopt;
}

std::string_view pre_commit_hook() {
  return R"hook(#!/bin/sh
# Refuses to commit keys, sessions and backups. Installed by Nightshift (sync init).
names='(^|/)(\.env(\..*)?|credentials\.json|\.whatsapp_session)$'
endings='\.(session|pem|key|log|sqlite)$'
folders='(^|/)(\.secrets|node_modules|__pycache__|\.next|odoo_backups)/'
keys='-----BEGIN .*PRIVATE KEY|AKIA[0-9A-Z]{16}|sk-ant-[A-Za-z0-9_-]{20}|sk-proj-[A-Za-z0-9_-]{20}'
keys="$keys|gh[opsu]_[A-Za-z0-9]{30}|github_pat_[A-Za-z0-9_]{30}|glpat-[A-Za-z0-9_-]{20}"
keys="$keys|xox[abp]-[A-Za-z0-9-]{20}|AIza[A-Za-z0-9_-]{35}|[sr]k_live_[A-Za-z0-9]{20}"
keys="$keys|whsec_[A-Za-z0-9+/=]{24}"
found=$(git diff --cached --name-only --diff-filter=ACMR | 
  grep -iE -e "$names" -e "$endings" -e "$folders")
if [ -n "$found" ]; then
  printf 'not committed, these files must stay on this machine:\n%s\n' "$found" >&2
  exit 1
fi
found=$(git diff --cached --diff-filter=ACMR -U0 | grep -E '^\+' | grep -cE -e "$keys")
if [ "$found" -gt 0 ]; then
  printf 'not committed, %s lines hold a key or a token\n' "$found" >&2
  exit 1
fi
)hook";
}

}  // namespace nightshift::bridges::git
