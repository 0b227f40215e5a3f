#include "gateway/cli/cli.h"

#include <CLI/CLI.hpp>
#include <exception>
#include <iostream>
#include <string>
#include <vector>

#include "gateway/cli/verbs.h"

namespace gateway::cli {
namespace {

constexpr int kUsage = 2;

// What the options are read into; one at a time is used.
struct Options {
  std::string config = "gateway.jsonc";
  std::string file;
  std::string name;
  std::string tenant;
  std::vector<std::string> files;
  bool with_given = false;
  InitOptions init;
  ClientOptions client;
  UserOptions user;
  PolicyOptions policy;
  SignOptions sign;
  ReplayOptions replay;
  AuditOptions audit;
  ImportOptions import;
  ExportOptions export_;
};

void AddConfig(CLI::App* verb, Options* o) {
  verb->add_option("--config", o->config, "the configuration file")
      ->type_name("FILE")
      ->capture_default_str();
}

CLI::App* AddGroup(CLI::App* app, const char* name, const char* help) {
  CLI::App* group = app->add_subcommand(name, help);
  group->require_subcommand(1);
  return group;
}

void AddSetup(CLI::App* app, Options* o, int* exit) {
  CLI::App* init = app->add_subcommand(
      "init", "make keys, development certificates and a configuration; overwrites nothing");
  init->add_option("DIR", o->init.dir, "the gateway's folder")->required();
  init->add_option("--partners-listen", o->init.partners_listen, "FHIR and tokens")
      ->capture_default_str();
  init->add_option("--public-listen", o->init.public_listen, "unsubscribe links and hooks")
      ->capture_default_str();
  init->add_option("--operations-listen", o->init.operations_listen, "health and metrics")
      ->capture_default_str();
  init->callback([=] { *exit = Init(o->init); });

  CLI::App* check = app->add_subcommand("check-config", "say what is wrong in a configuration");
  check->add_option("FILE", o->file, "the configuration file")->required();
  check->callback([=] { *exit = CheckConfig(o->file); });

  CLI::App* serve = app->add_subcommand("serve", "run the gateway until SIGTERM");
  AddConfig(serve, o);
  serve->callback([=] { *exit = Serve(o->config); });

  app->add_subcommand("version", "print the versions of program, policy and time zones")
      ->callback([=] { *exit = Version(); });
}

void AddTenant(CLI::App* app, Options* o, int* exit) {
  CLI::App* group = AddGroup(app, "tenant", "sellers, each with its own encrypted store");
  CLI::App* add = group->add_subcommand("add", "make a tenant and its keys");
  add->add_option("NAME", o->name, "[a-z0-9-], at most 64 characters")->required();
  AddConfig(add, o);
  add->callback([=] { *exit = TenantAdd(o->config, o->name); });
  CLI::App* list = group->add_subcommand("list", "print the tenants");
  AddConfig(list, o);
  list->callback([=] { *exit = TenantList(o->config); });
}

void AddProgramme(CLI::App* app, Options* o, int* exit) {
  CLI::App* group = AddGroup(app, "programme", "support programmes of a tenant");
  CLI::App* add = group->add_subcommand("add", "add or change programmes; no restart needed");
  add->add_option("FILE", o->files, "programmes as JSON, one a file")->required();
  add->add_option("--tenant", o->tenant, "the tenant they belong to")->required();
  AddConfig(add, o);
  add->callback([=] { *exit = ProgrammeAdd(o->config, o->tenant, o->files); });
  CLI::App* list = group->add_subcommand("list", "print tenant and programme, a line each");
  AddConfig(list, o);
  list->callback([=] { *exit = ProgrammeList(o->config); });
}

void AddClient(CLI::App* app, Options* o, int* exit) {
  CLI::App* group = AddGroup(app, "client", "systems that may call a programme");
  auto describe = [o](CLI::App* verb) {
    verb->add_option("ID", o->client.id, "the client's id: iss and sub of its assertions")
        ->required();
    verb->add_option("--programme", o->client.programme, "the programme it calls")->required();
    AddConfig(verb, o);
  };
  CLI::App* add = group->add_subcommand("add", "register a client, or replace scope and keys");
  describe(add);
  add->add_option("--scope", o->client.scope, "SMART system scopes")->capture_default_str();
  add->add_option("--key", o->client.key_files,
                  "PEM of its public key, P-384 or RSA of 3072 bits; twice while keys change")
      ->required()
      ->type_name("FILE")
      ->allow_extra_args(false);
  add->callback([=] {
    o->client.config_file = o->config;
    *exit = ClientAdd(o->client);
  });
  CLI::App* many = group->add_subcommand("import", "register the clients of a file");
  many->add_option("FILE", o->file, "[{\"id\", \"programme\", \"scope\", \"jwks\"}, ...]")
      ->required();
  AddConfig(many, o);
  many->callback([=] { *exit = ClientImport(o->config, o->file); });
  for (ClientState state : {ClientState::kDisabled, ClientState::kEnabled}) {
    bool off = state == ClientState::kDisabled;
    CLI::App* set = group->add_subcommand(off ? "disable" : "enable",
                                          off ? "refuse it from now on" : "let it in again");
    describe(set);
    set->callback([=] {
      o->client.config_file = o->config;
      *exit = ClientSet(o->client, state);
    });
  }
  CLI::App* list = group->add_subcommand("list", "print tenant, programme, client and scope");
  AddConfig(list, o);
  list->callback([=] { *exit = ClientList(o->config); });
}

void AddImport(CLI::App* app, Options* o, int* exit) {
  CLI::App* import = app->add_subcommand(
      "import", "write FHIR files into a programme; also beside serve, and safely again");
  import->add_option("PATH", o->import.paths, "NDJSON files, Bundles (.json), or folders of them")
      ->required();
  import->add_option("--programme", o->import.programme, "the programme it goes to")->required();
  AddConfig(import, o);
  import->add_option("--errors", o->import.errors, "for what is refused, an OperationOutcome each")
      ->type_name("FILE")
      ->capture_default_str();
  import->callback([=] {
    o->import.config_file = o->config;
  *exit = Import(o->import);
});
}  // namespace

void AddExport(CLI::App* app, Options* o, int* exit) {
  CLI::App* verb = app->add_subcommand(
      "export",
      "write what of a programme's data may go to a recipient, as NDJSON files: every resource is "
      "decided on and redacted, every decision recorded. The files hold patient data in clear: "
      "only "
      "their owner may read them, and whoever has them must protect them");
  verb->add_option("FOLDER", o->export_.folder,
                   "for TYPE.ndjson; what an earlier export left there of these types is replaced")
      ->required();
  verb->add_option("--programme", o->export_.programme, "whose data")->required();
  verb->add_option("--recipient", o->export_.recipient,
                   "to whom: Organization/ID, or a name; who nobody knows gets nothing of patients")
      ->required();
  verb->add_option("--recipient-kind", o->export_.recipient_kind,
                   "what it is, where its record or the programme's partners do not say: provider, "
                   "plan, vendor, ...");
  verb->add_option("--purpose", o->export_.purpose, "what for: a code of v3-ActReason")
      ->required()
      ->type_name("CODE");
  verb->add_option("--funding", o->export_.funding, "what is paid for it: Contract/ID, or none");
  verb->add_option("--type", o->export_.types, "only this type; may be repeated")
      ->allow_extra_args(false);
  AddConfig(verb, o);
  verb->callback([=] {
    o->export_.config_file = o->config;
    *exit = Export(o->export_);
  });
}

void AddUser(CLI::App* app, Options* o, int* exit) {
  CLI::App* group = AddGroup(app, "user", "people who sign for policies and reviews");
  auto of_tenant = [o](CLI::App* verb) {
    verb->add_option("NAME", o->user.name, "[a-z0-9.-], at most 64 characters")->required();
    verb->add_option("--tenant", o->user.tenant, "the tenant they sign for")->required();
    AddConfig(verb, o);
  };
  CLI::App* add = group->add_subcommand("add", "register a person, or replace roles and key");
  of_tenant(add);
  add->add_option("--role", o->user.roles, "compliance, privacy or nurse; may be repeated")
      ->required()
      ->allow_extra_args(false);
  add->add_option("--key", o->user.key_file, "PEM of the person's public key, P-384")
      ->required()
      ->type_name("FILE");
  add->callback([=] {
    o->user.config_file = o->config;
    *exit = UserAdd(o->user);
  });
  for (bool off : {true, false}) {
    CLI::App* set =
        group->add_subcommand(off ? "disable" : "enable",
                              off ? "refuse what they sign from now on" : "let them sign again");
    of_tenant(set);
    set->callback([=] {
      o->user.config_file = o->config;
      *exit = UserSet(o->user, off);
    });
  }
  CLI::App* list = group->add_subcommand("list", "print tenant, person and roles");
  AddConfig(list, o);
  list->callback([=] { *exit = UserList(o->config); });

  CLI::App* sign = app->add_subcommand("sign", "sign what $review answers; print it for $approve");
  sign->add_option("FILE", o->sign.file, "the statement as JSON; - reads standard input")
      ->capture_default_str();
  sign->add_option("--user", o->sign.person, "who signs: see psgateway user")->required();
  sign->add_option("--key", o->sign.key_file, "PEM of that person's private key")
      ->required()
      ->type_name("FILE");
  sign->add_option("--hours", o->sign.hours, "how long the approval holds")
      ->capture_default_str()
      ->check(CLI::Range(1, 168));
  sign->callback([=] { *exit = Sign(o->sign); });
}

void AddPolicy(CLI::App* app, Options* o, int* exit) {
  CLI::App* group = AddGroup(app, "policy", "versioned policy packs, activated by two persons");
  auto signed_by = [o](CLI::App* verb) {
    verb->add_option("--tenant", o->policy.tenant, "the tenant it decides for")->required();
    verb->add_option("--user", o->policy.person, "who signs: see psgateway user")->required();
    verb->add_option("--key", o->policy.key_file, "PEM of that person's private key")
        ->required()
        ->type_name("FILE");
    AddConfig(verb, o);
  };
  CLI::App* propose = group->add_subcommand("propose", "store a pack that another must activate");
  propose->add_option("FILE", o->policy.file, "the pack as JSON")->required();
  signed_by(propose);
  propose->callback([=] {
    o->policy.config_file = o->config;
    *exit = PolicyPropose(o->policy);
  });
  CLI::App* activate = group->add_subcommand("activate", "decide by a pack from now on");
  activate->add_option("VERSION", o->policy.version, "the pack's version")->required();
  signed_by(activate);
  activate->callback([=] {
    o->policy.config_file = o->config;
    *exit = PolicyActivate(o->policy);
  });
  CLI::App* list = group->add_subcommand("list", "print tenant, version, state and who signed");
  AddConfig(list, o);
  list->callback([=] { *exit = PolicyList(o->config); });
  CLI::App* show = group->add_subcommand("show", "print the built-in pack, or check a file");
  show->add_option("FILE", o->policy.file, "a pack to check");
  show->callback([=] { *exit = PolicyShow(o->policy.file); });
}

void AddProof(CLI::App* app, Options* o, int* exit) {
  CLI::App* evaluate = app->add_subcommand("evaluate", "run decision cases and compare");
  evaluate->add_option("FILE", o->files, "case files (JSON)")->required();
  evaluate->add_flag("--given", o->with_given, "print what was given too, fixtures filled in");
  evaluate->callback([=] { *exit = Evaluate(o->files, o->with_given); });

  CLI::App* replay = app->add_subcommand("replay", "take every recorded decision again");
  AddConfig(replay, o);
  replay->add_option("--tenant", o->replay.tenant, "only this tenant");
  replay->add_option("--from", o->replay.from, "from this date or instant");
  replay->add_option("--to", o->replay.to, "until before this date or instant");
  replay->add_option("--policy", o->replay.policy, "list what this pack would have changed")
      ->type_name("FILE");
  replay->callback([=] {
    o->replay.config_file = o->config;
    *exit = Replay(o->replay);
  });

  CLI::App* audit =
      app->add_subcommand("audit", "print the audit trail as FHIR AuditEvents, one a line");
  AddConfig(audit, o);
  audit->add_option("--tenant", o->audit.tenant, "only this tenant");
  audit->add_option("--programme", o->audit.programme, "only this programme");
  audit->add_option("--from", o->audit.from, "from this date or instant");
  audit->add_option("--to", o->audit.to, "until before this date or instant");
  audit->callback([=] {
    o->audit.config_file = o->config;
    *exit = Audit(o->audit);
  });

  CLI::App* reindex =
      app->add_subcommand("reindex", "make the search index anew, after search.index has changed");
  AddConfig(reindex, o);
  reindex->add_option("--tenant", o->tenant, "only this tenant");
  reindex->callback([=] { *exit = Reindex(o->config, o->tenant); });

  CLI::App* clock = app->add_subcommand("clock", "a clock that was ahead, or has stepped back");
  clock->require_subcommand(1);
  CLI::App* accept = clock->add_subcommand(
      "accept", "the clock is right now: decide by it, though writes lie ahead");
  AddConfig(accept, o);
  accept->add_option("--tenant", o->tenant, "only this tenant");
  accept->callback([=] { *exit = ClockAccept(o->config, o->tenant); });

  CLI::App* verify =
      app->add_subcommand("verify-ledger", "compare the ledger with its root and signed heads");
  AddConfig(verify, o);
  verify->add_option("--tenant", o->tenant, "only this tenant");
  verify->callback([=] { *exit = VerifyLedger(o->config, o->tenant); });
}

}  // namespace gateway::cli

int Run(int argc, char** argv) {
  CLI::App app("Patient Support Gateway: lawful, provable outreach to patients", "psgateway");
  app.require_subcommand(1);
  Options options;
  int exit = 0;
  AddSetup(&app, &options, &exit);
  AddTenant(&app, &options, &exit);
  AddProgramme(&app, &options, &exit);
  AddClient(&app, &options, &exit);
  AddImport(&app, &options, &exit);
  AddExport(&app, &options, &exit);
  AddUser(&app, &options, &exit);
  AddPolicy(&app, &options, &exit);
  AddProof(&app, &options, &exit);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& e) {
    return app.exit(e) == 0 ? 0 : kUsage;
  }
  return exit;
}

}  // namespace gateway::cli
