// Evaluates a configuration in node, in a sandbox.
#include "bridges/cli/ecosystem/javascript.hpp"

#include "bridges/cli/ecosystem/values.hpp"
#include "runtime/bounded_run.hpp"

namespace nightshift::bridges::cli::ecosystem {
namespace {

namespace fs = std::filesystem;
using runtime::BoundedAnswer;
using runtime::BoundedRun;
using runtime::find_program;
using runtime::run_bounded;

constexpr std::size_t words_shown = 2'000;

/// Answers on descriptor 3, so that what the configuration prints is in nobody's way. What JSON
/// would drop in silence is named in its place.
constexpr const char* evaluator = R"js('use strict';
const { writeSync } = require('node:fs');
const { pathToFileURL } = require('node:url');
const { stringify } = JSON;
const { toString } = Object.prototype;
const say = (answer) => {
  let bytes = Buffer.from(stringify(answer));
  while (bytes.length) bytes = bytes.subarray(writeSync(3, bytes));
  process.exit(0);
};
const missed = new Set();
process.env = new Proxy(process.env, {
  get(variables, name) {
    const known = typeof name !== 'string' || name in variables;
    if (!known && !/^(NODE_|WATCH_REPORT_)/.test(name)) missed.add(name);
    return variables[name];
  },
});
const named = (key, value) => {
  const tag = toString.call(value).slice(8, -1);
  if (tag === 'Number' && !Number.isFinite(value)) return { '\x01': String(value) };
  const plain = ['Undefined', 'Null', 'Number', 'String', 'Boolean', 'Array', 'Object', 'Module'];
  return plain.includes(tag) ? value : { '\x01': tag };
};
const failed = (error) => {
  const text = error && error.stack ? error.stack : error;
  say({ failed: String(text).split('\n').slice(0, 8).join('\n') });
};
process.on('uncaughtException', failed);
import(pathToFileURL(process.argv[1]))
  .then((loaded) => {
    const document = 'default' in loaded ? loaded.default : loaded;
    const text = stringify(document, named);
    if (text === undefined) throw new Error('it exports ' + typeof document);
    say({ document: JSON.parse(text), missed: [...missed].slice(0, 100) });
  })
  .catch(failed);
)js";

std::unexpected<Error> no_node(const fs::path& file) {
  const auto name = file.filename().string();
  return fail(ErrorCode::not_found,
              name +
                  " is JavaScript, and there is no node here to evaluate it; install it, or "
                  "import what \"node -p 'JSON.stringify(require(\\\"./" +
                  name + "\\\"))'\" prints elsewhere, as ecosystem.json",
              file.string());
}

std::unexpected<Error> no_sandbox(const fs::path& file, const std::string& why) {
  return fail(ErrorCode::not_found,
              file.filename().string() + " is JavaScript, and there is no sandbox for it: " + why +
                  "; install bubblewrap, or say --unconfined to evaluate it with all your rights",
              file.string());
}

void add(std::vector<std::string>& to, std::initializer_list<std::string> words) {
  to.insert(to.end(), words);
}

/// Programs and libraries, the folder of the file, and nothing else; no network, no other process.
std::vector<std::string> sandbox(const fs::path& bubblewrap, const fs::path& node,
                                 const fs::path& folder) {
  std::vector<std::string> words{bubblewrap, "--unshare-all", "--die-with-parent", "--new-session"};
  for (const auto* part : {"/usr", "/bin", "/lib", "/lib64", "/etc/ld.so.cache"}) {
    add(words, {"--ro-bind-try", part, part});
  }
  add(words, {"--proc", "/proc", "--dev", "/dev", "--tmpfs", "/tmp"});
  if (!node.string().starts_with("/usr/")) {
    const auto prefix = node.parent_path().parent_path().string();
    add(words, {"--ro-bind", prefix, prefix});
  }
  add(words, {"--ro-bind", folder, folder, "--chdir", folder, "--"});
  return words;
}

std::string tail_of(const std::string& said) {
  const auto text = said.size() > words_shown ? said.substr(said.size() - words_shown) : said;
  return text.empty() ? "it said nothing" : text;
}

Result<Evaluated> read_answer(const BoundedAnswer& run, const fs::path& file) {
  const auto name = file.filename().string();
  if (run.answer.empty() && run.said.starts_with("bwrap: ")) {
    return no_sandbox(file, tail_of(run.said));
  }
  if (run.answer.empty()) {
    return fail(ErrorCode::invalid,
                name + " ended with " + std::to_string(run.exit_code) +
                    " before it gave a configuration: " + tail_of(run.said),
                file.string());
  }
  const auto answer = read_json(run.answer);
  if (!answer || !answer->is_object()) {
    return fail(ErrorCode::invalid,
                name + ": " + (answer ? "it gives " + name_of(*answer) : answer.error().detail),
                file.string());
  }
  if (const auto failed = answer->find("failed"); failed != answer->end()) {
    const auto why = failed->is_string() ? failed->get<std::string>() : failed->dump();
    return fail(ErrorCode::invalid,
                name + " cannot be evaluated: " + why + "\nIt sees nothing outside of " +
                    file.parent_path().string() + "; with --unconfined it does",
                file.string());
  }
  Evaluated evaluated{answer->value("document", Json()), {}};
  for (const auto& missed : answer->value("missed", Json::array())) {
    if (missed.is_string()) evaluated.missed.push_back(missed.get<std::string>().substr(0, 128));
  }
  return evaluated;
}

}  // namespace

Result<Evaluated> evaluate_javascript(const Evaluation& evaluation) {
  const auto& file = evaluation.file;
  const auto found = find_program("node", evaluation.path);
  if (!found) return no_node(file);
  std::error_code failed;
  const auto node = fs::canonical(*found, failed);
  if (failed) return no_node(file);
  const auto folder = file.parent_path();
  BoundedRun run;
  run.time_max = evaluation.time_max;
  if (!evaluation.unconfined) {
    const auto bubblewrap = find_program("bwrap", evaluation.path);
    if (!bubblewrap) return no_sandbox(file, "bwrap is not in PATH");
    if (folder == folder.root_path()) {
      return fail(ErrorCode::invalid, "put " + file.string() + " into a folder of its own first",
                  file.string());
    }
    run.arguments = sandbox(*bubblewrap, node, folder);
  }
  add(run.arguments, {node, "--max-old-space-size=256", "-e", evaluator, "--", file.string()});
  run.environment = {"PATH=/usr/local/bin:/usr/bin:/bin", "HOME=" + evaluation.home,
                     "LANG=C.UTF-8"};
  run.environment.insert(run.environment.end(), evaluation.variables.begin(),
                         evaluation.variables.end());
  const auto answer = run_bounded(run);
  if (!answer) {
    return fail(answer.error().code,
                file.filename().string() + ": " + std::string(answer.error().message()) +
                    "; a configuration gives an object and ends",
                file.string());
  }
  return read_answer(*answer, file);
}

}  // namespace nightshift::bridges::cli::ecosystem
