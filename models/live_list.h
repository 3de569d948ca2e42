// The connections of one thread, listed so that stopping can reach them. They own themselves and leave the list when
// they are destroyed.
#pragma once

#include <boost/intrusive/list.hpp>

namespace bakeoff {

using LiveHook = boost::intrusive::list_base_hook<boost::intrusive::link_mode<boost::intrusive::auto_unlink>>;

/// Of T, which derives from LiveHook.
template <typename T>
using LiveList =
    boost::intrusive::list<T, boost::intrusive::base_hook<LiveHook>, boost::intrusive::constant_time_size<false>>;

}  // namespace bakeoff
