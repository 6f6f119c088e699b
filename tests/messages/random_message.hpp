// Fills messages with random values, for properties of RapidCheck.
#pragma once

#include <google/protobuf/message.h>
#include <rapidcheck.h>

namespace nightshift::tests {

/// Draws every field anew, sub-messages to a depth of 3. Within the JSON mapping: texts are UTF-8,
/// enums are known values, times are whole microseconds of years 1 to 9999. To be called inside a
/// property.
void fill_randomly(google::protobuf::Message& message, int depth = 3);

}  // namespace nightshift::tests
