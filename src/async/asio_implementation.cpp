// Asio, compiled once for every room that waits (Beast's share is in src/http).
#include <boost/asio/impl/src.hpp>
#include <boost/asio/ssl/impl/src.hpp>
