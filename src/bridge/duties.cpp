// SPDX-License-Identifier: Apache-2.0
#include "bridge/duties.hpp"

#include <algorithm>

namespace barge {

namespace {

bool same_duty(const ObligationDue& a, const ObligationDue& b) {
  return a.kind == b.kind && a.id == b.id && a.to == b.to && a.repeat == b.repeat &&
         a.at_leave == b.at_leave && a.names_supervisor == b.names_supervisor &&
         a.acknowledged == b.acknowledged;
}

template <class T>
std::vector<T> in_id_order(std::vector<T> obligations) {
  std::sort(obligations.begin(), obligations.end(),
            [](const T& a, const T& b) { return a.value.id < b.value.id; });
  return obligations;
}

}  // namespace

bool same_duties(const Obligations& a, const Obligations& b) {
  const std::vector<ObligationDue> x = duties_of(a);
  const std::vector<ObligationDue> y = duties_of(b);
  return std::equal(x.begin(), x.end(), y.begin(), y.end(), same_duty);
}

bool covers(const Obligations& done, const ObligationDue& asked) {
  const std::vector<ObligationDue> had = duties_of(done);
  return std::any_of(had.begin(), had.end(),
                     [&](const ObligationDue& duty) { return same_duty(duty, asked); });
}

bool covers(const Obligations& done, const Obligations& asked) {
  const std::vector<ObligationDue> wants = duties_of(asked);
  return std::all_of(wants.begin(), wants.end(),
                     [&](const ObligationDue& want) { return covers(done, want); });
}

std::vector<ObligationDue> duties_of(const Obligations& obligations) {
  std::vector<ObligationDue> duties;
  const auto add = [&](ObligationKind kind, const std::string& rule) -> ObligationDue& {
    ObligationDue& due = duties.emplace_back();
    due.kind = kind;
    due.rule = rule;
    return due;
  };
  for (const auto& tone : in_id_order(obligations.tones)) {
    ObligationDue& due = add(ObligationKind::tone, tone.rule);
    due.id = tone.value.id;
    due.to = tone.value.to;
    due.at_leave = tone.value.at_leave;
    due.repeat = tone.value.repeat;
  }
  for (const auto& phrase : in_id_order(obligations.phrases)) {
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
