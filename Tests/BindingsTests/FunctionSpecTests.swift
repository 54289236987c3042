import CLuaHost
import JSON
import Testing
import VSphere

@testable import Bindings

@Suite struct FunctionSpecTests {
    @Test func `values are as deep from Lua as from JSON`() {
        #expect(JSONParser.defaultDepth == Int(VM_LUA_DEPTH))
    }

    @Test(arguments: FunctionSpec.all.map(\.name))
    func `nothing about a function is left unsaid`(_ name: String) throws {
        let specs = FunctionSpec.all.filter { $0.name == name }
        let spec = try #require(specs.first)
        // A method may have the name of a function.
        #expect(
            specs.count { $0.isGlobal } <= 1 && Set(specs.map(\.receivers)).count == specs.count
        )
        #expect(spec.summary.hasSuffix("."))
        #expect(!spec.result.summary.isEmpty)
        #expect(!spec.example.isEmpty && !spec.since.isEmpty)
        #expect(spec.isGlobal || !spec.receivers.isEmpty)
        for parameter in spec.parameters {
            #expect(!parameter.summary.isEmpty)
            #expect(!parameter.type.allowsNil || parameter.type == .any, "nil is isOptional's")
        }
        // A name that may be left out is followed by nothing that may not.
        let required = spec.parameters.lastIndex { !$0.isOptional } ?? -1
        #expect(spec.parameters.firstIndex(where: \.isOptional) ?? .max > required)
    }

    @Test func `every kind of object and every value is described`() {
        for kind in ObjectKind.allCases {
            #expect(kind.summary.hasSuffix("."))
            for field in kind.fields { #expect(!field.name.isEmpty && !field.summary.isEmpty) }
        }
        for value in ValueSpec.all {
            #expect(value.summary.hasSuffix(".") && !value.example.isEmpty)
        }
    }

    @Test(arguments: [
        "string", "vmoon.item|string", "string[]", "(\"a\"|\"b\")?", "table<string, any>",
        "{limit: integer?, errors: (\"stop\"|\"collect\")?}",
        "fun(value: any, index: integer): any",
        "{a: {b: string[]}[]}", "table", "any[]|table|function",
    ]) func `a type is written as it is read`(_ notation: String) {
        #expect(LuaType(stringLiteral: notation).description == notation)
    }

    @Test(arguments: [
        "", "strin", "{a}", "{a: string", "table<string>", "string|", "\"a", "fun(a)",
    ])
    func `what is no type is none`(_ notation: String) { #expect(LuaType.list(notation) == nil) }

    @Test func `every parameter of an operation is described`() {
        for text in OperationText.all {
            #expect(
                text.parameters.count == text.operation.parameters.count,
                "\(text.operation.name)"
            )
        }
    }
}
