// This interface as an OpenAPI 3.1 document, made from the table of routes and the descriptors.
#pragma once

#include <string>

#include "bridges/http/routes.hpp"

namespace nightshift::bridges::http {

/// JSON text. The same routes and version give the same bytes.
std::string openapi_document(const Routes& routes, std::string_view version);

}  // namespace nightshift::bridges::http
