// A report as a complete LaTeX document for pdflatex, in ASCII whatever the rows say.
//
// It needs no more than Debian's texlive-latex-recommended. Each table stands by itself, so that it can be cut out into
// a paper: it needs booktabs and graphicx there, brings its own macros, and shrinks to the width it finds. Letters
// are superscripts, the best is bold, a void number is struck through. Leaves out: tables that are longer than a page.
#pragma once

#include <string>

#include "harness/report/table.h"

namespace bakeoff::report {

std::string latex_report(const Report& report);

}  // namespace bakeoff::report
