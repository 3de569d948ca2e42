// The program's three standard streams. They exist, printing never fails in the middle of the work, and what could not
// be printed is reported at the end.
#pragma once

namespace bakeoff::commands {

/// The first call of main(). Opens /dev/null on each missing one of the descriptors 0 to 2, so that no file of ours
/// becomes one of them. From then on stdout and stderr keep their first error for close_streams(): a run keeps its rows
/// and makes its report even if its reader has gone (| head) or its disk is full. SIGPIPE is ignored. False if there is
/// no /dev/null.
bool open_streams();

/// The last call of main(): writes what is still buffered. Returns `status`, or kFailed with a line on stderr if
/// something that was printed is lost. A reader that has gone is not a failure, because it had what it wanted. A stdout
/// that was closed from the beginning is one as soon as something is printed.
int close_streams(int status);

}  // namespace bakeoff::commands
