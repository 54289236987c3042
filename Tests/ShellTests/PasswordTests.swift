import Posix
import Testing
import VSphere

@testable import Shell

struct PasswordTests {
    private func fetch(
        _ arguments: [String],
        _ environment: [String: String] = [:],
        _ fake: FakeWorld
    ) throws -> String {
        let result = try resolve(
            ["--vcenter", "vc", "--user", "bob"] + arguments,
            environment,
            fake: fake
        )
        return try result.profile.password().get().reveal()
    }

    static let endings: [(held: String, password: String)] = [
        ("pw", "pw"), ("pw\n", "pw"), ("pw\r\n", "pw"), ("pw\n\n", "pw\n"), (" pw \n", " pw "),
        ("p\nw\n", "p\nw"),
    ]

    @Test(arguments: endings)
    func `one newline at the end is not part of it`(_ held: String, _ password: String) throws {
        let fake = FakeWorld(
            files: ["/f": .init(text: held)],
            outcome: .init(ending: .exited(0), output: Array(held.utf8))
        )
        #expect(try fetch(["--password-file", "/f"], [:], fake) == password)
        #expect(try fetch(["--password-command", "c"], [:], fake) == password)
        let credentials = ["CREDENTIALS_DIRECTORY": "/c"]
        let unit = FakeWorld(files: ["/c/vmoon.password": .init(text: held)])
        #expect(try fetch([], credentials, unit) == password)
    }

    @Test func `the command is split, limited to 30 seconds, and run once`() throws {
        let fake = FakeWorld()
        let arguments = ["--vcenter", "a", "--password-command", "pass 'my vc' $HOME"]
        let profile = try resolve(arguments, fake: fake).profile
        #expect(fake.commands.isEmpty)
        #expect(try profile.password().get() == Secret("cmd"))
        #expect(try profile.password().get() == Secret("cmd"))
        #expect(fake.commands == [["pass", "my vc", "$HOME"]])
        #expect(fake.timeouts == [.seconds(30)])
    }

    static let sources: [(arguments: [String], environment: [String: String], place: String)] = [
        (["--password-file", "/f"], [:], "the file /f"),
        (["--password-command", "c -d"], [:], "the command c"),
        ([], ["VMOON_PASSWORD": "p"], "VMOON_PASSWORD"),
        ([], ["VMOON_PASSWORD_FILE": "/f"], "the file /f"),
        ([], ["CREDENTIALS_DIRECTORY": "/c"], "the credential /c/vmoon.password"),
        ([], ["HOME": "/h"], "the file /h/.netrc"),
        ([], ["VMOON_VCENTER": "https://bob:p@vc"], "the address of VMOON_VCENTER"),
    ]

    @Test(arguments: sources)
    func `a password tells where it came from`(
        _ arguments: [String],
        _ environment: [String: String],
        _ place: String
    ) throws {
        let fake = FakeWorld(files: [
            "/f": .init(text: "p"), "/c/vmoon.password": .init(text: "p"),
            "/h/.netrc": .init(text: "machine vc login bob password p"),
        ])
        let isNamed = environment["VMOON_VCENTER"] != nil
        let all = (isNamed ? [] : ["--vcenter", "vc", "--user", "bob"]) + arguments
        let secret = try resolve(all, environment, fake: fake).profile.password().get()
        guard case .place(place)? = secret.source else {
            Issue.record("\(String(describing: secret.source))")
            return
        }
    }

    @Test func `govc's password tells so too, and what was typed is asked for again`() throws {
        let govc = ["GOVC_URL": "bob@vc", "GOVC_PASSWORD": "p"]
        let secret = try resolve([], govc, fake: FakeWorld()).profile.password().get()
        guard case .place("GOVC_PASSWORD")? = secret.source else {
            Issue.record("\(String(describing: secret.source))")
            return
        }
        let fake = FakeWorld(answer: .interrupted(2))
        let profile = try resolve(["--vcenter", "vc", "--user", "bob"], fake: fake).profile
        #expect(throws: ConnectionProfile.PasswordFailure.self) { try profile.password().get() }
        fake.answer = .line("one")
        #expect(try profile.password().get().isTyped)
        fake.answer = .line("two")
        #expect(try profile.password().get() == Secret("two"))
    }

    static let failures: [(Ending, String)] = [
        (.exited(3), "the password: c ended with code 3"),
        (.signalled(9), "the password: c was ended by signal 9"),
        (.timedOut, "the password: c took longer than 30s"),
        (.outputTooLarge, "the password: c printed more than a secret"),
        (.exited(0), "the password: the output of c holds nothing"),
    ]

    @Test(arguments: failures)
    func `a command that fails is told, without what it wrote`(_ ending: Ending, _ message: String)
    {
        let output = ending == .exited(0) ? "\n" : "half a secret"
        let fake = FakeWorld(outcome: .init(ending: ending, output: Array(output.utf8)))
        let failure = #expect(throws: ConnectionProfile.PasswordFailure.self) {
            try fetch(["--password-command", "c"], [:], fake)
        }
        #expect(failure?.message == message)
    }

    @Test func `without a source: the credential, then .netrc, then a question`() throws {
        let netrc = "default login bob password d\nmachine VC login bob password n"
        let files: [String: FakeWorld.FakeFile] = [
            "/c/vmoon.password": .init(text: "cred"), "/h/.netrc": .init(text: netrc),
        ]
        let all = FakeWorld(files: files, answer: .line("typed"))
        #expect(try fetch([], ["HOME": "/h", "CREDENTIALS_DIRECTORY": "/c"], all) == "cred")
        #expect(try fetch([], ["HOME": "/h", "CREDENTIALS_DIRECTORY": "/none"], all) == "n")
        #expect(all.questions.isEmpty)
        #expect(try fetch([], ["HOME": "/nowhere"], all) == "typed")
        #expect(all.questions == ["Password for bob@vc: "])
        let cron = FakeWorld()
        let failure = #expect(throws: ConnectionProfile.PasswordFailure.self) {
            try fetch([], [:], cron)
        }
        #expect(failure?.message == "no password for bob@vc, and no terminal to ask on")
    }

    @Test func `a named source that fails does not fall through to the next`() {
        let fake = FakeWorld(answer: .line("typed"))
        #expect(throws: ConnectionProfile.PasswordFailure.self) {
            try fetch(["--password-file", "/missing"], ["VMOON_PASSWORD": "env"], fake)
        }
        #expect(fake.questions.isEmpty)
    }

    @Test func `an open .netrc is warned about, and supplies the user too`() throws {
        let file = FakeWorld.FakeFile(text: "machine vc login nina password n", mode: 0o644)
        let fake = FakeWorld(files: ["/h/.netrc": file])
        let result = try resolve(["--vcenter", "vc"], ["HOME": "/h"], fake: fake)
        #expect(result.profile.user == "nina")
        #expect(result.warnings == ["/h/.netrc is readable by others; chmod 600 closes it"])
        let other = try resolve(
            ["--vcenter", "vc"],
            ["HOME": "/h", "VMOON_PASSWORD": "x"],
            fake: fake
        )
        #expect(other.profile.user == "" && other.warnings.isEmpty)
    }

    struct NetrcCase: Sendable, CustomTestStringConvertible {
        let text: String
        var host = "vc"
        var user = ""
        let found: String?
        var testDescription: String { text }
    }

    static let netrcCases: [NetrcCase] = [
        NetrcCase(text: "machine vc login a password p", found: "a:p"),
        NetrcCase(text: "machine vc\n  login a\n  password p\n", found: "a:p"),
        NetrcCase(text: "machine VC login a password p", host: "vc", found: "a:p"),
        NetrcCase(text: "machine other login a password p", found: nil),
        NetrcCase(text: "machine vc.example login a password p", found: nil),
        NetrcCase(text: "machine vc password p", user: "bob", found: ":p"),
        NetrcCase(text: "machine vc login a password p", user: "bob", found: nil),
        NetrcCase(
            text: "machine vc login a password p machine vc login bob password q",
            user: "bob",
            found: "bob:q"
        ),
        NetrcCase(text: "machine vc login a", found: nil),
        NetrcCase(text: "default login a password p", found: nil),
        NetrcCase(text: "default login a password p\nmachine vc login b password q", found: "b:q"),
        NetrcCase(
            text: "# machine vc login x password y\nmachine vc login a password p",
            found: "a:p"
        ),
        NetrcCase(text: "machine vc login a account z password p", found: "a:p"),
        NetrcCase(
            text: "macdef m\nmachine vc login x password y\n\nmachine vc login a password p",
            found: "a:p"
        ),
        NetrcCase(text: "machine vc login a password \"p q\\\"r\"", found: "a:p q\"r"),
        NetrcCase(text: "machine vc login a password p#1", found: "a:p#1"),
        NetrcCase(text: "machine vc login machine password default", found: "machine:default"),
        NetrcCase(text: "machine", found: nil),
        NetrcCase(text: "", found: nil),
    ]

    @Test(arguments: netrcCases)
    func `.netrc is read as curl reads it, but for its default entry`(_ row: NetrcCase) {
        let entry = Netrc(parsing: row.text).entry(host: row.host, user: row.user)
        let found = entry.map { "\($0.login ?? ""):\($0.password?.reveal() ?? "")" }
        #expect(found == row.found)
    }
}
