import JSON
import Testing
import Text

@testable import VSphere

/// Secrets are found however they are spelled, and nothing else is touched.
@Suite struct RedactionTests {
    static let password = "p4ss-Horse/b\"\\&ü+ 😀é<%"
    static let user = "ann@vsphere.local"

    /// The ways in which somebody may repeat a text, by their names.
    static let spellings: [(name: String, spell: @Sendable (String) -> String)] = [
        ("plain", { $0 }),
        ("percent", { $0.utf8.map { "%" + hex(Int($0), 2) }.joined() }),
        ("percent, lower case", { $0.utf8.map { "%" + hex(Int($0), 2).lowercased() }.joined() }),
        ("percent, twice", { $0.utf8.map { "%25" + hex(Int($0), 2) }.joined() }),
        (
            "form",
            { $0.utf8.map { $0 == 0x20 ? "+" : "%" + hex(Int($0), 2) }.joined() }
        ),
        ("JSON", { JSONEncoder().encode(.string($0)).dropFirst().dropLast().description }),
        (
            "JSON with slashes",
            {
                JSONEncoder().encode(.string($0)).dropFirst().dropLast().description
                    .replacing("/", with: "\\/")
            }
        ),
        ("JSON of escapes", { $0.utf16.map { "\\u" + hex(Int($0), 4) }.joined() }),
        (
            "JSON in JSON",
            {
                let once = JSONEncoder().encode(.string($0)).dropFirst().dropLast().description
                return JSONEncoder().encode(.string(once)).dropFirst().dropLast().description
            }
        ),
        ("HTML by number", { $0.unicodeScalars.map { "&#\($0.value);" }.joined() }),
        ("HTML by hex", { $0.unicodeScalars.map { "&#x\(hex(Int($0.value), 2));" }.joined() }),
        (
            "HTML",
            {
                $0.replacing("&", with: "&amp;").replacing("<", with: "&lt;")
                    .replacing("\"", with: "&quot;")
            }
        ),
        (
            "HTML, twice",
            {
                $0.replacing("&", with: "&amp;amp;").replacing("<", with: "&amp;lt;")
                    .replacing("\"", with: "&amp;#34;")
            }
        ),
        ("as we escape", { $0.utf8.map { "\\x" + hex(Int($0), 2) }.joined() }),
        ("base64", { Base64.encode(Array($0.utf8)) }),
        ("base64 behind a user", { Base64.encode(Array("\(user):\($0)".utf8)) }),
        ("base64 behind another user", { Base64.encode(Array("bo:\($0)".utf8)) }),
        (
            "base64 for URLs",
            {
                Base64.encode(Array("\(user):\($0)".utf8)).replacing("+", with: "-")
                    .replacing("/", with: "_")
            }
        ),
    ]

    static func hex(_ value: Int, _ length: Int) -> String {
        let digits = String(value, radix: 16, uppercase: true)
        return String(repeating: "0", count: max(0, length - digits.count)) + digits
    }

    @Test(arguments: spellings.map(\.name)) func `a secret is found in every spelling`(
        _ name: String
    ) throws {
        let spelled = try #require(Self.spellings.first { $0.name == name }).spell(Self.password)
        let redaction = Redaction()
        redaction.hide(Secret(Self.password), of: Self.user)
        let shown = redaction.cleaned("you sent >\(spelled)<, and that is all")
        #expect(shown.hasPrefix("you sent >") && shown.hasSuffix("<, and that is all"), "\(shown)")
        #expect(shown.contains("***") && !shown.contains(spelled), "\(shown)")
        if !name.contains("another user") { #expect(shown.utf8.count < 45, "\(shown)") }
        // As a header of a log-in, where the user's name is known.
        #expect(!redaction.cleaned("Basic \(spelled)").contains(spelled))
    }

    @Test(arguments: [
        ("the word horse/battery", "the word horse/battery"), ("p4ss-Ho", "p4ss-Ho"),
        ("", ""), ("%", "%"), ("\\", "\\"), ("&amp", "&amp"), ("100 % & more\\", "100 % & more\\"),
        // Cut off, as excerpts of answers are.
        ("<p>p4ss-Horse…", "<p>***…"), ("<p>p4ss…", "<p>***…"), ("<p>p4…", "<p>p4…"),
        ("<p>p4ss%2DHorse%2…", "<p>***…"), ("<p>p4ss\\u002dHo\\u00…\"", "<p>***…\""),
        ("p4ss-Horse/batt", "***"), ("a pass", "a pass"),
        // Credentials that nobody has told us of.
        ("Proxy-Authorization: Basic Ym9iOmh1bnRlcjI=", "Proxy-Authorization: Basic ***"),
        ("bearer eyJhbGciOi.x.y", "bearer ***"), ("Basic realm=\"x\"", "Basic realm=\"x\""),
        ("Basic authentication required", "Basic authentication required"),
        // A session identifier, and a secret too short to be told from words.
        ("id 5e551d00f00dfeed; pin 123", "id ***; pin 123"), ("MTIz", "***"),
    ]) func `what is no secret stays`(_ text: String, _ shown: String) {
        let redaction = Redaction()
        redaction.hide(Secret("p4ss-Horse/battery"), of: Self.user)
        redaction.hide(Secret("5e551d00f00dfeed"))
        redaction.hide(Secret("123"))
        redaction.hide(Secret(""))
        #expect(redaction.cleaned(text) == shown)
    }

    @Test func `an error has no secret in any of its parts`() {
        let redaction = Redaction()
        redaction.hide(Secret(Self.password), of: Self.user)
        let text = "it was \(Self.password)"
        var error = VSphereError(ErrorKind(rawValue: text), text)
        error.challenge = text
        error.data = .object([.init(text, .array([.string(text), .integer(1)]))])
        error.messages = [
            VSphereError.Message(
                id: text,
                defaultMessage: text,
                arguments: [text],
                localized: text,
                parameters: .object([.init("a", ["l": ["id": .string(text)]])])
            )
        ]
        let cleaned = redaction.cleaned(error)
        #expect(!"\(cleaned)".contains("orse"))
        var dumped = ""
        dump(cleaned, to: &dumped)
        #expect(!dumped.contains("orse") && dumped.contains("***"), "\(dumped)")
        // What decides about anything is a plain word, also where it is somebody's password.
        redaction.hide(Secret("not_found"))
        #expect(redaction.cleaned(VSphereError(.notFound, "")).kind == .notFound)
        // Kinds of `/api` come in lower case.
        let echo = ErrorKind(rawValue: Self.password.lowercased())
        #expect(redaction.cleaned(VSphereError(echo, "")).kind.rawValue == "***")
    }

    @Test func `a long text with many openers takes no longer than its length`() {
        let redaction = Redaction()
        redaction.hide(Secret(String(repeating: "\\%&", count: 40)), of: Self.user)
        redaction.hide(Secret(String(repeating: "\\", count: 30) + "x"))
        let text =
            String(repeating: "\\\\\\\\%25%25&amp;amp;", count: 20)
            + String(repeating: "\\", count: 200)
        let start = VCenter.uptime()
        _ = redaction.cleaned(text)
        #expect(VCenter.uptime() - start < .seconds(10))
    }

    struct Name: Sendable, CustomTestStringConvertible {
        let text: String
        let isSecret: Bool
        var testDescription: String { text }
    }

    static let names: [Name] =
        [
            "password", "Password", "vcPassword", "--password", "user_data", "userData", "pw", "PW",
            "root_pw", "api_key", "X-Api-Key", "apikey", "Authorization", "Cookie", "set-cookie",
            "auth", "sig", "X-Amz-Signature", "sessionid", "vmware-api-session-id", "pass", "jwt",
        ].map { Name(text: $0, isSecret: true) }
        + [
            "key", "author", "signal", "passive", "page_token", "password_file", "item", "design",
            "passwordCommand", "",
        ].map { Name(text: $0, isSecret: false) }

    @Test(arguments: names) func `names of secrets are known`(_ row: Name) {
        #expect(row.text.namesSecret == row.isSecret)
    }

    @Test(arguments: [
        ("a=1", "a=1"), ("password=x", "password=***"), ("--token=x", "--token=***"),
        ("Authorization: Bearer x", "Authorization: ***"), ("X-Api-Key:x", "X-Api-Key:***"),
        ("https://h/p?key=x&a=b&sig=y", "https://h/p?key=***&a=b&sig=***"),
        ("/x?api%5Fkey=a=b", "/x?api%5Fkey=***"), ("https://me:x@h/p", "https://me:***@h/p"),
        ("https://me@h/p", "https://me@h/p"), ("what? a password", "what? a password"),
        ("https_proxy=http://me:x@h:1", "https_proxy=http://me:***@h:1"), ("token=", "token="),
    ]) func `a word says itself that it is secret`(_ word: String, _ shown: String) {
        #expect(word.withoutTelltaleSecrets == shown)
    }

    @Test func `the words of a command line are shown without secrets`() {
        let words = [
            "curl", "-u", "me:x", "-u", "me", "--token", "x", "--password-file", "f", "pw=x",
            "https://h/?auth=x", "-H", "Cookie: x", "plain",
        ]
        #expect(
            words.withoutTelltaleSecrets == [
                "curl", "-u", "***", "-u", "me", "--token", "***", "--password-file", "f", "pw=***",
                "https://h/?auth=***", "-H", "Cookie: ***", "plain",
            ]
        )
    }
}
