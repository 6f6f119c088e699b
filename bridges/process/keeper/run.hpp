// The keeper as a program.
#pragma once

namespace nightshift::bridges::process {

/// `nightshift keeper RUN_FOLDER [--without-cgroups]`: the exit code. Says `ready` on stdout, or
/// what is in its way, and goes on in a process of its own.
int run_keeper(int argc, char** argv, const char* version);

}  // namespace nightshift::bridges::process
