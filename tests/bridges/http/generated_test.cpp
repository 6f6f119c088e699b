// What is generated from the schemas: the OpenAPI document, the reference, the names of metrics.
#include <boost/test/unit_test.hpp>
#include <nlohmann/json.hpp>
#include <set>
#include <string>

#include "actors/all.hpp"
#include "bridges/http/openapi.hpp"
#include "bridges/http/routes.hpp"
#include "tests/bridges/http/reference.hpp"
#include "tests/bridges/http/served.hpp"
#include "tests/support/golden.hpp"

namespace nightshift::tests {

namespace {

using bridges::http::Routes;
using nlohmann::json;

/// Every `$ref` in the document.
void collect_references(const json& value, std::set<std::string>& out) {
  if (value.is_object() && value.contains("$ref")) out.insert(value["$ref"]);
  for (const auto& inner : value) {
    if (inner.is_structured()) collect_references(inner, out);
  }
}

}  // namespace

BOOST_AUTO_TEST_SUITE(generated)

BOOST_AUTO_TEST_CASE(the_reference_and_the_openapi_document_are_up_to_date) {
  runtime::Catalog catalog;
  actors::register_all(catalog);
  const Routes routes(catalog);
  check_golden("docs/reference/http.md", http_reference(routes));
  const auto document = json::parse(bridges::http::openapi_document(routes, "0"));
  check_golden("docs/reference/openapi.json", document.dump(1) + "\n");
}

BOOST_AUTO_TEST_CASE(the_node_serves_a_document_that_is_whole) {
  Served served;
  const auto answer = served.get("/v1/openapi.json");
  BOOST_TEST(answer.status == 200);
  const auto document = json::parse(answer.body);
  BOOST_TEST(document["info"]["version"] == "1.2.3");
  std::set<std::string> references;
  collect_references(document, references);
  BOOST_TEST(references.size() > 20u);
  for (const std::string& reference : references) {
    BOOST_TEST(document.contains(json::json_pointer(reference.substr(1))), reference);
  }
  const auto& suggest = document["paths"]["/v1/note/{id}/suggest"]["post"];
  BOOST_TEST(suggest["operationId"] == "v1_note_id_suggest");
  BOOST_TEST(suggest["requestBody"]["content"]["application/json"]["example"]["text"] == "text");
  BOOST_TEST(!document["paths"].contains("/v1/note/{id}/remind"));
}

BOOST_AUTO_TEST_CASE(every_path_of_the_document_is_a_route_and_every_route_a_path) {
  Served served;
  const auto document = json::parse(served.get("/v1/openapi.json").body);
  const auto catalog = test_catalog();
  const Routes routes(*catalog);
  BOOST_TEST(document["paths"].size() == routes.all().size());
  for (const auto& route : routes.all()) BOOST_TEST(document["paths"].contains(route.pattern));
}

BOOST_AUTO_TEST_CASE(examples_are_accepted_by_the_commands_they_show) {
  Served served;
  const auto document = json::parse(served.get("/v1/openapi.json").body);
  for (const auto& [path, item] : document["paths"].items()) {
    if (!item.contains("post") || !item["post"].contains("requestBody")) continue;
    const auto& example = item["post"]["requestBody"]["content"]["application/json"]["example"];
    std::string target = path;
    if (const auto id = target.find("{id}"); id != std::string::npos) target.replace(id, 4, "e");
    const auto answer = served.post(target, example.dump());
    BOOST_TEST(answer.status != 400, path << ": " << answer.body);
  }
}

BOOST_AUTO_TEST_CASE(metrics_count_requests_by_route_and_have_clean_names) {
  Served served;
  served.post("/v1/counter/c/add", R"({"by":1})");
  served.post("/v1/counter/c/add", "nonsense");
  served.get("/v1/counter/c");
  const auto answer = served.get("/metrics", "read-token");
  BOOST_TEST(answer.fields.at("content-type") == "text/plain; version=0.0.4; charset=utf-8");
  const std::string add = R"({method="POST",route="/v1/counter/{id}/add",status=")";
  const std::string name = "nightshift_http_requests_total";
  BOOST_TEST(answer.body.contains(name + add + "2xx\"} 1\n"));
  BOOST_TEST(answer.body.contains(name + add + "4xx\"} 1\n"));
  BOOST_TEST(answer.body.contains("nightshift_build_info{version=\"1.2.3\"} 1\n"));
  BOOST_TEST(answer.body.contains("nightshift_commands_accepted_total 1\n"));
  std::size_t families = 0;
  for (std::size_t at = answer.body.find("# TYPE "); at != std::string::npos;
       at = answer.body.find("# TYPE ", at + 1)) {
    const std::string line = answer.body.substr(at + 7, answer.body.find('\n', at) - at - 7);
    BOOST_TEST(line.starts_with("nightshift_"), line);
    BOOST_TEST(line.ends_with(" counter") == line.contains("_total "), line);
    ++families;
  }
  BOOST_TEST(families > 15u);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace nightshift::tests
