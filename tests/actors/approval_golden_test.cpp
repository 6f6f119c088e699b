// The canonical bytes, the digest and the message of each channel, as recorded: they are signed and
// sent, so they never change by accident.
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include "messages/canonical.hpp"
#include "tests/actors/approval_fixture.hpp"
#include "tests/support/golden.hpp"

namespace nightshift::tests {
namespace {

pb::Propose plain_mail() { return mail(); }

pb::Propose full_mail() {
  auto command = mail();
  command.set_subject("Angebot für Jörg: 世界 und eine Zeile, die länger ist als eine Kopfzeile");
  command.set_body("Lieber Jörg,\n\ntabs\tand trailing blanks  \nFrom here\n.\n");
  command.add_to("Jörg Müller <joerg@example.org>");
  command.add_cc("jim@example.org");
  auto& file = *command.add_attachments();
  file.set_name("Angebot für Jörg.pdf");
  file.set_media_type("application/pdf");
  file.set_bytes(std::string("%PDF-1.7\0\xff", 10) + std::string(100, 'x'));
  return command;
}

/// A line that no relay has to take, and a control character: quoted-printable.
pb::Propose long_lines() {
  auto command = mail();
  command.set_body(std::string(1200, 'a') + "=\x01 é \nend");
  return command;
}

pb::Propose linkedin() {
  pb::Propose command;
  command.set_title("LinkedIn Post: Product Launch");
  command.set_category(pb::CATEGORY_LINKEDIN);
  command.set_body("We launched. 🚀");
  command.set_account("Acme Corp");
  return command;
}

pb::Propose whatsapp() {
  pb::Propose command;
  command.set_title("Reply to +49 151 2345");
  command.set_category(pb::CATEGORY_WHATSAPP);
  command.set_body("On my way");
  command.add_to("+49 151 2345");
  return command;
}

pb::Propose odoo() {
  pb::Propose command;
  command.set_title("Invoice 2026-11");
  command.set_category(pb::CATEGORY_ODOO);
  command.set_body("customer: Acme\namount: 120.00 EUR\n");
  command.set_account("acme.odoo.com");
  return command;
}

pb::Propose social() {
  pb::Propose command;
  command.set_title("Post: Launch");
  command.set_category(pb::CATEGORY_SOCIAL);
  command.set_body("It is out.");
  command.set_account("x:@acme");
  return command;
}

struct Sample {
  const char* name;
  pb::Propose (*propose)();
};
std::ostream& operator<<(std::ostream& out, const Sample& sample) { return out << sample.name; }

const std::vector<Sample> samples{
    {"email", plain_mail},  {"email_full", full_mail}, {"email_long_lines", long_lines},
    {"linkedin", linkedin}, {"whatsapp", whatsapp},    {"odoo", odoo},
    {"social", social}};

}  // namespace

BOOST_DATA_TEST_CASE_F(ApprovalFixture, the_content_is_the_recorded_one,
                       boost::unit_test::data::make(samples), sample) {
  as(agent("scribe"), sample.propose()).then_accepted();
  const auto content = Canonical::decode(view().content());
  BOOST_REQUIRE(content);
  const auto folder = "tests/golden/approval/" + std::string(sample.name);
  check_golden(folder + ".eml", std::string(content->find("message").value()));
  check_golden(folder + ".content", view().content());
  check_golden(folder + ".txt", "digest " + view().digest() + "\n\n" + view().preview());
}

}  // namespace nightshift::tests
