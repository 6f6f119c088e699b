// The mail accounts of the configuration, ready to be used.
#pragma once

#include <memory>

#include "bridges/mail/mail.hpp"
#include "runtime/secrets/resolver.hpp"
#include "runtime/settings.hpp"

namespace nightshift::tools {

/// A password that is not there is a line in the log: its account fails until it is.
std::shared_ptr<runtime::Executor> make_mail(const runtime::Settings& settings,
                                             std::shared_ptr<const runtime::SecretResolver> secrets,
                                             bridges::mail::Probe probe);

}  // namespace nightshift::tools
