// Reads sizes, durations and command lines.
#include "bridges/cli/ecosystem/values.hpp"

#include <array>
#include <charconv>
#include <cmath>

namespace nightshift::bridges::cli::ecosystem {
namespace {

/// Whole numbers stay exact in a double up to here.
constexpr double whole_max = 9007199254740992.0;

struct Unit {
  std::string_view word;
  double factor;
};
constexpr std::array<Unit, 10> byte_units{{{"", 1},
                                           {"B", 1},
                                           {"K", 1024},
                                           {"KB", 1024},
                                           {"M", 1048576},
                                           {"MB", 1048576},
                                           {"G", 1073741824},
                                           {"GB", 1073741824},
                                           {"k", 1024},
                                           {"m", 1048576}}};
constexpr std::array<Unit, 5> time_units{
    {{"", 1}, {"ms", 1}, {"s", 1000}, {"m", 60000}, {"h", 3600000}}};

std::optional<std::uint64_t> whole(double number) {
  if (!std::isfinite(number) || number < 0 || number > whole_max) return std::nullopt;
  return static_cast<std::uint64_t>(std::llround(number));
}

std::optional<std::uint64_t> read_measure(const Json& value, std::span<const Unit> units) {
  if (value.is_number()) return whole(value.get<double>());
  if (!value.is_string()) return std::nullopt;
  const auto& text = value.get_ref<const std::string&>();
  double number = 0;
  const auto* last = text.data() + text.size();
  const auto [end, error] = std::from_chars(text.data(), last, number, std::chars_format::fixed);
  if (error != std::errc()) return std::nullopt;
  const auto* begin = end;
  while (begin != last && *begin == ' ') ++begin;
  for (const auto& unit : units) {
    if (std::string_view(begin, last) == unit.word) return whole(number * unit.factor);
  }
  return std::nullopt;
}

}  // namespace

std::string name_of(const Json& value) {
  switch (value.type()) {
    case Json::value_t::null: return "null";
    case Json::value_t::object:
      if (value.size() == 1 && value.contains(foreign_field)) {
        const auto& what = value.at(foreign_field);
        return what.is_string() ? "a " + what.get<std::string>().substr(0, 40) : "an object";
      }
      return "an object";
    case Json::value_t::array: return "a list";
    case Json::value_t::string:
      return "the text \"" + value.get<std::string>().substr(0, 80) + "\"";
    case Json::value_t::boolean: return value.get<bool>() ? "true" : "false";
    default: return "the number " + value.dump();
  }
}

std::optional<std::uint64_t> read_count(const Json& value) {
  constexpr std::array<Unit, 1> none{{{"", 1}}};
  const auto number = read_measure(value, none);
  const bool broken = value.is_number_float() && std::floor(value.get<double>()) != value;
  return broken ? std::nullopt : number;
}

std::optional<std::uint64_t> read_bytes(const Json& value) {
  return read_measure(value, byte_units);
}

std::optional<std::uint64_t> read_milliseconds(const Json& value) {
  return read_measure(value, time_units);
}

std::optional<std::vector<std::string>> split_words(std::string_view line) {
  std::vector<std::string> words;
  std::string word;
  bool open = false;
  char quote = 0;
  for (std::size_t i = 0; i < line.size(); ++i) {
    const char c = line[i];
    const bool escapes = c == '\\' && quote != '\'' && i + 1 < line.size();
    if (escapes && (quote == 0 || line[i + 1] == '"' || line[i + 1] == '\\')) {
      word += line[++i];
      open = true;
    } else if (quote != 0) {
      if (c == quote)
        quote = 0;
      else
        word += c;
    } else if (c == '"' || c == '\'') {
      quote = c;
      open = true;
    } else if (c == ' ' || c == '\t' || c == '\n' || c == '\r') {
      if (open) words.push_back(std::move(word));
      word.clear();
      open = false;
    } else {
      word += c;
      open = true;
    }
  }
  if (quote != 0) return std::nullopt;
  if (open) words.push_back(std::move(word));
  return words;
}

std::optional<std::string> read_variable(const Json& value) {
  if (value.is_string()) return value.get<std::string>();
  if (value.is_number() || value.is_boolean()) return value.dump();
  return std::nullopt;
}

}  // namespace nightshift::bridges::cli::ecosystem
