import Journal
import Testing
import VSphere

@testable import Shell

/// Which vCenter is asked what became of operations.
struct ReconcilePlaceTests {
    private static func record(_ vcenter: String, _ user: String) -> OperationRecord {
        OperationRecord(
            identifier: "\(user)@\(vcenter)",
            run: "",
            operation: "rollback",
            vcenter: vcenter,
            user: user,
            intended: 0,
            deadline: 0
        )
    }

    struct Case: Sendable, CustomTestStringConvertible {
        let title: String
        /// `user@vcenter` of each operation.
        let open: [String]
        var named: String?
        /// What is asked, as whom, and how many operations are of another vCenter.
        let vcenter: String
        let user: String
        var elsewhere = 0
        var testDescription: String { title }
    }

    static let cases = [
        Case(title: "the only one", open: ["ann@a"], vcenter: "a", user: "ann"),
        Case(title: "of one user", open: ["ann@a", "ann@a"], vcenter: "a", user: "ann"),
        Case(title: "of two users", open: ["ann@a", "bob@a"], vcenter: "a", user: ""),
        Case(
            title: "one is named",
            open: ["ann@a", "bob@b"],
            named: "b",
            vcenter: "b",
            user: "bob",
            elsewhere: 1
        ),
        Case(
            title: "none is of the one that is named",
            open: ["ann@a"],
            named: "b",
            vcenter: "b",
            user: "",
            elsewhere: 1
        ),
    ]

    @Test(arguments: cases) func `the place`(_ row: Case) throws {
        let records = row.open.map { text in
            let parts = text.split(separator: "@").map(String.init)
            return Self.record(parts[1], parts[0])
        }
        let place = try #require(try ReconcilePlace(of: records, named: row.named))
        #expect(place.vcenter == row.vcenter && place.user == row.user)
        #expect(place.isNamed == (row.named != nil))
        #expect(place.elsewhere.count == row.elsewhere)
        #expect(place.records.count == records.count - row.elsewhere)
    }

    struct Known: Sendable, CustomTestStringConvertible {
        let title: String
        var arguments: [String] = []
        var environment: [String: String] = [:]
        var user = "ann"
        var expected = "ann"
        var password: String?
        var testDescription: String { title }
    }

    static let known = [
        Known(title: "the journal's user"),
        Known(title: "--user beats it", arguments: ["--user", "bob"], expected: "bob"),
        Known(title: "so does VMOON_USER", environment: ["VMOON_USER": "eve"], expected: "eve"),
        Known(title: "govc's is for its vCenter", environment: ["GOVC_USERNAME": "eve"]),
        Known(title: "several users", user: "", expected: ""),
        Known(title: "the password", environment: ["VMOON_PASSWORD": "pw"], password: "pw"),
        Known(title: "govc's password is not", environment: ["GOVC_PASSWORD": "pw"]),
    ]

    @Test(arguments: known) func `a vCenter that only the journal names`(_ row: Known) throws {
        let invocation = try ArgumentParser.parse(
            ["reconcile"] + row.arguments,
            inputIsTerminal: false
        )
        var world = FakeWorld().world(row.environment)
        let settings = try Settings(invocation, world: &world) { _, _ in .success([:]) }
        #expect(try settings.endpoint() == nil)
        let profile = try settings.connection(toKnown: "vc:8443", user: row.user).profile
        #expect(profile.endpoint.url == "https://vc:8443")
        #expect(profile.user == row.expected)
        let password = try? profile.password().get()
        #expect(password?.reveal() == row.password)
    }

    @Test func `somebody has to choose`() throws {
        let records = [Self.record("b", "ann"), Self.record("a", "ann")]
        #expect(
            throws: SettingsError(
                "operations of 2 vCenters are open: a, b",
                hint: "name one of them with --vcenter or --profile",
                exitCode: .usage
            )
        ) { try ReconcilePlace(of: records, named: nil) }
        #expect(try ReconcilePlace(of: [], named: nil) == nil)
    }
}
