# bench_program(NAME source...)
#
# A program of the benchmark. It needs OpenSSL and threads alone, so that bench/run can build its folder without the
# server; inside the project's own build it takes part with the `bench` preset.
function(bench_program NAME)
    if(CMAKE_SOURCE_DIR STREQUAL CMAKE_CURRENT_SOURCE_DIR AND NOT CMAKE_BUILD_TYPE)
        set(CMAKE_BUILD_TYPE Release CACHE STRING "" FORCE)
    endif()
    set(THREADS_PREFER_PTHREAD_FLAG ON)
    find_package(Threads REQUIRED)
    find_package(OpenSSL 3 REQUIRED)

    add_executable(${NAME} ${ARGN})
    set_target_properties(${NAME} PROPERTIES CXX_STANDARD 23 CXX_STANDARD_REQUIRED ON CXX_EXTENSIONS OFF)
    target_link_libraries(${NAME} PRIVATE OpenSSL::SSL OpenSSL::Crypto Threads::Threads)
    if(TARGET berth_warnings)
        target_link_libraries(${NAME} PRIVATE berth_warnings)
    else()
        target_compile_options(${NAME} PRIVATE -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Werror
            $<$<CXX_COMPILER_ID:GNU>:-Wno-restrict>)  # GCC 12 sees overlap inside its own string concatenation
    endif()
endfunction()
