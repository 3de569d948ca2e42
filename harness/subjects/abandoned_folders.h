// What a harness that was killed could not remove itself: private folders, and the cgroups that these remember.
#pragma once

namespace bakeoff::subjects {

/// Removes the scratch folders of harnesses that are gone, and the cgroups made for them (scratch_folder.h). What is
/// not proven to be one, or cannot be removed, is let be.
void remove_abandoned_folders();

}  // namespace bakeoff::subjects
