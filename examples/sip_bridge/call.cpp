// SPDX-License-Identifier: Apache-2.0
// Who is on the call, and what they ask for. The media are in call_media.cpp.
#include "call.hpp"

#include <algorithm>
#include <random>
#include <utility>

#include "log.hpp"
#include "refusal.hpp"

namespace sip_bridge {
namespace {

barge::CallGid new_call_id() {
  std::random_device random;
  const auto word = [&random] { return (std::uint64_t{random()} << 32) | random(); };
  const std::uint64_t high = word();
  return barge::CallGid::from_bits(high, word());
}

// What the caller hears of the reason why the agent's phone cannot be reached.
unsigned status_for_caller(unsigned status_from_agent) {
  switch (status_from_agent) {
    case 486:
    case 488:
    case 600:
    case 603:
      return status_from_agent;
    default:
      return 480;
  }
}

}  // namespace

Call::Call(Services& services, unsigned number, Over over)
    : services_(services),
      name_("call " + std::to_string(number)),
      gid_(new_call_id()),
      over_(std::move(over)),
      ringing_(services.io),
      clock_(services.io, services.config.ptime) {}

// ── Parties ─────────────────────────────────────────────────────────────────────────────────────

barge::Result<Call::Party*> Call::add_party(const Account& account, DialogId dialog) {
  const Config& config = services_.config;
  auto leg = Leg::open(services_.io, config.listen.address, services_.ports, config.ptime);
  if (!leg) return leg.error();
  const auto frame_samples = static_cast<std::size_t>(config.ptime.count() * 8);
  auto party = std::make_unique<Party>();
  party->account = &account;
  party->dialog = dialog;
  party->leg = std::move(leg).value();
  party->heard_from.resize(frame_samples);
  party->hears.resize(frame_samples);
  parties_.push_back(std::move(party));
  return parties_.back().get();
}

Call::Party* Call::find(DialogId dialog) const {
  return find_if([&](const Party& party) { return party.dialog == dialog; });
}

Call::Party* Call::find(barge::ParticipantId id) const {
  return find_if([&](const Party& party) { return party.joined.participant == id; });
}

Call::Party* Call::first(barge::Role role) const {
  return find_if([&](const Party& party) { return party.account->role == role; });
}

bool Call::has(DialogId dialog) const {
  return find(dialog) != nullptr;
}

bool Call::has(const std::string& extension) const {
  return find_if([&](const Party& p) { return p.account->extension == extension; }) != nullptr;
}

barge::Status Call::join(Party& party) {
  const Account& account = *party.account;
  auto joined = bridge_->join({account.role, barge::PersonGid(account.extension),
                               account.policy_roles, account.queues, "", account.extension});
  if (!joined) return joined.error();
  party.joined = *joined;
  return barge::Ok{};
}

void Call::answer(Party& party) {
  if (std::exchange(party.answered, true)) return;
  party.leg->heard();
  services_.signalling.answer(party.dialog, party.leg->local());
}

void Call::end_dialog(const Party& party, unsigned status_if_unanswered) {
  if (party.answered || party.account->role == barge::Role::agent) {
    services_.signalling.hang_up(party.dialog);
  } else {
    services_.signalling.reject(party.dialog, status_if_unanswered);
  }
}

// The party's dialog is over.
void Call::leave(Party& party) {
  if (party.account->role == barge::Role::customer) {
    parties_.erase(std::find_if(parties_.begin(), parties_.end(),
                                [&](const auto& p) { return p.get() == &party; }));
    return hang_up("the customer is gone");
  }
  if (party.joined.participant) {
    if (const auto left = bridge_->leave(party.joined.participant); !left) {
      log(&party, left.error().message);
    }
  }
  parties_.erase(std::find_if(parties_.begin(), parties_.end(),
                              [&](const auto& p) { return p.get() == &party; }));
}

// ── From ringing to connected ───────────────────────────────────────────────────────────────────

barge::Status Call::ring(const Account& customer, const Invited& invited, const Account& agent,
                         const std::string& agent_contact) {
  auto caller = add_party(customer, invited.dialog);
  if (!caller) return caller.error();
  (*caller)->leg->connect(invited.media);
  auto called = add_party(agent, DialogId{});
  if (!called) return called.error();
  (*called)->dialog = services_.signalling.invite(
      {agent_contact, customer.extension, customer.name, (*called)->leg->local()});

  ringing_.expires_after(services_.config.answer_timeout);
  ringing_.async_wait([weak = weak_from_this()](const boost::system::error_code& error) {
    const auto self = weak.lock();
    if (self && !error && !self->bridge_) self->hang_up("nobody answers");
  });
  log(*caller, "calls " + agent.extension + " (call id " + gid_.text() + ")");
  return barge::Ok{};
}

void Call::on_ringing(DialogId dialog) {
  const Party* const agent = first(barge::Role::agent);
  const Party* const customer = first(barge::Role::customer);
  if (agent == nullptr || agent->dialog != dialog || customer == nullptr || bridge_) return;
  log(agent, "rings");
  services_.signalling.ring(customer->dialog);
}

void Call::on_answered(DialogId dialog, const RemoteMedia& media) {
  Party* const agent = find(dialog);
  if (agent == nullptr || bridge_) return;
  agent->leg->connect(media);
  agent->leg->heard();
  agent->answered = true;
  if (const auto connected = connect(); !connected) hang_up(connected.error().message);
}

barge::Status Call::connect() {
  const Party& agent = *first(barge::Role::agent);
  barge::BridgeConfig config;
  config.call = gid_;
  config.queue = agent.account->queue;
  config.format = {barge::SampleRate::hz_8000, static_cast<std::uint32_t>(agent.hears.size())};
  config.unattended_deadline = services_.config.unattended;
  config.announcements = services_.announcements;
  auto bridge = barge::Bridge::create(config, services_.authorizer, services_.audit);
  if (!bridge) return bridge.error();
  bridge_.emplace(std::move(bridge).value());
  port_.emplace(bridge_->media_port());
  for (const auto& party : parties_) {
    if (auto joined = join(*party); !joined) return joined;
  }
  ringing_.cancel();
  answer(*first(barge::Role::customer));
  clock_.start([weak = weak_from_this()] {
    if (const auto self = weak.lock()) self->tick();
  });
  log(&agent, "answers: connected");
  return barge::Ok{};
}

// ── What the phones do ──────────────────────────────────────────────────────────────────────────

void Call::on_media_changed(DialogId dialog, const RemoteMedia& media) {
  Party* const party = find(dialog);
  if (party == nullptr) return;
  party->leg->connect(media);
  log(party, media.wants_to_receive ? "renegotiates its media" : "puts us on hold");
  if (bridge_ && party->joined.participant) take_up_hold(*party, !media.wants_to_receive);
}

void Call::take_up_hold(Party& party, bool holds) {
  if (std::exchange(party.holds, holds) == holds) return;
  const barge::ParticipantId id = party.joined.participant;
  const auto done = holds ? bridge_->hold(id, barge::Hold::far_end) : bridge_->resume(id);
  if (!done) return log(&party, done.error().message);
  poll();
}

void Call::on_alive(DialogId dialog) {
  Party* const party = find(dialog);
  if (party == nullptr) return;
  party->leg->heard();
  party->asked_for_life.reset();
}

void Call::on_ended(DialogId dialog, unsigned status) {
  Party* const party = find(dialog);
  if (party == nullptr) return;
  if (!bridge_ && party->account->role == barge::Role::agent) {
    if (const Party* const customer = first(barge::Role::customer)) {
      services_.signalling.reject(customer->dialog, status_for_caller(status));
    }
    parties_.clear();
    return hang_up("the agent's phone answers " + std::to_string(status));
  }
  log(party, status == 0 ? "hangs up" : "is gone: " + std::to_string(status));
  leave(*party);
  poll();
}

void Call::hang_up(const std::string& why) {
  if (std::exchange(is_over_, true)) return;
  const auto self = shared_from_this();  // over_() may drop the last owner
  ringing_.cancel();
  clock_.stop();
  for (const auto& party : parties_)
    end_dialog(*party, 480);
  if (bridge_) {
    if (const auto closed = bridge_->close(); !closed) log(nullptr, closed.error().message);
  }
  parties_.clear();
  log(nullptr, "over: " + why +
                   (clock_.skipped() == 0
                        ? std::string()
                        : "; " + std::to_string(clock_.skipped()) + " ticks were skipped"));
  over_(*this);
}

// ── Supervision ─────────────────────────────────────────────────────────────────────────────────

void Call::supervise(const Account& supervisor, const Invited& invited, const Supervision& wanted) {
  auto added = add_party(supervisor, invited.dialog);
  if (!added) {
    log_line(name_, supervisor.extension, added.error().message);
    return services_.signalling.reject(invited.dialog, 503);
  }
  Party& party = **added;
  party.leg->connect(invited.media);
  party.supervises = wanted.agent;
  log(&party, "dials in: " + std::string(barge::name(wanted.mode)) + " on " + wanted.agent);
  if (const auto joined = join(party); !joined) {
    record(services_.audit, {supervisor.extension, invited.dialled, joined.error().message, gid_});
    log(&party, joined.error().message);
    end_dialog(party, 486);
    return leave(party);
  }
  services_.signalling.ring(party.dialog);
  request(party, wanted.mode);
  poll();
}

void Call::add_agent(const Account& agent, const Invited& invited) {
  auto added = add_party(agent, invited.dialog);
  if (!added) {
    log_line(name_, agent.extension, added.error().message);
    return services_.signalling.reject(invited.dialog, 503);
  }
  Party& party = **added;
  party.leg->connect(invited.media);
  log(&party, "dials in: joins the call");
  if (const auto joined = join(party); !joined) {
    log(&party, joined.error().message);
    end_dialog(party, 503);
    return leave(party);
  }
  answer(party);
  poll();
}

void Call::request(Party& supervisor, barge::Mode mode) {
  barge::ModeRequest request;
  request.mode = mode;
  const Party* const agent = find_if(
      [&](const Party& party) { return party.account->extension == supervisor.supervises; });
  if (agent != nullptr) request.agent = agent->joined.participant;
  const auto requested = bridge_->request(supervisor.joined.participant, request);
  if (requested) return;  // poll() tells what becomes of it
  const std::string asked(barge::name(mode));
  record(services_.audit, {supervisor.account->extension, asked, requested.error().message, gid_});
  log(&supervisor, asked + " refused: " + requested.error().message);
  if (supervisor.answered) return;
  end_dialog(supervisor, 480);
  leave(supervisor);
}

void Call::press(Party& supervisor, char digit) {
  using barge::Mode;
  log(&supervisor, std::string("presses ") + digit);
  switch (digit) {
    case '0':
    case '#':  // hands back
      return request(supervisor, Mode::monitor);
    case '1':
      return request(supervisor, Mode::whisper);
    case '2':
      return request(supervisor, Mode::barge);
    case '3':
      return request(supervisor, Mode::takeover);
    case '*':
      end_dialog(supervisor, 480);
      return leave(supervisor);
    default:
      return;
  }
}

void Call::log(const Party* party, const std::string& what) const {
  log_line(name_, party == nullptr ? "" : party->account->extension + " " + party->account->name,
           what);
}

}  // namespace sip_bridge
