// Reads any text as front matter, and writes values and lines that must read back as themselves.
#include "bridges/vault/front_matter.hpp"
#include "bridges/vault/names.hpp"
#include "tests/fuzz/fuzzer.hpp"

namespace nightshift::fuzz {
namespace {

namespace vault = bridges::vault;

vault::FrontMatter must_parse(const std::string& yaml, std::string_view what) {
  auto fields = vault::parse_front_matter(yaml);
  require(fields.has_value(), std::string(what) + " cannot be read: " + yaml);
  return std::move(*fields);
}

void a_text_reads_back(std::string_view text) {
  const auto fields = must_parse("k: " + vault::yaml_text(text) + "\n", "a written text");
  require(vault::scalar(fields, "k").value_or("") == text, "a written text reads differently");
}

void a_list_reads_back(const std::vector<std::string>& items) {
  const auto fields = must_parse("k: " + vault::yaml_list(items) + "\n", "a written list");
  require(fields.at("k").texts == items, "a written list reads differently");
}

/// Lines that nobody changed keep their bytes; a key that was set is there, one that was removed
/// is not.
void lines_are_kept(std::string_view front_matter) {
  vault::FrontMatterLines lines(front_matter);
  require(lines.text() == front_matter, "unchanged lines differ");
  // A key that stands twice is refused by whoever reads it.
  if (lines.has("fuzz_key")) return;
  lines.set("fuzz_key", "1");
  lines.set("fuzz_key", "2");
  require(lines.has("fuzz_key"), "a key that was set is absent");
  lines.remove("fuzz_key");
  require(!lines.has("fuzz_key"), "a key that was removed is there");
  if (front_matter.ends_with('\n')) {
    require(lines.text() == front_matter, "a key that came and went left something");
  }
}

}  // namespace

void front_matter(std::string_view input) {
  if (!vault::is_text(input)) return;
  a_text_reads_back(input);
  const auto parts = vault::split(input);
  if (!parts) return require(!parts.error().detail.empty(), "an error says nothing");
  require(input.ends_with(parts->body), "the body is not the end of the file");
  lines_are_kept(parts->front_matter);
  const auto fields = vault::parse_front_matter(parts->front_matter);
  if (!fields) return require(!fields.error().detail.empty(), "an error says nothing");
  for (const auto& [key, value] : *fields) {
    a_text_reads_back(key);
    if (value.shape == vault::Value::Shape::list) a_list_reads_back(value.texts);
    if (value.shape == vault::Value::Shape::scalar) a_text_reads_back(value.texts.front());
  }
}

}  // namespace nightshift::fuzz

NIGHTSHIFT_FUZZER(front_matter)
