// SPDX-License-Identifier: Apache-2.0
// How plans cross from control to media and come back (src/media/mailbox.hpp and engine.cpp,
// src/bridge/report.cpp): every interleaving of the two threads' atomic operations. That each
// operation's memory order is strong enough is for tests/rt/mailbox_stress.cpp to see.
//
// Checked: no plan is freed while media may touch it. Each plan is freed once, and has then been
// applied, or was replaced untaken. What media noted in it, control has read by then. A leg that
// was lost under one plan is lost under all later ones, and control hears of it.
//
// Each #ifdef plants a mistake, to show that it would be found.

// The ring of the library holds 4; one of 2 is full, and refuses, in the same way.
#define RING 2
#define PLANS (RING + 3)  // the ring full, a plan in force, one that waits, and one to replace it
#define NONE PLANS

byte inbox = NONE;
byte ring[RING];
byte head, tail;  // since the beginning

bool applied[PLANS], lost[PLANS];  // written into a plan by media
bool freed[PLANS];
byte freed_plans;
bool drained[PLANS], seen[PLANS];  // by control
bool was_lost, loss_seen;

// ── Media ──

#define touch(plan) assert(!freed[plan])

inline retire(plan) {
  assert(tail - head < RING);
  ring[tail % RING] = plan;
  tail++;
}

inline take() {
#ifndef OVERRUN
  if
  :: tail - head < RING
  :: else -> goto taken
  fi;
#endif
#ifdef TAKE_IN_TWO_STEPS
  next = inbox;
  inbox = NONE;
#else
  atomic { next = inbox; inbox = NONE; }
#endif
  touch(next);
  if
  :: current != NONE ->
    touch(current);
#ifndef NO_CARRY
    if
    :: lost[current] -> lost[next] = true
    :: else
    fi
#endif
  :: else
  fi;
  // A tick that is given up before it is mixed can cost the very first plan its turn, no other.
  assert(current == NONE || applied[current] || !ever_mixed);
  outgoing = current;
  current = next;
  next = NONE;
#ifdef RETIRE_AT_ONCE
  if
  :: outgoing != NONE -> retire(outgoing)
  :: else
  fi
#endif
}

active proctype media() {
  byte current = NONE, outgoing = NONE, next = NONE;
  bool mixed, ever_mixed, given_up;
tick:
  if
#ifdef RETIRE_UNMIXED
  :: true ->
#else
  :: mixed ->
#endif
    mixed = false;
#ifndef RETIRE_AT_ONCE
    if
    :: outgoing != NONE -> retire(outgoing)
    :: else
    fi;
#endif
    outgoing = NONE
  :: else
  fi;
  if
  :: outgoing == NONE && inbox != NONE -> take()
  :: else
  fi;
taken:
  if
  :: current == NONE -> goto tick
  :: else
  fi;
  touch(current);
  assert(!was_lost || lost[current]);  // the routing is chosen
  if
  :: !given_up -> given_up = true; goto tick
  :: true
  fi;
  applied[current] = true;
  mixed = true;
  ever_mixed = true;
  touch(current);
  if
  :: outgoing != NONE -> touch(outgoing)  // rows that change are made of both
  :: else
  fi;
  if
  :: atomic { !was_lost -> touch(current); lost[current] = true; was_lost = true; }
  :: true
  fi;
  goto tick
}

// ── Control ──

inline note_drained(slot) {
  atomic {
    done = ring[(slot) % RING];
    assert(!drained[done]);
    drained[done] = true;
    done = 0
  }
}

inline reap() {
  do
  :: head != tail ->
#ifdef HEAD_BEFORE_SLOT
    head++;
    note_drained(head - 1)
#else
    note_drained(head);
    head++
#endif
  :: else -> break
  od
}

// At one instant: control makes nothing of what it reads of two plans together.
inline read_out() {
  d_step {
    do
    :: plan < published ->
      seen[plan] = applied[plan];
      loss_seen = loss_seen || lost[plan];
      plan++
    :: else -> plan = 0; break
    od
  }
}

inline free_drained() {
  d_step {
    do
    :: plan < published ->
      if
      :: drained[plan] ->
        assert(!freed[plan]);
        assert(seen[plan] == applied[plan]);
        assert(!lost[plan] || loss_seen);
        freed[plan] = true;
        freed_plans++;
        applied[plan] = false; seen[plan] = false; lost[plan] = false; drained[plan] = false
      :: else
      fi;
      plan++
    :: else -> plan = 0; break
    od
  }
}

inline collect() {
#ifdef READ_BEFORE_REAP
  read_out();
  reap();
#else
  reap();
#ifndef UNREAD
  read_out();
#endif
#endif
  free_drained()
}

inline publish() {
  lost[published] = loss_seen;
#ifdef POST_IN_TWO_STEPS
  untaken = inbox;
  inbox = published;
#else
  atomic { untaken = inbox; inbox = published; }
#endif
  if
  :: untaken != NONE -> assert(!applied[untaken]); drained[untaken] = true
  :: else
  fi;
  untaken = NONE;
  published++
}

byte published;

active proctype control() {
  byte plan = 0, done = 0, untaken = NONE;
  do
  :: published < PLANS ->
    if
    :: collect()
    :: true  // the mailbox has to hold whether control collects or not
    fi;
    publish()
  :: published == PLANS ->
#ifndef IDLE_POLL
    collect()
#endif
  od
}

// In the end control has read the last plan, and freed all others.
#define last (PLANS - 1)
ltl settles {
  <>[] (freed_plans == last && !freed[last] && seen[last] && (!was_lost || loss_seen))
}
