// SPDX-License-Identifier: Apache-2.0
#include "bridge/duties.hpp"

#include <algorithm>

namespace barge {

bool same_duties(const Obligations& a, const Obligations& b) {
  const std::vector<ObligationDue> x = duties_of(a);
  const std::vector<ObligationDue> y = duties_of(b);
  return std::equal(
      x.begin(), x.end(), y.begin(), y.end(), [](const ObligationDue& m, const ObligationDue& n) {
        return m.kind == n.kind && m.id == n.id && m.to == n.to && m.repeat == n.repeat &&
               m.at_leave == n.at_leave && m.names_supervisor == n.names_supervisor &&
               m.acknowledged == n.acknowledged;
      });
}

std::vector<ObligationDue> duties_of(const Obligations& obligations) {
  std::vector<ObligationDue> duties;
  const auto add = [&](ObligationKind kind, const std::string& rule) -> ObligationDue& {
    ObligationDue& due = duties.emplace_back();
    due.kind = kind;
    due.rule = rule;
    return due;
  };
  for (const auto& tone : obligations.tones) {
    ObligationDue& due = add(ObligationKind::tone, tone.rule);
    due.id = tone.value.id;
    due.to = tone.value.to;
    due.at_leave = tone.value.at_leave;
    due.repeat = tone.value.repeat;
  }
  for (const auto& phrase : obligations.phrases) {
    ObligationDue& due = add(ObligationKind::phrase, phrase.rule);
    due.id = phrase.value.id;
    due.to = phrase.value.to;
  }
  if (obligations.visual) {
    ObligationDue& due = add(ObligationKind::visual, obligations.visual->rule);
    due.names_supervisor = obligations.visual->value.names_supervisor;
    due.acknowledged = obligations.visual->value.acknowledged;
  }
  const auto add_flag = [&](const std::optional<Obliged<bool>>& flag, ObligationKind kind) {
    if (flag && flag->value) add(kind, flag->rule);
  };
  add_flag(obligations.recording_required, ObligationKind::recording);
  add_flag(obligations.pause_media, ObligationKind::pause_media);
  add_flag(obligations.four_eyes, ObligationKind::four_eyes);
  if (obligations.notify) {
    for (const std::string& whom : obligations.notify->value) {
      add(ObligationKind::notify, obligations.notify->rule).id = whom;
    }
  }
  return duties;
}

}  // namespace barge
