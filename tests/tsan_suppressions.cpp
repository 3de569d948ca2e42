// What ThreadSanitizer reports of bakeoff-subject and is no fault. Linked into it in builds with that sanitizer, and
// into the tests of the models.
//
// Crowd::give_back: it re-arms a connection by epoll_ctl(EPOLL_CTL_MOD), after which another thread may serve and close
// it. GCC 12's sanitizer takes the two for a race on the descriptor, since for it only EPOLL_CTL_ADD orders threads.
//
// DeadlockJob: takes two locks in opposite orders, which is what it is there for.
extern "C" const char* __tsan_default_suppressions() {
  return "race:bakeoff::Crowd::give_back\ndeadlock:DeadlockJob\n";
}
