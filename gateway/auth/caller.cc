#include "gateway/auth/caller.h"

#include <algorithm>

#include "gateway/auth/scope.h"

namespace gateway::auth {
namespace {

constexpr std::string_view kPrefix = "system/";

bool IsType(std::string_view text) {
  if (text == "*") return true;
  auto letter = [](char c) { return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z'); };
  return !text.empty() && text.size() <= 64 && text[0] >= 'A' && text[0] <= 'Z' &&
         std::all_of(text.begin(), text.end(), letter);
}

// False when `access` is neither a v1 word nor letters of "cruds" in their order.
bool ReadAccess(std::string_view access, Scope* scope) {
  if (access == "read" || access == "*") scope->read = scope->search = true;
  if (access == "write" || access == "*") scope->create = scope->update = scope->remove = true;
  if (access == "read" || access == "write" || access == "*") return true;

  constexpr std::string_view kLetters = "cruds";
  bool* const kFlags[] = {&scope->create, &scope->read, &scope->update, &scope->remove,
                          &scope->search};
  size_t next = 0;
  for (char c : access) {
    size_t at = kLetters.find(c, next);
    if (at == std::string_view::npos) return false;
    *kFlags[at] = true;
    next = at + 1;
  }
  return !access.empty();
}

std::vector<std::string_view> Words(std::string_view text) {
  std::vector<std::string_view> words;
  while (!text.empty()) {
    size_t end = std::min(text.find(' '), text.size());
    if (end > 0) words.push_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return words;
}

Scope Both(const Scope& a, const Scope& b) {
  return {a.type == "*" ? b.type : a.type,
          a.create && b.create,
          a.read && b.read,
          a.update && b.update,
          a.remove && b.remove,
          a.search && b.search};
}

bool Any(const Scope& s) { return s.create || s.read || s.update || s.remove || s.search; }

}  // namespace

std::optional<Scope> ParseScope(std::string_view word) {
  if (!word.starts_with(kPrefix)) return std::nullopt;
  word.remove_prefix(kPrefix.size());
  size_t dot = word.find('.');
  if (dot == std::string_view::npos) return std::nullopt;
  Scope scope;
  scope.type = std::string(word.substr(0, dot));
  // A v2 scope narrowed by "?category=..." fails here: granting it whole would widen it.
  if (!IsType(scope.type) || !ReadAccess(word.substr(dot + 1), &scope)) return std::nullopt;
  return scope;
}

std::vector<Scope> ParseScopes(std::string_view text) {
  std::vector<Scope> scopes;
  for (std::string_view word : Words(text)) {
    if (std::optional<Scope> scope = ParseScope(word)) scopes.push_back(std::move(*scope));
  }
  return scopes;
}

std::string WriteScope(const Scope& scope) {
  std::string text = std::string(kPrefix) + scope.type + ".";
  if (scope.create) text += 'c';
  if (scope.read) text += 'r';
  if (scope.update) text += 'u';
  if (scope.remove) text += 'd';
  if (scope.search) text += 's';
  return text;
}

std::string GrantedScopes(std::string_view requested, std::string_view registered) {
  std::vector<std::string> granted;
  auto add = [&granted](std::string word) {
    if (std::find(granted.begin(), granted.end(), word) == granted.end()) {
      granted.push_back(std::move(word));
    }
  };
  std::vector<Scope> allowed = ParseScopes(registered);
  for (std::string_view word : Words(requested)) {
    std::optional<Scope> wanted = ParseScope(word);
    if (!wanted) continue;
    for (const Scope& have : allowed) {
      if (have.type != "*" && wanted->type != "*" && have.type != wanted->type) continue;
      Scope both = Both(*wanted, have);
      if (!Any(both)) continue;
      // What is granted whole keeps the words of the client (v1 or v2).
      add(both == *wanted ? std::string(word) : WriteScope(both));
    }
  }
  std::string text;
  for (const std::string& word : granted) text += (text.empty() ? "" : " ") + word;
  return text;
}

bool Caller::May(Access access, std::string_view type) const {
  return std::any_of(scopes.begin(), scopes.end(), [&](const Scope& scope) {
    if (scope.type != "*" && scope.type != type) return false;
    switch (access) {
      case Access::kCreate:
        return scope.create;
      case Access::kRead:
        return scope.read;
      case Access::kUpdate:
        return scope.update;
      case Access::kDelete:
        return scope.remove;
      case Access::kSearch:
        return scope.search;
    }
    return false;
  });
}

}  // namespace gateway::auth
