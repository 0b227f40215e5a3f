#include <iostream>
#include <memory>

#include "gateway/audit_event.h"
#include "gateway/cli/gateway_files.h"
#include "gateway/cli/period.h"
#include "gateway/cli/verbs.h"

namespace gateway::cli {
namespace {

constexpr size_t kPage = 500;

// One tenant's trail on standard output.
class Printer {
 public:
  Printer(Tenant& tenant, const AuditOptions& options, const Period& period, std::string observer)
      : tenant_(tenant), options_(options), period_(period), observer_(std::move(observer)) {}

  // A page per snapshot: none lives long, however much there is.
  fhir::Status Run() {
    if (auto s = Decisions(); !s.ok()) return s;
    if (auto s = Rows(AuditTrail::kLedger); !s.ok()) return s;
    return Rows(AuditTrail::kJournal);
  }
  int64_t events() const { return events_; }

 private:
  bool Wanted(std::string_view programme) const {
    return options_.programme.empty() || options_.programme == programme;
  }

  void Print(const fhir::Resource& event) {
    std::cout << event.Bytes() << "\n";
    ++events_;
  }

  fhir::Status Decisions() {
    for (int64_t after = -1;;) {
      std::vector<store::DecisionRow> rows;
      auto viewed = tenant_.store->View([&](store::Reader& reader) -> fhir::Status {
        auto page = reader.Decisions(period_.from, period_.to, after, kPage);
        if (!page.ok()) return std::move(page).error();
        rows = std::move(*page);
        return {};
      });
      if (!viewed.ok()) return viewed;
      for (const store::DecisionRow& row : rows) {
        after = row.leaf;
        if (!Wanted(row.programme)) continue;
        auto event = AuditEventOf(row, observer_);
        if (!event.ok()) return std::move(event).error();
        Print(*event);
      }
      if (rows.size() < kPage) return {};
    }
  }

  fhir::Result<std::vector<store::AuditRow>> Page(AuditTrail trail, int64_t after) {
    if (trail == AuditTrail::kJournal) return tenant_.store->ReadJournal(after, kPage);
    std::vector<store::AuditRow> rows;
    auto viewed = tenant_.store->View([&](store::Reader& reader) -> fhir::Status {
      auto page = reader.Audit(after, kPage);
      if (!page.ok()) return std::move(page).error();
      rows = std::move(*page);
      return {};
    });
    if (!viewed.ok()) return std::move(viewed).error();
    return rows;
  }

  fhir::Status Rows(AuditTrail trail) {
    for (int64_t after = -1;;) {
      auto rows = Page(trail, after);
      if (!rows.ok()) return std::move(rows).error();
      for (const store::AuditRow& row : *rows) {
        after = row.place;
        const bool inside = row.at >= period_.from && row.at < period_.to;
        if (inside && Wanted(row.programme) && !TellsOfDecision(row)) {
          Print(AuditEventOf(row, trail, observer_));
        }
      }
      if (rows->size() < kPage) return {};
    }
  }

  Tenant& tenant_;
  const AuditOptions& options_;
  const Period& period_;
  const std::string observer_;
  int64_t events_ = 0;
};

}  // namespace

int Audit(const AuditOptions& options) {
  auto period = ReadPeriod(options.from, options.to);
  if (!period.ok()) return Complain(period.error());
  auto files = OpenGateway(options.config_file);
  if (!files.ok()) return Complain(files.error());
  auto tenants = (*files)->Chosen(options.tenant);
  if (!tenants.ok()) return Complain(tenants.error());
  int64_t events = 0;
  for (Tenant* tenant : *tenants) {
    Printer printer(*tenant, options, *period, (*files)->config.partners_url);
    if (auto s = printer.Run(); !s.ok()) return Complain(s.error());
    events += printer.events();
  }
  std::cout << std::flush;
  std::cerr << "audit: " << events << " events\n";
  return 0;
}

}  // namespace gateway::cli
