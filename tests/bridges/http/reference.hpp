// Makes docs/reference/http.md from the table of routes, the error table and the default bounds.
#pragma once

#include <string>

#include "bridges/http/routes.hpp"

namespace nightshift::tests {

std::string http_reference(const bridges::http::Routes& routes);

}  // namespace nightshift::tests
