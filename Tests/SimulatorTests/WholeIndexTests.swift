import APIIndex
import JSON
import Testing

@testable import Simulator

/// Every operation of the index, with a sample of its input and one of its result.
struct WholeIndexTests {
    /// The least value of a type, in plain JSON.
    private func sample(_ type: APIType) -> JSONValue {
        switch type {
        case .string, .secret, .uri, .identifier, .identifierTyped: "x"
        case .integer: 7
        case .double: 1.5
        case .boolean: true
        case .blob: "AAE="
        case .time: "2026-11-21T10:11:12.345Z"
        case .void: .null
        case .optional(let inner): sample(inner)
        case .list(let element), .set(let element): [sample(element)]
        case .map(let key, let element):
            .object([.init(key == .integer ? "7" : sample(key).string ?? "", sample(element))])
        case .enumeration(let name): .string(APIFacts.enumeration(name)?.first ?? "")
        case .structure(let name):
            APIFacts.structure(name).map { sample($0.fields, $0.unions) } ?? .null
        case .dynamic(let bases):
            ["STRUCTURE": .object([.init(bases.first ?? "own.structure", dynamic(bases))])]
        case .opaque: ["x": 1]
        case .error: ["error": "not_found"]
        }
    }

    private func dynamic(_ bases: [String]) -> JSONValue {
        bases.first.map { sample(.structure($0)) } ?? [:]
    }

    /// Required members, and those that the first value of a tag demands.
    private func sample(_ fields: [APIField], _ unions: [APIUnion]) -> JSONValue {
        var names = Set(fields.filter(\.isRequired).map(\.name))
        var value = JSONValue.object([])
        for union in unions where names.contains(union.discriminant) {
            let field = fields.first { $0.name == union.discriminant }
            let tag = field.map { sample($0.type) }?.string ?? ""
            names.formUnion((union.cases[tag] ?? []).filter(\.isRequired).map(\.name))
        }
        for field in fields where names.contains(field.name) {
            value[field.name] = sample(field.type)
        }
        return value
    }

    @Test func `a sample of every operation's input is taken, and a member too many is not`()
        throws
    {
        #expect(APIFacts.operationNames.count > 1_400)
        let checker = InputChecker(mapsAreArrays: false)
        for name in APIFacts.operationNames {
            let facts = try #require(APIFacts.operation(name))
            let input = Route(facts).input
            var value = sample(facts.parameters, facts.unions)
            #expect(throws: Never.self, "\(name)") { try checker.check(value, as: input) }
            value["no_such"] = "x"
            let error = #expect(throws: VAPIError.self) { try checker.check(value, as: input) }
            #expect(error?.kind == .unexpectedInput, "\(name)")
        }
    }

    @Test func `a sample of every operation's result is an answer, and something else is not`()
        throws
    {
        for name in APIFacts.operationNames where !name.hasPrefix("cis.session.") {
            let facts = try #require(APIFacts.operation(name))
            let answer = sample(facts.result)
            let stub = try Stub(["operation": .string(name), "answer": answer])
            var bytes = WireBytes()
            let value = try #require(stub.answers.first).get()
            AnswerEncoder(dialect: .rpc).success(value, id: "1", into: &bytes)
            let output = try JSONParser().decode(bytes)["result"]?["output"]
            if case .structure(let result) = facts.result {
                let wireName = try #require(APIFacts.structure(result)).wireName
                #expect(output?["STRUCTURE"]?.members?.map(\.name) == [wireName], "\(name)")
            }
            if facts.result != .opaque {
                #expect(throws: StubError.self, "\(name)") {
                    try Stub(["operation": .string(name), "answer": [[[false], 7]]])
                }
            }
        }
    }
}
