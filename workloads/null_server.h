// The null server: the least that a server can do and still satisfy the generator, so that what is measured against it
// is the generator's own ceiling.
//
// It knows one request. That one is put to the real service once, when the null server is made; from then on every so
// many bytes get the answer again, and nothing is looked at. So the date of an HTTP reply stands still, and any other
// request, or one of another length, is answered with nonsense.
#pragma once

#include <memory>

#include "workloads/session.h"

namespace bakeoff::workloads {

/// `asks` makes the one request, and a load must ask as it does.
std::unique_ptr<Service> make_null_service(Service& real, ClientSession& asks);

}  // namespace bakeoff::workloads
