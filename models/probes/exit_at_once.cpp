// A program that exits at once, for what a new program costs. With the number of a descriptor as its argument it writes
// there when its main() began: for a program that is the unit's own first instruction; what the kernel, the loader and
// the C library do before is part of making it. Linked with the C library alone: statically, or as most programs are.
#include <unistd.h>

#include <cstdlib>

#include "models/probes/first_word.h"

int main(int argc, char** argv) {
  if (argc < 2) ::_exit(0);
  bakeoff::FirstWord word;
  bakeoff::say_first_word(&word);
  const bool written = ::write(std::atoi(argv[1]), &word, sizeof word) == sizeof word;
  ::_exit(written ? 0 : 1);
}
