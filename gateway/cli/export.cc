#include "gateway/export.h"

#include <iostream>
#include <memory>
#include <set>

#include "consent/purpose.h"
#include "fhir/reference.h"
#include "gateway/cli/export_files.h"
#include "gateway/cli/gateway_files.h"
#include "gateway/cli/progress.h"
#include "gateway/cli/verbs.h"
#include "gateway/reindex.h"

namespace gateway::cli {
namespace {

using fhir::ErrorCode;
using fhir::Fail;

fhir::Result<ExportOrder> ReadOrder(const ExportOptions& options) {
  ExportOrder order;
  order.programme = options.programme;
  order.client = Operator();
  for (const std::string& type : options.types) {
    if (!fhir::IsResourceType(type)) {
      return Fail(ErrorCode::kInvalid, "'" + type + "' is no resource type of R4", "--type");
    }
    order.types.insert(type);
  }
  consent::DisclosureRequest& asked = order.asked;
  asked.recipient = options.recipient;
  asked.recipient_kind = options.recipient_kind;
  asked.purpose = options.purpose;
  asked.funding = options.funding;
  if (!consent::IsPurpose(asked.purpose)) {
    return Fail(ErrorCode::kInvalid, "must be a code of v3-ActReason: TREAT, HPAYMT, HOPERAT, ...",
                "--purpose");
  }
  if (!asked.recipient_kind.empty() && !consent::RecipientKindFromCode(asked.recipient_kind)) {
    return Fail(ErrorCode::kInvalid,
                "must be provider, plan, business-associate, vendor, manufacturer, ad-partner, "
                "data-broker, researcher, public-health, oversight or other",
                "--recipient-kind");
  }
  return order;
}

// Who is a partner of the programme is known.
fhir::Status AddKind(Tenant& tenant, ExportOrder& order) {
  if (!order.asked.recipient_kind.empty()) return {};
  return tenant.store->View([&](store::Reader& reader) -> fhir::Status {
    auto programme = LoadProgramme(reader, order.programme);
    if (!programme.ok()) return std::move(programme).error();
    for (const consent::Partner& partner : programme->partners) {
      if (partner.recipient == order.asked.recipient) order.asked.recipient_kind = partner.kind;
    }
    return {};
  });
}

// 0 where they cannot be counted in time: then no bar is shown.
int64_t CountPatients(Tenant& tenant, const std::string& programme) {
  int64_t total = 0;
  (void)tenant.store->View([&](store::Reader& reader) -> fhir::Status {
    store::SearchQuery query;
    query.programme = programme;
    query.type = "Patient";
    query.count = 1;
    query.with_total = true;
    if (auto page = reader.Search(query); page.ok()) total = page->total;
    return {};
  });
  return total;
}

fhir::Status Audit(Tenant& tenant, const ExportOrder& order, bool done,
                   const gateway::Export::Counts& counts) {
  return tenant.store->Update([&](store::Transaction& tx) {
    store::AuditRow row;
    row.at = tx.Now();
    row.action = "export";
    row.client = order.client;
    row.programme = order.programme;
    row.outcome = done ? "0" : "8";
    row.detail = std::to_string(counts.exported) + " exported, " + std::to_string(counts.withheld) +
                 " withheld";
    return tx.AppendAudit(row);
  });
}

void Print(const gateway::Export::Counts& counts) {
  std::cout << counts.exported << " exported, " << counts.redacted << " of them redacted, "
            << counts.withheld << " withheld";
  const char* before = " by ";
  for (const auto& [rule, count] : counts.by_rule) {
    std::cout << before << rule << " (" << count << ")";
    before = ", ";
  }
  std::cout << "\n";
}

}  // namespace

int Export(const ExportOptions& options) {
  auto order = ReadOrder(options);
  if (!order.ok()) return Complain(order.error());
  auto gateway = OpenGateway(options.config_file);
  if (!gateway.ok()) return Complain(gateway.error());
  auto tenant = (*gateway)->OfProgramme(options.programme);
  if (!tenant.ok()) return Complain(tenant.error());
  auto indexed = CheckIndex(*(*tenant)->store, *(*gateway)->config.index_plan);
  if (!indexed.ok()) return Complain(indexed.error());
  if (auto s = AddKind(**tenant, *order); !s.ok()) return Complain(s.error());
  auto files = ExportFiles::Open(options.folder);
  if (!files.ok()) return Complain(files.error());
  Progress progress("export", CountPatients(**tenant, options.programme));
  gateway::Export run(
      **tenant, *order, (*gateway)->clock,
      [&](const fhir::Resource& resource) { return (*files)->Add(resource); },
      [&](int64_t patients) { progress.At(patients); });
  fhir::Status done = run.Run();
  if (done.ok()) done = (*files)->Finish(order->types);
  auto audited = Audit(**tenant, *order, done.ok(), run.counts());
  if (!done.ok()) return Complain(done.error());
  if (!audited.ok()) return Complain(audited.error());
  Print(run.counts());
  return 0;
}

}  // namespace gateway::cli
