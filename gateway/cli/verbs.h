// What each verb does once its options are read: one source file per verb. Results go to stdout,
// everything for a person's eyes to stderr. Each answers the exit code: 0, or 1 after a sentence
// that says what was wrong, where, and what to do.
#pragma once

#include <string>
#include <vector>

#include "fhir/json/value.h"
#include "fhir/result.h"

namespace gateway::cli {

struct InitOptions {
  std::string dir;
  std::string partners_listen = "127.0.0.1:8443";
  std::string public_listen = "127.0.0.1:8444";
  std::string operations_listen = "127.0.0.1:8445";
};
// Makes what a development gateway needs and is not there yet; overwrites nothing.
int Init(const InitOptions& options);

int CheckConfig(const std::string& file);
int Serve(const std::string& config_file);
int Version();

int TenantAdd(const std::string& config_file, const std::string& name);
int TenantList(const std::string& config_file);

// Adds or changes; a running gateway sees it at its next request.
int ProgrammeAdd(const std::string& config_file, const std::string& tenant,
                 const std::vector<std::string>& programme_files);
int ProgrammeList(const std::string& config_file);

struct ClientOptions {
  std::string config_file;
  std::string id;
  std::string programme;
  std::string scope = "system/*.cruds";
  std::vector<std::string> key_files;
};
// Adds, or replaces scope and keys of, a client of the programme.
int ClientAdd(const ClientOptions& options);
// The same of a JSON array of {"id", "programme", "scope", "jwks"}: all of a tenant, or none.
int ClientImport(const std::string& config_file, const std::string& file);
enum class ClientState { kEnabled, kDisabled };
int ClientSet(const ClientOptions& options, ClientState state);
int ClientList(const std::string& config_file);

// People who sign for a tenant: each a name, roles and the public key of his statements.
struct UserOptions {
  std::string config_file;
  std::string tenant;
  std::string name;
  std::vector<std::string> roles;
  std::string key_file;
};
int UserAdd(const UserOptions& options);
int UserSet(const UserOptions& options, bool disabled);
int UserList(const std::string& config_file);

// Policy packs: one person proposes, another activates; both sign with their private key.
struct PolicyOptions {
  std::string config_file;
  std::string tenant;
  std::string file;     // propose
  std::string version;  // activate
  std::string person;
  std::string key_file;
};
int PolicyPropose(const PolicyOptions& options);
int PolicyActivate(const PolicyOptions& options);
int PolicyList(const std::string& config_file);
// Without a file: prints the pack that is built in. With one: says whether it can be read.
int PolicyShow(const std::string& file);
// A pack that consent::ReadPolicy takes, as JSON; errors name the file and the path.
fhir::Result<fhir::json::Value> ReadPolicyFile(const std::string& file);

// Signs a statement with a person's private key and prints it (auth/statement.h).
struct SignOptions {
  std::string file = "-";  // the statement as JSON; "-": standard input
  std::string person;
  std::string key_file;
  int hours = 24;
};
int Sign(const SignOptions& options);

// Runs case files; 1 when one of them does not come out as it says.
// with_given: each line also holds what was given, fixtures filled in.
int Evaluate(const std::vector<std::string>& files, bool with_given);

struct ReplayOptions {
  std::string config_file;
  std::string tenant;  // empty: all
  std::string from;    // FHIR instant or date; empty: from the beginning
  std::string to;      // not included; empty: to the end
  std::string policy;  // a pack's file: what it would have decided; empty: the pack of each record
};
// Takes every recorded decision again; 1 when one comes out differently.
int Replay(const ReplayOptions& options);

struct AuditOptions {
  std::string config_file;
  std::string tenant;     // empty: all
  std::string programme;  // empty: all, and what is of none
  std::string from;       // as of ReplayOptions
  std::string to;
};
// Prints what was done, read and decided as FHIR AuditEvents, one a line: decisions, then writes
// and sendings, then accesses.
int Audit(const AuditOptions& options);

struct ImportOptions {
  std::string config_file;
  std::string programme;
  std::string errors = "import-errors.ndjson";
  std::vector<std::string> paths;  // NDJSON or JSON files, or folders of them
};
// Writes every resource of the files into the programme; 1 when one was refused. May run beside
// `serve`, and again: what is there already stays as it is.
int Import(const ImportOptions& options);

struct ExportOptions {
  std::string config_file;
  std::string programme;
  std::string folder;
  std::string recipient;  // "Organization/o1" or a name
  std::string recipient_kind;
  std::string purpose;
  std::string funding;
  std::vector<std::string> types;
};
// Writes what of a programme's data may go to the recipient, an NDJSON file a type, and prints how
// much was withheld by which rule.
int Export(const ExportOptions& options);

// Makes the search index anew.
int Reindex(const std::string& config_file, const std::string& tenant);
// The system's clock is right and the store's last commit lies ahead of it: go on from the clock.
int ClockAccept(const std::string& config_file, const std::string& tenant);
// Compares the ledger with its root and its signed heads; 1 when they do not agree.
int VerifyLedger(const std::string& config_file, const std::string& tenant);

}  // namespace gateway::cli
