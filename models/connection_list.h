// The connections of one thread, listed so that a stop can reach them. They own themselves and leave the list when they
// are destroyed.
#pragma once

#include <boost/intrusive/list.hpp>

namespace bakeoff::models {

using ConnectionHook = boost::intrusive::list_base_hook<boost::intrusive::link_mode<boost::intrusive::auto_unlink>>;

/// T derives from ConnectionHook.
template <typename T>
using ConnectionList =
    boost::intrusive::list<T, boost::intrusive::base_hook<ConnectionHook>, boost::intrusive::constant_time_size<false>>;

}  // namespace bakeoff::models
