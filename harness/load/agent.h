// A load agent: the child process that makes the load. `bakeoff agent` runs one; run, load and whatever comes later
// start it in the same way, so that every load is made by one mechanism.
//
// The conversation, one JSON line each (plan.h):
//   plan ->                      <- ready: verified and connected, or a complaint
//   start of a warm-up ->        <- ready: warmed up and drained
//   start of a window ->         <- intervals, as they end; what it came to, where that is asked for
//   end of the load ->           <- the result
// A load has as many warm-ups and windows as the coordinator wants. Then it holds its connections until its input ends.
// SIGTERM ends the window early: the result covers what there was. It exits 0 when a result or a complaint was given, 1
// when it could not even do that.
#pragma once

namespace bakeoff::load {

/// Runs the whole conversation on stdin and stdout. Returns the exit status. Blocks for the length of the load.
int run_agent();

}  // namespace bakeoff::load
