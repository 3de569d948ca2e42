#include "harness/commands/live_view.h"

#include "harness/commands/render.h"

namespace bakeoff::commands {

void LiveView::set_phase(std::string phase) {
  view_.set_phase(std::move(phase));
  draw();
}

void LiveView::add(const load::LoadInterval& interval) {
  if (!shown()) return;
  view_.add(interval);
  draw();
}

void LiveView::draw() {
  if (!shown()) return;
  lines_.draw(view_.view({.width = DrawnLines::columns(), .colour = stderr_terminal().style.colour}));
}

}  // namespace bakeoff::commands
