#include "options.hpp"

#include <charconv>
#include <fstream>
#include <stdexcept>

namespace bench {
namespace {

template <typename Number>
Number number(std::string_view name, std::string_view text, Number smallest) {
    Number value{};
    const auto [at, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc{} || at != text.data() + text.size() || value < smallest)
        throw std::invalid_argument(std::string(name) + ": bad number");
    return value;
}

std::vector<std::size_t> numbers(std::string_view name, std::string_view text) {
    std::vector<std::size_t> values;
    while (true) {
        const std::size_t comma = text.find(',');
        values.push_back(number<std::size_t>(name, text.substr(0, comma), 1));
        if (comma == std::string_view::npos) return values;
        text.remove_prefix(comma + 1);
    }
}

// From a file, so that the token does not show in the list of processes.
std::string first_line(std::string_view path) {
    std::ifstream file{std::string(path)};
    std::string line;
    if (!std::getline(file, line)) throw std::invalid_argument("--authorization: cannot read " + std::string(path));
    return line;
}

void apply(Options& options, std::string_view name, std::string_view value) {
    Parameters& parameters = options.parameters;
    if (name == "--port")
        options.run.endpoint.port = number<std::uint16_t>(name, value, 1);
    else if (name == "--transport")
        options.run.endpoint.transport = value == "tls" ? Transport::tls : Transport::plain;
    else if (name == "--authorization")
        options.run.authorization = first_line(value);
    else if (name == "--server")
        options.server = number<pid_t>(name, value, 1);
    else if (name == "--clients")
        options.clients = numbers(name, value);
    else if (name == "--milliseconds")
        options.run.duration = std::chrono::milliseconds(number<int>(name, value, 1));
    else if (name == "--workload")
        parameters.workload = value;
    else if (name == "--repository")
        parameters.repository = value;
    else if (name == "--size")
        parameters.size = number<std::size_t>(name, value, 64);
    else if (name == "--seeds")
        parameters.seeds = number<std::size_t>(name, value, 1);
    else if (name == "--targets")
        parameters.targets = number<std::size_t>(name, value, 1);
    else if (name == "--style")
        parameters.style = value == "streamed" ? PushStyle::streamed : PushStyle::monolithic;
    else
        throw std::invalid_argument("unknown option " + std::string(name));
}

}  // namespace

Options parse_options(int count, char** arguments) {
    Options options;
    options.parameters.size = 64;
    options.parameters.seeds = 1;
    for (int i = 1; i < count; i += 2) {
        if (i + 1 == count) throw std::invalid_argument(std::string(arguments[i]) + ": value missing");
        apply(options, arguments[i], arguments[i + 1]);
    }
    if (options.run.endpoint.port == 0) throw std::invalid_argument("--port is missing");
    if (options.clients.empty()) options.clients = {1};
    return options;
}

}  // namespace bench
