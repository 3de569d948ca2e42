// Cleans up after a harness that was killed and so could not remove its private folders and their cgroups itself.
#pragma once

namespace bakeoff::subjects {

/// Removes the scratch folders of harnesses that are gone, and the cgroups made for them (scratch_folder.h). A
/// folder that is not proven to be one, or that cannot be removed, stays.
void remove_abandoned_folders();

}  // namespace bakeoff::subjects
