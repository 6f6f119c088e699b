// Who belongs to the cluster: invitations, certificates, revocations.
#include <filesystem>
#include <string>

#include <boost/test/unit_test.hpp>

#include "tests/runtime/cluster/town.hpp"

namespace {

using namespace nightshift;
using namespace nightshift::runtime::cluster;
using nightshift::tests::role_of;
using nightshift::tests::Town;
using nightshift::tests::town_time;

using std::chrono::days;
using std::chrono::hours;

template <class T>
ErrorCode code_of(const Result<T>& result) {
  BOOST_TEST_REQUIRE(!result.has_value());
  return result.error().code;
}

std::string request_of(const std::string& key) { return make_request(key).value(); }

}  // namespace

BOOST_AUTO_TEST_SUITE(cluster_trust)

BOOST_AUTO_TEST_CASE(a_node_without_certificates_is_told_of_cluster_init) {
  Town town;
  const auto none = town.trust("nobody").credentials();
  BOOST_TEST((code_of(none) == ErrorCode::config));
  BOOST_TEST((none.error().detail.find("nightshift cluster init") != std::string::npos));
}

BOOST_AUTO_TEST_CASE(a_cluster_is_made_once) {
  Town town;
  BOOST_TEST((town.credentials("laptop").facts.subject == Subject{"laptop", "local"}));
  BOOST_TEST(
      (code_of(town.trust("laptop").init({"laptop", "local"}, town.now())) == ErrorCode::conflict));
}

BOOST_AUTO_TEST_CASE(only_the_owner_can_read_the_files) {
  Town town;
  town.member("cloud");
  for (const auto* node : {"laptop", "cloud"}) {
    for (const auto& file : std::filesystem::directory_iterator(town.folder(node))) {
      const auto others = file.status().permissions() &
                          (std::filesystem::perms::group_all | std::filesystem::perms::others_all);
      BOOST_TEST((others == std::filesystem::perms::none), file.path());
    }
  }
}

BOOST_AUTO_TEST_CASE(an_invited_node_gets_a_certificate_of_its_own_key) {
  Town town;
  const auto cloud = town.member("cloud");
  BOOST_TEST((cloud.facts.subject == Subject{"cloud", "cloud"}));
  BOOST_TEST(check_signed(cloud.node, cloud.authority, town.now()).has_value());
  BOOST_TEST(!std::filesystem::exists(town.folder("cloud") / "next.key"));
  BOOST_TEST(!town.trust("cloud").has_authority());
  // Nothing more is wanted, until the certificate has little life left.
  BOOST_TEST(!town.trust("cloud").wanted_request(town.now())->has_value());
  BOOST_TEST(town.trust("cloud").wanted_request(town.now() + days(300))->has_value());
}

BOOST_AUTO_TEST_CASE(an_invitation_is_good_for_one_key) {
  Town town;
  auto issuer = town.trust("laptop");
  const auto invitation = town.invitation("cloud");
  const auto facts = read_certificate(invitation.certificate()).value();
  const auto first = request_of(make_key());
  const auto given = issuer.renew(facts.subject, facts.serial, first, town.now());
  BOOST_TEST_REQUIRE(given.has_value());
  // The answer was lost: the same is answered again.
  const auto again = issuer.renew(facts.subject, facts.serial, first, town.now());
  BOOST_TEST((again.has_value() && *again == *given));
  const auto thief = issuer.renew(facts.subject, facts.serial, request_of(make_key()), town.now());
  BOOST_TEST((code_of(thief) == ErrorCode::forbidden));
}

BOOST_AUTO_TEST_CASE(an_invitation_gives_no_other_name_and_no_other_role) {
  Town town;
  const auto invitation = town.invitation("cloud");
  const auto facts = read_certificate(invitation.certificate()).value();
  const auto given = town.trust("laptop").renew({"cloud", "local", true}, facts.serial,
                                                request_of(make_key()), town.now());
  BOOST_TEST_REQUIRE(given.has_value());
  BOOST_TEST((read_certificate(*given)->subject == Subject{"cloud", "cloud"}));
  const auto other = town.trust("laptop").renew({"laptop", "local"}, facts.serial,
                                                request_of(make_key()), town.now());
  BOOST_TEST((code_of(other) == ErrorCode::forbidden));
}

BOOST_AUTO_TEST_CASE(an_invitation_expires) {
  Town town;
  const auto invitation = town.invitation("cloud");
  const auto joined =
      town.trust("cloud").join(invitation, std::nullopt, town.now() + hours(24 * 2));
  BOOST_TEST((code_of(joined) == ErrorCode::expired));
}

BOOST_AUTO_TEST_CASE(an_invitation_is_for_one_node) {
  Town town;
  const auto invitation = town.invitation("cloud");
  const auto joined = town.trust("other").join(invitation, Subject{"other", "cloud"}, town.now());
  BOOST_TEST((code_of(joined) == ErrorCode::forbidden));
  const auto role = town.trust("cloud").join(invitation, Subject{"cloud", "local"}, town.now());
  BOOST_TEST((code_of(role) == ErrorCode::forbidden));
}

BOOST_AUTO_TEST_CASE(a_changed_invitation_is_refused) {
  Town town;
  Town elsewhere;
  auto invitation = town.invitation("cloud");
  invitation.set_authority(elsewhere.invitation("cloud").authority());
  BOOST_TEST((code_of(town.trust("cloud").join(invitation, std::nullopt, town.now())) ==
              ErrorCode::bad_signature));
  BOOST_TEST((code_of(read_invitation("{}")) == ErrorCode::invalid));
  BOOST_TEST((code_of(read_invitation("not an invitation")) == ErrorCode::invalid));
  const auto text = invitation_text(town.invitation("cloud"));
  BOOST_TEST(read_invitation(text)->node() == "cloud");
}

BOOST_AUTO_TEST_CASE(a_newer_invitation_voids_the_older) {
  Town town;
  const auto older = town.invitation("cloud");
  const auto newer = town.invitation("cloud");
  const auto facts = read_certificate(older.certificate()).value();
  BOOST_TEST((code_of(town.trust("laptop").check_invited(facts.serial)) == ErrorCode::forbidden));
  BOOST_TEST(town.trust("laptop")
                 .check_invited(read_certificate(newer.certificate())->serial)
                 .has_value());
}

BOOST_AUTO_TEST_CASE(a_member_is_not_invited_again_until_it_is_revoked) {
  Town town;
  const auto cloud = town.member("cloud");
  auto issuer = town.trust("laptop");
  BOOST_TEST((code_of(issuer.invite({.node = "cloud", .role = "cloud"}, town.now())) ==
              ErrorCode::conflict));
  BOOST_TEST_REQUIRE(issuer.revoke("cloud", town.now()).has_value());
  const auto revoked = town.credentials("laptop").revoked;
  BOOST_TEST((revoked.serials == std::vector<std::string>{cloud.facts.serial}));
  BOOST_TEST(issuer.invite({.node = "cloud", .role = "cloud"}, town.now()).has_value());
  BOOST_TEST((code_of(issuer.revoke("nobody", town.now())) == ErrorCode::not_found));
  BOOST_TEST((code_of(issuer.revoke("laptop", town.now())) == ErrorCode::invalid));
  BOOST_TEST((code_of(town.trust("cloud").revoke("laptop", town.now())) == ErrorCode::forbidden));
}

BOOST_AUTO_TEST_CASE(only_a_newer_list_of_the_authority_replaces_a_list_of_the_revoked) {
  Town town;
  Town elsewhere;
  town.member("cloud");
  town.member("cloud-2");
  const auto before = town.credentials("laptop").revocations;
  BOOST_TEST_REQUIRE(town.trust("laptop").revoke("cloud-2", town.now()).has_value());
  auto trust = town.trust("cloud");
  BOOST_TEST_REQUIRE(trust.offer_revocations(town.credentials("laptop").revocations).has_value());
  BOOST_TEST(town.credentials("cloud").revoked.serials.size() == 1u);
  BOOST_TEST(trust.offer_revocations(before).has_value());
  BOOST_TEST(town.credentials("cloud").revoked.serials.size() == 1u);
  const auto foreign = elsewhere.credentials("laptop").revocations;
  BOOST_TEST((code_of(trust.offer_revocations(foreign)) == ErrorCode::bad_signature));
  BOOST_TEST((code_of(trust.offer_revocations("nothing")) == ErrorCode::corrupt));
}

BOOST_AUTO_TEST_CASE(a_rotated_key_ends_the_one_before_once_it_is_seen) {
  Town town;
  const auto before = town.member("cloud").facts;
  BOOST_TEST_REQUIRE(town.trust("cloud").rotate(town.now()).has_value());
  const auto asked = town.trust("cloud").wanted_request(town.now());
  BOOST_TEST_REQUIRE((asked.has_value() && asked->has_value()));
  auto issuer = town.trust("laptop");
  const auto given = issuer.renew(before.subject, before.serial, **asked, town.now());
  BOOST_TEST_REQUIRE(given.has_value());
  BOOST_TEST(town.credentials("laptop").revoked.serials.empty());
  BOOST_TEST_REQUIRE(town.trust("cloud").accept(*given, town.now()).has_value());
  const auto after = town.credentials("cloud").facts;
  BOOST_TEST(after.key_hash != before.key_hash);
  BOOST_TEST_REQUIRE(issuer.seen(after.subject, after.serial, town.now()).has_value());
  BOOST_TEST(
      (town.credentials("laptop").revoked.serials == std::vector<std::string>{before.serial}));
}

BOOST_AUTO_TEST_CASE(a_member_cannot_fill_the_ledger) {
  Town town;
  const auto cloud = town.member("cloud").facts;
  auto issuer = town.trust("laptop");
  int given = 0;
  while (given < 100 &&
         issuer.renew(cloud.subject, cloud.serial, request_of(make_key()), town.now())) {
    ++given;
  }
  BOOST_TEST(given > 2);
  BOOST_TEST(given < 20);
}

BOOST_AUTO_TEST_CASE(the_authority_rotates_its_own_key_at_once) {
  Town town;
  const auto before = town.credentials("laptop").facts;
  BOOST_TEST_REQUIRE(town.trust("laptop").rotate(town.now()).has_value());
  const auto after = town.credentials("laptop");
  BOOST_TEST(after.facts.key_hash != before.key_hash);
  BOOST_TEST((after.revoked.serials == std::vector<std::string>{before.serial}));
}

BOOST_AUTO_TEST_CASE(a_certificate_that_was_not_asked_for_is_not_taken) {
  Town town;
  town.member("cloud");
  BOOST_TEST_REQUIRE(town.trust("cloud").rotate(town.now()).has_value());
  const auto others = town.member("cloud-2").node;
  BOOST_TEST(!town.trust("cloud").accept(others, town.now()).has_value());
  BOOST_TEST(!town.trust("cloud").accept("nothing", town.now()).has_value());
}

BOOST_AUTO_TEST_CASE(the_members_are_listed) {
  Town town;
  town.member("cloud");
  static_cast<void>(town.invitation("cloud-2"));
  const auto lines = town.trust("laptop").members().value();
  std::string shown;
  for (const auto& line : lines) {
    shown += line.node + "/" + line.role + "/" + Standing_Name(line.standing) + " ";
  }
  BOOST_TEST(shown ==
             "laptop/local/STANDING_ISSUED cloud/cloud/STANDING_JOINED "
             "cloud/cloud/STANDING_ISSUED cloud-2/cloud/STANDING_INVITED ");
  BOOST_TEST(town.trust("cloud").members()->size() == 1u);
}

BOOST_AUTO_TEST_SUITE_END()
