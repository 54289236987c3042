import Posix
import Testing
import VSphere

@testable import Shell

struct ProfileTests {
    static let profiles: [String: SettingValue] = [
        "lab": .table(["vcenter": .string("lab"), "user": .string("lu")]),
        "edge": .table(["vcenter": .string("edge"), "password_file": .string("~/edge.pw")]),
        "strict": .table(["vcenter": .string("strict"), "insecure": .boolean(false)]),
        "limits": .table([
            "vcenter": .string("l"), "timeout": .integer(30), "connect_timeout": .number(1.5),
            "max_answer": .string("1M"), "limit": .integer(4), "api": .string("api"),
        ]),
        "typo": .table(["vcentre": .string("x")]),
        "secret": .table(["password": .string("hunter2")]),
        "wrong": .table(["vcenter": .string("x"), "timeout": .boolean(true)]),
        "plain": .table(["vcenter": .string("http://far")]),
        "flat": .string("x"),
    ]
    static let path = "/h/.config/vmoon/config.lua"

    static let refusals: [(profile: String, error: String)] = [
        ("typo", "profile 'typo' has no setting 'vcentre'; did you mean vcenter?"),
        (
            "secret",
            "profile 'secret' holds a password, which belongs into a file of its own; "
                + "use password_file or password_command"
        ),
        (
            "wrong",
            "profile 'wrong', timeout: a boolean is refused; "
                + "give a number of seconds or a string such as \"30s\""
        ),
        (
            "plain",
            "profile 'plain', vcenter: http:// to far is refused: the password would go unencrypted; "
                + "write https://, or give --insecure"
        ),
        (
            "flat",
            "\(path): profile 'flat' is a string; write flat = { vcenter = \"...\", user = \"...\" }"
        ),
        ("lap", "\(path) has no profile 'lap'; did you mean lab?"),
        (
            "prod",
            "\(path) has no profile 'prod'; "
                + "it has edge, flat, lab, limits, plain, secret, strict, typo, wrong"
        ),
    ]

    @Test(arguments: refusals)
    func `a bad profile is an error of configuration`(_ name: String, _ message: String) {
        let fake = FakeWorld(files: [Self.path: .init(text: "ok")])
        let error = #expect(throws: SettingsError.self) {
            try resolve(["--profile", name], ["HOME": "/h"], fake: fake)
        }
        #expect(error?.description == message)
        #expect(error?.exitCode == .configuration)
    }

    static let files: [(file: FakeWorld.FakeFile?, error: String)] = [
        (nil, "cannot read \(path): No such file or directory; profiles stand in that file"),
        (
            .init(text: "ok", mode: 0o620),
            "\(path) is writable by others (mode 620); chmod go-w closes it"
        ),
        (
            .init(text: "ok", mode: 0o602),
            "\(path) is writable by others (mode 602); chmod go-w closes it"
        ),
        (
            .init(text: "ok", owner: 12345),
            "\(path) belongs to another user; make it yours, or root's"
        ),
        (.init(text: "broken"), "config.lua:1: broken"),
    ]

    @Test(arguments: files)
    func `the file must be ours, closed to others, and run`(
        _ file: FakeWorld.FakeFile?,
        _ message: String
    ) {
        let fake = FakeWorld(files: file.map { [Self.path: $0] } ?? [:])
        let error = #expect(throws: SettingsError.self) {
            try resolve(["--profile", "lab"], ["HOME": "/h"], fake: fake)
        }
        #expect(error?.description == message)
        #expect(error?.exitCode == .configuration)
    }

    @Test func `a file readable by others is fine: it holds no password`() throws {
        let fake = FakeWorld(files: ["/x/vmoon/config.lua": .init(text: "ok", mode: 0o644)])
        let result = try resolve(["--profile", "lab"], ["XDG_CONFIG_HOME": "/x"], fake: fake)
        #expect(result.profile.endpoint.host == "lab")
    }

    @Test func `the file is not looked at unless a profile is named`() throws {
        let fake = FakeWorld(files: [Self.path: .init(text: "broken", mode: 0o666)])
        #expect(try resolve(["--vcenter", "a"], ["HOME": "/h"], fake: fake).warnings.isEmpty)
    }

    @Test func `~ in a profile is the home folder`() throws {
        let fake = FakeWorld(files: [
            Self.path: .init(text: "ok"), "/h/edge.pw": .init(text: "pw\n"),
        ])
        let result = try resolve(["--profile", "edge"], ["HOME": "/h"], fake: fake)
        #expect(try result.profile.password().get() == Secret("pw"))
    }

    @Test func `session arguments beat all, and a profile named there beats the command line`()
        throws
    {
        let fake = FakeWorld(files: [Self.path: .init(text: "ok")])
        let home = ["HOME": "/h", "VMOON_USER": "eve"]
        let command = ["--vcenter", "a", "--user", "bob", "--timeout", "7s"]
        let named = try resolve(command, home, fake: fake, sessionProfile: "lab").profile
        #expect(named.endpoint.host == "lab" && named.user == "lu" && named.timeout == .seconds(7))
        let given = try resolve(
            command,
            home,
            fake: fake,
            session: ["vcenter": .string("c"), "password": .secret(Secret("s"))],
            sessionProfile: "lab"
        ).profile
        #expect(given.endpoint.host == "c" && given.user == "lu")
        #expect(try given.password().get() == Secret("s"))
        let error = #expect(throws: SettingsError.self) {
            try resolve(command, home, fake: fake, session: ["port": .integer(1)])
        }
        #expect(error?.message == "session has no setting 'port'")
        #expect(error?.exitCode == .usage)
    }
}
