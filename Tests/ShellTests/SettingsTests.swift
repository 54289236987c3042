import Posix
import Testing
import Transport
import VSphere

@testable import Shell

/// Runs the resolution over made-up surroundings.
func resolve(
    _ arguments: [String] = [],
    _ environment: [String: String] = [:],
    fake: FakeWorld = FakeWorld(),
    session: [String: SettingValue] = [:],
    sessionProfile: String? = nil
) throws -> Settings.Connection {
    let invocation = try ArgumentParser.parse(arguments, inputIsTerminal: false)
    var world = fake.world(environment)
    let settings = try Settings(invocation, world: &world) { text, _ in
        text == "broken" ? .failure(.init("config.lua:1: broken")) : .success(ProfileTests.profiles)
    }
    return try settings.connection(session, profile: sessionProfile)
}

struct SettingsTests {
    struct Case: Sendable, CustomTestStringConvertible {
        var title: String
        var arguments: [String] = []
        var environment: [String: String] = [:]
        var url: String
        var user = ""
        var password: String?
        var trust = Trust()
        var testDescription: String { title }
    }

    static let cases: [Case] = [
        Case(title: "an option", arguments: ["--vcenter", "a"], url: "https://a"),
        Case(title: "VMOON_VCENTER", environment: ["VMOON_VCENTER": "a"], url: "https://a"),
        Case(title: "GOVC_URL", environment: ["GOVC_URL": "https://a/sdk"], url: "https://a"),
        Case(
            title: "an option beats VMOON_VCENTER beats GOVC_URL",
            arguments: ["--vcenter", "a"],
            environment: ["VMOON_VCENTER": "b", "GOVC_URL": "c"],
            url: "https://a"
        ),
        Case(
            title: "VMOON_VCENTER beats GOVC_URL",
            environment: ["VMOON_VCENTER": "b", "GOVC_URL": "c"],
            url: "https://b"
        ),
        Case(
            title: "an empty variable is unset",
            environment: ["VMOON_VCENTER": "", "GOVC_URL": "c"],
            url: "https://c"
        ),
        Case(
            title: "a profile beats VMOON_*",
            arguments: ["--profile", "lab"],
            environment: ["VMOON_VCENTER": "b", "VMOON_USER": "eve"],
            url: "https://lab",
            user: "lu"
        ),
        Case(
            title: "an option beats the profile",
            arguments: ["--profile=lab", "--vcenter", "a"],
            url: "https://a",
            user: "lu"
        ),
        Case(
            title: "VMOON_PROFILE names one",
            environment: ["VMOON_PROFILE": "lab"],
            url: "https://lab",
            user: "lu"
        ),
        Case(
            title: "--user beats VMOON_USER and the URL",
            arguments: ["--vcenter", "u@a", "--user", "bob"],
            environment: ["VMOON_USER": "eve"],
            url: "https://a",
            user: "bob"
        ),
        Case(
            title: "VMOON_USER beats the URL",
            environment: [
                "VMOON_VCENTER": "u:pw@a", "VMOON_USER": "eve", "VMOON_PASSWORD": "e",
            ],
            url: "https://a",
            user: "eve",
            password: "e"
        ),
        Case(
            title: "the user and password of the URL",
            environment: ["VMOON_VCENTER": "https://u:p%40w@a"],
            url: "https://a",
            user: "u",
            password: "p@w"
        ),
        Case(
            title: "the credentials of a URL that lost are not used",
            arguments: ["--vcenter", "a"],
            environment: ["VMOON_VCENTER": "u:pw@b", "VMOON_PASSWORD": "e"],
            url: "https://a",
            password: "e"
        ),
        Case(
            title: "VMOON_PASSWORD_FILE beats VMOON_PASSWORD",
            arguments: ["--vcenter", "a"],
            environment: ["VMOON_PASSWORD_FILE": "/pw", "VMOON_PASSWORD": "e"],
            url: "https://a",
            password: "file"
        ),
        Case(
            title: "--password-file beats all variables",
            arguments: ["--vcenter", "a", "--password-file", "/pw"],
            environment: ["VMOON_PASSWORD": "e"],
            url: "https://a",
            password: "file"
        ),
        Case(
            title: "--password-command beats all variables",
            arguments: ["--vcenter", "a", "--password-command", "pass vc"],
            environment: ["VMOON_PASSWORD": "e"],
            url: "https://a",
            password: "cmd"
        ),
        Case(
            title: "--pin and --ca-file both hold",
            arguments: ["--vcenter", "a", "--ca-file", "/ca", "--pin", ArgumentParserTests.pin],
            url: "https://a",
            trust: Trust(.files(["/ca"]), pins: [ArgumentParserTests.pin])
        ),
        Case(
            title: "VMOON_INSECURE",
            arguments: ["--vcenter", "a"],
            environment: ["VMOON_INSECURE": "1"],
            url: "https://a",
            trust: Trust(.unverified)
        ),
        Case(
            title: "--ca-file is not undone by VMOON_INSECURE",
            arguments: ["--vcenter", "a", "--ca-file", "/ca"],
            environment: ["VMOON_INSECURE": "1"],
            url: "https://a",
            trust: Trust(.files(["/ca"]))
        ),
        Case(
            title: "--pin is not undone by VMOON_INSECURE",
            arguments: ["--vcenter", "a", "--pin", ArgumentParserTests.pin],
            environment: ["VMOON_INSECURE": "1"],
            url: "https://a",
            trust: Trust(pins: [ArgumentParserTests.pin])
        ),
        Case(
            title: "--insecure beats VMOON_CA_FILE",
            arguments: ["--vcenter", "a", "--insecure"],
            environment: ["VMOON_CA_FILE": "/ca"],
            url: "https://a",
            trust: Trust(.unverified)
        ),
        Case(
            title: "a profile may turn VMOON_INSECURE off",
            arguments: ["--profile", "strict"],
            environment: ["VMOON_INSECURE": "1"],
            url: "https://strict"
        ),
        Case(
            title: "http to this machine",
            arguments: ["--vcenter", "http://127.0.0.1:8080"],
            url: "http://127.0.0.1:8080"
        ),
        Case(
            title: "http elsewhere with --insecure",
            arguments: ["--vcenter", "http://a", "--insecure"],
            url: "http://a",
            trust: Trust(.unverified)
        ),
    ]

    @Test(arguments: cases)
    func `the strongest source counts`(_ row: Case) throws {
        let fake = FakeWorld(files: [
            "/pw": .init(text: "file\n"), "/h/.config/vmoon/config.lua": .init(text: "ok"),
            "/ca": .init(text: "a certificate"),
        ])
        let environment = row.environment.merging(["HOME": "/h"]) { $1 }
        let profile = try resolve(row.arguments, environment, fake: fake).profile
        #expect(profile.endpoint.url == row.url)
        #expect(profile.user == row.user)
        #expect(profile.trust == row.trust)
        if let password = row.password {
            #expect(try profile.password().get() == Secret(password))
        }
    }

    @Test func `limits come from options, then the profile, then their defaults`() throws {
        let fake = FakeWorld(files: ["/h/.config/vmoon/config.lua": .init(text: "ok")])
        let arguments = ["--profile", "limits", "--timeout", "5s"]
        let profile = try resolve(arguments, ["HOME": "/h"], fake: fake).profile
        #expect(profile.timeout == .seconds(5))
        #expect(profile.connectTimeout == .milliseconds(1500))
        #expect(profile.operationTimeout == .seconds(3600))
        #expect(profile.answerLimit == 1 << 20)
        #expect(profile.requestLimit == 4)
        #expect(profile.dialect == .api)
    }

    struct Refusal: Sendable, CustomTestStringConvertible {
        let arguments: [String]
        let environment: [String: String]
        let error: String
        let code: ExitCode
        var testDescription: String { error }
        init(
            _ arguments: [String],
            _ environment: [String: String],
            _ error: String,
            _ code: ExitCode = .usage
        ) {
            self.arguments = arguments
            self.environment = environment
            self.error = error
            self.code = code
        }
    }

    static let refusals: [Refusal] = [
        Refusal(
            [],
            [:],
            "no vCenter is named; use --vcenter URL, VMOON_VCENTER, GOVC_URL or a profile"
        ),
        Refusal(
            ["--vcenter", "http://a"],
            [:],
            "--vcenter: http:// to a is refused: the password would go unencrypted; "
                + "write https://, or give --insecure"
        ),
        Refusal(
            [],
            ["VMOON_VCENTER": "https://u:hunter2@a:x"],
            "VMOON_VCENTER: the address is refused: its port is not a number from 1 to 65535; "
                + "write host:443"
        ),
        Refusal(
            [],
            ["VMOON_VCENTER": "ftp://a"],
            "VMOON_VCENTER: the address is refused: its scheme is neither https nor http; "
                + "write https://host"
        ),
        Refusal(
            ["--vcenter", "a", "--password-file", "f", "--password-command", "c"],
            [:],
            "--password-file and --password-command contradict each other; give one of them"
        ),
        Refusal(
            ["--vcenter", "a", "--password-command", "pass 'x"],
            [:],
            "--password-command is refused: a quote is not closed; "
                + "close it, or write a backslash before it"
        ),
        Refusal(
            ["--vcenter", "a"],
            ["VMOON_INSECURE": "maybe"],
            "VMOON_INSECURE: 'maybe' is refused: it is neither 1 nor 0"
        ),
        Refusal(
            ["--vcenter", "a"],
            ["VMOON_API": "soap"],
            "VMOON_API: 'soap' is refused: there is no such choice; "
                + "it is auto, rest, api or jsonrpc"
        ),
    ]

    @Test(arguments: refusals)
    func `a refusal names the source and what to try`(_ row: Refusal) {
        let error = #expect(throws: SettingsError.self) {
            try resolve(row.arguments, row.environment)
        }
        #expect(error?.description == row.error)
        #expect(error?.exitCode == row.code)
    }

    @Test func `what weakens the trust is said`() throws {
        let open = try resolve(["--vcenter", "a", "--insecure"]).warnings
        #expect(open == ["the certificate of a is not verified (--insecure)"])
        let plain = try resolve(["--vcenter", "http://a", "--insecure"]).warnings
        #expect(plain == ["the connection to a is not encrypted"])
        #expect(try resolve(["--vcenter", "a"]).warnings.isEmpty)
    }

    static let addresses: [(name: String, text: String, left: String?)] = [
        ("GOVC_URL", "me:pw@vc/sdk", "me@vc/sdk"), ("GOVC_URL", "https://vc", "https://vc"),
        ("VMOON_VCENTER", "https://me:pw@vc", "https://me@vc"), ("VMOON_VCENTER", "me@vc", "me@vc"),
        ("GOVC_URL", "me:pw@vc:x", nil), ("GOVC_URL", "https://me:p/w@vc", nil),
    ]

    @Test(arguments: addresses)
    func `an address in the environment loses its password once it is read`(
        _ name: String,
        _ text: String,
        _ left: String?
    ) throws {
        let fake = FakeWorld()
        var world = fake.world([name: text])
        let settings = try Settings(Invocation(), world: &world) { _, _ in .success([:]) }
        #expect(world.environment[name] == left)
        #expect(fake.replaced == (left == nil || left == text ? [:] : [name: left ?? ""]))
        #expect(fake.removed == (left == nil ? [name] : []))
        guard text.contains("me:pw@vc"), left != nil else { return }
        let profile = try settings.connection().profile
        #expect(try profile.password().get() == Secret("pw"))
    }

    @Test func `GOVC_USERNAME for another vCenter is not taken, and that is said`() throws {
        let hints = [
            try resolve(["--vcenter", "a"], ["GOVC_USERNAME": "g"]).profile.userHint,
            try resolve(["--vcenter", "a"], [:]).profile.userHint,
        ]
        let ours = "--user or VMOON_USER names one"
        let theirs = "; GOVC_USERNAME counts only where GOVC_URL names the vCenter"
        #expect(hints == [ours + theirs, ours])
    }

    @Test func `the two password variables leave the environment, used or not`() throws {
        let fake = FakeWorld()
        var world = fake.world(["VMOON_PASSWORD": "a", "GOVC_PASSWORD": "b", "HOME": "/h"])
        let settings = try Settings(Invocation(), world: &world) { _, _ in .success([:]) }
        #expect(Set(fake.removed) == ["VMOON_PASSWORD", "GOVC_PASSWORD"])
        #expect(world.environment == ["HOME": "/h"])
        #expect(try settings.endpoint() == nil)
    }
}
