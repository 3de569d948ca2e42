// What ThreadSanitizer reports of bakeoff-subject and is no race. Linked into it in builds with that sanitizer.
//
// Crowd::give_back: it re-arms a connection by epoll_ctl(EPOLL_CTL_MOD), after which another thread may serve and close
// it. GCC 12's sanitizer takes the two for a race on the descriptor, since for it only EPOLL_CTL_ADD orders threads.
extern "C" const char* __tsan_default_suppressions() {
  return "race:bakeoff::Crowd::give_back\n";
}
