#include "inventory/language_dotnet.hpp"

#include "inventory/language_test_support.hpp"

namespace berth::inventory {
namespace {

TEST(DotNet, ReadsPackagesAndTheRunTime) {
    EXPECT_TRUE(wants(is_dotnet_dependencies, "app/App.deps.json"));
    EXPECT_FALSE(wants(is_dotnet_dependencies, "app/App.runtimeconfig.json"));
    EXPECT_EQ(packages_in(read_dotnet_dependencies, "App.deps.json",
                          "\xEF\xBB\xBF"
                          R"({"runtimeTarget":{"name":".NETCoreApp,Version=v6.0/linux-x64"},"libraries":{
        "App/1.0.0":{"type":"project","serviceable":false,"sha512":""},
        "runtimepack.Microsoft.NETCore.App.Runtime.linux-x64/6.0.1":{"type":"runtimepack"},
        "Newtonsoft.Json/12.0.3":{"type":"package","serviceable":true,"path":"newtonsoft.json/12.0.3"},
        "System.Odd/4.0.0.0":{"type":"reference"},"NoVersion":{"type":"package"},"Wrong/1":7}})"),
              (Names{"Microsoft.NETCore.App.Runtime.linux-x64 6.0.1", "Newtonsoft.Json 12.0.3"}));
}

TEST(DotNet, ReadsALockOnceForAllTargets) {
    EXPECT_TRUE(wants(is_nuget_lock, "src/App/packages.lock.json"));
    EXPECT_EQ(packages_in(read_nuget_lock, "packages.lock.json", R"json({"version":1,"dependencies":{
        "net6.0":{"Newtonsoft.Json":{"type":"Direct","requested":"[12.0.3, )","resolved":"12.0.3"
}
, "own" : {"type" : "Project"}
}
, "net6.0/linux-x64" : {
    "Newtonsoft.Json" : {"type" : "Direct", "resolved" : "12.0.3"},
                        "System.Text.Json" : {"type" : "Transitive", "resolved" : "6.0.0"}
}
}
})json"),
              (Names{"Newtonsoft.Json 12.0.3", "System.Text.Json 6.0.0"}));
}

TEST(DotNet, SaysWhatIsMissing) {
    for (const auto text : {"[]", "{}", R"({"libraries":[]})", "null", "{"}) {
        EXPECT_TRUE(packages_in(read_dotnet_dependencies, "x.deps.json", text).front().starts_with("fault: ")) << text;
        EXPECT_TRUE(packages_in(read_nuget_lock, "packages.lock.json", text).front().starts_with("fault: ")) << text;
    }
}

}  // namespace
}  // namespace berth::inventory
