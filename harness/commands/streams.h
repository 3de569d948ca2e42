// The program's three standard streams: they exist, printing never fails in the middle of the work, and what could not
// be printed is told at the end.
#pragma once

namespace bakeoff::commands {

/// First thing in main(). Opens /dev/null on what is missing of the descriptors 0 to 2, so that no file of ours becomes
/// one of them. From here on whatever is printed to stdout or stderr goes by a stream that keeps its first error for
/// close_streams(): a run keeps its rows and makes its report when its reader has gone (| head) or its disk is full.
/// SIGPIPE is ignored. False where there is no /dev/null.
bool open_streams();

/// Last thing in main(): writes what is still buffered. Returns `status`, or kFailed with a word on stderr when
/// something of what was printed is lost. A reader that has gone is no failure, because it had what it wanted; a stdout
/// that was closed from the beginning is one as soon as something is printed.
int close_streams(int status);

}  // namespace bakeoff::commands
