#include "lifecycle/policy.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace berth::lifecycle {
namespace {

constexpr Options extended{.extensions = true};
const std::string any_count = R"("tagStatus":"any","countType":"imageCountMoreThan","countNumber":5)";
const std::string any = R"("selection":{)" + any_count + "}";
const std::string expire = R"("action":{"type":"expire"})";

std::string padded(std::string text) {
    if (text.size() < min_text_length) text.resize(min_text_length, ' ');
    return text;
}

std::string rules(const std::string& list) {
    return R"({"rules":[)" + list + "]}";
}

std::string rule(const std::string& selection, int priority = 1, const std::string& action = R"({"type":"expire"})") {
    return R"({"rulePriority":)" + std::to_string(priority) + R"(,"selection":{)" + selection + R"(},"action":)" +
           action + "}";
}

// The refusal without what all of them begin with.
std::string refusal(const std::string& text, const Options& options = {}) {
    const std::string start =
        "Invalid parameter at 'LifecyclePolicyText' failed to satisfy constraint: 'Lifecycle policy validation "
        "failure: ";
    const auto parsed = parse(padded(text), options);
    if (parsed) return "accepted";
    EXPECT_EQ(parsed.error().kind, FaultKind::invalid_parameter);
    const auto& message = parsed.error().message;
    EXPECT_TRUE(message.starts_with(start) && message.ends_with("'")) << message;
    return message.starts_with(start) ? message.substr(start.size(), message.size() - start.size() - 1) : message;
}

std::string refused_rule(const std::string& selection, const std::string& action = R"({"type":"expire"})",
                         const Options& options = {}) {
    return refusal(rules(rule(selection, 1, action)), options);
}

const std::string no_variant = "instance failed to match exactly one schema (matched 0 out of 4) at ";
const std::string transition = R"({"type":"transition","targetStorageClass":"archive"})";

TEST(ParsePolicy, ReadsEverythingAndGivesItBackByPriority) {
    const std::string text =
        R"({ "rules": [
        {"action":{"type":"transition","targetStorageClass":"archive"},"rulePriority":7,"description":"ä \"q\"",
         "selection":{"countNumber":30,"countUnit":"days","countType":"sinceImagePulled","tagStatus":"any"}},
        {"rulePriority":2,"selection":{"tagStatus":"tagged","tagPatternList":["prod*","*"],"storageClass":"standard",
         "countType":"imageCountMoreThan","countNumber":3},"action":{"type":"expire"}},
        {"rulePriority":3,"selection":{"tagStatus":"untagged","storageClass":"archive","countType":
         "sinceImageTransitioned","countUnit":"days","countNumber":90},"action":{"type":"expire"}} ] })";
    const auto policy = parse(text);
    ASSERT_TRUE(policy) << policy.error().message;
    const auto normal = to_text(*policy);
    EXPECT_EQ(normal, R"({"rules":[{"rulePriority":2,"selection":{"tagStatus":"tagged","tagPatternList":["prod*","*"],)"
                      R"("storageClass":"standard","countType":"imageCountMoreThan","countNumber":3},)"
                      R"("action":{"type":"expire"}},)"
                      R"({"rulePriority":3,"selection":{"tagStatus":"untagged","storageClass":"archive",)"
                      R"("countType":"sinceImageTransitioned","countUnit":"days","countNumber":90},)"
                      R"("action":{"type":"expire"}},)"
                      R"({"rulePriority":7,"description":"ä \"q\"","selection":{"tagStatus":"any",)"
                      R"("countType":"sinceImagePulled","countUnit":"days","countNumber":30},)"
                      R"("action":{"type":"transition","targetStorageClass":"archive"}}]})");
    EXPECT_EQ(parse(normal).value(), *policy);
}

TEST(ParsePolicy, RefusesWrongLengths) {
    const auto message = [](const std::string& text) {
        const auto parsed = parse(text);
        return parsed ? "accepted" : parsed.error().message;
    };
    const std::string start = "Invalid parameter at 'lifecyclePolicyText' failed to satisfy constraint: 'must have ";
    EXPECT_EQ(message("{}"), start + "length greater than or equal to 100'");
    auto text = rules(R"({"rulePriority":1,)" + any + "," + expire + "}");
    text.resize(max_text_length, ' ');
    EXPECT_EQ(message(text), "accepted");
    EXPECT_EQ(message(text + " "), start + "length less than or equal to 30720'");
}

TEST(ParsePolicy, RefusesWhatIsSaidTwice) {
    const std::string twice = "Could not map policyString into LifecyclePolicy. An object has the key ";
    const auto one = R"({"rulePriority":1,)" + any + "," + expire + "}";
    EXPECT_EQ(refusal(R"({"rules":[],"rules":[)" + one + "]}"), twice + R"("rules" twice)");
    EXPECT_EQ(refusal(rules(R"({"rulePriority":1,"rule\u0050riority":2,)" + any + "," + expire + "}")),
              twice + R"("rulePriority" twice)");
    // The same key in two objects is what every policy of two rules has, also after an inner object.
    EXPECT_EQ(refusal(rules(rule(R"("tagStatus":"untagged","countType":"imageCountMoreThan","countNumber":1)", 1,
                                 R"({"type":"expire"})") +
                            "," + R"({"rulePriority":2,)" + any + "," + expire + "}")),
              "accepted");
}

TEST(ParsePolicy, RefusesWhatIsNoPolicy) {
    const std::string unmapped = "Could not map policyString into LifecyclePolicy.";
    for (const auto* text : {"rules", "[]", "\"text\"", "{\"rules\":[", "{\"rules\":[]} x", "\xFF", "null"}) {
        EXPECT_TRUE(refusal(text).starts_with(unmapped)) << text;
    }
    EXPECT_TRUE(refusal(std::string(5000, '[')).starts_with(unmapped)) << "too deep";
    const std::string missing = "object has missing required properties ([\"rules\"])";
    EXPECT_EQ(refusal("{}"), missing);
    EXPECT_EQ(refusal(R"({"rules":{}})"), missing + ": rules is not an array");
    EXPECT_EQ(refusal(R"({"rules":[],"Rules":1})"),
              "object instance has properties which are not allowed by the schema: ([\"Rules\"])");
    EXPECT_EQ(refusal(R"({"rules":[]})"),
              "array is too short: must have at least 1 elements but instance has 0 elements at /rules");
}

TEST(ParsePolicy, RefusesFiftyOneRules) {
    const auto many = [](int count) {
        std::string list;
        for (int i = 1; i <= count; ++i) {
            list += (list.empty() ? "" : ",") + rule(R"("tagStatus":"tagged","tagPrefixList":["p)" + std::to_string(i) +
                                                         R"("],"countType":"imageCountMoreThan","countNumber":5)",
                                                     i);
        }
        return rules(list);
    };
    EXPECT_EQ(refusal(many(50)), "accepted");
    EXPECT_EQ(refusal(many(51)),
              "array is too long: must have at most 50 elements but instance has 51 elements at /rules");
}

TEST(ParsePolicy, NamesRuleAndFieldOfAWrongShape) {
    EXPECT_EQ(refusal(rules("1")),
              "instance type (integer) does not match any allowed primitive type (allowed: [\"object\"]) at /rules/0");
    EXPECT_EQ(refusal(rules(rule(any_count) + R"(,{"rulePriority":2})")),
              R"(object has missing required properties (["action","selection"]) at /rules/1)");
    EXPECT_EQ(refusal(rules(R"({"rulePriority":1,"when":1,)" + any + "," + expire + "}")),
              R"(object instance has properties which are not allowed by the schema: (["when"]) at /rules/0)");
    EXPECT_EQ(refused_rule(R"("tagStatus":"any")"),
              R"(object has missing required properties (["countNumber","countType"]) at /rules/0/selection)");
    EXPECT_EQ(refused_rule(R"("tagStatus":"all","countType":"imageCountMoreThan","countNumber":1)"),
              R"(instance value ("all") not found in enum (possible values: ["any","tagged","untagged"]))"
              R"( at /rules/0/selection/tagStatus)");
    EXPECT_EQ(refused_rule(any_count, R"({"type":"delete"})"),
              R"(instance value ("delete") not found in enum (possible values: ["expire","transition"]))"
              R"( at /rules/0/action/type)");
    EXPECT_EQ(refused_rule(any_count, R"({})"),
              R"(object has missing required properties (["type"]) at /rules/0/action)");
    EXPECT_EQ(refusal(rules(R"({"rulePriority":1,"description":null,)" + any + "," + expire + "}")),
              R"(instance type (null) does not match any allowed primitive type (allowed: ["string"]))"
              R"( at /rules/0/description)");
}

TEST(ParsePolicy, RefusesWrongNumbers) {
    const auto count = [](const std::string& number) {
        return refused_rule(R"("tagStatus":"any","countType":"imageCountMoreThan","countNumber":)" + number);
    };
    const std::string at = " at /rules/0/selection/countNumber";
    EXPECT_EQ(count("0"), "numeric instance is lower than the required minimum (minimum: 1, found: 0)" + at);
    EXPECT_EQ(count("-1"), "numeric instance is lower than the required minimum (minimum: 1, found: -1)" + at);
    const std::string type = " does not match any allowed primitive type (allowed: [\"integer\"])";
    EXPECT_EQ(count("1.5"), "instance type (number)" + type + at);
    EXPECT_EQ(count("\"1\""), "instance type (string)" + type + at);
    EXPECT_EQ(count("2147483647"), "accepted");
    for (const auto* huge : {"2147483648", "9223372036854775808", "18446744073709551615"}) {
        EXPECT_EQ(count(huge), "numeric instance is greater than the required maximum (maximum: 2147483647, found: " +
                                   std::string(huge) + ")" + at);
    }
    EXPECT_EQ(count("1e400"), "instance type (number)" + type + at);
    const auto priority = rules(rule(any_count, 0));
    EXPECT_EQ(refusal(priority),
              "numeric instance is lower than the required minimum (minimum: 1, found: 0) at /rules/0/rulePriority");
    const auto archived = [](int days) {
        return refused_rule(R"("tagStatus":"any","storageClass":"archive","countType":"sinceImageTransitioned",)"
                            R"("countUnit":"days","countNumber":)" +
                            std::to_string(days));
    };
    EXPECT_EQ(archived(90), "accepted");
    EXPECT_EQ(archived(89), "numeric instance is lower than the required minimum (minimum: 90, found: 89)" + at);
}

TEST(ParsePolicy, AllowsFourCombinationsOfCountClassAndAction) {
    struct Combination {
        const char* count;
        const char* storage;
        bool expires;
        bool archives;
    };
    constexpr Combination all[] = {
        {"imageCountMoreThan", "standard", true, true},  {"sinceImagePushed", "standard", true, true},
        {"sinceImagePulled", "standard", false, true},   {"sinceImageTransitioned", "standard", false, false},
        {"imageCountMoreThan", "archive", false, false}, {"sinceImagePushed", "archive", false, false},
        {"sinceImagePulled", "archive", false, false},   {"sinceImageTransitioned", "archive", true, false},
    };
    for (const auto& [count, storage, expires, archives] : all) {
        const auto days = std::string(count) == "imageCountMoreThan" ? "" : R"(,"countUnit":"days")";
        const auto selection = R"("tagStatus":"any","countType":")" + std::string(count) + R"(","storageClass":")" +
                               storage + R"(","countNumber":99)" + days;
        EXPECT_EQ(refused_rule(selection) == "accepted", expires) << selection;
        EXPECT_EQ(refused_rule(selection, transition) == "accepted", archives) << selection;
        if (!expires) {
            EXPECT_TRUE(refused_rule(selection).starts_with(no_variant)) << selection;
        }
        if (!archives) {
            EXPECT_TRUE(refused_rule(selection, transition).starts_with(no_variant)) << selection;
        }
    }
    EXPECT_EQ(refused_rule(R"("tagStatus":"any","countType":"sinceImagePushed","countNumber":1)"),
              no_variant + "/rules/0/selection: countUnit \"days\" is needed with this countType");
    EXPECT_EQ(refused_rule(R"("tagStatus":"any","countType":"imageCountMoreThan","countUnit":"days","countNumber":1)"),
              no_variant + "/rules/0/selection: countUnit must be absent with imageCountMoreThan");
    EXPECT_EQ(refused_rule(R"("tagStatus":"any","countType":"imageCountMoreThan","countUnit":null,"countNumber":1)"),
              no_variant + "/rules/0/selection/countUnit: null");
    EXPECT_EQ(refused_rule(any_count, R"({"type":"transition"})"),
              no_variant + "/rules/0/action: transition needs targetStorageClass \"archive\"");
    EXPECT_EQ(refused_rule(any_count, R"({"type":"expire","targetStorageClass":"archive"})"),
              no_variant + "/rules/0/action: targetStorageClass belongs to transition alone");
}

TEST(ParsePolicy, RefusesWrongTagLists) {
    const auto tags = [](const std::string& status, const std::string& lists) {
        return refused_rule(R"("tagStatus":")" + status + "\"" + lists +
                            R"(,"countType":"imageCountMoreThan","countNumber":1)");
    };
    const std::string must = "Must specify tagPrefixList or tagPatternList when tagStatus=TAGGED.";
    const std::string at = " at /rules/0/selection";
    EXPECT_EQ(tags("tagged", ""), must + at);
    EXPECT_EQ(tags("tagged", R"(,"tagPrefixList":[])"), must + at);
    EXPECT_EQ(tags("tagged", R"(,"tagPrefixList":["a"],"tagPatternList":["b"])"),
              "Only one of tagPrefixList and tagPatternList may be specified." + at);
    for (const auto* status : {"any", "untagged"}) {
        EXPECT_EQ(tags(status, R"(,"tagPrefixList":["a"])"),
                  "tagPrefixList and tagPatternList are allowed only when tagStatus=TAGGED." + at);
    }
    EXPECT_EQ(tags("tagged", R"(,"tagPatternList":["*a*b*c*"])"), "accepted");
    EXPECT_EQ(tags("tagged", R"(,"tagPatternList":["x","*a*b*c*d*"])"),
              "A tag pattern may have at most 4 wildcards ('*')." + at + "/tagPatternList");
    EXPECT_EQ(tags("tagged", R"(,"tagPrefixList":["a",""])"),
              "string \"\" is too short (length: 0, required minimum: 1)" + at + "/tagPrefixList/1");
    EXPECT_EQ(tags("tagged", R"(,"tagPrefixList":"a")"),
              "instance type (string) does not match any allowed primitive type (allowed: [\"array\"])" + at +
                  "/tagPrefixList");
    EXPECT_EQ(tags("tagged", R"(,"tagPrefixList":["a",1])"),
              "instance type (integer) does not match any allowed primitive type (allowed: [\"string\"])" + at +
                  "/tagPrefixList/1");
}

TEST(ParsePolicy, RefusesRulesThatDoNotGoTogether) {
    const std::string count = R"(,"countType":"imageCountMoreThan","countNumber":1)";
    const std::string archived =
        R"(,"storageClass":"archive","countType":"sinceImageTransitioned","countUnit":"days","countNumber":90)";
    const auto both = [](const std::string& first, const std::string& second) {
        return refusal(rules(first + "," + second));
    };
    const std::string any_status = R"("tagStatus":"any")";
    const std::string untagged = R"("tagStatus":"untagged")";
    EXPECT_EQ(both(rule(untagged + count, 1), rule(any_status + count, 1)),
              "Two rules must not have the same rulePriority (1). at /rules/1/rulePriority");
    EXPECT_EQ(both(rule(untagged + count, 1), rule(untagged + count, 2)),
              "Only one rule can select Untagged images per storage class. at /rules/1/selection/tagStatus");
    EXPECT_EQ(both(rule(untagged + count, 1), rule(untagged + archived, 2)), "accepted");
    const std::string last = "Rule for tagStatus=ANY must have the lowest priority per storage class at /rules/";
    EXPECT_EQ(both(rule(any_status + count, 1), rule(untagged + count, 2)), last + "0/rulePriority");
    EXPECT_EQ(both(rule(any_status + count, 3), rule(any_status + count, 2)), last + "1/rulePriority");
    EXPECT_EQ(both(rule(any_status + count, 1), rule(any_status + archived, 2)), "accepted");
    const auto list = [&](const std::string& name, const std::string& entries, int priority) {
        return rule(R"("tagStatus":"tagged",")" + name + "\":[" + entries + "]" + count, priority);
    };
    EXPECT_EQ(both(list("tagPrefixList", R"("a","b")", 1), list("tagPrefixList", R"("c","a")", 2)),
              "A tag prefix can be used only once per storage class. at /rules/1/selection/tagPrefixList");
    EXPECT_EQ(both(list("tagPatternList", R"("a","b")", 1), list("tagPatternList", R"("b","a")", 2)),
              "A tagPatternList can be used only once per storage class. at /rules/1/selection/tagPatternList");
    EXPECT_EQ(both(list("tagPatternList", R"("a","b")", 1), list("tagPatternList", R"("a")", 2)), "accepted");
}

TEST(ParsePolicy, ShortensWhatItRepeats) {
    const auto said = refused_rule(R"("tagStatus":")" + std::string(4000, 'x') +
                                   R"(","countType":"imageCountMoreThan","countNumber":1)");
    EXPECT_LT(said.size(), 400);
    std::string wide = "x";
    for (int i = 0; i < 300; ++i) wide += "ä";
    const auto cut = refused_rule(R"("tagStatus":")" + wide + R"(","countType":"imageCountMoreThan","countNumber":1)");
    EXPECT_NE(cut.find("ä..."), std::string::npos) << cut;
}

// Every extension: refused as ECR would, taken where they are on.
TEST(ParseExtensions, AreRefusedUnlessTheyAreOn) {
    const std::string count = R"(,"countType":"imageCountMoreThan","countNumber":1)";
    const std::string all = R"("tagStatus":"any")" + count;
    const std::string tagged = R"("tagStatus":"tagged","tagPrefixList":["a"])" + count;
    const std::vector<std::pair<std::string, std::string>> cases = {
        {R"("tagStatus":"any","countType":"sinceImagePulled","countUnit":"days","countNumber":9)",
         R"({"type":"expire"})"},
        {R"("tagStatus":"any")", R"({"type":"retain"})"},
        {all, R"({"type":"retain"})"},
        {all, R"({"type":"expire","children":"expireUnneeded"})"},
        {R"("tagStatus":"tagged","tagRegexList":["v\\d+"])" + count, R"({"type":"expire"})"},
        {all + R"(,"excludeTagPatternList":["a*"])", R"({"type":"expire"})"},
        {tagged + R"(,"excludeTagRegexList":["a.*"])", R"({"type":"expire"})"},
        {tagged + R"(,"groupByTagRegex":"(.*)-.*")", R"({"type":"expire"})"},
        {R"("tagStatus":"tagged","groupByTagRegex":"(.*)-.*")" + count, R"({"type":"retain"})"},
        {all + R"(,"ignore":["referrers","children"])", R"({"type":"expire"})"},
    };
    for (const auto& [selection, action] : cases) {
        EXPECT_NE(refused_rule(selection, action), "accepted") << selection << action;
        const auto text = padded(rules(rule(selection, 1, action)));
        const auto policy = parse(text, extended);
        ASSERT_TRUE(policy) << policy.error().message;
        EXPECT_EQ(parse(padded(to_text(*policy)), extended).value(), *policy) << text;
    }
}

TEST(ParseExtensions, HaveRulesOfTheirOwn) {
    const std::string count = R"(,"countType":"imageCountMoreThan","countNumber":1)";
    const std::string at = " at /rules/0/selection/";
    const auto refused = [&](const std::string& selection, const std::string& action = R"({"type":"expire"})") {
        return refused_rule(selection, action, extended);
    };
    const auto tagged = [&](const std::string& more) { return refused(R"("tagStatus":"tagged")" + more + count); };
    EXPECT_EQ(tagged(R"x(,"tagRegexList":["("])x"),
              "Not a regular expression of RE2's syntax (missing ): ()." + at + "tagRegexList");
    EXPECT_EQ(tagged(R"(,"tagRegexList":[")" + std::string(257, 'a') + R"("])"),
              "A regular expression may have at most 256 bytes." + at + "tagRegexList");
    EXPECT_TRUE(tagged(R"(,"tagRegexList":["((a{100}){100}){100}"])").starts_with("Not a regular expression"));
    EXPECT_EQ(tagged(R"x(,"groupByTagRegex":"a")x"),
              "The regular expression must have exactly one capture group." + at + "groupByTagRegex");
    EXPECT_EQ(refused(R"x("tagStatus":"any","groupByTagRegex":"(a)")x" + count),
              "groupByTagRegex needs tagStatus=TAGGED and countType=imageCountMoreThan." + at + "groupByTagRegex");
    EXPECT_EQ(refused(R"("tagStatus":"untagged","excludeTagPatternList":["a"])" + count),
              "Tags can be excluded only when tagStatus=TAGGED or tagStatus=ANY." + at + "excludeTagPatternList");
    for (const auto* ignored : {"[]", "[\"tags\"]", "\"children\"", "[1]"}) {
        EXPECT_EQ(refused(R"("tagStatus":"any","ignore":)" + std::string(ignored) + count),
                  R"(ignore is a list of "children" and "referrers".)" + at + "ignore");
    }
    EXPECT_EQ(refused(R"("tagStatus":"any")", R"({"type":"expire"})"),
              R"(object has missing required properties (["countNumber","countType"]) at /rules/0/selection)");
    EXPECT_EQ(refused(R"("tagStatus":"any","countNumber":1)", R"({"type":"retain"})"),
              no_variant + "/rules/0/selection: countUnit and countNumber need countType");
    EXPECT_EQ(refused(R"("tagStatus":"any")" + count, R"({"type":"retain","children":"expireUnneeded"})"),
              no_variant + "/rules/0/action: children belongs to expire alone");
    std::string regexes;
    for (int i = 0; i < 65; ++i) regexes += (i == 0 ? "\"a" : ",\"a") + std::to_string(i) + "\"";
    EXPECT_EQ(tagged(R"(,"tagRegexList":[)" + regexes + "]"),
              "A policy may have at most 64 regular expressions. at /rules");
}

TEST(ParseExtensions, LetSeveralRulesShareWhatTheyLeaveToOthers) {
    const std::string count = R"("tagStatus":"any","countType":"imageCountMoreThan","countNumber":1)";
    EXPECT_EQ(refusal(rules(rule(count, 1, R"({"type":"retain"})") + "," + rule(count, 2)), extended), "accepted");
    EXPECT_EQ(refusal(rules(rule(count + R"(,"ignore":["referrers"])", 1) + "," + rule(count, 2)), extended),
              "accepted");
    EXPECT_NE(refusal(rules(rule(count, 1) + "," + rule(count, 2)), extended), "accepted");
}

}  // namespace
}  // namespace berth::lifecycle
