// Reads YAML as JSON: the core schema's words and numbers, aliases and merge keys within bounds.
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/yaml.h>

#include <charconv>
#include <sstream>

#include "bridges/cli/ecosystem/document.hpp"
#include "messages/utf8.hpp"

namespace nightshift::bridges::cli::ecosystem {
namespace {

/// Why reading ended early.
struct Refused {
  const char* why;
};

/// Counts documents, and reads no second one. `YAML::LoadAll` never ends on some inputs that are
/// broken, and grows meanwhile.
class Documents final : public YAML::EventHandler {
 public:
  bool none() const { return count_ == 0; }

  void OnDocumentStart(const YAML::Mark&) override {
    if (++count_ > 1) throw Refused{"it has more than one YAML document"};
  }
  void OnDocumentEnd() override {}
  void OnNull(const YAML::Mark&, YAML::anchor_t) override {}
  void OnAlias(const YAML::Mark&, YAML::anchor_t) override {}
  void OnScalar(const YAML::Mark&, const std::string&, YAML::anchor_t,
                const std::string&) override {}
  void OnSequenceStart(const YAML::Mark&, const std::string&, YAML::anchor_t,
                       YAML::EmitterStyle::value) override {}
  void OnSequenceEnd() override {}
  void OnMapStart(const YAML::Mark&, const std::string&, YAML::anchor_t,
                  YAML::EmitterStyle::value) override {}
  void OnMapEnd() override {}

 private:
  int count_ = 0;
};

template <class Number>
std::optional<Number> number_of(const std::string& text) {
  Number number{};
  const auto* begin = text.data() + (text.starts_with('+') ? 1 : 0);
  const auto [end, error] = std::from_chars(begin, text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

/// A scalar without quotes means what it looks like.
Json plain(const std::string& text) {
  if (text.empty() || text == "~" || text == "null" || text == "Null" || text == "NULL") {
    return nullptr;
  }
  if (text == "true" || text == "True" || text == "TRUE") return true;
  if (text == "false" || text == "False" || text == "FALSE") return false;
  if (const auto whole = number_of<std::int64_t>(text)) return *whole;
  const bool numeric = text.find_first_not_of("+-.0123456789eE") == std::string::npos;
  if (const auto real = numeric ? number_of<double>(text) : std::nullopt) return *real;
  return text;
}

class Reader {
 public:
  Json read(const YAML::Node& node, int depth = 0) {
    if (depth > document_depth_max) throw Refused{"it nests too deep"};
    if (++values_ > document_values_max) throw Refused{"it has too many values"};
    switch (node.Type()) {
      case YAML::NodeType::Scalar:
        return node.Tag() == "?" || node.Tag().empty() ? plain(node.Scalar()) : Json(node.Scalar());
      case YAML::NodeType::Sequence: {
        Json list = Json::array();
        for (const auto& item : node) list.push_back(read(item, depth + 1));
        return list;
      }
      case YAML::NodeType::Map: return read_map(node, depth);
      default: return nullptr;
    }
  }

 private:
  Json read_map(const YAML::Node& node, int depth) {
    Json object = Json::object();
    std::vector<Json> merged;
    for (const auto& entry : node) {
      if (!entry.first.IsScalar()) throw Refused{"a key is not one word"};
      const auto& key = entry.first.Scalar();
      if (key == "<<") {
        merged.push_back(read(entry.second, depth + 1));
      } else {
        object[key] = read(entry.second, depth + 1);
      }
    }
    for (const auto& one : merged) merge(object, one);
    return object;
  }

  /// What is there already wins.
  static void merge(Json& object, const Json& from) {
    if (from.is_array()) {
      for (const auto& one : from) merge(object, one);
      return;
    }
    if (!from.is_object()) throw Refused{"<< wants a mapping"};
    for (const auto& [key, value] : from.items()) {
      if (!object.contains(key)) object[key] = value;
    }
  }

  std::size_t values_ = 0;
};

}  // namespace

Result<Json> read_yaml(std::string_view text) {
  if (utf8_prefix_bytes(text) != text.size()) return fail(ErrorCode::invalid, "it is not UTF-8");
  try {
    Documents documents;
    std::istringstream stream{std::string(text)};
    for (YAML::Parser parser(stream); parser.HandleNextDocument(documents);) continue;
    if (documents.none()) return fail(ErrorCode::invalid, "it has no YAML document");
    return Reader().read(YAML::Load(std::string(text)));
  } catch (const YAML::Exception& wrong) {
    return fail(ErrorCode::invalid, "it is not YAML: line " + std::to_string(wrong.mark.line + 1) +
                                        ": " + wrong.msg.substr(0, 200));
  } catch (const Refused& refused) {
    return fail(ErrorCode::invalid, std::string(refused.why) + "; is it a configuration?");
  }
}

}  // namespace nightshift::bridges::cli::ecosystem
