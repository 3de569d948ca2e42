// The factories behind the catalogue, one block per protocol. Only the catalogue and the protocols include this.
#pragma once

#include <memory>

#include "workloads/catalogue.h"

namespace bakeoff::workloads {

std::unique_ptr<Service> make_echo_service(const ServiceSettings& settings);
std::unique_ptr<ClientSession> make_echo_client(const ClientSettings& settings);
std::unique_ptr<ClientSession> make_echo_verifier(const ClientSettings& settings);

std::unique_ptr<Service> make_http_service(const ServiceSettings& settings);
std::unique_ptr<ClientSession> make_http_client(const ClientSettings& settings);
std::unique_ptr<ClientSession> make_http_verifier(const ClientSettings& settings);
std::uint64_t http_files_asked(std::string_view request);
bool http_calls_back_end(std::string_view request);

std::unique_ptr<Service> make_counter_service(const ServiceSettings& settings);
std::unique_ptr<ClientSession> make_counter_client(const ClientSettings& settings);
std::unique_ptr<ClientSession> make_counter_verifier(const ClientSettings& settings);

}  // namespace bakeoff::workloads
