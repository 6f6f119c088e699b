// Where the node's log goes.
#include "tools/nightshift/logging.hpp"

#include <spdlog/sinks/rotating_file_sink.h>
#include <spdlog/sinks/stdout_color_sinks.h>
#include <spdlog/spdlog.h>

namespace nightshift::tools {
namespace {

constexpr std::size_t file_bytes_max = 8u << 20;
constexpr std::size_t older_files = 4;

}  // namespace

Result<void> start_log(const std::filesystem::path& file, bool quiet) {
  try {
    std::vector<spdlog::sink_ptr> sinks{std::make_shared<spdlog::sinks::rotating_file_sink_mt>(
        file.string(), file_bytes_max, older_files)};
    if (!quiet) sinks.push_back(std::make_shared<spdlog::sinks::stderr_color_sink_mt>());
    auto logger = std::make_shared<spdlog::logger>("nightshift", sinks.begin(), sinks.end());
    logger->set_pattern("%Y-%m-%dT%H:%M:%S.%e%z %^%l%$ %v");
    logger->flush_on(spdlog::level::info);
    spdlog::set_default_logger(std::move(logger));
    return {};
  } catch (const spdlog::spdlog_ex& error) {
    return fail(ErrorCode::io, file.string() + " cannot be written: " + error.what(),
                file.string());
  }
}

void stop_log() { spdlog::shutdown(); }

}  // namespace nightshift::tools
