import Journal
import Testing
import Transport
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

    @Test(
        arguments: [
            ([], []), (["ann@a"], ["ann@a 1"]), (["ann@a", "ann@a"], ["ann@a 2"]),
            (["ann@a", "bob@a"], ["@a 2"]),
            (["ann@b", "bob@a", "ann@b"], ["ann@b 2", "bob@a 1"]),
        ] as [([String], [String])]
    )
    func `each vCenter is asked once, about all its operations`(
        _ open: [String],
        _ expected: [String]
    ) {
        let records = open.map { text in
            let parts = text.split(separator: "@").map(String.init)
            return Self.record(parts[1], parts[0])
        }
        let places = ReconcilePlace.all(of: records)
        #expect(places.map { "\($0.user)@\($0.vcenter) \($0.records.count)" } == expected)
    }

    @Test func `the last operation tells how it was reached`() {
        var records = [Self.record("a", "ann"), Self.record("a", "ann"), Self.record("b", "ann")]
        records[0].connection = #"{"scheme":"http"}"#
        records[2].connection = #"{"scheme":"http","ca_files":[],"pins":[]}"#
        #expect(ReconcilePlace.all(of: records).map(\.note?.scheme) == [nil, .http])
        records[1].connection = #"{"scheme":"https","ca_files":["/a.pem"],"pins":["sha256//x="]}"#
        let note = ReconcilePlace.all(of: records).first?.note
        #expect(
            note == ConnectionNote(scheme: .https, authorities: ["/a.pem"], pins: ["sha256//x="])
        )
        #expect(note.flatMap { ConnectionNote($0.text) } == note)
        // A later version may write what this one cannot read.
        records[1].connection = #"{"scheme":"quic"}"#
        #expect(ReconcilePlace.all(of: records).first.map { $0.note == nil } == true)
    }

    @Test(
        arguments: [
            (#"{"scheme":"http"}"#, "http://127.0.0.1:8443", nil),
            (#"{"scheme":"https","ca_files":["/a.pem"]}"#, "https://127.0.0.1:8443", "/a.pem"),
        ] as [(String, String, String?)]
    )
    func `it is reached again as it was`(
        _ connection: String,
        _ url: String,
        _ authority: String?
    ) throws {
        var record = Self.record("127.0.0.1:8443", "ann")
        record.connection = connection
        let place = try #require(ReconcilePlace.all(of: [record]).first)
        let found = try Self.settings([], [:]).otherConnections(to: place)
        let profile = try #require(try found.first?.get().profile)
        #expect(profile.endpoint.url == url)
        #expect(profile.trust == (authority.map { Trust(.files([$0])) } ?? Trust()))
        #expect(profile.note == place.note)
    }

    @Test func `an unencrypted way to another computer is for a person to allow`() throws {
        var record = Self.record("vc:80", "ann")
        record.connection = #"{"scheme":"http"}"#
        let place = try #require(ReconcilePlace.all(of: [record]).first)
        let refused = try Self.settings([], [:]).otherConnections(to: place).first
        #expect(throws: SettingsError.self) { try refused?.get() }
        let allowed = try Self.settings(["--insecure"], [:]).otherConnections(to: place).first
        #expect(try allowed?.get().profile.endpoint.scheme == .http)
    }

    private static func place(_ vcenter: String, _ user: String) -> ReconcilePlace {
        ReconcilePlace(vcenter: vcenter, user: user, note: nil, records: [])
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
        let settings = try Self.settings(row.arguments, row.environment)
        #expect(try settings.endpoint() == nil)
        let place = Self.place("vc:8443", row.user)
        #expect(settings.namedConnections(to: place).isEmpty)
        let found = settings.otherConnections(to: place)
        let profile = try #require(try found.first?.get().profile)
        #expect(found.count == 1 && profile.endpoint.url == "https://vc:8443")
        #expect(profile.user == row.expected)
        let password = try? profile.password().get()
        #expect(password?.reveal() == row.password)
    }

    private static func settings(
        _ arguments: [String],
        _ environment: [String: String],
        profiles: [String: SettingValue] = [:]
    ) throws -> Settings {
        let invocation = try ArgumentParser.parse(
            ["reconcile"] + arguments,
            inputIsTerminal: false
        )
        let files = ["/c/vmoon/config.lua": FakeWorld.FakeFile(text: "-")]
        var world = FakeWorld(files: profiles.isEmpty ? [:] : files)
            .world(environment.merging(["XDG_CONFIG_HOME": "/c"]) { $1 })
        return try Settings(invocation, world: &world) { _, _ in .success(profiles) }
    }

    struct Ways: Sendable, CustomTestStringConvertible {
        let title: String
        var arguments: [String] = []
        var environment: [String: String] = [:]
        /// `user:password` of each connection that is tried, in order; without a password nothing has one.
        let tried: [String]
        var testDescription: String { title }
    }

    static let profiles: [String: SettingValue] = [
        "other": .table(["vcenter": .string("elsewhere"), "user": .string("ann")]),
        "service": .table(["vcenter": .string("https://vc/sdk"), "user": .string("svc")]),
        "mine": .table(["vcenter": .string("vc"), "user": .string("ann")]),
    ]

    static let ways = [
        Ways(title: "the profiles, that of the user first", tried: ["ann:", "svc:"]),
        Ways(
            title: "a password for any vCenter is for these too",
            environment: ["VMOON_PASSWORD": "pw"],
            tried: ["ann:pw", "svc:pw", "ann:pw"]
        ),
        Ways(
            title: "the variables that name it come first",
            environment: ["VMOON_VCENTER": "vc", "VMOON_USER": "eve", "VMOON_PASSWORD": "pw"],
            tried: ["eve:pw", "ann:pw", "svc:pw"]
        ),
        Ways(
            title: "what is meant for another vCenter is not told to this one",
            environment: ["VMOON_VCENTER": "a", "VMOON_USER": "eve", "VMOON_PASSWORD": "pw"],
            tried: ["ann:", "svc:"]
        ),
        Ways(
            title: "govc's",
            environment: ["GOVC_URL": "eve:gp@vc"],
            tried: ["eve:gp", "ann:", "svc:"]
        ),
        Ways(
            title: "govc's beside another vCenter of ours",
            environment: [
                "VMOON_VCENTER": "a", "VMOON_PASSWORD": "pw", "GOVC_URL": "vc",
                "GOVC_USERNAME": "eve", "GOVC_PASSWORD": "gp",
            ],
            tried: ["ann:", "svc:", "eve:gp"]
        ),
        Ways(
            title: "an option",
            arguments: ["--vcenter", "vc", "--user", "eve"],
            tried: ["eve:", "ann:", "svc:"]
        ),
    ]

    @Test(arguments: ways) func `every connection that fits is tried, the likeliest first`(
        _ row: Ways
    ) throws {
        let settings = try Self.settings(row.arguments, row.environment, profiles: Self.profiles)
        let all =
            settings.namedConnections(to: Self.place("vc", "ann"))
            + settings.otherConnections(to: Self.place("vc", "ann"))
        let tried = try all.map { candidate in
            let profile = try candidate.get().profile
            #expect(profile.endpoint.url == "https://vc")
            return "\(profile.user):\((try? profile.password().get())?.reveal() ?? "")"
        }
        #expect(tried == row.tried)
    }
}
