// Explores a kind and writes its tables.
#include "tests/support/lifecycle.hpp"

#include <algorithm>

#include "tests/support/wanderer.hpp"

namespace nightshift::tests {
namespace {

constexpr std::uint64_t walks = 3000;
constexpr int steps = 40;

std::string padded(std::string text, std::size_t width) {
  text.append(width > text.size() ? width - text.size() : 0, ' ');
  return text;
}

std::size_t width_of(const auto& infos) {
  std::size_t width = 0;
  for (const auto& info : infos) width = std::max(width, info.name.size());
  return width;
}

template <class Infos, class HasCell>
std::string matrix(const kernel::Kind& kind, const std::string& title, const Infos& columns,
                   HasCell has_cell) {
  const auto first = std::max(title.size(), width_of(kind.phases())) + 2;
  const auto trimmed = [](const std::string& line) {
    return line.substr(0, line.find_last_not_of(' ') + 1) + "\n";
  };
  std::string head = padded(title, first);
  for (const auto& column : columns) head += padded(column.name, column.name.size() + 2);
  auto text = trimmed(head);
  for (std::size_t p = 0; p < kind.phases().size(); ++p) {
    std::string line = padded(kind.phases()[p].name, first);
    for (std::size_t c = 0; c < columns.size(); ++c) {
      line += padded(has_cell(p, c) ? "x" : ".", columns[c].name.size() + 2);
    }
    text += trimmed(line);
  }
  return text;
}

std::string listed(const std::set<std::string>& names) {
  std::string text;
  for (const auto& name : names) text += (text.empty() ? "`" : ", `") + name + "`";
  return text.empty() ? "-" : text;
}

std::string diagram(const kernel::Kind& kind, const Lifecycle& lifecycle) {
  const auto& absent = kind.phases().front().name;
  std::string text = "```mermaid\nstateDiagram-v2\n";
  for (const auto& [cell, targets] : lifecycle.transitions) {
    const auto from = cell.first == absent ? "[*]" : cell.first;
    for (const auto& to : targets) text += "  " + from + " --> " + to + " : " + cell.second + "\n";
  }
  return text + "```\n";
}

std::string phase_table(const kernel::Kind& kind, const Lifecycle& lifecycle) {
  std::string text = "| phase | status | event | leads to |\n|---|---|---|---|\n";
  for (const auto& phase : kind.phases()) {
    bool leaves = false;
    for (const auto& [cell, targets] : lifecycle.transitions) {
      if (cell.first != phase.name) continue;
      text += "| `" + phase.name + "` | " + phase.status + " | `" + cell.second + "` | " +
              listed(targets) + " |\n";
      leaves = true;
    }
    if (!leaves) text += "| `" + phase.name + "` | " + phase.status + " | - | - |\n";
  }
  return text;
}

std::string command_table(const kernel::Kind& kind, const Lifecycle& lifecycle) {
  std::string text = "| command | in phase | leads to | may be refused as |\n|---|---|---|---|\n";
  for (const auto& command : kind.commands()) {
    for (std::size_t p = 0; p < kind.phases().size(); ++p) {
      const auto column = static_cast<std::size_t>(&command - kind.commands().data());
      const auto found = lifecycle.answers.find({kind.phases()[p].name, command.name});
      if (!kind.decides(p, column) || found == lifecycle.answers.end()) continue;
      text += "| `" + command.word + "` | `" + kind.phases()[p].name + "` | " +
              listed(found->second.events) + " | " + listed(found->second.refusals) + " |\n";
    }
  }
  return text;
}

}  // namespace

Lifecycle explore(const kernel::Kind& kind) {
  Lifecycle lifecycle;
  const auto seen = [&lifecycle](const Step& step) {
    const bool silent = step.event.starts_with("host.") && step.after == step.phase;
    if (!step.event.empty() && !silent) {
      lifecycle.transitions[{step.phase, step.event}].insert(step.after);
    }
    if (step.command.empty()) return;
    auto& answers = lifecycle.answers[{step.phase, step.command}];
    if (!step.event.empty()) answers.events.insert(step.event);
    if (!step.refusal.empty()) answers.refusals.insert(step.refusal);
  };
  for (std::uint64_t seed = 1; seed <= walks; ++seed) {
    Wanderer wanderer(kind, seed, seen);
    for (int i = 0; i < steps; ++i) wanderer.step();
  }
  return lifecycle;
}

std::vector<std::string> unreached_cells(const kernel::Kind& kind, const Lifecycle& lifecycle) {
  std::vector<std::string> missing;
  for (std::size_t p = 0; p < kind.phases().size(); ++p) {
    const auto& phase = kind.phases()[p].name;
    for (std::size_t c = 0; c < kind.commands().size(); ++c) {
      const auto& command = kind.commands()[c].name;
      const bool seen = lifecycle.answers.contains({phase, command});
      if (kind.decides(p, c) && !seen) missing.push_back(phase + " x " + command);
    }
    for (std::size_t e = 0; e < kind.events().size(); ++e) {
      const auto& event = kind.events()[e].name;
      const bool seen = lifecycle.transitions.contains({phase, event});
      if (kind.evolves(p, e) && !seen) missing.push_back(phase + " x " + event);
    }
  }
  return missing;
}

std::string matrices(const kernel::Kind& kind) {
  return matrix(kind, "decide", kind.commands(),
                [&kind](std::size_t p, std::size_t c) { return kind.decides(p, c); }) +
         "\n" + matrix(kind, "evolve", kind.events(), [&kind](std::size_t p, std::size_t e) {
           return kind.evolves(p, e);
         });
}

std::string lifecycle_page(const kernel::Kind& kind, const Lifecycle& lifecycle) {
  const auto name = std::string(kind.name());
  return "# Lifecycle of `" + name + "`\n\n" + std::string(kind.summary()) +
         "\n\nGenerated from the kind's cells and many random walks through them; do not edit "
         "(`UPDATE_GOLDEN=1\ntools/dev test` writes it anew).\n\n" +
         diagram(kind, lifecycle) + "\n## Phases\n\n" + phase_table(kind, lifecycle) +
         "\nAn event of the host (`host.`) that is not listed leaves its phase as it is.\n\n"
         "## Commands\n\n" +
         command_table(kind, lifecycle) +
         "\nA command in a phase that is not listed is refused as `wrong_phase`, or as `not_found` "
         "while there is\nnothing yet.\n";
}

}  // namespace nightshift::tests
