import JSON
import Testing

@testable import Bindings

/// The description that most cases are about.
private let patch: JSONValue = .object([
    .init("[1]", .string("Patches golden images.")),
    .init(
        "[2]",
        .object([
            .init("[1]", .string("item")), .init("[2]", .string("the items")),
            .init("list", .boolean(true)),
        ])
    ),
    .init(
        "keep",
        .object([
            .init("[1]", .string("versions to keep")), .init("default", .integer(3)),
            .init("min", .integer(1)), .init("short", .string("k")),
        ])
    ),
    .init("timeout", described("how long", ("type", .string("duration")))),
    .init("size", described("how much", ("type", .string("size")))),
    .init("ratio", described("a share", ("type", .string("number")))),
    .init("mode", described("how", ("choices", .array([.string("fast"), .string("careful")])))),
    .init("resource_pool", described("where")),
    .init("tag", described("a tag", ("list", .boolean(true)))),
    .init("force", .string("whatever happens")),
    .init("verify", described("look afterwards", ("default", .boolean(true)))),
])

private func described(_ summary: String, _ fields: (String, JSONValue)...) -> JSONValue {
    guard !fields.isEmpty else { return .array([.string(summary)]) }
    return .object(
        [.init("[1]", .string(summary))] + fields.map { JSONValue.Member($0.0, $0.1) }
    )
}

@Suite struct ScriptOptionsTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let words: String
        /// The value of one entry, as JSON.
        let name: String
        let value: String
        var testDescription: String { words }

        init(_ words: String, _ name: String, _ value: String) {
            (self.words, self.name, self.value) = (words, name, value)
        }
    }

    @Test(arguments: [
        Case("a", "item", #"["a"]"#),
        Case("a", "keep", "3"),
        Case("a", "force", "false"),
        Case("a", "verify", "true"),
        Case("a", "tag", "[]"),
        Case("a", "timeout", "null"),
        Case("a --keep 5 b", "item", #"["a","b"]"#),
        Case("a --keep 5", "keep", "5"),
        Case("a --keep=5", "keep", "5"),
        Case("a -k 5", "keep", "5"),
        Case("a -k5", "keep", "5"),
        Case("a --keep 5 --keep 6", "keep", "6"),
        Case("a --force", "force", "true"),
        Case("a --force --no-force", "force", "false"),
        Case("a --no-verify", "verify", "false"),
        Case("a --tag x --tag=y", "tag", #"["x","y"]"#),
        Case("a --timeout 1h30m", "timeout", "5400"),
        Case("a --timeout 250ms", "timeout", "0.25"),
        Case("a --size 64M", "size", "67108864"),
        Case("a --ratio -0.5", "ratio", "-0.5"),
        Case("a --ratio 2", "ratio", "2"),
        Case("a --mode fast", "mode", #""fast""#),
        Case("a --resource-pool east/gold", "resource_pool", #""east/gold""#),
        Case("a --resource-pool --force", "resource_pool", #""--force""#),
        Case("a --resource-pool=", "resource_pool", #""""#),
        Case("-- --force -- -x", "item", #"["--force","--","-x"]"#),
        Case("-", "item", #"["-"]"#),
    ]) func `words become values`(_ row: Case) throws {
        let options = try ScriptOptions(patch)
        guard case .values(let members) = try options.read(row.words.words) else {
            Issue.record("help")
            return
        }
        let value = members.first { $0.name == row.name }?.value ?? .null
        #expect(JSONEncoder().encode(value) == row.value)
    }

    @Test(arguments: [
        Case("", "", "ITEM is missing: the items; --help tells more"),
        Case("a --kepe 3", "", "there is no option --kepe; did you mean --keep?"),
        Case("a --no-forse", "", "there is no option --no-forse; did you mean --no-force?"),
        Case("a --no-keep", "", "--help lists them"),
        Case("a --resource_pool x", "", "did you mean --resource-pool?"),
        Case("a -z", "", "there is no option -z; --help lists them"),
        Case("a --keep", "", "--keep needs a value: N, versions to keep"),
        Case("a -k", "", "-k needs a value: N, versions to keep"),
        Case("a --keep three", "", "--keep must be a whole number from 1, not \"three\""),
        Case("a --keep 0", "", "--keep must be a whole number from 1, not \"0\""),
        Case("a --keep 1.5", "", "--keep must be a whole number from 1, not \"1.5\""),
        Case("a --ratio nan", "", "--ratio must be a number, not \"nan\""),
        Case("a --timeout 90", "", "must be a length of time, not \"90\"; did you mean 90s?"),
        Case("a --size 5X", "", "--size must be a size, not \"5X\"; write it as 64K"),
        Case("a --mode fats", "", "must be fast or careful, not \"fats\"; did you mean fast?"),
        Case("a --force=1", "", "--force takes no value"),
    ]) func `a mistake is one line that says what to mend`(_ row: Case) throws {
        let options = try ScriptOptions(patch)
        let problem = #expect(throws: ScriptOptions.Problem.self) {
            try options.read(row.words.words)
        }
        #expect(problem?.message.contains(row.value) == true, "\(problem?.message ?? "")")
        #expect(problem?.message.contains("\n") == false)
    }

    @Test(arguments: ["--help", "-h", "a --help --nonsense", "--keep 3 -h"])
    func `help is given before anything else is looked at`(_ words: String) throws {
        #expect(try ScriptOptions(patch).read(words.words) == .help)
    }

    @Test func `too many words are told from none that are taken`() throws {
        let one = try ScriptOptions(
            .array([.array([.string("from"), .string("where")])])
        )
        #expect(throws: ScriptOptions.Problem("there is one word too many: \"b\"")) {
            try one.read(["a", "b"])
        }
        #expect(throws: ScriptOptions.Problem("it takes options only, and no \"a\"")) {
            try ScriptOptions(.array([])).read(["a"])
        }
    }

    struct Wrong: Sendable, CustomTestStringConvertible {
        let tree: JSONValue
        let message: String
        var testDescription: String { message }

        init(_ tree: JSONValue, _ message: String) { (self.tree, self.message) = (tree, message) }

        /// One option.
        init(_ fields: (String, JSONValue)..., says message: String) {
            let entry: [JSONValue.Member] =
                [.init("[1]", .string("x"))] + fields.map { .init($0.0, $0.1) }
            self.init(.object([.init("keep", .object(entry))]), message)
        }
    }

    @Test(arguments: [
        Wrong(("type", .string("intger")), says: "keep: there is no type \"intger\""),
        Wrong(("defualt", .integer(1)), says: "keep: there is no field \"defualt\""),
        Wrong(("type", .string("choice")), says: "keep: a choice needs choices"),
        Wrong(("choices", .string("a")), says: "keep: choices must be a list of strings"),
        Wrong(("list", .integer(1)), says: "keep: list must be true or false"),
        Wrong(("short", .string("kk")), says: "keep: short must be a letter"),
        Wrong(
            ("type", .string("flag")),
            ("required", .boolean(true)),
            says: "keep: a flag is on or off: it is no list, and never required"
        ),
        Wrong(
            ("required", .boolean(true)),
            ("default", .integer(1)),
            says: "keep: what is required needs no default"
        ),
        Wrong(
            ("type", .string("duration")),
            ("default", .string("soon")),
            says: "keep: the default must be a length of time, not \"soon\"; write it as 250ms"
        ),
        Wrong(.object([.init("help", .string("x"))]), "--help is there already"),
        Wrong(.object([.init("a-b", .string("x"))]), "\"a-b\" must be a name"),
        Wrong(.object([.init("keep", .integer(3))]), "keep must be described by one sentence"),
        Wrong(
            .array([.array([.string("a"), .string("x")]), .string("late")]),
            "element 2: sentences stand before the words"
        ),
        Wrong(
            .array([
                .object([
                    .init("[1]", .string("a")), .init("[2]", .string("x")),
                    .init("list", .boolean(true)),
                ]),
                .array([.string("b"), .string("y")]),
            ]),
            "a takes all the words that are left: it must be the last"
        ),
        Wrong(
            .object([
                .init("[1]", .array([.string("a"), .string("x")])), .init("a", .string("y")),
            ]),
            "a is described twice"
        ),
    ]) func `a wrong description says what its author has to mend`(_ row: Wrong) {
        let misuse = #expect(throws: ScriptOptions.Misuse.self) { try ScriptOptions(row.tree) }
        #expect(misuse?.message.hasPrefix(row.message) == true, "\(misuse?.message ?? "")")
    }

    @Test func `help has a line for each, in the order of names, and fits the terminal`() throws {
        let help = try ScriptOptions(patch).help(for: "patch.lua", width: 80)
        #expect(help.hasPrefix("usage: vmoon [options] patch.lua [--force] [--keep N] "))
        #expect(help.contains("[--tag TAG]…") && help.contains("\n\nPatches golden images.\n"))
        let lines = help.split(separator: "\n")
        #expect(lines.allSatisfy { $0.count <= 80 })
        for line in [
            "  ITEM…                              the items (one or more)",
            "      --force                        whatever happens",
            "  -k, --keep N                       versions to keep (default 3)",
            "      --mode fast|careful            how",
            "      --resource-pool RESOURCE-POOL  where",
            "      --tag TAG                      a tag (may be repeated)",
            "      --[no-]verify                  look afterwards (default on)",
            "  -h, --help                         shows this",
        ] { #expect(lines.contains { $0 == line }, "\(line)") }
        let narrow = try ScriptOptions(patch).help(for: "patch.lua", width: 40)
        #expect(narrow.split(separator: "\n").allSatisfy { $0.count <= 40 })
    }

    @Test func `the script gets a table of known types`() throws {
        let fields = try ScriptOptions(patch).type.fields
        let types = Dictionary(uniqueKeysWithValues: fields.map { ($0.name, $0.type.description) })
        #expect(
            types == [
                "item": "string[]", "keep": "integer", "timeout": "number?", "size": "integer?",
                "ratio": "number?", "mode": "(\"fast\"|\"careful\")?", "resource_pool": "string?",
                "tag": "string[]", "force": "boolean", "verify": "boolean",
            ]
        )
    }
}

extension String {
    fileprivate var words: [String] { split(separator: " ").map(String.init) }
}
