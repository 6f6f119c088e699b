// The life of a principal: given tokens, made an approver, deprived of both.
#pragma once

#include "messages/principal.pb.h"
#include "runtime/kernel/cells.hpp"

namespace nightshift::actors {

namespace principal_pb = nightshift::principal;

struct Principal {
  using Absent = principal_pb::State::Absent;
  using Active = principal_pb::State::Active;

  using Phases = kernel::Types<Absent, Active>;
  using State = Phases::Variant;
  using Commands = kernel::Types<principal_pb::Issue, principal_pb::Revoke, principal_pb::Enroll,
                                 principal_pb::Dismiss>;
  using Events = kernel::Events<principal_pb::Issued, principal_pb::Revoked, principal_pb::Enrolled,
                                principal_pb::Dismissed>;
  using View = principal_pb::View;
  using Context = kernel::Context;

  static Result<Events> decide(const Absent&, const principal_pb::Issue&, const Context&);
  static Result<Events> decide(const Absent&, const principal_pb::Enroll&, const Context&);
  static Result<Events> decide(const Active&, const principal_pb::Issue&, const Context&);
  static Result<Events> decide(const Active&, const principal_pb::Enroll&, const Context&);
  static Result<Events> decide(const Active&, const principal_pb::Revoke&, const Context&);
  static Result<Events> decide(const Active&, const principal_pb::Dismiss&, const Context&);

  static State evolve(Absent&&, const principal_pb::Issued&);     // -> Active
  static State evolve(Absent&&, const principal_pb::Enrolled&);   // -> Active
  static State evolve(Active&&, const principal_pb::Issued&);     // -> Active, one token more
  static State evolve(Active&&, const principal_pb::Enrolled&);   // -> Active, an approver
  static State evolve(Active&&, const principal_pb::Revoked&);    // -> Active, without any token
  static State evolve(Active&&, const principal_pb::Dismissed&);  // -> Active, no approver

  static View view(const Active&);

  /// Its tokens, and its key if it may approve.
  static void contribute(const Active&, Authority&);
};

}  // namespace nightshift::actors
