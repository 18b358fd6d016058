# How everything is compiled: language, warnings, sanitizers, compiler cache, linker.
set(CMAKE_CXX_STANDARD 23)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
set(CMAKE_RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR})

if(NOT CMAKE_BUILD_TYPE)
    set(CMAKE_BUILD_TYPE Release CACHE STRING "" FORCE)
endif()

set(BERTH_SANITIZE "" CACHE STRING "Sanitizers, as -fsanitize= takes them")
if(BERTH_SANITIZE)
    # Reports need lines, nothing of variables and types: -g1 is a tenth of the time and a quarter of the objects.
    add_compile_options(-fsanitize=${BERTH_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=all -g1)
    add_link_options(-fsanitize=${BERTH_SANITIZE})
    # UBSan's look at virtual tables asks the kernel, by a pipe, whether memory is readable; the confined process that
    # reads layers is ended for asking.
    if(BERTH_SANITIZE MATCHES "undefined")
        add_compile_options(-fno-sanitize=vptr)
    endif()
    # GCC warns that ThreadSanitizer does not model the fences in Asio; its queues are guarded by mutexes as well.
    if(BERTH_SANITIZE MATCHES "thread" AND CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
        add_compile_options(-Wno-tsan)
    endif()
    # GCC's words for what Clang says by __has_feature, so that sources ask in one way.
    if(CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
        if(BERTH_SANITIZE MATCHES "address")
            add_compile_definitions(__SANITIZE_ADDRESS__=1)
        endif()
        if(BERTH_SANITIZE MATCHES "thread")
            add_compile_definitions(__SANITIZE_THREAD__=1)
        endif()
    endif()
endif()

add_library(berth_warnings INTERFACE)
target_compile_options(berth_warnings INTERFACE
    -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wnon-virtual-dtor -Woverloaded-virtual
    -Wimplicit-fallthrough -Wnull-dereference -Werror)
# GCC 12 warns of "null" inside its own and Boost's inlined templates at -O2 and under sanitizers, with no fault of ours.
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    target_compile_options(berth_warnings INTERFACE
        -Wno-null-dereference -Wno-maybe-uninitialized -Wno-array-bounds -Wno-stringop-overflow -Wno-restrict)
    # Asio's fences, which ThreadSanitizer does not follow; what they order is also ordered by its mutexes.
    if(BERTH_SANITIZE MATCHES "thread")
        target_compile_options(berth_warnings INTERFACE -Wno-tsan)
    endif()
endif()

# Clang sees that libstdc++ 12 sorts stably by a function that C++17 deprecated; the use is the library's own.
if(CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
    target_compile_options(berth_warnings INTERFACE -Wno-deprecated-declarations)
endif()

# All of it has threads; said once, so that all that share precompiled headers are compiled alike.
add_compile_options(-pthread)

find_program(CCACHE_PROGRAM ccache)
if(CCACHE_PROGRAM AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
    set(CMAKE_CXX_COMPILER_LAUNCHER ${CCACHE_PROGRAM})
    # ccache takes precompiled headers only with these words. What it cannot see then, __TIME__ and a #define before the
    # first #include that changes them, nobody here writes.
    if(BERTH_PRECOMPILE)
        set(CMAKE_CXX_COMPILER_LAUNCHER env CCACHE_SLOPPINESS=pch_defines,time_macros ${CCACHE_PROGRAM})
    endif()
endif()
find_program(MOLD_PROGRAM mold)
if(MOLD_PROGRAM)
    add_link_options(-fuse-ld=mold)
endif()
# Hardening that costs next to nothing for a server that reads hostile bytes.
add_compile_options(-fstack-protector-strong)
if(CMAKE_BUILD_TYPE STREQUAL "Release")
    add_compile_definitions(_FORTIFY_SOURCE=2 _GLIBCXX_ASSERTIONS)
endif()
