import Buffers
import Testing

@testable import VSphere

@Suite struct ShapeTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let shape: Shape
        let rest: String
        let api: String
        /// The value, or the problem.
        let expected: String

        init(_ shape: Shape, rest: String, api: String? = nil, _ expected: String) {
            self.shape = shape
            self.rest = rest
            self.api = api ?? rest
            self.expected = expected
        }

        var testDescription: String { rest }
    }

    static let checkOut = Operation.getCheckOut.result
    static let disks = Shape.record([.required("disks", .map(.record([])))])
    static let memory = Shape.record([.required("size_MiB", or: "size_mib", .integer)])

    static let answers: [Case] = [
        Case(.string, rest: #""""#, #""""#),
        Case(.identifier, rest: #""vm-1""#, #""vm-1""#),
        Case(
            .identifier,
            rest: #""""#,
            "a string that is not empty is promised, an empty one is there"
        ),
        Case(.identifier, rest: "null", "a string that is not empty is promised, null is there"),
        Case(.integer, rest: "9007199254740993", "9007199254740993"),
        Case(.integer, rest: "1.5", "an integer is promised, a number is there"),
        Case(.number, rest: "1.5", "1.5"),
        Case(.boolean, rest: "true", "true"),
        Case(.boolean, rest: "0", "a boolean is promised, an integer is there"),
        Case(.list(.identifier), rest: "[]", "[]"),
        Case(
            .list(.identifier),
            rest: #"["a",1]"#,
            "[2]: a string that is not empty is promised, an integer is there"
        ),
        Case(.list(.identifier), rest: "{}", "a list is promised, an object is there"),
        // Records: fields nobody named stay, null is absence.
        Case(
            checkOut,
            rest: #"{"time":"t","user":"u","new":1}"#,
            #"{"time":"t","user":"u","new":1}"#
        ),
        Case(checkOut, rest: #"{"time":"t","user":"u","new":null}"#, #"{"time":"t","user":"u"}"#),
        Case(checkOut, rest: #"{"time":"t"}"#, "user: a string is promised, none is there"),
        // One name for what releases spell in two ways.
        Case(memory, rest: #"{"a":1,"size_mib":7}"#, #"{"a":1,"size_MiB":7}"#),
        Case(memory, rest: #"{"size_MiB":7}"#, #"{"size_MiB":7}"#),
        Case(memory, rest: #"{"size_mib":1,"size_MiB":7}"#, #"{"size_mib":1,"size_MiB":7}"#),
        Case(
            memory,
            rest: #"{"size_mib":1,"a":null,"size_MiB":7}"#,
            #"{"size_mib":1,"size_MiB":7}"#
        ),
        Case(
            memory,
            rest: #"{"size_mib":"7"}"#,
            "size_MiB: an integer is promised, a string is there"
        ),
        Case(memory, rest: #"{"size_Mib":7}"#, "size_MiB: an integer is promised, none is there"),
        Case(
            checkOut,
            rest: #"{"time":"t","user":null}"#,
            "user: a string is promised, none is there"
        ),
        Case(
            checkOut,
            rest: #"{"time":1,"user":"u"}"#,
            "time: a string is promised, an integer is there"
        ),
        Case(checkOut, rest: #"["time","user"]"#, "an object is promised, a list is there"),
        Case(
            Operation.getVMItem.result,
            rest: "{}",
            api: #"{"check_out":null}"#,
            "{}"
        ),
        Case(
            Operation.getVMItem.result,
            rest: #"{"check_out":{}}"#,
            "check_out.library_item: a string that is not empty is promised, none is there"
        ),
        Case(
            Operation.listCheckOuts.result,
            rest: #"[{"vm":"a"},{"vm":7}]"#,
            "[2].vm: a string that is not empty is promised, an integer is there"
        ),
        // Maps.
        Case(
            disks,
            rest: #"{"disks":[{"key":"2000","value":{"capacity":1,"x":null}}]}"#,
            api: #"{"disks":{"2000":{"capacity":1,"x":null}}}"#,
            #"{"disks":{"2000":{"capacity":1}}}"#
        ),
        Case(disks, rest: #"{"disks":[]}"#, api: #"{"disks":{}}"#, #"{"disks":{}}"#),
        Case(
            disks,
            rest: #"{"disks":[{"key":"a","value":1}]}"#,
            api: #"{"disks":{"a":1}}"#,
            "disks.a: an object is promised, an integer is there"
        ),
        Case(.any, rest: #"{"a":null}"#, #"{"a":null}"#),
    ]

    @Test(arguments: answers)
    func `an answer is the same value from both dialects, or the same problem`(row: Case) throws {
        for dialect in Dialect.allCases {
            let value = try JSONText.value(dialect == .rest ? row.rest : row.api)
            #expect(Self.written(row.shape, value, dialect) == row.expected, "\(dialect)")
        }
    }

    @Test(arguments: [
        (#"{"disks":[{"key":"a"}]}"#, "disks.[1]: an object with key and value is promised"),
        (#"{"disks":["a"]}"#, "disks.[1]: an object with key and value is promised"),
        (#"{"disks":"a"}"#, "disks: a map is promised, a string is there"),
        (
            #"{"disks":[{"key":"a","value":{}},{"key":"a","value":{}}]}"#,
            "disks.a: the key stands twice in one map"
        ),
    ])
    func `an array of pairs that is none is a problem`(text: String, problem: String) throws {
        let found = Self.written(Self.disks, try JSONText.value(text), .rest)
        #expect(found == problem.replacing(".[", with: "["))
    }

    @Test(arguments: [
        ("[]", #"{"disks":[{"key":"k","value":1}]}"#, #"{"disks":[{"key":"k","value":1}]}"#),
        (#"["disks"]"#, #"{"disks":[{"key":"k","value":1}]}"#, #"{"disks":{"k":1}}"#),
        (#"["*.nics"]"#, #"[{"nics":[]},{"x":1}]"#, #"[{"nics":{}},{"x":1}]"#),
        (#"["a","a.*.b"]"#, #"{"a":[]}"#, #"{"a":{}}"#),
    ])
    func `a caller can say where the maps are`(paths: String, text: String, expected: String) throws
    {
        let shape = Shape.maps(at: try JSONText.value(paths).elements.compactMap(\.string))
        #expect(Self.written(shape, try JSONText.value(text), .rest) == expected)
    }

    private static func written(_ shape: Shape, _ value: Value, _ dialect: Dialect) -> String {
        let out = ValueBuffer()
        do {
            try shape.write(value, spelling: dialect.maps, into: out)
            return out.root.map { JSONText.of($0) } ?? "nothing"
        } catch {
            return error.description
        }
    }
}
