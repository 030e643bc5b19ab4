// SPDX-License-Identifier: Apache-2.0
// A takeover as a transaction (raise.cpp, takeover.cpp, lowering.cpp and report.cpp of src/bridge,
// src/media/engine.cpp): two supervisors ask to take the place of one agent before a customer who
// stays. Meanwhile they lose their legs, mute themselves, lower, leave; the agent hangs up; the
// policy is revoked; the control thread stops for ever, at any moment. That plans and reports cross
// whole between the threads is for publication.pml to check.
//
// Checked at every tick: an agent who is on the call is in the customer's ear unless a supervisor
// with a living leg has taken over, from the tick after the loss of that leg on; at most one has
// taken over. A takeover is published only after its record is durable and its notice given, for a
// supervisor who is there and not muted. In the long run: a customer with nobody is reported, and
// every request is applied, denied or cancelled, once.
//
// Each #ifdef plants a mistake, to show that it would be found.

#define REQUESTS 2

typedef Plan {
  bool agent;           // is on the call
  bool takes[2];        // the supervisor has taken over; the fallback for its loss is without that
  bool lost[2];         // marked by media
  bool news[REQUESTS];  // takeovers that media has in force once it has mixed under this plan
}

Plan inbox, plan;
bool posted;

bool dead[2];            // the supervisor's leg
bool applied[REQUESTS];  // reported by media
bool unheard;            // in the latest tick the customer could hear nobody

// ── Media ──

bool taken[2], dead_before[2];

inline begin_tick() {
  if
  :: posted ->
    posted = false;
#ifndef NO_CARRY
    inbox.lost[0] = inbox.lost[0] || plan.lost[0];
    inbox.lost[1] = inbox.lost[1] || plan.lost[1];
#endif
    copy_plan()
  :: else
  fi;
#ifdef NO_FALLBACK
  taken[0] = plan.takes[0];
  taken[1] = plan.takes[1];
#else
  taken[0] = plan.takes[0] && !plan.lost[0];
  taken[1] = plan.takes[1] && !plan.lost[1];
#endif
  dead_before[0] = dead[0];
  dead_before[1] = dead[1]
}

inline copy_plan() {
  plan.agent = inbox.agent;
  plan.takes[0] = inbox.takes[0];
  plan.takes[1] = inbox.takes[1];
  plan.lost[0] = inbox.lost[0];
  plan.lost[1] = inbox.lost[1];
  plan.news[0] = inbox.news[0];
  plan.news[1] = inbox.news[1];
  inbox.agent = false;
  inbox.takes[0] = false;
  inbox.takes[1] = false;
  inbox.lost[0] = false;
  inbox.lost[1] = false;
  inbox.news[0] = false;
  inbox.news[1] = false
}

inline mix() {
  assert(!taken[0] || !taken[1]);
  unheard = !((plan.agent && !taken[0] && !taken[1]) ||
              (taken[0] && !dead_before[0]) || (taken[1] && !dead_before[1]));
  assert(!unheard || !plan.agent);
  applied[0] = applied[0] || plan.news[0];
  applied[1] = applied[1] || plan.news[1];
  plan.news[0] = false;
  plan.news[1] = false;
  taken[0] = false;
  taken[1] = false;
  dead_before[0] = false;
  dead_before[1] = false
}

inline lose_a_leg() {
  if
  :: !dead[0] -> dead[0] = true; plan.lost[0] = true
  :: !dead[1] -> dead[1] = true; plan.lost[1] = true
  :: true
  fi
}

active proctype media() {
  plan.agent = true;
  do
  :: atomic { lose_a_leg(); d_step { begin_tick() } }
     atomic { lose_a_leg(); d_step { mix() } }
  od
}

// ── Control ──

#define NOTHING 0
#define TO_DECIDE 1
#define TO_RECORD 2
#define TO_NOTICE 3
#define TO_DECIDE_AGAIN 4

bool agent = true;
bool in_force[2], muted[2], left[2], known_dead[2];
byte stage[2], pending[2];
bool recorded[2], noticed[2], waited[2];
byte requests;
bool open[REQUESTS], published[REQUESTS];
bool revoked, reported;

inline publish() {
  posted = true;
  inbox.agent = agent;
  inbox.takes[0] = in_force[0];
  inbox.takes[1] = in_force[1];
  inbox.lost[0] = known_dead[0];
  inbox.lost[1] = known_dead[1];
  inbox.news[0] = published[0];
  inbox.news[1] = published[1];
#ifndef UNREPORTED
  reported = !agent && !in_force[0] && !in_force[1]
#endif
}

inline end(request) {
  assert(open[request]);
  open[request] = false
}

inline forget(who) {
  stage[who] = NOTHING;
  pending[who] = 0;
  recorded[who] = false;
  noticed[who] = false;
  waited[who] = false
}

inline cancel(who) {
  if
  :: stage[who] != NOTHING -> end(pending[who]); forget(who)
  :: else
  fi
}

inline end_if_applied(request) {
  if
  :: published[request] && applied[request] ->
    published[request] = false;
    applied[request] = false;
    end(request)
  :: else
  fi
}

inline follow_loss(who) {
  if
  :: dead[who] && !known_dead[who] ->
    known_dead[who] = true;
    cancel(who);
    in_force[who] = false;
    publish()
  :: else
  fi
}

inline catch_up() {
  end_if_applied(0);
  end_if_applied(1);
#ifndef DEAF
  follow_loss(0);
  follow_loss(1)
#endif
}

inline request(who) {
  if
  :: in_force[1 - who]  // refused at once
  :: else ->
#ifndef REPLACED_SILENTLY
    cancel(who);
#endif
    pending[who] = requests;
    open[requests] = true;
    requests++;
    stage[who] = TO_DECIDE
  fi
}

inline lower(who) {
  cancel(who);
#ifdef ENDED_TWICE
  if
  :: published[0] -> end(0)
  :: else
  fi;
#endif
  in_force[who] = false;
  publish()
}

inline mute(who) {
  muted[who] = true;
  publish()
}

inline leave(who) {
  left[who] = true;
  muted[who] = false;
#ifndef LEFT_PENDING
  cancel(who);
#endif
  in_force[who] = false;
  publish()
}

inline hang_up() {
  agent = false;
  cancel(0);
  cancel(1);
  publish()
}

inline judge_again(who) {
  if
  :: stage[who] != NOTHING ->
    stage[who] = TO_DECIDE;
    recorded[who] = false;
    noticed[who] = false;
    waited[who] = false
  :: else
  fi
}

inline revoke() {
  revoked = true;
  judge_again(0);
  judge_again(1);
  in_force[0] = false;
  in_force[1] = false;
  publish()
}

inline advance(who) {
  if
  :: stage[who] == NOTHING
  :: stage[who] != NOTHING ->  // denied, failed, or past the deadline
    end(pending[who]);
    forget(who)
#ifdef NO_DEADLINE
  :: stage[who] != NOTHING
#else
  :: stage[who] != NOTHING && !waited[who] -> waited[who] = true
#endif
  :: stage[who] == TO_DECIDE && !revoked -> waited[who] = false; stage[who] = TO_RECORD
  :: stage[who] == TO_RECORD ->
    recorded[who] = true;
    waited[who] = false;
#ifdef NOTICE_SKIPPED
    stage[who] = TO_DECIDE_AGAIN
#else
    stage[who] = TO_NOTICE
#endif
  :: stage[who] == TO_NOTICE ->
    noticed[who] = true;
    waited[who] = false;
    stage[who] = TO_DECIDE_AGAIN
  :: stage[who] == TO_DECIDE_AGAIN && !revoked ->
    if
#ifndef JUDGED_ONCE
    :: in_force[1 - who] -> cancel(who)
#endif
#ifndef MUTED_TAKES_OVER
    :: muted[who] -> cancel(who)
#endif
    :: else -> apply(who)
    fi
  fi
}

inline apply(who) {
  assert(recorded[who] && noticed[who]);
  assert(!muted[who] && !left[who] && agent);
  in_force[who] = true;
  published[pending[who]] = true;
  publish();
  forget(who)
}

#define can_ask(who) \
  (requests < REQUESTS && agent && !left[who] && !known_dead[who] && !in_force[who])

// One call after another. What a call does rests on what control knew before: media goes on in
// between, and the call then catches up. That control stops for ever needs no step: it just takes
// none, save where the properties below say that it runs (weak fairness).
active proctype control() {
  do
  :: atomic {
       if
       :: can_ask(0) -> d_step { request(0) }
       :: can_ask(1) -> d_step { request(1) }
       :: in_force[0] || stage[0] != NOTHING -> d_step { lower(0) }
       :: in_force[1] || stage[1] != NOTHING -> d_step { lower(1) }
       :: !left[0] && !muted[0] -> d_step { mute(0) }
       :: !left[1] && !muted[1] -> d_step { mute(1) }
       :: !left[0] -> d_step { leave(0) }
       :: !left[1] -> d_step { leave(1) }
       :: agent -> d_step { hang_up() }
       :: !revoked -> d_step { revoke() }
       :: advance(0); advance(1)
       fi;
       d_step { catch_up() }
     }
  od
}

// Both hold from some moment on: what can happen to a call is bounded here.
ltl no_customer_is_stranded { <>[] (!unheard || reported) }
ltl every_request_ends { <>[] (!open[0] && !open[1]) }
