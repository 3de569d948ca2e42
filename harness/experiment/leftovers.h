// What a harness that was killed could not remove itself: private folders and cgroups. They carry the process number of
// their owner (scratch_folder.h), so that the next run knows which belong to nobody any more.
#pragma once

namespace bakeoff {

/// Removes the folders and cgroups of harnesses that are gone. Never touches those of one that runs, or of another
/// user; what cannot be removed is let be.
void remove_leftovers();

}  // namespace bakeoff
