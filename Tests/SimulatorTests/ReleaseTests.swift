import JSON
import Support
import Testing

/// The release that the appliance tells.
struct ReleaseTests {
    @Test(arguments: WireClient.Form.allCases)
    func `the appliance tells its release, which an option sets`(form: WireClient.Form) throws {
        let path = "/appliance/system/version"
        let usual = try WireClient(form).value("GET", path)
        #expect(usual["version"]?.string?.hasPrefix("8.0.") == true)
        let other = try WireClient(form, arguments: ["--release", "7.0.3.00400-19234570"])
            .value("GET", path)
        let names = [
            "version", "product", "build", "type", "summary", "releasedate", "install_time",
        ]
        #expect(other.members?.map(\.name) == names)
        #expect(names.allSatisfy { other[$0]?.string != nil })
        #expect(other["version"] == "7.0.3.00400")
        #expect(other["build"] == "19234570")
        let answer = try WireClient(form).failure("POST", path)
        #expect(answer.hasPrefix("405"))
    }
}
