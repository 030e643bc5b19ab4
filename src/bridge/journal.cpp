// SPDX-License-Identifier: Apache-2.0
#include "bridge/journal.hpp"

namespace barge {

std::optional<AuditTicket> Journal::append(RecordType type, Session& session,
                                           std::vector<AuditField> data,
                                           std::optional<SampleIndex> sample) {
  data.insert(data.begin(), {"supervisor", session.supervisor_gid.text()});
  AuditRecord record;
  record.type = type;
  record.session = session.gid;
  record.session_sequence = ++session.sequence;
  record.sample = sample;
  record.data = std::move(data);
  return append(std::move(record));
}

std::optional<AuditTicket> Journal::append(RecordType type, std::vector<AuditField> data) {
  AuditRecord record;
  record.type = type;
  record.data = std::move(data);
  return append(std::move(record));
}

std::optional<AuditTicket> Journal::append(AuditRecord record) {
  record.time = clock_->wall();
  record.monotonic = clock_->steady();
  record.call = call_;
  auto ticket = sink_->append(std::move(record));
  if (ticket) return *ticket;
  faults_.push_back({ticket.error().code, ticket.error().message});
  return std::nullopt;
}

std::vector<Fault> Journal::take_faults() {
  return std::exchange(faults_, {});
}

namespace {

std::vector<std::string> obligation_names(const Obligations& obligations) {
  std::vector<std::string> names;
  for (const auto& tone : obligations.tones)
    names.push_back("tone:" + tone.value.id);
  for (const auto& phrase : obligations.phrases)
    names.push_back("phrase:" + phrase.value.id);
  const auto add = [&](const auto& obligation, const char* name) {
    if (obligation) names.emplace_back(name);
  };
  add(obligations.visual, "visual");
  add(obligations.reason, "reason");
  add(obligations.monitor_first, "monitor_first");
  add(obligations.max_whisper, "max_whisper");
  add(obligations.max_session, "max_session");
  add(obligations.max_concurrent, "max_concurrent");
  add(obligations.max_per_agent_per_hour, "max_per_agent_per_hour");
  add(obligations.recording_required, "recording_required");
  add(obligations.pause_media, "pause_media");
  add(obligations.four_eyes, "four_eyes");
  add(obligations.notify, "notify");
  add(obligations.ttl, "ttl");
  return names;
}

std::string gid_of(const Roster& roster, ParticipantId id) {
  const Member* const member = roster.get(id);
  return member == nullptr ? std::string() : member->person.id.text();
}

}  // namespace

std::vector<AuditField> decision_fields(const Decision& decision, const AccessRequest& request) {
  std::vector<AuditField> fields{
      {"mode", std::string(name(request.action.mode))},
      {"from", std::string(name(request.action.from))},
      {"agent", request.call.agent.text()},
      {"effect", std::string(decision.permitted() ? "permit" : "deny")},
      {"code", std::string(name(decision.code))},
      {"winner", decision.winner},
      {"matched", decision.matched},
      {"roles", request.subject.roles},
      {"queue", request.call.queue},
      {"obligations", obligation_names(decision.obligations)},
      {"policy", decision.policy.id},
      {"policy_revision", static_cast<std::int64_t>(decision.policy.revision)},
      {"policy_hash", decision.policy.hash}};
  if (!decision.rule_code.empty()) fields.push_back({"rule_code", decision.rule_code});
  if (!request.action.reason.empty()) fields.push_back({"reason", request.action.reason});
  for (const Fact& fact : decision.facts)
    fields.push_back({"fact." + fact.key, fact.value});
  return fields;
}

std::vector<AuditField> settings_fields(const Settings& settings, const Roster& roster) {
  std::vector<AuditField> fields{{"to", std::string(name(settings.mode))},
                                 {"agent", gid_of(roster, settings.agent)}};
  if (settings.mode == Mode::whisper) {
    std::vector<std::string> targets;
    for (const ParticipantId target : settings.targets)
      targets.push_back(gid_of(roster, target));
    fields.push_back({"targets", std::move(targets)});
  }
  if (settings.mode == Mode::takeover) {
    fields.push_back({"disposition", std::string(name(settings.disposition))});
  }
  return fields;
}

}  // namespace barge
