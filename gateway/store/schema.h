// The tables of the three files and their versions. Private to this folder.
#pragma once

#include <cstddef>
#include <cstdint>

#include "fhir/result.h"
#include "gateway/store/sqlite.h"

namespace gateway::store {

enum class File : uint8_t { kData, kJournal, kPatients };

// Creates the tables or brings older ones to the present version, in one transaction. kNotSupported
// when a newer psgateway has written the file. Two processes may do it at once. `most_steps`: only
// the first ones, as an older psgateway would.
fhir::Status Migrate(Connection& connection, File file, size_t most_steps = SIZE_MAX);

}  // namespace gateway::store
