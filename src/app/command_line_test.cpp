// What the commands have in common: unknown words, help, and JSON for reading.
#include "app/commands.hpp"
#include "app/json_text.hpp"
#include "app/suggestion.hpp"

#include <CLI/CLI.hpp>
#include <boost/json/parse.hpp>
#include <gtest/gtest.h>

#include <vector>

namespace berth::app {
namespace {

class CommandLine : public testing::Test {
protected:
    CommandLine() {
        program.require_subcommand(1);
        add_images_command(program, exit_code);
        add_lifecycle_command(program, exit_code);
        add_completion_command(program, exit_code);
        add_help_command(program, exit_code);
    }

    std::string complaint(const std::vector<const char*>& words) {
        return unknown_command(program, words).value_or("none");
    }
    std::string printed(const std::string& words) {
        testing::internal::CaptureStdout();
        program.parse(words);
        return testing::internal::GetCapturedStdout();
    }

    CLI::App program{"A test", "berth"};
    int exit_code = 0;
};

TEST_F(CommandLine, NamesTheUnknownWordAndTheNearestKnown) {
    EXPECT_EQ(complaint({"imagse", "restore"}),
              "there is no command imagse; did you mean images?\n`berth --help` lists them.");
    EXPECT_EQ(complaint({"images", "restor", "--repository", "app"}),
              "there is no command restor; did you mean restore?\n`berth images --help` lists them.");
    EXPECT_EQ(complaint({"--hlep"}), "there is no option --hlep; did you mean --help?\n`berth --help` lists them.");
    EXPECT_EQ(complaint({"nope"}), "there is no command nope\n`berth --help` lists them.");
}

TEST_F(CommandLine, LeavesTheRestToTheParser) {
    for (const auto& words : std::vector<std::vector<const char*>>{{},
                                                                   {"--help"},
                                                                   {"-h"},
                                                                   {"images"},
                                                                   {"images", "--help"},
                                                                   {"images", "restore", "nope"},
                                                                   {"completion", "nope"},
                                                                   {"help", "nope"},
                                                                   {"lifecycle", "validate", "--nope"}}) {
        EXPECT_EQ(complaint(words), "none");
    }
}

TEST_F(CommandLine, HelpIsTheHelpOfTheCommand) {
    EXPECT_TRUE(printed("help").contains("Usage: berth [OPTIONS] SUBCOMMAND"));
    const auto restore = printed("help images restore");
    EXPECT_TRUE(restore.contains("Usage: berth images restore ")) << restore;
    EXPECT_TRUE(restore.contains("--on-tag-conflict"));
    EXPECT_THROW(program.parse("help images nope"), std::runtime_error);
}

TEST_F(CommandLine, APolicyIsNamedInOneWayOrTheOther) {
    const auto help = printed("help lifecycle preview");
    EXPECT_FALSE(help.contains("POLICY TEXT REQUIRED")) << help;
    EXPECT_FALSE(help.contains("--policy-file TEXT REQUIRED")) << help;
    EXPECT_THROW(program.parse("lifecycle validate"), std::runtime_error);
    EXPECT_THROW(program.parse("lifecycle validate a --policy-file b"), CLI::ExcludesError);
}

TEST_F(CommandLine, CompletesWhatMayStandThere) {
    const auto bash = printed("completion bash");
    for (const auto* line : {
             R"('') words="images lifecycle completion help --help" ;;)",
             R"(' completion') words="bash zsh fish --help" ;;)",
             R"(' images restore --on-tag-conflict') words="fail move skip" ;;)",
             R"(' images') words="list-deleted restore purge rescan --help" ;;)",
         }) {
        EXPECT_TRUE(bash.contains(line)) << line << "\n" << bash;
    }
    const auto fish = printed("completion fish");
    EXPECT_TRUE(fish.contains("-l on-tag-conflict -x -a 'fail move skip'")) << fish;
}

TEST(JsonText, WritesTimesAsTheServerDoes) {
    const auto* text =
        R"({"deletedAt":1795767549.525,"list":[0.5,7,-1795767549,"a\"b",null,true],"empty":{},"none":[]})";
    EXPECT_EQ(json_text(boost::json::parse(text)), text);
}

}  // namespace
}  // namespace berth::app
