# berth_precompile(TARGET LINKED-TARGET...)
#
# The headers from outside that most files include, parsed once a build instead of once a file: a third of what the
# sanitizer builds cost. `release` and `debug` go without, so a file that leans on the headers of its neighbours fails
# there, and editors and clang-tidy, which read build/debug and build/lint, see each file as it is.
option(BERTH_PRECOMPILE "Parse the most used headers from outside once a build" OFF)
if(NOT BERTH_PRECOMPILE)
    function(berth_precompile)
    endfunction()
    return()
endif()

set(berth_headers_std
    <algorithm> <array> <atomic> <charconv> <chrono> <cstdint> <cstring> <deque> <expected> <filesystem> <fstream>
    <functional> <map> <memory> <mutex> <optional> <ranges> <set> <span> <sstream> <stdexcept> <string> <string_view>
    <thread> <tuple> <unordered_map> <utility> <variant> <vector> <boost/json.hpp>)
set(berth_headers_asio
    ${berth_headers_std}
    <boost/asio/awaitable.hpp> <boost/asio/co_spawn.hpp> <boost/asio/io_context.hpp> <boost/asio/post.hpp>
    <boost/asio/steady_timer.hpp> <boost/asio/this_coro.hpp> <boost/asio/use_awaitable.hpp>)

# Two sets: a file that includes Asio refers to its one compiled copy, which the rooms below async do not link. Each for
# tests as well. Nobody links these libraries; they only carry the precompiled headers.
file(CONFIGURE OUTPUT ${CMAKE_BINARY_DIR}/empty.cpp CONTENT "")
foreach(set std asio)
    add_library(berth_precompiled_${set} OBJECT ${CMAKE_BINARY_DIR}/empty.cpp)
    target_link_libraries(berth_precompiled_${set} PRIVATE Boost::json)
    target_precompile_headers(berth_precompiled_${set} PRIVATE ${berth_headers_${set}})
    if(BERTH_TESTS)
        find_package(GTest REQUIRED)
        add_library(berth_precompiled_${set}_test OBJECT ${CMAKE_BINARY_DIR}/empty.cpp)
        target_link_libraries(berth_precompiled_${set}_test PRIVATE Boost::json GTest::gtest)
        target_precompile_headers(berth_precompiled_${set}_test PRIVATE ${berth_headers_${set}} <gtest/gtest.h>)
    endif()
endforeach()
target_link_libraries(berth_precompiled_asio PRIVATE berth_asio)
if(BERTH_TESTS)
    target_link_libraries(berth_precompiled_asio_test PRIVATE berth_asio)
endif()
set_property(GLOBAL PROPERTY BERTH_ON_ASIO berth_asio)

function(berth_precompile TARGET)
    get_property(on_asio GLOBAL PROPERTY BERTH_ON_ASIO)
    set(headers berth_precompiled_std)
    foreach(linked IN LISTS ARGN)
        if(linked IN_LIST on_asio)
            set(headers berth_precompiled_asio)
        endif()
    endforeach()
    if(headers STREQUAL "berth_precompiled_asio")
        set_property(GLOBAL APPEND PROPERTY BERTH_ON_ASIO ${TARGET})
    endif()
    if("GTest::gtest_main" IN_LIST ARGN)
        string(APPEND headers _test)
    endif()
    get_target_property(type ${TARGET} TYPE)
    if(NOT type STREQUAL "INTERFACE_LIBRARY")
        target_precompile_headers(${TARGET} REUSE_FROM ${headers})
    endif()
endfunction()
