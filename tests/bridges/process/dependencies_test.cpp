// What comes after what.
#include <boost/test/unit_test.hpp>

#include "bridges/process/dependencies.hpp"

namespace nightshift::tests {
namespace {

using namespace bridges::process;

struct Graph {
  Standings all;

  Graph& add(const std::string& name, const std::string& status,
             std::initializer_list<std::string> after = {}, const std::string& app = "") {
    auto view = std::make_shared<nightshift::process::View>();
    for (const auto& one : after) view->mutable_config()->add_after(one);
    view->mutable_config()->set_app(app.empty() ? name : app);
    all[name] = {status, view};
    return *this;
  }
  std::string verdict(const std::string& name) const {
    const auto verdict = may_start(name, all);
    return verdict.what == Verdict::What::go ? "go" : verdict.detail;
  }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(dependencies, Graph)

BOOST_AUTO_TEST_CASE(it_waits_until_each_of_them_is_as_it_must_be) {
  add("redis", "launching").add("web", "waiting", {"redis"});
  BOOST_TEST(verdict("web") == "for redis to be ready, which is launching");
  add("redis", "online");
  BOOST_TEST(verdict("web") == "go");
  add("web", "waiting", {"redis", "migrate:completed"});
  BOOST_TEST(verdict("web") == "for migrate, of which there is no definition here");
}

BOOST_AUTO_TEST_CASE(a_name_stands_for_every_instance_of_an_app) {
  add("api", "online").add("api.1", "launching", {}, "api").add("web", "waiting", {"api"});
  BOOST_TEST(verdict("web") == "for api.1 to be ready, which is launching");
}

BOOST_AUTO_TEST_CASE(a_cycle_is_named_in_full) {
  add("a", "waiting", {"b"}).add("b", "waiting", {"c:started"}).add("c", "waiting", {"a"});
  BOOST_TEST(verdict("a") == "dependency cycle: a after b after c after a; take one of them away");
  add("self", "waiting", {"self"});
  BOOST_TEST(verdict("self") == "dependency cycle: self after self; take one of them away");
  add("d", "waiting", {"a"});
  BOOST_TEST(verdict("d") == "for a to be ready, which is waiting");
}

BOOST_AUTO_TEST_CASE(what_others_come_after_is_stopped_after_them) {
  add("redis", "online").add("web", "online", {"redis"}).add("job", "stopped", {"web"});
  BOOST_TEST(is_needed("redis", all));
  BOOST_TEST(!is_needed("web", all));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace nightshift::tests
