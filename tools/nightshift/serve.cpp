// One node in the foreground.
#include "tools/nightshift/serve.hpp"

#include <unistd.h>

#include <atomic>
#include <cstdlib>
#include <ostream>

#include <spdlog/spdlog.h>

#include "bridges/cli/show.hpp"
#include "bridges/http/server.hpp"
#include "bridges/mcp/servers/tool_caller.hpp"
#include "runtime/clock.hpp"
#include "runtime/secrets/environment.hpp"
#include "storage/rocks.hpp"
#include "tools/nightshift/agents.hpp"
#include "tools/nightshift/backups.hpp"
#include "tools/nightshift/cluster.hpp"
#include "tools/nightshift/crash_point.hpp"
#include "tools/nightshift/git.hpp"
#include "tools/nightshift/initialise.hpp"
#include "tools/nightshift/logging.hpp"
#include "tools/nightshift/mcp_servers.hpp"
#include "tools/nightshift/presence.hpp"
#include "tools/nightshift/process.hpp"
#include "tools/nightshift/processes.hpp"
#include "tools/nightshift/quarantine.hpp"
#include "tools/nightshift/retention.hpp"
#include "tools/nightshift/secrets.hpp"
#include "tools/nightshift/senders.hpp"
#include "tools/nightshift/upkeep_part.hpp"
#include "tools/nightshift/vault.hpp"

namespace nightshift::tools {
namespace {

using bridges::cli::NodeFlags;
using bridges::cli::Program;
using bridges::http::HttpServer;
using runtime::supervision::Component;
using runtime::supervision::Failed;
using runtime::supervision::Health;
using runtime::supervision::Part;
using Made = Result<std::unique_ptr<Component>>;

runtime::SettingsSources sources_of(const Program& program, const NodeFlags& flags) {
  runtime::SettingsSources sources;
  sources.file = flags.config ? flags.config : runtime::default_config_file(program.environment);
  sources.environment = program.environment;
  if (flags.cluster) sources.flags.emplace_back("cluster.listen", *flags.cluster);
  if (flags.http) sources.flags.emplace_back("http.listen", *flags.http);
  return sources;
}

/// More than a few receivers of webhooks that take their time: the outbox shall not wait for them.
constexpr std::size_t effect_threads = 8;

struct HttpPart final : Component {
  explicit HttpPart(std::unique_ptr<HttpServer> its_server) : server(std::move(its_server)) {}
  Health health() const override { return {server->connections(), {}}; }
  const std::unique_ptr<HttpServer> server;
};

Stop stop_for(runtime::ProcessEnd end) {
  if (end == runtime::ProcessEnd::asked) return Stop::killed;
  return end == runtime::ProcessEnd::stuck ? Stop::stuck : Stop::failed;
}

/// A node from its journal to its edges; what was made last goes first.
class Service {
 public:
  Service(const Program& program, const runtime::SettingsSources& sources,
          runtime::Settings settings, runtime::GitSettings git, runtime::DataFolder folder,
          runtime::SecretVariables variables)
      : program_(program),
        sources_(sources),
        settings_(std::move(settings)),
        git_(std::move(git)),
        folder_(std::move(folder)),
        variables_(std::move(variables)),
        clock_(std::make_shared<runtime::SystemClock>()) {}

  Result<void> start(StopSignal& stop) {
    for (const auto step : {&Service::open_journal, &Service::open_secrets, &Service::start_host,
                            &Service::start_edges}) {
      if (auto done = (this->*step)(stop); !done) return done;
    }
    return announce();
  }

  /// With `children`, what runs ends with the node; else it waits for the next one.
  void stop(bool children) {
    if (children && processes_) processes_->end_children(settings_.stop_within * 3 / 4);
    if (composer_) composer_->stop();
    if (cluster_) cluster_->unfollow();
    if (node_ && has_vault()) say_goodbye(*node_);
    node_.reset();
    cluster_.reset();
    processes_.reset();
    archivist_.reset();
    keeper_.reset();
    log_.reset();
  }

  /// What was taken from the environment; what is not there yet where the start failed early.
  const runtime::SecretVariables& variables() const {
    return secrets_ ? secrets_->variables() : variables_;
  }

  /// HOST:PORT, or `none`.
  std::string cluster_address() const {
    const auto listens = cluster_ ? cluster_->listens() : std::string();
    return listens.empty() ? "none" : listens;
  }

  std::string address() const {
    const auto listen = runtime::parse_endpoint(settings_.http_listen);
    const auto host =
        listen->host.find(':') == std::string::npos ? listen->host : "[" + listen->host + "]";
    return host + ":" + std::to_string(port_);
  }

 private:
  bool has_vault() const { return !settings_.vault_path.empty(); }

  Result<void> open_journal(StopSignal& stop) {
    const auto key = folder_.ensure_node_key();
    if (!key) return std::unexpected(key.error());
    storage::RocksOptions options;
    options.path = folder_.journal();
    options.identity = new_identity(settings_, clock_->now());
    options.identity->set_signing_key(key->public_key());
    options.now = [clock = clock_] { return clock->now(); };
    options.failed = [&stop](const Error& error) {
      spdlog::error("the journal has stopped: {}", error.message());
      stop.fail(Stop::failed);
    };
    auto log = storage::open_rocks(std::move(options));
    if (!log) return std::unexpected(log.error());
    log_ = std::move(*log);
    const auto& named = log_->identity().signing_key();
    if (!named.empty() && named != key->public_key()) {
      spdlog::warn("{} is not the key that the journal names: heads that it signs will not verify",
                   folder_.node_key_file().string());
    }
    if (auto fits = check_identity(settings_, log_->identity(), folder_); !fits) return fits;
    return check_partition_of(log_->identity(), sources_, settings_, folder_);
  }

  Result<void> open_secrets(StopSignal&) {
    auto opened = open_sealed(settings_, folder_, log_->identity(), std::move(variables_), clock_);
    if (!opened) return std::unexpected(opened.error());
    secrets_ = std::move(*opened);
    return {};
  }

  /// A cloud node only drafts: it has nothing that could send.
  Result<std::vector<std::shared_ptr<runtime::Executor>>> executors() {
    auto composer = make_composer(settings_, folder_, secrets_);
    if (!composer) return std::unexpected(composer.error());
    composer_ = std::move(*composer);
    std::vector<std::shared_ptr<runtime::Executor>> all{composer_};
    if (log_->identity().role() == "cloud") return all;
    auto senders = make_senders(settings_, has_vault() ? settings_.vault_path : folder_.root(),
                                secrets_, clock_, program_.version, program_.environment);
    if (!senders) return std::unexpected(senders.error());
    all.insert(all.end(), senders->begin(), senders->end());
    caller_ = std::make_shared<bridges::mcp::ToolCaller>(
        bridges::mcp::ToolCallerParts{.servers = mcp_servers_,
                                      .closed = folder_.root().string(),
                                      .probe = crash_point(program_.environment)});
    all.push_back(caller_);
    return all;
  }

  Result<void> start_host(StopSignal& stop) {
    auto hands = executors();
    if (!hands) return std::unexpected(hands.error());
    runtime::NodeOptions options;
    auto quarantined = read_quarantine(folder_);
    if (!quarantined) return std::unexpected(quarantined.error());
    options.quarantined = std::move(*quarantined);
    options.keep_quarantine = [this](const auto& entities) {
      if (auto kept = write_quarantine(folder_, entities); !kept) {
        spdlog::error("quarantine cannot be kept: {}", kept.error().message());
      }
    };
    options.step_cpu_max = settings_.entity_step_cpu_max;
    options.zone = settings_.node_zone;
    if (auto joined = join_cluster(); !joined) return joined;
    options.data = owners_data(settings_, placement_);
    options.failed = [&stop](runtime::ProcessEnd end, const Error& error) {
      const bool wanted = end == runtime::ProcessEnd::asked;
      spdlog::log(wanted ? spdlog::level::info : spdlog::level::critical, "{}", error.message());
      stop.fail(stop_for(end));
    };
    options.crash_point = crash_point(program_.environment);
    options.effect_threads = effect_threads;
    options.report = [](std::string_view line) { spdlog::warn("{}", line); };
    auto node = runtime::start_node(log_, program_.catalog, clock_, std::move(*hands),
                                    std::move(options), cluster_ ? cluster_->abroad() : nullptr);
    if (!node) return std::unexpected(node.error());
    node_ = std::move(*node);
    if (cluster_) cluster_->follow(*node_);
    composer_->attach(*node_);
    if (caller_) caller_->attach(*node_);
    if (auto known = ensure_principals(*node_, folder_); !known) return known;
    return ensure_budgets(*node_, settings_);
  }

  Result<void> join_cluster() {
    if (!settings_.cluster.wanted()) return {};
    cluster_ = std::make_shared<ClusterHolder>(settings_, folder_, log_->identity(), clock_,
                                               program_.version);
    if (auto may = cluster_->check(); !may) return may;
    const auto homes = runtime::load_placements(sources_);
    if (!homes) return std::unexpected(homes.error());
    placement_ = placement_of(*homes, log_->identity());
    return cluster_->open_post(log_, program_.catalog, placement_,
                               crash_point(program_.environment));
  }

  Result<void> start_edges(StopSignal&) {
    keeper_ = make_keeper(settings_, folder_, *log_, program_.catalog, clock_);
    archivist_ = make_archivist(settings_, folder_, *log_, program_.catalog, clock_, *node_,
                                crash_point(program_.environment));
    auto& tree = node_->tree();
    auto added = tree.add("bridges", upkeep_part("backups", keeper_, settings_.stop_within));
    if (added)
      added = tree.add("bridges", upkeep_part("retention", archivist_, settings_.stop_within));
    if (added && cluster_) added = tree.add("bridges", cluster_->part());
    if (added) added = tree.add("bridges", http_part());
    if (added && has_vault())
      added = tree.add(
          "bridges", vault_part(*node_, settings_, refusals_, git_.wanted() ? arrivals_ : nullptr));
    if (added && has_vault()) {
      added = tree.add("bridges", presence_part(*node_, clock_, settings_.vault_path, git_.remote));
    }
    if (added) added = add_git(*node_, git_, settings_.vault_path, secrets_, arrivals_);
    if (!added) return added;
    processes_ = std::make_unique<Processes>(folder_, program_.environment, settings_.node_zone,
                                             secrets_, streams_, crash_point(program_.environment));
    ensure_processes(*node_, settings_);
    ensure_mcp_servers(*node_, settings_);
    added = tree.add(
        "bridges",
        mcp_part(*node_, mcp_options(clock_, streams_, secrets_, program_.version), mcp_servers_));
    if (!added) return added;
    return tree.add("bridges", processes_->part(*node_));
  }

  Part http_part() {
    return {.name = "http", .start = [this](Failed failed) -> Made {
              const auto listen = runtime::parse_endpoint(settings_.http_listen);
              bridges::http::HttpOptions options;
              options.host = listen->host;
              // Whoever found it there finds it there again.
              options.port = port_ == 0 ? listen->port : port_.load();
              options.hosts = settings_.http_hosts;
              options.connections_max = settings_.http_connections;
              options.followers_max = settings_.http_followers;
              options.requests_per_s = settings_.http_requests_per_s;
              options.vault = settings_.vault_path.string();
              options.version = program_.version;
              options.mcp = mcp_gate(*node_, program_.version);
              options.backups = keeper_;
              options.retention = archivist_;
              options.cluster = cluster_;
              options.zone = settings_.node_zone;
              options.refused_files = [refused = refusals_](std::size_t most) {
                return shown(refused, most);
              };
              options.failed = std::move(failed);
              auto server = HttpServer::start(*node_, std::move(options));
              if (!server) return std::unexpected(server.error());
              port_ = (*server)->port();
              return std::make_unique<HttpPart>(std::move(*server));
            }};
  }

  Result<void> announce() {
    NodeFile file;
    file.set_pid(::getpid());
    file.set_name(log_->identity().node());
    file.set_http(address());
    file.set_cluster(cluster_address());
    file.set_version(program_.version);
    return folder_.write_node(file);
  }

  const Program& program_;
  const runtime::SettingsSources& sources_;
  const runtime::Settings settings_;
  const runtime::GitSettings git_;
  const runtime::DataFolder folder_;
  runtime::SecretVariables variables_;
  std::shared_ptr<runtime::Clock> clock_;
  std::shared_ptr<const runtime::SecretResolver> secrets_;
  std::shared_ptr<storage::FileLog> log_;
  std::shared_ptr<runtime::upkeep::BackupKeeper> keeper_;
  std::shared_ptr<runtime::upkeep::Archivist> archivist_;
  /// Those of children that are spoken to.
  const std::shared_ptr<runtime::Streams> streams_ = std::make_shared<runtime::Streams>();
  std::unique_ptr<Processes> processes_;
  const Refusals refusals_ = std::make_shared<bridges::vault::Refusals>();
  const Arrivals arrivals_ = std::make_shared<bridges::vault::Arrivals>();
  std::shared_ptr<bridges::agent::Composer> composer_;
  const std::shared_ptr<bridges::mcp::OpenServers> mcp_servers_ =
      std::make_shared<bridges::mcp::OpenServers>();
  /// Null on a node that only drafts.
  std::shared_ptr<bridges::mcp::ToolCaller> caller_;
  std::unique_ptr<runtime::Node> node_;
  std::shared_ptr<ClusterHolder> cluster_;
  /// Where kinds are at home; nothing where the node is in no cluster.
  Placement placement_;
  /// Where HTTP listens; 0 until it does.
  std::atomic<int> port_ = 0;
};

int refuse(std::ostream& err, const Error& error) {
  err << bridges::cli::show_error(error) << std::flush;
  return info(error.code).exit_code;
}

/// The command line of the process that takes over: the same, on the address that was got.
std::vector<std::string> arguments_again(const NodeFlags& flags, const std::string& address,
                                         const std::string& cluster) {
  std::vector<std::string> arguments{"nightshift",        "node",   "--data",
                                     flags.data.string(), "--http", address};
  if (flags.config) arguments.insert(arguments.end(), {"--config", flags.config->string()});
  if (cluster != "none") arguments.insert(arguments.end(), {"--cluster", cluster});
  if (flags.quiet) arguments.push_back("--quiet");
  if (flags.keep_children) arguments.push_back("--keep-children");
  return arguments;
}

/// What is done once the node's parts have stopped, or would not; the exit code.
int conclude(const Program& program, const runtime::DataFolder& folder, Stop why,
             const std::vector<std::string>& arguments, std::ostream& err) {
  if (why == Stop::asked) {
    folder.remove_node();
    spdlog::info("stopped");
    stop_log();
    return 0;
  }
  const auto error = Restarts(program.environment).again(arguments, why);
  spdlog::critical("{}", error.message());
  folder.remove_node();
  stop_log();
  refuse(err, error);
  return restarts_exhausted_exit;
}

void name_what_does_not_return() {
  for (const auto& step : runtime::running_steps()) {
    spdlog::critical("{} does not return, and the process ends without it", step);
  }
}

}  // namespace

int serve(Program& program, const NodeFlags& flags, std::ostream& out, std::ostream& err) {
  harden_process();
  StopSignal stop;
  auto sources = sources_of(program, flags);
  const runtime::DataFolder folder(flags.data);
  auto settings = runtime::load_settings(sources);
  if (auto kept = check_partition_at_start(sources, settings, folder); !kept) {
    return refuse(err, kept.error());
  }
  if (!settings) return refuse(err, settings.error());
  if (auto made = folder.create(); !made) return refuse(err, made.error());
  auto lock = runtime::FolderLock::take(folder);
  if (!lock) return refuse(err, lock.error());
  if (auto log = start_log(folder.log_file(), flags.quiet); !log) return refuse(err, log.error());

  const auto stop_within = settings->stop_within;
  // Before anything that is named like a secret is taken from the environment.
  auto git = runtime::load_git_settings(sources);
  if (!git) return refuse(err, git.error());
  auto variables = runtime::take_secrets(program.environment, settings->secret_variables);
  for (const auto& [name, secret] : variables) {
    auto& copy = sources.environment[name];
    runtime::wipe(copy);
    // That there was one still counts.
    copy = "taken";
  }
  Service service(program, sources, std::move(*settings), std::move(*git), folder,
                  std::move(variables));
  if (auto started = service.start(stop); !started) {
    spdlog::error("the node cannot start: {}", started.error().message());
    service.stop(false);
    return refuse(err, started.error());
  }
  const auto address = service.address();
  const auto cluster = service.cluster_address();
  spdlog::info("ready at {}, version {}", address, program.version);
  const bool first = !Restarts(program.environment).taken_over();
  if (first) out << "ready http=" << address << " cluster=" << cluster << std::endl;
  notify_service(program.environment, "READY=1");

  const auto why = stop.wait();
  notify_service(program.environment, why == Stop::asked ? "STOPPING=1" : "RELOADING=1");
  spdlog::info(why == Stop::asked ? "stopping" : "starting anew");
  const auto finish = [&] {
    if (why != Stop::asked) runtime::give_back(service.variables());
    return conclude(program, folder, why, arguments_again(flags, address, cluster), err);
  };
  // A thread that does not return cannot be waited for: it ends with the process.
  const auto finish_without_it = [&] {
    name_what_does_not_return();
    std::_Exit(finish());
  };
  if (why == Stop::stuck) finish_without_it();
  {
    const Bound bound(stop_within, finish_without_it);
    service.stop(why == Stop::asked && !stop.keeps_children() && !flags.keep_children);
  }
  return finish();
}

}  // namespace nightshift::tools
