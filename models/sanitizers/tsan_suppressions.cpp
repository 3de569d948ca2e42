// Reports of ThreadSanitizer that are not faults. Linked into bakeoff-subject, and into the tests of the models, in
// builds with that sanitizer.
//
// SharedPoller::rearm: re-arms a connection with epoll_ctl(EPOLL_CTL_MOD), after which another thread may serve and
// close it. GCC 12's sanitizer takes the two for a race on the descriptor, because it knows only of EPOLL_CTL_ADD that
// it orders threads.
//
// DeadlockJob: takes two locks in opposite orders on purpose.
extern "C" const char* __tsan_default_suppressions() {
  return "race:bakeoff::models::epoll::SharedPoller::rearm\ndeadlock:DeadlockJob\n";
}
