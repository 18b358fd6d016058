// Beast, compiled once for the whole program (Asio's share is in src/async).
#include <boost/beast/src.hpp>
