// The program: its kinds, its command line, its node.
#include <iostream>

#include "actors/all.hpp"
#include "bridges/cli/command_line.hpp"
#include "bridges/process/keeper/run.hpp"
#include "tools/nightshift/policy.hpp"
#include "tools/nightshift/process.hpp"
#include "tools/nightshift/serve.hpp"

int main(int argc, char** argv) {
  using namespace nightshift;
  // No verb for people: it needs none of what follows, and stays small.
  if (argc > 1 && argv[1] == std::string_view("keeper")) {
    return bridges::process::run_keeper(argc, argv, NIGHTSHIFT_VERSION);
  }
  auto catalog = std::make_shared<runtime::Catalog>();
  actors::register_all(*catalog);
  bridges::cli::Program program;
  program.catalog = catalog;
  program.version = NIGHTSHIFT_VERSION;
  program.environment = runtime::process_environment();
  tools::keep_memory_private(program.environment);
  program.run_node = [&program](const bridges::cli::NodeFlags& flags) {
    return tools::serve(program, flags, std::cout, std::cerr);
  };
  program.retraces = actors::retraces();
  program.read_policy = tools::read_policy;
  return bridges::cli::run(argc, argv, program, std::cout, std::cerr);
}
