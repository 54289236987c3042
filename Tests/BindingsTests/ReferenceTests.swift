import Testing

@testable import Bindings

@Suite struct ReferenceTests {
    @Test(arguments: [
        (
            "rollback",
            [
                "rollback(item, version, message [, options])",
                "session:rollback(item, version, message [, options])",
                "item:rollback(version, message [, options])",
            ]
        ),
        ("json.array", ["json.array([list])"]),
        ("progress", ["progress([total] [, title])"]),
        ("step", ["step(name, fn [, ...])"]),
        ("item", ["item(path)", "session:item(path)"]),
    ]) func `a function is called in these ways`(_ name: String, _ forms: [String]) throws {
        let spec = try #require(FunctionSpec.all.first { $0.name == name })
        #expect(Reference.signatures(of: spec) == forms)
    }

    @Test func `a method may have the name of a function`() throws {
        let spec = try #require(FunctionSpec.all.last { $0.name == "step" })
        #expect(Reference.signatures(of: spec) == ["progress:step([count])"])
    }

    @Test(arguments: FunctionSpec.all.map(\.name))
    func `the text of a function fits the width and holds all that is known`(_ name: String) throws
    {
        let spec = try #require(FunctionSpec.all.first { $0.name == name })
        let text = Reference.text(for: spec, width: 80)
        let example = spec.example.split(separator: "\n").map { "  \($0)" }
        for line in text.split(separator: "\n") where !example.contains(String(line)) {
            #expect(line.count <= 80, "\(line)")
        }
        let words = text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
        for parameter in spec.parameters {
            let summary = parameter.summary.split(separator: " ").joined(separator: " ")
            #expect(words.contains(summary))
        }
        #expect(words.contains(spec.summary) && spec.errors.allSatisfy(words.contains))
    }

    @Test(arguments: [
        ("rollback", ["rollback"]),
        ("json", ["json.decode", "json.encode", "json.array"]),
        ("NFC", []),
    ]) func `a word finds a name, a module, or what speaks of it`(_ word: String, _ names: [String])
    {
        #expect(Reference.find(word, in: FunctionSpec.all).map(\.name) == names)
    }

    @Test func `a word that is no name is looked for in what is said`() {
        let found = Reference.find("checks", in: FunctionSpec.all).map(\.name)
        #expect(found.contains("checkOut") && found.contains("checkIn"))
    }
}
