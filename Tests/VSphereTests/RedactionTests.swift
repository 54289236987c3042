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
        ("wrapped", { wrapped($0, every: 5) }),
        ("base64, wrapped", { wrapped(Base64.encode(Array("\(user):\($0)".utf8)), every: 16) }),
        (
            "wrapped, in JSON",
            {
                JSONEncoder().encode(.string(wrapped($0, every: 7))).dropFirst().dropLast()
                    .description
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

    static func wrapped(_ text: String, every length: Int) -> String {
        var lines: [Substring] = []
        var rest = text[...]
        while !rest.isEmpty {
            lines.append(rest.prefix(length))
            rest = rest.dropFirst(length)
        }
        return lines.joined(separator: "\r\n  ")
    }

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

    /// Two texts of one look need not have the same bytes.
    @Test func `a secret is found in each of its Unicode forms that was named`() {
        let redaction = Redaction()
        let forms = ["p\u{e4}ss-Horse", "pa\u{308}ss-Horse"]
        for form in forms { redaction.hide(Secret(form)) }
        #expect(forms.map { redaction.cleaned($0) } == ["***", "***"])
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
        ("id 5E551D00F00DFEED", "id ***"), ("5e55\n1d00 f00dfeed", "5e55\n1d00 f00dfeed"),
    ]) func `what is no secret stays`(_ text: String, _ shown: String) {
        let redaction = Redaction()
        redaction.hide(Secret("p4ss-Horse/battery"), of: Self.user)
        redaction.hide(Secret("5e551d00f00dfeed"))
        redaction.hide(Secret("123"))
        redaction.hide(Secret(""))
        #expect(redaction.cleaned(text) == shown)
    }

    /// An error whose every text says the same.
    private static func error(saying text: String) -> VSphereError {
        var error = VSphereError(
            ErrorKind(rawValue: text),
            text,
            operation: text,
            subject: text,
            vcenter: text,
            hint: text
        )
        error.type = text
        error.cause = ErrorKind(rawValue: text)
        error.causeMessage = text
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
        return error
    }

    private static let fieldsWithoutText: Set<String> = ["status", "isRetryable", "outcome"]

    @Test func `an error has no secret in any field that a server writes`() throws {
        let redaction = Redaction()
        redaction.hide(Secret(Self.password), of: Self.user)
        let cleaned = redaction.cleaned(Self.error(saying: "it was \(Self.password)"))
        for (name, value) in Mirror(reflecting: cleaned).children {
            let name = try #require(name)
            var shown = ""
            dump(value, to: &shown)
            guard !Self.fieldsWithoutText.contains(name) else { continue }
            // A field that is new has to say something above, and to be cleaned.
            #expect(shown.contains("***") && !shown.contains("orse"), "\(name): \(shown)")
        }
    }

    @Test func `a secret that is an ordinary word is no secret among our own`() {
        let redaction = Redaction()
        redaction.hide(Secret("item"))
        redaction.hide(Secret("5e551d00f00dfeed"))
        var error = VSphereError(.notFound, "no item", operation: "findItem", subject: "item x")
        #expect(redaction.cleaned(error).description == "findItem (item x): not_found: no ***")
        error.subject = "item 5e551d00f00dfeed"
        #expect(redaction.cleaned(error).subject == "item ***")
    }

    @Test func `kinds that decide anything stay, and the others have no secrets`() {
        let redaction = Redaction()
        redaction.hide(Secret(Self.password), of: Self.user)
        redaction.hide(Secret("not_found"))
        #expect(redaction.cleaned(VSphereError(.notFound, "")).kind == .notFound)
        // Kinds of `/api` come in lower case.
        let echo = ErrorKind(rawValue: Self.password.lowercased())
        #expect(redaction.cleaned(VSphereError(echo, "")).kind.rawValue == "***")
        var named = VSphereError(.error, "")
        for name in [Self.password, Self.password.lowercased(), "not_found", "NOT_FOUND"] {
            named.type = name
            #expect(redaction.cleaned(named).type == "***")
        }
    }

    @Test func `of an error without end the beginning is kept`() {
        let redaction = Redaction()
        redaction.hide(Secret("s3cret-horse"))
        let long = String(repeating: "x", count: 65_530) + "s3cret-horse"
        let shown = redaction.cleaned(Self.error(saying: long))
        #expect(shown.message.utf8.count < 66_000 && shown.message.hasSuffix("x***…"))
        #expect(shown.messages.first?.defaultMessage == "…")
        #expect(shown.data == .object([.init("…", .array(["…", .integer(1)]))]))
    }

    static let slow: [(secret: String, unit: String, kilobytes: Int)] = [
        ("Sekret-Pw9", "\\", 32), ("\\Sekret-Pw9", "\\", 32), ("Se\\kret", "\\", 32),
        (String(repeating: "\\", count: 30) + "x", "\\", 8), ("%%%%", "%", 1024),
        ("%%%%x", "%25", 32), (String(repeating: "a", count: 60), "a", 1024),
        (String(repeating: "a", count: 60) + "b", "a", 32), ("Sekret-Pw9", "&amp;", 32),
        ("&&&&&&x", "&amp;", 32), ("Sekret-Pw9", "%&+", 32), ("Sekret-Pw9", "\n", 32),
        (String(repeating: "\\%&", count: 40), "\\\\\\\\%25%25&amp;amp;", 12),
        ("a\n\n\n\n\n\n\n\n\n\n\n\n\nb", "a\n\n\n\n\n\n\n\n", 32), ("Sekret-Pw9", "basic ", 32),
    ]

    @Test(arguments: slow.indices)
    func `the time that a text takes grows no faster than its length`(_ index: Int) {
        let (secret, unit, kilobytes) = Self.slow[index]
        let redaction = Redaction()
        redaction.hide(Secret(secret), of: Self.user)
        let text = String(repeating: unit, count: (kilobytes << 10) / unit.utf8.count)
        let start = VCenter.uptime()
        _ = redaction.cleaned(text)
        let time = VCenter.uptime() - start
        #expect(time < .seconds(10))
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
            "auth", "sig", "X-Amz-Signature", "sessionid", "clone_ticket", "saml", "samlAssertion",
            "vmware-api-session-id", "pass", "jwt",
        ].map { Name(text: $0, isSecret: true) }
        + [
            "key", "author", "signal", "passive", "page_token", "password_file", "item", "design",
            "passwordCommand", "", "ticket", "pin", "session", "nonce",
        ].map { Name(text: $0, isSecret: false) }

    @Test func `a long secret of backslashes takes no memory without end, and stays hidden`() {
        let redaction = Redaction()
        redaction.hide(Secret(String(repeating: "\\", count: 60_000)))
        let shown = redaction.cleaned("seen: " + String(repeating: "\\", count: 20_000))
        #expect(shown.hasPrefix("seen: ") && shown.contains("***"))
        #expect(shown.utf8.count < 20_000)
    }

    @Test(arguments: names) func `names of secrets are known`(_ row: Name) {
        #expect(row.text.namesSecret == row.isSecret)
    }

    @Test(arguments: [
        ("a=1", "a=1"), ("password=x", "password=***"), ("--token=x", "--token=***"),
        ("Authorization: Bearer x", "Authorization: ***"), ("X-Api-Key:x", "X-Api-Key:***"),
        ("https://h/p?key=x&a=b&sig=y", "https://h/p?key=***&a=b&sig=***"),
        ("/x?api%5Fkey=a=b", "/x?api%5Fkey=***"), ("https://me:x@h/p", "https://me:***@h/p"),
        ("https://me@h/p", "https://me@h/p"), ("what? a password", "what? a password"),
        ("--pw 'a b' -v", "--pw *** -v"), ("curl -u me:x https://h", "curl -u *** https://h"),
        ("curl -u \"me:x\"", "curl -u ***"), ("mysql -px db", "mysql -p*** db"),
        ("-pS3cretX", "-p***"), ("-p8080", "-p8080"), ("find -print", "find -print"),
        ("ssh -p 22 h", "ssh -p 22 h"), ("mkdir -p /a/b", "mkdir -p /a/b"), ("me:x@h", "me:***@h"),
        ("scp me@h:x@y .", "scp me@h:x@y ."), ("mailto:a@b", "mailto:a@b"),
        ("nginx:1@sha256:ab", "nginx:1@sha256:ab"),
        ("cd /x; export PASSWORD=x y", "cd /x; export PASSWORD=*** y"),
        ("export A=1 TOKEN='x y' z", "export A=1 TOKEN=*** z"),
        ("run at 10:30 - it isn't a=b", "run at 10:30 - it isn't a=b"),
        ("curl -H 'Cookie: x y' h", "curl -H 'Cookie: *** y' h"),
        ("sh -c \"PGPASSWORD=x psql\"", "sh -c \"PGPASSWORD=*** psql\""),
        ("/x?ticket=x&pin=y&nonce=z&n=1", "/x?ticket=***&pin=***&nonce=***&n=1"),
        ("https_proxy=http://me:x@h:1", "https_proxy=http://me:***@h:1"), ("token=", "token="),
    ]) func `a word says itself that it is secret`(_ word: String, _ shown: String) {
        #expect(word.withoutTelltaleSecrets == shown)
    }

    @Test func `the words of a command line are shown without secrets`() {
        let words = [
            "curl", "-u", "me:x", "-u", "me", "--token", "x", "--password-file", "f", "pw=x",
            "https://h/?auth=x", "-H", "Cookie: x", "plain", "-p", "x", "-p", "22", "me:x@h",
        ]
        #expect(
            words.withoutTelltaleSecrets == [
                "curl", "-u", "***", "-u", "me", "--token", "***", "--password-file", "f", "pw=***",
                "https://h/?auth=***", "-H", "Cookie: ***", "plain", "-p", "***", "-p", "22",
                "me:***@h",
            ]
        )
        #expect(["/usr/bin/mysql", "-px"].withoutTelltaleSecrets == ["/usr/bin/mysql", "-p***"])
    }
}
