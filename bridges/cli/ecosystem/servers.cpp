// Reads them, a field at a time.
#include "bridges/cli/ecosystem/servers.hpp"

#include <algorithm>

#include "messages/ids.hpp"
#include "messages/mcp_words.hpp"
#include "messages/process_words.hpp"

namespace nightshift::bridges::cli::ecosystem {
namespace {

constexpr std::size_t servers_max = 1'000;

/// A text with what stood in it for variables.
struct Expanded {
  std::string text;
  /// One of them looks like a secret.
  std::string secret;
};

/// One server under way.
class Reader {
 public:
  Reader(Servers& all, const std::map<std::string, std::string>& variables, std::string id)
      : all_(all), variables_(variables), id_(std::move(id)) {}

  void read(const Json& said, const std::filesystem::path& folder) {
    if (!said.is_object()) return wrong("", "it must be an object with a command or a url");
    const auto type = said.value("type", Json(said.contains("url") ? "http" : "stdio"));
    if (type == "sse") {
      return wrong("type",
                   "HTTP with SSE of 2024 is not spoken here; give the address of its "
                   "Streamable HTTP and the type http");
    }
    for (const auto& [field, value] : said.items()) take(field, value);
    if (!config_.command().empty()) config_.set_cwd(folder.string());
    if (failed_) return;
    if (auto good = check_mcp_config(config_); !good) {
      return wrong(good.error().instance, good.error().detail);
    }
    all_.servers.push_back({id_, config_});
  }

 private:
  void take(const std::string& field, const Json& value) {
    if (field == "type") return;
    if (field == "command")
      return take_open(field, value,
                       [this](std::string text) { config_.set_command(std::move(text)); });
    if (field == "url")
      return take_open(field, value,
                       [this](std::string text) { config_.set_url(std::move(text)); });
    if (field == "args") {
      if (!value.is_array()) return wrong(field, "it must be a list of texts");
      for (const auto& item : value) {
        take_open(field, item, [this](std::string text) { config_.add_args(std::move(text)); });
      }
      return;
    }
    if (field == "env") return take_each(field, value, &Reader::take_variable);
    if (field == "headers") return take_each(field, value, &Reader::take_header);
    remark(Remark::Weight::left_out, field, "it has no counterpart here");
  }

  void take_each(const std::string& field, const Json& value,
                 void (Reader::*take_one)(const std::string&, const Expanded&)) {
    if (!value.is_object()) return wrong(field, "it must be an object of texts");
    for (const auto& [name, text] : value.items()) {
      if (!text.is_string()) {
        wrong(field, name + " must be a text");
      } else if (const auto expanded = expand(field, text.get<std::string>())) {
        (this->*take_one)(name, *expanded);
      }
    }
  }

  /// What everybody on the machine may see.
  template <class Set>
  void take_open(const std::string& field, const Json& value, Set set) {
    if (!value.is_string()) return wrong(field, "it must be a text");
    const auto expanded = expand(field, value.get<std::string>());
    if (!expanded) return;
    if (!expanded->secret.empty()) {
      return wrong(field, "${" + expanded->secret +
                              "} looks like a secret, and would be journaled; hand it over by env "
                              "or headers");
    }
    set(expanded->text);
  }

  void take_variable(const std::string& name, const Expanded& value) {
    if (value.secret.empty() && !names_a_secret(name)) {
      config_.add_env(name + "=" + value.text);
      return;
    }
    config_.add_secrets(name + "=sealed:" + seal(name, value.text));
  }

  void take_header(const std::string& name, const Expanded& value) {
    auto plain = name;
    std::ranges::replace(plain, '-', '_');
    const bool is_secret = !value.secret.empty() || names_a_secret(plain) ||
                           name == "Authorization" || name == "authorization";
    if (!is_secret) {
      config_.add_headers(name + ": " + value.text);
      return;
    }
    const auto blank = value.text.rfind(' ');
    const auto scheme = blank == std::string::npos ? "" : value.text.substr(0, blank + 1);
    const auto secret = value.text.substr(scheme.size());
    config_.add_secret_headers(name + ": " + scheme + "sealed:" + seal(name, secret));
  }

  std::string seal(const std::string& name, const std::string& value) {
    auto sealed = "mcp." + id_ + "." + name;
    all_.secrets[sealed] = value;
    return sealed;
  }

  std::optional<Expanded> expand(const std::string& field, const std::string& text) {
    Expanded expanded;
    std::size_t at = 0;
    while (true) {
      const auto begin = text.find("${", at);
      const auto end = begin == text.npos ? begin : text.find('}', begin);
      expanded.text +=
          text.substr(at, begin == text.npos || end == text.npos ? text.npos : begin - at);
      if (begin == text.npos || end == text.npos) return expanded;
      const auto inside = text.substr(begin + 2, end - begin - 2);
      const auto dash = inside.find(":-");
      const auto name = inside.substr(0, dash);
      const auto known = variables_.find(name);
      if (known != variables_.end()) {
        expanded.text += known->second;
      } else if (dash != inside.npos) {
        expanded.text += inside.substr(dash + 2);
      } else {
        wrong(field, "there is no variable " + name + " here; set it and import again");
        return std::nullopt;
      }
      if (names_a_secret(name)) expanded.secret = name;
      at = end + 1;
    }
  }

  void remark(Remark::Weight weight, const std::string& field, const std::string& text) {
    all_.remarks.push_back({weight, id_, field, text});
  }
  void wrong(const std::string& field, const std::string& text) {
    failed_ = true;
    remark(Remark::Weight::wrong, field, text);
  }

  Servers& all_;
  const std::map<std::string, std::string>& variables_;
  const std::string id_;
  McpServerConfig config_;
  bool failed_ = false;
};

}  // namespace

bool Servers::usable() const {
  return std::ranges::none_of(
      remarks, [](const Remark& remark) { return remark.weight == Remark::Weight::wrong; });
}

bool holds_servers(const Json& document) {
  return document.is_object() && document.contains("mcpServers");
}

Servers translate_servers(const Json& document, const std::map<std::string, std::string>& variables,
                          const std::filesystem::path& folder) {
  Servers all;
  const auto refuse = [&all](const std::string& app, const std::string& text) {
    all.remarks.push_back({Remark::Weight::wrong, app, "mcpServers", text});
  };
  const auto& servers = document.at("mcpServers");
  if (!servers.is_object() || servers.size() > servers_max) {
    refuse("", "it must be an object of at most " + std::to_string(servers_max) + " servers");
    return all;
  }
  for (const auto& [name, said] : servers.items()) {
    if (is_id(name)) {
      Reader(all, variables, name).read(said, folder);
    } else {
      refuse(name, "a name is made of letters, digits, '.', '_' and '-'; rename it");
    }
  }
  return all;
}

}  // namespace nightshift::bridges::cli::ecosystem
